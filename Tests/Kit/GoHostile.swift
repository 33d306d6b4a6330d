internal import Formats

/// Module zips that go would not take.
enum GoHostile {
    static let all = paths + versions + names + collisions + kinds + modFiles + archives

    // MARK: - Who it is

    static let paths: [HostileSample] =
        [
            ("example/demo", "no dot in its first element"), ("localhost/x", "no dot in its first element"),
            ("Example.com/x", "not a domain name"), ("exam_ple.com/x", "not a domain name"),
            ("example.com~/x", "not a domain name"),
            ("-example.com/x", "begins with a dash"), ("example.com/.x", "begins with a dot"),
            (".example.com/x", "begins with a dot"),
            ("example.com/x.", "ends with a dot"), ("example.com/x y", "is not plain ASCII"),
            ("example.com/x+y", "character '+'"),
            ("example.com/x%41", "character '%'"), ("example.com/x:y", "character ':'"), ("example.com/x\"y", "character '\"'"),
            ("example.com/x!y", "character '!'"), ("example.com/\u{e9}", "is not plain ASCII"),
            ("example.com/con", "device on Windows"),
            ("example.com/Aux.go/x", "device on Windows"), ("com1.net/x", "device on Windows"),
            ("example.com/foo~1", "tilde and digits"),
            ("example.com/foo~12.x", "tilde and digits"), ("example.com/x/v1", "major version"),
            ("example.com/x/v0", "major version"),
            ("example.com/x/v02", "major version"), ("example.com/x/v1.2", "major version"),
            ("example.com/x/v2.", "ends with a dot"),
            ("gopkg.in/yaml", ".vN as paths of gopkg.in"), ("gopkg.in/yaml.v01", ".vN as paths of gopkg.in"),
            ("gopkg.in/yaml.v", ".vN as paths of gopkg.in"), ("gopkg.in/yaml/v2", ".vN as paths of gopkg.in"),
            ("gopkg.in/yaml.v00", ".vN as paths of gopkg.in"), ("gopkg.in/yaml.v0-unstable", ".vN as paths of gopkg.in"),
        ].map { path, words in HostileSample("the path \(path)", .malformed, words) { GoKit.zip(path).bytes } }
        + [
            HostileSample("an empty path", .malformed, "path is empty") {
                ZipBuilder().file("@v1.0.0/go.mod", "module x\n").bytes
            },
            HostileSample("a path of the repository's page", .placement, "index.html") { GoKit.zip("index.html/x").bytes },
            HostileSample("a path element longer than a file's name", .limit, "too long") {
                GoKit.zip("example.com/" + String(repeating: "a", count: 256)).bytes
            },
            HostileSample("capitals that double a path element's length", .limit, "too long") {
                GoKit.zip("example.com/" + String(repeating: "A", count: 128)).bytes
            },
            HostileSample("a path longer than a kilobyte", .limit, "too long") {
                GoKit.zip("example.com" + String(repeating: "/abcdefghi", count: 110)).bytes
            },
        ]

