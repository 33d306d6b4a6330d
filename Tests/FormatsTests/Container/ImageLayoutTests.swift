import Testing

@testable import Formats
@testable import Kit

@Suite struct ImageLayoutTests {
    /// What a file is, in one line: `IMAGE TAG-or-blob DIGEST`, with its content held against the digest.
    private static func lines(_ tar: [UInt8]) throws -> [String] {
        try ImageLayout.read(tar: tar).map { file in
            let content: [UInt8]
            switch file.content {
            case .range(let range): content = Array(tar[range])
            case .bytes(let bytes): content = bytes
            }
            #expect(ContainerDigest.of(content, by: file.digest.algorithm) == file.digest)
            #expect(file.isManifest == !file.tag.isEmpty)
            let reference = file.tag.isEmpty ? "blob" : file.tag
            return "\(file.image ?? "-") \(reference) \(file.digest.text)"
        }
    }

    /// The same for the steps of a layout in a folder.
    private static func lines(_ layout: LayoutBuilder) throws -> [String] {
        let index = LayoutBuilder.index(layout.references)
        var walk = try ImageWalk(try ImageLayout.references(of: index.span, within: Budget()))
        while let descriptor = walk.wanted {
            let path = ImageLayout.path(of: descriptor.digest)
            let content = try #require(layout.files.first { $0.path == path }).content
            try walk.give(content.span, within: Budget())
        }
        return try walk.steps().map { step in
            let path = ImageLayout.path(of: step.descriptor.digest)
            try ImageLayout.check(layout.files.first { $0.path == path }?.content.count, of: step.descriptor)
            return "\(step.image ?? "-") \(step.tag.isEmpty ? "blob" : step.tag) \(step.descriptor.digest.text)"
        }
    }

    private static func digest(_ content: [UInt8]) -> String { ContainerDigest.of(content).text }

    @Test func `an image comes blobs first, each once, and then by its tag`() throws {
        var layout = LayoutBuilder()
        let image = layout.image(["one", "two", "one"])
        layout.name(image, .manifest, LayoutBuilder.tagged("1.0"))
        let expected = [
            "- blob \(ContainerBuilder.digest(#"config of ["one", "two", "one"]"#))", "- blob \(ContainerBuilder.digest("one"))",
            "- blob \(ContainerBuilder.digest("two"))", "- 1.0 \(Self.digest(image))",
        ]
        #expect(try Self.lines(layout.tar.bytes) == expected)
        #expect(try Self.lines(layout) == expected)
        // As GNU tar and others write it.
        #expect(try Self.lines(layout.tar.pax([("comment", "x")]).file("README", "x").bytes) == expected)
        #expect(try Self.lines(layout.tar.link("unneeded", to: "/etc/passwd").bytes) == expected)
    }

    @Test func `manifests come before those that name them, whatever the order of the names`() throws {
        for isIndexFirst in [true, false] {
            var layout = LayoutBuilder()
            let arm = layout.image(["arm"]), amd = layout.image(["amd", "shared"])
            let children = [arm, amd].map { layout.blob($0, ContainerKind.manifest.mediaType) }
            let inner = ContainerBuilder(.index).with("manifests", "[\(children.joined(separator: ","))]").bytes
            let child = layout.blob(inner, ContainerKind.index.mediaType)
            let outer = ContainerBuilder(.index).with("manifests", "[\(child),\(children[1])]").bytes
            func names(_ layout: inout LayoutBuilder) {
                layout.name(outer, .index, LayoutBuilder.tagged("latest"))
                layout.name(outer, .index, LayoutBuilder.tagged("1"))
            }
            if isIndexFirst { names(&layout) }
            layout.name(amd, .manifest, LayoutBuilder.tagged("amd64"))
            if !isIndexFirst { names(&layout) }
            let lines = try Self.lines(layout.tar.bytes)
            #expect(try Self.lines(layout) == lines)
            #expect(lines.filter { $0.contains(" blob ") }.count == 5 && lines.prefix(5).allSatisfy { $0.contains(" blob ") })
            func place(_ text: String) throws -> Int { try #require(lines.firstIndex(of: text), "\(text)") }
            let armPlace = try place("- \(Self.digest(arm)) \(Self.digest(arm))"),
                amdPlace = try place("- amd64 \(Self.digest(amd))")
            let innerPlace = try place("- \(Self.digest(inner)) \(Self.digest(inner))")
            let latest = try place("- latest \(Self.digest(outer))"), one = try place("- 1 \(Self.digest(outer))")
            #expect(max(armPlace, amdPlace) < innerPlace && innerPlace < min(latest, one))
            #expect(lines.count == 10)
        }
    }

    @Test func `an image without a tag comes by its digest, and one with a name under it`() throws {
        var layout = LayoutBuilder()
        let image = layout.image(["one"])
        layout.name(image)
        #expect(try Self.lines(layout.tar.bytes).last == "- \(Self.digest(image)) \(Self.digest(image))")
        layout.references = []
        layout.name(image, .manifest, LayoutBuilder.called("docker.io/library/app:2"))
        layout.name(image, .manifest, LayoutBuilder.called("localhost:5000/team/app:3"))
        #expect(
            try Self.lines(layout.tar.bytes) == [
                "app blob \(ContainerBuilder.digest(#"config of ["one"]"#))", "app blob \(ContainerBuilder.digest("one"))",
                "app 2 \(Self.digest(image))", "team/app blob \(ContainerBuilder.digest(#"config of ["one"]"#))",
                "team/app blob \(ContainerBuilder.digest("one"))", "team/app 3 \(Self.digest(image))",
            ])
    }

