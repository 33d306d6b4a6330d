/// The pieces of a package's documents that one version fills.
enum NPMFragments {
    static let full: Slot = "full"
    static let abbreviated: Slot = "abbreviated"
    static let time: Slot = "time"
    static let moment: Slot = "moment"
    static let choice: Slot = "choice"
    static let top: Slot = "top"
    static let name: Slot = "name"
    static let card: Slot = "card"

    /// Bytes of one version's object, which everybody loads who asks for the package.
    static let versionLimit = 1 << 20

    /// What the abbreviated document says of a version (npm/registry, docs/responses/package-metadata.md; npm's registry in 2026).
    private static let abbreviatedMembers: Set = [
        "name", "version", "dependencies", "optionalDependencies", "devDependencies", "bundleDependencies", "peerDependencies",
        "peerDependenciesMeta", "acceptDependencies", "bin", "directories", "engines", "cpu", "os", "libc", "funding",
    ]

    /// What the whole document says of the package as its newest version has it.
    private static let topMembers: Set = [
        "description", "homepage", "keywords", "repository", "contributors", "maintainers", "author", "bugs", "license",
    ]

    /// Bytes of a point of P-256 that is not compressed.
    private static let pointLength = 65

    /// - Parameter path: of the tarball, below `OWNER/TYPE/`.
    static func all(
        _ facts: NPMFacts.Package, from upload: Upload, at path: String, annotations: Annotations, in repository: Repository
    ) -> [Fragment] {
        let moment = quoted(NPMDocuments.moment(upload.received)), number = quoted(facts.version.text)
        let object = version(facts, from: upload, at: path, annotations: annotations, in: repository)
        var short = JSONWriter()
        short.beginObject()
        for member in facts.members where abbreviatedMembers.contains(member.name) { short.member(member) }
        if let message = message(in: annotations) { short.member("deprecated", message) }
        if facts.hasInstallScript { short.member("hasInstallScript", true) }
        if facts.hasShrinkwrap { short.member("_hasShrinkwrap", true) }
        append(distOf: facts, from: upload, at: path, annotations, in: repository, to: &short)
        short.endObject()
        let key = number + [UInt8(ascii: ":")]
        return [
            Fragment(full, key + object), Fragment(abbreviated, key + short.bytes), Fragment(time, key + moment),
            Fragment(self.moment, moment), Fragment(choice, number), Fragment(name, quoted(facts.name)),
            Fragment(card, card(facts, from: upload)),
        ]
    }

    /// The package as a search shows it, without what npm's registry knows of people.
    private static func card(_ facts: NPMFacts.Package, from upload: Upload) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("package")
        json.beginObject()
        for member in facts.members where ["name", "version", "description"].contains(member.name) { json.member(member) }
        json.key("keywords")
        json.value(facts.members.first { $0.name == "keywords" }?.value ?? .array([]))
        json.member("date", NPMDocuments.moment(upload.received))
        json.key("maintainers")
        json.value(.array([]))
        json.key("links")
        json.value(.object([]))
        json.endObject()
        json.endObject()
        return json.bytes
    }

    /// npm takes an empty message for none.
    private static func message(in annotations: Annotations) -> String? {
        annotations[NPM.deprecated].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The version's object in the whole document.
    static func version(
        _ facts: NPMFacts.Package, from upload: Upload, at path: String, annotations: Annotations, in repository: Repository
    ) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        for member in facts.members { json.member(member) }
        json.member("_id", "\(facts.name)@\(facts.version.text)")
        if let message = message(in: annotations) { json.member("deprecated", message) }
        json.member("_hasShrinkwrap", facts.hasShrinkwrap)
        append(distOf: facts, from: upload, at: path, annotations, in: repository, to: &json)
        json.endObject()
        return json.bytes
    }

    private static func append(
        distOf facts: NPMFacts.Package, from upload: Upload, at path: String, _ annotations: Annotations,
        in repository: Repository, to json: inout JSONWriter
    ) {
        json.key("dist")
        json.beginObject()
        json.member("integrity", integrity(of: upload))
        json.member("shasum", Hex.string(upload.digests.sha1))
        // Every character of an npm path may stand in an address as it is.
        json.member("tarball", "\(repository.baseURL)/\(repository.owner)/\(NPM.segment)/\(path)")
        json.member("fileCount", facts.fileCount)
        json.member("unpackedSize", facts.unpackedSize)
        if let key = repository.siteKey, let signature = annotations.signature {
            json.key("signatures")
            json.beginArray()
            json.beginObject()
            json.member("keyid", keyID(of: key))
            json.member("sig", signature)
            json.endObject()
            json.endArray()
        }
        json.endObject()
    }

    /// Subresource Integrity, as package locks have it.
    static func integrity(of upload: Upload) -> String {
        var bytes = [UInt8]("sha512-")
        bytes.append(base64: upload.digests.sha512)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// By which signatures name the key: its fingerprint as OpenSSH writes it (RFC 5656, 3.1, and SHA-256 in base64 without padding), since
    /// the key of npm's registry has that for its name. Clients only compare it.
    static func keyID(of key: SiteKey) -> String {
        var blob: [UInt8] = []
        // The point is the last thing in a SubjectPublicKeyInfo.
        for part in [[UInt8]("ecdsa-sha2-nistp256"), [UInt8]("nistp256"), Array(key.der.suffix(pointLength))] {
            blob += [0, 0, 0, UInt8(part.count)] + part
        }
        var bytes = [UInt8]("SHA256:")
        bytes.append(base64: SHA256.of(blob))
        while bytes.last == UInt8(ascii: "=") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Members of the whole document behind others; never empty.
    static func top(of manifest: NPMManifest, readme: (filename: String, text: String)?) -> Fragment {
        var json = JSONWriter()
        json.beginObject()
        for member in manifest.members where topMembers.contains(member.name) { json.member(member) }
        json.member("readme", readme?.text ?? "")
        if let readme { json.member("readmeFilename", readme.filename) }
        json.endObject()
        return Fragment(top, [UInt8(ascii: ",")] + json.bytes.dropFirst().dropLast())
    }

    private static func quoted(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        JSONWriter.append(text, to: &bytes)
        return bytes
    }
}