    static let versions: [HostileSample] =
        [
            ("v1", "not written as go writes it"), ("v1.0", "write v1.0.0"), ("1.0.0", "not a semantic version"),
            ("V1.0.0", "not a semantic version"), ("v01.0.0", "not a semantic version"), ("v1.00.0", "not a semantic version"),
            ("v1.0.0-01", "not a semantic version"), ("v1.0.0+meta", "write v1.0.0"), ("v1.0.0-rc.1+x.y", "write v1.0.0-rc.1"),
            ("v1.0.0-", "not a semantic version"), ("v1.0.0+", "not a semantic version"),
            ("v1.0.0-a..b", "not a semantic version"),
            ("v1.0.0.0", "not a semantic version"), ("v1.0.0-rc_1", "not a semantic version"),
            ("v-1.0.0", "not a semantic version"),
            ("v1.0.0-\u{e9}", "not a semantic version"), ("v1.0.0 ", "not a semantic version"),
            ("vv1.0.0", "not a semantic version"),
            ("v1.0.0-rc!1", "not a semantic version"), ("latest", "not a semantic version"), ("", "not a semantic version"),
            ("v1.0.0-" + String(repeating: "a", count: 122), "not a semantic version"), ("v1.0.x", "not a semantic version"),
            ("v1.0.0+incompatible", "for versions from v2"), ("v0.1.0+incompatible", "for versions from v2"),
            ("v2.0.0", "has versions v0 and v1, not v2"), ("v10.0.0-rc.1", "let the path end with /v10"),
            ("v0.0.0-20231301000000-abcdefabcdef", "a time that is none"),
            ("v1.2.4-0.20230230000000-abcdefabcdef", "a time that is none"),
            ("v0.0.0-20230101240000-abcdefabcdef", "a time that is none"),
            ("v0.0.0-20230101000060-abcdefabcdef", "a time that is none"),
        ].map { version, words in
            HostileSample("the version '\(version)'", .malformed, words) { GoKit.zip(GoKit.path, version).bytes }
        }
        + [
            ("example.com/x/v2", "v1.0.0", "ends with /v2"), ("example.com/x/v3", "v2.9.9", "use a v3 version"),
            ("example.com/x/v2", "v20.0.0", "ends with /v2"), ("gopkg.in/x.v2", "v1.0.0", "ends with .v2"),
            ("gopkg.in/x.v2-unstable", "v3.0.0", "ends with .v2"),
            ("gopkg.in/x.v2", "v0.0.0-20230101000000-abcdefabcdef", "ends with .v2"),
            ("example.com/x/v2", "v2.0.0+incompatible", "names no major version"),
            ("gopkg.in/x.v2", "v2.0.0+incompatible", "names no major version"),
            ("example.com/x", "v2.0.0+incompatible", "for modules without go.mod"),
        ].map { path, version, words in
            HostileSample("\(path) at \(version)", .malformed, words) { GoKit.zip(path, version).bytes }
        }

    // MARK: - What is in it

