internal import Formats

/// What is wrong around the files of a tree that are right by themselves: who can reach them, how they are dated, how long clients
/// take them, and the keys.
struct Surroundings {
    let site: Site
    let catalog: Catalog

    // MARK: Folders

    /// Folders of the tree that no web server can enter.
    func closedFolders(of paths: [String]) throws -> [Verifier.Fault] {
        var folders: Set<String> = [""]
        for path in paths {
            var folder = Files.folder(of: path)
            while folders.insert(folder).inserted { folder = Files.folder(of: folder) }
        }
        return try folders.sorted().compactMap { folder in
            let path = Files.join(site.publicRoot, folder)
            guard let status = try FileStatus.followed(path), status.kind == .folder, !status.isEnterableByAll else { return nil }
            return Verifier.Fault(
                path: folder.isEmpty ? "public" : folder,
                what: "is a folder that not everybody can enter, so no web server; run: indexgen verify --repair, or chmod o+x")
        }
    }

    /// The same for the folders above, up to the root. A web server may have a right of its own there, by a group or an access list.
    func closedAbove() throws -> [Verifier.Fault] {
        var faults: [Verifier.Fault] = []
        var folder = Files.folder(of: Files.real(site.publicRoot) ?? site.publicRoot)
        while !folder.isEmpty {
            if try FileStatus.followed(folder)?.isEnterableByAll == false {
                faults.append(
                    Verifier.Fault(
                        path: folder,
                        what:
                            "not everybody can enter this folder above the public tree: give the web server's user that right (chmod o+x \(folder))"
                    ))
            }
            if folder == "/" { break }
            folder = Files.folder(of: folder)
        }
        return faults
    }

    // MARK: Times

    /// - Parameter lateFiles: public files whose modification time lies ahead.
    func timesAhead(lateFiles: Int) throws -> [Verifier.Fault] {
        let horizon = site.clock.horizon
        var faults = try catalog.snapshot { snapshot in
            try snapshot.repositories().compactMap { repository -> Verifier.Fault? in
                guard let (count, latest) = try snapshot.timesAhead(of: repository, horizon) else { return nil }
                return Verifier.Fault(
                    path: repository.path,
                    what:
                        "\(count) changes or documents are dated later than now, up to \(latest.rfc3339): a clock was ahead; run: indexgen generate"
                )
            }
        }
        if lateFiles > 0 {
            faults.append(
                Verifier.Fault(
                    path: "public",
                    what: "\(lateFiles) files were modified later than now: a clock was ahead; run: indexgen verify --repair"))
        }
        return faults
    }

    func lookAtExpiries(_ report: inout Verifier.Report) throws {
        let now = site.clock.now()
        let upkeep = Upkeep(site: site, catalog: catalog)
        for repository in try catalog.repositories() {
            for expiry in try upkeep.expiries(of: repository) {
                let path = Files.join(repository.path, expiry.scope.key)
                if expiry.end <= now {
                    report.faults.append(
                        .init(path: path, what: "clients have refused it since \(expiry.end.rfc3339); run: indexgen generate"))
                } else if expiry.end.seconds - now.seconds < expiry.validity / 4 {
                    report.warnings.append(
                        .init(
                            path: path,
                            what:
                                "clients refuse it from \(expiry.end.rfc3339) on; run: indexgen generate (by a timer, or with serve)"
                        ))
                }
            }
        }
    }

    // MARK: Keys

    func lookAtKeys(_ report: inout Verifier.Report) throws {
        let now = site.clock.now()
        guard let keyring = try? site.openVerifyingKeyring(catalog) else { return }
        let hasSigner = keyring.keys.contains { !$0.isUnused && !$0.isExpired(at: now) }
        for key in keyring.keys {
            for remark in key.remarks(at: now, in: site.keyring) {
                let fault = Verifier.Fault(path: "state/keyring", what: remark)
                // Beside a key that signs, one that has expired is only in the way.
                let isFault = key.isExpired(at: now) && !key.isUnused && !hasSigner
                if isFault { report.faults.append(fault) } else { report.warnings.append(fault) }
            }
        }
        // What a run of today would sign with.
        let current = (try? site.openKeyring(catalog))??.identity ?? keyring.identity
        guard let signed = try catalog.memory("signers"), signed != current else { return }
        let known = String(decoding: signed, as: UTF8.self)
        let new = keyring.keys.filter { !$0.isUnused && !$0.isExpired(at: now) && !known.contains($0.fingerprint) }
        let what =
            new.isEmpty
            ? "the keys changed since documents were signed"
            : new.map { "the key \($0.fingerprint) (made on \($0.created.day)) signs no document yet" }.joined(separator: "; ")
        report.pending.append(.init(path: "state/keyring", what: "\(what); run: indexgen generate", count: max(1, new.count)))
    }
}
