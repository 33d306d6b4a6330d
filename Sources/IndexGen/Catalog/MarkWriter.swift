internal import Formats

/// Writes marks in one transaction, with what follows from them: journal, fragments, revisions.
struct MarkWriter {
    let db: Database
    let author: Author
    let now: Timestamp
    let horizon: Timestamp
    private var rendering: FragmentRendering
    private var scopes: Set<Int64> = []
    /// Partition → how many entries it gained.
    private var touched: [Int64: Int] = [:]
    private var tallies: Tallies?

    init(db: Database, author: Author, now: Timestamp, horizon: Timestamp) {
        self.db = db
        self.author = author
        self.now = now
        self.horizon = horizon
        rendering = FragmentRendering(db: db)
    }

    /// - Parameter subject: the file, version or package.
    /// - Returns: live files that it is about; none when it is as it should be already.
    /// - Throws: a `Refusal` for a value that names a version which is not there, and for a mark that is taken back and stands for a version
    ///   that is here for another one alone.
    mutating func set(
        _ change: MarkChange, of subject: Int64, in repository: RepositoryRow, render: (FileRow, Annotations) throws -> [Fragment]
    ) throws -> [FileRow] {
        guard try Marks.value(change, of: subject, in: db) != change.value else { return [] }
        if change.value == nil, change.kind.namesVersion, let version = try Marks.version(change, of: subject, in: db),
            let fault = try CounterpartRows.fault(inUnmarking: version, "\(change.kind.name) \(change.key)", db)
        {
            throw fault
        }
        return switch change.kind.effect {
        case .fragments: try rerender(change, of: subject, in: repository, render)
        case .plans: try replan(change, of: subject, in: repository)
        case .listings: try relist(change, of: subject, in: repository)
        }
    }

    /// To be called once, behind the last mark.
    mutating func finish() throws {
        try rendering.finish(at: now, horizon: horizon)
        try tallies?.settle(in: db)
        try PartitionTouch.apply(touched, in: db, at: now, horizon: horizon)
        try PartitionTouch.touch(scopes, in: db, at: now, horizon: horizon)
    }

    private mutating func rerender(
        _ change: MarkChange, of subject: Int64, in repository: RepositoryRow,
        _ render: (FileRow, Annotations) throws -> [Fragment]
    ) throws -> [FileRow] {
        let concerned = try CatalogSnapshot(db: db).files(in: repository, of: (change.kind.subject, subject))
        let numbers = try concerned.map { try journal(change, $0) }
        guard let number = numbers.first else { return [] }
        try Marks.note(change, of: subject, naming: nil, in: number, db)
        for file in concerned {
            try rendering.replace(render(file, try Marks.of(file: file.id.value, in: db)), of: file.id.value)
        }
        return concerned
    }

    private mutating func replan(_ change: MarkChange, of package: Int64, in repository: RepositoryRow) throws -> [FileRow] {
        let names = change.kind.namesVersion ? change.value : nil
        let file = try Marks.representative(of: package, version: names, in: db)
        guard let (file, version) = file else {
            guard let names else { return [] }
            throw Self.unknown(names, change, repository)
        }
        let concerned = try CatalogSnapshot(db: db).files(in: repository, of: (.file, file))
        let numbers = try concerned.map { try journal(change, $0) }
        guard let number = numbers.first else { return [] }
        try Marks.note(change, of: package, naming: names == nil ? nil : version, in: number, db)
        if let scope = try Marks.scope(of: package, in: db) { scopes.insert(scope) }
        return concerned
    }

    /// Lists the file that a mark stands for, in the place of the one before.
    private mutating func relist(_ change: MarkChange, of package: Int64, in repository: RepositoryRow) throws -> [FileRow] {
        guard let identity = try Marks.identity(of: package, in: db), let place = change.kind.partition else {
            preconditionFailure("a package has an identity, and what is listed has a place")
        }
        let old = try Marks.version(change, of: package, in: db).flatMap { try Marks.file(ofVersion: $0, in: db) }
        var new: Marks.MarkedFile?
        if let value = change.value {
            new = try Marks.version(named: value, of: package, in: db).flatMap { try Marks.file(ofVersion: $0, in: db) }
            guard new != nil else { throw Self.unknown(value, change, repository) }
        }
        guard let shown = new ?? old,
            let row = try CatalogSnapshot(db: db).files(in: repository, of: (.file, shown.id)).first
        else { return [] }
        let number = try journal(change, row)
        try Marks.note(change, of: package, naming: new?.version, in: number, db)
        // The one entry of its partition.
        let sortKey = Array(change.key.utf8)
        if let old {
            let partition = try partitionID(place(identity, change.key, old.path), of: repository, change)
            try db.cachedStatement(
                sql: """
                    UPDATE listing SET removed_in = ? WHERE partition_id = ? AND sort_key = ? AND file_id = ? AND removed_in IS NULL
                    """
            ).execute(arguments: [number, partition, sortKey, old.id])
            touched[partition, default: 0] -= db.changesCount
        }
        if let new {
            let partition = try partitionID(place(identity, change.key, new.path), of: repository, change)
            try db.cachedStatement(sql: "INSERT INTO listing (partition_id, sort_key, file_id, added_in) VALUES (?, ?, ?, ?)")
                .execute(arguments: [partition, sortKey, new.id, number])
            touched[partition, default: 0] += 1
            try count(new.id, in: partition)
        }
        return [row]
    }

    private func partitionID(_ place: PartitionKey, of repository: RepositoryRow, _ change: MarkChange) throws -> Int64 {
        let id = try PartitionRow.id(of: place, in: repository, isEchoed: false, customs: change.customs, since: now, db)
        guard let id else {
            throw PublishingError(
                what: "'\(place.scope)' of \(repository.path) lists indexes, and a \(change.kind.name) is to be listed there",
                remedy: "add the package under another name")
        }
        return id
    }

    /// Counts the fragments of a file that a partition has now.
    private mutating func count(_ file: Int64, in partition: Int64) throws {
        var counted = try tallies ?? Tallies(db)
        let fragments = try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT s.name, LENGTH(f.bytes) FROM fragment f JOIN slot s ON s.id = f.slot_id WHERE f.file_id = ?"),
            arguments: [file])
        for fragment in fragments { counted.add(fragment[1], of: Slot(fragment[0]), to: partition) }
        tallies = counted
    }

    private static func unknown(_ version: String, _ change: MarkChange, _ repository: RepositoryRow) -> Refusal {
        Refusal(
            .unsupported, "there is no version \(version) that \(change.kind.name) \(change.key) could stand for",
            remedy: "name one that is there; see: indexgen list \(repository.owner)/\(repository.type)")
    }

    private func journal(_ change: MarkChange, _ file: FileRow) throws -> Int64 {
        try Journal.append(
            change.action, author: author, at: now, owner: file.owner, type: file.type, package: file.name, version: file.version,
            path: file.pathInRepository, sha256: file.sha256, detail: change.detail, in: db)
    }
}
