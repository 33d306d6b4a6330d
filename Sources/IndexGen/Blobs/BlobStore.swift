internal import Formats
internal import Glibc
internal import Synchronization

/// Package files by content: `state/blobs/AB/CDEF…` by SHA-256. A blob is written once and never changed.
final class BlobStore: Sendable {
    let root: String
    let folder: Folder
    private let shelves = Mutex(Shelves())

    /// What is known of the 256 folders.
    private struct Shelves {
        /// Those that are held open, and the order in which they came to be: a process may have 256 descriptors and no more.
        var open: [String: Folder] = [:]
        var order: [String] = []
        /// Those whose names this process has made durable, and those that it does with the next sync of the store's own folder: any
        /// other may have been made by a process that was killed at once.
        var secured: Set<String> = []
        var pending: Set<String> = []

        static let most = 32

        mutating func keep(_ folder: Folder, as name: String) {
            if open.updateValue(folder, forKey: name) != nil { return }
            if order.count == Self.most { open[order.removeFirst()] = nil }
            order.append(name)
        }
    }

    /// Makes the folder below `place`.
    init(in place: Folder) throws {
        let isNew = try place.makeFolder("blobs", mode: 0o700).isNew
        folder = try place.openFolder("blobs")
        root = folder.path
        if isNew { try place.syncFileSystem() }
    }

    var isEmpty: Bool { get throws { try folder.names().isEmpty } }

    func path(of sha256: [UInt8]) -> String {
        let (shelf, name) = Self.names(of: sha256)
        return "\(root)/\(shelf)/\(name)"
    }

    /// Status of a blob, nil when it is not there.
    func status(of sha256: [UInt8]) throws -> FileStatus? {
        let (shelf, name) = Self.names(of: sha256)
        return try self.shelf(shelf)?.status(name)
    }

    /// Whether a blob is there, by its size.
    func has(_ sha256: [UInt8], size: Int) throws -> Bool {
        guard let there = try status(of: sha256) else { return false }
        return there.kind == .file && there.size == size
    }

    func open(_ sha256: [UInt8]) throws -> OpenFile {
        let (shelf, name) = Self.names(of: sha256)
        guard let folder = try self.shelf(shelf) else { throw SystemError("open", path(of: sha256), code: ENOENT) }
        return try folder.open(name)
    }

    /// A second name for a blob. 0, or the number of the error.
    func link(_ sha256: [UInt8], to target: String, in place: Folder) throws -> Int32 {
        let (shelf, name) = Self.names(of: sha256)
        guard let folder = try self.shelf(shelf) else { return ENOENT }
        return linkat(folder.descriptor, name, place.descriptor, target, 0) == 0 ? 0 : errno
    }

    /// The same for a staged file.
    func link(_ sha256: [UInt8], to staged: StagedFile) throws -> Int32 {
        let (shelf, name) = Self.names(of: sha256)
        guard let folder = try self.shelf(shelf) else { return ENOENT }
        return staged.link(name, in: folder.descriptor)
    }

    func makeReadable(_ sha256: [UInt8]) throws {
        let (shelf, name) = Self.names(of: sha256)
        try self.shelf(shelf)?.makeReadable(name)
    }

    /// - Returns: the folder that lost it, for the caller to make durable.
    func remove(_ sha256: [UInt8]) throws -> String {
        let (shelf, name) = Self.names(of: sha256)
        guard let folder = try self.shelf(shelf) else { return root }
        try folder.remove(name)
        return folder.path
    }

    /// Moves a staged file to its place, unless the same content is there already. The caller makes it durable.
    ///
    /// - Parameter isKnown: whether the catalog has the blob already. What lies there without its knowledge was left by a crash, and
    ///   nobody knows how much of it reached the disk: it is replaced.
    /// - Returns: the folders that changed; none when the content is there.
    func put(_ staged: StagedFile, sha256: [UInt8], size: Int, isKnown: Bool) throws -> [String] {
        let (shelf, name) = Self.names(of: sha256)
        var changed: [String] = []
        let place: Folder
        if let there = try self.shelf(shelf) {
            place = there
        } else {
            let made = try folder.makeFolder(shelf, mode: 0o700)
            place = made.folder
            shelves.withLock { shelves in
                shelves.keep(place, as: shelf)
                if made.isNew { shelves.pending.insert(shelf) }
            }
        }
        if !shelves.withLock({ $0.secured.contains(shelf) }) {
            if !shelves.withLock({ $0.pending.contains(shelf) }) {
                let all = try folder.names()
                shelves.withLock { $0.pending.formUnion(all) }
            }
            changed.append(root)
        }
        changed.append(place.path)
        if try staged.moveToNew(name, in: place) { return changed }
        if isKnown, try has(sha256, size: size) { return [] }
        // A second name for the very file: there is nothing to move.
        if let there = try status(of: sha256), try staged.status()?.isSameFile(as: there) ?? false { return changed }
        // A blob of another size is damage (a crash of the file system, say): the bytes at hand are right.
        guard try staged.move(to: name, in: place) else { throw SystemError("rename to", place.full(name), code: EXDEV) }
        return changed
    }

    /// Every blob, by its path below the store. What is named like no blob is not ours.
    func all() throws -> [(path: String, sha256: [UInt8])] {
        var found: [(String, [UInt8])] = []
        try Files.walk(root) { path, kind in
            if kind == .file, let sha256 = Self.digest(named: path) { found.append((path, sha256)) }
        }
        return found
    }

    /// `AB/CDEF…`; nil for what is named otherwise.
    static func digest(named path: String) -> [UInt8]? {
        guard let sha256 = Hex.bytes(path.utf8.filter { $0 != UInt8(ascii: "/") }), sha256.count == 32,
            names(of: sha256) == (Files.folder(of: path), Files.name(of: path))
        else { return nil }
        return sha256
    }

    private func shelf(_ name: String) throws -> Folder? {
        if let open = shelves.withLock({ $0.open[name] }) { return open }
        guard let found = try folder.folder(name) else { return nil }
        shelves.withLock { $0.keep(found, as: name) }
        return found
    }

    /// To be called once these folders, which `put` named, are durable, before anything else is put.
    func secured(_ folders: Set<String>) {
        guard folders.contains(root) else { return }
        shelves.withLock { shelves in
            shelves.secured.formUnion(shelves.pending)
            shelves.pending = []
        }
    }

    /// How many folders are held open besides the store's own.
    var openShelves: Int { shelves.withLock(\.open.count) }

    private static func names(of sha256: [UInt8]) -> (shelf: String, name: String) {
        let hex = Hex.string(sha256)
        return (String(hex.prefix(2)), String(hex.dropFirst(2)))
    }
}
