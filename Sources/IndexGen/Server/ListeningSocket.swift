#if Serve
internal import Formats
internal import Glibc
internal import NIOCore

/// The socket that the endpoint listens on, open since before anything else of it began: what is wrong with the address is said at once.
///
/// A socket in the file system gets its mode and its group before it listens, so nobody reaches it earlier. One that another process
/// listens on is left to it; what a dead process left behind is replaced. At the end only the file that was made here is removed.
final class ListeningSocket: Sendable {
    let descriptor: Int32
    /// Where it listens; the port of `127.0.0.1:0` is known here.
    let shown: String
    private let file: (path: String, inode: UInt64, device: UInt64)?

    /// Connections that the kernel holds until they are accepted.
    private static let backlog: Int32 = 1_024

    /// - Throws: `ListenAddress.Failure`.
    init(_ address: ListenAddress, mode: mode_t, group: String?) throws {
        switch address {
        case .network(let host, let port):
            (descriptor, shown) = try Self.network(host, port)
            file = nil
        case .socket(let path):
            shown = path
            (descriptor, file) = try Self.local(path, mode: mode, group: group)
        }
    }

    /// Removes the socket's file, if it is still the one that was made here.
    func remove() {
        guard let file, let there = try? FileStatus.of(file.path), there.inode == file.inode, there.device == file.device else {
            return
        }
        unlink(file.path)
    }

    // MARK: TCP

    private static func network(_ host: String, _ port: Int) throws -> (Int32, String) {
        let name = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        let address: SocketAddress
        do {
            address = try SocketAddress.makeAddressResolvingHost(host, port: port)
        } catch {
            throw ListenAddress.Failure(address: name, reason: "no such host", remedy: "write an address of this machine")
        }
        let descriptor = try made(address.protocol == .inet6 ? AF_INET6 : AF_INET, name)
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        let code = address.withSockAddr { bind(descriptor, $0, socklen_t($1)) == 0 ? 0 : errno }
        if code != 0 || listen(descriptor, backlog) != 0 {
            let code = code != 0 ? code : errno
            close(descriptor)
            throw failure(name, code)
        }
        var bound = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        withUnsafeMutablePointer(to: &bound) {
            _ = $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        // Both families have the port at the same place.
        let actual = withUnsafeBytes(of: &bound) { Int($0[2]) << 8 | Int($0[3]) }
        let ip = address.ipAddress ?? host
        return (descriptor, ip.contains(":") ? "[\(ip)]:\(actual)" : "\(ip):\(actual)")
    }

    private static func made(_ family: Int32, _ name: String) throws -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(family, kind, 0)
        guard descriptor >= 0 else { throw failure(name, errno) }
        return descriptor
    }

    private static func failure(_ name: String, _ code: Int32) -> ListenAddress.Failure {
        let remedy =
            switch code {
            case EADDRINUSE: "end what listens there (ss -ltnp), or choose another address"
            case EADDRNOTAVAIL: "this machine has no such address (ip address): choose another"
            case EACCES, EPERM: "only root may listen there: choose another, a port from 1024 on for instance"
            case ENOENT: "its folder is missing: make it, or choose another"
            case ENOTDIR: "something above it is not a folder: choose another"
            default: "choose another address"
            }
        let words = String(cString: strerror(code))
        return ListenAddress.Failure(address: name, reason: words.prefix(1).lowercased() + words.dropFirst(), remedy: remedy)
    }

    // MARK: Sockets in the file system

    private static func local(
        _ path: String, mode: mode_t, group: String?
    ) throws -> (Int32, (path: String, inode: UInt64, device: UInt64)) {
        let folder = uninterrupted { Glibc.open(Files.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard folder >= 0 else { throw failure(path, errno) }
        // One at a time looks whether the place is free and takes it: two that start at once must not take it from each other.
        defer { close(folder) }
        // Anybody who may read the folder can lock it: nobody is waited for for long.
        var attempts = 0
        while uninterrupted({ flock(folder, LOCK_EX | LOCK_NB) }) != 0 {
            attempts += 1
            guard errno == EWOULDBLOCK, attempts < 40 else { throw failure(path, errno) }
            usleep(50_000)
        }
        try clear(path)
        let descriptor = try made(AF_UNIX, path)
        do {
            guard withAddress(path, { bind(descriptor, $0, $1) }) == 0 else { throw failure(path, errno) }
            guard let status = try FileStatus.of(path) else { throw failure(path, ENOENT) }
            do {
                try open(path, to: group, mode: mode)
                guard listen(descriptor, backlog) == 0 else { throw failure(path, errno) }
            } catch {
                unlink(path)
                throw error
            }
            return (descriptor, (path, status.inode, status.device))
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Makes room at a path: for a socket that nobody listens on, and for nothing else.
    private static func clear(_ path: String) throws {
        guard let there = try FileStatus.of(path) else { return }
        guard there.isSocket else {
            throw ListenAddress.Failure(
                address: path, reason: "a file that is not a socket is there", remedy: "remove it, or choose another path")
        }
        let probe = try made(AF_UNIX, path)
        defer { close(probe) }
        // A full queue (EAGAIN) is somebody's, too.
        if withAddress(path, { connect(probe, $0, $1) }) != 0, errno == ECONNREFUSED {
            unlink(path)
            return
        }
        guard errno != ENOENT else { return }
        throw ListenAddress.Failure(
            address: path, reason: "address already in use: another process listens there",
            remedy: "end that process, or choose another path")
    }

    /// Lets a group, and whoever the mode says, connect: that takes the right to write.
    private static func open(_ path: String, to group: String?, mode: mode_t) throws {
        if let group {
            guard let number = Accounts.group(named: group) else {
                throw ListenAddress.Failure(
                    address: path, reason: "there is no group '\(group)'", remedy: "put server.socket_group right")
            }
            guard chown(path, uid_t.max, number) == 0 else {
                throw ListenAddress.Failure(
                    address: path, reason: "the socket cannot be given to the group '\(group)'",
                    remedy: "make the user who runs indexgen a member of it, or put server.socket_group right")
            }
        }
        guard chmod(path, mode) == 0 else { throw failure(path, errno) }
    }

    private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // `ListenAddress` has seen to the length.
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }
}

/// Groups of users, by name.
enum Accounts {
    /// Nil when there is no such group.
    static func group(named name: String) -> gid_t? {
        if let number = gid_t(name) { return number }
        var buffer = [CChar](repeating: 0, count: 1 << 16)
        var entry = Glibc.group()
        var found: UnsafeMutablePointer<Glibc.group>?
        guard getgrnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return nil }
        return entry.gr_gid
    }
}
#endif
