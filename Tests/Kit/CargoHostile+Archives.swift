internal import Formats

extension CargoHostile {
    private static let good = CrateBuilder("web", "1.0.0")

    static let containers: [HostileSample] = [
        HostileSample("nothing", .unsupported, "not a gzip") { [] },
        HostileSample("text", .unsupported, "not a gzip") { [UInt8]("hello") },
        HostileSample("a bare tar", .unsupported, "not a gzip") { good.tar.bytes },
        HostileSample("zstd", .unsupported, "not a gzip") { good.tar.bytes.zstd },
        HostileSample("xz", .unsupported, "not a gzip") { good.tar.bytes.xz },
        HostileSample("gzip of nothing", .malformed, "Cargo.toml is missing") { [UInt8]().gzip },
        HostileSample("an archive of nothing", .malformed, "Cargo.toml is missing") { TarBuilder().bytes.gzip },
        HostileSample("gzip cut in its header", .truncated, "truncated") { Array(good.bytes.prefix(8)) },
        HostileSample("gzip cut in the middle", .truncated, "truncated") { Array(good.bytes.prefix(good.bytes.count / 2)) },
        HostileSample("gzip cut in its trailer", .truncated, "truncated") { Array(good.bytes.dropLast(5)) },
        HostileSample("the wrong CRC", .malformed, "damaged") { GzipMember(good.tar.bytes) { $0.crc32 ^= 1 }.bytes },
        HostileSample("the wrong size", .malformed, "damaged") { GzipMember(good.tar.bytes) { $0.size &+= 1 }.bytes },
        HostileSample("text behind the gzip", .malformed, "bytes after its end") { good.bytes + [UInt8]("trailing") },
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
        HostileSample("2 GiB of zeros behind the archive", .limit, "expand") {
            let encoding = Encoding.gzip(level: 9)
            let zeros = encoding.compressSegment([UInt8](repeating: 0, count: 32 << 20).span)
            return SegmentSplicer.file(
                of: [encoding.compressSegment(good.tar.bytes.span)] + Array(repeating: zeros, count: 64), encoding)
        },
        HostileSample("a file that claims 8 GiB", .truncated, "truncated") {
            var member = TarBuilder.Member("web-1.0.0/big")
            member.sizeField = Array("77777777777\0".utf8)
            return good.tar.member(member).bytes.gzip
        },
        HostileSample("a size of letters", .malformed, "not a number") {
            var member = TarBuilder.Member("web-1.0.0/big")
            member.sizeField = Array("zzzzzzzzzzzz".utf8)
            return good.tar.member(member).bytes.gzip
        },
        HostileSample("a Cargo.toml of 3 MiB", .limit, "more than") {
            good.manifest(good.toml + "# " + String(repeating: "x", count: 3 << 20)).bytes
        },
    ]

    static let archiveNames: [HostileSample] = [
        .tar("an absolute path", .malformed, "is absolute") { $0.file("/etc/passwd", "x") },
        .tar("a path with ..", .malformed, "leads out") { $0.file("web-1.0.0/../../x", "x") },
        .tar("a path that is ..", .malformed, "leads out") { $0.file("..", "x") },
        .tar("a path with .. behind backslashes", .malformed, "leads out") { $0.file("web-1.0.0/a\\..\\x", "x") },
        .tar("a drive's path", .malformed, "is absolute") { $0.file("C:\\x", "x") },
        .tar("a file outside of the folder", .malformed, "outside of the crate's folder") { $0.file("x", "x") },
        .tar("a second folder", .ambiguous, "a second folder") { $0.file("other-1.0.0/x", "x") },
        .tar("a second empty folder", .ambiguous, "a second folder") { $0.folder("other/") },
        .tar("the folder in capitals", .ambiguous, "a second folder") { $0.file("WEB-1.0.0/x", "x") },
        .tar("a name with ./ in front", .malformed, "empty or '.'") { $0.file("./web-1.0.0/x", "x") },
        .tar("a name with ./ inside", .malformed, "empty or '.'") { $0.file("web-1.0.0/./x", "x") },
        .tar("a name with two slashes", .malformed, "empty or '.'") { $0.file("web-1.0.0//x", "x") },
        .tar("a file with a folder's name", .ambiguous, "folder's name") { $0.file("web-1.0.0/x/", "x") },
        .tar("a backslash", .malformed, "'\\'") { $0.file("web-1.0.0/a\\b", "x") },
        .tar("a colon", .malformed, "':'") { $0.file("web-1.0.0/aux:b", "x") },
        .tar("a question mark", .malformed, "'?'") { $0.file("web-1.0.0/a?", "x") },
        .tar("an asterisk", .malformed, "'*'") { $0.file("web-1.0.0/a*", "x") },
        .tar("a bar", .malformed, "'|'") { $0.file("web-1.0.0/a|b", "x") },
        .tar("a quotation mark", .malformed, "'\"'") { $0.file("web-1.0.0/a\"b", "x") },
        .tar("an angle", .malformed, "'<'") { $0.file("web-1.0.0/a<b", "x") },
        .tar("an escape sequence", .malformed, "control character") { $0.file("web-1.0.0/\u{1b}[2J", "x") },
        .tar("a line feed", .malformed, "control character") { $0.file("web-1.0.0/a\nb", "x") },
        .tar("a name that is not UTF-8", .malformed, "not UTF-8") {
            var member = TarBuilder.Member("", [65])
            member.name = Array("web-1.0.0/".utf8) + [0xFF, 0xFE]
            return $0.member(member)
        },
        .tar("a path of 5000 bytes", .limit, "more than 4097") {
            $0.long("web-1.0.0/" + String(repeating: "d", count: 5_000)).file("x", "x")
        },
        .tar("a pax path that leads out", .malformed, "leads out") { $0.pax([("path", "web-1.0.0/../../x")]).file("x", "x") },
        .tar("a global pax path", .ambiguous, "for every member") { $0.pax([("path", "x")], type: "g").file("x", "x") },
        .tar("a prefix that leads out", .malformed, "leads out") {
            var member = TarBuilder.Member("x", [65])
            member.prefix = "web-1.0.0/../.."
            return $0.member(member)
        },
    ]

