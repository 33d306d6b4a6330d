import Testing

@testable import Formats
@testable import Kit

/// What a program does with the requests of clients, in small: files wait for each other, and become visible together.
private struct Assemblies {
    /// By folder and name.
    private var waiting: [String: [String: [UInt8]]] = [:]
    private var visible: [String: Set<String>] = [:]
    private(set) var shelf = MavenShelf()
    private let assembly = MavenAssembly()

    mutating func put(_ bytes: [UInt8], to path: String) throws {
        let (place, name) = MavenKit.address(path)
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        let live = visible[folder] ?? []
        switch try assembly.role(of: name, at: place) {
        case .ignored: try assembly.checkIgnored(bytes.span, named: name, at: place)
        case .checksum(let file, let algorithm):
            let digest = try assembly.checksum(bytes.span, algorithm, named: name)
            if let content = waiting[folder]?[file] { #expect(MavenKit.digests(content)[algorithm] == digest) }
        case .package(let list?) where live.contains(list): if !live.contains(name) { try show([name: bytes], in: folder) }
        case .package(let list?):
            waiting[folder, default: [:]][name] = bytes
            try complete(list, in: folder, at: place)
        case .list(isPublished: true):
            if live.contains(name) { return }
            waiting[folder, default: [:]][name] = bytes
            try complete(name, in: folder, at: place)
        case .package(nil), .list, .companion: Issue.record("no file of Maven's is one")
        }
    }

    private mutating func complete(_ list: String, in folder: String, at place: Coordinates) throws {
        let files = waiting[folder] ?? [:]
        guard let bytes = files[list] else { return }
        let belonging = try files.filter { try assembly.role(of: $0.key, at: place) == .package(list: list) }
        let need = try assembly.list(bytes.span, named: list, at: place).need
        if let need, !belonging.keys.contains(where: need.isMet), !(visible[folder] ?? []).contains(where: need.isMet) { return }
        waiting[folder] = files.filter { $0.key != list && belonging[$0.key] == nil }
        try show(belonging.merging([list: bytes]) { first, _ in first }, in: folder)
    }

    private mutating func show(_ files: [String: [UInt8]], in folder: String) throws {
        for (name, bytes) in files {
            try shelf.add(bytes, to: "\(folder)/\(name)")
            visible[folder, default: []].insert(name)
        }
    }
}

@Suite struct MavenAssemblyTests {
    /// What mvn 3.8.7 sends for a release with sources, without the metadata's checksums.
    private static func release(_ version: String) -> [(path: String, bytes: [UInt8])] {
        let stem = "com/example/demo/lib/\(version)/lib-\(version)"
        let metadata = MavenKit.metadata(
            "<groupId>com.example.demo</groupId><artifactId>lib</artifactId><versioning><release>\(version)</release></versioning>"
        )
        let files = [
            ("\(stem).jar", MavenKit.jar().bytes), ("\(stem).pom", Array(MavenKit.pom(version: version).utf8)),
            ("\(stem)-sources.jar", MavenKit.jar([("Lib.java", "")]).bytes),
        ]
        return files.flatMap { path, bytes in
            let digests = MavenKit.digests(bytes)
            return [
                (path, bytes), ("\(path).sha1", Array(Hex.string(digests.sha1).utf8)),
                ("\(path).md5", Array(Hex.string(digests.md5).utf8)),
            ]
        } + [("com/example/demo/lib/maven-metadata.xml", Array(metadata.utf8))]
    }

    @Test func `in whatever order a deployment comes, its version is there with POM and jar and not before`() throws {
        var numbers = SeededNumbers(seed: 3)
        let path = "com/example/demo/lib/maven-metadata.xml"
        for _ in 0..<200 {
            var site = Assemblies()
            var came: Set<String> = []
            for (path, bytes) in Self.release("1.0").shuffled(using: &numbers) {
                // Clients send again what they have no answer to.
                for _ in 0..<Int.random(in: 1...2, using: &numbers) { try site.put(bytes, to: path) }
                came.insert(MavenKit.address(path).filename)
                #expect(try site.shelf.documents().isEmpty != (came.contains("lib-1.0.jar") && came.contains("lib-1.0.pom")))
            }
            #expect(site.shelf.paths.count == 3)
            #expect(try site.shelf.documents()[path]?.contains("<release>1.0</release>") == true)
        }
    }

