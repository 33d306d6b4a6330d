internal import CZstd
internal import Synchronization

/// Undoes Zstandard (RFC 8878): any number of frames, skippable ones among them; windows up to 128 MiB (`zstd --long=27`).
/// Content checksums are verified where frames have them.
final class ZstdDecoder: StreamDecoder {
    static let windowLog: Int32 = 27

    private let context: OpaquePointer?
    /// True at the beginning and after each complete frame.
    private var betweenFrames = true
    private var frames = 0

    init() {
        context = ZSTD_createDCtx()
        if let context { ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Self.windowLog) }
    }

    deinit { ZSTD_freeDCtx(context) }

    func decode(_ input: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>) -> DecodingStep {
        guard let context else { return DecodingStep(outcome: .failed(.exhausted)) }
        if betweenFrames, frames > 0, input.isEmpty { return DecodingStep(outcome: .finished) }
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let status = ZSTD_decompressStream(context, &target, &source)
        var step = DecodingStep(consumed: source.pos, produced: target.pos)
        guard ZSTD_isError(status) == 0 else {
            switch ZSTD_getErrorCode(status) {
            case ZSTD_error_frameParameter_windowTooLarge: step.outcome = .failed(.memory(limit: 1 << Self.windowLog))
            case ZSTD_error_frameParameter_unsupported, ZSTD_error_version_unsupported, ZSTD_error_dictionary_wrong:
                step.outcome = .failed(.unsupported)
            case ZSTD_error_memory_allocation: step.outcome = .failed(.exhausted)
            case ZSTD_error_prefix_unknown where frames > 0 && betweenFrames: step.outcome = .failed(.trailing)
            default: step.outcome = .failed(.corrupt)
            }
            return step
        }
        if status == 0 { frames += 1 }
        betweenFrames = status == 0
        return step
    }
}

/// Makes one Zstandard frame of a segment: content size in the header (readers allocate once, and the library fits its tables
/// to it) and a content checksum, since nothing else in such a file covers the content.
enum ZstdFrame {
    /// The library in use, as it names itself.
    static var library: String { String(cString: ZSTD_versionString()) }

    /// Level 1–19.
    static func encode(_ open: Span<UInt8>, level: Int) -> [UInt8] {
        encoders.withContext { context in
            ZSTD_CCtx_reset(context, ZSTD_reset_session_and_parameters)
            ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(level))
            ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
            return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: ZSTD_compressBound(open.count)) { output in
                let count = open.withUnsafeBufferPointer {
                    ZSTD_compress2(context, output.baseAddress, output.count, $0.baseAddress, $0.count)
                }
                precondition(ZSTD_isError(count) == 0, "libzstd failed to encode")
                return Array(output[..<count])
            }
        }
    }

    /// Undoes `encode`. Nil when it is damaged, or holds another number of bytes.
    static func decode(_ packed: Span<UInt8>, size: Int) -> [UInt8]? {
        decoders.withContext { context in
            let open = [UInt8](unsafeUninitializedCapacity: size) { output, count in
                let status = packed.withUnsafeBufferPointer {
                    ZSTD_decompressDCtx(context, output.baseAddress, size, $0.baseAddress, $0.count)
                }
                count = ZSTD_isError(status) == 0 ? status : 0
            }
            return open.count == size ? open : nil
        }
    }

    private static let encoders = ContextPool { ZSTD_createCCtx() }
    private static let decoders = ContextPool { ZSTD_createDCtx() }
}

/// Contexts of the library that wait for their next use: making one, with its tables of megabytes, takes as long as a small segment.
/// There are never more than were in use at one time.
private final class ContextPool: Sendable {
    /// Unchecked, since a pointer says nothing of threads: one at a time uses it, namely whoever took it out of the pool.
    private struct Context: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    private let idle = Mutex<[Context]>([])
    private let make: @Sendable () -> OpaquePointer?

    init(_ make: @escaping @Sendable () -> OpaquePointer?) { self.make = make }

    func withContext<Result>(_ body: (OpaquePointer) -> Result) -> Result {
        guard let context = idle.withLock({ $0.popLast() }) ?? make().map(Context.init) else {
            preconditionFailure("libzstd has no memory for a context")
        }
        defer { idle.withLock { $0.append(context) } }
        return body(context.pointer)
    }
}
