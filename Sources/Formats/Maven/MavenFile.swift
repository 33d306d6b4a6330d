/// A file's name at its place: `lib-1.0.0-sources.jar` is a `jar` with the classifier `sources`.
package struct MavenFile: Equatable, Sendable {
    /// Nil: the artifact's own file of this extension.
    package var classifier: String?
    /// Without its dot; may hold dots (`tar.gz`, `jar.asc`).
    package var ending: String
    /// For files of snapshots; nil where the name says SNAPSHOT itself, as old clients and sbt have it.
    package var build: MavenBuild?

    /// - Throws: `.placement` for a name that is not one of a file at this place.
    package init(_ filename: String, at place: MavenPlace) throws(Refusal) {
        try MavenPlace.check(filename, "file name")
        let refusal = Refusal(
            .placement, "the file name '\(filename)' does not begin with '\(place.artifact)-\(place.version)'", at: "file name",
            remedy: "send files of \(place.artifact) \(place.version) as Maven names them")
        guard filename.utf8.starts(with: "\(place.artifact)-".utf8) else { throw refusal }
        var rest = Substring(filename.utf8.dropFirst(place.artifact.utf8.count + 1))
        if rest.utf8.starts(with: place.version.utf8) {
            rest = Substring(rest.utf8.dropFirst(place.version.utf8.count))
        } else if place.isSnapshot, rest.utf8.starts(with: place.prefix.utf8) {
            rest = Substring(rest.utf8.dropFirst(place.prefix.utf8.count))
            guard let build = MavenBuild(taking: &rest) else { throw refusal }
            self.build = build
        } else {
            throw refusal
        }
        switch rest.utf8.first {
        case UInt8(ascii: "."): ending = String(rest.dropFirst())
        case UInt8(ascii: "-"):
            ending = Self.ending(of: rest.dropFirst())
            classifier = String(rest.utf8.dropFirst().dropLast(ending.utf8.count + 1))
        default: throw refusal
        }
        try Self.check(classifier, ending, of: filename, at: place)
    }

    private static func check(_ classifier: String?, _ ending: String, of filename: String, at place: MavenPlace) throws(Refusal)
    {
        guard !ending.isEmpty, classifier?.isEmpty != true else {
            throw Refusal(
                .placement, "the file name '\(filename)' has no \(ending.isEmpty ? "ending" : "classifier") behind its version",
                at: "file name", remedy: "call it \(place.artifact)-\(place.version)-CLASSIFIER.ENDING")
        }
        let parts = ending.split(separator: ".", omittingEmptySubsequences: false)
        let isOfAnother = parts.count > 1 && parts[0].utf8.first.map(ASCII.isDigit) == true
        guard !isOfAnother, !ending.utf8.contains(UInt8(ascii: "-")), !parts.contains("") else {
            throw Refusal(
                .placement, "the file name '\(filename)' is one of another version than \(place.version)", at: "file name",
                remedy: "send it to the folder of its own version")
        }
    }

    /// Endings that stand behind another one, and those that stand behind `tar` and `cpio`.
    private static let outer: Set = ["asc", "sigstore"]
    private static let packed: Set = ["gz", "bz2", "xz", "zst", "lzma", "Z", "br"]

    /// What stands behind a classifier, which may hold dots itself (`jdk1.8.jar`).
    private static func ending(of rest: Substring) -> String {
        let parts = rest.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        var start = parts.count - 1
        if start > 1, parts[start] == "json", parts[start - 1] == "sigstore" { start -= 1 }
        while start > 1, outer.contains(parts[start]) || MavenPart.algorithm(of: parts[start]) != nil { start -= 1 }
        if start > 1, packed.contains(parts[start]), ["tar", "cpio"].contains(parts[start - 1]) { start -= 1 }
        return start < 1 ? "" : parts[start...].joined(separator: ".")
    }

    /// The version as its name has it: `2.0.0-20261128.120000-2`.
    func version(at place: MavenPlace) -> String { build.map { place.prefix + $0.text } ?? place.version }

    /// What its version's POM is called, or its build's.
    func pomName(at place: MavenPlace) -> String { "\(place.artifact)-\(version(at: place)).pom" }
}
