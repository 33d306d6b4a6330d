internal import CSQLite

/// What the database said, or what is wrong with how it was asked.
struct DatabaseError: Error, CustomStringConvertible {
    /// What it comes to, whichever database says it.
    enum Reason {
        /// There is no room on the disk.
        case full
        /// The disk did not do what it was told.
        case disk
        /// This user may not read or write the file.
        case denied
        /// Another process was writing for longer than one waits.
        case busy
        /// The file is not a sound database.
        case damaged
        case other
    }

    /// SQLite's extended result code.
    var code: Int32
    var message: String
    /// The statement; empty where there was none.
    var sql = ""

    var reason: Reason {
        // The extended codes have the primary one in their lowest byte.
        switch code & 0xff {
        case SQLITE_FULL: .full
        case SQLITE_IOERR: .disk
        case SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH: .denied
        case SQLITE_BUSY, SQLITE_LOCKED: .busy
        case SQLITE_CORRUPT, SQLITE_NOTADB: .damaged
        default: .other
        }
    }

    var description: String { "SQLite error \(code): \(message)" + (sql.isEmpty ? "" : " - in: \(sql)") }
}
