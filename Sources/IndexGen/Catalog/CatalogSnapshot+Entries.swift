internal import Formats

/// The entries of a scope's partitions, as the catalog has them at one moment.
struct ScopeEntries: EntrySource {
    let snapshot: CatalogSnapshot
    let state: ScopeState

    func forEachEntry(
        of run: Run, from start: [UInt8]?,
        _ body: (_ key: UnsafeRawBufferPointer, _ fragment: UnsafeRawBufferPointer, _ heading: UnsafeRawBufferPointer?) throws ->
            Bool
    ) throws {
        guard let cursors = try cursors(of: run, .from(start ?? [])) else { return }
        if cursors.count == 1 {
            var goesOn = true
            while goesOn, let row = try cursors[0].next() {
                try row.withBytes(0) { key in
                    try row.withBytes(1) { fragment in
                        guard run.compared != nil else { return goesOn = try body(key, fragment, nil) }
                        try row.withBytes(2) { goesOn = try body(key, fragment, $0) }
                    }
                }
            }
            return
        }
        var heads = try cursors.map { try Entry(next: $0) }
        while let first = Self.first(of: heads), let entry = heads[first] {
            let goesOn = try entry.key.withUnsafeBytes { key in
                try entry.fragment.withUnsafeBytes { fragment in
                    try entry.heading.withUnsafeBytes { try body(key, fragment, run.compared == nil ? nil : $0) }
                }
            }
            guard goesOn else { return }
            heads[first] = try Entry(next: cursors[first])
        }
    }

    func lastEntry(of run: Run, before key: [UInt8]) throws -> (fragment: [UInt8], heading: [UInt8]?)? {
        guard let cursors = try cursors(of: run, .lastBefore(key)) else { return nil }
        // Of equal keys the one that is written last: that of the last partition.
        let last = try cursors.compactMap { try Entry(next: $0) }.reduce(nil as Entry?) { best, entry in
            guard let best, entry.key.lexicographicallyPrecedes(best.key) else { return entry }
            return best
        }
        return last.map { ($0.fragment, run.compared == nil ? nil : $0.heading) }
    }

    private enum Range {
        case from([UInt8])
        case lastBefore([UInt8])
    }

    /// One for each partition; nil when nothing was ever rendered into the run's slots.
    private func cursors(of run: Run, _ range: Range) throws -> [RowCursor]? {
        guard let slot = try SlotNames.id(of: run.slot, in: snapshot.db) else { return nil }
        var heading: Int64?
        if let compared = run.compared {
            guard let id = try SlotNames.id(of: compared, in: snapshot.db) else { return nil }
            heading = id
        }
        let (isFrom, key) =
            switch range {
            case .from(let key): (true, key)
            case .lastBefore(let key): (false, key)
            }
        let partitions = run.partitions.compactMap { state.partitions[$0] }
        return try partitions.map { partition in
            let sql =
                state.isEchoed
                ? Self.echoes(hasHeading: heading != nil, isFrom: isFrom)
                : Self.entries(partition, hasHeading: heading != nil, isFrom: isFrom)
            // A statement has one cursor at a time: partitions that are merged need one each.
            let statement =
                try partitions.count == 1 ? snapshot.db.cachedStatement(sql: sql) : snapshot.db.makeStatement(sql: sql)
            return try Row.fetchCursor(
                statement, arguments: heading.map { [partition.id, key, slot, $0] } ?? [partition.id, key, slot])
        }
    }

