internal import Formats
internal import Glibc

/// Carries a publication out in the public tree. The only code that writes below `public/`.
struct Publisher: ~Copyable {
    let root: String
    let blobs: BlobStore
    private let state: Folder
    private let staging: StagingFolder
    private var trail: Trail
    private let carrier: Carrier

    init(site: Site) throws {
        let folder = try Self.open(site.publicRoot)
        carrier = try Carrier(in: folder)
        trail = Trail(from: folder)
        root = site.publicRoot
        blobs = site.blobs
        state = site.stateFolder
        staging = site.staging
    }

    /// A tree that was taken away as a whole is begun anew.
    private static func open(_ root: String) throws -> Folder {
        do {
            return try Folder(root)
        } catch let error as SystemError where error.code == ENOENT {
            try Files.makeFolder(root)
            let folder = try Folder(root)
            try folder.syncFileSystem()
            return folder
        }
    }

    /// Lets everybody into the folders, and gives files whose modification time no right clock has reached the present one. Validators
    /// made of such a time lie ahead of every new one, so no two versions of a file share theirs.
    func mend(horizon: Timestamp) throws {
        let limit = Timestamp(seconds: horizon.seconds + Self.drift)
        let now = Timestamp(seconds: horizon.seconds - Clock.tolerance)
        var trail = Trail(from: trail.root)
        var late: [String] = []
        var closed: [String] = try FileStatus.followed(root)?.isEnterableByAll == false ? [""] : []
        func look(at folder: String) throws -> Bool {
            if try FileStatus.of(Files.join(root, folder))?.isEnterableByAll == false { closed.append(folder) }
            return false
        }
        try Files.walk(root, skipping: look) { path, kind in
            guard kind == .file, let status = try FileStatus.of(Files.join(root, path)), status.modified > limit else { return }
            late.append(path)
        }
        for path in late {
            guard let folder = try trail.folder(Files.folder(of: path)) else { continue }
            try folder.setModified(Files.name(of: path), now)
        }
        for path in closed { try trail.folder(path)?.letEverybodyIn() }
    }

    /// Modification times move ahead of the clock where a document changes more than once a second for long: by so many seconds at
    /// most. What is later was written under a wrong clock.
    static let drift: Int64 = 3_600

    /// Ranks are done one after the other, each durable before the next begins.
    mutating func publish(_ publication: Publication) throws {
        try placePackages(publication.packages)
        // A link is durable with the folder that it is in.
        let staged = (publication.puts.map(\.content) + publication.digestNames.map(\.content)).filter { $0.linkTarget == nil }
        try Durability.secure(files: Set(staged.map { try $0.path() }).sorted(), folders: [], on: state)
        try putDigestNames(publication.digestNames)
        for rank in Rank.allCases { try put(publication.puts(of: rank)) }
        trail.goBack()
        for rank in Rank.allCases.reversed() { try remove(publication.removals(of: rank)) }
        try remove(publication.record.expired)
        try carrier.clear()
    }

    /// The catalog forgets them only once they are gone for good: until then the next run takes them away again.
    private mutating func remove(_ paths: [String]) throws {
        var changed: Set<String> = []
        for path in paths {
            if let folder = try remove(path) { changed.insert(folder) }
        }
        try secure(changed.filter { try FileStatus.of($0)?.kind == .folder })
    }

    /// Makes the whole tree durable.
    func secureAll() throws { try trail.root.syncFileSystem() }

    private mutating func placePackages(_ packages: [PlacedFile]) throws {
        var changed: Set<String> = []
        for package in packages {
            let name = Files.name(of: package.path)
            if package.isPlaced, let folder = try trail.folder(Files.folder(of: package.path)),
                let there = try folder.status(name),
                try blobs.status(of: package.sha256).map({ $0.isSameFile(as: there) }) ?? false
            {
                if !there.isReadableByAll { try folder.makeReadable(name) }
                continue
            }
            let folder = try trail.makeFolder(Files.folder(of: package.path))
            // The common case: a new path, and a file system with links.
            if !package.isPlaced, try blobs.link(package.sha256, to: name, in: folder) == 0 {
                changed.insert(folder.path)
            } else if try place(package, in: folder, name) || !package.isPlaced {
                // What was placed by a run that did not come to its end may not be durable.
                changed.insert(folder.path)
            }
        }
        try secure(changed)
    }

    /// True when the tree changed. Whatever is there already is looked at.
    private func place(_ package: PlacedFile, in folder: Folder, _ name: String) throws -> Bool {
        guard let source = try blobs.status(of: package.sha256) else {
            // What is listed already is no worse off than before, and the others are better off; `verify` says what is lost.
            if package.isPlaced { return false }
            throw PublishingError(
                what: "the blob of \(folder.full(name)) is missing (\(blobs.path(of: package.sha256)))",
                remedy: "add the package again, restore the blob from a backup, or remove that package")
        }
        if let there = try folder.status(name) {
            if there.isSameFile(as: source) { return false }
            if there.kind == .file, there.size == package.size, there.isReadableByAll,
                try SHA256Digest.of(folder.open(name)).digest == package.sha256
            {
                return false
            }
        }
        let staged = staging.next()
        let code = try blobs.link(package.sha256, to: staged)
        guard code == 0 || Files.isWithoutLink(code) else {
            throw SystemError("link \(blobs.path(of: package.sha256)) to", folder.full(name), code: code)
        }
        if try code != 0 || !staged.move(to: name, in: folder) {
            try carrier.carry(blobs.open(package.sha256), modified: source.modified, to: folder, name)
        }
        return true
    }

