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
        /// What will be a fault some day, or is one for some.
        var warnings: [Fault] = []
        /// What the next `generate` brings in order.
        var pending: [Pending] = []
        var packages = 0
        var documents = 0
        var signatures = 0
        var graced = 0
    }

    /// Work to do that is not damage, of one kind and in one repository.
    struct Pending: Equatable, Sendable {
        /// `OWNER/TYPE`.
        var path: String
        var what: String
        var count: Int
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
        for file in expected {
            switch file.kind {
            case .package: report.packages += 1
            case .document: report.documents += 1
            case .signature: report.signatures += 1
            case .graced: report.graced += 1
            }
        }
        let looks = Parallel.map(expected) { look(at: $0) }
        let (leftovers, strangers) = try unreferenced(expected, announced: Set(announced))
        report.faults += looks.compactMap(\.fault) + strangers
        report.pending = pending(zip(expected, looks).filter(\.1.isPending).map(\.0), leftovers, behind)
        // One fault has one line: of a document that is not what it should be, the signature cannot be good.
        let faulty = Set(report.faults.map(\.path) + zip(expected, looks).filter(\.1.isPending).map(\.0.path))
        let surroundings = Surroundings(site: site, catalog: catalog)
        report.faults += try faults(in: signatures.filter { !faulty.contains($0.document) && !faulty.contains($0.signature) })
        report.faults += try surroundings.closedFolders(of: expected.map(\.path))
        report.faults += try surroundings.timesAhead(lateFiles: looks.count(where: \.isLate))
        report.warnings += try surroundings.closedAbove()
        try surroundings.lookAtExpiries(&report)
        try surroundings.lookAtKeys(&report)
        return report
    }

    /// Equal work has one line for each repository.
    private func pending(_ files: [ExpectedFile], _ leftovers: [String], _ behind: [String: Int]) -> [Pending] {
        func byRepository(_ paths: [String]) -> [String: Int] {
            paths.reduce(into: [:]) { $0[Self.repository(of: $1), default: 0] += 1 }
        }
        let unplaced = byRepository(files.filter { $0.kind == .package }.map(\.path))
        var work: [Pending] = []
        for path in Set(unplaced.keys).union(behind.keys) {
            let (packages, indexes) = (unplaced[path] ?? 0, behind[path] ?? 0)
            let parts = [
                packages > 0 ? Self.counted(packages, "package file") : nil,
                indexes > 0 ? Self.counted(indexes, "index", "indexes") : nil,
            ].compactMap(\.self)
            let verb = packages + indexes == 1 ? "waits" : "wait"
            work.append(
                Pending(
                    path: path, what: "\(parts.joined(separator: " and ")) \(verb) to be published; run: indexgen generate",
                    count: packages + indexes))
        }
        for (path, count) in byRepository(leftovers + files.filter { $0.kind != .package }.map(\.path)) {
            let verb = count == 1 ? "is" : "are"
            work.append(
                Pending(
                    path: path,
                    what:
                        "\(Self.counted(count, "file")) \(verb) as a run that was interrupted left \(count == 1 ? "it" : "them"); "
                        + "run: indexgen generate", count: count))
        }
        return work.sorted { ($0.path, $0.what) < ($1.path, $1.what) }
    }

    private static func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
        "\(count) \(count == 1 ? one : many ?? one + "s")"
    }

    /// `OWNER/TYPE`, or the path itself for the site's own pages.
    private static func repository(of path: String) -> String {
        path.split(separator: "/").prefix(2).joined(separator: "/")
    }

    /// What one file is like.
    private struct Look: Sendable {
        var fault: Fault?
        /// Not damaged, but not published yet, or only half.
        var isPending = false
        /// Its modification time lies ahead.
        var isLate = false
    }

    private func look(at file: ExpectedFile) -> Look {
        let path = Files.join(site.publicRoot, file.path)
        do {
            guard let status = try FileStatus.of(path) else {
                if !file.isPlaced || file.isBehind { return Look(isPending: true) }
                return Look(fault: Fault(path: file.path, what: "is missing"))
            }
            let isLate = status.modified.seconds > site.clock.horizon.seconds + Publisher.drift
            var fault: Fault?
            if status.kind == .link, Files.target(ofLink: path).map({ SHA256Digest.of(linkTo: $0) }) == file.sha256 {
                // A document's link, which leads where it should.
            } else if status.kind != .file {
                fault = Fault(path: file.path, what: "is not a regular file")
            } else if !status.isReadableByAll {
                fault = Fault(path: file.path, what: "cannot be read by everybody, so by no web server")
            } else if let difference = try difference(of: file, status, path) {
                if file.isBehind { return Look(isPending: true, isLate: isLate) }
                fault = Fault(path: file.path, what: difference)
            } else if file.kind == .package {
                fault = try faultInBlob(of: file, status)
            }
            return Look(fault: fault, isLate: isLate)
        } catch {
            return Look(fault: Fault(path: file.path, what: "cannot be read: \(error)"))
        }
    }

    private func difference(of file: ExpectedFile, _ status: FileStatus, _ path: String) throws -> String? {
        guard status.size == file.size else { return "has \(status.size) bytes instead of \(file.size)" }
        let digest = try SHA256Digest.of(file: path).digest
        return digest == file.sha256
            ? nil : "has the SHA-256 \(Hex.string(digest)) instead of \(Hex.string(file.sha256))"
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

    /// What an interrupted publication made, and what nobody knows.
    private func unreferenced(_ expected: [ExpectedFile], announced: Set<String>) throws -> (left: [String], faults: [Fault]) {
        let known = Set(expected.map(\.path))
        var left: [String] = []
        var faults: [Fault] = []
        try Files.walk(site.publicRoot) { relative, _ in
            if known.contains(relative) || isOwners(relative) { return }
            if announced.contains(relative) {
                left.append(relative)
            } else {
                faults.append(Fault(path: relative, what: "is in no index; nothing of indexgen's refers to it"))
            }
        }
        return (left, faults)
    }

    /// Whether a file may lie where it does by its owner's own hand: one of a few names that clients ask a repository for.
    private func isOwners(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        guard parts.count == 3, let profile = site.ecosystems[String(parts[1])]?.profile else { return false }
        return profile.handPlacedFiles.contains(String(parts[2]))
    }

    private func faults(in signatures: [(signature: String, document: String)]) throws -> [Fault] {
        if signatures.isEmpty { return [] }
        let keyring: Keyring?
        do {
            keyring = try site.openVerifyingKeyring(catalog)
        } catch let failure as Keyring.Failure {
            return [Fault(path: "state/keyring", what: "\(failure)")]
        }
        guard let keyring else {
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
                return Fault(path: signature, what: "is not a good signature\(isClear ? "" : " over \(document)")")
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
