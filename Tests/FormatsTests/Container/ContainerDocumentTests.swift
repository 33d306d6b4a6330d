import Testing

@testable import Formats
@testable import Kit

/// The documents of a registry, byte for byte.
@Suite struct ContainerDocumentTests {
    private static let indexType = "application/vnd.oci.image.index.v1+json"

    private static func artifact(_ subject: String, _ type: String?, _ annotations: String? = nil) -> [UInt8] {
        var builder = ContainerBuilder().with("subject", ContainerBuilder.descriptor(ContainerKind.manifest.mediaType, subject))
        if let type { builder.set("artifactType", "\"\(type)\"") }
        if let annotations { builder.set("annotations", annotations) }
        return builder.bytes
    }

    @Test func `a tag is a document of the manifest's bytes in the folder of its kind`() throws {
        var shelf = ContainerShelf()
        let image = ContainerBuilder().with("annotations", #"{"a":"b"}"#), index = ContainerBuilder(.index)
        try shelf.add(image.bytes, "team/app", "1.0")
        try shelf.add(index.bytes, "team/app", "latest")
        try shelf.add(image.bytes, "team/app", "v1")
        #expect(
            try shelf.documents() == [
                "team/app/manifests/manifest/1.0": image.text, "team/app/manifests/manifest/v1": image.text,
                "team/app/manifests/index/latest": index.text,
                "team/app/tags/list": #"{"name":"acme/team/app","tags":["1.0","latest","v1"]}"# + "\n",
                "_catalog": #"{"repositories":["acme/team/app"]}"# + "\n",
            ])
        // It moves, also to another kind.
        try shelf.add(index.bytes, "team/app", "1.0")
        let moved = try shelf.documents()
        #expect(moved["team/app/manifests/index/1.0"] == index.text && moved["team/app/manifests/manifest/1.0"] == nil)
        shelf.untag("team/app", "1.0")
        shelf.untag("team/app", "v1")
        shelf.untag("team/app", "latest")
        #expect(try shelf.documents() == ["_catalog": #"{"repositories":["acme/team/app"]}"# + "\n"])
    }

    @Test func `tags and images are in byte order`() throws {
        var shelf = ContainerShelf()
        for tag in ["b", "a", "Z", "_", "10", "9", "a.b", "a-b", "a0"] { try shelf.add(ContainerBuilder().bytes, "app", tag) }
        for image in ["app/x", "app-x", "a", "app.x", "app0", "ap"] {
            let digest = ContainerDigest.of(ContainerBuilder().bytes).text
            try shelf.add(ContainerBuilder().bytes, image, digest)
        }
        let documents = try shelf.documents()
        #expect(documents["app/tags/list"] == #"{"name":"acme/app","tags":["10","9","Z","_","a","a-b","a.b","a0","b"]}"# + "\n")
        #expect(
            documents["_catalog"]
                == #"{"repositories":["acme/a","acme/ap","acme/app","acme/app-x","acme/app.x","acme/app/x","acme/app0"]}"# + "\n")
    }

