import Testing

@testable import Formats
@testable import Kit

@Suite struct MavenMetadataTests {
    private static let snapshots = "com/example/demo/lib/2.0.0-SNAPSHOT"

    @Test func `an artifact's metadata have its versions in Maven's order`() throws {
        var shelf = MavenShelf()
        for version in ["1.10.0", "1.0.0", "1.2.0-beta-1", "1.1.0"] { try shelf.release(version) }
        #expect(
            try shelf.documents() == [
                "com/example/demo/lib/maven-metadata.xml": """
                <?xml version="1.0" encoding="UTF-8"?>
                <metadata>
                  <groupId>com.example.demo</groupId>
                  <artifactId>lib</artifactId>
                  <versioning>
                    <latest>1.10.0</latest>
                    <release>1.10.0</release>
                    <versions>
                      <version>1.0.0</version>
                      <version>1.1.0</version>
                      <version>1.2.0-beta-1</version>
                      <version>1.10.0</version>
                    </versions>
                    <lastUpdated>20261129114427</lastUpdated>
                  </versioning>
                </metadata>

                """
            ])
    }

    /// Adds a build of 2.0.0-SNAPSHOT with these files besides its POM.
    private func add(_ build: String, _ tails: [String] = [".jar"], to shelf: inout MavenShelf) throws {
        try shelf.add(MavenKit.pom(version: "2.0.0-SNAPSHOT"), to: "\(Self.snapshots)/lib-2.0.0-\(build).pom")
        for tail in tails {
            let bytes = tail.hasSuffix("jar") ? MavenKit.jar().bytes : [1]
            try shelf.add(bytes, to: "\(Self.snapshots)/lib-2.0.0-\(build)\(tail)")
        }
    }

    /// As mvn 3.8.7 with its deploy plug-in 3.0.0 wrote it for such builds, times aside.
    @Test func `a snapshot's metadata are those that Maven writes`() throws {
        var shelf = MavenShelf()
        try add("20261129.114425-1", [".jar", "-sources.jar", "-zzz.tar.gz"], to: &shelf)
        try add("20261129.114427-2", [".jar", "-sources.jar", "-zzz.tar.gz"], to: &shelf)
        #expect(
            try shelf.documents()["\(Self.snapshots)/maven-metadata.xml"] == """
                <?xml version="1.0" encoding="UTF-8"?>
                <metadata modelVersion="1.1.0">
                  <groupId>com.example.demo</groupId>
                  <artifactId>lib</artifactId>
                  <versioning>
                    <lastUpdated>20261129114427</lastUpdated>
                    <snapshot>
                      <timestamp>20261129.114427</timestamp>
                      <buildNumber>2</buildNumber>
                    </snapshot>
                    <snapshotVersions>
                      <snapshotVersion>
                        <extension>jar</extension>
                        <value>2.0.0-20261129.114427-2</value>
                        <updated>20261129114427</updated>
                      </snapshotVersion>
                      <snapshotVersion>
                        <extension>pom</extension>
                        <value>2.0.0-20261129.114427-2</value>
                        <updated>20261129114427</updated>
                      </snapshotVersion>
                      <snapshotVersion>
                        <classifier>sources</classifier>
                        <extension>jar</extension>
                        <value>2.0.0-20261129.114427-2</value>
                        <updated>20261129114427</updated>
                      </snapshotVersion>
                      <snapshotVersion>
                        <classifier>zzz</classifier>
                        <extension>tar.gz</extension>
                        <value>2.0.0-20261129.114427-2</value>
                        <updated>20261129114427</updated>
                      </snapshotVersion>
                    </snapshotVersions>
                  </versioning>
                  <version>2.0.0-SNAPSHOT</version>
                </metadata>

                """)
    }

    @Test func `a classifier that only an older build has stays, as with Maven`() throws {
        var shelf = MavenShelf()
        try add("20261129.114425-1", [".jar", "-sources.jar"], to: &shelf)
        try add("20261129.114427-2", to: &shelf)
        let document = try #require(try shelf.documents()["\(Self.snapshots)/maven-metadata.xml"])
        #expect(
            document.contains(
                "<classifier>sources</classifier>\n        <extension>jar</extension>\n        <value>2.0.0-20261129.114425-1<"))
        #expect(document.components(of: "<snapshotVersion>") == 3)
    }

    @Test func `the newest build is the one that was made last, in whatever order they came`() throws {
        let builds = ["20261129.114425-9", "20261129.114427-10", "20261128.235959-300"]
        var documents: Set<String?> = []
        for order in [builds, builds.reversed(), [builds[1], builds[2], builds[0]]] {
            var shelf = MavenShelf()
            for build in order { try add(build, to: &shelf) }
            documents.insert(try shelf.documents()["\(Self.snapshots)/maven-metadata.xml"])
        }
        #expect(documents.count == 1)
        #expect(documents.first??.contains("<buildNumber>10</buildNumber>") == true)
    }

    @Test func `a snapshot is one of the versions, once, and neither release nor latest while there is a release`() throws {
        var shelf = MavenShelf()
        try add("20261129.114425-1", to: &shelf)
        try add("20261129.114427-2", to: &shelf)
        let path = "com/example/demo/lib/maven-metadata.xml"
        var document = try #require(try shelf.documents()[path])
        #expect(document.components(of: "<version>2.0.0-SNAPSHOT</version>") == 1)
        #expect(!document.contains("<release>"))
        #expect(document.contains("<latest>2.0.0-SNAPSHOT</latest>"))
        try shelf.release("1.0.0")
        document = try #require(try shelf.documents()[path])
        #expect(document.contains("<latest>1.0.0</latest>\n    <release>1.0.0</release>"))
        #expect(document.contains("<version>1.0.0</version>\n      <version>2.0.0-SNAPSHOT</version>"))
    }

    @Test func `a version is listed by its POM, and goes with it`() throws {
        var shelf = MavenShelf()
        try shelf.add(MavenKit.jar().bytes, to: "\(MavenKit.folder)/lib-1.0.0.jar")
        #expect(try shelf.documents().isEmpty)
        try shelf.add(MavenKit.pom(), to: "\(MavenKit.folder)/lib-1.0.0.pom")
        #expect(try shelf.documents().count == 1)
        shelf.remove("\(MavenKit.folder)/lib-1.0.0.pom")
        #expect(try shelf.documents().isEmpty)
    }

    // MARK: - Plugins

    private func plugin(_ version: String, prefix: String, of artifact: String = "demo-maven-plugin", to shelf: inout MavenShelf)
        throws
    {
        let stem = "com/example/demo/\(artifact)/\(version)/\(artifact)-\(version)"
        try shelf.add(
            MavenKit.pom(artifact: artifact, version: version, packaging: "maven-plugin", more: "<name>A &lt;\n&#13; B</name>"),
            to: "\(stem).pom")
        guard !prefix.isEmpty else { return }
        try shelf.add(MavenKit.plugin(prefix: prefix, artifact: artifact).bytes, to: "\(stem).jar")
    }

    @Test func `a group's metadata name its plugins by what their newest jars say, and else by the rule`() throws {
        var shelf = MavenShelf()
        try plugin("1.0", prefix: "old", to: &shelf)
        try plugin("1.10", prefix: "demo", to: &shelf)
        try plugin("1.9", prefix: "older", to: &shelf)
        try plugin("1", prefix: "", of: "other-maven-plugin", to: &shelf)
        #expect(
            try shelf.documents()["com/example/demo/maven-metadata.xml"] == """
                <?xml version="1.0" encoding="UTF-8"?>
                <metadata>
                  <plugins>
                    <plugin>
                      <name>Demo &amp; more</name>
                      <prefix>demo</prefix>
                      <artifactId>demo-maven-plugin</artifactId>
                    </plugin>
                    <plugin>
                      <name>A &lt; B</name>
                      <prefix>other</prefix>
                      <artifactId>other-maven-plugin</artifactId>
                    </plugin>
                  </plugins>
                </metadata>

                """)
    }

    @Test func `a folder that is an artifact's and a group's has one document for both`() throws {
        var shelf = MavenShelf()
        try shelf.release("1.0", of: "demo", group: "com.example")
        try plugin("1.0", prefix: "demo", to: &shelf)
        let document = try #require(try shelf.documents()["com/example/demo/maven-metadata.xml"])
        #expect(document.contains("<artifactId>demo</artifactId>\n  <versioning>"))
        #expect(document.contains("  </versioning>\n  <plugins>\n"))
        #expect(document.contains("<artifactId>demo-maven-plugin</artifactId>"))
    }

    @Test(arguments: [
        MavenKit.pluginText(artifact: "other-maven-plugin"),
        MavenKit.pluginText().replacing("<groupId>com.example.demo", with: "<groupId>com.other"),
        "<plugin><goalPrefix>demo</goalPrefix></plugin>",
    ]) func `a jar that took in another project's descriptor is not a plugin`(descriptor: String) throws {
        var shelf = MavenShelf()
        let jar = MavenKit.jar([("META-INF/maven/plugin.xml", descriptor)]).bytes
        try shelf.add(jar, to: "com/example/demo/demo-maven-plugin/1/demo-maven-plugin-1.jar")
        #expect(try shelf.documents().isEmpty)
    }

    @Test func `a plugin in a group of one part, and a jar with a classifier`() throws {
        var shelf = MavenShelf()
        let text = MavenKit.pluginText(artifact: "x-maven-plugin").replacing("<groupId>com.example.demo", with: "<groupId>demo")
        let jar = MavenKit.jar([("META-INF/maven/plugin.xml", text)]).bytes
        try shelf.add(jar, to: "demo/x-maven-plugin/1/x-maven-plugin-1-tests.jar")
        #expect(try shelf.documents().isEmpty)
        try shelf.add(jar, to: "demo/x-maven-plugin/1/x-maven-plugin-1.jar")
        #expect(try shelf.documents().keys.sorted() == ["demo/maven-metadata.xml"])
    }

    @Test(arguments: [
        ("com.example:lib", "versions", ["group": "com.example", "artifact": "lib"]),
        ("com.example:lib:2-SNAPSHOT", "files", ["group": "com.example", "artifact": "lib", "version": "2-SNAPSHOT"]),
        ("com.example:demo", "plugins", ["group": "com.example.demo"]), ("demo", "plugins", ["group": "demo"]),
    ]) func `a partition stands for coordinates`(scope: String, name: String, coordinates: [String: String]) {
        #expect(Maven().coordinates(of: PartitionKey(scope: scope, name: name)) == Coordinates(coordinates))
    }

    @Test func `documents have checksums as clients ask for them, and packages are told from them by their paths`() throws {
        let scope = Scope(
            key: "com.example:lib", changed: MavenKit.received,
            partitions: [Partition(key: PartitionKey(scope: "com.example:lib", name: "versions"), count: 1)])
        let plan = try #require(Maven().documents(for: scope, in: MavenKit.repository).first)
        #expect(
            plan.companions == [
                .checksum(.md5, suffix: ".md5"), .checksum(.sha1, suffix: ".sha1"), .checksum(.sha256, suffix: ".sha256"),
                .checksum(.sha512, suffix: ".sha512"),
            ])
        let immutable = try Regex("^(?:" + Maven().profile.immutablePaths + ")")
        for path in ["com/lib/1.0/lib-1.0.jar", "com/example/lib/1.0/lib-1.0.pom.sha1"] {
            #expect(path.firstMatch(of: immutable) != nil, "\(path)")
        }
        for path in [
            "com/example/lib/maven-metadata.xml", "com/example/lib/2-SNAPSHOT/maven-metadata.xml.sha1", "com/maven-metadata.xml",
            "index.html",
        ] {
            #expect(path.firstMatch(of: immutable) == nil, "\(path)")
        }
    }
}

extension String {
    /// How often a text stands in it.
    fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
