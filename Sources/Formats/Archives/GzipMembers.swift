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
        let decoder = InflateDecoder(.gzipMember)
        var room = [UInt8](repeating: 0, count: 64 << 10)
        var content: [UInt8] = []
        var position = start, size = 0
        while true {
            try budget.deadline.check(subject, at: "byte \(position)")
            let step = bytes.extracting(position..<bytes.count).withUnsafeBufferPointer { input in
                room.withUnsafeMutableBufferPointer { decoder.decode(input, into: $0) }
            }
            position += step.consumed
            size += step.produced
            guard size <= limit else {
                throw Refusal(
                    .limit, "\(subject) expands to more than \(limit) bytes", at: "byte \(position)", remedy: "make it smaller")
            }
            if keepsContent { content += room[..<step.produced] }
            switch step.outcome {
            case .finished: return Member(range: start..<position, content: content)
            case .running:
                guard step.consumed == 0, step.produced == 0 else { continue }
                throw Refusal(
                    .truncated, "\(subject) is truncated", at: "byte \(position)", remedy: "rebuild or send the file again")
            case .failed(.exhausted):
                throw Refusal(
                    .limit, "\(subject) found no memory to be unpacked", at: "byte \(position)", remedy: "try again later")
            case .failed:
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
}
