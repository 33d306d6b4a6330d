@testable import Formats
@testable import Kit

/// RPM packages whose names, files, dependencies and texts are hostile.
enum RPMTexts {
    private static func rpm(_ name: String, _ change: (inout RPMBuilder) -> Void) -> [UInt8] { RPMHeaders.rpm(name, change) }

    static func fill(_ shelf: inout HostileShelf) {
        identity(&shelf)
        prose(&shelf)
        files(&shelf)
        dependencies(&shelf)
        changelogs(&shelf)
        sizes(&shelf)
        places(&shelf)
    }

    private static let names: [(what: String, name: String)] = [
        ("that leads out", "../../../etc/passwd"), ("that is ..", ".."), ("with a slash", "a/b"), ("that is absolute", "/etc/x"),
        ("with a backslash", "a\\b"), ("with a dot first", ".hidden"), ("with a hyphen first", "-rf"),
        ("with a line feed", "a\nb"),
        ("with CR", "a\rb"), ("with an escape sequence", "a\u{1b}[2J"), ("with a blank", "a b"), ("with a quote", "a\"b"),
        ("with markup", "<script>"), ("with &", "a&b"), ("with a percent escape", "%2e%2e%2f"), ("with ?", "a?b"),
        ("with #", "a#b"),
        ("with a colon", "a:b"), ("with a Cyrillic letter", "b\u{430}sh"), ("with a full-width letter", "\u{ff42}ash"),
        ("with a combining mark", "bash\u{301}"), ("with right-to-left marks", "ab\u{202e}cd"),
        ("with a Kelvin sign", "\u{212a}dump"),
        ("with shell in it", "a;reboot"), ("with $", "$HOME"), ("with *", "a*"), ("with ]]>", "a]]>b"),
    ]

    private static func identity(_ shelf: inout HostileShelf) {
        for (what, text) in names {
            shelf.refused(.malformed, "a name \(what)") { _ in RPMBuilder(name: text).build() }
        }
        for (what, text) in names.prefix(16) where what != "with a hyphen first" {
            shelf.refused(.malformed, "a release \(what)") { RPMBuilder(name: $0, release: text).build() }
            shelf.refused(.malformed, "an architecture \(what)") { name in rpm(name) { $0.architecture = text } }
        }
        shelf.refused(.malformed, "a version with a slash") { RPMBuilder(name: $0, version: "1/../2").build() }
        shelf.refused(.malformed, "a version with a hyphen") { RPMBuilder(name: $0, version: "1-2").build() }
        shelf.refused(.malformed, "a version with a colon") { RPMBuilder(name: $0, version: "1:2").build() }
        shelf.refused(.malformed, "a version in Latin-1") { name in rpm(name) { $0.tags[1_001] = .string([0x31, 0xE9]) } }
        shelf.refused(.malformed, "a name in overlong UTF-8") { name in
            rpm(name) { $0.tags[1_000] = .string([0x61, 0xC0, 0xAF, 0x62]) }
        }
        shelf.refused(.limit, "a name of 300 bytes") { _ in RPMBuilder(name: String(repeating: "a", count: 300)).build() }
        shelf.refused(.limit, "a version of 300 bytes") {
            RPMBuilder(name: $0, version: String(repeating: "1", count: 300)).build()
        }
        shelf.refused(.limit, "an epoch that makes a folder's name too long") { _ in
            var package = RPMBuilder(name: "a", version: String(repeating: "1", count: 245))
            package.epoch = 2_147_483_647
            package.architecture = "i"
            return package.build()
        }
        shelf.accepted("a file name of 255 bytes") { name in
            RPMBuilder(name: name, version: String(repeating: "1", count: 255 - name.utf8.count - 14)).build()
        }
        shelf.accepted("marks that packages have") { RPMBuilder(name: $0, version: "1.0~rc1^git2", release: "3.el9_4+5").build() }
    }

