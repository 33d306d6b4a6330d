import Testing

@testable import Formats
@testable import Kit

@Suite struct MavenFileTests {
    private static func release() throws -> MavenPlace {
        try MavenPlace(group: "com.example", artifact: "lib", version: "1.0")
    }

    private static func snapshot() throws -> MavenPlace {
        try MavenPlace(group: "com.example", artifact: "lib", version: "2.0-SNAPSHOT")
    }

    @Test(
        arguments: [
            ("lib-1.0.jar", nil, "jar"), ("lib-1.0.pom", nil, "pom"), ("lib-1.0.tar.gz", nil, "tar.gz"),
            ("lib-1.0-sources.jar", "sources", "jar"),
            ("lib-1.0-jdk1.8.jar", "jdk1.8", "jar"), ("lib-1.0-bin.tar.gz", "bin", "tar.gz"),
            ("lib-1.0-linux-x86_64.zip", "linux-x86_64", "zip"),
            ("lib-1.0-1.jar", "1", "jar"), ("lib-1.0.jar.asc", nil, "jar.asc"), ("lib-1.0-sources.jar.asc", "sources", "jar.asc"),
            ("lib-1.0-a.b.tar.bz2.asc", "a.b", "tar.bz2.asc"), ("lib-1.0-x.jar.sigstore.json", "x", "jar.sigstore.json"),
            ("lib-1.0.7z", nil, "7z"), ("lib-1.0-scala_2.13.jar", "scala_2.13", "jar"), ("lib-1.0-c.cpio.xz", "c", "cpio.xz"),
            ("lib-1.0-c.xz", "c", "xz"),
        ] as [(String, String?, String)])
    func `a name tells classifier and ending`(name: String, classifier: String?, ending: String) throws {
        let file = try MavenFile(name, at: Self.release())
        #expect(file.classifier == classifier)
        #expect(file.ending == ending)
        #expect(file.build == nil)
        let facts = MavenFacts(place: try Self.release(), classifier: classifier, ending: ending, build: nil)
        #expect(facts.filename == name)
    }

    @Test func `builds of snapshots are told by their names`() throws {
        let place = try Self.snapshot()
        let file = try MavenFile("lib-2.0-20261128.120000-12-sources.jar", at: place)
        #expect(file == (try MavenFile("lib-2.0-20261128.120000-12-sources.jar", at: place)))
        #expect(file.build == MavenBuild(stamp: "20261128.120000", number: 12))
        #expect(file.classifier == "sources")
        #expect(file.build?.updated == "20261128120000")
        #expect(try MavenFile("lib-2.0-SNAPSHOT.jar", at: place).build == nil)
        #expect(place.build(of: "lib-2.0-20261128.120000-12.pom") == "20261128.120000-12")
        #expect(place.build(of: "lib-2.0-SNAPSHOT.pom") == "SNAPSHOT")
        #expect(try Self.release().build(of: "lib-1.0.pom") == "")
    }

    @Test func `versions that end in SNAPSHOT without a dash are snapshots, too`() throws {
        let place = try MavenPlace(group: "com.example", artifact: "lib", version: "1.0.SNAPSHOT")
        #expect(try MavenFile("lib-1.0.20261128.120000-1.jar", at: place).build?.number == 1)
        let bare = try MavenPlace(group: "com.example", artifact: "lib", version: "SNAPSHOT")
        #expect(try MavenFile("lib-20261128.120000-3.jar", at: bare).build?.number == 3)
    }

