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
    private static let process = getpid()
    /// Threads that create files in one folder wait for each other; in several they hardly ever do.
    private static let shelves = 16

    /// Makes the folders.
    func prepare() throws {
        for shelf in 0..<Self.shelves { try Files.makeFolder("\(path)/\(shelf)") }
    }

    /// A new, empty name; the file is the caller's to create.
    func next() -> StagedFile {
        let number = Self.counter.add(1, ordering: .relaxed).newValue
        return StagedFile(path: "\(path)/\(number % Self.shelves)/\(Self.process)-\(number)")
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
        try Files.walk(path) { relative, _ in
            guard let owner = Int32(Files.name(of: relative).prefix { $0 != "-" }), owner != Self.process else { return }
            if kill(owner, 0) != 0, errno == ESRCH { try Files.remove(Files.join(path, relative)) }
        }
    }
}