    /// What is there already was left by an interrupted run, or superseded and is made again: a document that is public may name it,
    /// so it is replaced without a gap.
    private mutating func putDigestNames(_ names: [(content: StagedFile, path: String)]) throws {
        var changed: Set<String> = []
        for (content, path) in names {
            let folder = try trail.makeFolder(Files.folder(of: path))
            let name = Files.name(of: path)
            changed.insert(folder.path)
            if try folder.status(name) == nil {
                if try !content.link(to: name, in: folder) { try carry(content, to: folder, name) }
            } else {
                let second = staging.next()
                if try !content.link(to: second) || !second.move(to: name, in: folder) { try carry(content, to: folder, name) }
            }
        }
        try secure(changed)
    }

    private mutating func put(_ puts: [Publication.Put]) throws {
        var changed: Set<String> = []
        for put in puts { changed.insert(try replace(put)) }
        try secure(changed)
    }

    private mutating func secure(_ changed: Set<String>) throws {
        try Durability.secure(files: [], folders: changed.union(trail.takeGrown()), on: trail.root)
    }

    /// Renames a staged file over its public path; returns the folder.
    ///
    /// The new file's time is always later than the old one's by a whole second at least: clients and servers compare modification
    /// times (and sizes) at that resolution, and would take a change within one second for none. An old one that lies far ahead of the
    /// new was written under a wrong clock: it goes back, to a time that no version before the mistake had.
    private mutating func replace(_ put: Publication.Put) throws -> String {
        let folder = try trail.makeFolder(Files.folder(of: put.path))
        let name = Files.name(of: put.path)
        if let old = try folder.status(name), let new = try put.content.status(), new.modified <= old.modified,
            old.modified.seconds - new.modified.seconds <= Self.drift
        {
            try put.content.setModified(Timestamp(seconds: old.modified.seconds + 1))
        }
        if try !put.content.move(to: name, in: folder) { try carry(put.content, to: folder, name) }
        return folder.path
    }

    private func carry(_ content: StagedFile, to folder: Folder, _ name: String) throws {
        if let target = content.linkTarget { return try carrier.link(to: target, in: folder, name) }
        let modified = try content.status()?.modified ?? Timestamp(seconds: 0)
        try carrier.carry(content.open(), modified: modified, to: folder, name)
    }

    /// - Returns: the folder that is one name shorter now; nil when nothing was there. What is in folders that are gone is gone with them.
    private mutating func remove(_ path: String) throws -> String? {
        var path = path
        guard let folder = try trail.folder(Files.folder(of: path)) else { return nil }
        try folder.remove(Files.name(of: path))
        var changed = folder.path
        // The folders that are empty now, from the bottom up.
        while case let inner = Files.folder(of: path), !inner.isEmpty {
            guard let above = try trail.folder(Files.folder(of: inner)), try above.removeEmptyFolder(Files.name(of: inner)) else {
                break
            }
            changed = above.path
            path = inner
        }
        return changed
    }
}

/// Brings files into a public tree that lies on another file system than the state, or on one without links: as copies, made in a
/// folder of the tree and renamed from there. One publisher at a time has it, so what lies in it was left by one that is gone.
private struct Carrier {
    private static let name = ".indexgen-new"
    private let root: Folder

    init(in root: Folder) throws {
        self.root = root
        try clear()
    }

    func clear() throws {
        guard let folder = try root.folder(Self.name) else { return }
        for name in try folder.names() { try folder.remove(name) }
        _ = try root.removeEmptyFolder(Self.name)
    }

    func link(to target: String, in folder: Folder, _ name: String) throws {
        let hold = try root.makeFolder(Self.name, mode: 0o755).folder
        try hold.remove("file")
        try hold.makeLink("file", to: target)
        try move(from: hold, to: folder, name)
    }

    func carry(_ source: borrowing OpenFile, modified: Timestamp, to folder: Folder, _ name: String) throws {
        let hold = try root.makeFolder(Self.name, mode: 0o755).folder
        try hold.remove("file")
        do {
            let copy = try hold.create("file")
            try Files.copy(source, to: copy)
            try hold.setModified("file", modified)
            try copy.sync()
        }
        try move(from: hold, to: folder, name)
    }

    private func move(from hold: Folder, to folder: Folder, _ name: String) throws {
        guard try hold.rename("file", to: folder, name) else {
            throw PublishingError(
                what: "\(folder.path) is on another file system than \(root.path)", remedy: "mount nothing inside the public tree"
            )
        }
    }
}

struct PublishingError: Error, CustomStringConvertible {
    var what: String
    var remedy: String
    var description: String { "\(what); \(remedy)" }
}
