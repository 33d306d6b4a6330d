/// The pages of the simple repository API: one of each form for a project, and one for the list of projects.
enum PyPIDocuments {
    /// PEP 700's: `versions`, `size` and `upload-time` are there, nothing that later versions added is.
    static let apiVersion = "1.1"

    /// The scope of the list of projects.
    static let rootScope = "simple"

    /// A project's scope. Also the folder of its pages.
    static func scope(of project: String) -> String { "\(rootScope)/\(project)" }

    private static let encodings: [Encoding] = [.plain, .gzip(level: 9)]

    /// Nothing when the project has no files left: its pages go.
    static func project(_ scope: Scope) -> [DocumentPlan] {
        let partitions = scope.partitions.filter { $0.count > 0 }.map(\.key)
        guard !partitions.isEmpty else { return [] }
        let name = String(scope.key.dropFirst(rootScope.count + 1))
        return [
            DocumentPlan(
                path: "\(scope.key)/index.html",
                body: [.literal(head("Links for \(name)")), .run(Run("html", of: partitions)), .literal(Self.foot)],
                encodings: encodings),
            DocumentPlan(
                path: "\(scope.key)/index.json",
                body: [
                    .literal(opening { $0.member("name", name) } + Array(#","versions":["#)),
                    .run(Run("version", of: partitions, separator: [UInt8(ascii: ",")], distinct: true)),
                    .literal(Array(#"],"files":["#)),
                    .run(Run("json", of: partitions, separator: [UInt8(ascii: ",")])),
                    .literal(Array("]}")),
                ], encodings: encodings),
        ]
    }

    /// Also when there is no project: an empty list is a valid repository, a missing one is not.
    /// Public after the pages that it names, which are of other scopes.
    static func root(_ scope: Scope) -> [DocumentPlan] {
        let partitions = scope.partitions.filter { $0.count > 0 }.map(\.key)
        func run(_ slot: Slot, separator: [UInt8] = []) -> [Piece] {
            partitions.isEmpty ? [] : [.run(Run(slot, of: partitions, separator: separator))]
        }
        return [
            DocumentPlan(
                path: "\(rootScope)/index.html",
                body: [.literal(head("Simple index"))] + run("project.html") + [.literal(foot)], encodings: encodings,
                rank: .list),
            DocumentPlan(
                path: "\(rootScope)/index.json",
                body: [.literal(opening { _ in } + Array(#","projects":["#))]
                    + run("project.json", separator: [UInt8(ascii: ",")])
                    + [.literal(Array("]}"))], encodings: encodings, rank: .list),
        ]
    }

    /// A project's line in the list. By the normal name: the files of a project may spell it differently, and the list must not
    /// depend on which of them came first.
    static func projectLine(_ project: String) -> [UInt8] {
        var line: [UInt8] = []
        line.append("<a href=\"" as StaticString)
        HTMLEscape.append(project, to: &line)
        line.append("/\">" as StaticString)
        HTMLEscape.append(project, to: &line)
        line.append("</a><br>\n" as StaticString)
        return line
    }

    static func projectObject(_ project: String) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("name", project)
        json.endObject()
        return json.bytes
    }

    /// pip 22.0 refused pages that do not start with this document type.
    private static func head(_ title: String) -> [UInt8] {
        var html: [UInt8] = []
        html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n" as StaticString)
        html.append("<meta name=\"pypi:repository-version\" content=\"\(apiVersion)\">\n<title>")
        HTMLEscape.append(title, to: &html)
        html.append("</title>\n</head>\n<body>\n<h1>" as StaticString)
        HTMLEscape.append(title, to: &html)
        html.append("</h1>\n" as StaticString)
        return html
    }

    private static let foot = Array("</body>\n</html>\n")

    /// A page's first members; the object stays open.
    private static func opening(_ members: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("meta")
        json.beginObject()
        json.member("api-version", apiVersion)
        json.endObject()
        members(&json)
        return json.bytes
    }
}
