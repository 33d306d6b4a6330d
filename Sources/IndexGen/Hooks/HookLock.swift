internal import Glibc

/// One delivery of a hook at a time, over all processes: an advisory lock that the kernel drops when its holder dies, however it dies.
/// A lease with a time could not tell a slow hook from a dead program.
enum HookLock {
    /// Does `body` unless somebody else delivers to this hook. Returns whether it did.
    static func tried(_ hook: String, of site: Site, _ body: () throws -> Void) throws -> Bool {
        let folder = Files.join(site.state, "hooks")
        try Files.makeFolder(folder)
        let path = Files.join(folder, "\(hook).lock")
        let descriptor = uninterrupted { open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600) }
        guard descriptor >= 0 else { throw SystemError("open", path) }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EWOULDBLOCK { return false }
            if errno != EINTR { throw SystemError("lock", path) }
        }
        try body()
        return true
    }
}
