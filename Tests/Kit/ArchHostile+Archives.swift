internal import Formats

extension ArchHostile {
    private static var sound: ArchBuilder { ArchBuilder("demo", "1.0-1") }
    private static let named = "demo-1.0-1-x86_64.pkg.tar.zst"

    static let containers: [HostileSample] = [
        .init("nothing", .unsupported, "not a tar archive", as: named) { [] },
        .init("one byte", .unsupported, "not a tar archive", as: named) { [0x28] },
        .init("a text", .unsupported, "not a tar archive", as: named) { [UInt8]("pkgname = demo\n") },
        .init("a zip", .unsupported, "not a tar archive", as: named) { [0x50, 0x4b, 3, 4] + .init(repeating: 0, count: 100) },
        .init("an ar", .unsupported, "not a tar archive", as: named) { [UInt8]("!<arch>\n") },
        .init("lz4", .unsupported, "not a tar archive", as: named) { [0x04, 0x22, 0x4d, 0x18, 0, 0, 0, 0] },
        .init("lzip", .unsupported, "not a tar archive", as: named) { [UInt8]("LZIP\u{1}\u{c}") },
        .init("lzma", .unsupported, "not a tar archive", as: named) {
            [0x5d, 0, 0, 0x80, 0] + .init(repeating: 0xff, count: 8) + [0, 0, 0]
        },
        .init("a tar before ustar", .unsupported, "not a tar archive", as: named) {
            TarBuilder().member(.init(".PKGINFO", sound.text) { $0.magic = "" }).bytes
        },
        .init("gzip of a text", .truncated, "the package is truncated", as: named) { [UInt8]("pkgname = demo\n").gzip },
        .init("gzip of nothing", .malformed, "no .PKGINFO", as: named) { [UInt8]().gzip },
        .init("zstd of zeros", .malformed, "no .PKGINFO", as: named) { [UInt8](repeating: 0, count: 4_096).zstd },
        .init("xz of noise", .malformed, "checksum is wrong", as: named) { [UInt8](repeating: 0xa5, count: 4_096).xz },
        .init("zstd cut off", .truncated, "the package is truncated", as: named) { Array(sound.bytes.dropLast(6)) },
        .init("gzip cut off", .truncated, "the package is truncated", as: named) { Array(sound.tar.bytes.gzip.dropLast(4)) },
        .init("xz cut off", .truncated, "the package is truncated", as: named) { Array(sound.tar.bytes.xz.dropLast(4)) },
        .init("gzip's magic alone", .truncated, "the package is truncated", as: named) { [0x1f, 0x8b] },
        .init("zstd's magic alone", .truncated, "the package is truncated", as: named) { [0x28, 0xb5, 0x2f, 0xfd] },
        .init("zstd and more", .malformed, "the package", as: named) { sound.bytes + [UInt8]("more") },
        .init("gzip and more", .malformed, "bytes after its end", as: named) { sound.tar.bytes.gzip + [UInt8]("more") },
        .init("xz and more", .truncated, "the package is truncated", as: named) { sound.tar.bytes.xz + [UInt8]("more") },
        .init("zstd with a wrong sum", .malformed, "the package is damaged", as: named) {
            var bytes = sound.bytes
            bytes[bytes.count - 1] ^= 1
            return bytes
        },
        .init("gzip with a wrong sum", .malformed, "the package is damaged", as: named) {
            GzipMember(sound.tar.bytes) { $0.crc32 ^= 1 }.bytes
        },
        .init("gzip with a wrong size", .malformed, "the package is damaged", as: named) {
            GzipMember(sound.tar.bytes) { $0.size += 512 }.bytes
        },
        .init("gzip of another method", .malformed, "the package is damaged", as: named) {
            GzipMember(sound.tar.bytes) { $0.method = 9 }.bytes
        },
        .init("a second archive in a second gzip member", .ambiguous, "members behind its end mark", as: named) {
            sound.tar.bytes.gzip + sound.tar.bytes.gzip
        },
        .init("a second archive in a second zstd frame", .ambiguous, "members behind its end mark", as: named) {
            sound.bytes + ArchBuilder("other", "1.0-1").bytes
        },
        .init("a package of apk", .unsupported, "a package of apk", as: named) {
            TarBuilder().file(".SIGN.RSA.key.rsa.pub", "x").file(".PKGINFO", sound.text).bytes.gzip
        },
    ]

