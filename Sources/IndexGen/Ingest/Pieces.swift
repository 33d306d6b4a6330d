internal import Formats
internal import Glibc
internal import Synchronization

/// Uploads that come in pieces, over several requests: `state/pieces/SESSION.WHOSE` grows, and nobody finds it who is somebody else. They
/// outlive the process; what a connection brought before it broke is kept, so that its sender goes on from there.
///
/// Nothing of them is durable before the package comes in: after a power cut a sender finds fewer bytes than it sent, or no upload, and
/// sends again. Thread-safe; one process at a time.
final class PieceStore: Sendable {
    /// Whose an upload is. Nobody else learns that it is there.
    struct Whose: Equatable, Sendable {
        var owner: String
        /// The ecosystem's identifier.
        var type: String
        var package: String
        var sender: String

        /// The file of an upload of theirs. No part of them has a line break: names and addresses have no control characters.
        fileprivate func file(of session: String) -> String {
            let mark = SHA256Digest.of([UInt8]([owner, type, package, sender].joined(separator: "\n").utf8))
            return session + "." + Hex.string(Array(mark.prefix(16)))
        }
    }

    private let folder: Folder
    private let staging: StagingFolder
    private let limit: Int
    private let sessions = Mutex(Sessions())

    private struct Sessions {
        /// Those that this process has seen the bytes of, by their files, and the order in which they came to be known.
        var known: [String: (writer: PieceWriter, number: Int)] = [:]
        var last = 0
        /// Unfinished ones at most: those that were counted last, and those that were begun since.
        var count: Int?

        mutating func keep(_ writer: PieceWriter, as name: String) {
            last += 1
            known[name] = (writer, last)
            if known.count > PieceStore.remembered, let oldest = known.min(by: { $0.value.number < $1.value.number }) {
                known[oldest.key] = nil
            }
        }
    }

    /// How many uploads there may be that nobody has finished.
    private static let most = 10_000
    /// Those whose digests are kept; others are read once more when they go on.
    fileprivate static let remembered = 1_024
    /// - Parameter limit: bytes that an upload may have.
    init(in state: Folder, staging: StagingFolder, limit: Int) throws {
        folder = try state.makeFolder("pieces", mode: 0o700).folder
        self.staging = staging
        self.limit = limit
    }

    /// Begins an upload.
    ///
    /// - Returns: what it is called: 32 hexadecimal digits that nobody can guess.
    /// - Throws: a `Refusal` when too many are unfinished.
    func begin(_ whose: Whose) throws -> String {
        try count()
        let session = Hex.string(RandomBytes.make(16))
        let name = whose.file(of: session)
        _ = try folder.create(name, mode: 0o644)
        let writer = PieceWriter(session, name, in: folder, limit: limit, staging: staging)
        sessions.withLock { $0.keep(writer, as: name) }
        return session
    }

    /// Makes sure that there may be one more. The folder is read only where there could be too many.
    private func count() throws {
        let count = sessions.withLock { $0.count }
        let isKnown = count.map { $0 < Self.most } ?? false
        let there = try isKnown ? count ?? 0 : folder.names().count
        guard there < Self.most else {
            throw Refusal(
                .limit, "more than \(Self.most) uploads are unfinished",
                remedy: "finish or cancel those that were begun; what waits is given up after a day")
        }
        sessions.withLock { $0.count = isKnown ? ($0.count ?? there) + 1 : there + 1 }
    }

    /// An upload that is unfinished, for whoever began it; nil for everybody else. Whoever had it before has it no more.
    func writer(of session: String, _ whose: Whose) throws -> PieceWriter? {
        guard session.utf8.count == 32, Hex.bytes(session.utf8) != nil else { return nil }
        let name = whose.file(of: session)
        // It may have been given up.
        guard let status = try folder.status(name), status.kind == .file else { return nil }
        if let known = sessions.withLock({ $0.known[name] }) { return known.writer.takenOver() }
        let writer = PieceWriter(session, name, in: folder, limit: limit, staging: staging)
        try writer.readAgain(size: status.size)
        return sessions.withLock { sessions in
            // Another request may have been faster.
            if let known = sessions.known[name] { return known.writer.takenOver() }
            sessions.keep(writer, as: name)
            return writer
        }
    }

    /// Forgets an upload, and all that came of it.
    func end(_ upload: PieceWriter) throws {
        upload.end()
        sessions.withLock { $0.known[upload.name] = nil }
        try folder.remove(upload.name)
    }