    private static func prose(_ shelf: inout HostileShelf) {
        let tags: [(UInt32, String)] = [
            (1_004, "summary"), (1_005, "description"), (1_007, "build host"), (1_011, "vendor"), (1_014, "license"),
            (1_015, "packager"), (1_016, "group"), (1_020, "URL"), (1_044, "source package"),
        ]
        for (tag, label) in tags {
            shelf.accepted("a \(label) with ]]>, &, quotes and markup") { name in
                rpm(name) { $0.tags[tag] = .text("]]><package type='rpm'>&amp;\"'</package><!-- \(name) -->") }
            }
            shelf.accepted("a \(label) with control characters") { name in
                rpm(name) { $0.tags[tag] = .text("a\u{8}b\u{1b}[2Jc\u{1}\r\n</x>") }
            }
        }
        let odd: [(String, [UInt8])] = [
            ("in Latin-1", [0x4A, 0xFC, 0x72, 0x67]), ("in Latin-1 with control characters", [0x4A, 0xFC, 0x1B, 0x5B, 0x85]),
            ("with U+FFFE", [0x61, 0xEF, 0xBF, 0xBE]), ("with U+FFFF", [0x61, 0xEF, 0xBF, 0xBF]),
            ("with a surrogate", [0x61, 0xED, 0xA0, 0x80]), ("with a pair of surrogates", [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80]),
            ("in overlong UTF-8", [0x61, 0xC0, 0xBC, 0xE0, 0x80, 0xBC]), ("cut inside a character", [0x61, 0xE2, 0x82]),
            ("beyond U+10FFFF", [0xF4, 0x90, 0x80, 0x80]), ("in bytes of 0xFF", [0xFF, 0xFF, 0xFF]),
            ("in C1 controls", [0xC2, 0x9B, 0x33, 0x31, 0x6D]), ("with right-to-left marks", Array("\u{202e}\u{2066}x".utf8)),
            ("with a line separator", Array("a\u{2028}b".utf8)), ("with a byte order mark", Array("\u{feff}x".utf8)),
            ("with entities", Array("&#0;&#x1B;&lt;!ENTITY x SYSTEM \"file:///etc/passwd\"&gt;&x;".utf8)),
            ("with a document type", Array("<!DOCTYPE x [<!ENTITY y \"z\">]>&y;".utf8)),
            ("with a CDATA section", Array("<![CDATA[x]]>".utf8)), ("with template marks", Array("{{{x}}} ${x} %s%n".utf8)),
        ]
        for (what, bytes) in odd {
            shelf.accepted("a summary \(what)") { name in rpm(name) { $0.tags[1_004] = .translated([bytes]) } }
        }
    }

