internal import Formats
internal import Glibc
internal import Synchronization

/// Uploads that come in pieces, over several requests: `state/pieces/SESSION` grows, and `SESSION.of` says whose it is. They outlive the
/// process; what a connection brought before it broke is kept, so that its sender goes on from there.
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

        /// No part of it has a line break: names and addresses have no control characters.
        fileprivate var lines: [UInt8] { [UInt8]([owner, type, package, sender].joined(separator: "\n") + "\n") }
    }

    private let folder: Folder
    private let staging: StagingFolder
    private let limit: Int
    private let sessions = Mutex(Sessions())

    private struct Sessions {
        /// Those that this process has seen the bytes of.
        var known: [String: PieceWriter] = [:]
        var order: [String] = []
    }

    /// How many uploads there may be that nobody has finished.
    private static let most = 10_000
    /// Those whose digests are kept; others are read once more when they go on.
    private static let remembered = 1_024
    private static let ending = ".of"

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
        guard try folder.names().count < 2 * Self.most else {
            throw Refusal(
                .limit, "more than \(Self.most) uploads are unfinished",
                remedy: "finish or cancel those that were begun; what waits is given up after a day")
        }
        let session = Hex.string((0..<16).map { _ in UInt8.random(in: 0...255) })
        try folder.create(session, mode: 0o644).write([])
        try folder.create(session + Self.ending, mode: 0o600).write(whose.lines)
        return session
    }

    /// An upload that is unfinished, for whoever began it; nil for everybody else. Whoever had it before has it no more.
    func writer(of session: String, _ whose: Whose) throws -> PieceWriter? {
        guard try isOf(whose, session) else { return nil }
        if let known = sessions.withLock({ $0.known[session] }) { return known.takenOver() }
        guard let status = try folder.status(session), status.kind == .file else { return nil }
        let writer = try PieceWriter(session, in: folder, size: status.size, limit: limit, staging: staging)
        return sessions.withLock { sessions in
            // Another request may have been faster.
            if let known = sessions.known[session] { return known.takenOver() }
            sessions.known[session] = writer
            sessions.order.append(session)
            if sessions.order.count > Self.remembered { sessions.known[sessions.order.removeFirst()] = nil }
            return writer
        }
    }

    /// Forgets an upload, and all that came of it. To be called by whoever may have its writer.
    func end(_ session: String) throws {
        sessions.withLock { sessions in
            sessions.known[session]?.end()
            sessions.known[session] = nil
            sessions.order.removeAll { $0 == session }
        }
        try folder.remove(session + Self.ending)
        try folder.remove(session)
    }

    /// Whether an upload is this sender's.
    private func isOf(_ whose: Whose, _ session: String) throws -> Bool {
        guard session.utf8.count == 32, Hex.bytes(session.utf8) != nil, try folder.status(session + Self.ending) != nil else {
            return false
        }
        return try folder.open(session + Self.ending).readAll(sizeHint: 512) == whose.lines
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
        for name in try folder.names() where !name.hasSuffix(ending) {
            guard let status = try folder.status(name), status.modified < moment else { continue }
            try folder.remove(name + ending)
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

    /// Reads what is there.
    fileprivate init(_ session: String, in folder: Folder, size: Int, limit: Int, staging: StagingFolder) throws {
        self.session = session
        self.folder = folder
        self.staging = staging
        self.limit = limit
        turn = 0
        var digester = Digester([.sha256])
        if size > 0 {
            let file = try folder.open(session)
            try withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 16) { buffer in
                while case let count = try file.read(into: buffer), count > 0 {
                    digester.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                }
            }
        }
        state = Shared(State(size: size, digester: digester))
    }

    private init(_ other: PieceWriter, turn: Int) {
        session = other.session
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
            let file = try folder.openToWrite(session)
            do {
                try file.seek(to: state.size)
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
            let code = staged.link(session, in: folder.descriptor)
            guard code == 0 else { throw SystemError("link", folder.full(session), code: code) }
            // A transaction that takes it holds the catalog's lock while it waits for the disk.
            if state.size > ContentReceiver.heavyBytes { try Meter.measure(.write) { try staged.open().sync() } }
            return PackageContent(
                received: nil, staged, digests: state.digester.finish(), size: state.size, modified: modified)
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
