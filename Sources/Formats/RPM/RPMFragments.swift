/// A package's three pieces of the index: its `<package>` element of primary.xml, filelists.xml and other.xml.
///
/// Byte for byte what createrepo_c 1.2.5 writes (src/xml_dump_primary.c, xml_dump_filelists.c, xml_dump_other.c), except for
/// `location`, which is the path of the package below its group.
struct RPMFragments {
    var primary: [UInt8]
    var filelists: [UInt8]
    var other: [UInt8]
    /// Made besides, of the same readings.
    var portrait: Portrait?

    /// - Parameters:
    ///   - href: relative to the group.
    ///   - changelogLimit: entries of other.xml, negative for all.
    ///   - hasPortrait: whether it is wanted.
    init(
        _ package: RPMPackage, of upload: Upload, href: String, changelogLimit: Int, hasPortrait: Bool,
        bytes: Span<UInt8>, within budget: Budget
    ) throws(Refusal) {
        let budget = Self.proportioned(budget, to: package.header)
        var pkgid: [UInt8] = []
        pkgid.append(hex: upload.digests.sha256)
        var version: [UInt8] = []
        do {
            var writer = XMLWriter()
            writer.raw("  <version epoch=\"")
            writer.number(package.epoch)
            writer.raw("\" ver=\"")
            writer.attribute(bytes.extracting(package.version), "the version")
            writer.raw("\" rel=\"")
            writer.attribute(bytes.extracting(package.release), "the release")
            writer.raw("\"/>\n")
            version = try Self.finished(writer)
        }
        var names = RPMNameTable()
        var files = Self.head(package, pkgid, version, bytes, capacity: 4_096)
        var primaryFiles = XMLWriter()
        var paths = hasPortrait ? PortraitSketch.List() : nil
        try Self.writeFiles(package, bytes, within: budget, all: &files, primary: &primaryFiles, names: &names, paths: &paths)
        filelists = try Self.finished(files)

        var other = Self.head(package, pkgid, version, bytes, capacity: 2_048)
        let changelog = try RPMChangelog(package.header, bytes, limit: changelogLimit)
        try Self.write(changelog, bytes, within: budget, into: &other)
        self.other = try Self.finished(other)

        let dependencies = try RPMDependencies(package.header, bytes, files: names, within: budget)
        var primary = XMLWriter(capacity: 4_096 + primaryFiles.bytes.count)
        try Self.writeDescription(package, upload, pkgid, version, href, bytes, within: budget, into: &primary)
        try Self.writeDependencies(dependencies, bytes, within: budget, into: &primary)
        primary.bytes += primaryFiles.bytes
        primary.raw("  </format>\n</package>\n")
        self.primary = try Self.finished(primary)
        portrait = try paths.map { (paths) throws(Refusal) in
            try RPMPortrait.of(package, dependencies, changelog, paths, in: bytes)
        }
    }

    /// The bytes, unless a name in them holds a character that XML forbids. createrepo_c leaves such a package out of the index; here
    /// it never gets in. (In texts for people, such characters are replaced.)
    private static func finished(_ writer: XMLWriter) throws(Refusal) -> [UInt8] {
        if let fault = writer.fault {
            throw Refusal(
                .unsupported, "\(fault.field) holds a control character, which no repository can list",
                at: "byte \(fault.offset) of the string", remedy: "remove it from the spec file and rebuild the package")
        }
        return writer.bytes
    }

    /// Shared directories, and tables that share their data, can make an index many times larger than the header that it came from.
    private static func check(_ writer: XMLWriter, within budget: Budget) throws(Refusal) {
        guard writer.bytes.count <= budget.indexBytes else {
            throw Refusal(
                .limit, "the package's part of the index would have more than \(budget.indexBytes) bytes", at: "the RPM header",
                remedy: "split the package")
        }
    }

    /// A budget whose `indexBytes` are in proportion to the header: what real packages list has twice its size, entries without any
    /// text ten times. A folder of small files must not fill the memory of a whole batch.
    private static func proportioned(_ budget: Budget, to header: RPMHeader) -> Budget {
        var budget = budget
        budget.indexBytes = min(budget.indexBytes, (8 << 20) + 16 * header.range.count)
        return budget
    }

