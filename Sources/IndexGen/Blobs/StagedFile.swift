internal import Formats
internal import Glibc
internal import Synchronization

/// A file in the staging folder that vanishes unless it is moved to its place. A small one may stay in memory until somebody needs
/// it on the disk: most documents that are rendered again turn out to be public already.
final class StagedFile: Sendable {
    private let name: String
    private let state = Mutex(State.onDisk)

    private enum State {
        case held([UInt8])
        /// Written, or about to be written by whoever asked for the name.
        case onDisk
        case moved
    }

    fileprivate init(path: String) { name = path }

    deinit {
        if case .onDisk = state.withLock({ $0 }) { unlink(name) }
    }

    /// Keeps the whole content in memory.
    func hold(_ bytes: [UInt8]) { state.withLock { $0 = .held(bytes) } }

    /// Its path; from now on the content is there.
    func path() throws -> String {
        try state.withLock { state in
            if case .held(let bytes) = state {
                try Meter.measure(.write) { try OpenFile(creating: name).write(bytes) }
                state = .onDisk
            }
        }
        return name
    }

    /// Brings it to its final place unless something is there: then it returns false. What was held in memory is written there, and
    /// nowhere before.
    func moveToNew(_ target: String) throws -> Bool {
        if case .held(let bytes) = state.withLock({ $0 }) {
            guard try Files.create(target, with: bytes) else { return false }
            state.withLock { $0 = .moved }
            return true
        }
        guard try Files.renameToNew(path(), target) else { return false }
        state.withLock { $0 = .moved }
        return true
    }

    /// Renames it to its final place, replacing what was there.
    func move(to target: String) throws {
        try Files.rename(path(), to: target)
        state.withLock { $0 = .moved }
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
        try Meter.measure(.write) { try OpenFile(creating: staged.path()).write(bytes) }
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