    private static func files(_ shelf: inout HostileShelf) {
        func file(_ what: String, _ directory: String, _ base: [UInt8]) {
            shelf.accepted("a file \(what)") { name in
                rpm(name) {
                    $0.files = [.init(directory, "x")]
                    $0.files[0].base = base
                }
            }
        }
        file("that leads out", "/usr/../../", Array("x".utf8))
        file("with ]]> and &", "/usr/share/", Array("]]>&<file>\"".utf8))
        file("with a line feed", "/usr/share/", Array("a\n<file>/etc/shadow</file>".utf8))
        file("in Latin-1", "/usr/share/", [0xE9, 0x61])
        file("in overlong UTF-8", "/usr/share/", [0xC0, 0xAF])
        file("with U+FFFF", "/usr/share/", [0xEF, 0xBF, 0xBF])
        file("without a name", "/usr/share/", [])
        file("in no directory", "", Array("x".utf8))
        shelf.refused(.unsupported, "a file with an escape sequence") { name in
            rpm(name) { $0.files = [.init("/usr/", "a\u{1b}[2J")] }
        }
        shelf.refused(.unsupported, "a directory with a bell") { name in rpm(name) { $0.files = [.init("/u\u{7}/", "a")] } }
        let two = { @Sendable (package: inout RPMBuilder) in package.files = [.init("/usr/bin/", "a"), .init("/etc/", "b")] }
        func lying(_ cause: Refusal.Cause?, _ what: String, _ tag: UInt32, _ value: RPMBuilder.Value?) {
            shelf.add(cause.map { .refused($0) } ?? .accepted, what) { name in
                rpm(name) {
                    two(&$0)
                    $0.tags.updateValue(value, forKey: tag)
                }
            }
        }
        lying(.malformed, "a file in directory 4294967295", 1_116, .int32([0, .max]))
        lying(.malformed, "a file in the directory behind the last", 1_116, .int32([0, 2]))
        lying(.malformed, "directories that are numbers", 1_118, .int32([1, 2]))
        lying(.malformed, "fewer directory numbers than files", 1_116, .int32([0]))
        lying(.malformed, "more directory numbers than files", 1_116, .int32([0, 1, 7, 9]))
        lying(nil, "fewer modes than files", 1_030, .int16([0o100644]))
        lying(nil, "fewer flags than files", 1_037, .int32([0]))
        lying(.malformed, "more base names than the rest", 1_117, .texts(["a", "b", "c", "d"]))
        lying(.malformed, "fewer base names than the rest", 1_117, .texts(["a"]))
        lying(.malformed, "no directories", 1_118, nil)
        lying(.malformed, "no directory numbers", 1_116, nil)
        lying(.malformed, "directory numbers of 64 bits", 1_116, .int64([0, 1]))
        lying(.malformed, "directory numbers of 64 bits beyond all", 1_116, .int64([0, .max]))
        lying(.malformed, "base names that are binary", 1_117, .binary([65, 0, 66, 0]))
        lying(nil, "modes of all kinds", 1_030, .int16([0xFFFF, 0]))
        lying(nil, "old names beside new ones", 1_027, .texts(["/etc/shadow", "/x"]))
    }

    private static func dependencies(_ shelf: inout HostileShelf) {
        func provides(_ what: String, _ dependency: RPMBuilder.Dependency) {
            shelf.accepted("a dependency \(what)") { name in
                rpm(name) {
                    $0.provides = [dependency]
                    $0.requires = [dependency, ("other", 0, "")]
                    $0.suggests = [dependency]
                }
            }
        }
        provides("with ]]>, quotes and markup", ("a\"/><rpm:entry name=\"b]]>&", 8, "1"))
        provides("with line feeds", ("a\nb", 8, "1\n2"))
        provides("without a name", ("", 8, "1"))
        provides("with an epoch of letters", ("a", 8, "x:1"))
        provides("with a negative epoch", ("a", 8, "-1:1"))
        provides("with an epoch of 30 digits", ("a", 8, "\(String(repeating: "9", count: 30)):1"))
        provides("with all flags", ("a", .max, "1"))
        provides("with colons and dashes only", ("a", 8, "::--::"))
        provides("outside ASCII", ("\u{430}\u{202e}", 8, "\u{660}"))
        provides("with a rich expression left open", ("(((((a if b", 0, ""))
        provides("with ten thousand parentheses", (String(repeating: "(", count: 10_000), 0, ""))
        provides("on libc.so.6 with parentheses askew", ("libc.so.6)(", 8, "1"))
        shelf.refused(.unsupported, "a dependency with an escape sequence") { name in
            rpm(name) { $0.requires = [("a\u{1b}[2J", 0, "")] }
        }
        shelf.refused(.unsupported, "a dependency on a version with a bell") { name in
            rpm(name) { $0.requires = [("a", 8, "1\u{7}")] }
        }
        shelf.accepted("fewer versions than dependencies") { name in
            rpm(name) {
                $0.provides = [("a", 8, "1"), ("b", 8, "2")]
                $0.tags[1_113] = .texts(["1"])
            }
        }
        shelf.accepted("fewer flags than dependencies") { name in
            rpm(name) {
                $0.provides = [("a", 8, "1"), ("b", 8, "2")]
                $0.tags[1_112] = .int32([8])
            }
        }
        shelf.accepted("dependencies without flags") { name in
            rpm(name) {
                $0.provides = [("a", 8, "1")]
                $0.tags.updateValue(nil, forKey: 1_112)
            }
        }
        shelf.refused(.malformed, "dependencies that are numbers") { name in
            rpm(name) {
                $0.provides = [("a", 8, "1")]
                $0.tags[1_047] = .int32([1])
            }
        }
        shelf.refused(.malformed, "flags that are strings") { name in
            rpm(name) {
                $0.provides = [("a", 8, "1")]
                $0.tags[1_112] = .text("EQ")
            }
        }
    }

