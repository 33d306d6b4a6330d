internal import Formats
internal import Glibc
internal import Synchronization

/// A file in the staging folder that vanishes unless it is moved to its place. A small one may stay in memory until somebody needs
/// it on the disk: most documents that are rendered again turn out to be public already.
final class StagedFile: Sendable {
    private let folder: Folder
    private let name: String
    private let state = Mutex(State.onDisk)

    private enum State {
        case held([UInt8])
        /// Written, or about to be written by whoever asked for the name.
        case onDisk
        /// A symbolic link, on the disk.
        case link(String)
        case moved
    }

    fileprivate init(in folder: Folder, named name: String) {
        self.folder = folder
        self.name = name
    }

    deinit {
        switch state.withLock({ $0 }) {
        case .onDisk, .link: unlinkat(folder.descriptor, name, 0)
        case .held, .moved: break
        }
    }

    /// Keeps the whole content in memory.
    func hold(_ bytes: [UInt8]) { state.withLock { $0 = .held(bytes) } }

    /// Makes the file, for the caller to fill.
    func create() throws -> OpenFile { try folder.create(name) }

    func open() throws -> OpenFile {
        try settle()
        return try folder.open(name)
    }

    /// Its path; from now on the content is there.
    func path() throws -> String {
        try settle()
        return folder.full(name)
    }

    /// Becomes a second name for a file. 0, or the number of the error: then nothing is staged.
    func link(_ source: String, in place: Int32, flags: Int32 = 0) -> Int32 {
        linkat(place, source, folder.descriptor, name, flags) == 0 ? 0 : errno
    }

    /// Becomes a symbolic link.
    func becomeLink(to target: String) throws {
        try folder.makeLink(name, to: target)
        state.withLock { $0 = .link(target) }
    }

    /// Where it leads, if it is a symbolic link that was not moved yet.
    var linkTarget: String? { state.withLock { if case .link(let target) = $0 { target } else { nil } } }

    func status() throws -> FileStatus? {
        try settle()
        return try folder.status(name)
    }

    func setModified(_ time: Timestamp) throws { try folder.setModified(name, time) }

    /// Brings it to its final place unless something is there: then it returns false. What was held in memory is written there, and
    /// nowhere before.
    func moveToNew(_ target: String, in place: Folder) throws -> Bool {
        if case .held(let bytes) = state.withLock({ $0 }) {
            guard try Self.write(bytes, toNew: target, in: place) else { return false }
            state.withLock { $0 = .moved }
            return true
        }
        guard try folder.renameToNew(name, to: place, target) else { return false }
        state.withLock { $0 = .moved }
        return true
    }

    /// Renames it to its final place, replacing what was there. False when that is on another file system.
    func move(to target: String, in place: Folder) throws -> Bool {
        try settle()
        guard try folder.rename(name, to: place, target) else { return false }
        state.withLock { $0 = .moved }
        return true
    }

    /// A second name at its final place. False when that is on another file system, or on one without links.
    func link(to target: String, in place: Folder) throws -> Bool {
        try settle()
        if linkat(folder.descriptor, name, place.descriptor, target, 0) == 0 { return true }
        guard Files.isWithoutLink(errno) else { throw SystemError("link \(folder.full(name)) to", place.full(target)) }
        return false
    }

    /// A second name in the staging folder. False on a file system without links.
    func link(to second: StagedFile) throws -> Bool { try link(to: second.name, in: second.folder) }

    private func settle() throws {
        try state.withLock { state in
            guard case .held(let bytes) = state else { return }
            try Meter.measure(.write) { try folder.create(name).write(bytes) }
            state = .onDisk
        }
    }

    /// False when there is such a file. One that cannot be written to its end does not stay.
    private static func write(_ bytes: [UInt8], toNew target: String, in place: Folder) throws -> Bool {
        do {
            let file = try place.create(target)
            do {
                try file.write(bytes)
            } catch {
                unlinkat(place.descriptor, target, 0)
                throw error
            }
            return true
        } catch let error as SystemError where error.code == EEXIST {
            return false
        }
    }
}

/// Hands out names for staged files that no other process uses.
struct StagingFolder: Sendable {
    let path: String
    private let shelves: [Folder]
    private static let counter = Atomic<Int>(0)
    private static let process = getpid()
    /// Threads that create files in one folder wait for each other; in several they hardly ever do.
    private static let count = 16

    /// Makes the folders below `place`.
    init(in place: Folder) throws {
        let folder = try place.makeFolder("staging", mode: 0o700).folder
        path = folder.path
        shelves = try (0..<Self.count).map { try folder.makeFolder("\($0)", mode: 0o700).folder }
    }

    /// A new, empty name; the file is the caller's to create.
    func next() -> StagedFile {
        let number = Self.counter.add(1, ordering: .relaxed).newValue
        return StagedFile(in: shelves[number % Self.count], named: "\(Self.process)-\(number)")
    }

    /// Stages bytes.
    func stage(_ bytes: [UInt8]) throws -> StagedFile {
        let staged = next()
        try Meter.measure(.write) { try staged.create().write(bytes) }
        return staged
    }

    /// Removes what crashed processes left: files whose process is gone.
    func sweep() throws {
        for shelf in shelves {
            for name in try shelf.names() {
                guard let owner = Int32(name.prefix { $0 != "-" }), owner != Self.process else { continue }
                if kill(owner, 0) != 0, errno == ESRCH { try shelf.remove(name) }
            }
        }
    }
}
