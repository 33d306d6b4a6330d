import Testing

@testable import Formats
@testable import Kit

/// What is published of packages.
@Suite struct NPMDocumentTests {
    private static let name = "@acme/web"
    private static let key = SiteKey(kind: .ecdsa, der: Array(0..<91))

    private func shelf(_ versions: String..., key: SiteKey? = nil) throws -> NPMShelf {
        var shelf = NPMShelf(key: key)
        for version in versions { try shelf.add(NPMBuilder(Self.name, version).bytes) }
        return shelf
    }

    @Test func `a package is two documents, its tags and its tarballs`() throws {
        var shelf = try shelf("1.0.0")
        #expect(
            shelf.documents().keys.sorted() == [
                "-/all.json", "-/package/@acme/web/dist-tags", "-/ping", "@acme/web/corgi.json", "@acme/web/index.json",
            ])
        #expect(shelf.shelved[0].placement.path.text == "@acme/web/-/web-1.0.0.tgz")
        #expect(try shelf.add(NPMBuilder("web", "1.0.0-rc.1").bytes).path.text == "web/-/web-1.0.0-rc.1.tgz")
        #expect(shelf.documents()["-/ping"]?.text == "{}\n")
    }

    @Test func `the whole document has what npm asks of it`() throws {
        var shelf = NPMShelf()
        let bytes = NPMBuilder(Self.name, "1.0.0").with(#""description":"Old","license":"ISC""#).bytes
        try shelf.add(bytes)
        try shelf.add(
            NPMBuilder(Self.name, "1.1.0").with(
                #""description":"A <web>","license":"MIT","author":"Ann <a@b.c>","homepage":"https://x.y","keywords":["a"]"#
            ).file("README.md", "# Web\n").bytes)
        let document = try #require(try shelf.json("@acme/web/index.json"))
        #expect(
            document.names == [
                "_id", "name", "versions", "time", "dist-tags", "description", "license", "author", "homepage", "keywords",
                "readme",
                "readmeFilename", "_rev",
            ])
        #expect(document["_id"]?.string == Self.name && document["name"]?.string == Self.name)
        #expect(document["versions"]?.names == ["1.0.0", "1.1.0"])
        #expect(document["dist-tags"]?.text == #"{"latest":"1.1.0"}"#)
        #expect(document["description"]?.string == "A <web>" && document["license"]?.string == "MIT")
        #expect(document["author"]?.text == #"{"name":"Ann","email":"a@b.c"}"#)
        #expect(document["readme"]?.string == "# Web\n" && document["readmeFilename"]?.string == "README.md")
        #expect(document["_rev"]?.string == "1700000500-0")
        #expect(
            document["time"]?.text
                == #"{"1.0.0":"2023-11-14T22:13:20.000Z","1.1.0":"2023-11-14T22:13:21.000Z","created":"2023-11-14T22:13:20.000Z","modified":"2023-11-14T22:21:40.000Z"}"#
        )
        let version = try #require(document["versions", "1.0.0"])
        #expect(version.names == ["name", "version", "description", "license", "_id", "_hasShrinkwrap", "dist"])
        #expect(version["_id"]?.string == "@acme/web@1.0.0" && version["_hasShrinkwrap"] == .bool(false))
        #expect(
            version["dist"]?.text
                == #"{"integrity":"sha512-\#(NPMText.base64(SHA512.of(bytes)))","shasum":"\#(Hex.string(SHA1.of(bytes)))","tarball":"https://example.org/acme/npm/@acme/web/-/web-1.0.0.tgz","fileCount":2,"unpackedSize":\#(NPMBuilder(Self.name, "1.0.0").with(#""description":"Old","license":"ISC""#).json.utf8.count + 20)}"#
        )
    }

    @Test func `the abbreviated document has what installing takes, and no more`() throws {
        var shelf = NPMShelf()
        try shelf.add(
            NPMBuilder("web", "1.0.0").with(
                #"""
                "description":"x","author":"y","license":"MIT","main":"z.js","scripts":{"postinstall":"x","test":"y"},"dependencies":{"a":"1"},
                "devDependencies":{"b":"2"},"optionalDependencies":{"c":"3"},"peerDependencies":{"d":"4"},
                "peerDependenciesMeta":{"d":{"optional":true}},"bundleDependencies":["a"],"bin":"./cli.js","engines":{"node":">=18"},
                "os":["linux"],"cpu":["x64"],"libc":["glibc"],"funding":"https://x.y","directories":{},"exports":{}
                """#
            ).file("npm-shrinkwrap.json", "{}").bytes)
        let document = try #require(try shelf.json("web/corgi.json"))
        #expect(document.names == ["name", "versions", "dist-tags", "modified"])
        #expect(document["modified"]?.string == "2023-11-14T22:21:40.000Z")
        let version = try #require(document["versions", "1.0.0"])
        #expect(
            version.names == [
                "name", "version", "dependencies", "devDependencies", "optionalDependencies", "peerDependencies",
                "peerDependenciesMeta", "bundleDependencies", "bin", "engines", "os", "cpu", "libc", "funding", "directories",
                "hasInstallScript", "_hasShrinkwrap", "dist",
            ])
        #expect(version["bin"]?.text == #"{"web":"cli.js"}"#)
        #expect(version["hasInstallScript"] == .bool(true) && version["_hasShrinkwrap"] == .bool(true))
        #expect(try shelf.json("web/index.json")?["versions", "1.0.0", "dist"] == version["dist"])
        #expect(try shelf.json("web/index.json")?["versions", "1.0.0", "scripts", "test"]?.string == "y")
    }

    // MARK: Tags

    @Test(
        arguments: [
            (["1.0.0"], "1.0.0"), (["1.0.0", "2.0.0-rc.1"], "1.0.0"), (["2.0.0-rc.1"], "2.0.0-rc.1"),
            (["1.0.0-a", "1.0.0-b.2", "1.0.0-b.10"], "1.0.0-b.10"), (["1.10.0", "1.9.0"], "1.10.0"),
            (["2.0.0", "1.0.5"], "2.0.0"),
            (["0.0.1", "0.0.2-alpha"], "0.0.1"), (["1.0.0-rc.1", "1.0.0"], "1.0.0"),
        ])
    func `latest is never missing, and never a pre-release by accident`(versions: [String], latest: String) throws {
        var shelf = NPMShelf()
        for version in versions { try shelf.add(NPMBuilder(Self.name, version).bytes) }
        for path in ["@acme/web/index.json", "@acme/web/corgi.json"] {
            #expect(try shelf.json(path)?["dist-tags", "latest"]?.string == latest)
        }
        #expect(shelf.documents()["-/package/@acme/web/dist-tags"]?.text == #"{"latest":"\#(latest)"}"# + "\n")
    }

    @Test func `tags stand behind latest in the order of their names, in all three documents`() throws {
        var shelf = try shelf("1.0.0", "1.1.0", "2.0.0-rc.1")
        shelf.tags[Self.name] = ["next": "2.0.0-rc.1", "lts": "1.0.0"]
        let text = #"{"latest":"1.1.0","lts":"1.0.0","next":"2.0.0-rc.1"}"#
        #expect(try shelf.json("@acme/web/index.json")?["dist-tags"]?.text == text)
        #expect(try shelf.json("@acme/web/corgi.json")?["dist-tags"]?.text == text)
        #expect(try shelf.json("-/package/@acme/web/dist-tags")?.text == text)
        shelf.tags[Self.name]?["latest"] = "1.0.0"
        #expect(
            try shelf.json("-/package/@acme/web/dist-tags")?.text
                == #"{"latest":"1.0.0","lts":"1.0.0","next":"2.0.0-rc.1"}"#)
        shelf.tags[Self.name] = ["latest": "2.0.0-rc.1"]
        #expect(try shelf.json("@acme/web/index.json")?["dist-tags"]?.text == #"{"latest":"2.0.0-rc.1"}"#)
        shelf.drop(Self.name, "2.0.0-rc.1")
        #expect(try shelf.json("@acme/web/index.json")?["dist-tags"]?.text == #"{"latest":"1.1.0"}"#)
    }

    @Test func `the top of the document is that of the greatest release`() throws {
        var shelf = NPMShelf()
        for (version, text) in [("2.0.0", "two"), ("3.0.0-rc.1", "three"), ("1.0.9", "one")] {
            try shelf.add(NPMBuilder("web", version).with(#""description":"\#(text)""#).file("README.md", text).bytes)
        }
        let document = try #require(try shelf.json("web/index.json"))
        #expect(document["description"]?.string == "two" && document["readme"]?.string == "two")
        #expect(document["time", "created"]?.string == "2023-11-14T22:13:20.000Z")
        #expect(document["versions"]?.names == ["1.0.9", "2.0.0", "3.0.0-rc.1"])
    }

    @Test func `a version that goes leaves both documents, and the last one takes them along`() throws {
        var shelf = try shelf("1.0.0", "1.1.0")
        shelf.drop(Self.name, "1.1.0")
        #expect(try shelf.json("@acme/web/index.json")?["versions"]?.names == ["1.0.0"])
        #expect(try shelf.json("@acme/web/index.json")?["time"]?.names == ["1.0.0", "created", "modified"])
        shelf.drop(Self.name, "1.0.0")
        #expect(shelf.documents().keys.sorted() == ["-/ping"])
        let emptied = Scope(
            key: Self.name, changed: Timestamp(seconds: 0),
            partitions: ["arrival", "choice", "versions"].map { Partition(key: .init(scope: Self.name, name: $0), count: 0) })
        #expect(NPM().documents(for: emptied, in: shelf.repository).isEmpty)
    }

    @Test func `documents do not depend on the order in which versions came, times aside`() throws {
        let versions = ["1.0.0", "1.0.1", "1.10.0", "1.2.0", "2.0.0-a", "2.0.0-a.1", "2.0.0-10", "2.0.0-9"]
        func text(_ versions: [String]) throws -> String? {
            var shelf = NPMShelf()
            for version in versions { try shelf.add(NPMBuilder(Self.name, version).bytes) }
            return shelf.documents()["@acme/web/corgi.json"]?.text
        }
        #expect(try text(versions) == text(versions.reversed()))
        #expect(
            try shelf("2.0.0-a", "2.0.0-9", "2.0.0-10", "1.2.0", "1.10.0").json("@acme/web/index.json")?["versions"]?.names
                == ["1.2.0", "1.10.0", "2.0.0-9", "2.0.0-10", "2.0.0-a"])
    }

    // MARK: Marks, signatures, places

    @Test func `a deprecated version says so in both documents`() throws {
        var shelf = try shelf("1.0.0", "1.1.0")
        shelf.deprecated = ["@acme/web@1.0.0": "use \"1.1.0\"", "@acme/web@1.1.0": ""]
        for path in ["@acme/web/index.json", "@acme/web/corgi.json"] {
            let versions = try #require(try shelf.json(path)?["versions"])
            #expect(versions["1.0.0", "deprecated"]?.string == "use \"1.1.0\"" && versions["1.1.0", "deprecated"] == nil)
        }
    }

    @Test func `versions are signed as npm verifies them, and the key is there`() throws {
        let shelf = try shelf("1.0.0", key: Self.key)
        let bytes = NPMBuilder(Self.name, "1.0.0").bytes
        let text = [UInt8]("@acme/web@1.0.0:sha512-\(NPMText.base64(SHA512.of(bytes)))".utf8)
        #expect(NPM().signedText(of: shelf.shelved[0].record, from: shelf.shelved[0].upload) == text)
        let id = NPMFragments.keyID(of: Self.key)
        for path in ["@acme/web/index.json", "@acme/web/corgi.json"] {
            #expect(
                try shelf.json(path)?["versions", "1.0.0", "dist", "signatures"]?.text
                    == #"[{"keyid":"\#(id)","sig":"\#(NPMText.base64(SHA256.of(text)))"}]"#)
        }
        #expect(
            shelf.documents()["-/npm/v1/keys"]?.text
                == #"{"keys":[{"expires":null,"keyid":"\#(id)","keytype":"ecdsa-sha2-nistp256","scheme":"ecdsa-sha2-nistp256","key":"\#(NPMText.base64(Self.key.der))"}]}"#
                + "\n")
        let unsigned = try self.shelf("1.0.0")
        #expect(try unsigned.json("@acme/web/index.json")?["versions", "1.0.0", "dist", "signatures"] == nil)
        #expect(unsigned.documents()["-/npm/v1/keys"] == nil)
    }

    @Test func `a former key is offered behind the one that signs`() throws {
        var shelf = try shelf("1.0.0", key: Self.key)
        let former = SiteKey(kind: .ecdsa, der: Array(1..<92))
        shelf.repository.siteKeys.append(former)
        let keys = try #require(try shelf.json("-/npm/v1/keys")?["keys"]?.array)
        #expect(keys.map { $0["keyid"]?.string } == [Self.key, former].map { NPMFragments.keyID(of: $0) })
        #expect(keys.map { $0["key"]?.string } == [Self.key, former].map { NPMText.base64($0.der) })
        #expect(
            try shelf.json("@acme/web/index.json")?["versions", "1.0.0", "dist", "signatures"]?.array?.map { $0["keyid"]?.string }
                == [NPMFragments.keyID(of: Self.key)])
    }

    @Test func `a key is called as npm's registry calls its own`() throws {
        // The registry's key until 2025, and the name that its signatures have for it.
        let key =
            "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE1Olb3zMAFFxXKHiIkQO5cJ3Yhl5i6UPp+IhuteBJbuHcA5UogKo0EWtlWwW6KSaKoTNEYL7JlCQiVnkhBktUgg=="
        var der: [UInt8] = [], position = 0
        var decoder = Base64Decoder()
        try decoder.decode(Array(key.utf8).span, from: &position, into: &der)
        #expect(
            NPMFragments.keyID(of: SiteKey(kind: .ecdsa, der: der)) == "SHA256:jl3bwswu80PjjokCgh0o2w5c2U4LhQAE57gj9cz1kzA")
    }

    @Test func `a tarball in a folder of its own is named with it`() throws {
        var shelf = NPMShelf()
        let placement = try shelf.add(NPMBuilder(Self.name, "1.0.0").bytes, generation: "0123456789abcdef")
        #expect(placement.path.text == "@acme/web/-/0123456789abcdef/web-1.0.0.tgz")
        #expect(
            try shelf.json("@acme/web/index.json")?["versions", "1.0.0", "dist", "tarball"]?.string
                == "https://example.org/acme/npm/\(placement.path.text)")
    }

    @Test func `versions that differ in build metadata or case alone are one`() throws {
        func place(_ version: String) throws -> Placement {
            var shelf = NPMShelf()
            return try shelf.add(NPMBuilder("web", version).bytes)
        }
        #expect(try place("1.0.0+a").identity == place("v1.0.0").identity)
        #expect(try place("1.0.0+a").path.text == "web/-/web-1.0.0.tgz" && place(" =v1.0.0 ").path.text == "web/-/web-1.0.0.tgz")
        #expect(try place("1.0.0-RC.1").identity == place("1.0.0-rc.1").identity)
    }

    // MARK: All packages

    @Test func `small repositories have a list of what somebody gets of each package`() throws {
        var shelf = NPMShelf(options: ["list_limit": .number(4)])
        for (name, version) in [("web", "1.0.0"), ("web", "2.0.0-rc.1"), ("@acme/web", "1.0.0"), ("web-x", "0.1.0")] {
            try shelf.add(
                NPMBuilder(name, version).with(#""description":"A \#(version)","keywords":["k"],"license":"MIT""#).bytes)
        }
        let objects = try #require(try shelf.json("-/all.json")?["objects"]?.array)
        #expect(objects.map { $0["package", "name"]?.string } == ["@acme/web", "web", "web-x"])
        #expect(
            objects[1].text
                == #"{"package":{"name":"web","version":"1.0.0","description":"A 1.0.0","keywords":["k"],"date":"2023-11-14T22:13:20.000Z","maintainers":[],"links":{}}}"#
        )
        try shelf.add(NPMBuilder("web", "3.0.0").bytes)
        #expect(shelf.documents()["-/all.json"] == nil)
        var none = NPMShelf(options: ["list_limit": .number(0)])
        try none.add(NPMBuilder("web", "3.0.0").bytes)
        #expect(none.documents()["-/all.json"] == nil)
    }

    // MARK: Attestations

    @Test func `an attestation is a document of its version, and needs the tarball`() throws {
        var shelf = NPMShelf()
        let tarball = NPMBuilder(Self.name, "1.0.0").bytes
        try shelf.add(tarball)
        let bundle = BundleBuilder(Self.name, "1.0.0", sha512: Hex.string(SHA512.of(tarball)))
        let placement = try shelf.add(bundle.bytes, named: "web-1.0.0.sigstore")
        #expect(placement.path.text == "@acme/web/-/web-1.0.0.sigstore")
        #expect(placement.companion?.path == "@acme/web/-/web-1.0.0.tgz" && placement.companion?.algorithm == .sha512)
        #expect(placement.companion?.digest == SHA512.of(tarball))
        #expect(placement.identity != shelf.shelved[0].placement.identity)
        let document = try #require(try shelf.json("-/npm/v1/attestations/@acme/web@1.0.0"))
        #expect(document["attestations"]?.array?.count == 1)
        let attestation = try #require(document["attestations"]?.array?.first)
        #expect(attestation["predicateType"]?.string == "https://slsa.dev/provenance/v1")
        #expect(attestation["bundle"]?.text == bundle.bytes.text)
        #expect(try shelf.json("@acme/web/index.json")?["versions"]?.names == ["1.0.0"])
        shelf.drop(Self.name, "1.0.0")
        #expect(shelf.documents().keys.sorted() == ["-/ping"])
    }

    @Test func `records that this program did not write make no fragments and no places`() throws {
        var shelf = NPMShelf()
        try shelf.add(NPMBuilder("web", "1.0.0").bytes)
        let file = shelf.shelved[0]
        for facts in [[], [9], Array(file.record.facts.dropLast()), file.record.facts + [0], [1, 7]] {
            var record = file.record
            record.facts = facts
            #expect(
                NPM().fragments(
                    of: record, from: file.upload, at: file.placement, annotations: Annotations(), in: shelf.repository
                ).isEmpty)
            #expect(refusal { () throws(Refusal) in _ = try NPM().place(record, of: file.upload, in: shelf.repository) } != nil)
        }
    }
}