    @Test func `names are taken apart as docker does`() {
        let cases: [(String, String?, String?)] = [
            ("app", "app", nil), ("app:1.0", "app", "1.0"), ("team/app:1.0", "team/app", "1.0"),
            ("docker.io/library/app:1", "app", "1"),
            ("index.docker.io/library/app", "app", nil), ("docker.io/team/app:1", "team/app", "1"),
            ("localhost/app:1", "app", "1"),
            ("localhost:5000/app", "app", nil), ("registry.example.org/a/b/c:x", "a/b/c", "x"),
            ("registry:5000/app:1", "app", "1"),
            ("quay.io/library/app:1", "library/app", "1"), ("app@sha256:00", "app", nil), ("app:1@sha256:00", "app", "1"),
            (":1", nil, "1"),
            ("", nil, nil), ("library/app", "library/app", nil),
        ]
        for (text, image, tag) in cases {
            let found = ImageReference.names(in: text)
            #expect(found.image == image && found.tag == tag, "\(text)")
        }
    }

    @Test func `layers that are to be got elsewhere need not be there`() throws {
        var layout = LayoutBuilder()
        let config = layout.blob([1], ContainerBuilder.configType)
        let foreign = ContainerBuilder.descriptor(
            "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "windows", more: #","urls":["https://example.org/x"]"#)
        let image = ContainerBuilder(.docker).with("config", config).with("layers", "[\(foreign)]").bytes
        layout.name(image, .docker, LayoutBuilder.tagged("1.0"))
        #expect(try Self.lines(layout.tar.bytes).count == 2)
    }

    @Test func `indexes may be eight deep`() throws {
        for depth in [1, 8, 9] {
            var layout = LayoutBuilder()
            var manifest = ContainerBuilder(.index).with("manifests", "[]").bytes
            for _ in 1..<depth {
                let child = layout.blob(manifest, ContainerKind.index.mediaType)
                manifest = ContainerBuilder(.index).with("manifests", "[\(child)]").bytes
            }
            layout.name(manifest, .index, LayoutBuilder.tagged("x"))
            if depth > ImageWalk.depthLimit {
                #expect(throws: Refusal.self) { try Self.lines(layout.tar.bytes) }
            } else {
                #expect(try Self.lines(layout.tar.bytes).count == depth)
            }
        }
    }

    @Test func `files are where they lie, in gigabytes as in bytes`() throws {
        // The header claims what is not there: nothing is read that is not needed.
        let layout = LayoutBuilder.simple.tar.bytes
        let files = try ImageLayout.read(tar: layout)
        for file in files {
            guard case .range(let range) = file.content else {
                Issue.record("a layout has its manifests itself")
                continue
            }
            #expect(range.lowerBound % 512 == 0 && layout.indices.contains(range.lowerBound))
        }
        var tight = Budget()
        tight.expandedBytes = 10
        tight.memberBytes = 1_000
        #expect(try ImageLayout.read(tar: layout, within: tight) == files, "what is not unpacked needs no budget for it")
    }

    // MARK: Docker's archives

    private static let layer = TarBuilder().file("etc/motd", "hello").bytes
    private static let second = TarBuilder().file("bin/app", "#!/bin/sh\n").bytes

    private static func config(_ layers: [[UInt8]]) -> String {
        #"{"os":"linux","rootfs":{"type":"layers","diff_ids":[\#(layers.map { "\"\(digest($0))\"" }.joined(separator: ","))]}}"#
    }

    private static func archive(_ list: String, _ files: [(String, [UInt8])]) -> [UInt8] {
        files.reduce(TarBuilder()) { $0.file($1.0, $1.1) }.file("manifest.json", list).bytes
    }

    @Test func `an archive of docker save gets a manifest of schema 2 over its files`() throws {
        let config = Self.config([Self.layer, Self.second])
        let tar = Self.archive(
            #"[{"Config":"c.json","RepoTags":["team/app:1.0","team/app:latest"],"Layers":["a/layer.tar","./b.tar"]}]"#,
            [("a/layer.tar", Self.layer), ("b.tar", Self.second), ("c.json", [UInt8](config))])
        let manifest = """
            {"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json",\
            "config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":\(config.utf8.count),\
            "digest":"\(ContainerBuilder.digest(config))"},"layers":[\
            {"mediaType":"application/vnd.docker.image.rootfs.diff.tar","size":\(Self.layer.count),"digest":"\(Self.digest(Self.layer))"},\
            {"mediaType":"application/vnd.docker.image.rootfs.diff.tar","size":\(Self.second.count),"digest":"\(Self.digest(Self.second))"}]}
            """
        let digest = ContainerBuilder.digest(manifest)
        #expect(
            try Self.lines(tar) == [
                "team/app blob \(ContainerBuilder.digest(config))", "team/app blob \(Self.digest(Self.layer))",
                "team/app blob \(Self.digest(Self.second))", "team/app 1.0 \(digest)", "team/app latest \(digest)",
            ])
        let files = try ImageLayout.read(tar: tar)
        #expect(files.last?.content == .bytes([UInt8](manifest)))
        #expect(try ContainerShelf.record([UInt8](manifest)).version == digest)
    }

