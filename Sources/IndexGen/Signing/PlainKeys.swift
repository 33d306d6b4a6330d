internal import Formats
internal import Glibc
internal import Synchronization

/// The plain keys of a site, in `state/keys`: `KIND.pem` signs, and is made when it is first needed, where the site is signed at all.
///
/// Keys in `KIND-ANYTHING.pem` are former ones. They seal what is sealed beside it, and clients still find their public halves: while they
/// are there, clients that know the former key go on, and those that know the new one begin.
final class PlainKeys: Sendable {
    private let state: Folder
    private let keyring: String
    private let known = Mutex(Known())

    /// What was read, and of which state of the folder.
    private struct Known {
        var stamp: [String] = []
        var keys: [SiteKey.Kind: [PlainKey]] = [:]
    }

    /// - Parameters:
    ///   - state: the site's folder of that name.
    ///   - keyring: the path of its OpenPGP keys, which are there on a signed site.
    init(in state: Folder, keyring: String) {
        self.state = state
        self.keyring = keyring
    }

    /// The one that signs first, former ones in the order of their names behind it; none on an unsigned site. They are read again when
    /// their files change.
    func keys(_ kind: SiteKey.Kind) throws -> [PlainKey] {
        guard try FileStatus.of(keyring)?.kind == .folder else { return [] }
        return try known.withLock { known in
            while true {
                let stamp = try stamp()
                if stamp != known.stamp { known = Known(stamp: stamp) }
                if let keys = known.keys[kind] { return keys }
                guard let signer = try read(kind, Self.name(of: kind)) else {
                    try make(kind)
                    continue
                }
                // Looked at once more before they are used: they may have changed while they were read.
                known.keys[kind] = try [signer] + former(kind).compactMap { try read(kind, $0) }
            }
        }
    }

    private func former(_ kind: SiteKey.Kind) throws -> [String] {
        try state.folder("keys")?.names().filter { $0.hasPrefix("\(kind.rawValue)-") && $0.hasSuffix(".pem") }.sorted() ?? []
    }

    /// Differs when a key comes, goes or changes.
    private func stamp() throws -> [String] {
        guard let folder = try state.folder("keys") else { return [] }
        return try folder.names().filter { $0.hasSuffix(".pem") }.sorted().map { name in
            guard let status = try folder.status(name) else { return name }
            return "\(name) \(status.inode) \(status.size) \(status.modified.seconds) \(status.nanoseconds)"
        }
    }

    private func read(_ kind: SiteKey.Kind, _ name: String) throws -> PlainKey? {
        guard let folder = try state.folder("keys"), try folder.status(name) != nil else { return nil }
        let path = folder.full(name)
        return try PlainKey(kind, pem: Files.read(path), named: path)
    }

    /// It gets its name once it is on the disk. Where another process was faster, its key is the one.
    private func make(_ kind: SiteKey.Kind) throws {
        let folder = try state.makeFolder("keys", mode: 0o700).folder
        let unfinished = "\(Self.name(of: kind)).\(UInt64.random(in: .min ... .max))"
        let key = try PlainKey(generating: kind)
        do {
            let file = try folder.create(unfinished, mode: 0o600)
            try file.write(key.pem)
            try file.sync()
        }
        if (try? folder.renameToNew(unfinished, to: folder, Self.name(of: kind))) ?? false {
            // Whoever is not done yet is too late.
            for name in try folder.names() where name.hasPrefix("\(Self.name(of: kind)).") { try folder.remove(name) }
            try Files.syncFolder(folder.path)
            try Files.syncFolder(state.path)
            return
        }
        try folder.remove(unfinished)
        guard try folder.status(Self.name(of: kind)) != nil else {
            throw PlainKey.Failure(description: "\(folder.path) changed meanwhile; try again")
        }
    }

    private static func name(of kind: SiteKey.Kind) -> String { "\(kind.rawValue).pem" }
}
