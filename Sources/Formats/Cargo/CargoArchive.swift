/// Reads a crate (`.crate`): a gzipped tar with everything in one folder, `NAME-VERSION`. As strict as crates.io (its crate
/// `crates_io_tarball`) and as cargo 1.95 when it unpacks, whichever is stricter.
enum CargoArchive {
    /// Cargo unpacks no more than this, or than `expansion` times the file's size where that is more.
    static let expandedLimit = 512 << 20
    private static let expansion = 20
    /// Bytes of Cargo.toml. Cargo.toml ends up in an index that others load, and crates.io takes a megabyte of metadata.
    private static let manifestLimit = 2 << 20

    private static let subject = "the crate"
    private static let remedy = "package the crate again with cargo package"
    private static let manifest = [UInt8]("Cargo.toml")

    /// A crate's name ends in `.crate`. Under other names it is one where the folder's name has a version and Cargo.toml is in it; where the
    /// name is one that others give to archives of sources, only if Cargo.toml.orig is beside it, which cargo alone puts there.
    static func recognise(_ glimpse: Glimpse, of bytes: Span<UInt8>) -> Recognition {
        guard glimpse.codec == .gzip else { return .no }
        let name = ASCII.lowered(glimpse.filename)
        let isNamed = name.hasSuffix(".crate")
        let isForeign = [".tgz", ".tar.gz", ".tar"].contains { name.hasSuffix($0) }
        var folder: ArraySlice<UInt8>?
        var found: (manifest: Bool, original: Bool, other: Bool) = (false, false, false)
        glimpse.look(into: bytes) { member in
            let parts = member.header.storedPath.split(separator: UInt8(ascii: "/"), maxSplits: 1)
            if let top = parts.first {
                folder = folder ?? top
                if parts.count == 2, top == folder, member.header.kind == .file {
                    found.manifest = found.manifest || parts[1].elementsEqual(manifest)
                    found.original = found.original || parts[1].elementsEqual("Cargo.toml.orig".utf8)
                    // What charts and Python's source archives have in this place.
                    found.other =
                        found.other || parts[1].elementsEqual("PKG-INFO".utf8) || parts[1].elementsEqual("Chart.yaml".utf8)
                }
            }
            return isNamed && found.manifest
        }
        guard found.manifest else { return isNamed ? .perhaps : .no }
        if isNamed { return .surely }
        guard let folder, isRelease(folder), !found.other else { return .no }
        return found.original || !isForeign ? .surely : .no
    }

    /// Whether a folder is called like a crate's: `NAME-VERSION`.
    private static func isRelease(_ folder: ArraySlice<UInt8>) -> Bool {
        guard folder.count <= CargoName.longest + 1 + SemanticVersion.lengthLimit else { return false }
        return folder.indices.contains { dash in
            folder[dash] == UInt8(ascii: "-") && CargoName.fault(in: String(decoding: folder[..<dash], as: UTF8.self)) == nil
                && CargoVersion.parse(String(decoding: folder[(dash + 1)...], as: UTF8.self)) != nil
        }
    }

    /// What is taken out of a crate.
    struct Reading {
        /// The crate's one folder.
        var folder: String
        /// The bytes of the Cargo.toml in it.
        var manifest: [UInt8]
        /// Files directly in the folder that are called like readmes.
        var readmes: [(name: String, bytes: [UInt8])] = []

        /// The one that the manifest names, or else the first.
        func readme(named name: String?) -> (name: String, bytes: [UInt8])? {
            // Cargo packs a readme from elsewhere under its last name.
            let last = name?.utf8.split(separator: UInt8(ascii: "/")).last
            return readmes.first { readme in last.map { readme.name.utf8.elementsEqual($0) } == true } ?? readmes.first
        }
    }

    /// Bytes of a readme that is taken, and how many are.
    private static let readmeLimit = 256 << 10
    private static let mostReadmes = 2

