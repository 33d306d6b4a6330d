internal import Formats

/// Brings packages that are here to another owner, or to another place of their type. Their bytes are not stored twice: a copy is another
/// name for the blob, whose digests are known. What is said of them depends on their place, so it is read from the blob once more.
struct Copying {
    let site: Site
    let catalog: Catalog
    let author: Author
    /// Whose the copies are; nil: who has the originals.
    var owner: String?
    /// Where they go, as far as that is not where the originals are.
    var coordinates: Coordinates

    /// Files of one package that are copied together.
    struct Lot {
        var repository: RepositoryRow
        var files: [FileRow]
        /// The mark by which their version was named: of those that stand for it, this one alone goes along.
        var key: String?
        /// Whether each was named: otherwise those stay that are there only for others.
        var isNamed = false
    }

    /// Everything up to the transaction: what was asked for, what speaks about it, what it requires, and the marks of all that.
    ///
    /// - Throws: a `Refusal` for what cannot be there.
    func consign(_ lot: Lot) throws -> Consignment {
        guard let ecosystem = site.ecosystems[lot.repository.type] else {
            throw UnknownType(type: lot.repository.type, known: site.ecosystems.names)
        }
        let (asked, neighbours) = try catalog.snapshot { snapshot in
            let asked = try snapshot.originals(lot.files, catalog).filter { lot.isNamed || !$0.isPart }
            // Nothing speaks about parts, and an image has thousands.
            let others = try snapshot.neighbours(of: asked.filter { !$0.isPart }.map(\.file), in: lot.repository)
            return (asked, try snapshot.originals(others, catalog))
        }
        var draft = Draft(copying: self, ecosystem: ecosystem, repository: lot.repository)
        for original in asked { try draft.include(original, isAsked: true) }
        try draft.includeCompanions(among: neighbours)
        var consignment = Consignment(items: try draft.inOrder())
        try Self.check(consignment)
        let stated = try stated(by: consignment, ecosystem.profile)
        consignment.marks =
            marks(of: consignment, ecosystem.profile, besides: Set(stated.map(\.kind.name)), namedBy: lot.key) + stated
        return consignment
    }

    /// Refuses what would be one there and is two here.
    private static func check(_ consignment: Consignment) throws {
        var holders: [String: Consignment.Item] = [:]
        for item in consignment.items {
            let identity = item.admission.placement.identity
            if let other = holders.updateValue(item, forKey: identity),
                other.original.file.sha256 != item.original.file.sha256
            {
                throw Refusal(
                    .ambiguous, "it and \(other.original.file.path) would be one file there, and have different bytes",
                    at: item.original.file.path, remedy: "say which is meant with --from, or name its public path")
            }
        }
    }

