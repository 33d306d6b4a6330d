internal import Formats

extension NPMHostile {
    private static let good = NPMBuilder("web", "1.0.0")

    static let containers: [HostileSample] = [
        HostileSample("nothing", .unsupported, "not a gzip") { [] },
        HostileSample("text", .unsupported, "not a gzip") { [UInt8]("hello".utf8) },
        HostileSample("a bare tar", .unsupported, "not a gzip") { good.tar.bytes },
        HostileSample("zstd", .unsupported, "not a gzip") { good.tar.bytes.zstd },
        HostileSample("xz", .unsupported, "not a gzip") { good.tar.bytes.xz },
        HostileSample("gzip of nothing", .malformed, "package.json is missing") { [UInt8]().gzip },
        HostileSample("an archive of nothing", .malformed, "package.json is missing") { TarBuilder().bytes.gzip },
        HostileSample("gzip cut in its header", .truncated, "truncated") { Array(good.bytes.prefix(8)) },
        HostileSample("gzip cut in the middle", .truncated, "truncated") { Array(good.bytes.prefix(good.bytes.count / 2)) },
        HostileSample("gzip cut in its trailer", .truncated, "truncated") { Array(good.bytes.dropLast(5)) },
        HostileSample("the wrong CRC", .malformed, "damaged") { GzipMember(good.tar.bytes) { $0.crc32 ^= 1 }.bytes },
        HostileSample("the wrong size", .malformed, "damaged") { GzipMember(good.tar.bytes) { $0.size &+= 1 }.bytes },
        HostileSample("text behind the gzip", .malformed, "bytes after its end") { good.bytes + [UInt8]("trailing".utf8) },
        HostileSample("a second archive in a second gzip", .ambiguous, "behind its end mark") { good.bytes + good.bytes },
        HostileSample("gzip inside gzip", .truncated, "truncated") { good.bytes.gzip },
        HostileSample("a tar cut in a header", .truncated, "truncated") {
            (good.tar.blocks + [UInt8](repeating: 65, count: 100)).gzip
        },
        HostileSample("a tar cut in a file", .truncated, "truncated") { Array(good.tar.bytes.prefix(520)).gzip },
        HostileSample("garbage for a header", .malformed, "checksum") {
            good.tar.raw([UInt8](repeating: 0xAA, count: 512)).bytes.gzip
        },
        HostileSample("members behind the end", .ambiguous, "behind its end mark") { (good.tar.bytes + good.tar.bytes).gzip },
        HostileSample("members behind half an end", .ambiguous, "after a zero block") {
            (good.tar.ended(by: 1).bytes + good.tar.bytes).gzip
        },
        HostileSample("5 GiB of zeros behind the archive", .limit, "expand") {
            let encoding = Encoding.gzip(level: 9)
            let zeros = encoding.compressSegment([UInt8](repeating: 0, count: 32 << 20).span)
            return SegmentSplicer.file(
                of: [encoding.compressSegment(good.tar.bytes.span)] + Array(repeating: zeros, count: 160), encoding)
        },
        HostileSample("a file that claims 8 GiB", .truncated, "truncated") {
            var member = TarBuilder.Member("package/big")
            member.sizeField = Array("77777777777\0".utf8)
            return good.tar.member(member).bytes.gzip
        },
        HostileSample("a size of letters", .malformed, "not a number") {
            var member = TarBuilder.Member("package/big")
            member.sizeField = Array("zzzzzzzzzzzz".utf8)
            return good.tar.member(member).bytes.gzip
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

    static let archiveNames: [HostileSample] = [
        .npm("an absolute path", .malformed, "is absolute") { $0.file("/etc/passwd", "x") },
        .npm("a path with ..", .malformed, "leads out") { $0.file("package/../../x", "x") },
        .npm("a path that is ..", .malformed, "leads out") { $0.file("..", "x") },
        .npm("a path with .. behind backslashes", .malformed, "leads out") { $0.file("package/a\\..\\x", "x") },
        .npm("a drive's path", .malformed, "is absolute") { $0.file("C:\\x", "x") },
        .npm("a file outside of the folder", .malformed, "outside of the tarball's folder") { $0.file("x", "x") },
        .npm("a name with ./ in front", .malformed, "empty or '.'") { $0.file("./package/x", "x") },
        .npm("a name with ./ inside", .malformed, "empty or '.'") { $0.file("package/./x", "x") },
        .npm("a name with two slashes", .malformed, "empty or '.'") { $0.file("package//x", "x") },
        .npm("a file with a folder's name", .ambiguous, "folder's name") { $0.file("package/x/", "x") },
        .npm("a backslash", .malformed, "'\\'") { $0.file("package/a\\b", "x") },
        .npm("an escape sequence", .malformed, "control character") { $0.file("package/\u{1b}[2J", "x") },
        .npm("a line feed", .malformed, "control character") { $0.file("package/a\nb", "x") },
        .npm("a name that is not UTF-8", .malformed, "not UTF-8") {
            var member = TarBuilder.Member("", [65])
            member.name = Array("package/".utf8) + [0xFF, 0xFE]
            return $0.member(member)
        },
        .npm("a path of 5000 bytes", .limit, "more than 4097") {
            $0.long("package/" + String(repeating: "d", count: 5_000)).file("x", "x")
        },
        .npm("a pax path that leads out", .malformed, "leads out") { $0.pax([("path", "package/../../x")]).file("x", "x") },
        .npm("a global pax path", .ambiguous, "for every member") { $0.pax([("path", "x")], type: "g").file("x", "x") },
        .npm("a pax size of letters", .malformed, "") { $0.pax([("size", "x")]).file("package/x", "x") },
        .npm("a prefix that leads out", .malformed, "leads out") {
            var member = TarBuilder.Member("x", [65])
            member.prefix = "package/../.."
            return $0.member(member)
        },
    ]

    static let members: [HostileSample] = [
        .npm("a character device", .malformed, "a device") { $0.member(.init("package/null", type: "3")) },
        .npm("a block device", .malformed, "a device") { $0.member(.init("package/sda", type: "4")) },
        .npm("a pipe", .malformed, "a pipe") { $0.member(.init("package/pipe", type: "6")) },
        .npm("a type that nobody knows", .unsupported, "unknown type") { $0.member(.init("package/z", type: "Z")) },
        .npm("a folder with content", .ambiguous, "without content") { $0.member(.init("package/d", [65], type: "5")) },
        .npm("a sparse file", .unsupported, "sparse") { $0.member(.init("package/s", [65], type: "S")) },
        .npm("a sparse file in pax dress", .unsupported, "sparse") {
            $0.pax([("GNU.sparse.major", "1"), ("GNU.sparse.name", "package/s")]).file("package/x", "x")
        },
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
