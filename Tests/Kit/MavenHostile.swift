internal import Formats

/// Files that nobody should be able to publish as Maven's. Their names are the paths that they are sent to; those without a slash come
/// alone, and have to say themselves what they are.
enum MavenHostile {
    static let all =
        paths + filenames + builds + markup + encodings + poms + contradictions + expressions + archives + plugins + others
    /// Those that are never kept: checksums and metadata that a client sends.
    static let ignored = checksums + metadata

    static func pom(
        _ what: String, _ cause: Refusal.Cause, _ words: String, at folder: String = MavenKit.folder,
        _ make: @escaping @Sendable () -> String
    ) -> HostileSample {
        HostileSample("a POM \(what)", cause, words, as: "\(folder)/lib-1.0.0.pom") { MavenKit.bytes(make()) }
    }

    // MARK: - Where it is sent to

    private static func at(_ path: String, _ words: String, _ what: String? = nil) -> HostileSample {
        HostileSample(what ?? "the path \(path)", .placement, words, as: path) { [1, 2, 3] }
    }

    private static let long = String(repeating: "a", count: 129)

    static let paths: [HostileSample] = [
        at("com//lib/1.0.0/lib-1.0.0.bin", "part of the group is empty"), at("../com/lib/1/lib-1.bin", "'..' means a folder"),
        at("com/../lib/1/lib-1.bin", "'..' means a folder"), at("./com/lib/1/lib-1.bin", "'.' means a folder"),
        at("com/../1/..-1.bin", "'..' means a folder"), at("com/lib/../lib-...bin", "'..' means a folder"),
        at("com/lib/./lib-..bin", "'.' means a folder"), at("com//1/-1.bin", "does not say which group"),
        at("com/lib//lib-.bin", "does not say which group"), at("c\\om/lib/1/lib-1.bin", "a backslash"),
        at("com/l\\ib/1/l\\ib-1.bin", "a backslash"), at("com/lib/1\\2/lib-1\\2.bin", "a backslash"),
        at("com/lib:x/1/lib:x-1.bin", "the character ':'"), at("com/lib/1:2/lib-1:2.bin", "the character ':'"),
        at("com:x/lib/1/lib-1.bin", "the character ':'"), at("com/li\"b/1/li\"b-1.bin", "the character '\"'"),
        at("com/lib<x>/1/lib<x>-1.bin", "the character '<'"), at("com/lib|x/1/lib|x-1.bin", "the character '|'"),
        at("com/lib?/1/lib?-1.bin", "the character '?'"), at("com/lib*/1/lib*-1.bin", "the character '*'"),
        at("com/l%2fb/1/l%2fb-1.bin", "a percent sign"), at("com/lib/%2e%2e/lib-%2e%2e.bin", "a percent sign"),
        at("com/lib/1 0/lib-1 0.bin", "a blank"), at("com/my lib/1/my lib-1.bin", "a blank"),
        at("com/lib\u{0}/1/lib\u{0}-1.bin", "a control character (byte 0)"), at("com/lib/1\n2/lib-1\n2.bin", "control character"),
        at("com/lib\u{1b}[31m/1/x.bin", "control character (byte 27)"), at("com/l\u{ef}b/1/l\u{ef}b-1.bin", "not ASCII"),
        at("com/lib/\u{661}/lib-\u{661}.bin", "not ASCII"), at("c\u{43e}m/lib/1/lib-1.bin", "not ASCII"),
        at(".com/lib/1/lib-1.bin", "part of the group is empty"), at("com/.lib/1/.lib-1.bin", "begins with a dot"),
        at("com/lib/.1/lib-.1.bin", "begins with a dot"), at("-com/lib/1/lib-1.bin", "begins with a dash"),
        at("com/-lib/1/-lib-1.bin", "begins with a dash"), at("com/lib/-1/lib--1.bin", "begins with a dash"),
        at("com/lib./1/lib.-1.bin", "ends in a dot"), at("com/lib/1./lib-1..bin", "ends in a dot"),
        at("com.example/demo/lib/1/lib-1.bin", "the group's folder 'com.example' has a dot"),
        at("com/ex.ample/lib/1/lib-1.bin", "the group's folder 'ex.ample' has a dot"),
        at("com/maven-metadata.xml/1/lib-1.bin", "as the repository's own documents"),
        at("com/lib/maven-metadata.xml.sha1/lib-1.bin", "as the repository's own documents"),
        at("com/lib-SNAPSHOT/1/lib-SNAPSHOT-1.bin", "as the folders of snapshot versions"),
        at("com/lib/${revision}/lib-${revision}.bin", "an expression in it that nobody has resolved"),
        at("com/lib/[1.0,2.0)/lib-[1.0,2.0).bin", "the character '['"), at("com/lib+x/1/lib+x-1.bin", "the character '+'"),
        at("com/\(long)/1/x.bin", "129 bytes, more than 128", "an artifact of 129 bytes"),
        at("com/lib/\(long)/x.bin", "129 bytes, more than 128", "a version of 129 bytes"),
        at("\(long)/lib/1/lib-1.bin", "129 bytes, more than 128", "a group's folder of 129 bytes"),
        at(
            String(repeating: "abcdefghi/", count: 41) + "lib/1/lib-1.bin", "409 bytes, more than 400", "a group of 41 folders"),
        HostileSample("a file that says nothing of itself", .placement, "does not say which group", as: "lib-1.0.0.bin") { [1] },
        HostileSample("a jar that says nothing of itself", .placement, "does not say which group", as: "lib-1.0.0.jar") {
            MavenKit.jar().bytes
        },
        HostileSample("a jar of two projects", .placement, "does not say which group", as: "lib-1.0.0.jar") {
            MavenKit.jar([MavenKit.properties("com.a", "lib", "1.0.0"), MavenKit.properties("com.b", "lib", "1.0.0")]).bytes
        },
        HostileSample("a jar whose properties climb out", .placement, "means a folder of the path", as: "lib-1.0.0.jar") {
            MavenKit.jar([("META-INF/maven/x/y/pom.properties", "groupId=../..\nartifactId=lib\nversion=1.0.0")]).bytes
        },
        HostileSample("a jar under another name than it says", .placement, "does not begin with 'lib-2.0.0'", as: "lib-1.0.0.jar")
        { MavenKit.jar([MavenKit.properties(MavenKit.group, "lib", "2.0.0")]).bytes },
        HostileSample(
            "a POM under another name than it says", .placement, "does not begin with 'lib-1.0.0'", as: "other-1.0.0.pom"
        ) { MavenKit.bytes(MavenKit.pom()) },
        HostileSample("a POM alone whose version nobody knows", .placement, "does not say which group", as: "lib-1.0.0.pom") {
            MavenKit.bytes(MavenKit.pom(version: "${revision}"))
        },
        HostileSample("a POM alone whose group climbs out", .placement, "slash", as: "lib-1.0.0.pom") {
            MavenKit.bytes(MavenKit.pom(artifact: "../lib"))
        },
    ]

