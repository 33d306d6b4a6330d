extension NPMPublication {
    /// With a tarball: its tags. Without: which versions are deprecated, and no longer. Nothing else is ever taken from a document, and
    /// what it does not speak of stays.
    static func statements(in form: Form, isAlone: Bool) throws(Refusal) -> [MarkStatement] {
        guard let value = try read(form) else { return [] }
        return isAlone ? try deprecations(in: value) : try tagStatements(in: value)
    }

    private static func tagStatements(in value: DataValue) throws(Refusal) -> [MarkStatement] {
        guard let version = try object(value, "versions", at: "versions").first?.name else { return [] }
        let isPrerelease = NPMVersion(version)?.isPrerelease ?? true
        var statements: [MarkStatement] = []
        // npm sends 'latest' for whoever names no tag, and up to npm 10 with pre-releases, too.
        for tag in try tags(value, of: version) where tag != NPMTag.latest || !isPrerelease {
            statements.append(MarkStatement(NPM.distTag, key: tag, value: version))
        }
        return statements
    }

    private static func deprecations(in value: DataValue) throws(Refusal) -> [MarkStatement] {
        guard try object(value, attachments, at: attachments).isEmpty else {
            throw refusal(.malformed, "\(subject) has an attachment without data", attachments, remedy: "publish it again")
        }
        guard try text(value, "_rev", at: "_rev") != nil else {
            throw refusal(
                .malformed, "\(subject) brings no tarball, and it is not one that this registry has handed out", "_rev",
                remedy: "publish with npm, pnpm or yarn")
        }
        var statements: [MarkStatement] = []
        for version in try object(value, "versions", at: "versions") {
            let place = "versions.\(NPMManifest.shown(version.name)).deprecated"
            guard version.value.object != nil else { throw refusal(.malformed, "\(subject): a version is not an object", place) }
            guard let message = version.value[NPM.deprecated] else { continue }
            guard message.string != nil || message.isNull || message == .bool(false) else {
                throw refusal(.malformed, "\(subject): the message is not a text", place)
            }
            let text = message.string.flatMap { $0.isEmpty ? nil : $0 }
            guard (text?.utf8.count ?? 0) <= longestMessage else {
                throw refusal(.limit, "the message has more than \(longestMessage) bytes", place, remedy: "shorten it")
            }
            // npm shows it in one line.
            statements.append(MarkStatement(NPM.deprecated, version: version.name, value: text.map(ASCII.line)))
        }
        return statements
    }
}
