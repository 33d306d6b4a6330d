import Testing

@testable import Formats
@testable import Kit

/// What a program does with the requests of clients, in small: files wait for each other, and become visible together.
private struct Assemblies {
    private var waiting: [String: [String: [UInt8]]] = [:]
    private var standsFor: [String: String] = [:]
    private var visible: [String: Set<String>] = [:]
    /// Of files as they came, by path.
    private var digests: [String: Digests] = [:]
    private(set) var shelf = MavenShelf()

    mutating func put(_ bytes: [UInt8], to path: String) throws {
        switch try MavenKit.arrival(bytes, at: path) {
        case .forgotten: break
        case .checksum(let name, let algorithm, _):
            let folder = path.split(separator: "/").dropLast().joined(separator: "/")
            guard let digests = digests["\(folder)/\(name)"] else { return }
            try MavenPart.compare(bytes.span, algorithm, of: name, having: digests)
        case .member(let key, let packaging):
            digests[path] = MavenKit.digests(bytes)
            if visible[key]?.contains(path) == true { return }
            waiting[key, default: [:]][path] = bytes
            if let packaging { standsFor[key] = packaging }
            let coordinates = MavenKit.address(path).coordinates
            let place = try #require(try MavenPlace.Hints(coordinates).place(or: nil))
            let names = Set((visible[key] ?? []).union(waiting[key]?.keys.map { $0 } ?? []).map { MavenKit.address($0).filename })
            guard place.isWhole(names: names, packaging: standsFor[key]) else { return }
            for (path, bytes) in waiting.removeValue(forKey: key) ?? [:] {
                try shelf.add(bytes, to: path)
                visible[key, default: []].insert(path)
            }
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

    @Test func `what follows a visible version waits for nothing, and a checksum of other bytes is refused`() throws {
        var site = Assemblies()
        for (path, bytes) in Self.release("1.0") { try site.put(bytes, to: path) }
        try site.put(Array(MavenKit.signature.utf8), to: "com/example/demo/lib/1.0/lib-1.0.jar.asc")
        #expect(site.shelf.paths.count == 4)
        let refused = refusal { () throws(Refusal) in
            do {
                try site.put(Array(String(repeating: "0", count: 40).utf8), to: "com/example/demo/lib/1.0/lib-1.0.jar.sha1")
            } catch let error as Refusal { throw error } catch { Issue.record(error) }
        }
        #expect(refused?.what.contains("the sha1 of lib-1.0.jar is") == true)
    }
}
