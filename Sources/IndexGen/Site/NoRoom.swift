internal import Glibc

/// Room on the disks of a site.
enum NoRoom {
    /// Bytes below which a disk counts as full: what one more commit and one more index may take.
    static let floor = 4 << 20

    /// Whether a full disk, or a quota of the system's, is why something failed, as far as the error itself says it. SQLite says of a write
    /// that failed for it no more than that it failed, where it was not the file itself that would not grow.
    static func isReason(of error: any Error) -> Bool {
        switch error {
        case let error as SystemError: [ENOSPC, EDQUOT].contains(error.code)
        case let error as DatabaseError: error.reason == .full
        case let error as Keyring.Failure: error.description.contains("No space left")
        case let error as PublishingError: error.description.contains("No space left")
        default: false
        }
    }

    /// Bytes that are free where a path lies, for this user; nil where nobody can say. 0 where no more files can be made.
    static func free(at path: String) -> Int? {
        var room = statvfs()
        guard uninterrupted({ statvfs(path, &room) }) == 0 else { return nil }
        // Some file systems have no table of files.
        if room.f_files > 0, room.f_favail == 0 { return 0 }
        let (bytes, isTooMuch) = Int(room.f_bavail).multipliedReportingOverflow(by: Int(room.f_frsize))
        return isTooMuch ? .max : bytes
    }
}
