/// One of the frames that a protocol has in a body.
package struct Frame: Equatable, Sendable {
    /// 1 to 1024 bytes without control characters.
    package var name: String
    /// Whether its content is a file, as opposed to a text about one.
    package var isFile: Bool
    /// How many bytes it may have.
    package var limit: Int

    package init(name: String, isFile: Bool, limit: Int) {
        self.name = name
        self.isFile = isFile
        self.limit = limit
    }
}

/// Reads a body of frames: each is its length in bytes (32 bits, little-endian) and its content, and nothing stands between or behind them.
///
/// It is the body of cargo's `PUT api/v1/crates/new` (cargo 1.95; "Registry Web API" in The Cargo Book): a JSON text, then the crate. Which
/// frames there are is the protocol's business and not the body's. A frame that is a file has the empty file name: the body has none.
package struct FramesReader: EnvelopeReader {
    private let frames: [Frame]
    /// Of the frame at hand; as many as there are frames once all were read.
    private var index = 0
    private var length: UInt32 = 0
    /// How many bytes of the length were read.
    private var lengthBytes = 0
    /// How many bytes of the content are still to come, once the length is known.
    private var rest = 0
    /// Bytes of the chunks before.
    private var consumed = 0

    private static let remedy = "publish with cargo, or send each frame behind its length"

    /// - Parameter frames: those of the protocol, in their order; at least one.
    package init(_ frames: [Frame]) {
        precondition(!frames.isEmpty, "a body of frames has a first one")
        self.frames = frames
    }

    package mutating func read(_ chunk: Span<UInt8>) throws(Refusal) -> [EnvelopeEvent] {
        var events: [EnvelopeEvent] = []
        var position = 0
        while position < chunk.count {
            guard index < frames.count else {
                throw Refusal(
                    .malformed, "bytes behind the end of the frame '\(frames[index - 1].name)', which is the last one",
                    at: "byte \(consumed + position)", remedy: Self.remedy)
            }
            if lengthBytes < 4 {
                length |= UInt32(chunk[position]) << UInt32(8 * lengthBytes)
                lengthBytes += 1
                position += 1
                if lengthBytes == 4 { try begin(at: consumed + position - 4, &events) }
            } else {
                let count = min(rest, chunk.count - position)
                events.append(.content(position..<(position + count)))
                position += count
                rest -= count
                if rest == 0 { end(&events) }
            }
        }
        consumed += chunk.count
        return events
    }

    package func finish() throws(Refusal) {
        guard index < frames.count else { return }
        let name = frames[index].name
        let what =
            lengthBytes < 4
            ? "the body ends where the length of the frame '\(name)' belongs"
            : "the frame '\(name)' has \(length) bytes by its length, and the body ends \(rest) bytes too early"
        throw Refusal(.truncated, what, at: "byte \(consumed)", remedy: "send it again")
    }

    private mutating func begin(at offset: Int, _ events: inout [EnvelopeEvent]) throws(Refusal) {
        let frame = frames[index]
        guard length <= frame.limit else {
            throw Refusal(
                .limit, "the frame '\(frame.name)' has \(length) bytes by its length, and may have \(frame.limit)",
                at: "byte \(offset)", remedy: "make it smaller")
        }
        rest = Int(length)
        events.append(.begins(EnvelopePart(name: frame.name, filename: frame.isFile ? "" : nil)))
        if rest == 0 { end(&events) }
    }

    private mutating func end(_ events: inout [EnvelopeEvent]) {
        events.append(.ends)
        (length, lengthBytes) = (0, 0)
        index += 1
        if index == frames.count { events.append(.finished) }
    }
}