    /// The opening of an element of filelists.xml or other.xml.
    private static func head(
        _ package: RPMPackage, _ pkgid: [UInt8], _ version: [UInt8], _ bytes: Span<UInt8>, capacity: Int
    ) -> XMLWriter {
        var writer = XMLWriter(capacity: capacity)
        writer.raw("<package pkgid=\"")
        writer.bytes += pkgid
        writer.raw("\" name=\"")
        writer.attribute(bytes.extracting(package.name), "the name")
        writer.raw("\" arch=\"")
        writer.attribute(package.architecture, "the architecture")
        writer.raw("\">\n")
        writer.bytes += version
        return writer
    }

    /// All files to one writer; the primary ones also to the other, and their paths to the table. All paths to the list, if there is one.
    private static func writeFiles(
        _ package: RPMPackage, _ bytes: Span<UInt8>, within budget: Budget, all: inout XMLWriter, primary: inout XMLWriter,
        names: inout RPMNameTable, paths: inout PortraitSketch.List?
    ) throws(Refusal) {
        var files = try RPMFiles(package.header, bytes, within: budget)
        var path: [UInt8] = []
        while let kind = try files.next(into: &path, in: bytes) {
            let start = all.bytes.count
            switch kind {
            case .file: all.raw("  <file>")
            case .directory: all.raw("  <file type=\"dir\">")
            case .ghost: all.raw("  <file type=\"ghost\">")
            }
            all.text(path, "a file name")
            all.raw("</file>\n")
            try check(all, within: budget)
            paths?.append(path.span)
            if RPMFiles.isPrimary(path.span) {
                primary.raw("  ")
                primary.bytes += all.bytes[start...]
                names.set(path.span, 0)
            }
        }
        all.raw("</package>\n")
    }

    private static func write(
        _ changelog: RPMChangelog, _ bytes: Span<UInt8>, within budget: Budget, into writer: inout XMLWriter
    ) throws(Refusal) {
        for entry in changelog.entries {
            writer.raw("  <changelog author=\"")
            writer.proseAttribute(bytes.extracting(entry.author))
            writer.raw("\" date=\"")
            writer.number(entry.date)
            writer.raw("\">")
            writer.prose(bytes.extracting(entry.text))
            writer.raw("</changelog>\n")
            try check(writer, within: budget)
        }
        writer.raw("</package>\n")
    }

    private static func writeDescription(
        _ package: RPMPackage, _ upload: Upload, _ pkgid: [UInt8], _ version: [UInt8], _ href: String, _ bytes: Span<UInt8>,
        within budget: Budget, into writer: inout XMLWriter
    ) throws(Refusal) {
        let header = package.header
        func write(_ tag: RPMTag, _ open: StaticString, _ close: StaticString) throws(Refusal) {
            writer.raw(open)
            if let range = try header.string(tag, in: bytes) { writer.prose(bytes.extracting(range)) }
            writer.raw(close)
            try check(writer, within: budget)
        }
        writer.raw("<package type=\"rpm\">\n  <name>")
        writer.text(bytes.extracting(package.name), "the name")
        writer.raw("</name>\n  <arch>")
        writer.text(package.architecture, "the architecture")
        writer.raw("</arch>\n")
        writer.bytes += version
        writer.raw("  <checksum type=\"sha256\" pkgid=\"YES\">")
        writer.bytes += pkgid
        writer.raw("</checksum>\n")
        try write(.summary, "  <summary>", "</summary>\n")
        try write(.description, "  <description>", "</description>\n")
        try write(.packager, "  <packager>", "</packager>\n")
        try write(.url, "  <url>", "</url>\n")
        writer.raw("  <time file=\"")
        writer.number(upload.modified.seconds)
        writer.raw("\" build=\"")
        writer.number(try header.number(.buildTime, in: bytes) ?? 0)
        writer.raw("\"/>\n  <size package=\"")
        writer.number(UInt64(clamping: upload.size))
        writer.raw("\" installed=\"")
        writer.number(try header.number(.longSize, or: .size, in: bytes) ?? 0)
        writer.raw("\" archive=\"")
        writer.number(try archiveSize(package, bytes))
        writer.raw("\"/>\n  <location href=\"")
        writer.attribute([UInt8](href), "the location")
        writer.raw("\"/>\n  <format>\n")
        try write(.license, "    <rpm:license>", "</rpm:license>\n")
        try write(.vendor, "    <rpm:vendor>", "</rpm:vendor>\n")
        try write(.group, "    <rpm:group>", "</rpm:group>\n")
        try write(.buildHost, "    <rpm:buildhost>", "</rpm:buildhost>\n")
        try write(.sourceRPM, "    <rpm:sourcerpm>", "</rpm:sourcerpm>\n")
        writer.raw("    <rpm:header-range start=\"")
        writer.number(UInt64(clamping: header.range.lowerBound))
        writer.raw("\" end=\"")
        writer.number(UInt64(clamping: header.range.upperBound))
        writer.raw("\"/>\n")
    }