    @Test func `the newest build has the least key, whatever its number's length`() throws {
        let builds = [
            ("20261128.120000", 10), ("20261128.120000", 9), ("20261128.110000", 300), ("20251231.235959", 999_999_999),
        ]
        let keys = builds.map { MavenBuild(stamp: $0.0, number: $0.1).descendingKey }
        for (one, other) in zip(keys, keys.dropFirst()) { #expect(one.lexicographicallyPrecedes(other)) }
    }

    @Test(arguments: [
        ("lib-1.0.pom", MavenPart.pom), ("lib-1.0.jar", .primary), ("lib-1.0.war", .primary), ("lib-1.0.tar.gz", .primary),
        ("lib-1.0-sources.jar", .attached), ("lib-1.0.module", .attached), ("lib-1.0-build.pom", .attached),
        ("lib-1.0.jar.asc", .signature(of: "lib-1.0.jar")), ("lib-1.0.pom.sigstore.json", .signature(of: "lib-1.0.pom")),
        ("lib-1.0.jar.sha1", .checksum(of: "lib-1.0.jar", .sha1)),
        ("lib-1.0.jar.asc.md5", .checksum(of: "lib-1.0.jar.asc", .md5)),
        ("lib-1.0-sources.jar.sha512", .checksum(of: "lib-1.0-sources.jar", .sha512)), ("maven-metadata.xml", .metadata),
        ("maven-metadata.xml.sha256", .checksum(of: "maven-metadata.xml", .sha256)),
        ("maven-metadata.xml.asc", .signature(of: "maven-metadata.xml")),
        ("maven-metadata.xml.asc.sha1", .checksum(of: "maven-metadata.xml.asc", .sha1)),
    ]) func `a name tells what a file is among the others`(name: String, part: MavenPart) throws {
        #expect(try MavenPart(name, at: Self.release()) == part)
    }

    // MARK: - Visible together

    @Test(
        arguments: [
            (["lib-1.0.pom", "lib-1.0.jar"], "jar", true), (["lib-1.0.pom"], "jar", false), (["lib-1.0.jar"], nil, false),
            (["lib-1.0.pom"], "pom", true), (["lib-1.0.pom", "lib-1.0-sources.jar"], "jar", false),
            (["lib-1.0.pom", "lib-1.0.jar.asc"], "jar", false), (["lib-1.0.pom", "lib-1.0.module"], "jar", false),
            (["lib-1.0.pom", "lib-1.0.jar.sha1"], "jar", false), (["lib-1.0.pom", "lib-1.0.war", "lib-1.0.module"], "war", true),
            (["lib-1.0.pom.asc", "lib-1.0.jar"], "jar", false), (["lib-1.0.jar", "lib-1.0-build.pom"], "jar", false),
            (["lib-1.0.pom", "other-1.0.jar"], "jar", false), (["lib-1.0.pom", "lib-1.0.tar.gz"], "maven-plugin", true),
            ([], "pom", false),
            (["lib-1.0.pom", "maven-metadata.xml"], "bundle", false), (["lib-1.0.pom", "lib-1.0.aar"], "aar", true),
        ] as [([String], String?, Bool)])
    func `a version is whole with its POM and the artifact itself`(names: [String], packaging: String?, isWhole: Bool) throws {
        #expect(try Self.release().isWhole(names: Set(names), packaging: packaging) == isWhole)
    }

    @Test func `what is missing is called by its name`() throws {
        let release = try Self.release(), snapshot = try Self.snapshot()
        #expect(release.missing(among: [], packaging: nil) == ["lib-1.0.pom", "lib-1.0.jar"])
        #expect(release.missing(among: ["lib-1.0.pom", "lib-1.0-sources.jar"], packaging: "war") == ["lib-1.0.war"])
        #expect(release.missing(among: ["lib-1.0.jar"], packaging: nil) == ["lib-1.0.pom"])
        #expect(
            snapshot.missing(among: ["lib-2.0-20261128.120000-1.pom"], packaging: "bundle") == ["lib-2.0-20261128.120000-1.jar"])
        #expect(snapshot.missing(among: ["lib-2.0-SNAPSHOT.jar"], packaging: nil) == ["lib-2.0-SNAPSHOT.pom"])
    }

    @Test func `a POM that has moved stands for itself`() throws {
        let moved = "<distributionManagement><relocation><groupId>org.example</groupId></relocation></distributionManagement>"
        let pom = try MavenKit.pom(MavenKit.pom(more: moved))
        #expect(pom.relocation == "org.example:lib:1.0.0")
        #expect(pom.standsFor == "pom")
        #expect(try MavenKit.pom(MavenKit.pom()).standsFor == "jar")
        #expect(try MavenKit.pom(MavenKit.pom(packaging: "pom")).standsFor == "pom")
    }

