/// What the catalog keeps of a module version: what its indexes say, and what go would say of it.
///
/// Written by `FactsWriter`: the time in eight bytes (big-endian), a byte that is 1 where there is a go.mod, the two hashes, the texts,
/// and the retractions behind their number.
struct GoFacts: Equatable, Sendable {
    var path: String
    var version: String
    /// What `.info` says: seconds since 1970.
    var time: Int64
    /// False: the `.mod` beside it was made up.
    var hasModFile: Bool
    /// The two hashes of go.sum, 32 bytes each: of the zip, and of go.mod.
    var zipSum: [UInt8]
    var modSum: [UInt8]
    var goVersion: String
    var toolchain: String
    var deprecated: String
    var retractions: [GoModFile.Retraction]

    private static let revision: UInt8 = 1

    /// As go.sum writes them: `h1:` and base64.
    var zipHash: String { GoHash.text(of: zipSum) }
    var modHash: String { GoHash.text(of: modSum) }

    init(
        path: String, version: String, time: Int64, hasModFile: Bool, zipSum: [UInt8], modSum: [UInt8], goVersion: String = "",
        toolchain: String = "", deprecated: String = "", retractions: [GoModFile.Retraction] = []
    ) {
        self.path = path
        self.version = version
        self.time = time
        self.hasModFile = hasModFile
        self.zipSum = zipSum
        self.modSum = modSum
        self.goVersion = goVersion
        self.toolchain = toolchain
        self.deprecated = deprecated
        self.retractions = retractions
    }

    var encoded: [UInt8] {
        var writer = FactsWriter(revision: Self.revision)
        writer.raw(withUnsafeBytes(of: time.bigEndian) { Array($0) })
        writer.byte(hasModFile ? 1 : 0)
        writer.raw(zipSum)
        writer.raw(modSum)
        for text in [path, version, goVersion, toolchain, deprecated] { writer.text(text) }
        writer.number(retractions.count)
        for retraction in retractions {
            for text in [retraction.low, retraction.high, retraction.rationale] { writer.text(text) }
        }
        return writer.bytes
    }

    /// - Throws: for bytes that this revision of the program did not write.
    init(_ encoded: [UInt8]) throws(Refusal) {
        var reader = try FactsReader(encoded, revision: Self.revision, of: Self.subject)
        time = try reader.raw(8).reduce(0) { $0 << 8 | Int64($1) }
        hasModFile = try reader.byte() == 1
        zipSum = try reader.raw(32)
        modSum = try reader.raw(32)
        path = try reader.text()
        version = try reader.text()
        goVersion = try reader.text()
        toolchain = try reader.text()
        deprecated = try reader.text()
        retractions = []
        for _ in 0..<(try reader.number()) {
            retractions.append(.init(low: try reader.text(), high: try reader.text(), rationale: try reader.text()))
        }
        try reader.finish()
    }

    private static let subject = "a Go module"
    static let damaged = FactsReader.damaged(subject)
}
