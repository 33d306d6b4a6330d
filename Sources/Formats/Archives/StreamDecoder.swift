/// One compressed stream being undone, piece by piece. Wraps the state of a C library, which its `deinit` frees.
///
/// A decoder knows nothing of budgets, subjects and offsets: `ExpandedStream` counts and makes refusals of faults.
protocol StreamDecoder: AnyObject {
    /// Decodes some of `input` (always all that is left of the file) into `output` (never empty).
    ///
    /// A step that neither reads, writes nor ends means that more input is needed.
    func decode(_ input: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>) -> DecodingStep
}

/// What one call of a decoder came to.
struct DecodingStep {
    var consumed = 0
    var produced = 0
    var outcome = Outcome.running

    enum Outcome: Equatable {
        case running
        /// The stream is complete; what was not consumed does not belong to it.
        case finished
        case failed(DecodingFault)
    }
}

enum DecodingFault: Equatable {
    case corrupt
    /// Bytes after the end of the stream that do not begin a further stream.
    case trailing
    /// The stream asks for a larger window or dictionary than we give; bytes.
    case memory(limit: Int)
    /// A variant of the format that the library does not know.
    case unsupported
    /// The library found no memory.
    case exhausted
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether every byte is zero: the padding that tape tools leave behind a stream.
    var isZero: Bool { allSatisfy { $0 == 0 } }
}

extension Codec {
    /// Nil for `.none`.
    func makeDecoder() -> (any StreamDecoder)? {
        switch self {
        case .none: nil
        case .gzip: InflateDecoder(.gzip)
        case .bzip2: Bzip2Decoder()
        case .xz: LZMADecoder(.xz)
        case .lzma: LZMADecoder(.alone)
        case .zstd: ZstdDecoder()
        }
    }
}
