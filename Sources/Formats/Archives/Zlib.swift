internal import CZlib

/// Undoes gzip (RFC 1952: any number of members, zero padding after the last) or a bare deflate stream (RFC 1951).
///
/// zlib checks each member's CRC-32 and length, and the header's CRC where there is one.
final class InflateDecoder: StreamDecoder {
    enum Wrapping {
        case gzip
        /// One member and no more: it is finished where that ends, whatever follows.
        case gzipMember
        case bare
    }

    /// On the heap: zlib keeps the address of its `z_stream`.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let wrapping: Wrapping
    private let isReady: Bool
    private var betweenMembers = false

    init(_ wrapping: Wrapping) {
        self.wrapping = wrapping
        stream.initialize(to: z_stream())
        let bits = wrapping == .bare ? -15 : 15 + 16
        isReady = inflateInit2_(stream, Int32(bits), ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    }

    deinit {
        if isReady { inflateEnd(stream) }
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    func decode(_ input: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>) -> DecodingStep {
        guard isReady else { return DecodingStep(outcome: .failed(.exhausted)) }
        if betweenMembers {
            if input.isEmpty { return DecodingStep(outcome: .finished) }
            guard wrapping == .gzip, input[0] == 0x1f else {
                guard wrapping == .gzip, input.isZero else { return DecodingStep(outcome: .failed(.trailing)) }
                return DecodingStep(consumed: input.count, outcome: .finished)
            }
            guard inflateReset(stream) == Z_OK else { return DecodingStep(outcome: .failed(.corrupt)) }
            betweenMembers = false
        }
        let given = UInt32(min(input.count, 1 << 30)), room = UInt32(min(output.count, 1 << 30))
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.pointee.avail_in = given
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = room
        let status = inflate(stream, Z_NO_FLUSH)
        var step = DecodingStep(consumed: Int(given - stream.pointee.avail_in), produced: Int(room - stream.pointee.avail_out))
        switch status {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END where wrapping == .gzipMember: step.outcome = .finished
        case Z_STREAM_END: betweenMembers = true
        case Z_MEM_ERROR: step.outcome = .failed(.exhausted)
        default: step.outcome = .failed(.corrupt)
        }
        return step
    }
}

/// Makes the inside of a gzip member: raw deflate of one segment.
///
/// Ended by a full flush, so that it fills whole bytes, holds no final block, and the next segment's codes may follow.
enum DeflateSegment {
    /// The library in use, as it names itself.
    static var library: String { String(cString: zlibVersion()) }

    /// Level 0–9.
    static func encode(_ open: Span<UInt8>, level: Int) -> [UInt8] {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        defer {
            deflateEnd(stream)
            stream.deinitialize(count: 1)
            stream.deallocate()
        }
        let status = deflateInit2_(
            stream, Int32(level), Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib has no memory for an encoder")
        var output: [UInt8] = []
        output.reserveCapacity(open.count / 4 + 64)
        open.withUnsafeBufferPointer { open in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64 << 10) { room in
                var rest = open[...]
                repeat {
                    // zlib counts in 32 bits; the pieces do not show in its output.
                    let part = UnsafeBufferPointer(rebasing: rest.prefix(1 << 30))
                    rest = rest.dropFirst(part.count)
                    stream.pointee.next_in = UnsafeMutablePointer(mutating: part.baseAddress)
                    stream.pointee.avail_in = UInt32(part.count)
                    repeat {
                        stream.pointee.next_out = room.baseAddress
                        stream.pointee.avail_out = UInt32(room.count)
                        let status = deflate(stream, rest.isEmpty ? Z_FULL_FLUSH : Z_NO_FLUSH)
                        // Z_BUF_ERROR: the room was just enough in the round before.
                        precondition(status == Z_OK || status == Z_BUF_ERROR, "zlib failed to encode")
                        output.append(contentsOf: room[..<(room.count - Int(stream.pointee.avail_out))])
                    } while stream.pointee.avail_out == 0
                } while !rest.isEmpty
            }
        }
        return output
    }
}

/// CRC-32 as gzip and zip use it (polynomial 0x04C11DB7, reflected).
enum CRC32 {
    static func of(_ bytes: Span<UInt8>) -> UInt32 {
        bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count)) }
    }

    /// The CRC-32 of two pieces together, from those of each and the size of the second.
    static func combine(_ first: UInt32, _ second: UInt32, size: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: crc32_combine(UInt(first), UInt(second), size))
    }
}
