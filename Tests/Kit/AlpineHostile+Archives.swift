internal import Formats

extension AlpineHostile {
    private static let name = "demo-1.0-r0.apk"
    private static var info: [UInt8] { sound.text }

    static let containers: [HostileSample] = [
        .init("nothing", .unsupported, "does not begin as gzip", as: name) { [] },
        .init("a text", .unsupported, "does not begin as gzip", as: name) { [UInt8]("pkgname = demo\n") },
        .init("an app of Android", .unsupported, "a zip archive", as: name) {
            [0x50, 0x4b, 3, 4] + .init(repeating: 0, count: 60)
        },
        .init("apk v3, deflated", .unsupported, "of apk's version 3", as: name) {
            [UInt8]("ADBd") + .init(repeating: 0, count: 60)
        },
        .init("apk v3, as it is", .unsupported, "of apk's version 3", as: name) { [UInt8]("ADB.pckg") },
        .init("apk v3 in zstd", .unsupported, "of apk's version 3", as: name) { [UInt8]("ADBc") },
        .init("an index of apk v3", .unsupported, "of apk's version 3", as: "Packages.adb") { [UInt8]("ADB.indx") },
        .init("zstd", .unsupported, "does not begin as gzip", as: name) { sound.bytes.zstd },
        .init("xz", .unsupported, "does not begin as gzip", as: name) { sound.bytes.xz },
        .init("a tar", .unsupported, "does not begin as gzip", as: name) { TarBuilder().file(".PKGINFO", info).bytes },
        .init("gzip's magic alone", .truncated, "the first gzip member is truncated", as: name) { [0x1f, 0x8b] },
        .init("the first member cut off", .truncated, "the first gzip member is truncated", as: name) {
            Array(sound.bytes.prefix(40))
        },
        .init("nothing behind a signature", .truncated, "ends behind its signature", as: name) { AlpineBuilder.signature() },
        .init("half a control member behind a signature", .truncated, "the control member is truncated", as: name) {
            AlpineBuilder.signature() + sound.control(for: []).dropLast(5)
        },
        .init("zeros behind a signature", .malformed, "the control member is damaged", as: name) {
            AlpineBuilder.signature() + .init(repeating: 0, count: 100)
        },
        .init("nothing behind the control member", .truncated, "ends behind its control member", as: name) {
            sound.control(for: [])
        },
        .init("a text for the files", .malformed, "not gzip", as: name) { sound.bytes(with: [UInt8]("no files")) },
        .init("zstd for the files", .malformed, "not gzip", as: name) { sound.bytes(with: sound.files.bytes.zstd) },
        .init("files cut off", .malformed, "not those that datahash", as: name) { Array(sound.bytes.dropLast(1)) },
        .init("files and more", .malformed, "not those that datahash", as: name) { sound.bytes + [0] },
        .init("a bit of the files turned", .malformed, "not those that datahash", as: name) {
            var bytes = sound.bytes
            bytes[bytes.count - 12] ^= 1
            return bytes
        },
        .init("other files", .malformed, "not those that datahash", as: name) {
            sound.control(for: sound.data) + TarBuilder().file("usr/evil", "").bytes.gzip
        },
        .init("a wrong sum of the control member", .malformed, "is damaged", as: name) {
            GzipMember(TarBuilder().file(".PKGINFO", info).ended(by: 0).bytes) { $0.crc32 ^= 1 }.bytes + sound.data
        },
        .init("a wrong size of the control member", .malformed, "is damaged", as: name) {
            GzipMember(TarBuilder().file(".PKGINFO", info).ended(by: 0).bytes) { $0.size += 1 }.bytes + sound.data
        },
        .init("an unknown method", .malformed, "is damaged", as: name) { GzipMember(info) { $0.method = 7 }.bytes },
        .init("reserved flags", .malformed, "is damaged", as: name) { GzipMember(info) { $0.flags = 0xe0 }.bytes },
        .init("a control member of 11 MiB", .limit, "expands to more than", as: name) {
            [UInt8](repeating: 0, count: 11 << 20).gzip
        },
        .init("nine signatures", .limit, "too many signatures", as: name) {
            (0..<9).flatMap { _ in AlpineBuilder.signature() } + sound.bytes
        },
        .init("a large signature", .limit, "too many signatures", as: name) {
            TarBuilder().file(".SIGN.RSA.a", .init(repeating: 1, count: 2 << 20)).ended(by: 0).bytes.gzip + sound.bytes
        },
    ]

