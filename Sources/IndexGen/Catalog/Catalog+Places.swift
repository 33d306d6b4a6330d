internal import Formats
internal import GRDB

/// What of a place there is already: owners, repositories, scopes, and the further coordinates within a scope.
extension CatalogSnapshot {
    /// The scopes of a repository that people name (groups, distributions), in byte order.
    func scopeKeys(of repository: RepositoryRow) throws -> [String] {
        try String.fetchAll(
            db, sql: "SELECT key FROM scope WHERE repository_id = ? ORDER BY key", arguments: [repository.id.value])
    }

    /// Whether a scope lists a file that was placed with this coordinate. Costs a look at each listing of the scope where none has it.
    func has(_ coordinate: String, _ value: String, in scope: String, of repository: RepositoryRow) throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 \(Self.placed) AND v.value = ?)",
            arguments: [coordinate, repository.id.value, scope, value]) ?? false
    }

    /// All values of a coordinate that a scope's files were placed with, in byte order. For messages: looks at every listing of the scope.
    func values(of coordinate: String, in scope: String, of repository: RepositoryRow) throws -> [String] {
        try String.fetchAll(
            db, sql: "SELECT DISTINCT v.value \(Self.placed) ORDER BY v.value",
            arguments: [coordinate, repository.id.value, scope])
    }

    private static let placed = """
        FROM scope s CROSS JOIN partition p ON p.scope_id = s.id CROSS JOIN listing l ON l.partition_id = p.id
        CROSS JOIN coordinate v ON v.file_id = l.file_id AND v.name = ?
        WHERE s.repository_id = ? AND s.key = ?
        """
}