    static let names: [HostileSample] =
        [
            ("a:b", "':' (U+003A)"), ("a*b", "'*'"), ("a?b", "'?'"), ("a<b", "'<'"), ("a>b", "'>'"), ("a|b", "'|'"),
            ("a\"b", "'\"'"),
            ("a'b", "'''"), ("a`b", "'`'"), ("a;b", "';'"), ("con", "device on Windows"), ("con.go", "device on Windows"),
            ("sub/NUL", "device on Windows"), ("Lpt9.tar.gz", "device on Windows"), ("prn/x", "device on Windows"),
            ("a.", "ends with a dot"),
            ("sub./x", "ends with a dot"), ("...", "nothing but dots"), ("a/..../b", "nothing but dots"),
            ("\u{1F600}.go", "(U+1F600)"),
            ("e\u{301}.go", "(U+0301)"), ("a\u{A0}b", "(U+00A0)"), ("a\u{200B}b", "U+200B"), ("\u{A9}.go", "(U+00A9)"),
            ("\u{663}.go", "(U+0663)"), ("\u{202E}og.x", "U+202E"), ("a\u{FF0F}b", "(U+FF0F)"), ("\u{2160}.go", "(U+2160)"),
            ("sub/go.mod", "makes the folder another module"), ("a/b/c/GO.MOD", "makes the folder another module"),
            ("vendor/p/p.go", "in the folder vendor"), ("vendor/a/b/c.go", "in the folder vendor"),
            ("sub/vendor/p/p.go", "in the folder vendor"), ("vendor/vendor/x/y", "in the folder vendor"),
        ].map { name, words in HostileSample("a file \(name)", .malformed, words) { GoKit.zip(files: [(name, "x")]).bytes } }
        + [
            ("a/../b", Refusal.Cause.malformed, "leads out"), ("../x", .malformed, "leads out"), ("./x", .ambiguous, "component"),
            ("a//b", .ambiguous, "empty one"), ("/x", .ambiguous, "empty one"), ("a\\b", .ambiguous, "backslash"),
            ("a\nb", .ambiguous, "control character"), ("a\u{0}b", .ambiguous, "control character"),
            ("a\u{7f}b", .ambiguous, "control character"), ("a\u{1b}[31m", .ambiguous, "control character"),
            ("c:\\x", .ambiguous, "backslash"),
        ].map { name, cause, words in
            HostileSample("a path \(name.debugDescription)", cause, words) { GoKit.zip(files: [(name, "x")]).bytes }
        }
        + [
            HostileSample("a name that is not marked as UTF-8", .ambiguous, "not marked as UTF-8") {
                GoKit.zip().member(.init("\(GoKit.path)@v1.0.0/\u{e9}", [])) { $0.both { $0.flags = 0 } }.bytes
            },
            HostileSample("a name that is not UTF-8", .ambiguous, "not marked as UTF-8") {
                GoKit.zip().member(.init("x", [])) {
                    $0.both {
                        $0.name = Array("\(GoKit.path)@v1.0.0/".utf8) + [0xe9]
                        $0.flags = 0x800
                    }
                }.bytes
            },
            HostileSample("a file beside the module's folder", .malformed, "not below example.com/demo/lib@v1.0.0/") {
                GoKit.zip().file("README", "x").bytes
            },
            HostileSample("a second module", .malformed, "not below") {
                GoKit.zip().file("example.com/other@v1.0.0/x", "x").bytes
            },
            HostileSample("a second version", .malformed, "not below") { GoKit.zip().file("\(GoKit.path)@v1.0.1/x", "x").bytes },
            HostileSample("a folder that only begins like the module's", .malformed, "not below") {
                GoKit.zip().file("\(GoKit.path)@v1.0.0x/x", "x").bytes
            },
            HostileSample("a module's folder in other capitals", .malformed, "not below") {
                GoKit.zip().file("example.com/Demo/lib@v1.0.0/x", "x").bytes
            },
            HostileSample("a file called like the module's folder", .malformed, "not below") {
                GoKit.zip().file("\(GoKit.path)@v1.0.0", "x").bytes
            },
            HostileSample("an entry for the folder above", .malformed, "not below") {
                GoKit.zip().file("example.com/", "", deflate: false).bytes
            },
            HostileSample("no folder of a module", .malformed, "MODULE@VERSION/") {
                ZipBuilder().file("go.mod", "module x\n").bytes
            },
            HostileSample("a folder without a version", .malformed, "MODULE@VERSION/") {
                ZipBuilder().file("lib-1.0.0/go.mod", "module x\n").bytes
            },
            HostileSample("an at sign in the second folder only", .malformed, "character '!'") {
                ZipBuilder().file("a!b/c@v1.0.0/go.mod", "module x\n").bytes
            },
            HostileSample("nothing but the module's folder", .malformed, "no file in it") {
                ZipBuilder().file("\(GoKit.path)@v1.0.0/", "", deflate: false).bytes
            },
            HostileSample("nothing at all", .malformed, "no file in it") { ZipBuilder().bytes },
        ]

