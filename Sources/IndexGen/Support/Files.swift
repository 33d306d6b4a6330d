internal import CLinux
internal import Formats
internal import Glibc

/// Operations on paths. Each either does all of its work or throws a `SystemError`.
enum Files {
    /// Joins with one slash; an empty part adds none.
    static func join(_ base: String, _ rest: String) -> String {
        if rest.isEmpty { return base }
        if base.isEmpty { return rest }
        return base.hasSuffix("/") ? base + rest : base + "/" + rest
    }

    /// A path as it is written from another folder: `1.1.0` for `tool/1.1.0` from `tool`. Both are below one root.
    static func relative(_ path: String, from folder: String) -> String {
        let parts = path.split(separator: "/"), base = folder.split(separator: "/")
        let common = zip(parts, base).prefix { $0 == $1 }.count
        return (base.dropFirst(common).map { _ in ".." } + parts.dropFirst(common)).joined(separator: "/")
    }

    /// Where a symbolic link leads, as it is written; nil for anything else.
    static func target(ofLink path: String) -> [UInt8]? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
            guard let start = buffer.baseAddress else { return nil }
            let count = readlink(path, start, buffer.count)
            return count < 0 ? nil : buffer[..<count].map { UInt8(bitPattern: $0) }
        }
    }

    /// Everything before the last slash; empty when there is none.
    static func folder(of path: String) -> String {
        guard let slash = lastSlash(in: path) else { return "" }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Everything after the last slash.
    static func name(of path: String) -> String {
        guard let slash = lastSlash(in: path) else { return path }
        return String(path[path.utf8.index(after: slash)...])
    }

    /// Asked several times for every file; `lastIndex` takes ten times as long.
    private static func lastSlash(in path: String) -> String.Index? {
        var path = path
        let offset = path.withUTF8 { bytes in
            var i = bytes.count - 1
            while i >= 0, bytes[i] != UInt8(ascii: "/") { i -= 1 }
            return i
        }
        return offset < 0 ? nil : path.utf8.index(path.startIndex, offsetBy: offset)
    }

    /// Makes a folder and the folders above it.
    static func makeFolder(_ path: String, mode: mode_t = 0o755) throws {
        if path.isEmpty || mkdir(path, mode) == 0 { return }
        if errno == ENOENT {
            try makeFolder(folder(of: path), mode: mode)
            if mkdir(path, mode) == 0 { return }
        }
        if errno == EEXIST, try FileStatus.followed(path)?.kind == .folder { return }
        throw SystemError("make the folder", path)
    }

    static func read(_ path: String) throws -> [UInt8] {
        let file = try OpenFile(reading: path)
        return try file.readAll(sizeHint: file.status.size)
    }

    /// Replaces a file's content in one step (write beside it, fsync, rename). The caller makes the folder durable.
    static func replace(_ path: String, with bytes: [UInt8], mode: mode_t = 0o644) throws {
        let temporary = "\(path).\(getpid()).new"
        unlink(temporary)
        do {
            let file = try OpenFile(creating: temporary, mode: mode)
            try file.write(bytes)
            try file.sync()
        }
        try rename(temporary, to: path)
    }

    static func rename(_ source: String, to target: String) throws {
        guard Glibc.rename(source, target) == 0 else { throw SystemError("rename \(source) to", target) }
    }

    /// Whether this error of `link` means: another file system, one without links, or too many links. A copy serves as well.
    static func isWithoutLink(_ code: Int32) -> Bool { [EXDEV, EPERM, EMLINK, ENOTSUP].contains(code) }

    /// Removes a file; nothing there is fine.
    static func remove(_ path: String) throws {
        guard unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR else { throw SystemError("remove", path) }
    }

    /// Where a path really leads, every link followed; nil when it leads nowhere.
    static func real(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    static func syncFolder(_ path: String) throws {
        try OpenFile(folder: path).sync()
    }

    /// Copies content (a reflink where the file system can).
    static func copy(_ input: borrowing OpenFile, to output: borrowing OpenFile) throws {
        if ioctl(output.descriptor, ficlone, input.descriptor) == 0 { return }
        try withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 16) { buffer in
            while case let count = try input.read(into: buffer), count > 0 {
                try output.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        }
    }

    /// FICLONE, a macro that the importer does not see: share the source's extents.
    static let ficlone: UInt = 0x4004_9409

    /// Sets the modification time.
    static func setModified(_ path: String, _ time: Timestamp) throws {
        var times = [timespec(tv_sec: Int(time.seconds), tv_nsec: 0), timespec(tv_sec: Int(time.seconds), tv_nsec: 0)]
        guard utimensat(AT_FDCWD, path, &times, AT_SYMLINK_NOFOLLOW) == 0 else { throw SystemError("set the time of", path) }
    }

    /// The names in a folder, in byte order; none when there is no such folder.
    static func names(in path: String) throws -> [String] { try entries(of: path).map(\.name) }

    /// The same for an open folder.
    static func names(in path: String, at folder: Int32) throws -> [String] {
        try entries(of: path, at: uninterrupted { openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }).map(\.name)
    }

    /// What is in a folder, by name in byte order. Links are not followed.
    private static func entries(of path: String, follow: Bool = true) throws -> [(name: String, kind: FileStatus.Kind)] {
        try entries(
            of: path, at: uninterrupted { open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW)) })
    }

    private static func entries(of path: String, at descriptor: Int32) throws -> [(name: String, kind: FileStatus.Kind)] {
        guard descriptor >= 0 else {
            if errno == ENOENT { return [] }
            throw SystemError("list", path)
        }
        guard let stream = fdopendir(descriptor) else {
            let code = errno
            close(descriptor)
            throw SystemError("list", path, code: code)
        }
        defer { closedir(stream) }
        var entries: [(String, FileStatus.Kind)] = []
        while true {
            // The end and an error look the same but for this.
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw SystemError("list", path) }
                break
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            switch Int32(entry.pointee.d_type) {
            case Int32(DT_REG): entries.append((name, .file))
            case Int32(DT_DIR): entries.append((name, .folder))
            case Int32(DT_LNK): entries.append((name, .link))
            // Some file systems leave the kind to `stat`.
            case Int32(DT_UNKNOWN): if let status = try FileStatus.of(join(path, name)) { entries.append((name, status.kind)) }
            default: entries.append((name, .other))
            }
        }
        return entries.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
    }

    /// Every file and link below a folder, as paths relative to it, in byte order per folder. Links are not followed but for `root` itself.
    ///
    /// - Parameter skip: folders that are not entered; none when left out.
    static func walk(
        _ root: String, skipping skip: (_ relative: String) throws -> Bool = { _ in false },
        _ visit: (_ relative: String, _ kind: FileStatus.Kind) throws -> Void
    ) throws {
        var pending = [""]
        while let folder = pending.popLast() {
            var inner: [String] = []
            for (name, kind) in try entries(of: join(root, folder), follow: folder.isEmpty) {
                let relative = join(folder, name)
                if kind != .folder {
                    try visit(relative, kind)
                } else if try !skip(relative) {
                    inner.append(relative)
                }
            }
            pending += inner.reversed()
        }
    }
}
