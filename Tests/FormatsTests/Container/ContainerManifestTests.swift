import Testing

@testable import Formats
@testable import Kit

@Suite struct ContainerManifestTests {
    private static func read(_ bytes: [UInt8]) throws(Refusal) -> ContainerManifest {
        try ContainerManifest(bytes)
    }

    @Test func `each kind is read, and lies in the folder of its type`() throws {
        for kind in ContainerKind.allCases {
            let bytes = ContainerBuilder(kind).bytes
            let manifest = try Self.read(bytes)
            #expect(manifest.kind == kind)
            #expect((manifest.config != nil) == !kind.isIndex)
            let digest = ContainerDigest.of(bytes).text
            let placement = try ContainerShelf.placement(bytes, "team/app")
            #expect(placement.path.text == "team/app/manifests/\(kind.rawValue)/\(digest)")
            #expect(placement.identity == "team/app manifest \(digest)" && !placement.isPart)
            let record = try ContainerShelf.record(bytes)
            #expect(record.version == digest && record.versionIdentity == digest && record.architecture == "")
            // Without its type, it is told by what it holds; Docker's are not without.
            let bare = try Self.read(ContainerBuilder(kind).without("mediaType").bytes)
            #expect(bare.kind == (kind.isIndex ? .index : .manifest))
            #expect(try Self.read(ContainerBuilder(kind).with("mediaType", "null").bytes).kind == bare.kind)
            #expect(try Self.read(ContainerBuilder(kind).with("mediaType", "\"\"").bytes).kind == bare.kind)
        }
    }