    private static func entries(_ partition: PartitionState, hasHeading: Bool, isFrom: Bool) -> String {
        // Of several files that share an entry the first one's fragment counts.
        let first =
            """
            AND NOT EXISTS (SELECT 1 FROM listing e WHERE e.partition_id = l.partition_id AND e.sort_key = l.sort_key
                AND e.removed_in IS NULL AND e.file_id < l.file_id)
            """
        // CROSS JOIN: in this order, so that entries come as the listing has them and nothing is sorted.
        return """
            SELECT l.sort_key, f.bytes\(hasHeading ? ", h.bytes" : "") FROM listing l
            CROSS JOIN fragment f \(hasHeading ? "CROSS JOIN fragment h" : "")
            WHERE l.partition_id = ?1 AND l.removed_in IS NULL AND l.sort_key \(isFrom ? ">=" : "<") ?2 \(partition.shared ? first : "")
                AND f.slot_id = ?3 AND f.file_id = l.file_id \(hasHeading ? "AND h.slot_id = ?4 AND h.file_id = l.file_id" : "")
            ORDER BY \(isFrom ? "l.sort_key, l.file_id" : "l.sort_key DESC, l.file_id DESC LIMIT 1")
            """
    }

    /// The same for a scope of echoes, which has no files.
    private static func echoes(hasHeading: Bool, isFrom: Bool) -> String {
        let heading =
            """
            CROSS JOIN echo h ON h.partition_id = e.partition_id AND h.sort_key = e.sort_key AND h.scope_id = e.scope_id
                AND h.slot_id = ?4
            """
        return """
            SELECT e.sort_key, e.bytes\(hasHeading ? ", h.bytes" : "") FROM echo e \(hasHeading ? heading : "")
            WHERE e.partition_id = ?1 AND e.sort_key \(isFrom ? ">=" : "<") ?2 AND e.slot_id = ?3
            ORDER BY \(isFrom ? "e.sort_key, e.scope_id" : "e.sort_key DESC, e.scope_id DESC LIMIT 1")
            """
    }

    /// One entry of a partition that is being merged with others.
    private struct Entry {
        var key: [UInt8]
        var fragment: [UInt8]
        var heading: [UInt8]

        init?(next cursor: RowCursor) throws {
            guard let row = try cursor.next() else { return nil }
            key = row.bytes(0)
            fragment = row.bytes(1)
            heading = row.count > 2 ? row.bytes(2) : []
        }
    }

    /// Which of the heads comes first; of equal keys that of the first partition.
    private static func first(of heads: [Entry?]) -> Int? {
        var first: (index: Int, key: [UInt8])?
        for (index, head) in heads.enumerated() {
            guard let head else { continue }
            if let first, !head.key.lexicographicallyPrecedes(first.key) { continue }
            first = (index, head.key)
        }
        return first?.index
    }
}

extension CatalogSnapshot {
    /// The number of the last change.
    func lastChange() throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT MAX(id) FROM journal") ?? 0
    }

    /// The keys of a scope's entries that came, went or changed since its public form was made, ascending, by partition. Nil where
    /// that is not known, or so much of its repository changed that all may as well be looked at.
    func changedKeys(in state: ScopeState) throws -> [Int64: [[UInt8]]]? {
        if state.shown > 0, state.isEchoed { return try changedEchoes(in: state.id) }
        guard state.shown > 0, try changes(of: state.repository, after: state.shown) <= Self.fewChanges else { return nil }
        var keys: [Int64: [[UInt8]]] = [:]
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT l.partition_id, l.sort_key FROM journal j
                    JOIN file f ON f.repository_id = j.repository_id AND f.path = j.path
                    JOIN listing l ON l.file_id = f.id
                    WHERE j.repository_id = ? AND j.id > ?
                    """), arguments: [state.repository.value, state.shown])
        for row in rows { keys[row[0], default: []].append(row.bytes(1)) }
        return keys.mapValues { $0.sorted { $0.lexicographicallyPrecedes($1) } }
    }

    /// How many changes of a repository there are behind one of them, or one more than few.
    private func changes(of repository: RepositoryID, after change: Int64) throws -> Int {
        try Int.fetchOne(
            db.cachedStatement(
                sql: "SELECT COUNT(*) FROM (SELECT 1 FROM journal WHERE repository_id = ? AND id > ? LIMIT ?)"),
            arguments: [repository.value, change, Self.fewChanges + 1]) ?? 0
    }

    static let fewChanges = 10_000
}
