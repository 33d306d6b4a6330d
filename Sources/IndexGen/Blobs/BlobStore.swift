internal import Formats
internal import Glibc

/// Package files by content: `state/blobs/AB/CDEF…` by SHA-256. A blob is written once and never changed.
struct BlobStore: Sendable {
    let root: String

    func path(of sha256: [UInt8]) -> String {
        let hex = Hex.string(sha256)
        return "\(root)/\(hex.prefix(2))/\(hex.dropFirst(2))"
    }

    /// Whether a blob is there, by its size.
    func has(_ sha256: [UInt8], size: Int) throws -> Bool {
        guard let there = try FileStatus.of(path(of: sha256)) else { return false }
        return there.kind == .file && there.size == size
    }

    /// Moves a staged file to its place, unless the same content is there already. The caller makes it durable.
    ///
    /// - Parameter isKnown: whether the catalog has the blob already. What lies there without its knowledge was left by a crash, and
    ///   nobody knows how much of it reached the disk: it is replaced.
    /// - Returns: the folder that changed, or nil.
    func put(_ staged: StagedFile, sha256: [UInt8], size: Int, isKnown: Bool) throws -> String? {
        let target = path(of: sha256)
        let folder = Files.folder(of: target)
        do {
            if try staged.moveToNew(target) { return folder }
        } catch let error as SystemError where error.code == ENOENT {
            try Files.makeFolder(folder)
            if try staged.moveToNew(target) { return folder }
        }
        if isKnown, try has(sha256, size: size) { return nil }
        // A blob of another size is damage (a crash of the file system, say): the bytes at hand are right.
        try staged.move(to: target)
        return folder
    }
}
