internal import Formats

extension MavenHostile {
    // MARK: - Archives

    private static let jarPath = "\(MavenKit.folder)/lib-1.0.0.jar"

    private static func jar(
        _ what: String, _ cause: Refusal.Cause, _ words: String, as path: String = jarPath,
        _ make: @escaping @Sendable () -> [UInt8]
    ) -> HostileSample { HostileSample("a jar \(what)", cause, words, as: path, make) }

    private static func lie(
        _ what: String, _ cause: Refusal.Cause, _ words: String, deflate: Bool = false,
        _ change: @escaping @Sendable (inout ZipBuilder.Member) -> Void
    ) -> HostileSample {
        jar(what, cause, words) {
            MavenKit.jar().member(.init("x/Y.class", Array("content".utf8), deflate: deflate), change).bytes
        }
    }

    static let archives: [HostileSample] = [
        lie("with a stored file of two sizes", .malformed, "two sizes") { $0.both { $0.size += 1 } },
        lie("with an encrypted file", .unsupported, "encrypted") { $0.both { $0.flags = 1 } },
        lie("with a file packed with bzip2", .unsupported, "method 12") { $0.both { $0.method = 12 } },
        lie("with a local header of another name", .ambiguous, "disagrees") { $0.local.name[0] ^= 1 },
        lie("with a local header of another size", .ambiguous, "disagrees") { $0.local.size += 1 },
        lie("with a second, other name", .ambiguous, "second, other name") {
            $0.central.extra = [0x75, 0x70, 6, 0, 1, 0, 0, 0, 0, 0x79]
        },
        lie("with two sets of wide sizes", .ambiguous, "two sets of 64-bit sizes") {
            $0.central.extra = [1, 0, 0, 0, 1, 0, 0, 0]
        },
        lie("with a file of a second volume", .unsupported, "several volumes") { $0.central.disk = 1 },
        lie("with a file that is not in the directory", .ambiguous, "unaccounted for") { $0.isListed = false },
        lie("with an entry that points into another file", .ambiguous, "overlap") { $0.isWritten = false },
        jar("with bytes before it", .ambiguous, "not where the end record says") { [0x23, 0x21] + MavenKit.jar().bytes },
        jar("with a script before it, counted", .ambiguous, "unaccounted for") {
            MavenKit.jar().with { $0.prefix = [0x23, 0x21] }.bytes
        },
        jar("with bytes behind it", .malformed, "does not end with the file") { MavenKit.jar().bytes + [0] },
        jar("with another behind it", .malformed, "") { MavenKit.jar().bytes + [10] + MavenKit.jar().bytes.dropLast(1) },
        jar("with bytes before its directory", .ambiguous, "unaccounted for") {
            MavenKit.jar().with { $0.beforeDirectory = [1, 2, 3] }.bytes
        },
        jar("with bytes behind its directory", .ambiguous, "not where the end record says") {
            MavenKit.jar().with { $0.afterDirectory = [1, 2, 3] }.bytes
        },
        jar("with one entry more than announced", .ambiguous, "more than the 1 entries") {
            MavenKit.jar().with { $0.countError = -1 }.bytes
        },
        jar("that is cut off", .truncated, "no end record") { Array(MavenKit.jar().bytes.dropLast(30)) },
        jar("that is cut in half", .truncated, "no end record") {
            let bytes = MavenKit.jar().bytes
            return Array(bytes.prefix(bytes.count / 2))
        },
        jar("that is nothing", .truncated, "no end record") { [] },
        jar("that is text", .truncated, "no end record") { Array("<html>404 not found</html>".utf8) },
        jar("whose wide end record counts otherwise", .malformed, "64-bit end record is damaged") {
            MavenKit.jar().with {
                $0.isWide = true
                $0.locatorError = 1
            }.bytes
        },
        jar("with a file twice", .ambiguous, "two members named") { MavenKit.jar([("a", "1"), ("a", "2")]).bytes },
        jar("with a file that is a folder", .ambiguous, "two members named") { MavenKit.jar([("a", "1"), ("a/", "")]).bytes },
        jar("with a file that climbs out", .malformed, "leads out of its folder") { MavenKit.jar([("../../x", "1")]).bytes },
        jar("with a file at the root", .malformed, "is absolute") { MavenKit.jar([("/etc/passwd", "1")]).bytes },
        jar("with a drive", .malformed, "is absolute") { MavenKit.jar([("c:/x", "1")]).bytes },
        jar("with a backslash", .ambiguous, "backslash") { MavenKit.jar([("a\\b", "1")]).bytes },
        jar("with a control character", .ambiguous, "control character") { MavenKit.jar([("a\u{7}", "1")]).bytes },
        jar("with a folder called .", .ambiguous, "an empty one") { MavenKit.jar([("a/./b", "1")]).bytes },
        jar("with a file without a name", .malformed, "has no name") { MavenKit.jar([("", "1")]).bytes },
        jar("with sources that lie", .ambiguous, "unaccounted for", as: "\(MavenKit.folder)/lib-1.0.0-sources.jar") {
            MavenKit.jar().with { $0.beforeDirectory = [1] }.bytes
        },
        HostileSample("a war that is not one", .truncated, "the war file", as: "\(MavenKit.folder)/lib-1.0.0.war") { [1, 2, 3] },
        HostileSample("an aar that is not one", .truncated, "the aar file", as: "\(MavenKit.folder)/lib-1.0.0.aar") {
            [1, 2, 3]
        },
        HostileSample("an ear that is gzip", .truncated, "the ear file", as: "\(MavenKit.folder)/lib-1.0.0.ear") {
            [0x1f, 0x8b, 8]
        },
    ]

