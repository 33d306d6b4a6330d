internal import CBzip2

/// Undoes bzip2: any number of streams, zero padding after the last. Blocks and streams carry CRCs, which the library checks.
final class Bzip2Decoder: StreamDecoder {
    /// On the heap: the library keeps the address of its `bz_stream`.
    private let stream = UnsafeMutablePointer<bz_stream>.allocate(capacity: 1)
    private var isReady = false
    private var betweenStreams = false

    init() {
        stream.initialize(to: bz_stream())
        isReady = BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK
    }

    deinit {
        if isReady { BZ2_bzDecompressEnd(stream) }
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    func decode(_ input: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>) -> DecodingStep {
        if betweenStreams {
            if input.isEmpty { return DecodingStep(outcome: .finished) }
            guard input[0] == UInt8(ascii: "B") else {
                guard input.isZero else { return DecodingStep(outcome: .failed(.trailing)) }
                return DecodingStep(consumed: input.count, outcome: .finished)
            }
            if isReady { BZ2_bzDecompressEnd(stream) }
            stream.pointee = bz_stream()
            isReady = BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK
            betweenStreams = false
        }
        guard isReady else { return DecodingStep(outcome: .failed(.exhausted)) }
        let given = UInt32(min(input.count, 1 << 30)), room = UInt32(min(output.count, 1 << 30))
        return input.withMemoryRebound(to: CChar.self) { source in
            output.withMemoryRebound(to: CChar.self) { target in
                stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
                stream.pointee.avail_in = given
                stream.pointee.next_out = target.baseAddress
                stream.pointee.avail_out = room
                let status = BZ2_bzDecompress(stream)
                var step = DecodingStep(
                    consumed: Int(given - stream.pointee.avail_in), produced: Int(room - stream.pointee.avail_out))
                switch status {
                case BZ_OK: break
                case BZ_STREAM_END: betweenStreams = true
                case BZ_MEM_ERROR: step.outcome = .failed(.exhausted)
                default: step.outcome = .failed(.corrupt)
                }
                return step
            }
        }
    }
}
