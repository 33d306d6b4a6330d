import Testing

@testable import Formats
@testable import Kit

@Suite struct MavenTests {
    private static let snapshots = "com/example/demo/lib/2.0.0-SNAPSHOT"

    @Test func `a POM has its path, its checksums beside it, and lists its version`() throws {
        let bytes = Array(MavenKit.pom(more: "<description>A library</description>").utf8),
            path = "\(MavenKit.folder)/lib-1.0.0.pom"
        let record = try MavenKit.record(bytes, to: path), placement = try MavenKit.placement(bytes, to: path)
        #expect(record.name == "com.example.demo:lib")
        #expect(record.nameIdentity == "com.example.demo:lib")
        #expect(record.version == "1.0.0")
        #expect(record.summary == "A library")
        #expect(placement.path.text == path)
        #expect(placement.identity == path)
        #expect(
            placement.listings.map(\.partition) == [
                PartitionKey(scope: "com.example.demo:lib", name: "versions"),
                PartitionKey(scope: "com.example.demo:lib", name: "newest"),
            ])
        let digests = MavenKit.digests(bytes)
        #expect(
            try record.sidecars.map { try $0.place.path(beside: placement.path).text }
                == ["md5", "sha1", "sha256", "sha512"].map { "\(path).\($0)" })
        #expect(
            record.sidecars.map(\.bytes)
                == [digests.md5, digests.sha1, digests.sha256, digests.sha512].map { [UInt8](Hex.string($0)) })
    }

    @Test(arguments: ["lib-1.0.0.jar", "lib-1.0.0-sources.jar", "lib-1.0.0.war"])
    func `an archive of a release is served and not listed`(name: String) throws {
        let placement = try MavenKit.placement(MavenKit.jar().bytes, to: "\(MavenKit.folder)/\(name)")
        #expect(placement.path.text == "\(MavenKit.folder)/\(name)")
        #expect(placement.listings.isEmpty)
    }

    @Test(arguments: [
        "lib-1.0.0.tar.gz", "lib-1.0.0.zip", "lib-1.0.0.so", "lib-1.0.0-cyclonedx.json", "lib-1.0.0-x.xml",
        "lib-1.0.0.jar.sigstore.json",
    ])
    func `other files may be anything`(name: String) throws {
        for bytes: [UInt8] in [[], [0], Array("text".utf8)] {
            #expect(try MavenKit.placement(bytes, to: "\(MavenKit.folder)/\(name)").path.text == "\(MavenKit.folder)/\(name)")
        }
    }

    @Test func `modules and signatures are taken beside what they speak of`() throws {
        for (name, text) in [
            ("lib-1.0.0.module", MavenKit.module()), ("lib-1.0.0.jar.asc", MavenKit.signature),
            ("lib-1.0.0.pom.asc", MavenKit.signature),
            ("lib-1.0.0.module", MavenKit.module(module: "whole", more: ", \"url\": \"../../whole/1.0.0/whole-1.0.0.module\"")),
        ] {
            let placement = try MavenKit.placement(Array(text.utf8), to: "\(MavenKit.folder)/\(name)")
            #expect(placement.path.text == "\(MavenKit.folder)/\(name)")
            #expect(placement.listings.isEmpty)
        }
    }

    @Test func `on the command line a POM says where it belongs, and so does a jar that Maven made`() throws {
        let pom = Array(MavenKit.pom().utf8)
        for name in ["lib-1.0.0.pom", "pom.xml"] {
            #expect(try MavenKit.placement(pom, to: name).path.text == "\(MavenKit.folder)/lib-1.0.0.pom")
        }
        let jar = MavenKit.jar([MavenKit.properties(MavenKit.group, "lib", "1.0.0")]).bytes
        #expect(try MavenKit.placement(jar, to: "lib-1.0.0.jar").path.text == "\(MavenKit.folder)/lib-1.0.0.jar")
        #expect(try MavenKit.placement(jar, to: "lib-1.0.0-tests.jar").path.text == "\(MavenKit.folder)/lib-1.0.0-tests.jar")
    }

    @Test func `a jar at an address may have been built as another project`() throws {
        let jar = MavenKit.jar([MavenKit.properties("com.other", "inner", "9")]).bytes
        #expect(
            try MavenKit.placement(jar, to: "\(MavenKit.folder)/lib-1.0.0.jar").path.text == "\(MavenKit.folder)/lib-1.0.0.jar")
    }

    @Test func `builds of a snapshot have identities of their own`() throws {
        let pom = Array(MavenKit.pom(version: "2.0.0-SNAPSHOT").utf8)
        let one = try MavenKit.placement(pom, to: "\(Self.snapshots)/lib-2.0.0-20261128.110000-1.pom")
        let other = try MavenKit.placement(pom, to: "\(Self.snapshots)/lib-2.0.0-20261128.120000-2.pom")
        #expect(one.identity != other.identity)
        #expect(one.path.text == "\(Self.snapshots)/lib-2.0.0-20261128.110000-1.pom")
        #expect(one.listings.map(\.partition.scope).contains("com.example.demo:lib:2.0.0-SNAPSHOT"))
        #expect(try MavenKit.record(pom, to: "\(Self.snapshots)/lib-2.0.0-20261128.110000-1.pom").version == "2.0.0-SNAPSHOT")
    }

    @Test func `a snapshot that names no build is one, called by the time at which it came in`() throws {
        let pom = Array(MavenKit.pom(version: "2.0.0-SNAPSHOT").utf8)
        let placement = try MavenKit.placement(pom, to: "\(Self.snapshots)/lib-2.0.0-SNAPSHOT.pom")
        #expect(placement.path.text == "\(Self.snapshots)/lib-2.0.0-20261129.114427-1.pom")
        let later = Timestamp(seconds: MavenKit.received.seconds + 1)
        #expect(
            try MavenKit.placement(pom, to: "\(Self.snapshots)/lib-2.0.0-SNAPSHOT.pom", at: later).path.text
                == "\(Self.snapshots)/lib-2.0.0-20261129.114428-1.pom")
    }

    @Test func `other bytes under a published path are refused for ever`() throws {
        let bytes = MavenKit.jar().bytes, path = "\(MavenKit.folder)/lib-1.0.0.jar"
        let record = try MavenKit.record(bytes, to: path)
        let refusal = refusal { () throws(Refusal) in
            _ = try Maven().place(
                record, of: MavenKit.upload(bytes, to: path, generation: "0123456789abcdef"), in: MavenKit.repository)
        }
        #expect(refusal?.cause == .conflict)
        #expect(refusal?.remedy == "deploy the next version")
    }

    @Test func `facts come back as they were kept`() throws {
        var facts = MavenFacts(
            place: try MavenPlace(group: "a.b", artifact: "c", version: "1-SNAPSHOT"), classifier: "x", ending: "tar.gz",
            build: MavenBuild(stamp: "20261128.110000", number: 7))
        facts.packaging = "maven-plugin"
        facts.relocation = "d:e:f"
        facts.licenses = ["MIT"]
        facts.plugin = .init(name: "N", prefix: "p", isDeclared: true)
        #expect(try MavenFacts(facts.encoded) == facts)
        for count in 0..<facts.encoded.count { #expect((try? MavenFacts(Array(facts.encoded.prefix(count)))) == nil) }
    }

    @Test func `files are known by their content, and by their names where those say more`() {
        func recognise(_ bytes: [UInt8], _ name: String) -> Recognition { Maven().recognise(bytes.span, filename: name) }
        let pom = Array(MavenKit.pom().utf8), jar = MavenKit.jar().bytes
        #expect(recognise(pom, "lib-1.0.0.pom") == .surely)
        #expect(recognise(pom, "pom.xml") == .surely)
        #expect(recognise(pom, "x") == .surely)
        #expect(recognise(Array("<project/>".utf8), "build.xml") == .no)
        #expect(recognise(jar, "lib-1.0.0.jar") == .surely)
        #expect(recognise(jar, "lib-1.0.0.whl") == .no)
        #expect(recognise(ZipBuilder().file("x", "y").bytes, "lib-1.0.0.jar") == .perhaps)
        #expect(recognise(Array(MavenKit.module().utf8), "lib-1.0.0.module") == .surely)
        #expect(recognise(Array(MavenKit.signature.utf8), "lib-1.0.0.jar.asc") == .perhaps)
        #expect(recognise(Array(MavenKit.signature.utf8), "SHA256SUMS.asc") == .no)
        #expect(recognise([], "lib-1.0.0.jar") == .no)
        #expect(Maven().objection(to: "lib-1.0.0.jar.sha1")?.cause == .unsupported)
        #expect(Maven().objection(to: "hello.tar.gz.sha256") == nil)
    }

    @Test func `clients read a failure in the reason phrase`() {
        let refusal = Refusal(.conflict, "lib-1.0.0.jar is there", remedy: "deploy the next version")
        let answer = Maven().answer(to: .refused(refusal))
        #expect(answer?.status == 409)
        #expect(answer?.reason == "lib-1.0.0.jar is there; deploy the next version")
        #expect(Maven().answer(to: .created)?.status == 201)
        #expect(Maven().answer(to: .unchanged)?.status == 200)
        #expect(Maven().answer(to: .refused(Refusal(.malformed, "x", remedy: "y")))?.status == 400)
        #expect(Maven().answer(toFault: 403, "no right")?.reason == "no right")
    }

    @Test func `routes take every path that clients send to, and tell coordinates`() throws {
        let routes = Maven().profile.routes
        func matched(_ path: String) -> [String: String]? {
            routes.lazy.compactMap { $0.path.match(path.split(separator: "/").map(String.init)) }.first
        }
        #expect(
            matched("com/example/lib/1.0/lib-1.0.jar")
                == ["group": "com/example", "artifact": "lib", "version": "1.0", "filename": "lib-1.0.jar"])
        #expect(matched("com/maven-metadata.xml") == ["group": "com", "filename": "maven-metadata.xml"])
        #expect(
            matched("com/example/lib/maven-metadata.xml")
                == ["group": "com", "artifact": "example", "version": "lib", "filename": "maven-metadata.xml"])
        #expect(matched("com/lib/maven-metadata.xml.sha1") == ["group": "com/lib", "filename": "maven-metadata.xml.sha1"])
        #expect(matched("com/example/lib/maven-metadata.xml.sha1")?["filename"] == "maven-metadata.xml.sha1")
        #expect(matched("lib-1.0.jar") == nil)
    }
}