    // MARK: - Plugins

    private static func plugin(
        _ what: String, _ cause: Refusal.Cause, _ words: String, _ text: @escaping @Sendable () -> String
    ) -> HostileSample {
        HostileSample(
            "a plugin \(what)", cause, words, as: "com/example/demo/demo-maven-plugin/1.0.0/demo-maven-plugin-1.0.0.jar"
        ) { MavenKit.jar([("META-INF/maven/plugin.xml", text())]).bytes }
    }

    static let plugins: [HostileSample] = [
        plugin("with two artifacts", .ambiguous, "'plugin/artifactId' twice") {
            MavenKit.pluginText(more: "<artifactId>other</artifactId>")
        },
        plugin("with two groups", .ambiguous, "'plugin/groupId' twice") {
            MavenKit.pluginText(more: "<groupId>com.evil</groupId>")
        },
        plugin("with two prefixes", .ambiguous, "'plugin/goalPrefix' twice") {
            MavenKit.pluginText(more: "<goalPrefix>clean</goalPrefix>")
        },
        plugin("with markup in its prefix", .malformed, "the prefix '<x>'") { MavenKit.pluginText(prefix: "&lt;x&gt;") },
        plugin("with an element in its prefix", .malformed, "where there is a text only") { MavenKit.pluginText(prefix: "<x/>") },
        plugin("with a prefix of two words", .malformed, "not a word that a command line") { MavenKit.pluginText(prefix: "a b") },
        plugin("with a goal in its prefix", .malformed, "the prefix 'a:b'") { MavenKit.pluginText(prefix: "a:b") },
        plugin("with a prefix of 65 bytes", .malformed, "not a word") {
            MavenKit.pluginText(prefix: String(repeating: "p", count: 65))
        },
        plugin("with a DOCTYPE", .unsupported, "DOCTYPE") { "<!DOCTYPE plugin><plugin/>" },
        plugin("with a descriptor that is none", .malformed, "begins with the element 'project'") { MavenKit.pom() },
        plugin("with a descriptor that is empty", .truncated, "plugin.xml") { "" },
        plugin("with a descriptor above 8 MiB", .limit, "more than 8 MiB") {
            MavenKit.pluginText(more: String(repeating: " ", count: 8 << 20))
        },
        HostileSample(
            "a plugin whose descriptor is damaged", .malformed, "announced size and checksum",
            as: "com/example/demo/demo-maven-plugin/1.0.0/demo-maven-plugin-1.0.0.jar"
        ) {
            MavenKit.jar().member(.init("META-INF/maven/plugin.xml", MavenKit.bytes(MavenKit.pluginText()))) {
                $0.both { $0.crc32 ^= 1 }
            }.bytes
        },
    ]

