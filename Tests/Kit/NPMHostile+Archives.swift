internal import Formats

extension NPMHostile {
    private static let tarball = HostileTarball(
        tar: NPMBuilder("web", "1.0.0").tar, folder: "package", manifest: "package.json")
    private static let good = NPMBuilder("web", "1.0.0")

    static let containers: [HostileSample] =
        tarball.containers + [
            HostileSample("5 GiB of zeros behind the archive", .limit, "expand") {
                let encoding = Encoding.gzip(level: 9)
                let zeros = encoding.compressSegment([UInt8](repeating: 0, count: 32 << 20).span)
                return SegmentSplicer.file(
                    of: [encoding.compressSegment(good.tar.bytes.span)] + Array(repeating: zeros, count: 160), encoding)
            },
            HostileSample("a size that is negative", .malformed, "not a number") {
                var member = TarBuilder.Member("package/big")
                member.sizeField = [UInt8](repeating: 0xFF, count: 12)
                return good.tar.member(member).bytes.gzip
            },
            HostileSample("a package.json of 3 MiB", .limit, "more than") {
                good.with("\"x\":\"" + String(repeating: "x", count: 3 << 20) + "\"").bytes
            },
            HostileSample("a package.json of 100 MB", .limit, "more than") {
                var member = TarBuilder.Member("package/package.json")
                member.content = [UInt8](repeating: 32, count: 100 << 20)
                return TarBuilder().member(member).bytes.gzip
            },
        ]

    static let archiveNames: [HostileSample] =
        tarball.archiveNames + [
            .npm("a file outside of the folder", .malformed, "outside of the tarball's folder") { $0.file("x", "x") },
            .npm("a pax size of letters", .malformed, "") { $0.pax([("size", "x")]).file("package/x", "x") },
        ]

    static let members: [HostileSample] =
        tarball.members + [
            HostileSample("package.json a link", .malformed, "package.json is not a file") {
                TarBuilder().file("package/x", "{}").link("package/package.json", to: "x").bytes.gzip
            },
            HostileSample("package.json a folder", .malformed, "package.json is not a file") {
                TarBuilder().folder("package/package.json").bytes.gzip
            },
            HostileSample("package.json in capitals alone", .malformed, "under this name alone at package/Package.json") {
                TarBuilder().file("package/Package.json", good.json).bytes.gzip
            },
            HostileSample("package.json a folder further down alone", .malformed, "package.json is missing") {
                TarBuilder().file("package/sub/package.json", good.json).bytes.gzip
            },
            HostileSample("package.json at the top", .malformed, "outside of the tarball's folder") {
                TarBuilder().file("package.json", good.json).bytes.gzip
            },
            HostileSample("no package.json", .malformed, "package.json is missing") {
                TarBuilder().file("package/x", "x").bytes.gzip
            },
        ]

    static let links: [HostileSample] = [
        .npm("a symbolic link to /etc/passwd", .malformed, "leads out of it, to '/etc/passwd'") {
            $0.link("package/l", to: "/etc/passwd")
        },
        .npm("a symbolic link out of the folder", .malformed, "leads out") { $0.link("package/l", to: "../x") },
        .npm("a symbolic link out of a deeper folder", .malformed, "leads out") { $0.link("package/a/l", to: "../../x") },
        .npm("a symbolic link out and in again", .malformed, "leads out") { $0.link("package/l", to: "../package/x") },
        .npm("a symbolic link to nothing", .malformed, "leads out") { $0.link("package/l", to: "") },
        .npm("a symbolic link to a drive", .malformed, "leads out") { $0.link("package/l", to: "C:x") },
        .npm("a symbolic link with a backslash", .malformed, "leads out") { $0.link("package/l", to: "..\\x") },
        .npm("a hard link to /etc/passwd", .malformed, "leads out") {
            var member = TarBuilder.Member("package/h", type: "1")
            member.link = "/etc/passwd"
            return $0.member(member)
        },
        .npm("a hard link out of the folder", .malformed, "leads out") {
            var member = TarBuilder.Member("package/h", type: "1")
            member.link = "package/../x"
            return $0.member(member)
        },
        .npm("a hard link to the folder", .malformed, "leads out") {
            var member = TarBuilder.Member("package/h", type: "1")
            member.link = "package"
            return $0.member(member)
        },
    ]

    static let doubles: [HostileSample] = [
        .npm("package.json twice", .ambiguous, "twice") { $0.file("package/package.json", "{}") },
        .npm("package.json twice, the same", .ambiguous, "twice") { $0.file("package/package.json", good.json) },
        .npm("package.json twice, case aside", .ambiguous, "twice") { $0.file("package/PACKAGE.json", "{}") },
        .npm("package.json in a second folder", .ambiguous, "twice") { $0.file("other/package.json", "{}") },
        .npm("package.json twice, by a pax path", .ambiguous, "twice") {
            $0.pax([("path", "package/package.json")]).file("package/x", "{}")
        },
        .npm("package.json twice, by a GNU name", .ambiguous, "twice") {
            $0.long("package/package.json").file("package/x", "{}")
        },
        .npm("package.json twice, by a prefix", .ambiguous, "twice") {
            var member = TarBuilder.Member("package.json", Array("{}".utf8))
            member.prefix = "package"
            return $0.member(member)
        },
        .npm("package.json a file and a link", .ambiguous, "twice") { $0.link("package/package.json", to: "x") },
        .npm("a file twice", .ambiguous, "twice") { $0.file("package/index.js", "") },
        .npm("a file and a folder of one name", .ambiguous, "twice") { $0.folder("package/index.js") },
        .npm("a folder and a file of one name", .ambiguous, "twice") { $0.folder("package/a").file("package/a", "") },
        .npm("a file twice, in two folders", .ambiguous, "twice") { $0.file("other/index.js", "") },
    ]
}
