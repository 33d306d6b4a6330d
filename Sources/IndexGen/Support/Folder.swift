internal import CLinux
internal import Formats
internal import Glibc

/// A folder held open, and what is done in it. Names are single names: no path is walked, so no symbolic link that somebody planted
/// below is ever followed, also if it appears at this moment.
///
/// Where a site's folders begin (the site, `public/`, `state/`), links are the operator's and are followed.
final class Folder: Sendable {
    let descriptor: Int32
    /// For messages.
    let path: String

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// Opens a folder that the operator names.
    convenience init(_ path: String) throws {
        let descriptor = uninterrupted { Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw SystemError("open", path) }
        self.init(descriptor: descriptor, path: path)
    }

    /// The folder of this name in it; nil when there is none. To work in, not to be made durable or listed.
    func folder(_ name: String) throws -> Folder? { try folder(name, Self.toWorkIn) }

    /// O_PATH, shown under _GNU_SOURCE only: cheaper, and enough for all but reading the folder itself.
    private static let toWorkIn: Int32 = 0o10000000

    /// The folder of this name in it, to be made durable, too.
    func openFolder(_ name: String) throws -> Folder {
        guard let folder = try folder(name, O_RDONLY) else { throw SystemError("open", full(name), code: ENOENT) }
        return folder
    }

    private func folder(_ name: String, _ access: Int32) throws -> Folder? {
        let inner = uninterrupted { openat(descriptor, name, access | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) }
        if inner >= 0 { return Folder(descriptor: inner, path: full(name)) }
        if errno == ENOENT { return nil }
        if errno == ENOTDIR || errno == ELOOP { throw InTheWay(path: full(name)) }
        throw SystemError("open", full(name))
    }

    /// The folder of this name in it, made when there is none.
    func makeFolder(_ name: String, mode: mode_t) throws -> (folder: Folder, isNew: Bool) {
        if let there = try folder(name) { return (there, false) }
        let isNew = mkdirat(descriptor, name, mode) == 0
        guard isNew || errno == EEXIST else { throw SystemError("make the folder", full(name)) }
        guard let made = try folder(name) else { throw SystemError("open", full(name), code: ENOENT) }
        return (made, isNew)
    }

    /// Creates a file that must not exist yet.
    func create(_ name: String, mode: mode_t = 0o644) throws -> OpenFile {
        let file = uninterrupted { openat(descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode) }
        guard file >= 0 else { throw SystemError("create", full(name)) }
        return OpenFile(descriptor: file, path: full(name))
    }

    /// Makes a symbolic link; nothing of its name may be there.
    func makeLink(_ name: String, to target: String) throws {
        guard symlinkat(target, descriptor, name) == 0 else { throw SystemError("make the link", full(name)) }
    }

    func open(_ name: String) throws -> OpenFile {
        let file = uninterrupted { openat(descriptor, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) }
        guard file >= 0 else { throw SystemError("open", full(name)) }
        return OpenFile(descriptor: file, path: full(name))
    }

    /// Opens a file that is there, to write to it.
    func openToWrite(_ name: String) throws -> OpenFile {
        let file = uninterrupted { openat(descriptor, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) }
        guard file >= 0 else { throw SystemError("open", full(name)) }
        return OpenFile(descriptor: file, path: full(name))
    }

    func status(_ name: String) throws -> FileStatus? { try FileStatus.of(name, in: descriptor) }

    /// Removes a file; nothing there is fine.
    func remove(_ name: String) throws {
        if unlinkat(descriptor, name, 0) == 0 || errno == ENOENT { return }
        if errno == EISDIR { throw InTheWay(path: full(name)) }
        throw SystemError("remove", full(name))
    }

    /// Removes a folder if it is empty. True when it is gone.
    func removeEmptyFolder(_ name: String) throws -> Bool {
        if unlinkat(descriptor, name, AT_REMOVEDIR) == 0 || errno == ENOENT { return true }
        // In use, or a place where another file system is mounted: it stays.
        if [ENOTEMPTY, EEXIST, EBUSY].contains(errno) { return false }
        throw SystemError("remove the folder", full(name))
    }

    /// Removes a file, or a folder with all that is in it.
    func removeTree(_ name: String) throws {
        guard try status(name)?.kind == .folder, let inner = try folder(name) else { return try remove(name) }
        for name in try inner.names() { try inner.removeTree(name) }
        _ = try removeEmptyFolder(name)
    }

    /// Renames over what is there. False when the target is on another file system.
    func rename(_ name: String, to folder: Folder, _ target: String) throws -> Bool {
        if renameat(descriptor, name, folder.descriptor, target) == 0 { return true }
        if errno == EXDEV { return false }
        if errno == EISDIR { throw InTheWay(path: folder.full(target)) }
        throw SystemError("rename \(full(name)) to", folder.full(target))
    }

