/// The document that npm sends when it publishes, deprecates or stars (libnpmpublish 9; npm 10), held against the tarball that it brings.
///
/// Only the tarball is believed: what else a document says of a version, its dependencies among it, is never shown to anybody.
enum NPMPublication {
    /// The member that carries files, and the form's field with all that is left.
    static let attachments = "_attachments"
    static let document = "document"

    static let subject = "the publish document"
    /// Bytes of a message of deprecation.
    static let longestMessage = 4_096

    // MARK: With a tarball

    static func check(_ form: Form, of record: PackageRecord, upload: Upload) throws(Refusal) {
        guard let value = try read(form) else {
            throw refusal(.malformed, "\(subject) is missing", "", remedy: "publish with npm, pnpm or yarn")
        }
        try check(value, "name", at: "name", is: record.name, isNeeded: true)
        try check(value, "_id", at: "_id", is: record.name, isNeeded: false)
        let versions = try object(value, "versions", at: "versions")
        guard let version = versions.first else { throw refusal(.malformed, "\(subject) has no version", "versions") }
        guard versions.count == 1 else {
            throw refusal(.ambiguous, "\(subject) has \(versions.count) versions, and a tarball is one", "versions")
        }
        guard NameIndex.areEqual(version.name, record.version) else {
            throw contradiction("version", version.name, record.version, at: "versions")
        }
        let place = "versions.\(record.version)"
        guard version.value.object != nil else { throw refusal(.malformed, "\(subject): a version is not an object", place) }
        try check(version.value, "name", at: "\(place).name", is: record.name, isNeeded: false)
        try check(version.value, "version", at: "\(place).version", is: record.version, isNeeded: false)
        _ = try tags(value, of: record.version)
        try checkLength(value, of: upload)
        guard case .package = try NPMFacts(record.facts) else { return }
        try checkDigests(version.value, of: upload, at: "\(place).dist")
    }

    static func checkDigests(_ version: DataValue, of upload: Upload, at place: String) throws(Refusal) {
        guard let dist = version["dist"], !dist.isNull else { return }
        guard dist.object != nil else { throw refusal(.malformed, "\(subject): dist is not an object", place) }
        if let sum = try text(dist, "shasum", at: "\(place).shasum") {
            let right = Hex.string(upload.digests.sha1)
            guard ASCII.lowered(sum) == right else { throw contradiction("shasum", sum, right, at: "\(place).shasum") }
        }
        guard let integrity = try text(dist, "integrity", at: "\(place).integrity") else { return }
        var isKnown = false
        for sum in integrity.utf8.split(separator: 32) {
            guard let dash = sum.firstIndex(of: UInt8(ascii: "-")),
                let algorithm = Digests.Algorithm(rawValue: String(Substring(sum[..<dash])))
            else { continue }
            isKnown = true
            var right: [UInt8] = []
            right.append(base64: upload.digests[algorithm])
            guard sum[sum.index(after: dash)...].prefix(while: { $0 != UInt8(ascii: "?") }).elementsEqual(right) else {
                throw contradiction(
                    "integrity", String(Substring(sum)), "\(algorithm.rawValue)-\(String(decoding: right, as: UTF8.self))",
                    at: "\(place).integrity")
            }
        }
        guard isKnown else {
            throw refusal(.malformed, "\(subject): '\(NPMManifest.shown(integrity))' holds no digest", "\(place).integrity")
        }
    }

    static func checkLength(_ value: DataValue, of upload: Upload) throws(Refusal) {
        let files = try object(value, attachments, at: attachments)
        let tarballs = files.filter { $0.name.hasSuffix(NPM.archiveEnding) }
        guard tarballs.count < 2 else {
            throw refusal(
                .ambiguous, "\(subject) brings \(tarballs.count) tarballs for one version", attachments,
                remedy: "publish each version by itself")
        }
        for attachment in files {
            let last = attachment.name.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) }
            guard let last, NameIndex.areEqual(last, upload.filename), last.hasSuffix(NPM.archiveEnding),
                let length = attachment.value["length"], !length.isNull
            else { continue }
            let place = "\(attachments).\(NPMManifest.shown(attachment.name)).length"
            guard let count = length.integer else { throw refusal(.malformed, "\(subject): a length is not a number", place) }
            guard count == upload.size else {
                throw refusal(
                    .ambiguous, "\(subject) says that the tarball has \(count) bytes, and it has \(upload.size)", place,
                    remedy: "publish it again")
            }
        }
    }

    /// The tags that the version shall have.
    static func tags(_ value: DataValue, of version: String) throws(Refusal) -> [String] {
        guard let member = value["dist-tags"], !member.isNull else { return [] }
        guard let tags = member.object else { throw refusal(.malformed, "\(subject): dist-tags is not an object", "dist-tags") }
        for tag in tags {
            let place = "dist-tags.\(NPMManifest.shown(tag.name))"
            guard let text = tag.value.string else { throw refusal(.malformed, "\(subject): a dist-tag is not a text", place) }
            if let fault = NPMTag.fault(in: tag.name) {
                throw refusal(
                    .malformed, "'\(NPMManifest.shown(tag.name))' cannot be a dist-tag: \(fault)", place,
                    remedy: "choose another name, such as next")
            }
            guard NameIndex.areEqual(text, version) else { throw contradiction("version", text, version, at: place) }
        }
        return tags.map(\.name)
    }

    // MARK: Values

    static func read(_ form: Form) throws(Refusal) -> DataValue? {
        guard let text = try form.value(document) else { return nil }
        var budget = Budget()
        // A whole packument comes back when a version is deprecated.
        budget.memberBytes = 64 << 20
        budget.entries = max(budget.entries, 2_000_000)
        let value = try JSONReader.read([UInt8](text).span, of: subject, within: budget)
        guard value.object != nil else { throw refusal(.malformed, "\(subject) is not an object", "") }
        return value
    }

    static func check(_ value: DataValue, _ key: String, at place: String, is right: String, isNeeded: Bool)
        throws(Refusal)
    {
        guard let text = try text(value, key, at: place) else {
            guard isNeeded else { return }
            throw refusal(.malformed, "\(subject) has no '\(key)'", place)
        }
        guard NameIndex.areEqual(text, right) else { throw contradiction(key == "_id" ? "name" : key, text, right, at: place) }
    }

    static func text(_ value: DataValue, _ key: String, at place: String) throws(Refusal) -> String? {
        guard let member = value[key], !member.isNull else { return nil }
        guard let text = member.string else { throw refusal(.malformed, "\(subject): '\(key)' is not a text", place) }
        return text
    }

    static func object(_ value: DataValue, _ key: String, at place: String) throws(Refusal) -> [DataMember] {
        guard let member = value[key], !member.isNull else { return [] }
        guard let members = member.object else { throw refusal(.malformed, "\(subject): '\(key)' is not an object", place) }
        return members
    }

    static func contradiction(_ what: String, _ claimed: String, _ right: String, at place: String) -> Refusal {
        refusal(
            .ambiguous,
            "\(subject) says \(what) '\(NPMManifest.shown(claimed))', the tarball says '\(NPMManifest.shown(right))'", place,
            remedy: "publish with npm, which takes both from one folder")
    }

    static func refusal(
        _ cause: Refusal.Cause, _ what: String, _ place: String, remedy: String = "correct it, or publish with npm, pnpm or yarn"
    ) -> Refusal {
        Refusal(cause, what, at: place.isEmpty ? document : "\(document), \(place)", remedy: remedy)
    }
}
