/// Reads the body of an upload as it arrives, in chunks of any size and in constant memory, and tells which parts are in it.
///
/// How a body is cut into chunks changes in how many pieces content is told, and nothing else. After a refusal a reader is not asked again.
package protocol EnvelopeReader: Sendable {
    /// What is in the next chunk, in the order in which it stands there.
    mutating func read(_ chunk: Span<UInt8>) throws(Refusal) -> [EnvelopeEvent]
    /// Bytes that the reader keeps of what it has read, for a part that it will tell of later.
    var heldBytes: Int { get }
    /// To be called at the body's end.
    ///
    /// - Throws: a `Refusal`, `.truncated` as a rule, when something is missing that the body announced.
    func finish() throws(Refusal)
}

extension EnvelopeReader {
    /// As good as nothing.
    package var heldBytes: Int { 0 }
}

/// What a reader found in a chunk. For each part `begins`, its content in any number of pieces, `ends`; then `finished`, once.
package enum EnvelopeEvent: Equatable, Sendable {
    case begins(EnvelopePart)
    /// Content of the part: these bytes of the chunk at hand, at least one.
    case content(Range<Int>)
    /// Content of the part that does not stand in the chunk like this, at least one byte: it was held back from the chunks before, or decoded.
    case bytes([UInt8])
    case ends
    /// No part follows.
    case finished
}

/// One part of an upload: a field of a form, a frame, an attachment.
package struct EnvelopePart: Equatable, Sendable {
    /// What the protocol calls the part: 1 to 1024 bytes of UTF-8 without control characters.
    package var name: String
    /// What the sender calls the file, possibly empty, at most 1024 bytes without control characters; nil for a part that is not a file.
    /// Hostile: never part of a path before it was vetted.
    package var filename: String?
    /// As sent.
    package var contentType: String?

    package init(name: String, filename: String? = nil, contentType: String? = nil) {
        self.name = name
        self.filename = filename
        self.contentType = contentType
    }
}