    /// Renames without replacing. False when the target exists.
    func renameToNew(_ name: String, to folder: Folder, _ target: String) throws -> Bool {
        if renameat2(descriptor, name, folder.descriptor, target, Self.noReplace) == 0 { return true }
        if errno == EEXIST { return false }
        // Some file systems know no such rename. A link refuses to replace as well.
        if errno == EINVAL || errno == ENOSYS {
            guard try link(name, to: folder, target) else { return false }
            try remove(name)
            return true
        }
        throw SystemError("rename \(full(name)) to", folder.full(target))
    }

    /// RENAME_NOREPLACE, shown under _GNU_SOURCE only.
    private static let noReplace: UInt32 = 1

    /// A second name for a file. False when the target exists.
    func link(_ name: String, to folder: Folder, _ target: String) throws -> Bool {
        if linkat(descriptor, name, folder.descriptor, target, 0) == 0 { return true }
        if errno == EEXIST { return false }
        throw SystemError("link \(full(name)) to", folder.full(target))
    }

    /// Sets the modification time.
    func setModified(_ name: String, _ time: Timestamp) throws {
        let moment = timespec(tv_sec: Int(time.seconds), tv_nsec: 0)
        guard utimensat(descriptor, name, [moment, moment], AT_SYMLINK_NOFOLLOW) == 0 else {
            throw SystemError("set the time of", full(name))
        }
    }

    /// Gives a file the mode of everything public.
    func makeReadable(_ name: String) throws {
        guard fchmodat(descriptor, name, 0o644, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw SystemError("set the mode of", full(name))
        }
    }

    /// Gives itself the mode of every public folder.
    func letEverybodyIn() throws {
        // The descriptor names the folder and is not open for reading (O_PATH), which fchmod(2) does not take.
        guard chmod("/proc/self/fd/\(descriptor)", 0o755) == 0 else { throw SystemError("set the mode of", path) }
    }

    /// The names in it, in byte order.
    func names() throws -> [String] { try Files.names(in: path, at: descriptor) }

    /// Makes everything written to its file system durable. Also what failed to be written since it was opened comes to light here.
    func syncFileSystem() throws {
        guard uninterrupted({ syncfs(descriptor) }) == 0 else { throw SystemError("sync", path) }
    }

    func full(_ name: String) -> String { Files.join(path, name) }

    /// Something else stands where a folder or a file should be.
    struct InTheWay: Error, CustomStringConvertible {
        var path: String
        var description: String {
            "\(path) is not what should be there (symbolic links are not followed); remove it and run this again"
        }
    }
}

/// The way from a folder down to the one at hand, held open: neighbours share most of it.
struct Trail: ~Copyable {
    let root: Folder
    private var steps: [(name: Substring.UTF8View, folder: Folder)] = []
    private var current = ""
    /// Folders in which folders were made, as full paths: they must be made durable.
    private(set) var grown: Set<String> = []

    init(from root: Folder) { self.root = root }

    /// The folder at a path from the root; nil when there is none.
    mutating func folder(_ path: String) throws -> Folder? { try walk(path) { try $0.folder($1).map { ($0, false) } } }

    /// The same, with all folders on the way made when they are missing.
    mutating func makeFolder(_ path: String) throws -> Folder {
        guard let folder = try walk(path, { try $0.makeFolder($1, mode: 0o755) }) else { preconditionFailure("it was made") }
        return folder
    }

    /// Steps back to the root: folders may be removed now.
    mutating func goBack() {
        steps = []
        current = ""
    }

    mutating func takeGrown() -> Set<String> {
        defer { grown = [] }
        return grown
    }

    private mutating func walk(
        _ path: String, _ step: (Folder, String) throws -> (folder: Folder, isNew: Bool)?
    ) throws -> Folder? {
        if path == current, !path.isEmpty { return steps.last?.folder }
        let names = path.utf8.split(separator: UInt8(ascii: "/")).map(Substring.init)
        var shared = 0
        while shared < min(names.count, steps.count), names[shared].utf8.elementsEqual(steps[shared].name) { shared += 1 }
        steps.removeLast(steps.count - shared)
        // A step that throws leaves no path that was not walked.
        current = ""
        for name in names[shared...] {
            let above = steps.last?.folder ?? root
            guard name != "." && name != ".." else { throw Folder.InTheWay(path: above.full(String(name))) }
            guard let (folder, isNew) = try step(above, String(name)) else { return nil }
            if isNew { grown.insert(above.path) }
            steps.append((name.utf8, folder))
        }
        current = path
        return steps.last?.folder ?? root
    }
}
