/// The fields of a METADATA or PKG-INFO file that the index needs (core metadata specifications 1.0 to 2.5).
struct PyPIMetadata: Equatable, Sendable {
    /// As written.
    var name: String
    /// The name in its normal form.
    var project: String
    /// As written.
    var version: String
    var parsedVersion: PEP440
    /// Valid; nil when there is none or when no installer could read it.
    ///
    /// An invalid one is dropped and the file taken: the file can still be installed, whereas a page that carried the specifier
    /// would have installers pass over the file.
    var requiresPython: String?
    /// Empty when there is none.
    var summary: String

    /// The most of a summary that is kept, in Unicode scalars (PyPI's own bound).
    private static let longestSummary = 512
    /// Bytes of a Requires-Python: every installer that looks at the project reads it, for each of its files twice.
    private static let longestSpecifier = 4_096

    /// - Throws: `.malformed` without a valid Name and Version, `.ambiguous` when one of the fields read here comes twice.
    init(_ bytes: Span<UInt8>) throws(Refusal) {
        let fields = try PyPIHeader.fields(["Name", "Version", "Summary", "Requires-Python"], in: bytes)
        guard let name = fields["Name"], let normal = PyPIProjectName.normalised(name.utf8) else {
            throw Refusal(
                .malformed, "the project has no valid name", at: "field Name",
                remedy: "name it with ASCII letters, digits, . _ and -, at most \(PyPIProjectName.longest) bytes")
        }
        // A blank at an end stands for a control character, with which no installer can read the version.
        guard let version = fields["Version"], version.utf8.first != 32, version.utf8.last != 32, let parsed = PEP440(version)
        else {
            throw Refusal(
                .malformed, "the project has no valid version", at: "field Version",
                remedy: "give it a version by PEP 440, such as 1.0 or 2.1rc1")
        }
        guard (fields["Requires-Python"] ?? "").utf8.count <= Self.longestSpecifier else {
            throw Refusal(
                .limit, "it has more than \(Self.longestSpecifier) bytes", at: "field Requires-Python", remedy: "shorten it")
        }
        self.name = name
        self.version = version
        project = String(decoding: normal, as: UTF8.self)
        parsedVersion = parsed
        summary = String(String.UnicodeScalarView((fields["Summary"] ?? "").unicodeScalars.prefix(Self.longestSummary)))
        requiresPython = fields["Requires-Python"].flatMap { PEP440Specifiers.isValid($0) ? $0 : nil }
    }
}