    static let members: [HostileSample] = [
        .init("no .PKGINFO", .malformed, "no .PKGINFO") { TarBuilder().file(".MTREE", "").file("usr/a", "").bytes.zstd },
        .init(".PKGINFO in a folder", .malformed, "no .PKGINFO") { TarBuilder().file("demo/.PKGINFO", sound.text).bytes.zstd },
        .init(".pkginfo in small letters", .malformed, "no .PKGINFO") { TarBuilder().file(".pkginfo", sound.text).bytes.zstd },
        .init("./.PKGINFO", .malformed, "empty or '.'") { TarBuilder().file("./.PKGINFO", sound.text).bytes.zstd },
        .init(".PKGINFO is a folder", .malformed, ".PKGINFO is not a file") { TarBuilder().folder(".PKGINFO").bytes.zstd },
        .init(".PKGINFO is a link", .malformed, ".PKGINFO is not a file") {
            TarBuilder().link(".PKGINFO", to: "/etc/passwd").bytes.zstd
        },
        .init(".PKGINFO is a hard link", .malformed, ".PKGINFO is not a file") {
            TarBuilder().member(.init(".PKGINFO", type: "1") { $0.link = "x" }).bytes.zstd
        },
        .init(".PKGINFO is a pipe", .malformed, ".PKGINFO is not a file") {
            TarBuilder().member(.init(".PKGINFO", type: "6")).bytes.zstd
        },
        .init(".PKGINFO is sparse", .unsupported, "is a sparse file") {
            TarBuilder().pax([("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0")]).file(".PKGINFO", sound.text).bytes.zstd
        },
        .arch("a second .PKGINFO", .ambiguous, "two .PKGINFO", tar: { $0.file(".PKGINFO", ArchBuilder("b", "1-1").text) }),
        .arch("the same .PKGINFO again", .ambiguous, "two .PKGINFO", tar: { $0.file(".PKGINFO", sound.text) }),
        .arch("a .SIGN file", .unsupported, "a package of apk", tar: { $0.file(".SIGN.RSA.a", "x") }),
        .arch("./", .malformed, "empty or '.'", tar: { $0.folder("./") }),
        .arch("./usr", .malformed, "empty or '.'", tar: { $0.folder("./usr/") }),
        .arch("usr//bin", .malformed, "empty or '.'", tar: { $0.file("usr//bin", "") }),
        .arch("usr/./bin", .malformed, "empty or '.'", tar: { $0.file("usr/./bin", "") }),
        .arch("an absolute path", .malformed, "is absolute", tar: { $0.file("/etc/passwd", "") }),
        .arch("..", .malformed, "leads out of its folder", tar: { $0.file("../etc/passwd", "") }),
        .arch("usr/..", .malformed, "leads out of its folder", tar: { $0.file("usr/../../etc/passwd", "") }),
        .arch("..\\", .malformed, "leads out of its folder", tar: { $0.file("..\\etc\\passwd", "") }),
        .arch("a drive", .malformed, "is absolute", tar: { $0.file("C:/windows", "") }),
        .arch("a line end in a name", .malformed, "a name holds a control character", tar: { $0.file("usr/a\n%FILES%", "") }),
        .arch("an escape in a name", .malformed, "a name holds a control character", tar: { $0.file("usr/\u{1B}[2J", "") }),
        .arch("a tab in a name", .malformed, "a name holds a control character", tar: { $0.file("usr/a\tb", "") }),
        .arch(
            "Latin-1 in a name", .malformed, "a name is not UTF-8",
            tar: { tar in tar.member(.init("x") { $0.name = [0x61, 0xE9] }) }),
        .arch("a file twice", .ambiguous, "a file is in it twice", tar: { $0.file("usr/a", "1").file("usr/a", "2") }),
        .arch("a file and a link", .ambiguous, "a file is in it twice", tar: { $0.file("usr/a", "1").link("usr/a", to: "b") }),
        .arch("a file with a folder's name", .ambiguous, "a file with a folder's name", tar: { $0.file("usr/b/", "x") }),
        .arch(
            "a folder with a size", .ambiguous, "claims 512 bytes",
            tar: { tar in tar.member(.init("d/", type: "5") { $0.size = 512 }) }),
        .arch(
            "a member that claims more than there is", .truncated, "the package is truncated",
            tar: { tar in tar.member(.init("a", [1]) { $0.size = 1 << 20 }) }),
        .arch(
            "a member that claims an exbibyte", .malformed, "size is not a number",
            tar: { tar in
                tar.member(.init("a") { $0.sizeField = [0x80, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0] })
            }),
        .arch(
            "a negative size", .malformed, "size is not a number",
            tar: { tar in tar.member(.init("a") { $0.sizeField = .init(repeating: 0xff, count: 12) }) }),
        .arch(
            "a size of letters", .malformed, "size is not a number",
            tar: { tar in tar.member(.init("a") { $0.sizeField = [UInt8]("many\0\0\0\0\0\0\0\0") }) }),
        .arch(
            "a wrong checksum", .malformed, "checksum is wrong",
            tar: { tar in tar.member(.init("a") { $0.checksumError = 1 }) }),
        .arch("an unknown type", .unsupported, "the unknown type", tar: { tar in tar.member(.init("a", type: "Q")) }),
        .arch(
            "two pax headers", .ambiguous, "two extended headers",
            tar: { $0.pax([("path", "a")]).pax([("path", "b")]).file("c", "") }),
        .arch("a pax header and nothing", .malformed, "has no member", tar: { $0.pax([("path", "a")]) }),
        .arch(
            "a global path", .ambiguous, "a global tar header sets path",
            tar: { $0.pax([("path", "a")], type: "g").file("c", "") }),
        .arch(
            "a global size", .ambiguous, "a global tar header sets size",
            tar: { $0.pax([("size", "1")], type: "g").file("c", "") }),
        .arch("a pax size of letters", .malformed, "size is not a number", tar: { $0.pax([("size", "1x")]).file("c", "") }),
        .arch(
            "a pax path out of the folder", .malformed, "leads out of its folder",
            tar: { $0.pax([("path", "../a")]).file("c", "") }),
        .arch("a long name out of the folder", .malformed, "is absolute", tar: { $0.long("/etc/passwd").file("c", "") }),
        .arch("an empty long name", .malformed, "a long tar name is empty", tar: { $0.long("").file("c", "") }),
        .arch(
            "a path of 5,000 bytes", .limit, "more than 4096 bytes",
            tar: { $0.pax([("path", String(repeating: "a", count: 5_000))]).file("c", "") }),
        .arch(
            "what follows one zero block", .ambiguous, "goes on after a zero block",
            tar: {
                $0.raw(.init(repeating: 0, count: 512)).file("a", "")
            }),
        .arch(
            "what follows the end mark", .ambiguous, "members behind its end mark",
            tar: {
                $0.raw(.init(repeating: 0, count: 1_024)).file(".PKGINFO", "")
            }),
        .arch("half a block", .truncated, "the package is truncated", tar: { $0.ended(by: 0).raw([1, 2, 3]) }),
    ]
}
