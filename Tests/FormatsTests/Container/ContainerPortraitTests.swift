import Testing

@testable import Formats
@testable import Kit

@Suite struct ContainerPortraitTests {
    private static let one = ContainerBuilder.digest("one"), two = ContainerBuilder.digest("two")

    private static let config = """
        {"architecture":"amd64","os":"linux","created":"2026-11-28T21:04:11Z","config":{"User":"10021","ExposedPorts":{"5671/tcp":{},
        "53/udp":{}},"Env":["PATH=/usr/bin","TOKEN=secret"],"Entrypoint":["/usr/bin/relay","serve it"],"Cmd":["--all"],
        "WorkingDir":"/srv","Volumes":{"/data":{}},
        "Labels":{"org.opencontainers.image.licenses":"Apache-2.0","org.opencontainers.image.version":"base","team":"relays"}},
        "history":[{"created_by":"/bin/sh -c #(nop) ADD file:1 in / "},{"created_by":"ENV A=b","empty_layer":true},
        {"created_by":"RUN /bin/sh -c make \\t install # buildkit"}]}
        """

    private static var image: ContainerBuilder {
        ContainerBuilder().with("config", ContainerBuilder.descriptor(ContainerBuilder.configType, config))
            .with(
                "layers",
                "[\(["one", "two"].map { ContainerBuilder.descriptor(ContainerBuilder.layerType, $0) }.joined(separator: ","))]"
            )
            .with(
                "annotations",
                """
                {"org.opencontainers.image.version":"4.2.1","org.opencontainers.image.source":"https://git.example.org/relay",
                "org.opencontainers.image.title":"Relay","org.opencontainers.image.description":"The relay","x.y":"z"}
                """)
    }

    /// As a program makes it: of the manifest, and of those sources that it asks for and that are there.
    private static func portrait(_ manifest: String, with blobs: [String] = []) throws -> SketchedPortrait {
        let container = ContainerShelf.container, bytes = [UInt8](manifest.utf8)
        let upload = ContainerShelf.upload(bytes, "app", "1.0")
        let record = try container.inspect(upload, bytes: bytes.span, in: ContainerShelf.repository, within: Budget())
        let placement = try container.place(record, of: upload, in: ContainerShelf.repository)
        var sources: [String: [UInt8]] = [:]
        for path in container.portraitSources(of: record, at: placement) {
            #expect(placement.requirements.contains { $0.text == path })
            sources[path] = blobs.first { path.hasSuffix("/\(ContainerBuilder.digest($0))") }.map { [UInt8]($0.utf8) }
        }
        return try SketchedPortrait(container.portrait(of: record, with: sources))
    }