    @Test func `deployments that come at once do not see each other's halves`() throws {
        var numbers = SeededNumbers(seed: 4)
        var expected: String?
        for _ in 0..<50 {
            var site = Assemblies()
            for (path, bytes) in (Self.release("1.0") + Self.release("1.1")).shuffled(using: &numbers) {
                try site.put(bytes, to: path)
            }
            let document = try site.shelf.documents()["com/example/demo/lib/maven-metadata.xml"]
            if let expected { #expect(document == expected) }
            expected = document
        }
        #expect(expected?.contains("<version>1.0</version>\n      <version>1.1</version>") == true)
    }

    @Test func `a deployment without its jar leaves nothing to see, and builds of a snapshot do not complete each other`() throws
    {
        var site = Assemblies()
        for (path, bytes) in Self.release("1.0") where !path.contains("lib-1.0.jar") { try site.put(bytes, to: path) }
        #expect(site.shelf.paths.isEmpty)
        let stem = "com/example/demo/lib/2.0-SNAPSHOT/lib-2.0-20261128.1"
        try site.put(MavenKit.jar().bytes, to: "\(stem)10000-1.jar")
        try site.put(Array(MavenKit.pom(version: "2.0-SNAPSHOT").utf8), to: "\(stem)20000-2.pom")
        #expect(site.shelf.paths.isEmpty)
        try site.put(MavenKit.jar().bytes, to: "\(stem)20000-2.jar")
        #expect(site.shelf.paths == ["\(stem)20000-2.jar", "\(stem)20000-2.pom"])
    }

    @Test func `what follows a visible version waits for nothing`() throws {
        var site = Assemblies()
        for (path, bytes) in Self.release("1.0") { try site.put(bytes, to: path) }
        try site.put(Array(MavenKit.signature.utf8), to: "com/example/demo/lib/1.0/lib-1.0.jar.asc")
        #expect(site.shelf.paths.count == 4)
    }

    // MARK: - What each file is

    @Test(arguments: [
        ("com/example/lib/1.0/lib-1.0.pom", PartRole.list(isPublished: true)),
        ("com/example/lib/1.0/lib-1.0.jar", .package(list: "lib-1.0.pom")),
        ("com/example/lib/1.0/lib-1.0-sources.jar", .package(list: "lib-1.0.pom")),
        ("com/example/lib/1.0/lib-1.0.module", .package(list: "lib-1.0.pom")),
        ("com/example/lib/1.0/lib-1.0.pom.asc", .package(list: "lib-1.0.pom")),
        ("com/example/lib/1.0/lib-1.0-build.pom", .package(list: "lib-1.0.pom")),
        ("com/example/lib/1.0/lib-1.0.jar.sha1", .checksum(of: "lib-1.0.jar", .sha1)),
        ("com/example/lib/1.0/lib-1.0.jar.asc.md5", .checksum(of: "lib-1.0.jar.asc", .md5)),
        ("com/example/lib/2-SNAPSHOT/lib-2-20261128.120000-1.pom", .list(isPublished: true)),
        ("com/example/lib/2-SNAPSHOT/lib-2-20261128.120000-1-x.jar", .package(list: "lib-2-20261128.120000-1.pom")),
        ("com/example/lib/2-SNAPSHOT/lib-2-SNAPSHOT.jar", .package(list: "lib-2-SNAPSHOT.pom")),
        ("com/example/lib/2-SNAPSHOT/lib-2-SNAPSHOT.jar.sha1", .ignored), ("com/example/lib/maven-metadata.xml", .ignored),
        ("com/example/lib/2-SNAPSHOT/maven-metadata.xml.sha512", .ignored), ("com/maven-metadata.xml", .ignored),
        ("com/lib/maven-metadata.xml.md5", .ignored),
    ]) func `an address tells what a file is among the others`(path: String, role: PartRole) throws {
        #expect(try MavenKit.role(path) == role)
    }

    @Test(arguments: [
        ("", "lib-1.0.0.jar"), ("war", "lib-1.0.0.war"), ("bundle", "lib-1.0.0.jar"), ("maven-plugin", "lib-1.0.0.jar"),
        ("aar", "lib-1.0.0.aar"),
    ]) func `a POM needs the artifact that it is of`(packaging: String, name: String) throws {
        let pom = Array(MavenKit.pom(packaging: packaging).utf8),
            (place, file) = MavenKit.address("\(MavenKit.folder)/lib-1.0.0.pom")
        let list = try MavenAssembly().list(pom.span, named: file, at: place)
        #expect(list.parts.isEmpty)
        let need = try #require(list.need)
        #expect(need.what == "\(name), the artifact itself")
        for met in ["lib-1.0.0.jar", "lib-1.0.0.war", "lib-1.0.0.tar.gz"] { #expect(need.isMet(met), "\(met)") }
        for other in [
            "lib-1.0.0.pom", "lib-1.0.0-sources.jar", "lib-1.0.0.module", "lib-1.0.0.jar.asc", "lib-1.0.0.jar.sha1",
            "app-1.0.0.jar",
            "maven-metadata.xml", "lib-1.0.1.jar", "lib-1.0.0.jar.sigstore.json",
        ] { #expect(!need.isMet(other), "\(other)") }
    }

    @Test func `a parent, a BOM and a POM that has moved need nothing`() throws {
        let (place, file) = MavenKit.address("\(MavenKit.folder)/lib-1.0.0.pom")
        let moved = "<distributionManagement><relocation><groupId>org.example</groupId></relocation></distributionManagement>"
        for text in [MavenKit.pom(packaging: "pom"), MavenKit.pom(more: moved)] {
            #expect(try MavenAssembly().list(Array(text.utf8).span, named: file, at: place).need == nil)
        }
    }

    @Test func `a POM of another place is refused as soon as it comes`() {
        let (place, file) = MavenKit.address("\(MavenKit.folder)/lib-1.0.0.pom")
        let pom = Array(MavenKit.pom(group: "com.evil").utf8)
        #expect(
            refusal { () throws(Refusal) in _ = try MavenAssembly().list(pom.span, named: file, at: place) }?.cause == .ambiguous)
    }

    @Test func `metadata of every level are looked at`() throws {
        let sum = Array(String(repeating: "aB", count: 20).utf8)
        let artifact = MavenKit.metadata("<groupId>com.example</groupId><artifactId>lib</artifactId>")
        try MavenKit.look(at: Array(artifact.utf8), "com/example/lib/maven-metadata.xml")
        try MavenKit.look(at: sum, "com/example/lib/maven-metadata.xml.sha1")
        try MavenKit.look(at: sum, "com/example/lib/2-SNAPSHOT/lib-2-SNAPSHOT.jar.sha1")
        let group = MavenKit.metadata("<plugins><plugin><prefix>x</prefix></plugin></plugins>")
        for folder in ["com", "com/example", "com/example/a/b/c"] {
            try MavenKit.look(at: Array(group.utf8), "\(folder)/maven-metadata.xml")
        }
        let level = MavenKit.metadata(
            "<groupId>com</groupId><artifactId>lib</artifactId><versioning/><version>2.0-SNAPSHOT</version>")
        try MavenKit.look(at: Array(level.utf8), "com/lib/2.0-SNAPSHOT/maven-metadata.xml")
        try MavenKit.look(at: Array(level.utf8), "com/lib/maven-metadata.xml")
    }

    @Test func `a folder of a group has no dot, also where it is the only one`() throws {
        let assembly = MavenAssembly()
        for (group, isRight) in [("org.acme", false), ("org/acme", true), ("org", true), ("org/a.b", false)] {
            let place = Coordinates(["group": group, "artifact": "lib", "version": "1"])
            let role = Result { try assembly.role(of: "lib-1.jar", at: place) }
            #expect((try? role.get()) != nil ? isRight : !isRight, "\(group): \(role)")
        }
    }

    @Test(arguments: ["LATEST", "RELEASE"]) func `no version is called as Maven calls the newest`(version: String) {
        #expect(throws: Refusal.self) { try MavenPlace(group: "org.acme", artifact: "lib", version: version) }
    }
}
