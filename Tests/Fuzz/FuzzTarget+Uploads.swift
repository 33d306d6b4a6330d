@testable import Formats

/// What comes in over the network besides packages.
extension FuzzTarget {
    static let uploads = [
        // A byte that says how the body is cut into chunks, the Content-Type, a line end, the body.
        FuzzTarget("multipart") { (bytes) throws(BrokenPromise) in
            guard let seed = bytes.first, let end = bytes.firstIndex(of: 10) else { return false }
            let contentType = String(decoding: bytes[1..<max(1, end)], as: UTF8.self)
            let body = Array(bytes[(end + 1)...])
            let whole = Result { () throws(Refusal) in try parts(of: body, contentType, chunk: max(1, body.count)) }
            let pieces = Result { () throws(Refusal) in try parts(of: body, contentType, chunk: 1 + Int(seed) % 97) }
            switch (whole, pieces) {
            case (.success(let one), .success(let other)):
                try promise(one == other, "a form depends on how it is cut into chunks")
                for part in one {
                    try check(line: part.header.name, "a field's name")
                    try check(line: part.header.filename ?? "", "a file's name")
                    try promise(!part.header.name.isEmpty, "a part without a name")
                }
                return true
            case (.failure(let one), .failure(let other)):
                try check(one)
                try promise(one.cause == other.cause, "a refusal depends on how the body is cut: \(one); \(other)")
                return false
            default: throw BrokenPromise("whether a form is taken depends on how it is cut into chunks")
            }
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

    private static func parts(of body: [UInt8], _ contentType: String, chunk: Int) throws(Refusal) -> [Part] {
        var reader = try MultipartReader(contentType: contentType)
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