    @Test func `a manifest requires what it names, by its path`() throws {
        let sha512 = ContainerBuilder.digest("big", by: .sha512)
        let image = ContainerBuilder().with(
            "layers",
            "[\(ContainerBuilder.descriptor(ContainerBuilder.layerType, "layer")),\(ContainerBuilder.descriptor("a/b", "big", by: .sha512)),"
                + "\(ContainerBuilder.descriptor(ContainerBuilder.layerType, "layer"))]")
        let config = ContainerBuilder.digest("config"), layer = ContainerBuilder.digest("layer")
        #expect(
            try ContainerShelf.placement(image.bytes).requirements.map(\.text)
                == ["app/blobs/\(config)", "app/blobs/\(layer)", "app/blobs/\(sha512)"])
        let index = ContainerBuilder(.index).with(
            "manifests",
            "[" + ContainerKind.allCases.map { ContainerBuilder.descriptor($0.mediaType, $0.rawValue) }.joined(separator: ",")
                + ","
                + ContainerBuilder.descriptor("application/vnd.example+json", "other") + "]")
        #expect(
            try ContainerShelf.placement(index.bytes, "a/b").requirements.map(\.text)
                == ContainerKind.allCases.map { "a/b/manifests/\($0.rawValue)/\(ContainerBuilder.digest($0.rawValue))" } + [
                    "a/b/blobs/\(ContainerBuilder.digest("other"))"
                ])
    }

    @Test func `a subject need not be there, and nor need layers that are to be got elsewhere`() throws {
        let urls = #","urls":["https://example.org/layer"]"#
        let foreign = [
            "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
            "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
        ]
        for (type, more, isRequired) in [
            (foreign[0], urls, false), (foreign[1], urls, false), (foreign[0], "", true), (foreign[1], #","urls":[]"#, true),
            (foreign[1], #","urls":null"#, true), (ContainerBuilder.layerType, urls, true),
        ] {
            let image = ContainerBuilder().with("layers", "[\(ContainerBuilder.descriptor(type, "layer", more: more))]")
                .with("subject", ContainerBuilder.descriptor(ContainerKind.manifest.mediaType, "subject"))
            let paths = try ContainerShelf.placement(image.bytes).requirements.map(\.text)
            #expect(
                paths == ["app/blobs/\(ContainerBuilder.digest("config"))"]
                    + (isRequired ? ["app/blobs/\(ContainerBuilder.digest("layer"))"] : []))
        }
    }

    @Test func `what tools write is read`() throws {
        // Go writes null for lists without elements; conformance tests send an image without layers.
        #expect(try Self.read(ContainerBuilder().with("layers", "null").bytes).layers == [])
        #expect(try Self.read(ContainerBuilder().with("layers", "[]").bytes).layers == [])
        #expect(try Self.read(ContainerBuilder(.index).with("manifests", "[]").bytes).manifests == [])
        #expect(try Self.read(ContainerBuilder(.index).with("layers", "null").bytes).kind == .index)
        for name in ["subject", "artifactType", "annotations"] {
            #expect(try Self.read(ContainerBuilder().with(name, "null").bytes).subject == nil)
        }
        let data = ContainerBuilder.descriptor("application/vnd.oci.empty.v1+json", "{}", more: #","data":"e30=""#)
        #expect(try Self.read(ContainerBuilder().with("config", data).bytes).config?.size == 2)
        // Members that nobody knows today.
        #expect(try Self.read(ContainerBuilder().with("future", #"{"a":[1,2.5e3,null]}"#).bytes).kind == .manifest)
        #expect(try Self.read([UInt8](" \r\n\t" + ContainerBuilder().text + "\n")).kind == .manifest)
        let largest = ContainerBuilder.descriptor("a/b", "x").replacing("\"size\":1", with: "\"size\":9007199254740991")
        #expect(try Self.read(ContainerBuilder().with("config", largest).bytes).config?.size == ContainerDescriptor.sizeLimit)
    }

    @Test func `a manifest may have 4 MiB and no byte more`() throws {
        let bytes = ContainerBuilder().bytes
        let padded = bytes + [UInt8](repeating: 32, count: ContainerManifest.sizeLimit - bytes.count)
        #expect(try Self.read(padded).kind == .manifest)
        let found = refusal { () throws(Refusal) in _ = try Self.read(padded + [32]) }
        #expect(found?.cause == .limit && found?.place == ContainerManifest.sizePlace)
    }

    @Test func `every beginning of a manifest is refused`() {
        for kind in ContainerKind.allCases {
            let bytes = ContainerBuilder(kind).with("annotations", #"{"a":"\u00e9\n"}"#).bytes
            for count in bytes.indices {
                let found = refusal { () throws(Refusal) in _ = try ContainerShelf.record(Array(bytes.prefix(count))) }
                #expect(found != nil, "\(kind), \(count) bytes")
                #expect(found?.remedy.isEmpty == false)
            }
        }
    }

    @Test func `no flipped bit traps, and what is still a manifest says the same twice`() throws {
        let subject = ContainerBuilder.descriptor(ContainerKind.manifest.mediaType, "subject")
        let bytes = ContainerBuilder().with("subject", subject).with("annotations", #"{"a":"b\u0041"}"#).bytes
        var taken = 0
        for position in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[position] ^= 1 << UInt8(bit)
                guard let record = try? ContainerShelf.record(changed) else { continue }
                taken += 1
                #expect(try ContainerFacts(record.facts).encoded == record.facts)
                #expect(try ContainerShelf.placement(changed).requirements.allSatisfy { $0.text.hasPrefix("app/") })
            }
        }
        #expect(taken > 100)
    }

    @Test func `facts are read as they were written, and damaged ones are refused`() throws {
        let blob = ContainerFacts(try ContainerDigest.read(ContainerBuilder.digest("x", by: .sha512)))
        #expect(try ContainerFacts(blob.encoded) == blob)
        let image = ContainerBuilder().with("subject", ContainerBuilder.descriptor(ContainerKind.index.mediaType, "subject"))
        let manifest = ContainerFacts(try Self.read(image.bytes), ContainerDigest.of(image.bytes))
        #expect(try ContainerFacts(manifest.encoded) == manifest)
        for facts in [blob, manifest] {
            for count in facts.encoded.indices {
                #expect(throws: Refusal.self) { _ = try ContainerFacts(Array(facts.encoded.prefix(count))) }
            }
            #expect(throws: Refusal.self) { _ = try ContainerFacts(facts.encoded + [0]) }
        }
        #expect(throws: Refusal.self) { _ = try ContainerFacts([1, 2]) }
        var record = try ContainerShelf.record(image.bytes)
        record.facts = []
        let upload = ContainerShelf.upload(image.bytes, "app", "1.0")
        #expect(throws: Refusal.self) { _ = try Container().place(record, of: upload, in: ContainerShelf.repository) }
    }

    @Test func `what is said of it in a list comes of its annotations`() throws {
        func summary(_ annotations: String) throws -> String {
            try ContainerShelf.record(ContainerBuilder().with("annotations", annotations).bytes).summary
        }
        #expect(try summary("{}") == "")
        #expect(try summary(#"{"org.opencontainers.image.title":"app"}"#) == "app")
        #expect(
            try summary(#"{"org.opencontainers.image.title":"app","org.opencontainers.image.description":"a\u001b\nb"}"#)
                == "a  b")
    }

    // MARK: By digest

    @Test func `a digest in the place of a tag is that of the bytes`() throws {
        let bytes = ContainerBuilder().bytes
        for algorithm in [Digests.Algorithm.sha256, .sha512] {
            let digest = ContainerDigest.of(bytes, by: algorithm).text
            let record = try ContainerShelf.record(bytes, "app", digest)
            #expect(record.version == digest && record.statements == [])
            #expect(try ContainerShelf.placement(bytes, "app", digest).path.text == "app/manifests/manifest/\(digest)")
            let known = try ContainerShelf.record(bytes, "app", digest, withSHA512: true)
            #expect(known.facts == record.facts)
            let other = ContainerBuilder.digest("other", by: algorithm)
            let found = refusal { () throws(Refusal) in _ = try ContainerShelf.record(bytes, "app", other) }
            #expect(found?.cause == .ambiguous && found?.place == ContainerDigest.place)
            #expect(found?.what.contains(digest) == true && found?.what.contains(other) == true)
        }
        for text in ["sha256:00", "md5:\(String(repeating: "0", count: 32))", "a:b", ":"] {
            let found = refusal { () throws(Refusal) in _ = try ContainerShelf.record(bytes, "app", text) }
            #expect(found?.place == ContainerDigest.place, "\(text)")
        }
    }

    @Test func `a blob is called by its digest, and is part of its image`() throws {
        let bytes: [UInt8] = [1, 2, 3]
        for algorithm in [Digests.Algorithm.sha256, .sha512] {
            let digest = ContainerDigest.of(bytes, by: algorithm).text
            for tag in [nil, ""] {
                let record = try ContainerShelf.record(bytes, "team/app", tag, named: digest)
                #expect(
                    record.name == "team/app" && record.version == "blobs" && record.fragments == [] && record.statements == [])
                let placement = try ContainerShelf.placement(bytes, "team/app", tag, named: digest)
                #expect(placement.path.text == "team/app/blobs/\(digest)" && placement.identity == "team/app blob \(digest)")
                #expect(placement.isPart && placement.listings == [] && placement.requirements == [])
            }
            let found = refusal { () throws(Refusal) in
                _ = try ContainerShelf.record(bytes, "app", nil, named: ContainerBuilder.digest("x", by: algorithm))
            }
            #expect(found?.cause == .ambiguous && found?.place == ContainerDigest.place)
        }
        let nothing: [UInt8] = []
        let none = ContainerDigest.of(nothing).text
        #expect(try ContainerShelf.record([], "app", nil, named: none).version == "blobs", "oras has empty configurations")
        for filename in ["", "layer.tar", "sha256", "sha256:", "sha256:00", "md5:00", "../x"] {
            let found = refusal { () throws(Refusal) in _ = try ContainerShelf.record(bytes, "app", nil, named: filename) }
            #expect(found?.place == ContainerDigest.place, "\(filename)")
        }
    }

    @Test func `a digest has one content for ever`() throws {
        let bytes = ContainerBuilder().bytes
        #expect(
            refusal { () throws(Refusal) in _ = try ContainerShelf.placement(bytes, generation: "0123456789abcdef") }?.cause
                == .conflict)
        #expect(!Container().profile.isReplaceable)
    }

    @Test func `only a digest in an address is a version`() {
        let digest = ContainerBuilder.digest("x")
        #expect(Container().version(inAddress: digest) == digest)
        for text in ["blobs", "1.0", "latest", ""] { #expect(Container().version(inAddress: text) != text) }
    }

    // MARK: Recognition

    @Test func `manifests tell themselves`() {
        func recognise(_ bytes: [UInt8]) -> Recognition { Container().recognise(bytes.span, filename: "x.json") }
        for kind in ContainerKind.allCases {
            #expect(recognise(ContainerBuilder(kind).bytes) == .surely)
            #expect(recognise(ContainerBuilder(kind).without("mediaType").bytes) == .perhaps)
            #expect(recognise(Array(ContainerBuilder(kind).bytes.dropLast())) == .no)
        }
        #expect(recognise([UInt8]("\n " + ContainerBuilder().text)) == .surely)
        for text in [
            "", "{}", "[]", "{", #"{"schemaVersion":2}"#, #"{"schemaVersion":2,"manifests":[]}"#,
            #"{"schemaVersion":2,"layers":["x"]}"#,
            #"{"schemaVersion":1,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#,
            #"{"schemaVersion":2,"mediaType":"application/json","manifests":[]}"#, "schemaVersion",
        ] {
            #expect(recognise([UInt8](text)) == .no, "\(text)")
        }
        for ecosystem in Ecosystems.standard.all where ecosystem.profile.id != "container" {
            #expect(
                ecosystem.recognise(ContainerBuilder().bytes.span, filename: "manifest.json") == .no, "\(ecosystem.profile.id)")
        }
    }
}
