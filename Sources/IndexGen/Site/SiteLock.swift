internal import Glibc

/// One publisher at a time, and one of each other kind of work that has a lock file: an advisory lock that the kernel drops when its
/// holder dies, however it dies.
enum SiteLock {
    /// Waits for its turn, then does `body` while nobody else does such work on this site.
    static func held<Result>(for site: Site, _ name: String = "publish.lock", _ body: () throws -> Result) throws -> Result {
        try taken(for: site, name) { _ in try body() }
    }

    /// The same for whoever changes the public tree.
    ///
    /// While `body` runs, and ever after if it throws or is killed, the lock file is one byte long (a hole: a full disk has room for it).
    /// - Parameter body: gets whether the last publisher did not come to its end. What it made may be visible and not durable. After a
    ///   power cut everything that is visible is durable, so nothing depends on whether the mark itself survives one.
    static func publishing<Result>(for site: Site, _ body: (_ wasInterrupted: Bool) throws -> Result) throws -> Result {
        try taken(for: site, "publish.lock") { file in
            let wasInterrupted = try file.status.size > 0
            try mark(file, 1)
            let result = try body(wasInterrupted)
            try mark(file, 0)
            return result
        }
    }

    private static func mark(_ file: borrowing OpenFile, _ size: Int) throws {
        while ftruncate(file.descriptor, off_t(size)) != 0 {
            if errno != EINTR { throw SystemError("mark", file.path) }
        }
    }

    private static func taken<Result>(
        for site: Site, _ name: String, _ body: (borrowing OpenFile) throws -> Result
    ) throws -> Result {
        let path = site.stateFolder.full(name)
        let descriptor = uninterrupted {
            openat(site.stateFolder.descriptor, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        }
        guard descriptor >= 0 else { throw SystemError("open", path) }
        let file = OpenFile(descriptor: descriptor, path: path)
        while flock(descriptor, LOCK_EX) != 0 {
            if errno != EINTR { throw SystemError("lock", path) }
        }
        return try body(file)
    }
}
