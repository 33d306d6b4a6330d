internal import Formats

/// Proves the public tree against the catalog: every file that should be there is, byte for byte, and nothing else is.
struct Verifier {
    let site: Site
    let catalog: Catalog

    struct Fault: Equatable, Sendable {
        /// Below `public/`, or a repository.
        var path: String
        var what: String
    }

    struct Report {
        var faults: [Fault] = []
        var packages = 0
        var documents = 0
        var signatures = 0
        var graced = 0
    }

    func run() throws -> Report {
        // Nothing may be published between the look at the catalog and the look at the tree.
        try SiteLock.held(for: site) { try check() }
    }

    /// Deletes blobs that are not what they are named, so that nothing is made of them any more.
    /// - Returns: the packages that must be added again.
    func discardDamagedBlobs() throws -> [Fault] {
        let packages = try catalog.snapshot { try $0.expectedFiles() }.filter { $0.kind == .package }
        let faults = Parallel.map(packages) { file in
            Result { () throws -> Fault? in
                if let there = try site.blobs.status(of: file.sha256) {
                    // What only lost its mode is not damaged.
                    if !there.isReadableByAll { try site.blobs.makeReadable(file.sha256) }
                    if try SHA256Digest.of(site.blobs.open(file.sha256)).digest == file.sha256 { return nil }
                    try Files.syncFolder(site.blobs.remove(file.sha256))
                }
                return Fault(path: file.path, what: "has lost its content; add the package again")
            }
        }
        return try faults.compactMap { try $0.get() }
    }

    private func check() throws -> Report {
        var report = Report()
        let (expected, signatures, behind, damage, announced) = try catalog.snapshot {
            (
                try $0.expectedFiles(), try $0.signatures(), try $0.scopesBehind(), try $0.damage(), try $0.announcedPaths()
            )
        }
        report.faults += damage.map { Fault(path: "state/catalog.sqlite", what: $0) }
        if let ahead = try catalog.ahead() { report.faults.append(Fault(path: "state/catalog.sqlite", what: "\(ahead)")) }
        for scope in behind {
            report.faults.append(Fault(path: scope, what: "changed since it was generated; run: indexgen generate"))
        }
        for file in expected {
            switch file.kind {
            case .package: report.packages += 1
            case .document: report.documents += 1
            case .signature: report.signatures += 1
            case .graced: report.graced += 1
            }
        }
        report.faults += Parallel.map(expected) { fault(in: $0) }.compactMap(\.self)
        report.faults += try unreferenced(expected, announced: Set(announced))
        // One fault has one line: of a document that is not what it should be, the signature cannot be good.
        let faulty = Set(report.faults.map(\.path))
        report.faults += try faults(in: signatures.filter { !faulty.contains($0.document) })
        return report
    }

    private func fault(in file: ExpectedFile) -> Fault? {
        let path = Files.join(site.publicRoot, file.path)
        do {
            guard let status = try FileStatus.of(path) else {
                return Fault(path: file.path, what: file.isPlaced ? "is missing" : "is not published yet; run: indexgen generate")
            }
            guard status.kind == .file else { return Fault(path: file.path, what: "is not a regular file") }
            guard status.isReadableByAll else {
                return Fault(path: file.path, what: "cannot be read by everybody, so by no web server")
            }
            guard status.size == file.size else {
                return Fault(path: file.path, what: "has \(status.size) bytes instead of \(file.size)")
            }
            let digest = try SHA256Digest.of(file: path).digest
            guard digest == file.sha256 else {
                return Fault(path: file.path, what: "has the SHA-256 \(Hex.string(digest)) instead of \(Hex.string(file.sha256))")
            }
            return file.kind == .package ? try faultInBlob(of: file, status) : nil
        } catch {
            return Fault(path: file.path, what: "cannot be read: \(error)")
        }
    }

    /// The blob is the same file, where the file system allows: then it has been looked at.
    private func faultInBlob(of file: ExpectedFile, _ status: FileStatus) throws -> Fault? {
        guard let blob = try site.blobs.status(of: file.sha256), blob.kind == .file, blob.size == file.size else {
            return Fault(path: file.path, what: "has lost its blob \(Hex.string(file.sha256))")
        }
        if blob.isSameFile(as: status) { return nil }
        if try SHA256Digest.of(site.blobs.open(file.sha256)).digest == file.sha256 { return nil }
        return Fault(path: file.path, what: "has a damaged blob \(Hex.string(file.sha256)); run: indexgen verify --repair")
    }

    private func unreferenced(_ expected: [ExpectedFile], announced: Set<String>) throws -> [Fault] {
        let known = Set(expected.map(\.path))
        var faults: [Fault] = []
        try Files.walk(site.publicRoot) { relative, _ in
            if !known.contains(relative), !isOwners(relative) {
                let what =
                    announced.contains(relative)
                    ? "was left by a run that was interrupted; run: indexgen generate"
                    : "is in no index; nothing of indexgen's refers to it"
                faults.append(Fault(path: relative, what: what))
            }
        }
        return faults
    }

    /// Whether a file may lie where it does by its owner's own hand: one of a few names that clients ask a repository for.
    private func isOwners(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        guard parts.count == 3, let profile = site.ecosystems[String(parts[1])]?.profile else { return false }
        return profile.handPlacedFiles.contains(String(parts[2]))
    }

    private func faults(in signatures: [(signature: String, document: String)]) throws -> [Fault] {
        if signatures.isEmpty { return [] }
        guard let keyring = try site.openKeyring() else {
            return [Fault(path: signatures[0].signature, what: "was signed, but the site has no keyring any more")]
        }
        defer { keyring.release() }
        return try signatures.compactMap { signature, document in
            let path = Files.join(site.publicRoot, signature)
            // What is missing has been named above.
            guard try FileStatus.of(path) != nil, try FileStatus.of(Files.join(site.publicRoot, document)) != nil else {
                return nil
            }
            let bytes = try Files.read(path)
            let isClear = bytes.starts(with: "-----BEGIN PGP SIGNED MESSAGE-----".utf8)
            let original = Files.join(site.publicRoot, document)
            // Signatures of superseded versions may follow; gpg would want all of them to be good.
            let other = isClear ? nil : DetachedSignatures(bytes).all.dropFirst().first
            let own = try other.map { try site.staging.stage(Array(bytes[..<$0.startIndex])) }
            guard try keyring.verify(own?.path() ?? path, over: isClear ? nil : original) else {
                return Fault(path: signature, what: "is no good signature\(isClear ? "" : " over \(document)")")
            }
            if isClear, try !Clearsigned.text(of: bytes).elementsEqual(Clearsigned.canonical(Files.read(original))) {
                return Fault(path: signature, what: "signs another text than \(document)")
            }
            return nil
        }
    }
}

/// The text inside an OpenPGP cleartext signature (RFC 9580, section 7).
enum Clearsigned {
    /// The signed lines without dash-escapes; empty when the framework is broken.
    static func text(of message: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines = message.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
        guard let blank = lines.firstIndex(where: \.isEmpty) else { return [] }
        lines = lines[(blank + 1)...]
        guard let end = lines.firstIndex(where: { $0.starts(with: "-----BEGIN PGP SIGNATURE-----".utf8) }) else { return [] }
        return lines[..<end].map { $0.starts(with: "- ".utf8) ? $0.dropFirst(2) : $0 }
    }

    /// A plain document in the same shape: its lines, without the empty one after the last newline.
    static func canonical(_ document: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines = document.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}