    // MARK: - The rest

    private static func module(
        _ what: String, _ cause: Refusal.Cause, _ words: String, _ make: @escaping @Sendable () -> String
    ) -> HostileSample {
        HostileSample("a .module \(what)", cause, words, as: "\(MavenKit.folder)/lib-1.0.0.module") { MavenKit.bytes(make()) }
    }

    static let others: [HostileSample] =
        [
            module("of another group", .ambiguous, "the group 'com.evil'") { MavenKit.module(group: "com.evil") },
            module("of another module", .ambiguous, "the module 'app'") { MavenKit.module(module: "app") },
            module("of another version", .ambiguous, "the version '2.0'") { MavenKit.module(version: "2.0") },
            module("of no version", .ambiguous, "the version ''") {
                MavenKit.module().replacing("\"version\": \"1.0.0\"", with: "\"x\": 1")
            },
            module("with a group twice", .ambiguous, "the name 'group' twice") {
                MavenKit.module(more: ", \"group\": \"com.evil\"")
            },
            module("of another format", .unsupported, "the format '2.0'") { MavenKit.module(format: "2.0") },
            module("without a format", .malformed, "no formatVersion") { "{\"component\": {}}" },
            module("without a component", .malformed, "no component") { "{\"formatVersion\": \"1.1\"}" },
            module("with a component that is a text", .malformed, "no component") {
                "{\"formatVersion\": \"1.1\", \"component\": \"x\"}"
            },
            module("that is a list", .malformed, "no formatVersion") { "[]" },
            module("that is XML", .malformed, "") { MavenKit.pom() },
            module("that is cut off", .truncated, "") { String(MavenKit.module().dropLast(20)) },
            module("of a thousand levels", .limit, "") {
                MavenKit.module(more: ", \"x\": " + String(repeating: "[", count: 1_000) + String(repeating: "]", count: 1_000))
            },
            HostileSample("a signature that is text", .malformed, "not an armored", as: "\(MavenKit.folder)/lib-1.0.0.jar.asc") {
                Array("good".utf8)
            },
            HostileSample("a signature that is binary", .malformed, "not an armored", as: "\(MavenKit.folder)/lib-1.0.0.pom.asc")
            {
                [0x88, 0x75, 4, 0]
            },
            HostileSample("a signature without an end", .malformed, "not an armored", as: "\(MavenKit.folder)/lib-1.0.0.jar.asc")
            {
                Array(MavenKit.signature.utf8.dropLast(8))
            },
            HostileSample("a signature above 1 MiB", .limit, "more than 1 MiB", as: "\(MavenKit.folder)/lib-1.0.0.jar.asc") {
                Array("-----BEGIN PGP SIGNATURE-----\n".utf8) + [UInt8](repeating: 65, count: 1 << 20)
            },
        ]
        + [
            ("maven-metadata.xml", "writes its metadata itself"), ("maven-metadata-central.xml", "writes its metadata itself"),
            ("maven-metadata.xml.sha1", "writes its metadata itself"), ("_remote.repositories", "a note of a client"),
            ("lib-1.0.0.jar.lastUpdated", "a note of a client"), ("lib-1.0.0.jar.sha1", "checksums are made"),
            ("lib-1.0.0.pom.md5", "checksums are made"), ("lib-1.0.0.jar.asc.sha256", "checksums are made"),
            ("lib-1.0.0.module.sha512", "checksums are made"),
        ].map { name, words in
            HostileSample("\(name) as a package", .unsupported, words, as: "\(MavenKit.folder)/\(name)") { [1, 2, 3] }
        }

    // MARK: - What is compared and forgotten

