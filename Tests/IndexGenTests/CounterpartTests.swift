import Formats
import Testing

@testable import IndexGen

/// Charts in Helm's index and in the registry: they come, change and go together.
@Suite struct CounterpartTests {
    private static let inIndex = "container: {helm_index: [acme]}\n"
    private static let inRegistry = "helm: {oci: [\"ac*\"]}\n"
    private static let both = inIndex + inRegistry

    @Test func `a chart that was pushed as an OCI artifact stands in the index with its provenance, and goes with its tag`()
        throws
    {
        let kit = try ChartKit(Self.inIndex)
        let chart = ChartKit.chart("web", "1.0.0+b.1"), provenance = ChartKit.provenance(of: chart, "web", "1.0.0+b.1")
        let artifact = ChartKit.Artifact(chart, provenance: provenance)
        let digest = try kit.push(artifact, to: "charts/web", as: "1.0.0_b.1")
        let blobs = try kit.real.catalog.blobs()
        #expect(try kit.generate() == [])
        #expect(
            try kit.read("acme/helm/web-1.0.0+b.1.tgz") == chart && kit.read("acme/helm/web-1.0.0+b.1.tgz.prov") == provenance)
        #expect(try kit.listed().contains("web 1.0.0+b.1"))
        #expect(try kit.real.catalog.blobs() == blobs, "nothing is stored twice")
        // What it is, and from where, is said.
        let title = "acme/container charts/web \(digest)"
        let relations = try kit.relations("helm", "web-1.0.0+b.1.tgz")
        #expect(relations.originals == [title] && relations.isDerived)
        let original = try kit.relations("container", "charts/web/manifests/manifest/\(digest)")
        #expect(original.counterparts == ["acme/helm/web-1.0.0+b.1.tgz", "acme/helm/web-1.0.0+b.1.tgz.prov"])
        let history = try kit.real.catalog.history(HistoryQuery(type: "helm"))
        #expect(history.map(\.detail) == ["for \(title)", "for \(title)"] && history[0].author == CounterpartUpkeep.author)
        // A second look changes nothing, and neither does another tag of it.
        let changes = try kit.real.catalog.history(HistoryQuery()).count
        #expect(try kit.generate() == [] && kit.generate(everything: true) == [])
        #expect(try kit.real.catalog.history(HistoryQuery()).count == changes)
        try kit.tag("charts/web", "latest", digest)
        #expect(try kit.generate() == [] && kit.paths("helm").count == 2)
        // It is not removed by itself.
        #expect(throws: Refusal.self) { try kit.remove("helm", "web-1.0.0+b.1.tgz") }
        try kit.tag("charts/web", "1.0.0_b.1", nil)
        let warnings = try kit.generate()
        #expect(try kit.paths("helm") == [] && kit.listed() == [])
        #expect(warnings.count == 1 && warnings[0].contains("its tags are latest"), "\(warnings)")
        try kit.tag("charts/web", "1.0.0_b.1", digest)
        #expect(try kit.generate() == [] && kit.paths("helm").count == 2)
        try kit.remove("container", "charts/web/manifests/manifest/\(digest)")
        #expect(try kit.generate() == [] && kit.paths("helm") == [])
        #expect(try kit.real.catalog.history(HistoryQuery(type: "helm"))[0].detail == "was here for \(title)")
    }

    @Test func `a chart of the index is an OCI artifact, whose manifest follows its provenance`() throws {
        let kit = try ChartKit(Self.inRegistry)
        let chart = ChartKit.chart("web", "1.0.0+b.1"), provenance = ChartKit.provenance(of: chart, "web", "1.0.0+b.1")
        #expect(try kit.upload(chart) == nil)
        #expect(try kit.generate() == [])
        let files = try HelmImage.read(chart: chart.span, within: Budget())
        guard case .bytes(let plain) = files[2].content else { return #expect(Bool(false)) }
        #expect(kit.manifest("web", "1.0.0_b.1") == plain, "as `add --type container` has it")
        let layer = "web/blobs/\(ChartKit.digest(chart))"
        #expect(try kit.read("acme/container/\(layer)") == chart)
        // The provenance comes later, and the tag moves.
        #expect(try kit.upload(provenance) == nil)
        #expect(try kit.generate() == [])
        let signed = try #require(kit.manifest("web", "1.0.0_b.1"))
        #expect(signed != plain && String(decoding: signed, as: UTF8.self).contains(ChartKit.digest(provenance)))
        #expect(try kit.paths("container") == ["web/manifests/manifest/\(ChartKit.digest(signed))"])
        #expect(throws: Refusal.self) { try kit.remove("container", "web/manifests/manifest/\(ChartKit.digest(signed))") }
        #expect(throws: Refusal.self) { try kit.tag("web", "1.0.0_b.1", nil) }
        // At once it is the same.
        let other = try ChartKit(Self.inRegistry)
        #expect(try other.upload(chart) == nil && other.upload(provenance) == nil)
        #expect(try other.generate() == [])
        #expect(
            try other.real.tree().filter { !$0.key.contains("/blobs/") } == kit.real.tree().filter { !$0.key.contains("/blobs/") }
        )
        try kit.remove("helm", "web-1.0.0+b.1.tgz.prov")
        #expect(try kit.generate() == [])
        #expect(kit.manifest("web", "1.0.0_b.1") == plain)
        try kit.remove("helm", "web-1.0.0+b.1.tgz")
        #expect(try kit.generate() == [])
        #expect(try kit.paths("container") == [] && kit.manifest("web", "1.0.0_b.1") == nil)
    }

    @Test func `a setting that is turned on later holds for what is there, and takes its own out when it is turned off`() throws {
        let kit = try ChartKit("")
        try kit.upload(ChartKit.chart("classic", "1.0.0"))
        try kit.push(.init(ChartKit.chart("pushed", "2.0.0")), to: "pushed", as: "2.0.0")
        #expect(try kit.generate() == [])
        #expect(try kit.paths("helm").count == 1 && kit.paths("container").count == 1)
        let before = try kit.real.tree()
        #expect(try kit.generate(settings: Self.both) == [])
        #expect(try kit.listed() == ["classic 1.0.0", "pushed 2.0.0"])
        #expect(kit.manifest("classic", "1.0.0") != nil && kit.manifest("pushed", "2.0.0") != nil)
        #expect(try kit.paths("container").count == 2, "what stands for another has no counterpart of its own")
        // Others stay as they are.
        #expect(try kit.generate(settings: "helm: {oci: [others]}\ncontainer: {helm_index: [\"other-*\"]}\n") == [])
        #expect(try kit.paths("helm").count == 1 && kit.paths("container").count == 1)
        let blob = "/blobs/"
        #expect(
            try kit.real.tree().keys.filter { !$0.contains(blob) }.sorted() == before.keys.filter { !$0.contains(blob) }.sorted())
        #expect(try kit.generate(settings: Self.inIndex) == [])
        #expect(try kit.listed().count == 2 && kit.paths("container").count == 1)
    }

    @Test func `what was uploaded to both places stays in one when it goes from the other`() throws {
        let kit = try ChartKit(Self.inIndex)
        let chart = ChartKit.chart("web", "1.0.0")
        let digest = try kit.push(.init(chart), to: "web", as: "1.0.0")
        #expect(try kit.generate() == [])
        // The same bytes come by themselves.
        #expect(try kit.upload(chart) == nil)
        #expect(try !kit.relations("helm", "web-1.0.0.tgz").isDerived)
        #expect(try kit.generate(everything: true) == [])
        try kit.remove("container", "web/manifests/manifest/\(digest)")
        #expect(try kit.generate() == [])
        #expect(try kit.listed() == ["web 1.0.0"] && kit.relations("helm", "web-1.0.0.tgz").originals == [])
        // The other way: it was in the index before the artifact came, and goes from it; the artifact is there still.
        try kit.push(.init(chart), to: "web", as: "1.0.0")
        #expect(try kit.generate() == [])
        try kit.remove("helm", "web-1.0.0.tgz")
        #expect(try kit.generate() == [])
        #expect(try kit.listed() == ["web 1.0.0"] && kit.relations("helm", "web-1.0.0.tgz").isDerived)
    }

    @Test func `two artifacts may stand for one chart, which goes with the last of them`() throws {
        let kit = try ChartKit(Self.inIndex)
        let chart = ChartKit.chart("web", "1.0.0")
        var second = ChartKit.Artifact(chart)
        second.created = "2026-02-02T00:00:00Z"
        let one = try kit.push(.init(chart), to: "a/web", as: "1.0.0"), two = try kit.push(second, to: "b/web", as: "1.0.0")
        #expect(try kit.generate() == [])
        #expect(try kit.relations("helm", "web-1.0.0.tgz").originals.count == 2)
        try kit.remove("container", "a/web/manifests/manifest/\(one)")
        #expect(try kit.generate() == [])
        #expect(try kit.listed() == ["web 1.0.0"])
        try kit.remove("container", "b/web/manifests/manifest/\(two)")
        #expect(try kit.generate() == [])
        #expect(try kit.paths("helm") == [])
    }

    @Test func `one more chart is looked at alone, and images are not charts`() throws {
        let kit = try ChartKit(Self.both)
        for number in 0..<6 { try kit.push(.init(ChartKit.chart("web", "1.\(number).0")), to: "web", as: "1.\(number).0") }
        var image = ChartKit.Artifact([UInt8]("layer".utf8))
        image.configType = "application/vnd.oci.image.config.v1+json"
        try kit.push(image, to: "app", as: "1")
        #expect(try kit.generate() == [])
        #expect(try kit.paths("helm").count == 6 && kit.relations("container", kit.paths("container")[0]).obstacles.isEmpty)
        let row = try #require(try kit.real.catalog.repositories(owner: "acme", type: "container").first)
        let last = try #require(try kit.real.catalog.history(HistoryQuery()).first?.id)
        try kit.push(.init(ChartKit.chart("web", "2.0.0")), to: "web", as: "2.0.0")
        let look = try kit.real.catalog.counterpartLook(
            at: row, type: "helm", since: last, isWhole: false, author: CounterpartUpkeep.author)
        #expect(look.versions.count == 1 && look.changed.count == 1)
        #expect(try kit.generate() == [] && kit.paths("helm").count == 7)
    }

    @Test func `prune leaves what is here for another, and its rules count without it`() throws {
        let settings = Self.inRegistry + "container: {keep_tags: 1, keep_untagged_days: 1}\nretention: 1h\n"
        let kit = try ChartKit(settings)
        for version in ["1.0.0", "1.1.0", "1.2.0"] { try kit.upload(ChartKit.chart("web", version)) }
        #expect(try kit.generate() == [])
        kit.real.time.advance(86_400 * 9)
        let pruner = Pruner(site: kit.real.site, catalog: kit.real.catalog)
        let retired = try pruner.retire(rehearsing: false)
        #expect(retired.files.isEmpty && retired.marks.isEmpty)
        #expect(try pruner.releaseParts(rehearsing: false).isEmpty)
        try kit.remove("helm", "web-1.0.0.tgz")
        #expect(try kit.generate() == [])
        kit.real.time.advance(86_400)
        #expect(try pruner.releaseParts(rehearsing: false).count == 2, "its layer and its configuration")
        #expect(try kit.generate() == [])
        kit.real.time.advance(86_400)
        #expect(try kit.generate() == [])
        _ = try pruner.run(rehearsing: false)
        #expect(try kit.paths("container").count == 2)
        #expect(try kit.generate(everything: true) == [])
    }
}