    private static func changelogs(_ shelf: inout HostileShelf) {
        func entry(_ what: String, _ author: String, _ text: String, date: UInt32 = 1) {
            shelf.accepted("a changelog \(what)") { name in rpm(name) { $0.changelog = [(date, author, text)] } }
        }
        entry("with control characters (createrepo_c#424)", "a", "- fix \u{8}\u{1b}[31mred\u{1}")
        entry("whose author has control characters", "Ada \u{7}<a@b>", "- x")
        entry("with ]]>, & and markup", "]]>\" date=\"0", "]]></changelog><changelog author=\"x\">")
        entry("with line feeds in its author", "a\nb", "- x")
        entry("dated 2^32 - 1", "a", "- x", date: .max)
        entry("without author and text", "", "")
        shelf.accepted("a changelog in Latin-1 with control characters") { name in
            rpm(name) {
                $0.changelog = [(1, "x", "y")]
                $0.tags[1_081] = .strings([[0xC9, 0x07, 0x85]])
                $0.tags[1_082] = .strings([[0x2D, 0xE4, 0x1B, 0x0A]])
            }
        }
        shelf.refused(.malformed, "a changelog dated 2^64 - 1") { name in
            rpm(name) {
                $0.changelog = [(1, "a", "b"), (1, "c", "d")]
                $0.tags[1_080] = .int64([.max, .max])
            }
        }
        shelf.accepted("more dates than changelog entries") { name in
            rpm(name) {
                $0.changelog = [(1, "a", "b")]
                $0.tags[1_080] = .int32([1, 2, 3])
            }
        }
        shelf.refused(.malformed, "changelog dates that are strings") { name in
            rpm(name) {
                $0.changelog = [(1, "a", "b")]
                $0.tags[1_080] = .texts(["now"])
            }
        }
        shelf.accepted("sixty thousand changelog entries of one day") { name in
            rpm(name) { package in
                package.tags[1_080] = .int32([UInt32](repeating: 5, count: 60_000))
                package.tags[1_081] = .strings([[UInt8]](repeating: [0x61], count: 60_000))
                package.tags[1_082] = .strings([[UInt8]](repeating: [0x62], count: 60_000))
            }
        }
    }

    /// Small files that want to become large.
    private static func sizes(_ shelf: inout HostileShelf) {
        shelf.refused(.limit, "a directory of 4,000 bytes shared by 40,000 files") { name in
            rpm(name) { package in
                package.tags[1_030] = .int16([UInt16](repeating: 0o100644, count: 40_000))
                package.tags[1_037] = .int32([UInt32](repeating: 0, count: 40_000))
                package.tags[1_116] = .int32([UInt32](repeating: 0, count: 40_000))
                package.tags[1_117] = .strings([[UInt8]](repeating: [0x66], count: 40_000))
                package.tags[1_118] = .texts(["/etc/" + String(repeating: "d", count: 4_000) + "/"])
            }
        }
        shelf.refused(.limit, "a path of 5,000 bytes") { name in
            rpm(name) { $0.files = [.init("/" + String(repeating: "d", count: 5_000) + "/", "f")] }
        }
        shelf.refused(.limit, "a summary of 20 MiB") { name in
            rpm(name) { $0.summary = [UInt8](repeating: 0x26, count: 20 << 20) }
        }
        shelf.refused(.limit, "a dependency of 20 MiB") { name in
            rpm(name) {
                $0.tags.merge([
                    1_047: .strings([[UInt8](repeating: 0x22, count: 20 << 20)]), 1_112: .int32([8]), 1_113: .texts(["1"]),
                ]) { $1 }
            }
        }
        shelf.refused(.limit, "a changelog entry of 20 MiB") { name in
            rpm(name) {
                $0.tags.merge([
                    1_080: .int32([1]), 1_081: .texts(["a"]), 1_082: .strings([[UInt8](repeating: 0x3C, count: 20 << 20)]),
                ]) { $1 }
            }
        }
        shelf.refused(.malformed, "ten kinds of 200,000 dependencies at one place in the store") {
            RPMHeaders.overlapping($0, count: 200_000)
        }
        shelf.refused(.limit, "more than a million files") { name in
            let file = rpm(name) { package in
                package.hasDigests = false
                package.files = [.init("/", "")]
                package.tags[1_117] = .string([UInt8](repeating: 0, count: 1_000_001))
            }
            let entry = RPMHeaders.entryOffset(of: 1_117, in: file)
            return RPMHeaders.patched(
                file, at: entry + 4, RPMHeaders.big(8) + file[(entry + 8)..<(entry + 12)] + RPMHeaders.big(1_000_002))
        }
    }

