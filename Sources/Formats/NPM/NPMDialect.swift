/// What npm, pnpm and yarn read in answers: `error`, which npm prints behind status and address, and for success nothing but the status.
struct NPMDialect: Dialect {
    static let done = UploadAnswer.json(200) { $0.member("ok", true) }
    static let tagged = UploadAnswer.json(200) { json in
        json.member("ok", true)
        json.member("success", true)
    }

    static func taken(_ status: Int) -> UploadAnswer {
        .json(status) { json in
            json.member("ok", true)
            json.member("success", true)
        }
    }

    static func fault(_ status: Int, _ detail: String) -> UploadAnswer {
        .json(status) { json in
            json.member("ok", false)
            json.member("success", false)
            json.member("error", detail)
            // CouchDB's word, which yarn 1 reads.
            json.member("reason", detail)
        }
    }

    static func whoami(_ name: String) -> UploadAnswer { .json(200) { $0.member("username", name) } }

    /// npm keeps the token, which is the one that was typed as the password.
    static func loggedIn(_ name: String, token: String?) -> UploadAnswer {
        .json(201) { json in
            json.member("ok", true)
            json.member("id", "org.couchdb.user:\(name)")
            json.member("rev", "1-0")
            if let token { json.member("token", token) }
        }
    }

    /// npm asks for a name and a password then, and up to npm 10 on its own.
    static let noWebLogin = fault(404, "this registry has no web login: log in with a name, and a token as the password")

    static func found(_ packages: [Brief], total: Int, in owner: String) -> UploadAnswer {
        .json(200) { json in
            json.key("objects")
            json.beginArray()
            for package in packages {
                guard let version = best(of: package) else { continue }
                json.beginObject()
                json.key("package")
                append(package, version, owner, to: &json)
                json.endObject()
            }
            json.endArray()
            json.member("total", total)
        }
    }

    /// npm stumbles over a package without `maintainers` or `keywords`.
    private static func append(_ package: Brief, _ version: Brief.Version, _ owner: String, to json: inout JSONWriter) {
        json.beginObject()
        json.member("name", package.name)
        json.member("version", version.version)
        json.member("description", version.summary)
        json.member("date", NPMDocuments.moment(version.received))
        json.key("keywords")
        json.beginArray()
        json.endArray()
        json.key("publisher")
        json.beginObject()
        json.member("username", owner)
        json.endObject()
        json.key("maintainers")
        json.beginArray()
        json.beginObject()
        json.member("username", owner)
        json.endObject()
        json.endArray()
        json.key("links")
        json.beginObject()
        json.endObject()
        json.endObject()
    }

    /// What somebody gets who asks for the package alone; deprecated versions only where there is no other.
    private static func best(of package: Brief) -> Brief.Version? {
        let tagged = package.versions.lazy.compactMap { $0.annotations[NPM.distTag, key: NPMTag.latest] }.first
        if let tagged, let version = package.versions.first(where: { $0.version == tagged }) { return version }
        let versions = package.versions.compactMap { version in NPMVersion(version.version).map { (version, $0) } }
        let current = versions.filter { $0.0.annotations[NPM.deprecated] == nil }
        return (current.isEmpty ? versions : current)
            .min { $0.1.choiceKey.lexicographicallyPrecedes($1.1.choiceKey) }?.0
    }

    // MARK: - What its clients say, and are told

    func check(_ form: Form, of record: PackageRecord, upload: Upload) throws(Refusal) {
        try NPMPublication.check(form, of: record, upload: upload)
    }

    func statements(in form: Form, isAlone: Bool) throws(Refusal) -> [MarkStatement] {
        try NPMPublication.statements(in: form, isAlone: isAlone)
    }

    /// The same bytes once more are not a fault: npm sends again when an answer got lost.
    func words(for end: End) -> UploadAnswer? {
        switch end {
        case .upload(.created): Self.taken(201)
        case .upload(.unchanged): Self.taken(200)
        case .upload(.refused(let refusal)): Self.fault(refusal.cause == .conflict ? 409 : 400, "\(refusal)")
        case .fault(let status, let detail): Self.fault(status, detail)
        }
    }

    func reply(to question: Question, knowing knowledge: Knowledge) -> UploadAnswer {
        switch (question.route, knowledge) {
        case (_, .packages(let packages, let total)): Self.found(packages, total: total, in: question.owner)
        case (NPM.userPath.text, .asker(let name, let token)): Self.loggedIn(name, token: token)
        case (NPM.revisionPath.text, _): Self.taken(201)
        case (NPM.webLoginPath.text, _): Self.noWebLogin
        case (NPM.logoutPath.text, _): Self.done
        case (_, .asker(let name, _)): Self.whoami(name)
        default: Self.fault(404, "there is nothing at this address")
        }
    }
}
