import Formats
import Testing

@testable import IndexGen

/// What keeps a chart from standing in the other place. No upload fails for it.
@Suite struct CounterpartConflictTests {
    private static let inIndex = "container: {helm_index: [acme]}\n"
    private static let inRegistry = "helm: {oci: [acme]}\n"

    /// The reason that is given for an artifact that is not in the index; nil: it is there.
    private func obstacle(_ artifact: ChartKit.Artifact, to image: String, as tag: String) throws -> String? {
        let kit = try ChartKit(Self.inIndex)
        let digest = try kit.push(artifact, to: image, as: tag)
        let warnings = try kit.generate()
        let obstacle = try kit.relations("container", "\(image)/manifests/manifest/\(digest)").obstacles.first
        #expect(try warnings.count == (obstacle == nil ? 0 : 1) && (obstacle == nil) == (kit.paths("helm").count > 0))
        // It is said once.
        #expect(try kit.generate() == [] && kit.generate(everything: true) == [])
        return obstacle?.what
    }

    @Test func `artifacts that say they are charts, and are not what they are called`() throws {
        let chart = ChartKit.chart("web", "1.0.0")
        #expect(try obstacle(.init(chart), to: "web", as: "1.0.0") == nil)
        func expect(_ artifact: ChartKit.Artifact, _ image: String, _ tag: String, _ words: String) throws {
            let found = try obstacle(artifact, to: image, as: tag)
            #expect(found?.contains(words) == true, "\(found ?? "none")")
        }
        try expect(.init([UInt8]("no chart".utf8)), "web", "1.0.0", "not a gzip archive")
        try expect(.init(chart), "shop", "1.0.0", "the image's name ends in 'shop'")
        try expect(.init(chart), "web", "2.0.0", "its tags are 2.0.0")
        try expect(.init(chart), "web", "latest", "version 1.0.0")
        try expect(.init(chart, provenance: [UInt8]("signed".utf8)), "web", "1.0.0", "")
        let foreign = ChartKit.provenance(of: [1], "web", "1.0.0")
        try expect(.init(chart, provenance: foreign), "web", "1.0.0", "other bytes")
        var twice = ChartKit.Artifact(chart)
        twice.layers.append((HelmImage.chartType, ChartKit.chart("web", "1.0.0", "other")))
        try expect(twice, "web", "1.0.0", "2 layers")
        var none = ChartKit.Artifact(chart)
        none.layers[0].type = "application/octet-stream"
        try expect(none, "web", "1.0.0", "no layer")
        // A provenance file in the place of the chart.
        try expect(.init(ChartKit.provenance(of: chart, "web", "1.0.0")), "web", "1.0.0", "layers are not what")
    }

    @Test func `another chart under the same name and version keeps its place in the index`() throws {
        let kit = try ChartKit(Self.inIndex)
        let own = ChartKit.chart("web", "1.0.0", "by hand")
        #expect(try kit.upload(own) == nil)
        let digest = try kit.push(.init(ChartKit.chart("web", "1.0.0")), to: "web", as: "1.0.0")
        let warnings = try kit.generate()
        #expect(warnings.count == 1 && warnings[0].contains("exists with other bytes"), "\(warnings)")
        #expect(try kit.read("acme/helm/web-1.0.0.tgz") == own)
        let relations = try kit.relations("container", "web/manifests/manifest/\(digest)")
        #expect(relations.obstacles.first?.type == "helm" && relations.counterparts.isEmpty)
        // A mutable owner's is not taken either: it came by itself.
        #expect(try kit.generate(settings: Self.inIndex + "mutable: [acme]\n") == [])
        #expect(try kit.read("acme/helm/web-1.0.0.tgz") == own)
        // It goes, and its name and version mean its bytes for ever.
        try kit.remove("helm", "web-1.0.0.tgz")
        let again = try kit.generate(settings: Self.inIndex)
        #expect(try again.count == 1 && again[0].contains("removed, not yet pruned") && kit.paths("helm") == [], "\(again)")
    }

