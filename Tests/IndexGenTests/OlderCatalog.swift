import Formats
import Foundation
import GRDB

@testable import IndexGen

extension TestSite {
    /// Makes the site's catalog one that an older program left, with the same content. This object's catalog is closed then.
    ///
    /// - Parameters:
    ///   - version: the last migration that the older program knew.
    ///   - complete: fills tables that are no more. The catalog as it is now is attached as `newer`.
    func age(to version: String, _ complete: (Database) throws -> Void = { _ in }) throws {
        let path = "\(folder)/older.sqlite"
        var configuration = GRDB.Configuration()
        configuration.foreignKeysEnabled = false
        let older = try DatabaseQueue(path: path, configuration: configuration)
        try CatalogSchema.migrator.migrate(older, upTo: version)
        try older.writeWithoutTransaction { db in
            try db.execute(sql: "ATTACH ? AS newer", arguments: [site.catalogFile])
            func tables(_ schema: String) throws -> Set<String> {
                try String.fetchSet(
                    db,
                    sql: """
                        SELECT name FROM \(schema).sqlite_master
                        WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'grdb%'
                        """)
            }
            for table in try tables("main").intersection(tables("newer")) {
                func columns(_ schema: String) throws -> [String] {
                    try Row.fetchAll(db, sql: "PRAGMA \(schema).table_info(\(table))").map { $0["name"] }
                }
                let there = Set(try columns("newer"))
                let common = try columns("main").filter(there.contains).joined(separator: ", ")
                try db.execute(sql: "INSERT OR REPLACE INTO main.\(table) (\(common)) SELECT \(common) FROM newer.\(table)")
            }
            try complete(db)
            try db.execute(sql: "DELETE FROM main.meta WHERE key = 'program'")
            try db.execute(sql: "DETACH newer")
        }
        try older.close()
        try catalog.close()
        for suffix in ["", "-wal", "-shm"] where try FileStatus.of(site.catalogFile + suffix) != nil {
            try Files.remove(site.catalogFile + suffix)
        }
        try FileManager.default.moveItem(atPath: path, toPath: site.catalogFile)
    }
}