    /// What files say of marks of their packages by the coordinates that were given: an image's tag. What they said when they came in is
    /// over.
    private func stated(by consignment: Consignment, _ profile: EcosystemProfile) throws -> [Consignment.Mark] {
        let keys = profile.coordinates.dropFirst(profile.scopeCoordinates).compactMap { coordinates[$0.name] }
        var marks: [String: Consignment.Mark] = [:]
        for (index, item) in consignment.items.enumerated() where item.isAsked && !item.original.isPart {
            let statements = item.admission.record.statements.filter { keys.contains($0.key) }
            for (kind, statement) in try profile.resolved(statements) {
                guard let value = statement.value else { continue }
                let mark = Consignment.Mark(item: index, kind: kind, key: statement.key, value: value, isStandIn: false)
                guard let other = marks.updateValue(mark, forKey: "\(kind.name) \(mark.key)"), other.value != value else {
                    continue
                }
                throw Refusal(
                    .ambiguous, "\(kind.name) \(mark.key) can stand for one version, not for \(other.value) and \(value)",
                    at: item.original.file.path, remedy: "name the version that is meant")
            }
        }
        return marks.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Those that clients see. What is said of a package as a whole gives way to what is said of it there.
    ///
    /// - Parameter stated: kinds of which others are set, which stand for the versions instead.
    private func marks(
        of consignment: Consignment, _ profile: EcosystemProfile, besides stated: Set<String>, namedBy key: String?
    ) -> [Consignment.Mark] {
        let kinds = Dictionary(profile.marks.map { ($0.name, $0) }) { first, _ in first }
        var marks: [Consignment.Mark] = []
        var seen: Set<String> = []
        for (index, item) in consignment.items.enumerated() {
            for mark in item.original.file.annotations.all {
                guard let kind = kinds[mark.kind] else { continue }
                if kind.subject == .package {
                    // What goes along keeps its own names to itself.
                    guard item.isAsked else { continue }
                    if kind.namesVersion {
                        guard Self.stands(mark.value, for: item.original.file), !stated.contains(kind.name),
                            key == nil || key == mark.key
                        else { continue }
                    }
                    guard seen.insert("\(kind.name) \(mark.key)").inserted else { continue }
                }
                marks.append(
                    Consignment.Mark(
                        item: index, kind: kind, key: mark.key, value: mark.value,
                        isStandIn: kind.subject == .package && !kind.namesVersion))
            }
        }
        return marks
    }

    static func stands(_ value: String, for file: FileRow) -> Bool {
        ASCII.lowered(value) == ASCII.lowered(file.version)
    }

    /// Everything up to the transaction, for one file.
    fileprivate func admit(
        _ original: Original, of ecosystem: any Ecosystem, in repository: RepositoryRow, isAsked: Bool
    ) throws -> Admission {
        let profile = ecosystem.profile, file = original.file
        let listed = file.listed.first.map(ecosystem.coordinates) ?? Coordinates()
        // What names no scope says something of a file, and what goes along was not meant.
        let isTold = isAsked && !original.isPart
        var place = Coordinates()
        for (number, coordinate) in profile.coordinates.enumerated() {
            let name = coordinate.name
            let told = number < profile.scopeCoordinates || isTold ? coordinates[name] : nil
            place[name] = told ?? original.upload.coordinates[name] ?? listed[name] ?? ""
        }
        let intake = Intake(
            site: site, catalog: catalog, owner: owner ?? repository.owner, type: repository.type, coordinates: place,
            author: author, remark: "copied from \(file.path)", isHeard: false)
        return try intake.admit(
            PackageContent(blobOf: original.upload, in: site), filename: original.upload.filename, source: file.path)
    }
}

/// A consignment that is being put together.
private struct Draft {
    let copying: Copying
    let ecosystem: any Ecosystem
    let repository: RepositoryRow
    private var items: [Consignment.Item] = []
    /// By the original's row.
    private var indexes: [Int64: Int] = [:]

    init(copying: Copying, ecosystem: any Ecosystem, repository: RepositoryRow) {
        self.copying = copying
        self.ecosystem = ecosystem
        self.repository = repository
    }

    private func item(_ original: Original, isAsked: Bool) throws -> Consignment.Item {
        Consignment.Item(
            original: original, admission: try copying.admit(original, of: ecosystem, in: repository, isAsked: isAsked),
            isAsked: isAsked)
    }

    private mutating func append(_ item: Consignment.Item) {
        indexes[item.original.file.id.value] = items.count
        items.append(item)
    }

    mutating func include(_ original: Original, isAsked: Bool) throws {
        append(try item(original, isAsked: isAsked))
    }

    /// Files that speak about those that are in, and those that they speak about.
    mutating func includeCompanions(among neighbours: [Original]) throws {
        if neighbours.isEmpty { return }
        let paths = Set(items.map(\.admission.placement.path.text))
        let spoken = Set(items.compactMap(\.admission.placement.companion?.path))
        for original in neighbours {
            let item = try item(original, isAsked: false)
            let placement = item.admission.placement
            if spoken.contains(placement.path.text) || placement.companion.map({ paths.contains($0.path) }) ?? false {
                append(item)
            }
        }
    }

    /// All items and what they require, which stands before them.
    mutating func inOrder() throws -> [Consignment.Item] {
        var order: [Consignment.Item] = []
        var done: Set<Int64> = [], needed: Set<Int64> = []
        // Each entry is looked at twice: on its way in, and when all that it requires is in.
        var open: [(item: Consignment.Item, isReady: Bool)] = items.reversed().map { ($0, false) }
        while let (item, isReady) = open.popLast() {
            let id = item.original.file.id.value
            if isReady {
                if done.insert(id).inserted { order.append(item) }
                continue
            }
            if done.contains(id) { continue }
            open.append((item, true))
            if item.admission.placement.requirements.isEmpty { continue }
            let required = try copying.catalog.snapshot { snapshot in
                try snapshot.originals(
                    snapshot.requirements(of: item.original.file, in: repository), copying.catalog)
            }
            needed.formUnion(required.map(\.file.id.value))
            for original in required.reversed() where !done.contains(original.file.id.value) {
                if let index = indexes[original.file.id.value] {
                    open.append((items[index], false))
                } else {
                    let found = try self.item(original, isAsked: false)
                    append(found)
                    open.append((found, false))
                }
            }
        }
        for index in order.indices { order[index].isRequired = needed.contains(order[index].original.file.id.value) }
        return order
    }
}
