/// A file's pieces of the documents of its version.
///
/// Everything comes from its path: the catalog's record has a package's name in the spelling that was first.
struct GenericEntry {
    static let json: Slot = "json"
    static let sum: Slot = "sum"
    static let row: Slot = "row"
    static let name: Slot = "name"

    private var package: String
    /// From the folder of its version: the file's name, with a folder before it where it took another file's place.
    private var path: String
    private var upload: Upload

    init(_ upload: Upload, at path: String) {
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 2)
        package = parts.first.map { String(decoding: $0, as: UTF8.self) } ?? ""
        self.path = parts.last.map { String(decoding: $0, as: UTF8.self) } ?? ""
        self.upload = upload
    }

    var fragments: [Fragment] {
        [
            Fragment(Self.json, object), Fragment(Self.sum, line), Fragment(Self.row, tableRow),
            Fragment(Self.name, GenericDocuments.quoted(package)),
        ]
    }

    /// One object of `files` in the version's index.json. `url` is relative to it.
    private var object: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("name", upload.filename)
        json.member("url", PercentEncoding.path(path))
        json.member("size", upload.size)
        json.member("sha256", Hex.string(upload.digests.sha256))
        json.member("sha512", Hex.string(upload.digests.sha512))
        json.member("md5", Hex.string(upload.digests.md5))
        json.member("uploaded", upload.received.rfc3339)
        json.endObject()
        return json.bytes
    }

    /// As sha256sum (GNU coreutils) writes it: the digest, two blanks and a path from the version's folder. No path here needs
    /// its escape.
    private var line: [UInt8] {
        var line: [UInt8] = []
        line.append(hex: upload.digests.sha256)
        line.append("  " as StaticString)
        line.append(path)
        line.append("\n" as StaticString)
        return line
    }

    private var tableRow: [UInt8] {
        var html: [UInt8] = []
        html.append("<tr><th scope=\"row\"><a href=\"" as StaticString)
        HTMLEscape.append(PercentEncoding.path(path), to: &html)
        html.append("\">" as StaticString)
        HTMLEscape.append(upload.filename, to: &html)
        html.append("</a></th><td>" as StaticString)
        html.append(decimal: upload.size)
        html.append("</td><td><code>" as StaticString)
        html.append(hex: upload.digests.sha256)
        html.append("</code></td><td>" as StaticString)
        html.append(upload.received.rfc3339)
        html.append("</td></tr>\n" as StaticString)
        return html
    }
}
