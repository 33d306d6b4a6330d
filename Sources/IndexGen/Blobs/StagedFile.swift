internal import Formats
internal import Glibc
internal import Synchronization

/// A file in the staging folder that vanishes unless it is moved to its place.
final class StagedFile: Sendable {
    let path: String
    private let moved = Mutex(false)

    init(path: String) { self.path = path }

    deinit {
        if !moved.withLock({ $0 }) { unlink(path) }
    }

    /// Renames it to its final place, replacing what was there.
    func move(to target: String) throws {
        try Files.rename(path, to: target)
        moved.withLock { $0 = true }
    }
}

/// Hands out names for staged files that no other process uses.
struct StagingFolder: Sendable {
    let path: String
    private static let counter = Atomic<Int>(0)

    /// A new, empty name; the file is the caller's to create.
    func next() -> StagedFile {
        let number = Self.counter.add(1, ordering: .relaxed).newValue
        return StagedFile(path: "\(path)/\(getpid())-\(number)")
    }

    /// Stages bytes.
    func stage(_ bytes: [UInt8]) throws -> StagedFile {
        let staged = next()
        let file = try OpenFile(creating: staged.path)
        try file.write(bytes)
        return staged
    }

    /// Removes what crashed processes left: files whose process is gone.
    func sweep() throws {
        for name in try Files.names(in: path) {
            guard let owner = Int32(name.prefix { $0 != "-" }), owner != getpid() else { continue }
            if kill(owner, 0) != 0, errno == ESRCH { try Files.remove(Files.join(path, name)) }
        }
    }
}