    static let collisions: [HostileSample] =
        [
            ("README", "readme"), ("A/x", "a/y"), ("a/B/c", "a/b"), ("k", "\u{212A}"), ("s.go", "\u{17F}.go"),
            ("\u{C9}.go", "\u{E9}.go"),
            ("\u{3A3}", "\u{3C2}"), ("\u{1E9E}", "\u{DF}"), ("LIB.go", "x"), ("sub/Vendor", "sub/vendor"), ("\u{b5}", "\u{3bc}"),
            ("\u{390}", "\u{1FD3}"), ("\u{FB05}", "\u{FB06}"),
        ].map { a, b in
            HostileSample("\(a) beside \(b)", .ambiguous, "where names have no case") {
                GoKit.zip(files: [(a, "1"), (b, "2")]).bytes
            }
        } + [
            HostileSample("a file that is a folder", .ambiguous, "a file and a folder at once") {
                GoKit.zip(files: [("a", "1"), ("a/b", "2")]).bytes
            },
            HostileSample("a folder that becomes a file", .ambiguous, "a file and a folder at once") {
                GoKit.zip(files: [("a/b/c", "2"), ("a/b", "1")]).bytes
            },
            HostileSample("a file twice", .ambiguous, "two members named") { GoKit.zip(files: [("a", "1"), ("a", "2")]).bytes },
            HostileSample("go.mod twice", .ambiguous, "two members named") {
                GoKit.zip(files: [("go.mod", "module example.com/other\n")]).bytes
            },
            HostileSample("go.mod and GO.MOD", .ambiguous, "where names have no case") {
                GoKit.zip(files: [("GO.MOD", "x")]).bytes
            },
            HostileSample("a file and an entry for a folder of its name", .ambiguous, "two members named") {
                GoKit.zip(files: [("a", "1"), ("a/", "")]).bytes
            },
        ]

    static let kinds: [HostileSample] =
        [
            (UInt32(0o120777), "a symbolic link"), (0o020644, "not a regular file"), (0o060644, "not a regular file"),
            (0o010644, "not a regular file"), (0o140644, "not a regular file"), (0o040755, "a folder whose name"),
        ].flatMap { mode, words in
            [UInt8(3), 19].map { maker in
                HostileSample("mode \(String(mode, radix: 8)) by maker \(maker)", .unsupported, words) {
                    GoKit.mode(mode, of: "lib.go", in: GoKit.zip(), maker: maker)
                }
            }
        } + [
            HostileSample("go.mod is a symbolic link", .unsupported, "a symbolic link") {
                GoKit.mode(0o120777, of: "go.mod", in: GoKit.zip())
            },
            HostileSample("a folder's flag of MS-DOS on a file", .unsupported, "a folder whose name") {
                GoKit.mode(0x10, of: "lib.go", in: GoKit.zip(), maker: 0)
            },
            HostileSample("a link whose name is one of a folder", .unsupported, "a symbolic link") {
                GoKit.mode(0o120777, of: "sub/", in: GoKit.zip().file("\(GoKit.path)@v1.0.0/sub/", "", deflate: false))
            },
            HostileSample("GO.MOD alone", .malformed, "not written in small letters") {
                GoKit.bare("GO.MOD", "module \(GoKit.path)\n").bytes
            },
            HostileSample("Go.mod alone", .malformed, "not written in small letters") {
                GoKit.bare("Go.mod", "module \(GoKit.path)\n").bytes
            },
            HostileSample("go.mod as a folder with a module in it", .malformed, "makes the folder another module") {
                GoKit.bare("go.mod/go.mod", "module \(GoKit.path)\n").bytes
            },
            HostileSample("a go.mod above 16 MiB", .limit, "more than 16 MiB") {
                GoKit.bare("go.mod", "module \(GoKit.path)\n" + String(repeating: " ", count: 16 << 20)).bytes
            },
            HostileSample("a LICENSE above 16 MiB", .limit, "more than 16 MiB") {
                GoKit.zip(files: [("LICENSE", String(repeating: "x", count: 16 << 20 + 1))]).bytes
            },
        ]

    // MARK: - go.mod

