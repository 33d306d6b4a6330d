internal import Formats

/// What nobody should publish in a type whose files are gzipped tars with one folder and a manifest in it (crates, npm's tarballs).
struct HostileTarball: Sendable {
    /// A sound archive.
    let tar: TarBuilder
    /// The folder that everything is in.
    let folder: String
    /// The manifest's name in it.
    let manifest: String

    private var bytes: [UInt8] { tar.bytes.gzip }

    /// One with these members besides.
    func with(
        _ what: String, _ cause: Refusal.Cause, _ words: String, _ change: @escaping @Sendable (TarBuilder) -> TarBuilder
    ) -> HostileSample {
        HostileSample(what, cause, words) { change(tar).bytes.gzip }
    }

    /// What is around the members.
    var containers: [HostileSample] {
        [
            HostileSample("nothing", .unsupported, "not a gzip") { [] },
            HostileSample("text", .unsupported, "not a gzip") { [UInt8]("hello".utf8) },
            HostileSample("a bare tar", .unsupported, "not a gzip") { tar.bytes },
            HostileSample("zstd", .unsupported, "not a gzip") { tar.bytes.zstd },
            HostileSample("xz", .unsupported, "not a gzip") { tar.bytes.xz },
            HostileSample("gzip of nothing", .malformed, "\(manifest) is missing") { [UInt8]().gzip },
            HostileSample("an archive of nothing", .malformed, "\(manifest) is missing") { TarBuilder().bytes.gzip },
            HostileSample("gzip cut in its header", .truncated, "truncated") { Array(bytes.prefix(8)) },
            HostileSample("gzip cut in the middle", .truncated, "truncated") { Array(bytes.prefix(bytes.count / 2)) },
            HostileSample("gzip cut in its trailer", .truncated, "truncated") { Array(bytes.dropLast(5)) },
            HostileSample("the wrong CRC", .malformed, "damaged") { GzipMember(tar.bytes) { $0.crc32 ^= 1 }.bytes },
            HostileSample("the wrong size", .malformed, "damaged") { GzipMember(tar.bytes) { $0.size &+= 1 }.bytes },
            HostileSample("text behind the gzip", .malformed, "bytes after its end") { bytes + [UInt8]("trailing".utf8) },
            HostileSample("a second archive in a second gzip", .ambiguous, "behind its end mark") { bytes + bytes },
            HostileSample("gzip inside gzip", .truncated, "truncated") { bytes.gzip },
            HostileSample("a tar cut in a header", .truncated, "truncated") {
                (tar.blocks + [UInt8](repeating: 65, count: 100)).gzip
            },
            HostileSample("a tar cut in a file", .truncated, "truncated") { Array(tar.bytes.prefix(520)).gzip },
            HostileSample("garbage for a header", .malformed, "checksum") {
                tar.raw([UInt8](repeating: 0xAA, count: 512)).bytes.gzip
            },
            HostileSample("members behind the end", .ambiguous, "behind its end mark") { (tar.bytes + tar.bytes).gzip },
            HostileSample("members behind half an end", .ambiguous, "after a zero block") {
                (tar.ended(by: 1).bytes + tar.bytes).gzip
            },
            HostileSample("a file that claims 8 GiB", .truncated, "truncated") {
                var member = TarBuilder.Member("\(folder)/big")
                member.sizeField = Array("77777777777\0".utf8)
                return tar.member(member).bytes.gzip
            },
            HostileSample("a size of letters", .malformed, "not a number") {
                var member = TarBuilder.Member("\(folder)/big")
                member.sizeField = Array("zzzzzzzzzzzz".utf8)
                return tar.member(member).bytes.gzip
            },
        ]
    }

    /// Names of members.
    var archiveNames: [HostileSample] {
        [
            with("an absolute path", .malformed, "is absolute") { $0.file("/etc/passwd", "x") },
            with("a path with ..", .malformed, "leads out") { $0.file("\(folder)/../../x", "x") },
            with("a path that is ..", .malformed, "leads out") { $0.file("..", "x") },
            with("a path with .. behind backslashes", .malformed, "leads out") { $0.file("\(folder)/a\\..\\x", "x") },
            with("a drive's path", .malformed, "is absolute") { $0.file("C:\\x", "x") },
            with("a name with ./ in front", .malformed, "empty or '.'") { $0.file("./\(folder)/x", "x") },
            with("a name with ./ inside", .malformed, "empty or '.'") { $0.file("\(folder)/./x", "x") },
            with("a name with two slashes", .malformed, "empty or '.'") { $0.file("\(folder)//x", "x") },
            with("a file with a folder's name", .ambiguous, "folder's name") { $0.file("\(folder)/x/", "x") },
            with("a backslash", .malformed, "'\\'") { $0.file("\(folder)/a\\b", "x") },
            with("an escape sequence", .malformed, "control character") { $0.file("\(folder)/\u{1b}[2J", "x") },
            with("a line feed", .malformed, "control character") { $0.file("\(folder)/a\nb", "x") },
            with("a name that is not UTF-8", .malformed, "not UTF-8") {
                var member = TarBuilder.Member("", [65])
                member.name = Array("\(folder)/".utf8) + [0xFF, 0xFE]
                return $0.member(member)
            },
            with("a path of 5000 bytes", .limit, "more than 4097") {
                $0.long("\(folder)/" + String(repeating: "d", count: 5_000)).file("x", "x")
            },
            with("a pax path that leads out", .malformed, "leads out") { $0.pax([("path", "\(folder)/../../x")]).file("x", "x") },
            with("a global pax path", .ambiguous, "for every member") { $0.pax([("path", "x")], type: "g").file("x", "x") },
            with("a prefix that leads out", .malformed, "leads out") {
                var member = TarBuilder.Member("x", [65])
                member.prefix = "\(folder)/../.."
                return $0.member(member)
            },
        ]
    }

    /// Kinds of members.
    var members: [HostileSample] {
        [
            with("a character device", .malformed, "a device") { $0.member(.init("\(folder)/null", type: "3")) },
            with("a block device", .malformed, "a device") { $0.member(.init("\(folder)/sda", type: "4")) },
            with("a pipe", .malformed, "a pipe") { $0.member(.init("\(folder)/pipe", type: "6")) },
            with("a type that nobody knows", .unsupported, "unknown type") { $0.member(.init("\(folder)/z", type: "Z")) },
            with("a folder with content", .ambiguous, "without content") { $0.member(.init("\(folder)/d", [65], type: "5")) },
            with("a sparse file", .unsupported, "sparse") { $0.member(.init("\(folder)/s", [65], type: "S")) },
            with("a sparse file in pax dress", .unsupported, "sparse") {
                $0.pax([("GNU.sparse.major", "1"), ("GNU.sparse.name", "\(folder)/s")]).file("\(folder)/x", "x")
            },
        ]
    }
}