    @Test(arguments: [false, true]) func `a tag that moves to other bytes takes the chart out, or replaces a mutable owner's`(
        isMutable: Bool
    ) throws {
        let kit = try ChartKit(Self.inIndex + (isMutable ? "mutable: [acme]\n" : ""))
        let new = ChartKit.chart("web", "1.0.0", "rebuilt")
        try kit.push(.init(ChartKit.chart("web", "1.0.0")), to: "web", as: "1.0.0")
        #expect(try kit.generate() == [])
        kit.real.time.advance(60)
        try kit.push(.init(new), to: "web", as: "1.0.0")
        let warnings = try kit.generate()
        #expect(warnings.count == (isMutable ? 0 : 1), "\(warnings)")
        #expect(try kit.files("helm").map(\.sha256) == (isMutable ? [SHA256Digest.of(new)] : []))
    }

    @Test func `a tag that somebody pushed is not moved, and its manifest stands by itself`() throws {
        let kit = try ChartKit(Self.inRegistry)
        let chart = ChartKit.chart("web", "1.0.0")
        let pushed = ChartKit.Artifact(ChartKit.chart("web", "1.0.0", "pushed"))
        try kit.upload(chart)
        #expect(try kit.generate() == [] && kit.paths("container").count == 1)
        let digest = try kit.push(pushed, to: "web", as: "1.0.0")
        let warnings = try kit.generate()
        #expect(warnings.count == 1 && warnings[0].contains("stands for \(digest) there"), "\(warnings)")
        #expect(try kit.manifest("web", "1.0.0") == pushed.manifest && kit.paths("container").count == 1)
        // When it goes, the chart of the index is back.
        try kit.remove("container", "web/manifests/manifest/\(digest)")
        #expect(try kit.generate() == [])
        #expect(try kit.paths("container").count == 1 && kit.manifest("web", "1.0.0").map(ChartKit.digest) != digest)
    }

    @Test func `an index that names what is here for another keeps it`() throws {
        let kit = try ChartKit(Self.inRegistry)
        try kit.upload(ChartKit.chart("web", "1.0.0"))
        #expect(try kit.generate() == [])
        let manifest = try #require(kit.manifest("web", "1.0.0")), digest = ChartKit.digest(manifest)
        let index = ImageKit.index([ImageKit.Content(String(decoding: manifest, as: UTF8.self))])
        #expect(try kit.take(index: index.bytes, "web", "all") == nil)
        try kit.remove("helm", "web-1.0.0.tgz")
        #expect(try kit.generate() == [])
        #expect(try kit.paths("container").contains("web/manifests/manifest/\(digest)"))
        #expect(try !kit.relations("container", "web/manifests/manifest/\(digest)").isDerived)
    }

    @Test func `names that no registry has stay in the index alone`() throws {
        let kit = try ChartKit(Self.inRegistry)
        try kit.upload(ChartKit.chart("Web_", "1.0.0"))
        let warnings = try kit.generate()
        #expect(
            try warnings.count == 1 && warnings[0].contains("does not stand in acme/container") && kit.files("container").isEmpty)
    }

    @Test func `what is private in one place does not stand where everybody reads`() throws {
        let kit = try ChartKit(Self.inIndex + "private: [acme/container/secret]\n")
        try kit.push(.init(ChartKit.chart("web", "1.0.0")), to: "secret/web", as: "1.0.0")
        try kit.push(.init(ChartKit.chart("shop", "1.0.0")), to: "shop", as: "1.0.0")
        let warnings = try kit.generate()
        #expect(warnings.count == 1 && warnings[0].contains("secret/web") && warnings[0].contains("private"), "\(warnings)")
        #expect(try kit.listed() == ["shop 1.0.0"])
        // The whole owner is private; then one repository alone is; then nothing is.
        #expect(try kit.generate(settings: Self.inIndex + "private: [acme]\n") == [] && kit.listed().count == 2)
        #expect(try kit.generate(settings: Self.inIndex + "private: [acme/container]\n").count == 2)
        #expect(try kit.paths("helm").isEmpty)
        #expect(try kit.generate(settings: Self.inIndex) == [] && kit.listed().count == 2)
    }

    @Test func `what is beyond a quota is in one place, until there is room`() throws {
        let kit = try ChartKit(Self.inIndex + "quotas: {acme/helm: {files: 1}}\n")
        for version in ["1.0.0", "1.1.0"] { try kit.push(.init(ChartKit.chart("web", version)), to: "web", as: version) }
        let warnings = try kit.generate()
        #expect(
            try warnings.count == 1 && warnings[0].contains("1 of the 1 files") && kit.listed() == ["web 1.0.0"], "\(warnings)")
        #expect(try kit.generate(settings: Self.inIndex, everything: true) == [])
        #expect(try kit.listed().count == 2)
    }
}
