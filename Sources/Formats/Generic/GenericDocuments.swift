/// The lists of generic files: those of each version with their digests, those of each name, and the list of names.
enum GenericDocuments {
    /// The partition of the list of names. No package has this scope, since a name is not empty.
    static let names = PartitionKey(scope: "")

    private static let comma = [UInt8(ascii: ",")]
    private static let ending = Array("]}\n".utf8)

    // MARK: Serving

    /// What documents are called that lie beside files (`GenericName` keeps files from being called so).
    private static let own = "index\\.html|index\\.json|SHA256SUMS(?:\\.asc)?"
    /// A file below the folder of its version, or in a folder of its own there.
    private static let file = "(?!(?:\(own))$)(?:[0-9a-f]{16}/)?[^/]+$"

    /// The files of a version. `latest/` is another version tomorrow.
    static let immutablePaths = "[^/]+/(?!latest/)[^/]+/\(file)"

    static let serving: [Serving] = [
        // What the link leads to is no more to be shown by a browser than what is at its own address.
        .files(paths: "[^/]+/latest/\(file)", type: "application/octet-stream"),
        .files(paths: "(?:[^/]+/){0,2}index\\.json", type: "application/json"),
        .files(paths: "[^/]+/[^/]+/SHA256SUMS", type: "text/plain"),
        // RFC 3156.
        .files(paths: "[^/]+/[^/]+/SHA256SUMS\\.asc", type: "application/pgp-signature"),
    ]

    // MARK: Plans

    /// The documents of each version that has files; the newest is where `latest` leads to.
    static func versions(of scope: Scope, isSigned: Bool) -> [DocumentPlan] {
        let versions = there(scope)
        let latest = NaturalVersion.newest(of: versions)
        return versions.flatMap { version in
            self.version(
                PartitionKey(scope: scope.key, name: version.text), isSigned: isSigned, isLatest: version == latest)
        }
    }

    private static func version(_ partition: PartitionKey, isSigned: Bool, isLatest: Bool) -> [DocumentPlan] {
        let folder = "\(partition.scope)/\(partition.name)"
        var object = JSONWriter()
        object.beginObject()
        object.member("name", partition.scope)
        object.member("version", partition.name)
        object.key("files")
        object.beginArray()
        var links: [(address: String, text: String)] = [
            ("../index.html", "All versions"), ("index.json", "As JSON"), ("SHA256SUMS", "SHA256SUMS"),
        ]
        if isSigned { links.append(("SHA256SUMS.asc", "its signature")) }
        let line = links.map { "<a href=\"\($0.address)\">\($0.text)</a>" }.joined(separator: " · ")
        let columns = ["File", "Bytes", "SHA-256", "Uploaded"].map { "<th scope=\"col\">\($0)</th>" }.joined()
        let table = "<p>\(line)</p>\n<table>\n<thead><tr>\(columns)</tr></thead>\n<tbody>\n"
        return [
            DocumentPlan(
                path: "\(folder)/SHA256SUMS", body: [.run(Run(GenericEntry.sum, of: [partition]))],
                companions: isSigned ? [.detached(path: "\(folder)/SHA256SUMS.asc")] : []),
            DocumentPlan(
                path: "\(folder)/index.html",
                body: [
                    .literal(head("\(partition.scope) \(partition.name)") + Array(table.utf8)),
                    .run(Run(GenericEntry.row, of: [partition])),
                    .literal(Array("</tbody>\n</table>\n".utf8) + foot),
                ]),
            // The last of a version: then the folder is whole that the link leads to.
            DocumentPlan(
                path: "\(folder)/index.json",
                body: [
                    .literal(object.bytes), .run(Run(GenericEntry.json, of: [partition], separator: comma)), .literal(ending),
                ],
                companions: isLatest ? [.folderLink(path: "\(partition.scope)/latest")] : []),
        ]
    }

    /// The versions of a name, in ascending order, and which of them is the newest. Nothing when it has none left.
    static func name(_ scope: Scope) -> [DocumentPlan] {
        let versions = there(scope)
        guard let latest = NaturalVersion.newest(of: versions) else { return [] }
        var json = JSONWriter()
        json.beginObject()
        json.member("name", scope.key)
        json.key("versions")
        json.beginArray()
        for version in versions { json.value(version.text) }
        json.endArray()
        json.member("latest", latest.text)
        json.endObject()

        var html = head(scope.key)
        html.append("<p><a href=\"latest/index.html\">Latest</a> (" as StaticString)
        HTMLEscape.append(latest.text, to: &html)
        html.append(") · <a href=\"index.json\">As JSON</a></p>\n<ul>\n" as StaticString)
        // People look for the newest.
        for version in versions.reversed() {
            html.append("<li><a href=\"" as StaticString)
            HTMLEscape.append(PercentEncoding.component(version.text), to: &html)
            html.append("/index.html\">" as StaticString)
            HTMLEscape.append(version.text, to: &html)
            html.append("</a></li>\n" as StaticString)
        }
        html.append("</ul>\n" as StaticString)
        return [
            DocumentPlan(path: "\(scope.key)/index.html", body: [.literal(html + foot)]),
            DocumentPlan(path: "\(scope.key)/index.json", body: [.literal(json.bytes + [UInt8(ascii: "\n")])]),
        ]
    }

    /// `{"names":["tool"]}`, also where there are none.
    static func list(_ scope: Scope) -> DocumentPlan {
        let partitions = scope.partitions.filter { $0.count > 0 }.map(\.key)
        let run: [Piece] = partitions.isEmpty ? [] : [.run(Run(GenericEntry.name, of: partitions, separator: comma))]
        return DocumentPlan(
            path: "index.json", body: [.literal(Array("{\"names\":[".utf8))] + run + [.literal(ending)], rank: .list)
    }

    static func quoted(_ text: String) -> [UInt8] {
        var json: [UInt8] = []
        JSONWriter.append(text, to: &json)
        return json
    }

    /// The versions that have files, in ascending order.
    private static func there(_ scope: Scope) -> [NaturalVersion] {
        scope.partitions.filter { $0.count > 0 }.map { NaturalVersion($0.key.name) }.sorted()
    }

    // MARK: Pages

    private static func head(_ title: String) -> [UInt8] {
        var html: [UInt8] = []
        html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n" as StaticString)
        html.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" as StaticString)
        HTMLEscape.append(title, to: &html)
        html.append(
            "</title>\n<style>table{border-collapse:collapse}th,td{padding:.2em .8em .2em 0;text-align:left}</style>\n"
                as StaticString)
        html.append("</head>\n<body>\n<main>\n<h1>" as StaticString)
        HTMLEscape.append(title, to: &html)
        html.append("</h1>\n" as StaticString)
        return html
    }

    private static let foot = Array("</main>\n</body>\n</html>\n".utf8)
}
