#if Serve
internal import Glibc

/// How many files and connections this process may have open.
enum Descriptors {
    /// What is open or opened besides connections: the catalog's files, blobs and documents that are being placed, gpg's and hooks' pipes.
    static let reserve = 150
    /// A request's connection, and the staged file of its body.
    static let each = 2

    /// Raises the soft limit to the hard one. Some systems have an infinite one, which programs of others would take for a number.
    ///
    /// - Returns: the limit from now on.
    static func raise() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1_024 }
        let wanted = min(limit.rlim_max, 1 << 20)
        if limit.rlim_cur < wanted {
            let before = limit.rlim_cur
            limit.rlim_cur = wanted
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 { limit.rlim_cur = before }
        }
        return Int(min(limit.rlim_cur, 1 << 20))
    }

    /// How many requests and how many connections fit beside everything else; nil when not even a few do.
    ///
    /// - Parameter wanted: requests.
    static func places(_ wanted: Int, within limit: Int) -> (requests: Int, connections: Int)? {
        let fitting = (limit - reserve) / each
        guard fitting >= 8 else { return nil }
        let requests = min(wanted, fitting)
        return (requests, min(8 * requests, limit - reserve - requests))
    }
}
#endif
