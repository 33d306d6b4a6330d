internal import Formats
internal import Glibc

/// What files looked like when they came in, so that `add --trust-mtime` need not open them again: device, inode, size and modification
/// time, by path and by where they were to go.
///
/// It trusts that who changes a file changes one of these four. Git's rule covers what a clock is too coarse for: a file that was
/// modified in the last two seconds before it was looked at is not remembered. Kept in `state/seen`, a cache: without it files are read
/// again. A file is skipped only while the catalog still has it with the same digest.
struct SeenFiles {
    /// What `stat` says of a file.
    struct Mark: Equatable, Sendable {
        var device: UInt64
        var inode: UInt64
        var size: UInt64
        /// Since 1970.
        var seconds: UInt64
        var nanoseconds: UInt64

        /// The mark of what a path names, links followed; nil when it is not a regular file.
        init?(of path: String) {
            var info = stat()
            guard Privileges.asCaller({ fstatat(AT_FDCWD, path, &info, 0) }) == 0, info.st_mode & S_IFMT == S_IFREG else {
                return nil
            }
            device = UInt64(info.st_dev)
            inode = UInt64(info.st_ino)
            size = UInt64(info.st_size)
            seconds = UInt64(bitPattern: Int64(info.st_mtim.tv_sec))
            nanoseconds = UInt64(info.st_mtim.tv_nsec)
        }

        fileprivate init(_ numbers: [UInt64]) {
            (device, inode, size, seconds, nanoseconds) = (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4])
        }

        fileprivate var numbers: [UInt64] { [device, inode, size, seconds, nanoseconds] }
    }

    struct Entry: Equatable, Sendable {
        var mark: Mark
        /// When it was last of use: days since 1970.
        var day: UInt64
        var sha256: [UInt8]
        /// Below `public/`.
        var place: String
    }

    private let site: Site
    /// Whatever decides where a file goes and how it is read, as a digest: another owner, group or setting means another place.
    private let destination: [UInt8]
    private let folder: String
    private var entries: [[UInt8]: Entry]
    private var news: [[UInt8]: Entry] = [:]
    /// Seconds since 1970 by the machine's clock: it is compared with what the kernel writes.
    private let now: UInt64

    private static let name = "seen"
    private static let heading = [UInt8]("indexgen seen 1\n".utf8)
    /// Entries that were of no use for so long go.
    private static let keptDays: UInt64 = 60
    private static let mostEntries = 1 << 20

    init(site: Site, owner: String, type: String?, coordinates: Coordinates) throws {
        self.site = site
        var words = [ASCII.lowered(owner), type ?? ""]
        for ecosystem in site.ecosystems.all {
            let profile = ecosystem.profile
            let resolved = site.settings.coordinates(for: profile, given: coordinates)
            words += ["\(profile.id) \(profile.revision)"] + profile.coordinates.map { resolved[$0.name] ?? "" }
        }
        var key: [UInt8] = site.settings.digest
        for word in words {
            key.append(decimal: word.utf8.count)
            key.append(":\(word)")
        }
        destination = Array(SHA256Digest.of(key).prefix(8))
        folder =
            getcwd(nil, 0).map { path in
                defer { free(path) }
                return String(cString: path)
            } ?? ""
        now = UInt64(time(nil))
        entries = try Self.load(site)
    }

    /// The file's digest and public path at the last time, when it looks the same now.
    mutating func recall(_ path: String) -> Entry? {
        let key = key(of: path)
        guard var entry = entries[key], let mark = Mark(of: path), mark == entry.mark else { return nil }
        entry.day = now / 86_400
        news[key] = entry
        return entry
    }

    /// - Parameter mark: as it was before the file was read.
    mutating func remember(_ path: String, _ mark: Mark, sha256: [UInt8], place: String) {
        // What could be written again without another time to show for it is not known well enough; times ahead of now least of all.
        guard mark.seconds &+ 2 < now, mark.seconds < 1 << 62 else { return }
        news[key(of: path)] = Entry(mark: mark, day: now / 86_400, sha256: sha256, place: place)
    }

    /// Writes what is new beside what others wrote meanwhile.
    func save() throws {
        if news.isEmpty { return }
        try SiteLock.held(for: site, "seen.lock") {
            var all = try Self.load(site).merging(news) { _, new in new }.filter { $0.value.day + Self.keptDays >= now / 86_400 }
            if all.count > Self.mostEntries { all = news }
            var bytes = Self.heading
            bytes.reserveCapacity(all.count * 256)
            for (key, entry) in all {
                for number in entry.mark.numbers + [entry.day, UInt64(key.count), UInt64(entry.place.utf8.count)] {
                    withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
                }
                bytes += entry.sha256
                bytes += key
                bytes += entry.place.utf8
            }
            let temporary = "\(Self.name).new"
            try site.stateFolder.remove(temporary)
            do {
                let file = try site.stateFolder.create(temporary, mode: 0o600)
                try file.write(Sealed.seal(bytes))
            }
            _ = try site.stateFolder.rename(temporary, to: site.stateFolder, Self.name)
        }
    }

    private func key(of path: String) -> [UInt8] {
        destination + (path.hasPrefix("/") ? path : Files.join(folder, path)).utf8
    }

    /// Nothing where there is none, or one that is damaged.
    private static func load(_ site: Site) throws -> [[UInt8]: Entry] {
        guard let status = try site.stateFolder.status(name), status.kind == .file,
            let bytes = try Sealed.open(site.stateFolder.open(name).readAll(sizeHint: status.size)), bytes.starts(with: heading)
        else { return [:] }
        var entries: [[UInt8]: Entry] = [:]
        entries.reserveCapacity(bytes.count / 200)
        var at = heading.count
        while at + fixedBytes <= bytes.count {
            let numbers = (0..<8).map { field in
                bytes[(at + field * 8)..<(at + field * 8 + 8)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            }
            let lengths = (Int(clamping: numbers[6]), Int(clamping: numbers[7]))
            let texts = at + fixedBytes
            guard lengths.0 <= bytes.count - texts, lengths.1 <= bytes.count - texts - lengths.0 else { return [:] }
            let end = texts + lengths.0 + lengths.1
            entries[Array(bytes[texts..<(texts + lengths.0)])] = Entry(
                mark: Mark(numbers), day: numbers[5], sha256: Array(bytes[(at + 64)..<texts]),
                place: String(decoding: bytes[(texts + lengths.0)..<end], as: UTF8.self))
            at = end
        }
        return entries
    }

    /// Eight numbers and a SHA-256.
    private static let fixedBytes = 8 * 8 + 32
}
