import Formats
import Foundation

@testable import IndexGen

extension TestSite {
    /// Makes the site's catalog one that an older program left, with the same content. This object's catalog is closed then.
    ///
    /// - Parameters:
    ///   - version: the last migration that the older program knew.
    ///   - complete: fills tables that are no more. The catalog as it is now is attached as `newer`.
    func age(to version: String, _ complete: (Database) throws -> Void = { _ in }) throws {
        let path = "\(folder)/older.sqlite"
        let older = try Database(path)
        try CatalogSchema.migrator.migrate(older, upTo: version)
        try older.execute(sql: "ATTACH ? AS newer", arguments: [site.catalogFile])
        func tables(_ schema: String) throws -> Set<String> {
            Set(
                try String.fetchAll(
                    older,
                    sql: """
                        SELECT name FROM \(schema).sqlite_master
                        WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'grdb%'
                        """))
        }
        for table in try tables("main").intersection(tables("newer")) {
            func columns(_ schema: String) throws -> [String] {
                try Row.fetchAll(older, sql: "PRAGMA \(schema).table_info(\(table))").map { $0["name"] }
            }
            let there = Set(try columns("newer"))
            let common = try columns("main").filter(there.contains).joined(separator: ", ")
            try older.execute(sql: "INSERT OR REPLACE INTO main.\(table) (\(common)) SELECT \(common) FROM newer.\(table)")
        }
        try complete(older)
        try older.execute(sql: "DELETE FROM main.meta WHERE key = 'program'")
        try older.execute(sql: "DETACH newer")
        older.close()
        try catalog.close()
        for suffix in ["", "-wal", "-shm"] where try FileStatus.of(site.catalogFile + suffix) != nil {
            try Files.remove(site.catalogFile + suffix)
        }
        try FileManager.default.moveItem(atPath: path, toPath: site.catalogFile)
    }
}