    static let members: [HostileSample] = [
        .tar("a symbolic link out of it", .malformed, "holds a link") { $0.link("web-1.0.0/l", to: "/etc/passwd") },
        .tar("a symbolic link inside of it", .malformed, "holds a link") { $0.link("web-1.0.0/m", to: "src/lib.rs") },
        .tar("a hard link", .malformed, "holds a link") {
            var member = TarBuilder.Member("web-1.0.0/h", type: "1")
            member.link = "web-1.0.0/src/lib.rs"
            return $0.member(member)
        },
        .tar("a character device", .malformed, "a device") { $0.member(.init("web-1.0.0/null", type: "3")) },
        .tar("a block device", .malformed, "a device") { $0.member(.init("web-1.0.0/sda", type: "4")) },
        .tar("a pipe", .malformed, "a pipe") { $0.member(.init("web-1.0.0/pipe", type: "6")) },
        .tar("a type that nobody knows", .unsupported, "unknown type") { $0.member(.init("web-1.0.0/z", type: "Z")) },
        .tar("a folder with content", .ambiguous, "without content") { $0.member(.init("web-1.0.0/d", [65], type: "5")) },
        .tar("a sparse file", .unsupported, "sparse") { $0.member(.init("web-1.0.0/s", [65], type: "S")) },
        .tar("a sparse file in pax dress", .unsupported, "sparse") {
            $0.pax([("GNU.sparse.major", "1"), ("GNU.sparse.name", "web-1.0.0/s")]).file("web-1.0.0/x", "x")
        },
        HostileSample("Cargo.toml a link", .malformed, "holds a link") {
            TarBuilder().link("web-1.0.0/Cargo.toml", to: "/etc/passwd").bytes.gzip
        },
        HostileSample("Cargo.toml a folder", .malformed, "Cargo.toml is a folder") {
            TarBuilder().folder("web-1.0.0/Cargo.toml").bytes.gzip
        },
        HostileSample("Cargo.toml in small letters alone", .malformed, "under this name alone at web-1.0.0/cargo.toml") {
            TarBuilder().file("web-1.0.0/cargo.toml", good.toml).bytes.gzip
        },
        HostileSample("Cargo.toml a folder further down alone", .malformed, "Cargo.toml is missing") {
            TarBuilder().file("web-1.0.0/sub/Cargo.toml", good.toml).bytes.gzip
        },
        HostileSample("Cargo.toml at the top", .malformed, "outside of the crate's folder") {
            TarBuilder().file("Cargo.toml", good.toml).bytes.gzip
        },
        HostileSample("no Cargo.toml", .malformed, "Cargo.toml is missing") { TarBuilder().file("web-1.0.0/x", "x").bytes.gzip },
    ]

    static let doubles: [HostileSample] = [
        .tar("Cargo.toml twice", .ambiguous, "twice") { $0.file("web-1.0.0/Cargo.toml", "") },
        .tar("Cargo.toml twice, case aside", .ambiguous, "twice") { $0.file("web-1.0.0/CARGO.toml", "") },
        .tar("Cargo.toml twice, by a pax path", .ambiguous, "twice") {
            $0.pax([("path", "web-1.0.0/Cargo.toml")]).file("web-1.0.0/x", "")
        },
        .tar("Cargo.toml twice, by a GNU name", .ambiguous, "twice") {
            $0.long("web-1.0.0/Cargo.toml").file("web-1.0.0/x", "")
        },
        .tar("a file twice", .ambiguous, "twice") { $0.file("web-1.0.0/src/lib.rs", "") },
        .tar("a file twice, case aside", .ambiguous, "twice") { $0.file("web-1.0.0/SRC/Lib.rs", "") },
        .tar("a file and a folder of one name", .ambiguous, "twice") { $0.folder("web-1.0.0/src/lib.rs") },
        .tar("a folder and a file of one name", .ambiguous, "twice") { $0.folder("web-1.0.0/a").file("web-1.0.0/A", "") },
        HostileSample("a folder of another name", .ambiguous, "'web-1.0.0'") {
            var crate = good
            crate.folder = "other-1.0.0"
            return crate.bytes
        },
        HostileSample("a folder of another version", .ambiguous, "'web-1.0.0'") {
            var crate = good
            crate.folder = "web-1.0.1"
            return crate.bytes
        },
        HostileSample("a folder without the build metadata", .ambiguous, "'web-1.0.0+7'") {
            var crate = CrateBuilder("web", "1.0.0+7")
            crate.folder = "web-1.0.0"
            return crate.bytes
        },
        HostileSample("a file's name of another version", .ambiguous, "web-1.0.0.crate", as: "web-1.0.1.crate") { good.bytes },
        HostileSample("a file's name in capitals", .ambiguous, "web-1.0.0.crate", as: "WEB-1.0.0.CRATE") { good.bytes },
        HostileSample("a file's name as browsers count", .ambiguous, "different releases", as: "web-1.0.0 (1).crate") {
            good.bytes
        },
        HostileSample("a file's name with an escape sequence", .ambiguous, "different", as: "\u{1b}[2Jweb.crate") { good.bytes },
    ]
}
