/// What the catalog keeps of a file for pages to be rendered again without it.
///
/// Written as a revision byte, then each field as a four-byte big-endian length and its bytes; an absent one has the length
/// 0xFFFFFFFF.
struct PyPIFacts: Equatable, Sendable {
    /// Normalised.
    var project: String
    /// In normal form, zeros at the end kept (`PEP440.normal`).
    var version: String
    var requiresPython: String?
    /// SHA-256 of the `.metadata` file beside a wheel; nil for source archives, which have none.
    var metadataDigest: [UInt8]?

    private static let revision: UInt8 = 1

    init(project: String, version: String, requiresPython: String?, metadataDigest: [UInt8]?) {
        self.project = project
        self.version = version
        self.requiresPython = requiresPython
        self.metadataDigest = metadataDigest
    }

    var encoded: [UInt8] {
        var bytes = [Self.revision]
        for field in [Array(project.utf8), Array(version.utf8), requiresPython.map { Array($0.utf8) }, metadataDigest] {
            let length = field.map { UInt32(truncatingIfNeeded: $0.count) } ?? .max
            for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: length >> UInt32(shift))) }
            bytes += field ?? []
        }
        return bytes
    }

    /// - Throws: for bytes that this revision of the program did not write.
    init(_ encoded: [UInt8]) throws(Refusal) {
        let bytes = encoded.span
        var cursor = Cursor(reading: "the record of a Python package")
        guard try cursor.bigEndian(UInt8.self, in: bytes) == Self.revision, let project = try Self.field(&cursor, bytes),
            let version = try Self.field(&cursor, bytes)
        else { throw Self.damaged }
        self.project = String(decoding: project, as: UTF8.self)
        self.version = String(decoding: version, as: UTF8.self)
        requiresPython = try Self.field(&cursor, bytes).map { String(decoding: $0, as: UTF8.self) }
        metadataDigest = try Self.field(&cursor, bytes)
        guard cursor.position == bytes.count, metadataDigest.map({ $0.count == 32 }) ?? true else { throw Self.damaged }
    }

    private static let damaged = Refusal(
        .malformed, "the record of a Python package is damaged", remedy: "ingest the file again")

    private static func field(_ cursor: inout Cursor, _ bytes: Span<UInt8>) throws(Refusal) -> [UInt8]? {
        let length = try cursor.bigEndian(UInt32.self, in: bytes)
        return length == .max ? nil : bytes.copied(try cursor.take(Int(length), in: bytes))
    }
}