    @Test func `of a manifest alone there are its own words and its layers`() throws {
        let portrait = try Self.portrait(Self.image.text)
        #expect(
            portrait.facts == [
                "Layers: 2, \(PageWords.size(Int64(Self.config.utf8.count + 6)))", "Media type: OCI manifest", "Title: Relay",
                "Version: 4.2.1", "Sources: https://git.example.org/relay",
            ])
        #expect(portrait.link("Sources") == "https://git.example.org/relay")
        #expect(portrait.sections == ["layers", "labels"])
        #expect(portrait.table("layers") == ["Layer | Size", "Layer 1 [\(Self.one)] | 3 B", "Layer 2 [\(Self.two)] | 3 B"])
        #expect(portrait.table("labels") == ["Label | Value", "x.y | z"])
    }

    @Test func `with its configuration it says what an image runs, and by which steps its layers were made`() throws {
        let portrait = try Self.portrait(Self.image.text, with: [Self.config])
        #expect(
            portrait.facts == [
                "Platform: linux/amd64", "Layers: 2, \(PageWords.size(Int64(Self.config.utf8.count + 6)))",
                "Media type: OCI manifest",
                "Title: Relay", "Version: 4.2.1", "Licence: Apache-2.0", "Sources: https://git.example.org/relay",
                "Created: 2026-11-28", "User: 10021", "Ports: 5671, 53/udp", "Working folder: /srv",
                "Entrypoint: /usr/bin/relay 'serve it'", "Command: --all", "Volumes: /data",
            ])
        #expect(portrait.sections == ["layers", "environment", "labels"])
        #expect(
            portrait.table("layers") == [
                "Step | Size", "ADD file:1 in / [\(Self.one)] | 3 B", "ENV A=b | –", "RUN make install [\(Self.two)] | 3 B",
            ])
        #expect(portrait.table("environment") == ["Variable", "PATH", "TOKEN"])
        #expect(portrait.table("labels") == ["Label | Value", "x.y | z", "team | relays"])
    }

    @Test func `an index lists its platforms, and attestations by what they are of`() throws {
        let arm = ContainerBuilder().with("layers", "[\(ContainerBuilder.descriptor(ContainerBuilder.layerType, "two"))]").text
        let image = Self.image.text, attestation = "{}  {}"
        func listed(_ manifest: String, _ more: String) -> String {
            ContainerBuilder.descriptor(ContainerKind.manifest.mediaType, manifest, more: "," + more)
        }
        let manifests = [
            listed(image, #""platform":{"os":"linux","architecture":"amd64"}"#),
            listed(arm, #""platform":{"os":"linux","architecture":"arm","variant":"v7"}"#),
            listed(
                attestation,
                """
                "platform":{"os":"unknown","architecture":"unknown"},"annotations":{"vnd.docker.reference.type":"attestation-manifest",
                "vnd.docker.reference.digest":"\(ContainerBuilder.digest(image))"}
                """),
            listed("other", #""platform":{"os":"unknown","architecture":"unknown"}"#),
            listed("windows", #""platform":{"os":"windows","architecture":"amd64","os.version":"10.0.1"}"#),
            listed("bare", #""platform":7"#),
        ]
        let index = ContainerBuilder(.index).with("manifests", "[\(manifests.joined(separator: ","))]").text
        let digests = [image, arm, attestation, "other", "windows", "bare"].map { ContainerBuilder.digest($0) }
        let alone = try Self.portrait(index)
        #expect(alone.facts == ["Platforms: 4", "Media type: OCI index"])
        let names = [
            "linux/amd64", "linux/arm/v7", "attestation of linux/amd64", "attestation", "windows/amd64 (10.0.1)", "manifest 6",
        ]
        #expect(alone.table("platforms") == ["Platform"] + zip(names, digests).map { "\($0) [\($1)]" })

        // One of them is not a manifest.
        let whole = try Self.portrait(index, with: [image, arm, attestation])
        #expect(
            whole.table("platforms").prefix(4) == [
                "Platform | Layers | Size",
                "linux/amd64 [\(digests[0])] | 2 | \(PageWords.size(Int64(Self.config.utf8.count + 6)))",
                "linux/arm/v7 [\(digests[1])] | 1 | 9 B", "attestation of linux/amd64 [\(digests[2])] | – | –",
            ])
        guard case .table? = whole.portrait.sections.first(where: { $0.id == "layers" })?.content else {
            Issue.record("there are no layers")
            return
        }
        #expect(whole.portrait.sections.first { $0.id == "layers" }?.title == "Layers of linux/amd64")
    }

    @Test func `twenty manifests of an index are asked for, and only what is small`() throws {
        let manifests = (0..<30).map { ContainerBuilder.descriptor(ContainerKind.manifest.mediaType, "manifest \($0)") }
        let large = """
            {"mediaType":"\(ContainerKind.manifest.mediaType)","digest":"\(Self.one)","size":2000000}
            """
        let index = ContainerBuilder(.index).with("manifests", "[\(([large] + manifests).joined(separator: ","))]").bytes
        let record = try ContainerShelf.record(index)
        let placement = try ContainerShelf.placement(index)
        let sources = ContainerShelf.container.portraitSources(of: record, at: placement)
        #expect(sources.count == 19)
        #expect(sources.first == "app/manifests/manifest/\(ContainerBuilder.digest("manifest 0"))")
        let image = try ContainerShelf.record(Self.image.bytes)
        #expect(
            ContainerShelf.container.portraitSources(of: image, at: try ContainerShelf.placement(Self.image.bytes))
                == ["app/blobs/\(ContainerBuilder.digest(Self.config))"])
    }

    @Test(arguments: [
        ("application/vnd.cncf.notary.signature", "signature, Notary Project (not checked here)"),
        ("application/vnd.dev.sigstore.bundle.v0.3+json", "signature, sigstore (not checked here)"),
        ("application/spdx+json", "bill of materials, SPDX"), ("application/vnd.example.thing", "application/vnd.example.thing"),
    ])
    func `an attachment says what it is, and of which digest`(type: String, name: String) throws {
        let manifest = ContainerBuilder().with("artifactType", ContainerBuilder.quoted(type))
            .with("config", ContainerBuilder.descriptor("application/vnd.oci.empty.v1+json", "{}"))
            .with("subject", ContainerBuilder.descriptor(ContainerKind.manifest.mediaType, "one"))
        let portrait = try Self.portrait(manifest.text, with: ["{}"])
        #expect(portrait.facts == ["Artifact: \(name)", "Attached to: \(Self.one)", "Media type: OCI manifest"])
        #expect(
            portrait.table("layers") == [
                "Name | Media type | Size", "Part 1 [\(ContainerBuilder.digest("layer"))] | \(ContainerBuilder.layerType) | 5 B",
            ])
    }

    @Test(arguments: [
        ("application/vnd.dev.cosign.simplesigning.v1+json", "", "signature, cosign (not checked here)"),
        ("application/vnd.in-toto+json", "", "attestation, in-toto (not checked here)"),
        ("application/vnd.in-toto+json", "https://slsa.dev/provenance/v1", "provenance, SLSA (not checked here)"),
        ("application/vnd.in-toto+json", "https://spdx.dev/Document", "bill of materials, SPDX"),
    ])
    func `older tools say by their layers what they attach`(type: String, predicate: String, name: String) throws {
        let more = predicate.isEmpty ? "" : #","annotations":{"in-toto.io/predicate-type":"\#(predicate)"}"#
        let manifest = ContainerBuilder().with("layers", "[\(ContainerBuilder.descriptor(type, "layer", more: more))]")
        #expect(try Self.portrait(manifest.text).facts.first == "Artifact: \(name)")
    }

    @Test func `a chart says what its metadata says`() throws {
        let chart = """
            {"name":"relay","home":"https://relay.example.org","version":"5.3.0","appVersion":"4.2.1","kubeVersion":">=1.28","type":
            "application","description":"Relay and gateway","keywords":["relay",7],"maintainers":[{"name":"Relay Team"},{"email":"x"}],
            "dependencies":[{"name":"common","version":"^2.1"},{"name":"bare"},{}]}
            """
        let manifest = ContainerBuilder().with("config", ContainerBuilder.descriptor(HelmImage.configType, chart))
            .with("layers", "[\(ContainerBuilder.descriptor(HelmImage.chartType, "layer"))]").text
        #expect(try Self.portrait(manifest).facts == ["Artifact: Helm chart", "Media type: OCI manifest"])
        let portrait = try Self.portrait(manifest, with: [chart])
        #expect(
            portrait.facts == [
                "Artifact: Helm chart", "Media type: OCI manifest", "Chart: relay", "Version: 5.3.0", "App version: 4.2.1",
                "Kubernetes: >=1.28", "Type: application", "Keywords: relay", "Maintainers: Relay Team",
                "Homepage: https://relay.example.org",
            ])
        #expect(portrait.about == "Relay and gateway")
        #expect(portrait.dependencies == ["Charts: common ^2.1, bare"])
    }

    @Test func `neither blobs have a portrait, nor manifests without pages`() throws {
        let blob = try ContainerShelf.record([1, 2, 3], "app", nil, named: ContainerBuilder.digest("\u{1}\u{2}\u{3}"))
        #expect(blob.portrait == nil)
        let bytes = Self.image.bytes
        var repository = ContainerShelf.repository
        repository.hasPages = false
        let upload = ContainerShelf.upload(bytes, "app", "1.0")
        let record = try ContainerShelf.container.inspect(upload, bytes: bytes.span, in: repository, within: Budget())
        #expect(record.portrait == nil)
        let sources = ["app/blobs/\(ContainerBuilder.digest(Self.config))": [UInt8](Self.config.utf8)]
        #expect(ContainerShelf.container.portrait(of: record, with: sources) == nil)
        let placement = try ContainerShelf.placement(bytes)
        #expect(ContainerShelf.container.portraitSources(of: record, at: placement) == [])
    }

    @Test(arguments: [
        "", "null", "[]", "7", "{", #"{"config":7}"#, #"{"config":{"Env":{"A":"b"},"Labels":[1],"User":[],"ExposedPorts":"80"}}"#,
        #"{"os":7,"architecture":null,"history":{},"created":{}}"#, #"{"history":[7,null,"x",{"empty_layer":"no"}]}"#,
        #"{"config":{"Env":[1,null,"="],"Labels":{"a":1,"b":null},"Entrypoint":[[]],"Cmd":{}},"created":"20261128"}"#,
        #"{"os":"a","os":"b"}"#, "{\"config\":\"\u{0}\"}", String(repeating: "[", count: 5_000),
        #"{"x":"# + String(repeating: "[", count: 60) + String(repeating: "]", count: 60) + "}",
    ])
    func `a configuration of wrong types or of no JSON leaves out what it does not say`(config: String) throws {
        let image = Self.image.with("config", ContainerBuilder.descriptor(ContainerBuilder.configType, config)).text
        let portrait = try Self.portrait(image, with: [config])
        #expect(portrait.facts.contains("Title: Relay"))
        #expect(!portrait.facts.contains { $0.hasPrefix("Platform:") || $0.hasPrefix("User:") || $0.hasPrefix("Ports:") })
        #expect(portrait.table("layers").count == 3)
        #expect(portrait.table("labels") == ["Label | Value", "x.y | z"])
    }

    @Test func `hostile words are kept within bounds`() throws {
        let long = String(repeating: "é", count: 20_000)
        let labels = (0..<3_000).map { #""label \#($0)":"\#($0 < 3 ? long : "x")""# }.joined(separator: ",")
        let history = (0..<2_000).map { #"{"created_by":"STEP \#($0) \#($0 < 3 ? long : "")","empty_layer":\#($0 > 0)}"# }
        let config = """
            {"os":"\(long)","architecture":"a","config":{"User":"\(long)","Env":[\((0..<900).map { #""V\#($0)=x""# }.joined(separator: ","))],
            "Labels":{\(labels)}},"history":[\(history.joined(separator: ","))]}
            """
        let image = ContainerBuilder().with("config", ContainerBuilder.descriptor(ContainerBuilder.configType, config)).text
        let portrait = try Self.portrait(image, with: [config])
        #expect(portrait.facts.allSatisfy { $0.utf8.count < 560 })
        for id in ["layers", "environment", "labels"] {
            #expect(portrait.table(id).count == 102, "\(id)")
            #expect(portrait.table(id).last?.hasPrefix("… and ") == true, "\(id)")
            #expect(portrait.table(id).allSatisfy { $0.utf8.count < 1_200 }, "\(id)")
        }
    }

    @Test func `sizes beyond all measure do not add up to a trap`() throws {
        let layers = (0..<2_000).map {
            """
            {"mediaType":"\(ContainerBuilder.layerType)","digest":"\(ContainerBuilder.digest("\($0)"))","size":9007199254740991}
            """
        }
        let portrait = try Self.portrait(ContainerBuilder().with("layers", "[\(layers.joined(separator: ","))]").text)
        #expect(portrait.facts.first == "Layers: 2,000, 9.0 PB")
        #expect(portrait.table("layers").last == "… and 1,900 more | ")
    }

    @Test(arguments: [
        ("/bin/sh -c #(nop)  CMD [\"a\"]", "CMD [\"a\"]"), ("/bin/sh -c make", "RUN make"),
        ("RUN /bin/sh -c make # buildkit", "RUN make"), ("COPY a b # buildkit", "COPY a b"), ("", ""), ("# buildkit", ""),
        ("RUN\ta\n  b", "RUN a b"),
    ])
    func `a step is shown as it stands in a Dockerfile`(step: String, shown: String) {
        #expect(ContainerConfig.tidied(step) == shown)
    }

    @Test func `clients are told the lines that pull an image`() {
        let digest = Self.one
        func said(_ version: String?, _ tags: [String], _ path: String? = nil, at base: String = "https://example.org")
            -> [String]
        {
            var repository = ContainerShelf.repository
            repository.baseURL = base
            let path = path ?? "team/app/manifests/index/\(digest)"
            return lines(
                ContainerShelf.container.installations(
                    of: InstallationTarget(name: "team/app", version: version, path: path, filename: "x", tags: tags),
                    in: repository))
        }
        let image = "example.org/acme/team/app"
        #expect(
            said(nil, ["1.1", "1.0"]) == [
                "docker: docker pull \(image):1.1", "podman: podman pull \(image):1.1",
                "by digest: docker pull \(image)@\(digest)",
            ])
        #expect(
            said(digest, []) == ["docker: docker pull \(image)@\(digest)", "podman: podman pull \(image)@\(digest)"])
        #expect(said("blobs", [], "team/app/blobs/\(digest)") == [])
        #expect(
            said(nil, ["1"], at: "http://localhost:8080/packages").first == "docker: docker pull localhost:8080/acme/team/app:1")
    }

    @Test func `a page lists what is attached to an image, from the list of its referrers`() throws {
        let source = try #require(ContainerShelf.container.attachments(ofVersion: Self.one, inPackage: "app"))
        #expect(source.scope == "app@\(Self.one)")
        let bytes = ContainerBuilder().with("artifactType", #""application/spdx+json""#)
            .with("subject", ContainerBuilder.descriptor(ContainerKind.manifest.mediaType, "one")).bytes
        let record = try ContainerShelf.record(bytes, "app", ContainerDigest.of(bytes).text)
        let fragments = record.fragments.filter { $0.slot == source.slot }.map(\.bytes)
        #expect(fragments.count == 1)
        let portrait = try SketchedPortrait(Portrait(sections: [#require(source.section(fragments + [[0], []]))]))
        #expect(
            portrait.table("attached") == [
                "What | Size",
                "bill of materials, SPDX [\(ContainerDigest.of(bytes).text)] | \(PageWords.size(Int64(bytes.count)))",
            ])
        #expect(source.section([]) == nil)
        #expect(ContainerShelf.container.attachments(ofVersion: "blobs", inPackage: "app") == nil)
    }

    @Test func `digests have no order of their own`() {
        // Some have words of prereleases in them.
        #expect(!ContainerShelf.container.isPrerelease(version: "sha256:1ea1"))
        #expect(ContainerShelf.container.orderKey(ofVersion: Self.one) == ContainerShelf.container.orderKey(ofVersion: Self.two))
    }
}