    static let modFiles: [HostileSample] =
        [
            (
                "of another module", "module example.com/other\n", Refusal.Cause.ambiguous,
                "go.mod is one of the module example.com/other"
            ),
            (
                "of the module in other capitals", "module example.com/Demo/lib\n", .ambiguous,
                "one of the module example.com/Demo/lib"
            ),
            ("of the module's next major", "module example.com/demo/lib/v2\n", .ambiguous, "one of the module"),
            (
                "with an escape that ends elsewhere", "module \"example.com/demo/li\\x62\\u0062\"\n", .ambiguous,
                "one of the module"
            ),
            ("without a module", "go 1.19\n", .malformed, "does not say which module"),
            ("that is empty", "", .malformed, "does not say"),
            ("with a module in a comment", "// module \(GoKit.path)\n", .malformed, "does not say"),
            ("with two modules", "module \(GoKit.path)\nmodule \(GoKit.path)\n", .malformed, "two module directives at line 2"),
            (
                "with two modules in a block", "module (\n\(GoKit.path)\nexample.com/x\n)\n", .malformed,
                "two module directives at line 3"
            ),
            ("with a module of two words", "module example.com/demo lib\n", .malformed, "module takes one path at line 1"),
            ("with a module of no words", "module\n", .malformed, "module takes one path"),
            ("with a module in backquotes", "module `\(GoKit.path)`\n", .malformed, "quotation mark in it"),
            ("with a module in single quotes", "module '\(GoKit.path)'\n", .malformed, "quotation mark in it"),
            ("with C comments", "/* x */\nmodule \(GoKit.path)\n", .malformed, "comment with /*"),
            ("with a C comment in a word", "module \(GoKit.path)/*x*/\n", .malformed, "comment with /*"),
            ("with an open quotation", "module \"\(GoKit.path)\n", .malformed, "no end on its line"),
            ("that ends in a quotation", "module \"\(GoKit.path)\\", .malformed, "no end on its line"),
            ("with an escape that is none", "module \"\\q\"\n", .malformed, "escape that is none"),
            ("with half an escape", "module \"\\x4\"\n", .malformed, "escape that is none"),
            ("with an escaped surrogate", "module \"\\ud800\"\n", .malformed, "escape that is none"),
            ("with an octal escape beyond a byte", "module \"\\777\"\n", .malformed, "escape that is none"),
            ("with an open block", "module \(GoKit.path)\nrequire (\n", .malformed, "no end at line 2"),
            ("with a word behind a block", "module \(GoKit.path)\nrequire (\n) x\n", .malformed, "follows a closing parenthesis"),
            ("with a mark of byte order", "\u{FEFF}module \(GoKit.path)\n", .malformed, "byte order mark"),
            ("with a NUL", "module \(GoKit.path)\0\n", .malformed, "control character"),
            ("with an escape sequence", "module \(GoKit.path)\u{1b}[31m\n", .malformed, "control character"),
            ("with a form feed", "module \(GoKit.path)\n\u{c}\n", .malformed, "control character"),
            ("with a blank that is not one", "module\u{A0}\(GoKit.path)\n", .malformed, "unprintable character U+A0"),
            ("with a word that turns around", "module \(GoKit.path)\u{202E}\n", .malformed, "unprintable character U+202E"),
            ("with two versions of go", "module \(GoKit.path)\ngo 1.19\ngo 1.20\n", .malformed, "two go directives"),
            ("with go and no version", "module \(GoKit.path)\ngo\n", .malformed, "go takes one version"),
            ("with go and a word", "module \(GoKit.path)\ngo latest\n", .malformed, "go takes one version"),
            ("with go and one number", "module \(GoKit.path)\ngo 1\n", .malformed, "go takes one version"),
            ("with go and a leading zero", "module \(GoKit.path)\ngo 01.19\n", .malformed, "go takes one version"),
            ("with go and two words", "module \(GoKit.path)\ngo 1.19 1.20\n", .malformed, "go takes one version"),
            ("that requires nothing", "module \(GoKit.path)\nrequire\n", .malformed, "require takes a path and a version"),
            ("that requires no version", "module \(GoKit.path)\nrequire example.com/x\n", .malformed, "require takes a path"),
            (
                "that requires three words", "module \(GoKit.path)\nrequire (\nexample.com/x v1.0.0 y\n)\n", .malformed,
                "at line 3"
            ),
            (
                "that requires a branch", "module \(GoKit.path)\nrequire example.com/x master\n", .malformed,
                "not of the form v1.2.3"
            ),
            ("that requires v2 without a path", "module \(GoKit.path)\nrequire example.com/x v2.0.0\n", .malformed, "in require"),
            (
                "that requires v1 with a path of v2", "module \(GoKit.path)\nrequire example.com/x/v2 v1.0.0\n", .malformed,
                "in require"
            ),
            (
                "that requires a path of v1", "module \(GoKit.path)\nrequire example.com/x/v1 v1.0.0\n", .malformed,
                "required path"
            ),
            ("that ignores two words", "module \(GoKit.path)\nignore a b\n", .malformed, "ignore takes one path"),
            (
                "of a thousand words on a line", "module \(GoKit.path)\nx" + String(repeating: " y", count: 1_001), .limit,
                "1000 words"
            ),
            ("of a thousand words in a block", "x (\n" + String(repeating: "y ", count: 1_001) + "\n)", .limit, "1000 words"),
            (
                "with a megabyte of retractions", "module \(GoKit.path)\n" + String(repeating: "retract v1.0.0\n", count: 40_000),
                .limit,
                "retractions of more than 1 MiB"
            ),
        ].map { what, text, cause, words in
            HostileSample("a go.mod \(what)", cause, words) { GoKit.zip(mod: text).bytes }
        } + [
            HostileSample("a go.mod that is not UTF-8", .malformed, "not UTF-8") {
                ZipBuilder().file("\(GoKit.path)@v1.0.0/go.mod", Array("module \(GoKit.path)".utf8) + [0xE9, 0x0A]).bytes
            }
        ]

