/// A file's pieces of its project's pages (PEP 503, 592, 658, 691, 700, 714).
struct PyPIFragments {
    var facts: PyPIFacts
    var filename: String
    /// Below the repository, without the file's name: `files/PROJECT/VERSION`.
    private var folder: [String]
    var size: Int
    /// 32 bytes.
    var sha256: [UInt8]
    var received: Timestamp
    /// Nil when the file is not yanked, empty when it is without a reason.
    var yanked: String?

    init(_ facts: PyPIFacts, of upload: Upload, annotations: Annotations) {
        self.facts = facts
        filename = upload.filename
        folder = ["files", facts.project, facts.version] + [upload.generation].compactMap(\.self)
        size = upload.size
        sha256 = upload.digests.sha256
        received = upload.received
        yanked = annotations.yanked.map(Self.reason)
    }

    /// One line of the HTML page.
    var html: [UInt8] {
        var line: [UInt8] = []
        line.append("<a href=\"" as StaticString)
        line.append(url)
        line.append("#sha256=" as StaticString)
        line.append(hex: sha256)
        if let specifier = facts.requiresPython {
            line.append("\" data-requires-python=\"" as StaticString)
            HTMLEscape.append(specifier, to: &line)
        }
        if let yanked {
            line.append("\" data-yanked=\"" as StaticString)
            HTMLEscape.append(yanked, to: &line)
        }
        if let digest = facts.metadataDigest {
            // PEP 714: the first is what pip 23.2 and later read, the second what those before it do.
            line.append("\" data-core-metadata=\"sha256=" as StaticString)
            line.append(hex: digest)
            line.append("\" data-dist-info-metadata=\"sha256=" as StaticString)
            line.append(hex: digest)
        }
        line.append("\">" as StaticString)
        HTMLEscape.append(filename, to: &line)
        line.append("</a><br>\n" as StaticString)
        return line
    }

    /// One object of the JSON page's `files`.
    var json: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("filename", filename)
        json.member("url", url)
        json.key("hashes")
        digest(sha256, in: &json)
        if let specifier = facts.requiresPython { json.member("requires-python", specifier) }
        json.member("size", size)
        json.member("upload-time", received.rfc3339)
        if let yanked {
            // The specification wants true where there is no reason, never an empty text.
            if yanked.isEmpty { json.member("yanked", true) } else { json.member("yanked", yanked) }
        }
        if let metadata = facts.metadataDigest {
            json.key("core-metadata")
            digest(metadata, in: &json)
            // What PyPI sends, too. The key without `data-` crashed pip 22.3 to 23.1 and must never be written.
            json.key("data-dist-info-metadata")
            digest(metadata, in: &json)
        }
        json.endObject()
        return json.bytes
    }

    /// Of the file, as seen from its project's page, so that the tree can be served below any address.
    private var url: String {
        "../../" + (folder + [filename]).map(PercentEncoding.component).joined(separator: "/")
    }

    private func digest(_ digest: [UInt8], in json: inout JSONWriter) {
        json.beginObject()
        json.member("sha256", Hex.string(digest))
        json.endObject()
    }

    /// A reason as one line, equal in both pages: control characters are blanks, blanks at the ends are cut off.
    private static func reason(_ text: String) -> String {
        let line = text.utf8.map { ASCII.isControl($0) ? 32 : $0 }
        guard let first = line.firstIndex(where: { $0 != 32 }), let last = line.lastIndex(where: { $0 != 32 }) else { return "" }
        return String(decoding: line[first...last], as: UTF8.self)
    }
}