    @Test func `what arrives is a member, a checksum or forgotten`() throws {
        let sum = String(repeating: "aB", count: 20)
        #expect(
            try MavenKit.arrival([1], at: "com/example/lib/1.0/lib-1.0.jar") == .member(of: "com/example/lib/1.0", standsFor: nil)
        )
        let bom = Array(MavenKit.pom(packaging: "pom").utf8)
        #expect(
            try MavenKit.arrival(bom, at: "\(MavenKit.folder)/lib-1.0.0.pom") == .member(of: MavenKit.folder, standsFor: "pom"))
        #expect(
            try MavenKit.arrival([1], at: "com/example/lib/2.0-SNAPSHOT/lib-2.0-20261128.120000-1-sources.jar")
                == .member(of: "com/example/lib/2.0-SNAPSHOT 20261128.120000-1", standsFor: nil))
        #expect(
            try MavenKit.arrival(Array(sum.utf8), at: "com/example/lib/1.0/lib-1.0.jar.sha1")
                == .checksum(of: "lib-1.0.jar", .sha1, [UInt8](repeating: 0xAB, count: 20)))
        let metadata = MavenKit.metadata("  <groupId>com.example</groupId>\n  <artifactId>lib</artifactId>\n")
        #expect(try MavenKit.arrival(Array(metadata.utf8), at: "com/example/lib/maven-metadata.xml") == .forgotten)
        #expect(try MavenKit.arrival(Array(sum.utf8), at: "com/example/lib/maven-metadata.xml.sha1") == .forgotten)
        let group = MavenKit.metadata("<plugins><plugin><prefix>x</prefix></plugin></plugins>")
        for folder in ["com", "com/example", "com/example/a/b/c"] {
            #expect(try MavenKit.arrival(Array(group.utf8), at: "\(folder)/maven-metadata.xml") == .forgotten)
        }
        let level = MavenKit.metadata(
            "<groupId>com</groupId><artifactId>lib</artifactId><versioning/><version>2.0-SNAPSHOT</version>")
        #expect(try MavenKit.arrival(Array(level.utf8), at: "com/lib/2.0-SNAPSHOT/maven-metadata.xml") == .forgotten)
        #expect(try MavenKit.arrival(Array(level.utf8), at: "com/lib/maven-metadata.xml") == .forgotten)
    }

    @Test(arguments: [
        "d41d8cd98f00b204e9800998ecf8427e", "D41D8CD98F00B204E9800998ECF8427E", "d41d8cd98f00b204e9800998ecf8427e\n",
        "d41d8cd98f00b204e9800998ecf8427e  lib-1.0.jar\n", "d41d8cd98f00b204e9800998ecf8427e *lib-1.0.jar",
        "\r\n \nd41d8cd98f00b204e9800998ecf8427e\r\n",
        "MD5 (lib-1.0.jar) = d41d8cd98f00b204e9800998ecf8427e", "MD5(lib-1.0.jar)= d41d8cd98f00b204e9800998ecf8427e\n",
        " d41d8cd98f00b204e9800998ecf8427e -",
    ]) func `checksums are read as clients write them`(text: String) throws {
        let digests = MavenKit.digests([])
        #expect(try MavenPart.checksum(Array(text.utf8).span, .md5) == digests.md5)
        try MavenPart.compare(Array(text.utf8).span, .md5, of: "lib-1.0.jar", having: digests)
        let refusal = refusal { () throws(Refusal) in
            try MavenPart.compare(Array(text.utf8).span, .md5, of: "lib-1.0.jar", having: MavenKit.digests([1]))
        }
        #expect(refusal?.cause == .malformed)
        #expect(refusal?.what.contains("the md5 of lib-1.0.jar is 55a54008ad1ba589aa210d2629c1df41 here") == true)
    }

    @Test func `a repository's folders say where a file belongs`() {
        let coordinates = Maven.coordinates(ofPath: ["com", "example", "lib", "1.0", "lib-1.0-sources.jar"])
        #expect(coordinates == Coordinates(["group": "com.example", "artifact": "lib", "version": "1.0"]))
        #expect(Maven.coordinates(ofPath: ["lib", "1.0", "lib-1.0.jar"]) == nil)
        #expect(Maven.coordinates(ofPath: ["com", "lib", "1.0", "app-1.0.jar"]) == nil)
        #expect(Maven.coordinates(ofPath: ["target", "classes", "com", "X.class"]) == nil)
    }
}
