/// A Sigstore bundle with a statement about a package's tarball: what `npm publish --provenance` brings beside it.
///
/// The statement is read and held against the tarball; its signature is not verified: that takes Sigstore's roots of trust, and is the
/// client's business (`npm audit signatures`).
struct NPMAttestation {
    var name: String
    var version: NPMVersion
    /// Of the tarball, 64 bytes.
    var sha512: [UInt8]
    var predicateType: String
    /// As it came, read.
    var bundle: DataValue

    static let slot: Slot = "attestation"

    private static let subject = "the attestation"
    private static let remedy = "publish the package again with npm publish --provenance"
    private static let sizeLimit = 4 << 20
    private static let mediaType = "application/vnd.dev.sigstore.bundle"
    private static let payloadType = "application/vnd.in-toto+json"
    private static let statementType = "https://in-toto.io/Statement/v"
    private static let purl = "pkg:npm/"

    /// Looks for the words that every bundle has in its first 64 KiB; those that are signed by keys have no more of them.
    static func recognise(_ bytes: Span<UInt8>, filename: String) -> Recognition {
        let name = ASCII.lowered(filename)
        guard name.hasSuffix(NPM.attestationEnding) || name.hasSuffix(".sigstore.json") else { return .no }
        for position in 0..<min(bytes.count, 64 << 10)
        where bytes[position] == UInt8(ascii: "v") && bytes.has("vnd.dev.sigstore.bundle", at: position) { return .surely }
        return .perhaps
    }

    init(_ bytes: Span<UInt8>, within budget: Budget) throws(Refusal) {
        guard bytes.count <= Self.sizeLimit else {
            throw Self.refusal(.limit, "\(Self.subject) has more than \(Self.sizeLimit) bytes", at: "")
        }
        bundle = try JSONReader.read(bytes, of: Self.subject, within: budget)
        guard let type = bundle["mediaType"]?.string, type.utf8.starts(with: Self.mediaType.utf8) else {
            throw Self.refusal(.unsupported, "\(Self.subject) is not a Sigstore bundle", at: "mediaType")
        }
        guard bundle["verificationMaterial"]?.object != nil else {
            throw Self.refusal(.malformed, "\(Self.subject) has nothing to verify it by", at: "verificationMaterial")
        }
        guard let envelope = bundle["dsseEnvelope"], envelope.object != nil else {
            throw Self.refusal(.unsupported, "\(Self.subject) is a bundle without a DSSE envelope", at: "dsseEnvelope")
        }
        guard envelope["payloadType"]?.string == Self.payloadType else {
            throw Self.refusal(.unsupported, "\(Self.subject) is not a statement of in-toto", at: "dsseEnvelope.payloadType")
        }
        guard let signatures = envelope["signatures"]?.array, let first = signatures.first, first["sig"]?.string?.isEmpty == false
        else {
            throw Self.refusal(.malformed, "\(Self.subject) is not signed", at: "dsseEnvelope.signatures")
        }
        let statement = try Self.statement(in: envelope, within: budget)
        (name, version, sha512) = try Self.subject(of: statement)
        guard let predicateType = statement["predicateType"]?.string, !predicateType.isEmpty else {
            throw Self.refusal(.malformed, "\(Self.subject) does not say what it states", at: "payload, predicateType")
        }
        self.predicateType = predicateType
    }

    private static func statement(in envelope: DataValue, within budget: Budget) throws(Refusal) -> DataValue {
        let place = "dsseEnvelope.payload"
        guard let text = envelope["payload"]?.string else {
            throw refusal(.malformed, "\(subject) has no payload", at: place)
        }
        var payload: [UInt8] = []
        let bytes = [UInt8](text)
        do throws(Base64Decoder.Fault) {
            var decoder = Base64Decoder()
            for byte in bytes { try decoder.decode(byte, into: &payload) }
            try decoder.finish()
        } catch {
            throw refusal(.malformed, "\(subject) has a payload that is not base64", at: place)
        }
        let statement = try JSONReader.read(payload.span, of: "the payload of \(subject)", within: budget)
        guard statement["_type"]?.string?.utf8.starts(with: statementType.utf8) == true else {
            throw refusal(.unsupported, "\(subject) holds something other than a statement of in-toto", at: "payload, _type")
        }
        return statement
    }

    /// The one package that a statement is about.
    private static func subject(of statement: DataValue) throws(Refusal) -> (String, NPMVersion, sha512: [UInt8]) {
        guard let subjects = statement["subject"]?.array, subjects.count == 1, let only = subjects.first else {
            throw refusal(.ambiguous, "\(subject) is not about exactly one file", at: "payload, subject")
        }
        guard let text = only["name"]?.string, text.utf8.starts(with: purl.utf8) else {
            throw refusal(.malformed, "\(subject) is not about a package of npm (\(purl)…)", at: "payload, subject.name")
        }
        // npm escapes the one character that needs it, and names other registries behind a question mark.
        var rest = Array(text.utf8.dropFirst(purl.utf8.count).prefix { $0 != UInt8(ascii: "?") })
        if rest.starts(with: "%40".utf8) { rest.replaceSubrange(..<3, with: [UInt8(ascii: "@")]) }
        guard let mark = rest.lastIndex(of: UInt8(ascii: "@")), mark > 0 else {
            throw refusal(.malformed, "\(subject) names no version", at: "payload, subject.name")
        }
        let name = String(decoding: rest[..<mark], as: UTF8.self)
        if let fault = NPMName.fault(in: name) {
            throw refusal(
                .malformed, "\(subject) is about '\(NPMManifest.shown(name))', which is not a package's name: \(fault)",
                at: "payload, subject.name")
        }
        let version = String(decoding: rest[(mark + 1)...], as: UTF8.self)
        guard let version = NPMVersion(version), NPMName.fits(name, version) else {
            throw refusal(
                .malformed, "\(subject) is about '\(NPMManifest.shown(version))', which is not a version",
                at: "payload, subject.name")
        }
        guard let digits = only["digest"]?["sha512"]?.string, let digest = Hex.bytes(digits.utf8), digest.count == 64 else {
            throw refusal(.malformed, "\(subject) has no SHA-512 of the tarball", at: "payload, subject.digest")
        }
        return (name, version, digest)
    }

    func record() -> PackageRecord {
        var json = JSONWriter()
        json.beginObject()
        json.member("predicateType", predicateType)
        json.key("bundle")
        json.value(bundle)
        json.endObject()
        let facts = NPMFacts.attestation(.init(name: name, version: version, sha512: sha512))
        return PackageRecord(
            name: name, nameIdentity: name, version: version.text, versionIdentity: version.identity, architecture: "",
            summary: "", facts: facts.encoded, fragments: [Fragment(Self.slot, json.bytes)])
    }

    private static func refusal(_ cause: Refusal.Cause, _ what: String, at place: String) -> Refusal {
        Refusal(cause, what, at: place.isEmpty ? "the bundle" : "the bundle, \(place)", remedy: remedy)
    }
}
