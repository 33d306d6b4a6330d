internal import Formats

/// Finds packages that blobs and public tree have and the catalog does not know, as after restoring an older catalog, and takes them in
/// again.
///
/// A public path tells owner and type, and its parts are the only coordinates that can have led to it: they are tried until an ecosystem
/// gives the file that very path. What has no public name needs somebody's word on where it belongs.
struct Recovery {
    let site: Site
    let catalog: Catalog
    let author: Author

    /// A package in the public tree that the catalog does not know.
    struct Found {
        /// Below `public/`.
        var path: String
        var admission: Admission
    }

    /// A blob that the catalog does not know and that has no place in the public tree.
    struct Loose {
        var sha256: [UInt8]
        /// What it looks like; nil where no type takes it.
        var package: (type: String, name: String, version: String)?
    }

    // MARK: What its path places

    /// Public packages that no row names: those that speak about others come last.
    func published() throws -> [Found] {
        let known = Set(try catalog.snapshot { try $0.expectedFiles() }.map(\.path))
        var paths: [String] = []
        try Files.walk(site.publicRoot) { path, kind in
            if kind == .file, !known.contains(path) { paths.append(path) }
        }
        var last: [String: Coordinates] = [:]
        let found = paths.compactMap { path in self.found(path, &last) }
        return found.filter { !$0.admission.placement.needsOthers } + found.filter(\.admission.placement.needsOthers)
    }

    private func found(_ path: String, _ last: inout [String: Coordinates]) -> Found? {
        let parts = path.utf8.split(separator: UInt8(ascii: "/")).map { String($0) ?? "" }
        guard parts.count > 2, (try? site.settings.checkOwner(parts[0])) != nil, let ecosystem = site.ecosystems[parts[1]] else {
            return nil
        }
        let place = parts[2...].joined(separator: "/")
        let kind = "\(parts[0])/\(parts[1])"
        let names = ecosystem.profile.coordinates.map(\.name)
        // Neighbours belong together.
        let candidates = [last[kind]].compactMap(\.self) + Self.candidates(names[...], in: Array(parts[2...].dropLast()))
        for coordinates in candidates {
            let intake = Intake(
                site: site, catalog: catalog, owner: parts[0], type: parts[1], coordinates: coordinates, link: true,
                author: author)
            do {
                let admission = try intake.admit(at: Files.join(site.publicRoot, path))
                guard admission.placement.path.text == place else { continue }
                last[kind] = coordinates
                return Found(path: path, admission: admission)
            } catch let refusal as Refusal where refusal.cause != .unsupported && refusal.cause != .malformed {
                // These coordinates may be no good; the next may be.
                continue
            } catch {
                return nil
            }
        }
        return nil
    }

    /// Every way in which successive runs of a path's parts can be the values of these coordinates, in their order; a coordinate may
    /// also have been left out.
    static func candidates(_ names: ArraySlice<String>, in parts: [String]) -> [Coordinates] {
        guard let name = names.first else { return [Coordinates()] }
        var all: [Coordinates] = []
        for rest in candidates(names.dropFirst(), in: parts) {
            var none = rest
            none[name] = nil
            all.append(none)
        }
        for start in parts.indices {
            for end in (start + 1)...parts.count {
                for var rest in candidates(names.dropFirst(), in: Array(parts[end...])) {
                    rest[name] = parts[start..<end].joined(separator: "/")
                    all.append(rest)
                }
            }
        }
        return all
    }

    /// Takes found packages in; what became of each.
    func take(_ found: [Found]) throws -> [Outcome] {
        // By portions: admissions hold their packages' fragments.
        var outcomes: [Outcome] = []
        for start in stride(from: 0, to: found.count, by: 256) {
            let portion = found[start..<min(start + 256, found.count)]
            outcomes += try catalog.take(portion.map(\.admission), blobs: site.blobs)
        }
        return outcomes
    }

    /// Documents that a newer catalog published under their digests and that this one does not know: nobody else makes such names.
    func strayDocuments() throws -> [RetiredFile] {
        let known = Set(try catalog.snapshot { try $0.expectedFiles() }.map(\.path))
        var strays: [RetiredFile] = []
        try Files.walk(site.publicRoot) { path, kind in
            let name = Array(Files.name(of: path).utf8.prefix(64))
            guard kind == .file, !known.contains(path), let named = Hex.bytes(name), named.count == 32 else { return }
            let (digest, size) = try SHA256Digest.of(file: Files.join(site.publicRoot, path))
            if digest == named { strays.append(RetiredFile(path: path, sha256: digest, size: size)) }
        }
        return strays
    }

    // MARK: What needs a word

    /// Blobs that no row names.
    func loose() throws -> [Loose] {
        let known = try catalog.blobs()
        return try site.blobs.all().filter { !known.contains($0.sha256) }.map {
            Loose(sha256: $0.sha256, package: look(at: $0.sha256))
        }
    }

    /// Takes blobs in that somebody gave a place for.
    ///
    /// - Parameter filename: where the type needs the name that the file had.
    func take(_ sha256: [UInt8], filename: String?, by intake: Intake) throws -> (Outcome, Admission) {
        let admission = try admit(sha256, filename: filename, by: intake)
        return (try catalog.take([admission], blobs: site.blobs)[0], admission)
    }

    private func look(at sha256: [UInt8]) -> (type: String, name: String, version: String)? {
        let intake = Intake(
            site: site, catalog: catalog, owner: site.settings.owner, coordinates: Coordinates(), link: true, author: author)
        guard let admission = try? admit(sha256, filename: nil, by: intake) else { return nil }
        return (admission.type, admission.record.name, admission.record.version)
    }

    private func admit(_ sha256: [UInt8], filename: String?, by intake: Intake) throws -> Admission {
        let path = site.blobs.path(of: sha256)
        if let filename { return try intake.admit(at: path, filename: filename) }
        // A name that says nothing but what every package of a type is called.
        var refusal: (any Error)?
        for ecosystem in site.ecosystems.all where intake.type ?? ecosystem.profile.id == ecosystem.profile.id {
            do {
                var intake = intake
                intake.type = ecosystem.profile.id
                return try intake.admit(at: path, filename: "package" + (ecosystem.profile.suffixes.first ?? ""))
            } catch { refusal = error }
        }
        throw refusal ?? Refusal(.unsupported, "no type takes it", at: "byte 0", remedy: "let it go: indexgen recover --forget")
    }
}