    private static func places(_ shelf: inout HostileShelf) {
        for (what, filename) in HostileNames.all {
            shelf.accepted("sent as \(what)", as: filename + ".rpm") { RPMBuilder(name: $0).build() }
        }
        for (what, group) in [
            ("that leads out", "../../x"), ("with a line feed", "a\nb"), ("that is absolute", "/etc"), ("with a dot first", ".x"),
            ("with an escape sequence", "\u{1b}[2J"), ("that is the registry's own", "repodata"),
            ("that ends like a .repo", "x.repo"),
            ("outside ASCII", "\u{435}l9"), ("of 600 bytes", String(repeating: "a/", count: 300) + "b"), ("with a blank", "a b"),
            ("whose .repo file has a name of 256 bytes", String(repeating: "a", count: 251)),
        ] {
            shelf.refused(.placement, "into a group \(what)", with: ["--group", group]) { RPMBuilder(name: $0).build() }
        }
        shelf.refused(.placement, "into a group that the release does not name", with: ["--group", "auto"]) {
            RPMBuilder(name: $0, release: "1.../el9/x".replacing("/", with: "_")).build()
        }
    }
}

extension RPMHeaders {
    /// Ten kinds of dependencies that share the same names, flags and versions: entries cost sixteen bytes, what they lead to costs
    /// nothing more.
    static func overlapping(_ name: String, count: Int) -> [UInt8] {
        let kinds: [(UInt32, UInt32, UInt32)] = [
            (1_047, 1_112, 1_113), (1_049, 1_048, 1_050), (1_054, 1_053, 1_055), (1_090, 1_114, 1_115), (5_046, 5_048, 5_047),
            (5_049, 5_051, 5_050), (5_052, 5_054, 5_053), (5_055, 5_057, 5_056), (1_156, 1_158, 1_157), (1_159, 1_161, 1_160),
        ]
        var package = RPMBuilder(name: name)
        package.tags[1_047] = .strings([[UInt8]](repeating: [], count: count))
        package.tags[1_112] = .int32([UInt32](repeating: 0, count: count))
        for kind in kinds.dropFirst() {
            package.tags[kind.0] = .texts([""])
            package.tags[kind.1] = .int32([0])
            package.tags[kind.2] = .texts([""])
        }
        package.tags[1_113] = .texts([""])
        var file = package.build()
        func field(_ tag: UInt32, _ offset: Int) -> [UInt8] {
            let start = entryOffset(of: tag, in: file) + offset
            return Array(file[start..<(start + 4)])
        }
        let names = field(1_047, 8), flags = field(1_112, 8)
        for kind in kinds {
            for (tag, place) in [(kind.0, names), (kind.1, flags), (kind.2, names)] {
                let start = entryOffset(of: tag, in: file)
                file = patched(patched(file, at: start + 8, place), at: start + 12, big(UInt32(count)))
            }
        }
        return file
    }
}
