internal import Formats
internal import Glibc
internal import Synchronization

/// `state/catalog.stamp`: which catalog the blobs and the tree were made with, and up to which change. Written beside the catalog after
/// each transaction that changed something, and so never ahead of it, unless an older catalog was put in its place (from a backup) or its
/// last transactions are gone.
///
/// One line: the catalog's identity (32 hexadecimal digits), the change's number (20 digits), and a digest of both (16 digits). What does
/// not read like this says nothing. It is not synced: it speaks of restored catalogs, not of power cuts.
final class CatalogStamp: Sendable {
    struct Value: Equatable, Sendable {
        /// 16 random bytes, given when the catalog was made.
        var identity: [UInt8]
        /// `journal.id`
        var change: Int64
    }

    private let file: OpenFile
    private let written: Mutex<Int64?>

    init(beside catalog: String) throws {
        let folder = try Folder(Files.folder(of: catalog))
        let name = "catalog.stamp"
        let descriptor = openat(folder.descriptor, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SystemError("open", folder.full(name)) }
        file = OpenFile(descriptor: descriptor, path: folder.full(name))
        // Nil: nothing is written before the stamp has been compared.
        written = Mutex(nil)
    }

    /// Nil where nothing was written yet, or nothing that can be read.
    func read() throws -> Value? {
        let words = try file.read(at: 0, count: Self.size).split(separator: UInt8(ascii: " "))
        guard words.count == 3, let identity = Hex.bytes(words[0]), let change = Int64(String(decoding: words[1], as: UTF8.self))
        else {
            return nil
        }
        let value = Value(identity: identity, change: change)
        return Self.line(value).elementsEqual(words.joined(separator: [UInt8(ascii: " ")])) ? value : nil
    }

    /// Makes this the stamp, whatever it was.
    func begin(with value: Value) throws {
        try written.withLock { written in
            try write(value)
            written = value.change
        }
    }

    /// No more stamps of this catalog: the one that is there is newer.
    func keep() { written.withLock { $0 = nil } }

    /// To be called behind each commit, by the session that made it.
    func follow(_ db: Database) {
        written.withLock { written in
            guard let last = written, let value = try? Self.value(in: db), value.change > last else { return }
            // The package is in, and durable. Without a stamp a restored catalog is not recognised, which is not a reason to refuse it.
            guard (try? write(value)) != nil else { return }
            written = value.change
        }
    }

    static func value(in db: Database) throws -> Value {
        let change = try Int64.fetchOne(db.cachedStatement(sql: "SELECT MAX(id) FROM journal")) ?? 0
        let identity = try Row.fetchOne(db.cachedStatement(sql: "SELECT value FROM meta WHERE key = 'identity'"))?.bytes(0) ?? []
        return Value(identity: identity, change: change)
    }

    private func write(_ value: Value) throws {
        let line = Self.line(value)
        var written = 0
        while written < line.count {
            let count = line[written...].withUnsafeBytes { pwrite(file.descriptor, $0.baseAddress, $0.count, off_t(written)) }
            if count < 0, errno != EINTR { throw SystemError("write", file.path) }
            written += max(0, count)
        }
    }

    private static let size = 32 + 1 + 20 + 1 + 16

    private static func line(_ value: Value) -> [UInt8] {
        let number = String(value.change)
        let text = Hex.string(value.identity) + " " + String(repeating: "0", count: max(0, 20 - number.utf8.count)) + number
        return Array(text.utf8) + [UInt8(ascii: " ")] + Hex.string(Array(SHA256Digest.of(Array(text.utf8)).prefix(8))).utf8
    }
}

extension Catalog {
    /// What the blobs and the tree were made with, where that is newer than this catalog.
    struct Ahead: Error, Equatable, CustomStringConvertible {
        /// The last change that the newer catalog knew; 0 where it was another catalog.
        var change: Int64
        /// The last change of this one.
        var own: Int64

        var description: String {
            let newer =
                change > 0 ? "they have seen change \(change), it ends with change \(own)" : "they were made with another one"
            return """
                state/catalog.sqlite is older than the packages beside it (\(newer)), as after restoring a backup; nothing is pruned. \
                Put the newer catalog back, or see what can be taken in again with: indexgen recover --dry-run
                """
        }
    }

    /// Nil where the catalog knows all that was ever taken in.
    func ahead() throws -> Ahead? {
        guard let value = try memory("ahead") else { return nil }
        return Ahead(
            change: Int64(String(decoding: value, as: UTF8.self)) ?? 0,
            own: try pool.read { try CatalogStamp.value(in: $0) }.change)
    }

    /// Looks whether this catalog was put in the place of a newer one, and remembers it: later changes would hide it.
    func compareStamp() throws {
        // First the stamp: it only grows.
        let found = try stamp.read()
        let own = try pool.read { try CatalogStamp.value(in: $0) }
        if try memory("ahead") != nil { return stamp.keep() }
        guard let found, found.identity != own.identity || found.change > own.change else { return try stamp.begin(with: own) }
        try remember("ahead", Array("\(found.identity == own.identity ? found.change : 0)".utf8))
        stamp.keep()
    }

    /// From now on this catalog is the one that blobs and tree belong to.
    func settle() throws {
        try pool.write { try $0.execute(sql: "DELETE FROM meta WHERE key = 'ahead'") }
        try stamp.begin(with: try pool.read { try CatalogStamp.value(in: $0) })
    }
}
