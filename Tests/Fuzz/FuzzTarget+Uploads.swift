@testable import Formats

/// What comes in over the network besides packages.
extension FuzzTarget {
    static let uploads = [
        // A byte that says how the body is cut into chunks, the Content-Type, a line end, the body.
        FuzzTarget("multipart") { (bytes) throws(BrokenPromise) in
            guard let seed = bytes.first, let end = bytes.firstIndex(of: 10) else { return false }
            let contentType = String(decoding: bytes[1..<max(1, end)], as: UTF8.self)
            return try envelope(Array(bytes[(end + 1)...]), seed) { () throws(Refusal) in
                try MultipartReader(contentType: contentType)
            } != nil
        },
        // A byte that says how the body is cut into chunks, the body.
        FuzzTarget("frames") { (bytes) throws(BrokenPromise) in
            guard let seed = bytes.first else { return false }
            let frames = [Frame(name: "metadata", isFile: false, limit: 60), Frame(name: "crate", isFile: true, limit: 100)]
            let parts = try envelope(Array(bytes[1...]), seed) { FramesReader(frames) }
            guard let parts else { return false }
            try promise(parts.map(\.header.name) == frames.map(\.name), "other frames than the protocol has")
            try promise(parts.reduce(9) { $0 + $1.content.count } == bytes.count, "bytes that belong to no frame")
            return true
        },
        FuzzTarget("document") { (bytes) throws(BrokenPromise) in
            guard let seed = bytes.first else { return false }
            var limits = Base64DocumentReader.Limits()
            (limits.document, limits.depth, limits.attachments) = (2_000, 8, 3)
            let parts = try envelope(Array(bytes[1...]), seed) {
                Base64DocumentReader(attachments: "_attachments", document: "document", limits: limits)
            }
            guard let parts else { return false }
            // What is left is read once more by somebody stricter, who sees the same files in it.
            guard let left = parts.last?.content,
                let document = try? JSONReader.read(left.span, of: "it", within: Budget())
            else { return false }
            let files = document["_attachments"]?.object?.filter { $0.value["data"] != nil } ?? []
            try promise(files.allSatisfy { $0.value["data"]?.string == "" }, "data is left in the document")
            let names = parts.dropLast().map { $0.header.filename ?? "" }
            try promise(files.map(\.name) == names, "other files than the document names")
            return true
        },
        FuzzTarget("changes") { (bytes) throws(BrokenPromise) in
            let changes = Result { () throws(Refusal) in try DebianChanges(bytes.span) }
            switch changes {
            case .failure(let refusal):
                try check(refusal)
                return false
            case .success(let changes):
                let again = Result { () throws(Refusal) in try DebianChanges(bytes.span) }
                try promise((try? again.get()) == changes, "reading twice gives two values")
                for file in changes.files {
                    try check(line: file.name, "a file's name")
                    try promise(!file.name.contains("/") && !file.name.hasPrefix("."), "a name that is a path: \(file.name)")
                    try promise(file.size >= 0 && file.sha256.count == 32 && file.md5.count == 16, "a file without its digests")
                }
                try promise(Set(changes.files.map(\.name)).count == changes.files.count, "a file is listed twice")
                return true
            }
        },
    ]

    private struct Part: Equatable {
        var header: EnvelopePart
        var content: [UInt8] = []
    }

    /// The parts of a body that is taken; nil when it is refused. Either, however it is cut into chunks.
    private static func envelope<Reader: EnvelopeReader>(
        _ body: [UInt8], _ seed: UInt8, _ reader: () throws(Refusal) -> Reader
    ) throws(BrokenPromise) -> [Part]? {
        let whole = Result { () throws(Refusal) in try parts(of: body, try reader(), chunk: max(1, body.count)) }
        let pieces = Result { () throws(Refusal) in try parts(of: body, try reader(), chunk: 1 + Int(seed) % 97) }
        switch (whole, pieces) {
        case (.success(let one), .success(let other)):
            try promise(one == other, "an upload depends on how it is cut into chunks")
            for part in one {
                try check(line: part.header.name, "a part's name")
                try check(line: part.header.filename ?? "", "a file's name")
                try promise(!part.header.name.isEmpty, "a part without a name")
            }
            return one
        case (.failure(let one), .failure(let other)):
            try check(one)
            try promise(one.cause == other.cause, "a refusal depends on how the body is cut: \(one); \(other)")
            return nil
        default: throw BrokenPromise("whether an upload is taken depends on how it is cut into chunks")
        }
    }

    private static func parts(of body: [UInt8], _ reader: some EnvelopeReader, chunk: Int) throws(Refusal) -> [Part] {
        var reader = reader
        var parts: [Part] = []
        var start = 0
        while start < body.count {
            let piece = Array(body[start..<min(start + chunk, body.count)])
            for event in try reader.read(piece.span) {
                switch event {
                case .begins(let header): parts.append(Part(header: header))
                case .content(let range): parts[parts.count - 1].content += piece[range]
                case .bytes(let bytes): parts[parts.count - 1].content += bytes
                case .ends, .finished: break
                }
            }
            start += chunk
        }
        try reader.finish()
        return parts
    }
}