    // MARK: - The archive

    private static func lie(
        _ what: String, _ cause: Refusal.Cause, _ words: String, deflate: Bool = false,
        _ change: @escaping @Sendable (inout ZipBuilder.Member) -> Void
    ) -> HostileSample {
        HostileSample(what, cause, words) {
            GoKit.zip().member(.init("\(GoKit.path)@v1.0.0/x", Array("content".utf8), deflate: deflate), change).bytes
        }
    }

    static let archives: [HostileSample] = [
        lie("a CRC that is wrong", .malformed, "announced size and checksum") { $0.both { $0.crc32 ^= 1 } },
        lie("a CRC that is wrong, deflated", .malformed, "announced size and checksum", deflate: true) {
            $0.both { $0.crc32 ^= 1 }
        },
        lie("a deflated file longer than announced", .malformed, "announced size", deflate: true) { $0.both { $0.size -= 1 } },
        lie("a deflated file shorter than announced", .malformed, "announced size", deflate: true) { $0.both { $0.size += 1 } },
        lie("a stored file with two sizes", .malformed, "two sizes") { $0.both { $0.size += 1 } },
        lie("bytes that are not deflated", .malformed, "damaged") {
            $0.both { $0.method = 8 }
            $0.packed = [UInt8](repeating: 0xff, count: $0.packed.count)
        },
        lie("a deflated file that is cut off", .truncated, "truncated", deflate: true) {
            $0.packed.removeLast(2)
            $0.both { $0.compressedSize -= 2 }
        },
        lie("an encrypted file", .unsupported, "encrypted") { $0.both { $0.flags = 1 } },
        lie("a file packed with bzip2", .unsupported, "method 12") { $0.both { $0.method = 12 } },
        lie("a local header of another name", .ambiguous, "disagrees") { $0.local.name[0] ^= 1 },
        lie("a second, other name", .ambiguous, "second, other name") {
            $0.central.extra = [0x75, 0x70, 6, 0, 1, 0, 0, 0, 0, 0x79]
        },
        lie("two sets of wide sizes", .ambiguous, "two sets of 64-bit sizes") {
            $0.central.extra = [1, 0, 0, 0, 1, 0, 0, 0]
        },
        lie("wide sizes that do not fit", .ambiguous, "64-bit sizes do not fit") { $0.central.extra = [1, 0, 4, 0, 0, 0, 0, 0] },
        lie("a file of a second volume", .unsupported, "several volumes") { $0.central.disk = 1 },
        lie("a file that is not in the directory", .ambiguous, "unaccounted for") { $0.isListed = false },
        lie("an entry that points into another file", .ambiguous, "overlap") { $0.isWritten = false },
        HostileSample("bytes before the archive", .ambiguous, "not where the end record says") {
            [0x4d, 0x5a] + GoKit.zip().bytes
        },
        HostileSample("bytes before the archive, counted", .ambiguous, "unaccounted for") {
            GoKit.zip().with { $0.prefix = [0x4d, 0x5a] }.bytes
        },
        HostileSample("bytes behind the archive", .malformed, "does not end with the file") { GoKit.zip().bytes + [0] },
        HostileSample("two archives", .malformed, "") {
            GoKit.zip().bytes + [10] + GoKit.zip(GoKit.path, "v1.0.1").bytes.dropLast(1)
        },
        HostileSample("bytes before the directory", .ambiguous, "unaccounted for") {
            GoKit.zip().with { $0.beforeDirectory = [1, 2, 3] }.bytes
        },
        HostileSample("bytes behind the directory", .ambiguous, "not where the end record says") {
            GoKit.zip().with { $0.afterDirectory = [1, 2, 3] }.bytes
        },
        HostileSample("one entry more than announced", .ambiguous, "more than the 1 entries") {
            GoKit.zip().with { $0.countError = -1 }.bytes
        },
        HostileSample("an archive that is cut off", .truncated, "no end record") { Array(GoKit.zip().bytes.dropLast(30)) },
        HostileSample("half an archive", .truncated, "no end record") {
            let bytes = GoKit.zip().bytes
            return Array(bytes.prefix(bytes.count / 2))
        },
        HostileSample("a wide end record that counts otherwise", .malformed, "64-bit end record is damaged") {
            GoKit.zip().with {
                $0.isWide = true
                $0.locatorError = 1
            }.bytes
        },
        HostileSample("two end records that disagree", .ambiguous, "end records disagree") {
            GoKit.zip().with {
                $0.isWide = true
                $0.isSaturated = false
                $0.wideCountError = 1
            }.bytes
        },
        HostileSample("files of more than 500 MiB by their own words", .limit, "more than 500 MiB") {
            GoKit.zip().member(.init("\(GoKit.path)@v1.0.0/x", Array("x".utf8), deflate: true)) {
                $0.both { $0.size = 501 << 20 }
            }.bytes
        },
        HostileSample("many files that have more than 500 MiB together", .limit, "more than 500 MiB") {
            var zip = GoKit.zip()
            for number in 0..<6 {
                zip = zip.member(.init("\(GoKit.path)@v1.0.0/x\(number)", Array("x".utf8), deflate: true)) {
                    $0.both { $0.size = 90 << 20 }
                }
            }
            return zip.bytes
        },
        HostileSample("a file of 4 GiB in 100 bytes", .limit, "more than 500 MiB") {
            GoKit.zip().member(.init("\(GoKit.path)@v1.0.0/x", Array("x".utf8), deflate: true)) { $0.both { $0.size = .max - 1 } }
                .bytes
        },
        HostileSample("a bomb of 80 MiB of zeros", .limit, "200 times the size") {
            GoKit.zip().file("\(GoKit.path)@v1.0.0/x", [UInt8](repeating: 0, count: 80 << 20)).bytes
        },
        HostileSample("zeros in many files", .limit, "200 times the size") {
            var zip = GoKit.zip()
            let zeros = ZipBuilder.Member("x", [UInt8](repeating: 0, count: 8 << 20), deflate: true)
            for number in 0..<10 {
                zip = zip.member(zeros) { member in member.both { $0.name = Array("\(GoKit.path)@v1.0.0/x\(number)".utf8) } }
            }
            return zip.bytes
        },
    ]
}
