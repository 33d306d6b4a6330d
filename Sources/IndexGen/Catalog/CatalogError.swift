internal import GRDB

/// What the database said, for people: which file, what is wrong, what to do.
struct CatalogError: Error, CustomStringConvertible {
    var description: String

    init(_ error: DatabaseError, of site: String) {
        let words = error.message ?? "\(error.resultCode)"
        description = "the catalog \(Files.join(site, "state/catalog.sqlite")): \(words); \(Self.remedy(for: error.resultCode))"
    }

    private static func remedy(for code: ResultCode) -> String {
        switch code {
        case .SQLITE_FULL: "make room there and run this again: nothing is lost"
        case .SQLITE_IOERR: "check the disk (is it full? dmesg), then run this again and: indexgen verify"
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            "the user who runs indexgen must be able to write to that folder and the files in it, and there must be room"
        case .SQLITE_BUSY, .SQLITE_LOCKED: "another indexgen has been writing for two minutes; run this again when it is done"
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            "restore it from a backup (with indexgen stopped, and without its -wal and -shm); then run: indexgen verify --repair"
        default: "run: indexgen verify"
        }
    }
}