    static let filenames: [HostileSample] =
        [
            ("other-1.0.0.bin", "does not begin with 'lib-1.0.0'"), ("lib-1.0.1.bin", "does not begin with 'lib-1.0.0'"),
            ("lib1.0.0.bin", "does not begin with"), ("LIB-1.0.0.bin", "does not begin with"),
            ("lib-1.0.0", "does not begin with"),
            ("lib-1.0.0_x.bin", "does not begin with"), ("lib-1.0.00.bin", "does not begin with"),
            ("lib.jar", "does not begin with"),
            ("lib-1.0.0.", "ends in a dot"), ("lib-1.0.0-sources", "has no ending"), ("lib-1.0.0-.jar", "has no classifier"),
            ("lib-1.0.0-.", "ends in a dot"), ("lib-1.0.0.1.jar", "one of another version"),
            ("lib-1.0.0.1-sources.jar", "one of another version"), ("lib-1.0.0..jar", "one of another version"),
            ("lib-1.0.0.jar.", "ends in a dot"), ("lib-1.0.0-a b.jar", "a blank"), ("lib-1.0.0-\u{e9}.jar", "not ASCII"),
            ("lib-1.0.0-a\\b.jar", "a backslash"), ("lib-1.0.0-a:b.jar", "the character ':'"), ("lib-1.0.0\u{0}.jar", "(byte 0)"),
            ("lib-1.0.0-%2e%2e.jar", "a percent sign"), (".lib-1.0.0.jar", "begins with a dot"), ("-rf", "begins with a dash"),
            ("..", "means a folder"), ("lib-1.0.0-20261128.120000-1.a-b", "one of another version"),
            ("", "part of the file name is empty"),
            ("lib-1.0.0-" + String(repeating: "c", count: 230) + ".jar", "more than 240"),
        ].map { name, words in
            HostileSample("a file called '\(name.prefix(40))'", .placement, words, as: "\(MavenKit.folder)/\(name)") {
                [1, 2, 3]
            }
        }

    static let builds: [HostileSample] =
        [
            ("lib-2.0.0-20261128.120000.bin", "does not begin with"), ("lib-2.0.0-20261128.120000-.bin", "does not begin with"),
            ("lib-2.0.0-20261328.120000-1.bin", "does not begin with"),
            ("lib-2.0.0-20261131.120000-1.bin", "does not begin with"),
            ("lib-2.0.0-20261128.240000-1.bin", "does not begin with"),
            ("lib-2.0.0-20261128.126000-1.bin", "does not begin with"),
            ("lib-2.0.0-20261128.120000-01.bin", "does not begin with"), ("lib-2.0.0-20261128-1.bin", "does not begin with"),
            ("lib-2.0.0-20261128.120000-1234567890.bin", "does not begin with"), ("lib-2.0.0.bin", "does not begin with"),
            ("lib-2.0.1-20261128.120000-1.bin", "does not begin with"), ("lib-2.0.0-snapshot.bin", "does not begin with"),
            ("lib-2.0.0-20261128.120000-1", "does not begin with"), ("lib-2.0.0-20261128.120000-1x.bin", "does not begin with"),
            ("lib-2.0.0-2026112A.120000-1.bin", "does not begin with"),
            ("lib-2.0.0-20261128.120000--1.bin", "does not begin with"),
        ].map { name, words in
            HostileSample("the build \(name)", .placement, words, as: "com/example/lib/2.0.0-SNAPSHOT/\(name)") { [1, 2, 3] }
        } + [
            at("com/lib/1.0-snapshot/lib-1.0-snapshot.bin", "write SNAPSHOT in capitals"),
            at("com/lib/1.0-Snapshot/lib-1.0-Snapshot.bin", "a snapshot to some of Maven"),
            at("com/lib/2.0-20261128.120000-1/lib-2.0-20261128.120000-1.bin", "one build of 2.0-SNAPSHOT"),
            at("com/lib/20261128.120000-1/lib-20261128.120000-1.bin", "one build of SNAPSHOT"),
        ]
}
