internal import Formats
internal import Glibc
internal import Synchronization

/// The plain keys of a site, in `state/keys/KIND.pem`: each is made when it is first needed, where the site is signed at all.
final class PlainKeys: Sendable {
    private let state: Folder
    private let keyring: String
    private let known = Mutex<[SiteKey.Kind: PlainKey]>([:])

    /// - Parameters:
    ///   - state: the site's folder of that name.
    ///   - keyring: the path of its OpenPGP keys, which are there on a signed site.
    init(in state: Folder, keyring: String) {
        self.state = state
        self.keyring = keyring
    }

    /// Nil on an unsigned site. The one that was read first is used until the program ends.
    func key(_ kind: SiteKey.Kind) throws -> PlainKey? {
        guard try FileStatus.of(keyring)?.kind == .folder else { return nil }
        return try known.withLock { known in
            if let key = known[kind] { return key }
            let key = try read(kind) ?? make(kind)
            known[kind] = key
            return key
        }
    }

    private func read(_ kind: SiteKey.Kind) throws -> PlainKey? {
        guard let folder = try state.folder("keys"), try folder.status(Self.name(of: kind)) != nil else { return nil }
        let path = folder.full(Self.name(of: kind))
        return try PlainKey(kind, pem: Files.read(path), named: path)
    }

    /// It gets its name once it is on the disk. Where another process was faster, its key is the one.
    private func make(_ kind: SiteKey.Kind) throws -> PlainKey {
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
            return key
        }
        try folder.remove(unfinished)
        if let other = try read(kind) { return other }
        throw PlainKey.Failure(description: "\(folder.path) changed meanwhile; try again")
    }

    private static func name(of kind: SiteKey.Kind) -> String { "\(kind.rawValue).pem" }
}
