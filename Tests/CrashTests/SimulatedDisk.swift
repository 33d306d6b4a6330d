import Corpus
import Foundation
import Glibc

/// What a file system lets survive when the power goes.
enum DiskModel: String, CaseIterable, Sendable {
    /// All that was done, in its order: the cut of a `kill -9` of everything.
    case ordered
    /// ext4's: names change in their order up to some moment, which is no earlier than the last fsync of something that changed; what
    /// was written to files since their last fsync is there, missing, or torn.
    case journalled
    /// Nothing but what POSIX promises: of names that were not synced with their folder each may be there or not, whatever the others
    /// do; of bytes that were not synced, each page may be there, be missing or be zero.
    case strict
}

/// Syncs that are taken out of a recording, to see that the tests would miss them.
enum SwallowedSync: String, CaseIterable, Sendable {
    case log = "the catalog's log"
    case blobs = "blobs"
    case blobFolders = "the folders of blobs"
    case documents = "staged documents"
    case publicFolders = "folders of the public tree"
    case removals = "folders of the public tree after removals"

    /// - Parameter path: below the site.
    func swallows(_ path: String, isFolder: Bool, hasRemovals: Bool) -> Bool {
        let isPublic = path == "public" || path.hasPrefix("public/")
        return switch self {
        case .log: path.hasSuffix("catalog.sqlite-wal")
        case .blobs: !isFolder && path.hasPrefix("state/blobs/")
        case .blobFolders: isFolder && path.hasPrefix("state/blobs")
        case .documents: !isFolder && path.hasPrefix("state/staging/")
        case .publicFolders: isFolder && isPublic
        case .removals: isFolder && isPublic && hasRemovals
        }
    }
}

/// A disk on which a recording is played, operation by operation, and which says at each moment what may be left of it.
struct SimulatedDisk {
    private final class Node {
        let number: Int
        let isFolder: Bool
        var mode: mode_t
        var names: [String: Name] = [:]
        /// All bytes now, those that are durable, and what happened in between.
        var content: [UInt8] = []
        var durable: [UInt8] = []
        var pending: [Event] = []
        /// The last operation that changed names or other particulars.
        var changed = 0
        var hasRemovals = false
        /// Where it was last put.
        var path = ""
        /// SQLite's shared memory: worth nothing after a restart.
        var isIgnored = false

        init(_ number: Int, isFolder: Bool, mode: mode_t) {
            self.number = number
            self.isFolder = isFolder
            self.mode = mode
        }
    }

    /// What a name in a folder stood for, and since when; nil: nothing.
    private struct Name {
        var past: [(at: Int, node: Node?)] = [(-1, nil)]
        /// The one that is durable.
        var sure = 0

        func value(at moment: Int) -> Node? { past.last { $0.at <= moment }?.node }
    }

    private enum Event {
        case write(offset: Int, bytes: Range<Int>)
        case truncate(at: Int, size: Int)
    }

    let recording: DiskRecording
    private let swallowed: SwallowedSync?
    private let root = Node(0, isFolder: true, mode: 0o755)
    private var nodes: [Node]
    private var byInode: [UInt64: Node] = [:]
    /// How many operations have been played.
    private(set) var position = 0
    /// The journal is durable up to here at least.
    private var journal = 0
    /// How many syncs were swallowed.
    private(set) var swallows = 0

    init(_ recording: DiskRecording, swallowing swallowed: SwallowedSync? = nil) {
        self.recording = recording
        self.swallowed = swallowed
        nodes = [root]
    }

    // MARK: Playing

    mutating func play(until end: Int) {
        while position < end {
            play(recording.operations[position])
            position += 1
        }
    }

