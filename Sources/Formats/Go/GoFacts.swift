/// What the catalog keeps of a module version: what its indexes say, and what go would say of it.
///
/// Written as a revision byte, the time in eight bytes, a byte that is 1 where there is a go.mod, then the other fields, each
/// behind its length in four bytes; the retractions behind their number. Big-endian.
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
        var bytes = [Self.revision]
        func append(_ number: UInt64, _ width: Int) {
            for shift in stride(from: width - 8, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
            }
        }
        func append(_ field: some Collection<UInt8>) {
            append(UInt64(field.count), 32)
            bytes.append(contentsOf: field)
        }
        append(UInt64(bitPattern: time), 64)
        append(hasModFile ? 1 : 0, 8)
        append(zipSum)
        append(modSum)
        for text in [path, version, goVersion, toolchain, deprecated] { append(text.utf8) }
        append(UInt64(retractions.count), 32)
        for retraction in retractions {
            for text in [retraction.low, retraction.high, retraction.rationale] { append(text.utf8) }
        }
        return bytes
    }

    /// - Throws: for bytes that this revision of the program did not write.
    init(_ encoded: [UInt8]) throws(Refusal) {
        let bytes = encoded.span
        var cursor = Cursor(reading: "the record of a Go module")
        func field() throws(Refusal) -> [UInt8] {
            bytes.copied(try cursor.take(Int(try cursor.bigEndian(UInt32.self, in: bytes)), in: bytes))
        }
        func text() throws(Refusal) -> String { String(decoding: try field(), as: UTF8.self) }
        guard try cursor.bigEndian(UInt8.self, in: bytes) == Self.revision else { throw Self.damaged }
        time = Int64(bitPattern: try cursor.bigEndian(UInt64.self, in: bytes))
        hasModFile = try cursor.bigEndian(UInt8.self, in: bytes) == 1
        zipSum = try field()
        modSum = try field()
        path = try text()
        version = try text()
        goVersion = try text()
        toolchain = try text()
        deprecated = try text()
        retractions = []
        let count = try cursor.bigEndian(UInt32.self, in: bytes)
        for _ in 0..<count { retractions.append(.init(low: try text(), high: try text(), rationale: try text())) }
        guard cursor.position == bytes.count, zipSum.count == 32, modSum.count == 32 else { throw Self.damaged }
    }

    static let damaged = Refusal(.malformed, "the record of a Go module is damaged", remedy: "ingest the file again")
}
