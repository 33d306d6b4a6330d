/// A compressed file read as the bytes inside, 64 KiB at a time and under a budget.
///
/// The file itself is an argument of each read (a stored span would need lifetime annotations); it must be the same each time.
final class ExpandedStream {
    /// Expanded bytes handed out or skipped so far: the place inside the archive.
    private(set) var offset = 0

    private let decoder: (any StreamDecoder)?
    private let subject: String
    private let budget: Budget
    private var chunk: [UInt8] = []
    /// The part of `chunk` that was not handed out yet.
    private var unread = 0..<0
    private var position = 0
    /// Bytes that were unpacked so far: those handed out or skipped, and what has been read ahead.
    private(set) var expanded = 0
    private var isOver = false

    /// Below this many bytes no ratio is suspicious: a block of zeros packs a thousandfold.
    private static let harmless = 64 << 20
    private static let chunkSize = 64 << 10

    convenience init(_ codec: Codec, subject: String, within budget: Budget) {
        self.init(codec.makeDecoder(), subject: subject, within: budget)
    }

    /// A bare deflate stream, as zip has them.
    convenience init(inflating subject: String, within budget: Budget) {
        self.init(InflateDecoder(.bare), subject: subject, within: budget)
    }

    private init(_ decoder: (any StreamDecoder)?, subject: String, within budget: Budget) {
        self.decoder = decoder
        self.subject = subject
        self.budget = budget
        if decoder != nil { chunk = [UInt8](repeating: 0, count: Self.chunkSize) }
    }

    /// Appends up to `count` bytes to `output`; fewer only at the end. Returns how many.
    func read(_ count: Int, from bytes: Span<UInt8>, into output: inout [UInt8]) throws(Refusal) -> Int {
        var left = count
        while left > 0 {
            if decoder == nil {
                let part = min(left, bytes.count - position)
                bytes.extracting(position..<(position + part)).withUnsafeBufferPointer { output.append(contentsOf: $0) }
                try advancePlain(part, of: bytes)
                return count - left + part
            }
            guard try refill(from: bytes) else { break }
            let part = min(left, unread.count)
            output.append(contentsOf: chunk[unread.lowerBound..<(unread.lowerBound + part)])
            advance(part)
            left -= part
        }
        return count - left
    }

    /// Passes over up to `count` bytes; fewer only at the end. Returns how many.
    func skip(_ count: Int, from bytes: Span<UInt8>) throws(Refusal) -> Int {
        if decoder == nil {
            let part = min(count, bytes.count - position)
            try advancePlain(part, of: bytes)
            return part
        }
        var left = count
        while left > 0, try refill(from: bytes) {
            let part = min(left, unread.count)
            advance(part)
            left -= part
        }
        return count - left
    }

    /// Passes over whole blocks that begin with a zero byte, as many as have been expanded already; it may be none.
    func skipBlocksOfZero(_ size: Int, from bytes: Span<UInt8>) throws(Refusal) {
        guard decoder != nil, try refill(from: bytes) else { return }
        var next = unread.lowerBound
        while unread.upperBound - next >= size, chunk[next] == 0 { next += size }
        advance(next - unread.lowerBound)
    }

    private func advance(_ count: Int) {
        unread = (unread.lowerBound + count)..<unread.upperBound
        offset += count
    }

    private func advancePlain(_ count: Int, of bytes: Span<UInt8>) throws(Refusal) {
        position += count
        offset += count
        try charge(count, of: bytes)
    }

    /// Makes `unread` not empty; false at the end of the stream.
    private func refill(from bytes: Span<UInt8>) throws(Refusal) -> Bool {
        guard let decoder else { return false }
        var idle = 0
        while unread.isEmpty, !isOver {
            try budget.deadline.check(subject, at: "byte \(position)")
            let step = bytes.extracting(position..<bytes.count).withUnsafeBufferPointer { input in
                chunk.withUnsafeMutableBufferPointer { decoder.decode(input, into: $0) }
            }
            position += step.consumed
            unread = 0..<step.produced
            try charge(step.produced, of: bytes)
            switch step.outcome {
            case .finished: isOver = true
            case .failed(let fault): throw refusal(of: fault)
            case .running where step.consumed == 0 && step.produced == 0:
                // A decoder may take one idle step to notice an end and one to announce it; more means that it waits in vain.
                idle += 1
                guard idle > 2 else { continue }
                guard position == bytes.count else { throw refusal(of: .corrupt) }
                throw Refusal(
                    .truncated, "\(subject) is truncated", at: "byte \(position)", remedy: "rebuild or send the file again")
            case .running: idle = 0
            }
        }
        return !unread.isEmpty
    }

    private func charge(_ count: Int, of bytes: Span<UInt8>) throws(Refusal) {
        expanded += count
        if expanded > budget.expandedBytes {
            throw Refusal(
                .limit, "\(subject) expands to more than \(budget.expandedBytes) bytes", at: "byte \(position)",
                remedy: "split the package")
        }
        // Measured against the whole file: how much of it a decoder has read ahead is its own affair.
        if expanded > Self.harmless, expanded / max(1, bytes.count) >= budget.ratio {
            throw Refusal(
                .limit, "\(subject) expands to more than \(budget.ratio) times its size", at: "byte \(position)",
                remedy: "rebuild the package without the padding")
        }
    }

    private func refusal(of fault: DecodingFault) -> Refusal {
        let place = "byte \(position)"
        switch fault {
        case .corrupt:
            return Refusal(.malformed, "\(subject) is damaged", at: place, remedy: "rebuild or send the file again")
        case .trailing:
            return Refusal(
                .malformed, "\(subject) has bytes after its end", at: place, remedy: "remove them or rebuild the package")
        case .memory(let limit):
            return Refusal(
                .limit, "\(subject) needs more than \(limit >> 20) MiB of memory to unpack", at: place,
                remedy: "compress it with a smaller window")
        case .unsupported:
            return Refusal(
                .unsupported, "\(subject) uses a compression option that is not supported", at: place,
                remedy: "compress it with the default options")
        case .exhausted:
            return Refusal(.limit, "\(subject) found no memory to be unpacked", at: place, remedy: "try again later")
        }
    }
}