    private mutating func play(_ operation: DiskOperation) {
        switch operation.kind {
        case .root: byInode[operation.a] = root
        case .create, .folder:
            let node = Node(nodes.count, isFolder: operation.kind == .folder, mode: mode_t(operation.c))
            nodes.append(node)
            byInode[operation.b] = node
            set(operation.name, in: byInode[operation.a], to: node)
        case .link: set(operation.name, in: byInode[operation.a], to: byInode[operation.b])
        case .unlink:
            byInode[operation.a]?.names[operation.name]?.value(at: position)?.changed = position
            byInode[operation.a]?.hasRemovals = true
            set(operation.name, in: byInode[operation.a], to: nil)
        case .rename, .exchange:
            let source = byInode[operation.a], target = byInode[operation.b]
            let moved = source?.names[operation.name]?.value(at: position)
            let other = operation.kind == .exchange ? target?.names[operation.other]?.value(at: position) : nil
            set(operation.name, in: source, to: other)
            set(operation.other, in: target, to: moved)
        case .write:
            guard let node = byInode[operation.a] else { return }
            let event = Event.write(offset: Int(operation.b), bytes: operation.bytes)
            carryOut(event, on: &node.content)
            node.pending.append(event)
        case .truncate:
            guard let node = byInode[operation.a] else { return }
            let event = Event.truncate(at: position, size: Int(operation.b))
            carryOut(event, on: &node.content)
            node.pending.append(event)
            node.changed = position
        case .sync: if let node = byInode[operation.a] { sync(node) }
        case .syncAll:
            for node in nodes { sync(node) }
            // Those that are swallowed keep their names from being durable only where names are kept one by one.
            if swallowed == nil { journal = position }
        case .mode:
            byInode[operation.a]?.mode = mode_t(operation.b)
            byInode[operation.a]?.changed = position
        case .said: break
        }
    }

    private func set(_ name: String, in folder: Node?, to node: Node?) {
        guard let folder else { return }
        folder.names[name, default: Name()].past.append((position, node))
        folder.changed = position
        guard let node else { return }
        node.changed = position
        node.path = folder.path.isEmpty ? name : "\(folder.path)/\(name)"
        if name.hasSuffix("-shm") { node.isIgnored = true }
    }

    private mutating func sync(_ node: Node) {
        if let swallowed, swallowed.swallows(node.path, isFolder: node.isFolder, hasRemovals: node.hasRemovals) {
            swallows += 1
            return
        }
        if node.isFolder {
            for name in node.names.keys {
                let last = node.names[name]!.past.count - 1
                node.names[name]!.sure = last
            }
            node.hasRemovals = false
            journal = max(journal, node.changed)
        } else {
            // Bytes beyond the end are written by way of the journal; those in place are not.
            journal = node.content.count > node.durable.count ? position : max(journal, node.changed)
            node.durable = node.content
            node.pending = []
        }
    }

    private func carryOut(_ event: Event, on content: inout [UInt8], from first: Int = 0, to end: Int = .max) {
        switch event {
        case .truncate(_, let size):
            if size < content.count {
                content.removeLast(content.count - size)
            } else {
                content.append(contentsOf: repeatElement(0, count: size - content.count))
            }
        case .write(let offset, let bytes):
            let part = (bytes.lowerBound + min(first, bytes.count))..<(bytes.lowerBound + min(end, bytes.count))
            if part.isEmpty { return }
            let start = offset + min(first, bytes.count)
            if start > content.count { content.append(contentsOf: repeatElement(0, count: start - content.count)) }
            let over = min(part.count, content.count - start)
            if over > 0 {
                content.withUnsafeMutableBytes { target in
                    recording.bytes.withUnsafeBytes { source in
                        target[start..<(start + over)].copyBytes(from: source[part.prefix(over)])
                    }
                }
            }
            content.append(contentsOf: recording.bytes[part.dropFirst(over)])
        }
    }

    // MARK: Looking

    /// What is on the disk after the power was cut.
    struct Image {
        struct File {
            var path: String
            var content: [UInt8]
            var mode: mode_t
            /// Files with one number are one file.
            var number: Int
        }

        var folders: [(path: String, mode: mode_t)] = []
        var files: [File] = []
    }

    /// Where files were renamed to: the operations, and the folders below the site.
    static func renames(in recording: DiskRecording) -> [(position: Int, folder: String)] {
        var disk = SimulatedDisk(recording)
        return recording.operations.indices.compactMap { position in
            disk.play(until: position)
            let operation = recording.operations[position]
            guard operation.kind == .rename, let folder = disk.byInode[operation.b] else { return nil }
            return (position, folder.path)
        }
    }

    /// Plays up to an operation; whether that one will change a name in the public tree that is not a package's.
    mutating func changesDocument(at end: Int) -> Bool {
        play(until: end)
        let operation = recording.operations[end]
        guard [.create, .link, .unlink, .rename].contains(operation.kind) else { return false }
        let folder = operation.kind == .rename ? operation.b : operation.a
        guard let path = byInode[folder]?.path, path == "public" || path.hasPrefix("public/") else { return false }
        return operation.kind == .rename || operation.kind == .unlink || path.contains("by-hash")
    }

