/// What the catalog keeps of a tarball or an attestation. Written by `FactsWriter`; the first member says which of both it is.
enum NPMFacts: Sendable {
    case package(Package)
    case attestation(Attestation)

    struct Package: Sendable {
        var name: String
        var version: NPMVersion
        var fileCount: Int
        /// Bytes of all files together.
        var unpackedSize: Int
        var hasShrinkwrap: Bool
        var hasInstallScript: Bool
        /// The version's object without what the registry adds to it (`NPMManifest.members`).
        var members: [DataMember]
    }

    struct Attestation: Sendable {
        var name: String
        var version: NPMVersion
        /// Of the tarball that it is about, 64 bytes.
        var sha512: [UInt8]
    }

    private static let revision: UInt8 = 1
    private static let subject = "an npm package"
    private static let digestLength = 64

    var encoded: [UInt8] {
        var writer = FactsWriter(revision: Self.revision)
        switch self {
        case .package(let facts):
            writer.byte(0)
            writer.text(facts.name)
            writer.text(facts.version.text)
            writer.number(facts.fileCount)
            writer.number(facts.unpackedSize)
            writer.byte((facts.hasShrinkwrap ? 1 : 0) | (facts.hasInstallScript ? 2 : 0))
            var json = JSONWriter()
            json.value(.object(facts.members))
            writer.number(json.bytes.count)
            writer.raw(json.bytes)
        case .attestation(let facts):
            writer.byte(1)
            writer.text(facts.name)
            writer.text(facts.version.text)
            writer.raw(facts.sha512)
        }
        return writer.bytes
    }

    /// - Throws: for bytes that this revision of the program did not write.
    init(_ facts: [UInt8]) throws(Refusal) {
        var reader = try FactsReader(facts, revision: Self.revision, of: Self.subject)
        let kind = try reader.byte()
        let name = try reader.text()
        guard NPMName.fault(in: name) == nil, let version = NPMVersion(try reader.text()), kind < 2 else {
            throw FactsReader.damaged(Self.subject)
        }
        if kind == 1 {
            self = .attestation(Attestation(name: name, version: version, sha512: try reader.raw(Self.digestLength)))
        } else {
            let fileCount = try reader.number(), unpackedSize = try reader.number(), flags = try reader.byte()
            let json = try reader.raw(try reader.number())
            guard let members = try JSONReader.read(json.span, of: Self.subject, within: Budget()).object else {
                throw FactsReader.damaged(Self.subject)
            }
            self = .package(
                Package(
                    name: name, version: version, fileCount: fileCount, unpackedSize: unpackedSize, hasShrinkwrap: flags & 1 != 0,
                    hasInstallScript: flags & 2 != 0, members: members))
        }
        try reader.finish()
    }
}

extension JSONWriter {
    /// A value that was read, numbers as they were written.
    mutating func value(_ value: DataValue) {
        switch value {
        case .null: null()
        case .bool(let flag): self.value(flag)
        case .number(let text): raw([UInt8](text))
        case .string(let text), .date(let text): self.value(text)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let members):
            beginObject()
            for member in members { self.member(member) }
            endObject()
        }
    }

    mutating func member(_ member: DataMember) {
        key(member.name)
        value(member.value)
    }
}