    /// Removes uploads to which nothing came for a day.
    ///
    /// - Returns: how many there were.
    @discardableResult
    static func sweep(of site: Site) throws -> Int {
        guard let folder = try site.stateFolder.folder("pieces") else { return 0 }
        // The file system's own time, whatever clock the site has.
        let moment = Timestamp(seconds: Int64(time(nil)) - 24 * 3_600)
        var count = 0
        for name in try folder.names() {
            guard let status = try folder.status(name), status.modified < moment else { continue }
            try folder.remove(name)
            count += 1
        }
        return count
    }
}

/// The bytes of an upload in pieces, and the digest of those that are there. One request at a time has it; a later one takes it over.
final class PieceWriter: Sendable {
    private struct State {
        var size: Int
        var digester: Digester
        /// Of the request that has it.
        var turn = 0
        var hasEnded = false
    }

    let session: String
    /// Of its file.
    fileprivate let name: String
    /// Of the request that got this writer.
    private let turn: Int
    private let folder: Folder
    private let staging: StagingFolder
    private let limit: Int
    private let state: Shared

    /// What all writers of an upload share.
    private final class Shared: Sendable {
        let state: Mutex<State>
        init(_ state: State) { self.state = Mutex(state) }
    }

    /// Of a file that is empty.
    fileprivate init(_ session: String, _ name: String, in folder: Folder, limit: Int, staging: StagingFolder) {
        self.session = session
        self.name = name
        self.folder = folder
        self.staging = staging
        self.limit = limit
        turn = 0
        state = Shared(State(size: 0, digester: Digester([.sha256])))
    }

    /// Takes what is there for what came.
    fileprivate func readAgain(size: Int) throws {
        guard size > 0 else { return }
        let file = try folder.open(name)
        try state.state.withLock { state in
            try withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 16) { buffer in
                while case let count = try file.read(into: buffer), count > 0 {
                    state.digester.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                }
            }
            state.size = size
        }
    }

    private init(_ other: PieceWriter, turn: Int) {
        session = other.session
        name = other.name
        folder = other.folder
        staging = other.staging
        limit = other.limit
        state = other.state
        self.turn = turn
    }

    fileprivate func takenOver() -> PieceWriter {
        PieceWriter(
            self,
            turn: state.state.withLock { state in
                state.turn += 1
                return state.turn
            })
    }

    fileprivate func end() { state.state.withLock { $0.hasEnded = true } }

    /// Bytes that are there.
    var size: Int { state.state.withLock(\.size) }

    /// Takes the next bytes.
    ///
    /// - Throws: a `Refusal` at the first byte too many, and where another request has the upload by now.
    func append(_ bytes: [UInt8]) throws {
        try state.state.withLock { state in
            try check(state)
            guard bytes.count <= limit - state.size else { throw ContentReceiver.tooLarge(limit) }
            let file = try folder.openToWrite(name)
            do {
                if state.size > 0 { try file.seek(to: state.size) }
                try Meter.measure(.write) { try file.write(bytes) }
            } catch {
                // What was written of it is not counted.
                try? file.cut(to: state.size)
                throw error
            }
            state.size += bytes.count
            Meter.measure(.digest) { bytes.withUnsafeBytes { state.digester.update($0) } }
        }
    }

    /// All that came, as a package's content. The upload stays as it is until it is ended.
    func content(modified: Timestamp) throws -> PackageContent {
        try state.state.withLock { state in
            try check(state)
            let staged = staging.next()
            let code = staged.link(name, in: folder.descriptor)
            guard code == 0 else { throw SystemError("link", folder.full(name), code: code) }
            // A transaction that takes it holds the catalog's lock while it waits for the disk.
            if state.size > ContentReceiver.heavyBytes { try Meter.measure(.write) { try staged.open().sync() } }
            // What is small is looked at several times on its way.
            let memory =
                state.size > PackageContent.heldBytes ? nil : try folder.open(name).readAll(sizeHint: state.size, isRegular: true)
            return PackageContent(
                received: memory, staged, digests: state.digester.finish(), size: state.size, modified: modified)
        }
    }

    private func check(_ state: State) throws {
        guard state.turn == turn, !state.hasEnded else {
            throw Refusal(
                .conflict, "another request has gone on with this upload",
                remedy: "ask how much of it is there, and go on from there")
        }
    }
}
