internal import CZlib

/// The members of a gzip file one at a time (RFC 1952, 2.2), with where each begins and ends: for formats that digest them as
/// they are packed.
enum GzipMembers {
    struct Member {
        /// Where its packed bytes lie in the file.
        var range: Range<Int>
        /// What it holds; empty where nobody wants it.
        var content: [UInt8]
    }

    /// The member that begins at an offset. Its CRC-32 and length are verified.
    ///
    /// - Parameters:
    ///   - limit: bytes of its content; more is refused.
    ///   - keepsContent: false for its extent alone.
    /// - Throws: `.malformed` for what is not a member of gzip, or damaged; `.truncated`, `.limit`.
    static func member(
        of bytes: Span<UInt8>, at start: Int, subject: String, limit: Int, keepsContent: Bool = true, within budget: Budget
    ) throws(Refusal) -> Member {
        let inflater = Inflater()
        var content: [UInt8] = []
        var position = start, size = 0
        while true {
            try budget.deadline.check(subject, at: "byte \(position)")
            let step = inflater.step(bytes.extracting(position..<bytes.count))
            position += step.consumed
            size += step.produced
            guard size <= limit else {
                throw Refusal(
                    .limit, "\(subject) expands to more than \(limit) bytes", at: "byte \(position)", remedy: "make it smaller")
            }
            if keepsContent { content += inflater.room[..<step.produced] }
            switch step.status {
            case Z_STREAM_END: return Member(range: start..<position, content: content)
            case Z_OK, Z_BUF_ERROR:
                guard step.consumed == 0, step.produced == 0 else { continue }
                throw Refusal(
                    .truncated, "\(subject) is truncated", at: "byte \(position)", remedy: "rebuild or send the file again")
            case Z_MEM_ERROR:
                throw Refusal(
                    .limit, "\(subject) found no memory to be unpacked", at: "byte \(position)", remedy: "try again later")
            default:
                throw Refusal(
                    .malformed, "\(subject) is damaged", at: "byte \(position)", remedy: "rebuild or send the file again")
            }
        }
    }

    /// Whether bytes could hold a further member behind the first: the four bytes that one begins with.
    static func couldBeSeveral(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count > 36 else { return false }
        return bytes.withUnsafeBufferPointer { bytes in
            var i = 18
            while i < bytes.count - 18 {
                if bytes[i] == 0x1f, bytes[i + 1] == 0x8b, bytes[i + 2] == 8, bytes[i + 3] < 32 { return true }
                i += 1
            }
            return false
        }
    }

    /// zlib's state for one member.
    private final class Inflater {
        /// On the heap: zlib keeps the address of its `z_stream`.
        private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        private let isReady: Bool
        private(set) var room = [UInt8](repeating: 0, count: 64 << 10)

        init() {
            stream.initialize(to: z_stream())
            isReady = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
        }

        deinit {
            if isReady { inflateEnd(stream) }
            stream.deinitialize(count: 1)
            stream.deallocate()
        }

        /// Fills `room` from what is left of the file.
        func step(_ input: Span<UInt8>) -> (consumed: Int, produced: Int, status: Int32) {
            guard isReady else { return (0, 0, Z_MEM_ERROR) }
            return input.withUnsafeBufferPointer { input in
                room.withUnsafeMutableBufferPointer { output in
                    let given = UInt32(min(input.count, 1 << 30))
                    stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                    stream.pointee.avail_in = given
                    stream.pointee.next_out = output.baseAddress
                    stream.pointee.avail_out = UInt32(output.count)
                    let status = inflate(stream, Z_NO_FLUSH)
                    return (Int(given - stream.pointee.avail_in), output.count - Int(stream.pointee.avail_out), status)
                }
            }
        }
    }
}
