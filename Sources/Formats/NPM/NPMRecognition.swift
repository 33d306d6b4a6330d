extension NPMArchive {
    private static let manifestName = [UInt8]("package.json")

    /// Whether a file is a package's tarball. Looks at 64 members in the first MiB; at more of them where the folder has the name that npm
    /// gives it, since its files come in the order of their names.
    ///
    /// A tarball's name ends in `.tgz`, or the folder in it is `package`. Charts, crates and Python's archives have package.json beside their
    /// own metadata now and then.
    static func recognise(_ glimpse: Glimpse, of bytes: Span<UInt8>) -> Recognition {
        guard glimpse.codec == .gzip else { return .no }
        let name = ASCII.lowered(glimpse.filename)
        let isNamed = name.hasSuffix(NPM.archiveEnding)
        guard isNamed || name.hasSuffix(".tar.gz") || !name.contains(".") || name.hasSuffix(".tar") else { return .no }
        var found = (manifest: false, foreign: false), isPackage = false, seen = 0
        glimpse.look(into: bytes, upTo: 4_096, within: 8 << 20) { member in
            let header = member.header
            seen += header.size
            let parts = header.storedPath.split(separator: UInt8(ascii: "/"), maxSplits: 1)
            if header.index == 0, let top = parts.first { isPackage = top.elementsEqual("package".utf8) }
            if parts.count == 2, header.kind == .file {
                found.manifest = found.manifest || parts[1].elementsEqual(manifestName)
                found.foreign = found.foreign || foreign.contains { parts[1].elementsEqual($0.utf8) }
            }
            if isPackage && !found.manifest { return false }
            return header.index + 1 >= Glimpse.members || seen > Glimpse.expandedBytes
        }
        guard !found.foreign else { return .no }
        guard found.manifest else { return isNamed && isPackage ? .perhaps : .no }
        return isPackage || isNamed ? .surely : .no
    }

    /// What other types' archives have in this place.
    private static let foreign = ["Chart.yaml", "Cargo.toml.orig", "PKG-INFO", "DESCRIPTION", "metadata.json"]
}