    static let controls: [HostileSample] = [
        .apk(
            "control and files in one member", .malformed, "not a plain file",
            control: {
                TarBuilder().file(".PKGINFO", info).folder("usr/").file("usr/a", "")
            }),
        .apk(
            "a file to install in the control member", .malformed, "does not begin with a dot",
            control: {
                TarBuilder().file(".PKGINFO", info).file("usr/a", "")
            }),
        .apk("no .PKGINFO", .malformed, "no .PKGINFO in the control member", control: { TarBuilder().file(".post-install", "") }),
        .apk("an empty control member", .malformed, "is empty", control: { TarBuilder() }),
        .apk(".pkginfo in small letters", .malformed, "no .PKGINFO", control: { TarBuilder().file(".pkginfo", info) }),
        .apk("./.PKGINFO", .malformed, "has a slash", control: { TarBuilder().file("./.PKGINFO", info) }),
        .apk("../.PKGINFO", .malformed, "has a slash", control: { TarBuilder().file("../.PKGINFO", info) }),
        .apk("/.PKGINFO", .malformed, "does not begin with a dot", control: { TarBuilder().file("/.PKGINFO", info) }),
        .apk(
            "a dot alone", .malformed, "does not begin with a dot", control: { TarBuilder().file(".", "").file(".PKGINFO", info) }
        ),
        .apk(
            "an empty name", .malformed, "does not begin with a dot",
            control: { TarBuilder().file("", "").file(".PKGINFO", info) }),
        .apk(".PKGINFO is a folder", .malformed, "not a plain file", control: { TarBuilder().folder(".PKGINFO") }),
        .apk(".PKGINFO is a link", .malformed, "not a plain file", control: { TarBuilder().link(".PKGINFO", to: "/etc/passwd") }),
        .apk(
            ".PKGINFO is a hard link", .malformed, "not a plain file",
            control: {
                TarBuilder().member(.init(".PKGINFO", type: "1") { $0.link = "x" })
            }),
        .apk(
            ".PKGINFO is a pipe", .malformed, "not a plain file", control: { TarBuilder().member(.init(".PKGINFO", type: "6")) }),
        .apk(
            ".PKGINFO of a type that apk passes over", .malformed, "not a plain file",
            control: {
                TarBuilder().member(.init(".PKGINFO", info) { $0.type = 0 })
            }),
        .apk("a long name", .malformed, "not a plain file", control: { TarBuilder().long(".PKGINFO").file(".x", info) }),
        .apk(
            "a global header with a path", .ambiguous, "a global tar header sets path",
            control: {
                TarBuilder().pax([("path", "x")], type: "g").file(".PKGINFO", info)
            }),
        .apk(
            "a pax path", .ambiguous, "another name or size",
            control: { TarBuilder().pax([("path", ".PKGINFO")]).file(".x", info) }),
        .apk(
            "a pax size", .ambiguous, "another name or size",
            control: { TarBuilder().pax([("size", "1")]).file(".PKGINFO", info) }),
        .apk(
            "two pax headers", .ambiguous, "two extended headers",
            control: {
                TarBuilder().pax([("mtime", "1")]).pax([("mtime", "1")]).file(".PKGINFO", info)
            }),
        .apk(
            "a pax header and nothing", .malformed, "has no file",
            control: { TarBuilder().file(".PKGINFO", info).pax([("mtime", "1")]) }),
        .apk(
            "a damaged pax header", .malformed, "a pax record is damaged",
            control: {
                TarBuilder().member(.init("x", [UInt8]("99 mtime=1\n"), type: "x")).file(".PKGINFO", info)
            }),
        .apk(
            "a header before ustar", .malformed, "is damaged",
            control: { TarBuilder().member(.init(".PKGINFO", info) { $0.magic = "" }) }),
        .apk(
            "a wrong checksum", .malformed, "is damaged",
            control: {
                TarBuilder().member(.init(".PKGINFO", info) { $0.checksumError = 1 })
            }),
        .apk(
            "a size that is not there", .truncated, "claims 1048576 bytes",
            control: {
                TarBuilder().member(.init(".PKGINFO", info) { $0.size = 1 << 20 })
            }),
        .apk(
            "a size of letters", .malformed, "size is not a number",
            control: {
                TarBuilder().member(.init(".PKGINFO", info) { $0.sizeField = [UInt8]("many\0\0\0\0\0\0\0\0") })
            }),
        .apk(
            "half a header", .truncated, "a tar header is cut off",
            control: { TarBuilder().file(".PKGINFO", info).raw([1, 2, 3]) }),
        .apk("a header of noise", .malformed, "is damaged", control: { TarBuilder().raw(.init(repeating: 0xa5, count: 512)) }),
        .apk("an end mark in the control member", .malformed, "has an end mark", scripts: { $0.ended(by: 2) }),
        .apk("one zero block in the control member", .malformed, "has an end mark", scripts: { $0.ended(by: 1) }),
        .apk("a second .PKGINFO", .ambiguous, ".PKGINFO is there twice", scripts: { $0.file(".PKGINFO", "pkgname = evil\n") }),
        .apk(
            "a script twice", .ambiguous, ".pre-install is there twice",
            scripts: { $0.file(".pre-install", "a").file(".pre-install", "b") }),
        .apk("a signature behind .PKGINFO", .ambiguous, "share a gzip member", scripts: { $0.file(".SIGN.RSA.a.rsa.pub", "x") }),
        .apk("pacman's .INSTALL", .unsupported, "has an .INSTALL", scripts: { $0.file(".INSTALL", "x") }),
        .apk("many scripts", .limit, "more than 64 control files", scripts: { (0..<70).reduce($0) { $0.file(".s\($1)", "") } }),
        .apk("a script with a blank in its name", .malformed, "a blank in it", scripts: { $0.file(".pre install", "") }),
        .apk("a script in a folder", .malformed, "has a slash", scripts: { $0.file(".a/b", "") }),
        .apk("a script with an escape in its name", .malformed, "a blank in it", scripts: { $0.file(".\u{1B}[2J", "") }),
        .init("an end mark in the signature", .malformed, "has an end mark") {
            TarBuilder().file(".SIGN.RSA.a.rsa.pub", "x").bytes.gzip + sound.bytes
        },
        .init("a signature and .PKGINFO in one member", .ambiguous, "share a gzip member") {
            TarBuilder().file(".SIGN.RSA.a.rsa.pub", "x").file(".PKGINFO", info).ended(by: 0).bytes.gzip + sound.data
        },
        .init("two control members", .malformed, "not those that datahash") {
            sound.control(for: sound.data) + AlpineBuilder("evil", "1").control(for: sound.data) + sound.data
        },
    ]
}
