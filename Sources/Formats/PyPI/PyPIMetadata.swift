/// The fields of a METADATA or PKG-INFO file that the index needs (core metadata specifications 1.0 to 2.5).
struct PyPIMetadata: Equatable, Sendable {
    /// Who reads it. What they refuse is refused here, too: pip ends with a traceback for the whole project over one METADATA that it
    /// cannot decode or that has no version, and passes over one with a dependency that it cannot read.
    enum Kind: Sendable {
        /// A wheel's METADATA, which installers read.
        case wheel
        /// A source archive's PKG-INFO. pip 26.3 does not read it, uv 0.13 from metadata version 2.2 on; both then build.
        case sourceArchive
    }

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
    /// What some installers do not take.
    var warnings: [Warning] = []
    /// What a page says of it; nil where nobody asked.
    var portrait: Portrait?

    /// The most of a summary that is kept, in Unicode scalars (PyPI's own bound).
    private static let longestSummary = 512
    /// Bytes of a Requires-Python: every installer that looks at the project reads it, for each of its files twice.
    private static let longestSpecifier = 4_096
    private static let fields = ["Name", "Version", "Summary", "Requires-Python", "Requires-Dist", "Metadata-Version"]

    /// - Parameter isPortrayed: whether there is to be a portrait.
    /// - Throws: `.malformed` without a valid Name and Version, and for what no installer reads; `.ambiguous` when Name, Version or
    ///   Requires-Python comes twice with different values.
    init(_ bytes: Span<UInt8>, of kind: Kind = .wheel, isPortrayed: Bool = false) throws(Refusal) {
        let hasMark = bytes.has("\u{FEFF}")
        if kind == .wheel { try Self.checkText(bytes, hasMark: hasMark) }
        let text = hasMark ? bytes.extracting(3..<bytes.count) : bytes
        let header = PyPIHeader(
            isPortrayed ? Self.fields + PyPIPortrait.fields : Self.fields,
            multiline: isPortrayed ? PyPIPortrait.description : nil, in: text)
        func refusal(_ what: String, _ field: String, remedy: String) -> Refusal {
            guard let stop = header.stop, header.first(field) == nil else {
                let line = header.first(field).map { ", line \($0.line)" } ?? ""
                return Refusal(.malformed, what, at: "field \(field)\(line)", remedy: remedy)
            }
            // What ended the header is the likelier fault than what is missing behind it.
            return Refusal(
                .malformed,
                "\(what): line \(stop) is not a field (NAME: VALUE, without a blank before the colon) and ends the header",
                at: "line \(stop)", remedy: "correct that line; \(remedy)")
        }
        let name = try header.only("Name")
        guard let name, let normal = PyPIProjectName.normalised(name.value.utf8) else {
            throw refusal(
                "the project has no valid name", "Name",
                remedy: "name it with ASCII letters, digits, . _ and -, at most \(PyPIProjectName.longest) bytes")
        }
        if name.isPadded, kind == .wheel || Self.isStatic(header) {
            throw refusal(
                "a blank stands behind the project's name, which pip and uv take for another name", "Name",
                remedy: "remove the blank from the project's settings and build it again")
        }
        if name.isFolded, kind == .wheel || Self.isStatic(header) {
            throw refusal(
                "the project's name goes on in a second line, and pip takes the line's end for a part of it", "Name",
                remedy: "write it in the line of its field and build it again")
        }
        let version = try header.only("Version")
        // A blank at an end stands for a control character, with which no installer can read the version.
        guard let version = version?.value, version.utf8.first != 32, version.utf8.last != 32, let parsed = PEP440(version) else {
            throw refusal(
                "the project has no valid version", "Version", remedy: "give it a version by PEP 440, such as 1.0 or 2.1rc1")
        }
        let specifier = try header.only("Requires-Python")?.value
        guard (specifier ?? "").utf8.count <= Self.longestSpecifier else {
            throw Refusal(
                .limit, "it has more than \(Self.longestSpecifier) bytes", at: "field Requires-Python", remedy: "shorten it")
        }
        self.name = name.value
        self.version = version
        project = String(decoding: normal, as: UTF8.self)
        parsedVersion = parsed
        let summary = header.first("Summary")?.value ?? ""
        self.summary = String(String.UnicodeScalarView(summary.unicodeScalars.prefix(Self.longestSummary)))
        requiresPython = specifier.flatMap { PEP440Specifiers.isValid($0) ? $0 : nil }
        if let specifier, requiresPython == nil {
            warnings.append(
                Warning(
                    "'\(String(specifier.unicodeScalars.prefix(80)))' is not a list of version specifiers: pip ignores it, uv passes over the file",
                    at: "field Requires-Python", remedy: "write it by PEP 440, such as >=3.9, and build it again"))
        }
        if kind == .wheel {
            try checkRequirements(header)
        } else if UTF8Fault.first(in: bytes) != nil {
            warnings.append(
                Warning(
                    "PKG-INFO is not UTF-8", remedy: "save what it is made of as UTF-8; a wheel built from this could be refused")
            )
        }
        if isPortrayed { portrait = PyPIPortrait.portrait(of: header, in: text, requiresPython: requiresPython) }
    }

    /// UTF-8 all through, the description too, and without a byte order mark: pip decodes the file as a whole.
    private static func checkText(_ bytes: Span<UInt8>, hasMark: Bool) throws(Refusal) {
        let remedy = "save what the metadata is made of (names, description, README) as UTF-8 and build the wheel again"
        if hasMark {
            throw Refusal(
                .malformed, "it begins with a byte order mark, behind which pip finds no field", at: "line 1, byte 0",
                remedy: "save what the metadata is made of without one and build the wheel again")
        }
        guard let place = UTF8Fault.first(in: bytes) else { return }
        throw Refusal(.malformed, "it is not UTF-8", at: "line \(place.line), byte \(place.offset)", remedy: remedy)
    }

    /// Whether uv takes the fields for those of a later build (PEP 643).
    private static func isStatic(_ header: PyPIHeader) -> Bool {
        let parts = (header.first("Metadata-Version")?.value ?? "").split(separator: ".").map { Int($0) ?? 0 }
        guard let major = parts.first else { return false }
        return major > 2 || major == 2 && parts.count > 1 && parts[1] >= 2
    }

    private mutating func checkRequirements(_ header: PyPIHeader) throws(Refusal) {
        for requirement in header.all("Requires-Dist") {
            let shown = String(requirement.value.unicodeScalars.prefix(80))
            let place = "field Requires-Dist, line \(requirement.line)"
            let remedy = "write it by PEP 508, such as: requests>=2.31; python_version<\"3.13\""
            switch PyPIRequirement.readers(of: requirement.value) {
            case .all: break
            case .lenient:
                warnings.append(
                    Warning("pip cannot read the dependency '\(shown)' and passes over the file", at: place, remedy: remedy))
            case .none:
                throw Refusal(.malformed, "'\(shown)' is not a dependency that pip or uv can read", at: place, remedy: remedy)
            }
        }
    }
}