    /// Every member's name is checked.
    ///
    /// - Parameter withReadmes: whether readmes are taken as well. Nothing is refused for their sake.
    static func read(_ bytes: Span<UInt8>, within budget: Budget, withReadmes: Bool = false) throws(Refusal) -> Reading {
        guard Codec.recognise(bytes) == .gzip else {
            throw Refusal(.unsupported, "the file is not a gzip archive", at: "byte 0", remedy: remedy)
        }
        var budget = budget
        budget.expandedBytes = min(budget.expandedBytes, max(expandedLimit, expansion * bytes.count))
        budget.memberBytes = min(budget.memberBytes, manifestLimit)
        var folder: ArraySlice<UInt8>?
        var taken = ArchivePathsTaken()
        var misspelled: String?
        var readmes: Set<Int> = []
        let longest = min(readmeLimit, budget.memberBytes)
        let contents = try Tar.scan(bytes, compressed: .gzip, subject: subject, within: budget) {
            (member) throws(Refusal) -> TarChoice in
            let inner = try inner(member, folder: &folder)
            guard taken.insert(member.rawPath.map { ASCII.lowered($0) }, isFolder: member.kind == .directory) else {
                throw refusal(.ambiguous, "the crate holds this name twice, case aside", member)
            }
            if withReadmes, isReadme(inner), member.kind == .file, member.size <= longest, readmes.count < mostReadmes {
                readmes.insert(member.index)
                return .take
            }
            guard inner.count == manifest.count, ASCII.lowered(String(decoding: inner, as: UTF8.self)) == "cargo.toml" else {
                return .skip
            }
            guard inner.elementsEqual(manifest) else {
                misspelled = member.path
                return .skip
            }
            guard member.kind == .file else { throw refusal(.malformed, "Cargo.toml is a folder", member) }
            return .take
        }
        guard let content = contents.first(where: { !readmes.contains($0.member.index) }), let folder else {
            if let misspelled {
                throw Refusal(
                    .malformed, "Cargo.toml is missing: cargo reads it under this name alone", at: misspelled, remedy: remedy)
            }
            throw Refusal(.malformed, "Cargo.toml is missing in the crate's folder", at: subject, remedy: remedy)
        }
        var reading = Reading(folder: String(decoding: folder, as: UTF8.self), manifest: content.bytes)
        for readme in contents where readmes.contains(readme.member.index) {
            let name = readme.member.rawPath.dropFirst(folder.count + 1)
            reading.readmes.append((String(decoding: name, as: UTF8.self), readme.bytes))
        }
        return reading
    }

    /// `README`, `readme.md`, directly in the folder.
    private static func isReadme(_ inner: ArraySlice<UInt8>) -> Bool {
        inner.count >= 6 && inner.count <= 16 && zip(inner, "readme".utf8).allSatisfy { ASCII.lowered($0) == $1 }
            && !inner.contains(UInt8(ascii: "/"))
    }

    /// A member's path below the crate's folder; empty for the folder itself.
    private static func inner(_ member: TarMember, folder: inout ArraySlice<UInt8>?) throws(Refusal) -> ArraySlice<UInt8> {
        switch member.kind {
        case .file, .directory: break
        case .symbolicLink, .hardLink: throw refusal(.malformed, "the crate holds a link", member)
        case .other: throw refusal(.malformed, "the crate holds a device or a pipe", member)
        }
        guard !member.isSparse else { throw refusal(.unsupported, "the crate holds a sparse file", member) }
        guard !ArchivePath.isLoose(member.storedPath) else {
            throw refusal(.malformed, "a name in the crate has a part that is empty or '.'", member)
        }
        if let byte = member.rawPath.first(where: { ASCII.isControl($0) || special.contains($0) }) {
            let shown = ASCII.isControl(byte) ? "a control character" : "'\(UnicodeScalar(byte))'"
            throw refusal(.malformed, "a name in the crate holds \(shown), which cargo does not package", member)
        }
        guard UTF8Fault.first(in: member.rawPath.span) == nil else {
            throw refusal(.malformed, "a name in the crate is not UTF-8", member)
        }
        let path = member.rawPath[...]
        let end = path.firstIndex(of: UInt8(ascii: "/")) ?? path.endIndex
        guard end < path.endIndex || member.kind == .directory else {
            throw refusal(.malformed, "a file is outside of the crate's folder", member)
        }
        if let first = folder, first != path[..<end] {
            throw refusal(.ambiguous, "the crate has a second folder at its top", member)
        }
        folder = path[..<end]
        return path[end...].dropFirst()
    }

    /// What cargo refuses to package (`check_filename`), the slash aside.
    private static let special = Set(#"\<>:"|?*"#.utf8)

    private static func refusal(_ cause: Refusal.Cause, _ what: String, _ member: TarMember) -> Refusal {
        Refusal(cause, what, at: member.path, remedy: remedy)
    }
}
