internal import Glibc

/// One publisher at a time: an advisory lock that the kernel drops when its holder dies, however it dies.
enum SiteLock {
    /// Waits for its turn, then does `body` while no other process publishes to this site.
    static func held<Result>(for site: Site, _ body: () throws -> Result) throws -> Result {
        let path = site.stateFolder.full("publish.lock")
        let descriptor = openat(
            site.stateFolder.descriptor, "publish.lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SystemError("open", path) }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            if errno != EINTR { throw SystemError("lock", path) }
        }
        return try body()
    }
}
