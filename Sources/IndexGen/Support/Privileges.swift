internal import CLinux
internal import Formats
internal import Glibc
internal import Synchronization

/// What root does on somebody else's site is done as its owner: files of root's in it would shut the owner out.
///
/// The process becomes the owner, and so do the programs that it runs; only opening an input is still done as root (`asCaller`), since
/// packages may lie where root alone may read.
enum Privileges {
    /// Whether this process has given root's rights up, but for opening inputs.
    private static let hasReduced = Atomic(false)
    private static var isReduced: Bool { hasReduced.load(ordering: .relaxed) }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Called before anything of the site is opened, while the process has one thread.
    ///
    /// - Parameter folder: the site's; what is missing belongs to nobody.
    static func become(ownerOf folder: String) throws {
        guard geteuid() == 0, !isReduced else { return }
        var info = stat()
        guard stat(folder, &info) == 0, info.st_uid != 0 else { return }
        var group = info.st_gid
        if let entry = getpwuid(info.st_uid) {
            group = entry.pointee.pw_gid
            guard initgroups(entry.pointee.pw_name, group) == 0 else { throw failure("take the groups", folder, info.st_uid) }
        } else {
            guard setgroups(1, &group) == 0 else { throw failure("take the group", folder, info.st_uid) }
        }
        // The saved user stays root: that alone lets `asCaller` open what root may read. A program that is run does not inherit it.
        guard setresgid(group, group, 0) == 0, setresuid(info.st_uid, info.st_uid, 0) == 0 else {
            throw failure("become that user", folder, info.st_uid)
        }
        hasReduced.store(true, ordering: .relaxed)
    }

    private static func failure(_ what: String, _ folder: String, _ user: uid_t) -> Failure {
        let reason = String(cString: strerror(errno))
        let name = getpwuid(user).map { String(cString: $0.pointee.pw_name) } ?? "#\(user)"
        return Failure(
            description:
                "\(folder) belongs to \(name), and this process cannot \(what): \(reason); run it as that user: sudo -u \(name) indexgen …"
        )
    }

    /// Opens something for who started the program. Concerns this thread alone.
    static func asCaller<Result: ~Copyable>(_ body: () throws -> Result) rethrows -> Result {
        guard isReduced else { return try body() }
        let (user, group) = (setfsuid(0), setfsgid(0))
        defer {
            _ = setfsgid(UInt32(bitPattern: group))
            _ = setfsuid(UInt32(bitPattern: user))
        }
        return try body()
    }
}
