internal import Formats

extension AlpineHostile {
    static let data: [HostileSample] = [
        .apk("an absolute path", .malformed, "is absolute", files: { $0.file("/etc/passwd", "") }),
        .apk("..", .malformed, "leads out of its folder", files: { $0.file("../etc/passwd", "") }),
        .apk("usr/..", .malformed, "leads out of its folder", files: { $0.file("usr/../../etc/passwd", "") }),
        .apk("..\\", .malformed, "leads out of its folder", files: { $0.file("..\\etc", "") }),
        .apk("./usr", .malformed, "begins with './'", files: { $0.file("./usr/a", "") }),
        .apk("./", .malformed, "begins with './'", files: { $0.folder("./") }),
        .apk(
            ".PKGINFO among the files", .ambiguous, "have a .PKGINFO among them",
            files: { $0.file(".PKGINFO", "pkgname = evil\n") }),
        .apk(".SIGN among the files", .ambiguous, "have a .SIGN.RSA.a among them", files: { $0.file(".SIGN.RSA.a", "x") }),
        .apk("a line end in a name", .malformed, "a name holds a control character", files: { $0.file("usr/a\nF:etc", "") }),
        .apk("an escape in a name", .malformed, "a name holds a control character", files: { $0.file("usr/\u{1B}c", "") }),
        .apk("a file with a folder's name", .ambiguous, "a file with a folder's name", files: { $0.file("usr/b/", "x") }),
        .apk(
            "a folder with a size", .ambiguous, "claims 512 bytes",
            files: { tar in tar.member(.init("d/", type: "5") { $0.size = 512 }) }),
        .apk(
            "a file that claims more", .truncated, "is truncated",
            files: { tar in tar.member(.init("a", [1]) { $0.size = 1 << 20 }) }),
        .apk("a file of an unknown type", .unsupported, "the unknown type", files: { $0.member(.init("a", type: "Q")) }),
        .apk(
            "a wrong checksum among the files", .malformed, "checksum is wrong",
            files: { tar in
                tar.member(.init("a") { $0.checksumError = 1 })
            }),
        .apk(
            "a pax path out of the folder", .malformed, "leads out of its folder",
            files: { $0.pax([("path", "../a")]).file("b", "") }),
        .apk("a long name out of the folder", .malformed, "is absolute", files: { $0.long("/etc/passwd").file("b", "") }),
        .apk("a global path", .ambiguous, "a global tar header", files: { $0.pax([("path", "a")], type: "g").file("b", "") }),
        .apk(
            "what follows the end mark", .ambiguous, "behind its end mark",
            files: {
                $0.raw(.init(repeating: 0, count: 1_024)).file("usr/evil", "")
            }),
        .apk(
            "what follows a zero block", .ambiguous, "goes on after a zero block",
            files: {
                $0.raw(.init(repeating: 0, count: 512)).file("usr/evil", "")
            }),
        .apk(
            "a path of 5,000 bytes", .limit, "more than 4096 bytes",
            files: {
                $0.pax([("path", String(repeating: "a", count: 5_000))]).file("b", "")
            }),
        .init("files in two gzip members", .malformed, "two gzip members") {
            sound.bytes(with: TarBuilder().file("usr/a", "").ended(by: 0).bytes.gzip + TarBuilder().file("usr/b", "").bytes.gzip)
        },
        .init("files and an empty gzip member", .malformed, "two gzip members") {
            sound.bytes(with: sound.data + [UInt8]().gzip + [UInt8]().gzip)
        },
        .init("files of which the sum is wrong", .malformed, "is damaged") {
            sound.bytes(with: GzipMember(sound.files.bytes) { $0.crc32 ^= 1 }.bytes)
        },
        .init("files of which the size is wrong", .malformed, "is damaged") {
            sound.bytes(with: GzipMember(sound.files.bytes) { $0.size ^= 1 }.bytes)
        },
        .init("files cut off before they were hashed", .truncated, "is truncated") {
            sound.bytes(with: Array(sound.data.dropLast(9)))
        },
        .init("files and a text, hashed together", .malformed, "bytes after its end") {
            sound.bytes(with: sound.data + [UInt8]("more"))
        },
        .init("noise for the files' tar", .malformed, "checksum is wrong") {
            sound.bytes(with: [UInt8](repeating: 0xa5, count: 2_048).gzip)
        },
    ]
}
