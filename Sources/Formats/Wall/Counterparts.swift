/// How versions of a type also stand in the repository of another type that the same owner has, for owners for whom the settings want that: a
/// chart that came as an OCI artifact in Helm's index, a chart of that index in the registry.
///
/// What stands there is the same content. It is there for as long as the version says what it says here: it comes, changes and goes with it,
/// and is not removed by itself.
package protocol Counterparts: Sendable {
    /// The other type's identifier.
    var type: String { get }

    /// The option that asks for it: patterns of owners.
    var option: String { get }

    /// The files that stand for a version there, none before those that it requires: their coordinates are the other type's, and content in
    /// files is what lies here, below `OWNER/TYPE/`. The same version has the same bytes each time. None: it is nothing that could stand there.
    ///
    /// - Throws: a `Refusal` for a version that says it could and cannot.
    func parts(of version: OriginalVersion, in files: any OriginalFiles, within budget: Budget) throws -> [BundlePart]

    /// Why what was made of a version is not what people here know it by; nil: it is.
    ///
    /// - Parameters:
    ///   - part: one of `parts`.
    ///   - record: of this part, as the other type reads it.
    func fault(in part: BundlePart, _ record: PackageRecord, of version: OriginalVersion) -> Refusal?
}

/// A version that is here.
package struct OriginalVersion: Sendable {
    /// Of its package, as people write it.
    package var name: String
    package var version: String
    /// What is said of it.
    package var annotations: Annotations
    /// Paths below `OWNER/TYPE/` of its files, but for those that are there only for others; in the order in which they came in.
    package var paths: [String]

    package init(name: String, version: String, annotations: Annotations, paths: [String]) {
        self.name = name
        self.version = version
        self.annotations = annotations
        self.paths = paths
    }
}

/// The content of a repository's files, for whoever must not read files.
package protocol OriginalFiles {
    /// - Parameter path: below `OWNER/TYPE/`.
    /// - Throws: a `Refusal` for a file that is not here.
    func withBytes<Result>(of path: String, _ body: (Span<UInt8>) throws -> Result) throws -> Result
}
