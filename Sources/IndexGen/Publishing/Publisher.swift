internal import Formats
internal import Glibc

/// Carries a publication out in the public tree. The only code that writes below `public/`.
struct Publisher: ~Copyable {
    let root: String
    let blobs: BlobStore
    /// The root, opened: tens of thousands of short paths from here cost less than as many long ones.
    private let folder: OpenFile
    private var folders: Set<String> = []

    init(site: Site) throws {
        root = site.publicRoot
        blobs = site.blobs
        folder = try OpenFile(folder: root)
    }

    /// Ranks are done one after the other, each durable before the next begins.
    mutating func publish(_ publication: Publication) throws {
        try placePackages(publication.packages)
        try putLeaves(publication)
        try putRoots(publication.roots)
        for path in publication.removals + publication.record.expired { try remove(path) }
    }

    private mutating func placePackages(_ packages: [PlacedFile]) throws {
        var changed: Set<String> = []
        for package in packages {
            if package.isPlaced, let there = try FileStatus.of(package.path, in: folder.descriptor),
                try FileStatus.of(blobs.path(of: package.sha256)).map({ $0.isSameFile(as: there) }) ?? false
            {
                continue
            }
            let target = try prepare(package.path)
            // The common case: a new path, and a file system with links.
            if !package.isPlaced,
                linkat(AT_FDCWD, blobs.path(of: package.sha256), folder.descriptor, package.path, 0) == 0
            {
                changed.insert(Files.folder(of: target))
            } else if try place(package, at: target) {
                changed.insert(Files.folder(of: target))
            }
        }
        try Durability.secure(files: [], folders: changed, root: root)
    }

    /// True when the tree changed. Whatever is there already is looked at.
    private func place(_ package: PlacedFile, at target: String) throws -> Bool {
        let blob = blobs.path(of: package.sha256)
        guard let source = try FileStatus.of(blob) else {
            // What is public can stay public; `verify` says what is lost.
            if package.isPlaced, try FileStatus.of(target)?.size == package.size { return false }
            throw PublishingError(
                what: "the blob of \(package.path) is missing (\(blob))",
                remedy: "restore it from a backup, or remove that package")
        }
        if let there = try FileStatus.of(target) {
            if there.isSameFile(as: source) { return false }
            if there.kind == .file, there.size == package.size, try SHA256Digest.of(file: target).digest == package.sha256 {
                return false
            }
        }
        let temporary = "\(Files.folder(of: target))/.\(getpid()).new"
        try Files.remove(temporary)
        if Glibc.link(blob, temporary) != 0 {
            // Another file system, one without links, or too many links: a copy serves as well.
            guard [EXDEV, EPERM, EMLINK, ENOTSUP].contains(errno) else { throw SystemError("link \(blob) to", target) }
            try Files.copy(blob, to: temporary)
            try Files.setModified(temporary, source.modified)
            try OpenFile(reading: temporary).sync()
        }
        try Files.rename(temporary, to: target)
        return true
    }

    private mutating func putLeaves(_ publication: Publication) throws {
        let puts = publication.leaves
        try Durability.secure(files: (puts + publication.roots).map { try $0.content.path() }, folders: [], root: root)
        var changed: Set<String> = []
        for (content, path) in publication.digestNames {
            let target = try prepare(path)
            try Files.remove(target)
            if try Files.link(content.path(), to: target) { changed.insert(Files.folder(of: target)) }
        }
        try Durability.secure(files: [], folders: changed, root: root)
        changed = []
        for put in puts { changed.insert(try replace(put)) }
        try Durability.secure(files: [], folders: changed, root: root)
    }

    private mutating func putRoots(_ puts: [Publication.Put]) throws {
        var changed: Set<String> = []
        for put in puts { changed.insert(try replace(put)) }
        try Durability.secure(files: [], folders: changed, root: root)
    }

    /// Renames a staged file over its public path; returns the folder.
    ///
    /// The new file's time is always later than the old one's by a whole second at least: clients and servers compare modification
    /// times (and sizes) at that resolution, and would take a change within one second for none.
    private mutating func replace(_ put: Publication.Put) throws -> String {
        let target = try prepare(put.path)
        let content = try put.content.path()
        if let old = try FileStatus.of(target), let new = try FileStatus.of(content), new.modified <= old.modified {
            try Files.setModified(content, Timestamp(seconds: old.modified.seconds + 1))
        }
        try put.content.move(to: target)
        return Files.folder(of: target)
    }

    private func remove(_ path: String) throws {
        let target = Files.join(root, path)
        try Files.remove(target)
        var folder = Files.folder(of: target)
        while folder.utf8.count > root.utf8.count, Files.removeEmptyFolder(folder) { folder = Files.folder(of: folder) }
    }

    /// The full path of a public file, its folder made.
    private mutating func prepare(_ path: String) throws -> String {
        try makeFolder(Files.folder(of: path))
        return Files.join(root, path)
    }

    /// Makes a folder below the root from the top down, asking the file system for each only once.
    private mutating func makeFolder(_ path: String) throws {
        guard !path.isEmpty, !folders.contains(path) else { return }
        try makeFolder(Files.folder(of: path))
        if mkdirat(folder.descriptor, path, 0o755) != 0 {
            let full = Files.join(root, path)
            guard errno == EEXIST else { throw SystemError("make the folder", full) }
            guard try FileStatus.of(full)?.kind == .folder else {
                throw PublishingError(what: "\(full) is no folder", remedy: "remove what stands in its place")
            }
        }
        folders.insert(path)
    }
}

struct PublishingError: Error, CustomStringConvertible {
    var what: String
    var remedy: String
    var description: String { "\(what); \(remedy)" }
}
