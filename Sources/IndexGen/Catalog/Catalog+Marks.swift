internal import Formats

/// A mark that is set or taken back.
struct MarkChange: Sendable {
    var kind: MarkKind
    /// Empty for kinds without keys.
    var key: String
    /// Nil: it is taken back.
    var value: String?
    /// The ecosystem's, for a scope that begins with it.
    var customs: Int

    init(kind: MarkKind, key: String = "", value: String?, customs: Int) {
        self.kind = kind
        self.key = key
        self.value = value
        self.customs = customs
    }

    /// The journal's words: `yank` and `unyank` for yanked files, as other registries have them.
    var action: String {
        kind.name == MarkKind.yanked.name ? (value == nil ? "unyank" : "yank") : (value == nil ? "unmark" : "mark")
    }

    /// What the journal says besides.
    var detail: String {
        if kind.name == MarkKind.yanked.name { return value ?? "" }
        return [kind.name, key, value ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// Of changes in the journal, those that leave every file where it is.
    static let actions = ["yank", "unyank", "mark", "unmark"]
}

extension Catalog {
    /// Sets or takes back a mark of what these files stand for: themselves, their versions or their packages. What depends on it is made
    /// again: the fragments of all files that it is about by `render`, or plans. What is marked like this already does not change.
    ///
    /// - Returns: live files whose marks changed; where plans do, one that stands for the package.
    /// - Throws: `RightLost` when the author's token is worth nothing any more; a `Refusal` for a value that names a version which is not
    ///   there.
    @discardableResult
    func mark(
        _ files: [FileRow], _ change: MarkChange, author: Author, render: (Rerendering, Annotations) throws -> [Fragment]
    ) throws -> [FileRow] {
        let now = clock.now()
        return try pool.write { db in
            if let lost = try Self.lost(author, at: now, in: db) { throw lost }
            var writer = MarkWriter(db: db, author: author, now: now, horizon: clock.horizon)
            var marked: [FileRow] = []
            for (repository, subject) in try Marks.subjects(of: files, change.kind.subject, in: db) {
                marked += try writer.set(change, of: subject, in: repository) { file, annotations in
                    try render(try rerendering(file, in: db), annotations)
                }
            }
            try writer.finish()
            return marked
        }
    }

    /// Makes the marks of a package what a request says of them; versions that are not there are passed over.
    ///
    /// - Parameter name: of the package, as people write it or as it is compared.
    /// - Returns: whether anything changed; nil: there is no such package.
    /// - Throws: as `mark`.
    func state(
        _ statements: [(kind: MarkKind, statement: MarkStatement)], of name: String, in repository: RepositoryRow, author: Author,
        customs: Int, render: (Rerendering, Annotations) throws -> [Fragment]
    ) throws -> Bool? {
        let now = clock.now()
        return try pool.write { db in
            if let lost = try Self.lost(author, at: now, in: db) { throw lost }
            guard let package = try Marks.package(named: name, in: repository.id.value, db) else { return nil }
            var writer = MarkWriter(db: db, author: author, now: now, horizon: clock.horizon)
            let versions = try Marks.versions(of: package, in: db)
            var isChange = false
            for (kind, statement) in statements {
                let subject = kind.subject == .package ? package : statement.version.flatMap { versions[$0] }
                guard let subject else { continue }
                let change = MarkChange(kind: kind, key: statement.key, value: statement.value, customs: customs)
                let marked = try writer.set(change, of: subject, in: repository) { file, annotations in
                    try render(try rerendering(file, in: db), annotations)
                }
                isChange = isChange || !marked.isEmpty
            }
            try writer.finish()
            return isChange
        }
    }
}
