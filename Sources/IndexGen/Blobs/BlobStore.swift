internal import Formats
internal import Glibc
internal import Synchronization

/// Package files by content: `state/blobs/AB/CDEF…` by SHA-256. A blob is written once and never changed.
final class BlobStore: Sendable {
    let root: String
    let folder: Folder
    /// The 256 folders, opened when they are first needed.
    private let shelves = Mutex<[String: Folder]>([:])

    /// Makes the folder below `place`.
    init(in place: Folder) throws {
        _ = try place.makeFolder("blobs", mode: 0o700)
        folder = try place.openFolder("blobs")
        root = folder.path
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

    func remove(_ sha256: [UInt8]) throws {
        let (shelf, name) = Self.names(of: sha256)
        try self.shelf(shelf)?.remove(name)
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
            place = try folder.makeFolder(shelf, mode: 0o700).folder
            shelves.withLock { $0[shelf] = place }
            changed.append(root)
        }
        changed.append(place.path)
        if try staged.moveToNew(name, in: place) { return changed }
        if isKnown, try has(sha256, size: size) { return [] }
        // A blob of another size is damage (a crash of the file system, say): the bytes at hand are right.
        guard try staged.move(to: name, in: place) else { throw SystemError("rename to", place.full(name), code: EXDEV) }
        return changed
    }

    private func shelf(_ name: String) throws -> Folder? {
        if let open = shelves.withLock({ $0[name] }) { return open }
        guard let found = try folder.folder(name) else { return nil }
        shelves.withLock { $0[name] = found }
        return found
    }

    private static func names(of sha256: [UInt8]) -> (shelf: String, name: String) {
        let hex = Hex.string(sha256)
        return (String(hex.prefix(2)), String(hex.dropFirst(2)))
    }
}