    @Test func `layers that were compressed are told by their content`() throws {
        let packed = Self.layer.gzip
        let config = Self.config([Self.layer])
        let tar = Self.archive(
            #"[{"Config":"c.json","RepoTags":null,"Layers":["l"]}]"#, [("l", packed), ("c.json", [UInt8](config))])
        let lines = try Self.lines(tar)
        #expect(lines[1] == "- blob \(Self.digest(packed))" && lines.count == 3)
        let files = try ImageLayout.read(tar: tar)
        guard case .bytes(let manifest)? = files.last?.content else {
            Issue.record("a manifest is made")
            return
        }
        #expect(manifest.text.contains("application/vnd.docker.image.rootfs.diff.tar.gzip"))
        #expect(files.last?.tag == Self.digest(manifest), "without a tag it comes by its digest")
    }

    @Test func `several images of an archive share layers, and links that nobody needs do no harm`() throws {
        let one = Self.config([Self.layer]), two = Self.config([Self.layer, Self.second])
        let list = """
            [{"Config":"1.json","RepoTags":["app:1"],"Layers":["l.tar"]},{"Config":"2.json","RepoTags":["app:2","other:2"],\
            "Layers":["l.tar","s.tar"]}]
            """
        let tar = TarBuilder().file("l.tar", Self.layer).file("s.tar", Self.second).file("1.json", one).file("2.json", two)
            .folder("abc/").file("abc/VERSION", "1.0").link("abc/layer.tar", to: "../l.tar").file("manifest.json", list)
            .file("repositories", "{}").bytes
        let lines = try Self.lines(tar)
        #expect(lines.filter { $0.hasPrefix("other ") }.count == 4)
        #expect(
            lines.firstIndex { !$0.contains(" blob ") }.map { index in lines[index...].allSatisfy { !$0.contains(" blob ") } }
                == true)
        #expect(
            lines.filter { !$0.contains(" blob ") }.map { $0.split(separator: " ").prefix(2).joined(separator: " ") } == [
                "app 1", "app 2", "other 2",
            ])
    }

    @Test func `what is both is read as a layout`() throws {
        let layout = LayoutBuilder.simple
        #expect(try Self.lines(layout.tar.file("manifest.json", "broken").bytes) == Self.lines(layout.tar.bytes))
    }

    @Test func `every beginning of an archive is refused, and no flipped bit traps`() {
        let config = Self.config([Self.layer])
        let docker = Self.archive(
            #"[{"Config":"c.json","RepoTags":["app:1"],"Layers":["l"]}]"#, [("l", Self.layer), ("c.json", [UInt8](config))])
        for tar in [LayoutBuilder.simple.tar.bytes, docker] {
            // Behind the last file's last byte there are only zeros.
            let end = (tar.lastIndex { $0 != 0 } ?? 0) + 1
            for count in stride(from: 0, to: end, by: 7) {
                let found = refusal { () throws(Refusal) in _ = try ImageLayout.read(tar: Array(tar.prefix(count))) }
                #expect(found != nil, "\(count) bytes")
            }
            for position in stride(from: 0, to: end, by: 3) where tar[position] != 0 {
                var changed = tar
                changed[position] ^= UInt8(1 << (position % 8))
                let files = try? ImageLayout.read(tar: changed)
                for file in files ?? [] {
                    if case .range(let range) = file.content { #expect(range.upperBound <= changed.count) }
                }
            }
        }
    }
}
