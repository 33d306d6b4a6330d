internal import Formats

/// A live package file as it came in: what has to be known to bring the same bytes in elsewhere.
struct Original: Sendable {
    var file: FileRow
    /// With the coordinates that it came in with.
    var upload: Upload
    /// Whether it is there only for files that require it.
    var isPart: Bool
}

/// Copies that come in together or not at all.
struct Consignment: Sendable {
    struct Item: Sendable {
        var original: Original
        var admission: Admission
        /// Whether it was asked for; otherwise it goes along with what was.
        var isAsked: Bool
        /// Whether another one requires it.
        var isRequired = false
    }

    /// A mark of an original that its copy has, too.
    struct Mark: Sendable {
        /// Of the item that has it, or whose version or package does.
        var item: Int
        var kind: MarkKind
        /// Empty for kinds without keys.
        var key: String
        var value: String
        /// Whether it gives way to one that is there already.
        var isStandIn: Bool
    }

    /// None stands before what it requires.
    var items: [Item] = []
    var marks: [Mark] = []
}

/// What became of copies.
struct ConsignmentOutcome: Sendable {
    var outcome: GroupOutcome
    /// Marks that were not there before.
    var marked: [Consignment.Mark]
}

extension Catalog {
    /// Takes copies of one type in, each consignment whole or not at all, with its marks; all in one transaction.
    ///
    /// - Parameters:
    ///   - rehearsing: whether only to say what would become of them.
    ///   - render: the fragments of a file with other marks.
    func take(
        _ consignments: [Consignment], blobs: BlobStore, rehearsing: Bool = false,
        render: (Rerendering, Annotations) throws -> [Fragment]
    ) throws -> [ConsignmentOutcome] {
        var marked = [[Consignment.Mark]](repeating: [], count: consignments.count)
        let outcomes = try take(
            groups: consignments.map { $0.items.map(\.admission) }, blobs: blobs, rehearsing: rehearsing
        ) { index, db in
            marked[index] = try carry(consignments[index], render: render, in: db)
        }
        return zip(outcomes, marked).map { outcome, marks in
            if case .taken = outcome {
                ConsignmentOutcome(outcome: outcome, marked: marks)
            } else {
                ConsignmentOutcome(outcome: outcome, marked: [])
            }
        }
    }

    /// Sets the marks of a consignment whose files are in.
    private func carry(
        _ consignment: Consignment, render: (Rerendering, Annotations) throws -> [Fragment], in db: Database
    ) throws -> [Consignment.Mark] {
        guard let author = consignment.items.first?.admission.author, !consignment.marks.isEmpty else { return [] }
        var writer = MarkWriter(db: db, author: author, now: clock.now(), horizon: clock.horizon)
        var marked: [Consignment.Mark] = []
        for mark in consignment.marks {
            let admission = consignment.items[mark.item].admission
            guard let target = try CopyTarget(of: admission, in: db) else {
                preconditionFailure("what was taken is at the path where it was settled")
            }
            let subject = target.subject(of: mark.kind)
            if mark.isStandIn, try target.has(mark, in: db) { continue }
            let change = MarkChange(kind: mark.kind, key: mark.key, value: mark.value, customs: admission.customs)
            let changed = try writer.set(change, of: subject, in: target.repository) { file, annotations in
                try render(try rerendering(file, in: db), annotations)
            }
            if !changed.isEmpty { marked.append(mark) }
        }
        try writer.finish()
        return marked
    }
}

/// The row of a copy, and what it stands for.
private struct CopyTarget {
    var repository: RepositoryRow
    var file, version, package: Int64

    /// Nil: there is no live file where the admission was settled.
    init?(of admission: Admission, in db: Database) throws {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT f.id, v.id, v.package_id, r.id, r.owner, r.type, r.segment FROM repository r
                    JOIN file f ON f.repository_id = r.id JOIN version v ON v.id = f.version_id
                    WHERE r.owner_identity = ? AND r.type = ? AND f.path = ? AND f.lead_id IS NULL AND f.removed_in IS NULL
                    """), arguments: [ASCII.lowered(admission.owner), admission.type, admission.path])
        guard let row else { return nil }
        (file, version, package) = (row[0], row[1], row[2])
        repository = RepositoryRow(id: RepositoryID(value: row[3]), owner: row[4], type: row[5], segment: row[6])
    }

    func subject(of kind: MarkKind) -> Int64 {
        switch kind.subject {
        case .file: file
        case .version: version
        case .package: package
        }
    }

    /// Whether there is one of its kind and key, whatever it says.
    func has(_ mark: Consignment.Mark, in db: Database) throws -> Bool {
        try Int64.fetchOne(
            db.cachedStatement(
                sql: "SELECT 1 FROM mark WHERE subject = ? AND subject_id = ? AND name = ? AND key = ? AND cleared_in IS NULL"),
            arguments: [mark.kind.subject.rawValue, subject(of: mark.kind), mark.kind.name, mark.key]) != nil
    }
}

extension CatalogSnapshot {
    /// - Parameter files: live ones.
    func originals(_ files: [FileRow], _ catalog: Catalog) throws -> [Original] {
        try files.map { file in
            let isPart = try Bool.fetchOne(
                db.cachedStatement(sql: "SELECT part FROM file WHERE id = ?"), arguments: [file.id.value])
            return Original(
                file: file, upload: try catalog.rerendering(file, in: db).upload, isPart: isPart ?? false)
        }
    }

    /// The live files of the versions that files belong to, these files apart.
    func neighbours(of files: [FileRow], in repository: RepositoryRow) throws -> [FileRow] {
        var seen = Set(files.map(\.id.value))
        var versions: Set<Int64> = []
        var found: [FileRow] = []
        for file in files {
            let version = try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT version_id FROM file WHERE id = ?"), arguments: [file.id.value])
            guard let version, versions.insert(version).inserted else { continue }
            let others = try Int64.fetchAll(
                db.cachedStatement(
                    sql: "SELECT id FROM file WHERE version_id = ? AND lead_id IS NULL AND removed_in IS NULL ORDER BY id"),
                arguments: [version])
            for other in others where seen.insert(other).inserted {
                found += try self.files(in: repository, of: (.file, other))
            }
        }
        return found
    }

    /// What a file is of no use without, in the order in which it came in.
    func requirements(of file: FileRow, in repository: RepositoryRow) throws -> [FileRow] {
        try Int64.fetchAll(
            db.cachedStatement(sql: "SELECT required_id FROM requirement WHERE file_id = ? ORDER BY required_id"),
            arguments: [file.id.value]
        ).flatMap { try files(in: repository, of: (.file, $0)) }
    }
}
