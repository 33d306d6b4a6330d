internal import Formats

extension CargoHostile {
    private static let tarball = HostileTarball(
        tar: CrateBuilder("web", "1.0.0").tar, folder: "web-1.0.0", manifest: "Cargo.toml")
    private static let good = CrateBuilder("web", "1.0.0")

    static let containers: [HostileSample] =
        tarball.containers + [
            HostileSample("2 GiB of zeros behind the archive", .limit, "expand") {
                let encoding = Encoding.gzip(level: 9)
                let zeros = encoding.compressSegment([UInt8](repeating: 0, count: 32 << 20).span)
                return SegmentSplicer.file(
                    of: [encoding.compressSegment(good.tar.bytes.span)] + Array(repeating: zeros, count: 64), encoding)
            },
            HostileSample("a Cargo.toml of 3 MiB", .limit, "more than") {
                good.manifest(good.toml + "# " + String(repeating: "x", count: 3 << 20)).bytes
            },
        ]

    static let archiveNames: [HostileSample] =
        tarball.archiveNames + [
            .tar("a file outside of the folder", .malformed, "outside of the crate's folder") { $0.file("x", "x") },
            .tar("a second folder", .ambiguous, "a second folder") { $0.file("other-1.0.0/x", "x") },
            .tar("a second empty folder", .ambiguous, "a second folder") { $0.folder("other/") },
            .tar("the folder in capitals", .ambiguous, "a second folder") { $0.file("WEB-1.0.0/x", "x") },
            .tar("a colon", .malformed, "':'") { $0.file("web-1.0.0/aux:b", "x") },
            .tar("a question mark", .malformed, "'?'") { $0.file("web-1.0.0/a?", "x") },
            .tar("an asterisk", .malformed, "'*'") { $0.file("web-1.0.0/a*", "x") },
            .tar("a bar", .malformed, "'|'") { $0.file("web-1.0.0/a|b", "x") },
            .tar("a quotation mark", .malformed, "'\"'") { $0.file("web-1.0.0/a\"b", "x") },
            .tar("an angle", .malformed, "'<'") { $0.file("web-1.0.0/a<b", "x") },
        ]

    static let members: [HostileSample] =
        tarball.members + [
            .tar("a symbolic link out of it", .malformed, "holds a link") { $0.link("web-1.0.0/l", to: "/etc/passwd") },
            .tar("a symbolic link inside of it", .malformed, "holds a link") { $0.link("web-1.0.0/m", to: "src/lib.rs") },
            .tar("a hard link", .malformed, "holds a link") {
                var member = TarBuilder.Member("web-1.0.0/h", type: "1")
                member.link = "web-1.0.0/src/lib.rs"
                return $0.member(member)
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
            HostileSample("no Cargo.toml", .malformed, "Cargo.toml is missing") {
                TarBuilder().file("web-1.0.0/x", "x").bytes.gzip
            },
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
