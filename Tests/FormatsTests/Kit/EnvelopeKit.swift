import Testing

@testable import Formats

/// A part of an upload with all that came for it.
struct ReceivedPart: Equatable {
    var part: EnvelopePart
    var content: [UInt8] = []
    var isWhole = false

    static func text(_ name: String, _ content: String) -> ReceivedPart {
        ReceivedPart(part: EnvelopePart(name: name), content: [UInt8](content), isWhole: true)
    }

    static func file(_ name: String, _ filename: String, _ content: [UInt8]) -> ReceivedPart {
        ReceivedPart(part: EnvelopePart(name: name, filename: filename), content: content, isWhole: true)
    }
}

extension EnvelopeReader {
    /// What is in chunks that come one after the other, and that the events are in their order.
    func parts(of chunks: [[UInt8]]) throws(Refusal) -> [ReceivedPart] {
        var reader = self
        var parts: [ReceivedPart] = []
        var isOpen = false, isFinished = false
        func need(_ holds: Bool, _ what: Comment) { if !holds { Issue.record(what) } }
        func add(_ content: [UInt8]) {
            need(isOpen && !content.isEmpty, "content outside of a part, or none")
            parts[parts.count - 1].content += content
        }
        for chunk in chunks {
            for event in try reader.read(chunk.span) {
                need(!isFinished, "an event behind the last one")
                switch event {
                case .begins(let part):
                    need(!isOpen, "a part inside of a part")
                    isOpen = true
                    parts.append(ReceivedPart(part: part))
                case .content(let range): add(Array(chunk[range]))
                case .bytes(let bytes): add(bytes)
                case .ends:
                    isOpen = false
                    parts[parts.count - 1].isWhole = true
                case .finished: isFinished = true
                }
            }
        }
        try reader.finish()
        need(isFinished && !isOpen, "no end")
        return parts
    }

    /// The same for a body in chunks of this many bytes.
    func parts(of body: [UInt8], by size: Int = .max) throws(Refusal) -> [ReceivedPart] {
        try parts(
            of: stride(from: 0, to: body.count, by: size).map { Array(body[$0..<min(body.count, $0 + min(size, body.count))]) })
    }

    /// Why a body is refused, in whatever chunks it comes; nil when it is taken.
    func fault(in body: [UInt8]) -> Refusal? {
        let whole = refusal { () throws(Refusal) in _ = try parts(of: body) }
        let bytewise = refusal { () throws(Refusal) in _ = try parts(of: body, by: 1) }
        let isSame = whole?.cause == bytewise?.cause && whole?.what == bytewise?.what
        if !isSame { Issue.record("\(body): \(String(describing: whole)); \(String(describing: bytewise))") }
        return whole
    }
}
