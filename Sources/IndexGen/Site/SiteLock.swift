internal import Glibc

/// One publisher at a time, and one of each other kind of work that has a lock file: an advisory lock that the kernel drops when its
/// holder dies, however it dies.
enum SiteLock {
    /// Waits for its turn, then does `body` while nobody else does such work on this site.
    static func held<Result>(for site: Site, _ name: String = "publish.lock", _ body: () throws -> Result) throws -> Result {
        let path = site.stateFolder.full(name)
        let descriptor = uninterrupted {
            openat(site.stateFolder.descriptor, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        }
        guard descriptor >= 0 else { throw SystemError("open", path) }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            if errno != EINTR { throw SystemError("lock", path) }
        }
        return try body()
    }
}