    /// The payload's size before compression. librpm moves the signature's tags into the main header, where that has none.
    private static func archiveSize(_ package: RPMPackage, _ bytes: Span<UInt8>) throws(Refusal) -> UInt64 {
        if let size = try package.signature.number(.longArchiveSize, in: bytes) { return size }
        if let size = try package.header.number(.archiveSize, in: bytes) { return size }
        return try package.signature.number(.payloadSize, in: bytes) ?? 0
    }

    private static func writeDependencies(
        _ dependencies: RPMDependencies, _ bytes: Span<UInt8>, within budget: Budget, into writer: inout XMLWriter
    ) throws(Refusal) {
        func write(_ entries: [RPMDependency], _ element: StaticString) throws(Refusal) {
            guard !entries.isEmpty else { return }
            writer.raw("    <rpm:")
            writer.raw(element)
            // Entries without a name are left out, and where no other is there the element stays, empty.
            let start = writer.bytes.count
            writer.raw(">\n")
            let opened = writer.bytes.count
            for entry in entries where !entry.name.isEmpty {
                writeEntry(entry, bytes, into: &writer)
                try check(writer, within: budget)
            }
            if writer.bytes.count == opened {
                writer.bytes.removeSubrange(start...)
                writer.raw("/>\n")
            } else {
                writer.raw("    </rpm:")
                writer.raw(element)
                writer.raw(">\n")
            }
        }
        try write(dependencies.provides, "provides")
        try write(dependencies.requires, "requires")
        try write(dependencies.conflicts, "conflicts")
        try write(dependencies.obsoletes, "obsoletes")
        try write(dependencies.suggests, "suggests")
        try write(dependencies.enhances, "enhances")
        try write(dependencies.recommends, "recommends")
        try write(dependencies.supplements, "supplements")
    }

    /// A version is only written with a relation, and a relation alone where the version is empty.
    private static func writeEntry(_ entry: RPMDependency, _ bytes: Span<UInt8>, into writer: inout XMLWriter) {
        writer.raw("      <rpm:entry name=\"")
        writer.attribute(bytes.extracting(entry.name), "the name of a dependency")
        writer.raw("\"")
        if entry.relation != .none {
            writer.raw(" flags=\"")
            writer.raw(entry.relation.word)
            writer.raw("\"")
            if !entry.version.isEmpty, let parts = RPMEpochVersionRelease(entry.version, bytes) {
                writer.raw(" epoch=\"")
                if parts.epoch.isEmpty {
                    writer.raw("0")
                } else {
                    writer.attribute(bytes.extracting(parts.epoch), "the epoch of a dependency")
                }
                writer.raw("\"")
                if !parts.version.isEmpty {
                    writer.raw(" ver=\"")
                    writer.attribute(bytes.extracting(parts.version), "the version of a dependency")
                    writer.raw("\"")
                }
                if !parts.release.isEmpty {
                    writer.raw(" rel=\"")
                    writer.attribute(bytes.extracting(parts.release), "the release of a dependency")
                    writer.raw("\"")
                }
            }
        }
        if entry.isPrerequisite { writer.raw(" pre=\"1\"") }
        writer.raw("/>\n")
    }
}