    /// - Parameter top: only this folder, of those at the top.
    func image(_ model: DiskModel, using random: inout CorpusRandom, below top: String = "") -> Image {
        var image = Image()
        var contents: [Int: [UInt8]] = [:]
        let moment =
            switch Int.random(in: 0..<3, using: &random) {
            case 0: journal
            case 1: position
            default: Int.random(in: journal...max(journal, position), using: &random)
            }
        var pending = [(root, "")]
        while let (folder, path) = pending.popLast() {
            for name in folder.names.keys.sorted() {
                let entry = folder.names[name]!
                let node =
                    switch model {
                    case .ordered: entry.past.last!.node
                    case .journalled: entry.value(at: moment)
                    case .strict: entry.past[Int.random(in: entry.sure..<entry.past.count, using: &random)].node
                    }
                guard let node, !node.isIgnored, !path.isEmpty || top.isEmpty || name == top else { continue }
                let full = path.isEmpty ? name : "\(path)/\(name)"
                if node.isFolder {
                    image.folders.append((full, node.mode))
                    pending.append((node, full))
                } else {
                    let content = contents[node.number] ?? content(of: node, model, moment, using: &random)
                    contents[node.number] = content
                    image.files.append(Image.File(path: full, content: content, mode: node.mode, number: node.number))
                }
            }
        }
        return image
    }

    private func content(of node: Node, _ model: DiskModel, _ moment: Int, using random: inout CorpusRandom) -> [UInt8] {
        if model == .ordered || node.pending.isEmpty { return node.content }
        // Cutting a file off is a matter of the journal where there is one.
        func isKept(_ event: Event, otherwise: Bool) -> Bool {
            if model == .journalled, case .truncate(let at, _) = event { return at <= moment }
            return otherwise
        }
        var content = node.durable
        switch Int.random(in: 0..<(model == .strict ? 5 : 4), using: &random) {
        case 0: return node.content
        case 1: for event in node.pending where isKept(event, otherwise: false) { carryOut(event, on: &content) }
        case 2:
            // Up to some write, of which a part is there.
            let whole = Int.random(in: 0..<node.pending.count, using: &random)
            for (number, event) in node.pending.enumerated() {
                if isKept(event, otherwise: number < whole) {
                    carryOut(event, on: &content)
                } else if number == whole, case .write(_, let bytes) = event {
                    carryOut(event, on: &content, to: Int.random(in: 0...(bytes.count / 512), using: &random) * 512)
                }
            }
        case 3:
            // Page by page.
            for event in node.pending {
                guard case .write(let offset, let bytes) = event else {
                    if isKept(event, otherwise: Bool.random(using: &random)) { carryOut(event, on: &content) }
                    continue
                }
                var start = 0
                while start < bytes.count {
                    let end = min(bytes.count, (((offset + start) >> 12) + 1) << 12 - offset)
                    if Bool.random(using: &random) { carryOut(event, on: &content, from: start, to: end) }
                    start = end
                }
            }
        default:
            // The size is known, the bytes are not.
            let size = node.content.count
            content.removeLast(max(0, content.count - size))
            content.append(contentsOf: repeatElement(0, count: size - content.count))
        }
        return content
    }
}

extension SimulatedDisk.Image {
    /// Makes it a folder, with its links.
    func write(to root: String) throws {
        func check(_ status: Int32, _ path: String) throws {
            if status != 0 { throw Victim.Failure(description: "\(path): error \(errno)") }
        }
        try check(mkdir(root, 0o755), root)
        for folder in folders { try check(mkdir("\(root)/\(folder.path)", 0o700 | folder.mode), folder.path) }
        var first: [Int: String] = [:]
        for file in files {
            let path = "\(root)/\(file.path)"
            if let there = first[file.number] {
                try check(link(there, path), path)
                continue
            }
            first[file.number] = path
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
            guard descriptor >= 0 else { throw Victim.Failure(description: "\(path): error \(errno)") }
            defer { close(descriptor) }
            let written = file.content.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard written == file.content.count else { throw Victim.Failure(description: "\(path): error \(errno)") }
            try check(fchmod(descriptor, file.mode), path)
        }
        for folder in folders { try check(chmod("\(root)/\(folder.path)", folder.mode), folder.path) }
    }
}
