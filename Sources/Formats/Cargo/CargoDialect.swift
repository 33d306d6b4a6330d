/// What cargo reads in answers (the Cargo Book, "Registry Web API"; cargo 1.95): members that it needs for success, and the texts of
/// `errors`, which it prints. Gitea's `ok` is there as well, by which scripts tell the one from the other.
struct CargoDialect: Dialect {
    static let done = UploadAnswer.json(200) { $0.member("ok", true) }

    /// Cargo prints what stands in the three lists as warnings.
    static let published = UploadAnswer.json(200) { json in
        json.member("ok", true)
        json.key("warnings")
        json.beginObject()
        for list in ["invalid_categories", "invalid_badges", "other"] {
            json.key(list)
            json.beginArray()
            json.endArray()
        }
        json.endObject()
    }

    static func fault(_ status: Int, _ detail: String) -> UploadAnswer {
        .json(status) { json in
            json.member("ok", false)
            json.key("errors")
            json.beginArray()
            json.beginObject()
            json.member("detail", detail)
            json.endObject()
            json.endArray()
        }
    }

    /// The one owner of every crate in a repository. Cargo wants a number for each; there is one, so it is 1.
    static func owners(of owner: String) -> UploadAnswer {
        .json(200) { json in
            json.key("users")
            json.beginArray()
            json.beginObject()
            json.member("id", 1)
            json.member("login", owner)
            json.member("name", owner)
            json.endObject()
            json.endArray()
        }
    }

    static func ownersAreFixed(_ owner: String) -> UploadAnswer {
        fault(
            403,
            "a crate's only owner is the owner of its repository, '\(owner)': who may publish is said by tokens, made with indexgen token create"
        )
    }

    static func crates(_ crates: [Brief], total: Int) -> UploadAnswer {
        .json(200) { json in
            json.key("crates")
            json.beginArray()
            for crate in crates {
                guard let version = newest(of: crate) else { continue }
                json.beginObject()
                json.member("name", crate.name)
                json.member("max_version", version.version)
                json.member("description", version.summary)
                json.endObject()
            }
            json.endArray()
            json.key("meta")
            json.beginObject()
            json.member("total", total)
            json.endObject()
        }
    }

    /// What somebody should choose who looks for a crate: the newest version, yanked ones and prereleases aside where there are others.
    private static func newest(of crate: Brief) -> Brief.Version? {
        let current = crate.versions.filter { $0.annotations.yanked == nil }
        return current.last { CargoVersion.parse($0.version)?.prerelease.isEmpty ?? false } ?? current.last ?? crate.versions.last
    }

    // MARK: - What its clients say, and are told

    func check(_ form: Form, of record: PackageRecord, upload: Upload) throws(Refusal) {
        try CargoPublication.check(form, of: CargoFacts.release(record.facts))
    }

    /// The same bytes once more are not a fault: cargo sends again when an answer got lost.
    func words(for end: End) -> UploadAnswer? {
        switch end {
        case .upload(.created), .upload(.unchanged): Self.published
        case .upload(.refused(let refusal)): Self.fault(refusal.cause == .conflict ? 409 : 400, "\(refusal)")
        case .fault(let status, let detail): Self.fault(status, detail)
        }
    }

    func reply(to question: Question, knowing knowledge: Knowledge) -> UploadAnswer {
        switch (question.route, knowledge) {
        case (Cargo.ownersPath, _) where question.method == .get: Self.owners(of: question.owner)
        case (Cargo.ownersPath, _): Self.ownersAreFixed(question.owner)
        case (_, .packages(let crates, let total)): Self.crates(crates, total: total)
        default: Self.crates([], total: 0)
        }
    }
}