    private static func checksum(_ what: String, _ text: String, of ending: String = "sha1") -> HostileSample {
        HostileSample("a checksum \(what)", .malformed, "\(ending) checksum is", as: "\(MavenKit.folder)/lib-1.0.0.jar.\(ending)")
        {
            Array(text.utf8)
        }
    }

    static let checksums: [HostileSample] = [
        checksum("that is empty", ""), checksum("that is blank", " \n\t\n"),
        checksum("of a digit less", String(repeating: "a", count: 39)),
        checksum("of a digit more", String(repeating: "a", count: 41)),
        checksum("with a letter", String(repeating: "g", count: 40)),
        checksum("of MD5 under SHA-1", String(repeating: "a", count: 32)),
        checksum("of SHA-1 under MD5", String(repeating: "a", count: 40), of: "md5"),
        checksum("that is a page", "<html>404</html>"), checksum("behind a name", "lib.jar " + String(repeating: "a", count: 40)),
        checksum("behind a prefix", "0x" + String(repeating: "a", count: 40)),
        checksum("of 4 KiB", String(repeating: "a", count: 40) + String(repeating: " ", count: 4_096)),
        checksum("of SHA-256 under SHA-512", String(repeating: "a", count: 64), of: "sha512"),
        HostileSample(
            "a checksum of another artifact", .placement, "does not begin with", as: "\(MavenKit.folder)/app-1.0.0.jar.sha1"
        ) {
            [UInt8](repeating: 97, count: 40)
        },
        HostileSample(
            "a checksum of metadata that is none", .malformed, "sha1 checksum is", as: "com/example/maven-metadata.xml.sha1"
        ) {
            [1, 2]
        },
    ]

    private static func metadata(
        _ what: String, _ cause: Refusal.Cause, _ words: String, at folder: String = "com/example/demo/lib", _ content: String
    ) -> HostileSample {
        HostileSample("metadata \(what)", cause, words, as: "\(folder)/maven-metadata.xml") { MavenKit.bytes(content) }
    }

    static let metadata: [HostileSample] = [
        metadata(
            "of another artifact", .ambiguous, "is of com/example/demo/app",
            MavenKit.metadata("<groupId>com.example.demo</groupId><artifactId>app</artifactId>")),
        metadata(
            "of another group", .ambiguous, "is of com/evil/lib",
            MavenKit.metadata("<groupId>com.evil</groupId><artifactId>lib</artifactId>")),
        metadata(
            "of another version", .ambiguous, "is of com/example/demo/lib/3-SNAPSHOT", at: "com/example/demo/lib/2-SNAPSHOT",
            MavenKit.metadata("<groupId>com.example.demo</groupId><artifactId>lib</artifactId><version>3-SNAPSHOT</version>")),
        metadata(
            "with a group twice", .ambiguous, "'metadata/groupId' twice",
            MavenKit.metadata("<groupId>a</groupId><groupId>b</groupId>")),
        metadata("with a DOCTYPE", .unsupported, "DOCTYPE", "<!DOCTYPE metadata><metadata/>"),
        metadata("that is a POM", .malformed, "begins with the element 'project'", MavenKit.pom()),
        metadata("that is empty", .truncated, "", ""),
        metadata("that is cut off", .truncated, "", "<metadata><groupId>"),
        metadata("with an entity", .unsupported, "the entity 'x'", MavenKit.metadata("<groupId>&x;</groupId>")),
        metadata(
            "of a hundred levels", .limit, "limits.depth",
            MavenKit.metadata(String(repeating: "<x>", count: 100) + String(repeating: "</x>", count: 100))),
        HostileSample("a file beside an artifact's versions", .placement, "not in a folder of a version", as: "com/lib.jar") {
            [1]
        },
        HostileSample("a file at the top", .placement, "not in a folder of a version", as: "lib-1.0.jar") { [1] },
        HostileSample(
            "a signature of metadata that is none", .malformed, "not an armored", as: "com/example/lib/maven-metadata.xml.asc"
        ) {
            [1]
        },
    ]
}