    @Test func `what refers to a manifest is in its list, also before that manifest is there`() throws {
        var shelf = ContainerShelf()
        let about = ContainerBuilder.digest("subject")
        let sbom = Self.artifact("subject", "application/spdx+json", #"{"b":"2","a":"\u0001é\""}"#),
            signature = Self.artifact("subject", nil)
        let other = ContainerBuilder(.index).with("subject", ContainerBuilder.descriptor("a/b", "other", by: .sha512)).bytes
        for bytes in [sbom, signature, other] { try shelf.add(bytes, "app", ContainerDigest.of(bytes).text) }
        func descriptor(_ bytes: [UInt8], _ type: String, _ more: String) -> String {
            #"{"mediaType":"\#(type)","digest":"\#(ContainerDigest.of(bytes).text)","size":\#(bytes.count)\#(more)}"#
        }
        let entries = [
            descriptor(
                sbom, ContainerKind.manifest.mediaType,
                #","artifactType":"application/spdx+json","annotations":{"b":"2","a":"\u0001é\""}"#),
            // What says nothing of itself is what its configuration is.
            descriptor(signature, ContainerKind.manifest.mediaType, #","artifactType":"\#(ContainerBuilder.configType)""#),
        ].sorted { a, b in a.components(after: "digest").lexicographicallyPrecedes(b.components(after: "digest")) }
        let head = #"{"schemaVersion":2,"mediaType":"\#(Self.indexType)","manifests":["#
        let documents = try shelf.documents()
        #expect(documents["app/referrers/\(about)"] == head + entries.joined(separator: ",") + "]}\n")
        #expect(
            documents["app/referrers/\(ContainerBuilder.digest("other", by: .sha512))"]
                == head + descriptor(other, Self.indexType, "") + "]}\n")
        // A list of referrers is an index that clients read.
        for (path, text) in documents where path.contains("/referrers/") {
            #expect(try ContainerManifest([UInt8](text)).kind == .index, "\(path)")
        }
    }

    @Test func `nothing is left of an image that has no manifest, and the list of images stays`() throws {
        var shelf = ContainerShelf()
        let bytes = Self.artifact("subject", nil)
        let place = try shelf.add(bytes, "app", "1.0")
        #expect(try shelf.documents().count == 4)
        shelf.remove(place.path.text)
        let scope = Scope(
            key: "", changed: Timestamp(seconds: 0),
            partitions: [Partition(key: PartitionKey(scope: "", name: "images"), count: 0)])
        let plans = Container().documents(for: scope, in: ContainerShelf.repository)
        #expect(plans.map(\.path) == ["_catalog"])
        #expect(plans.first?.body.allSatisfy { if case .literal = $0 { true } else { false } } == true)
        for (key, name) in [("app:1.0", "manifest"), ("app@\(ContainerBuilder.digest("subject"))", ""), ("app", "tags")] {
            let scope = Scope(
                key: key, changed: Timestamp(seconds: 0),
                partitions: [Partition(key: PartitionKey(scope: key, name: name), count: 0)])
            #expect(Container().documents(for: scope, in: ContainerShelf.repository) == [], "\(key)")
        }
    }

    @Test func `blobs are in no document`() throws {
        var shelf = ContainerShelf()
        try shelf.add([1, 2, 3], "app", nil, named: ContainerDigest.of([1, 2, 3]).text)
        #expect(try shelf.documents() == [:])
    }

    @Test func `a tag's listing is where its document looks for it`() throws {
        let partition = try #require(Container().profile.marks.first?.partition)
        for kind in ContainerKind.allCases {
            let path = "team/app/manifests/\(kind.rawValue)/\(ContainerBuilder.digest("x"))"
            #expect(partition("team/app", "1.0", path) == PartitionKey(scope: "team/app:1.0", name: kind.rawValue))
        }
        // Only tags echo.
        for key in ["", "app", "app@sha256:00"] {
            let scope = Scope(key: key, changed: Timestamp(seconds: 0), partitions: [])
            #expect(Container().echoes(of: [], of: scope, in: ContainerShelf.repository) == [], "\(key)")
        }
    }

    // MARK: Serving

    private static func isWhole(_ text: String, _ pattern: String) throws -> Bool {
        try Regex(pattern).wholeMatch(in: text) != nil
    }

    @Test func `each file has an address that the web server knows, and bytes by digest never change`() throws {
        let immutable = Container().profile.immutablePaths
        var alternatives: Alternatives?
        var headers: [String] = []
        for serving in Container().profile.serving {
            if case .alternatives(let found) = serving { alternatives = found }
            if case .header("Docker-Content-Digest", let paths) = serving { headers.append(paths) }
        }
        let found = try #require(alternatives), header = try #require(headers.first)
        #expect(found.folders.map(\.name) == ["manifest", "index", "docker", "docker-list"])
        #expect(found.folders.map(\.type) == ContainerKind.allCases.map(\.mediaType))
        for algorithm in [Digests.Algorithm.sha256, .sha512] {
            let digest = ContainerBuilder.digest("x", by: algorithm)
            for image in ["app", "team/app"] {
                #expect(try Self.isWhole("\(image)/blobs/\(digest)", immutable))
                #expect(try Self.isWhole("\(image)/manifests/index/\(digest)", immutable))
                for address in ["\(image)/blobs/\(digest)", "\(image)/manifests/index/\(digest)"] {
                    let match = try #require(try Regex(header).wholeMatch(in: address))
                    #expect(match[1].substring.map(String.init) == digest)
                }
                for reference in [digest, "1.0"] {
                    let match = try #require(try Regex(found.paths).wholeMatch(in: "\(image)/manifests/\(reference)"))
                    #expect(match[1].substring == "\(image)/manifests/" && match[2].substring.map(String.init) == reference)
                }
                #expect(try !Self.isWhole("\(image)/manifests/index/1.0", immutable))
                #expect(try !Self.isWhole("\(image)/referrers/\(digest)", immutable))
                #expect(try !Self.isWhole("\(image)/manifests/1.0", header))
            }
        }
    }

    @Test func `what is not there is said in OCI's words, and a list of no referrers is empty`() throws {
        let digest = ContainerBuilder.digest("x")
        let expected: [(address: String, status: Int, part: String)] = [
            ("team/app/manifests/1.0", 404, #"{"errors":[{"code":"MANIFEST_UNKNOWN","#),
            ("app/manifests/\(digest)", 404, #"{"errors":[{"code":"MANIFEST_UNKNOWN","#),
            ("app/blobs/\(digest)", 404, #"{"errors":[{"code":"BLOB_UNKNOWN","#), ("app/blobs/x", 404, #""code":"BLOB_UNKNOWN""#),
            ("app/tags/list", 404, #"{"errors":[{"code":"NAME_UNKNOWN","#), ("app/referrers/\(digest)", 200, #""manifests":[]}"#),
        ]
        for (address, status, part) in expected {
            var answers: [(Int, String, String)] = []
            for case .missing(let paths, let type, let body, let status) in Container().profile.serving
            where try Self.isWhole(address, paths) {
                answers.append((status, type, body))
            }
            let answer = try #require(answers.first, "\(address)")
            #expect(answers.count == 1 && answer.0 == status && answer.2.contains(part), "\(address)")
            #expect(answer.1 == (status == 200 ? Self.indexType : "application/json"))
            #expect(!answer.2.contains("'") && !answer.2.contains("$") && !answer.2.contains("\n"))
            _ = try JSONReader.read([UInt8](answer.2).span, of: "it", within: Budget())
        }
    }

    @Test func `files have the types that clients want`() throws {
        let digest = ContainerBuilder.digest("x")
        let expected = [
            "team/app/blobs/\(digest)": "application/octet-stream", "team/app/tags/list": "application/json",
            "_catalog": "application/json",
            "team/app/referrers/\(digest)": Self.indexType,
        ]
        for (path, right) in expected {
            var types: [String] = []
            for case .files(let paths, let type) in Container().profile.serving where try Self.isWhole(path, paths) {
                types.append(type)
            }
            #expect(types == [right], "\(path)")
        }
    }
}

extension String {
    /// What stands behind the first member of this name.
    fileprivate func components(after name: String) -> String {
        firstRange(of: "\"\(name)\":\"").map { String(self[$0.upperBound...]) } ?? ""
    }
}
