internal import CLzma

/// Undoes xz (any number of streams, padding in multiples of four zero bytes) or the older LZMA-alone format.
///
/// Checks in the stream (CRC-32, CRC-64, SHA-256) are verified; LZMA alone has none.
final class LZMADecoder: StreamDecoder {
    enum Format { case xz, alone }

    /// Bytes that a dictionary and its tables may take: more than `xz -9` needs (65 MiB), less than a hostile header asks for.
    static let memoryLimit = 160 << 20

    private let stream = UnsafeMutablePointer<lzma_stream>.allocate(capacity: 1)
    private let isReady: Bool
    private var isOver = false

    init(_ format: Format) {
        stream.initialize(to: lzma_stream())
        let limit = UInt64(Self.memoryLimit)
        // 0x08 is LZMA_CONCATENATED, a macro that Swift does not see.
        isReady = (format == .xz ? lzma_stream_decoder(stream, limit, 0x08) : lzma_alone_decoder(stream, limit)) == LZMA_OK
    }

    deinit {
        lzma_end(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    func decode(_ input: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>) -> DecodingStep {
        guard isReady else { return DecodingStep(outcome: .failed(.exhausted)) }
        if isOver {
            guard input.isZero else { return DecodingStep(outcome: .failed(.trailing)) }
            return DecodingStep(consumed: input.count, outcome: .finished)
        }
        stream.pointee.next_in = input.baseAddress
        stream.pointee.avail_in = input.count
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = output.count
        // The input is always all that is left, so the end of input may be announced in every call.
        let status = lzma_code(stream, LZMA_FINISH)
        var step = DecodingStep(
            consumed: input.count - stream.pointee.avail_in, produced: output.count - stream.pointee.avail_out)
        switch status {
        case LZMA_OK, LZMA_BUF_ERROR: break
        case LZMA_STREAM_END: isOver = true
        case LZMA_MEMLIMIT_ERROR: step.outcome = .failed(.memory(limit: Self.memoryLimit))
        case LZMA_OPTIONS_ERROR: step.outcome = .failed(.unsupported)
        case LZMA_MEM_ERROR: step.outcome = .failed(.exhausted)
        default: step.outcome = .failed(.corrupt)
        }
        return step
    }
}

/// Makes one block of an xz stream (xz-file-format 1.1.0, section 3): header, data, padding and CRC-64.
///
/// The header states both sizes, so that readers with several threads (xz 5.4) expand the blocks of a file side by side.
enum XzBlock {
    /// The library in use, as it names itself.
    static var library: String { String(cString: lzma_version_string()) }

    /// Preset 0–9, with a dictionary no larger than the content needs: the encoder takes eleven times as much memory.
    ///
    /// - Returns: the block, and how many bytes of padding are in it.
    static func encode(_ open: Span<UInt8>, level: Int) -> (bytes: [UInt8], padding: Int) {
        var options = lzma_options_lzma()
        precondition(lzma_lzma_preset(&options, UInt32(level)) == 0, "an unknown preset")
        options.dict_size = min(options.dict_size, smallestDictionary(for: open.count))
        return withUnsafeMutablePointer(to: &options) { options in
            // The end of the list is marked by LZMA_VLI_UNKNOWN, a macro that Swift does not see, like the filter's number.
            var filters = [lzma_filter(id: 0x21, options: options), lzma_filter(id: .max, options: nil)]
            return filters.withUnsafeMutableBufferPointer { filters in
                var block = lzma_block()
                block.check = LZMA_CHECK_CRC64
                block.filters = filters.baseAddress
                let room = lzma_block_buffer_bound(open.count)
                precondition(room > 0, "a block that is too large")
                let bytes = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: room) { output in
                    var count = 0
                    let status = open.withUnsafeBufferPointer {
                        lzma_block_buffer_encode(&block, nil, $0.baseAddress, $0.count, output.baseAddress, &count, output.count)
                    }
                    precondition(status == LZMA_OK, "liblzma failed to encode")
                    return Array(output[..<count])
                }
                return (bytes, bytes.count - Int(lzma_block_unpadded_size(&block)))
            }
        }
    }

    /// A power of two that holds the content, at least the format's least (4 KiB).
    private static func smallestDictionary(for count: Int) -> UInt32 {
        var size: UInt32 = 4 << 10
        while size < 1 << 30, Int(size) < count { size <<= 1 }
        return size
    }
}
