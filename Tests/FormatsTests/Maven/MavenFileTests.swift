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
        #expect(file.pomName(at: place) == "lib-2.0-20261128.120000-12.pom")
        #expect(try MavenFile("lib-2.0-SNAPSHOT-x.jar", at: place).pomName(at: place) == "lib-2.0-SNAPSHOT.pom")
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

    @Test func `a POM that has moved stands for itself`() throws {
        let moved = "<distributionManagement><relocation><groupId>org.example</groupId></relocation></distributionManagement>"
        let pom = try MavenKit.pom(MavenKit.pom(more: moved))
        #expect(pom.relocation == "org.example:lib:1.0.0")
        #expect(pom.standsFor == "pom")
        #expect(try MavenKit.pom(MavenKit.pom()).standsFor == "jar")
        #expect(try MavenKit.pom(MavenKit.pom(packaging: "pom")).standsFor == "pom")
    }

    @Test(arguments: [
        "d41d8cd98f00b204e9800998ecf8427e", "D41D8CD98F00B204E9800998ECF8427E", "d41d8cd98f00b204e9800998ecf8427e\n",
        "d41d8cd98f00b204e9800998ecf8427e  lib-1.0.jar\n", "d41d8cd98f00b204e9800998ecf8427e *lib-1.0.jar",
        "\r\n \nd41d8cd98f00b204e9800998ecf8427e\r\n",
        "MD5 (lib-1.0.jar) = d41d8cd98f00b204e9800998ecf8427e", "MD5(lib-1.0.jar)= d41d8cd98f00b204e9800998ecf8427e\n",
        " d41d8cd98f00b204e9800998ecf8427e -",
    ]) func `checksums are read as clients write them`(text: String) throws {
        #expect(try MavenPart.checksum(Array(text.utf8).span, .md5) == MavenKit.digests([]).md5)
    }

    @Test func `a repository's folders say where a file belongs`() {
        let coordinates = Maven().coordinates(ofPath: ["com", "example", "lib", "1.0", "lib-1.0-sources.jar"])
        #expect(coordinates == Coordinates(["group": "com.example", "artifact": "lib", "version": "1.0"]))
        #expect(Maven().coordinates(ofPath: ["lib", "1.0", "lib-1.0.jar"]) == nil)
        #expect(Maven().coordinates(ofPath: ["com", "lib", "1.0", "app-1.0.jar"]) == nil)
        #expect(Maven().coordinates(ofPath: ["target", "classes", "com", "X.class"]) == nil)
    }
}
