internal import CLinux
internal import Formats
internal import Glibc

/// An open file descriptor that closes itself.
struct OpenFile: ~Copyable {
    let descriptor: Int32
    let path: String

    /// Takes over a descriptor that is open.
    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Opens for reading. Follows symbolic links: sources are the user's own. Never waits for a pipe's writer.
    init(reading path: String) throws {
        descriptor = uninterrupted { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        self.path = path
        guard descriptor >= 0 else { throw SystemError("open", path) }
    }

    /// Creates a file that must not exist yet, readable by everyone.
    init(creating path: String, mode: mode_t = 0o644) throws {
        descriptor = uninterrupted { open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode) }
        self.path = path
        guard descriptor >= 0 else { throw SystemError("create", path) }
    }

    /// Opens a folder, for `fsync` and `syncfs`.
    init(folder path: String) throws {
        descriptor = uninterrupted { open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        self.path = path
        guard descriptor >= 0 else { throw SystemError("open", path) }
    }

    deinit { close(descriptor) }

    /// Writes all of the bytes.
    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let slice = UnsafeRawBufferPointer(rebasing: rest)
            let written = Glibc.write(descriptor, slice.baseAddress, slice.count)
            if written < 0 {
                if errno == EINTR { continue }
                throw SystemError("write", path)
            }
            rest = rest.dropFirst(written)
        }
    }

    /// Where the next bytes are written.
    func seek(to offset: Int) throws {
        guard lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else { throw SystemError("seek in", path) }
    }

    /// Lets all bytes behind the first so many go.
    func cut(to size: Int) throws {
        guard uninterrupted({ ftruncate(descriptor, off_t(size)) }) == 0 else { throw SystemError("cut", path) }
    }

    func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try write($0) }
    }

    /// Reads up to the buffer's size; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            if errno != EINTR { throw SystemError("read", path) }
        }
    }

    /// Reads a file of about `sizeHint` bytes to its end.
    func readAll(sizeHint: Int, isRegular: Bool = false) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var capacity = max(sizeHint + 1, 4_096)
        while true {
            let start = bytes.count
            let whole = try [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
                if start > 0 { _ = buffer.initialize(from: bytes) }
                var filled = start
                while filled < buffer.count {
                    let got = try read(
                        into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...]))
                    filled += got
                    // A regular file gives less than was asked for at its end only.
                    if got == 0 || (isRegular && filled < buffer.count) { break }
                }
                count = filled
            }
            if whole.count < capacity { return whole }
            bytes = whole
            capacity *= 2
        }
    }

    /// Reads a range; shorter when the file ends in it.
    func read(at offset: Int, count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = 0
            while filled < count {
                let got = pread(descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, off_t(offset + filled))
                if got == 0 { return }
                if got < 0 {
                    if errno == EINTR { continue }
                    throw SystemError("read", path)
                }
                filled += got
            }
        }
    }

    /// Makes what was written durable.
    func sync() throws {
        guard uninterrupted({ fsync(descriptor) }) == 0 else { throw SystemError("fsync", path) }
    }

    var status: FileStatus {
        get throws {
            var info = stat()
            guard fstat(descriptor, &info) == 0 else { throw SystemError("stat", path) }
            return FileStatus(info)
        }
    }
}

/// What `stat` says, as far as it matters here.
struct FileStatus: Sendable {
    enum Kind: Sendable { case file, folder, link, other }

    var kind: Kind
    /// Bytes.
    var size: Int
    var modified: Timestamp
    /// What `modified` leaves out, 0 to 999,999,999.
    var nanoseconds: Int
    var isReadableByAll: Bool
    var isSocket: Bool
    /// Of a folder: whether everybody may reach what is in it.
    var isEnterableByAll: Bool
    var inode: UInt64
    var device: UInt64
    /// How many names it has.
    var names: Int

    init(_ info: stat) {
        kind =
            switch info.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .link
            default: .other
            }
        size = Int(info.st_size)
        modified = Timestamp(seconds: Int64(info.st_mtim.tv_sec))
        nanoseconds = Int(info.st_mtim.tv_nsec)
        isReadableByAll = info.st_mode & 0o444 == 0o444
        isSocket = info.st_mode & S_IFMT == S_IFSOCK
        isEnterableByAll = info.st_mode & 0o001 != 0
        inode = UInt64(info.st_ino)
        device = UInt64(info.st_dev)
        names = Int(info.st_nlink)
    }

    /// Two names of one file.
    func isSameFile(as other: FileStatus) -> Bool { kind == .file && inode == other.inode && device == other.device }

    /// The status of what a path names, links not followed; nil when there is nothing.
    ///
    /// - Parameter folder: where a relative path begins; the current folder when left out.
    static func of(_ path: String, in folder: Int32 = AT_FDCWD) throws -> FileStatus? {
        var info = stat()
        if fstatat(folder, path, &info, AT_SYMLINK_NOFOLLOW) == 0 { return FileStatus(info) }
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw SystemError("stat", path)
    }

    /// The same with links followed.
    static func followed(_ path: String) throws -> FileStatus? {
        var info = stat()
        if fstatat(AT_FDCWD, path, &info, 0) == 0 { return FileStatus(info) }
        if errno == ENOENT || errno == ENOTDIR || errno == ELOOP { return nil }
        throw SystemError("stat", path)
    }
}
