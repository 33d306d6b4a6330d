/// A compression in progress. Deterministic: no times, no names; the result depends on the bytes written, not on how they were
/// divided between calls.
public protocol StreamEncoder: AnyObject {
    /// Takes in bytes; appends what is ready to `output`.
    func write(_ bytes: Span<UInt8>, into output: inout [UInt8])
    /// Appends the rest to `output`. Once, last.
    func finish(into output: inout [UInt8])
}

extension Encoding {
    /// A fresh encoder; nil for `.plain`. Uses one thread; memory by level (xz -6: 94 MiB, xz -9: 674 MiB).
    public func makeEncoder() -> (any StreamEncoder)? {
        switch self {
        case .plain: nil
        case .gzip(let level): GatheringEncoder(GzipEncoder(level: level))
        case .xz(let level): GatheringEncoder(XzEncoder(level: level))
        case .zstd(let level): GatheringEncoder(ZstdEncoder(level: level))
        }
    }

    /// The encoded form of a whole document; the bytes themselves for `.plain`.
    public func encode(_ bytes: Span<UInt8>) -> [UInt8] {
        guard let encoder = makeEncoder() else { return bytes.copied() }
        var output: [UInt8] = []
        encoder.write(bytes, into: &output)
        encoder.finish(into: &output)
        return output
    }
}

/// What a C library's wrapper does: encode one block.
protocol BlockEncoder: AnyObject {
    /// Encodes all of `block`; with `isLast`, ends the stream. `room` is scratch space, never empty.
    func encode(
        _ block: UnsafeBufferPointer<UInt8>, isLast: Bool, room: UnsafeMutableBufferPointer<UInt8>, into output: inout [UInt8])
}

/// Hands a library blocks of one size, whatever sizes come in.
///
/// Some libraries' output depends on the sizes of the pieces they are given, and an incremental document arrives in other pieces
/// than one made from scratch. It also saves a library call per small fragment.
final class GatheringEncoder<Library: BlockEncoder>: StreamEncoder {
    private let library: Library
    private var pending: [UInt8] = []
    private var room = [UInt8](repeating: 0, count: GatheringEncoder.blockSize)
    private var isFinished = false

    private static var blockSize: Int { 64 << 10 }

    init(_ library: Library) {
        self.library = library
        pending.reserveCapacity(Self.blockSize)
    }

    func write(_ bytes: Span<UInt8>, into output: inout [UInt8]) {
        precondition(!isFinished, "an encoder takes nothing after its end")
        bytes.withUnsafeBufferPointer { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                if pending.isEmpty, rest.count >= Self.blockSize {
                    encode(UnsafeBufferPointer(rebasing: rest.prefix(Self.blockSize)), isLast: false, into: &output)
                    rest = rest.dropFirst(Self.blockSize)
                    continue
                }
                let part = rest.prefix(Self.blockSize - pending.count)
                pending.append(contentsOf: part)
                rest = rest.dropFirst(part.count)
                if pending.count == Self.blockSize { flush(isLast: false, into: &output) }
            }
        }
    }

    func finish(into output: inout [UInt8]) {
        precondition(!isFinished, "an encoder ends once")
        isFinished = true
        flush(isLast: true, into: &output)
    }

    private func flush(isLast: Bool, into output: inout [UInt8]) {
        pending.withUnsafeBufferPointer { encode($0, isLast: isLast, into: &output) }
        pending.removeAll(keepingCapacity: true)
    }

    private func encode(_ block: UnsafeBufferPointer<UInt8>, isLast: Bool, into output: inout [UInt8]) {
        room.withUnsafeMutableBufferPointer { library.encode(block, isLast: isLast, room: $0, into: &output) }
    }
}
