import Testing

@testable import Formats
@testable import Kit

/// Charts as `helm push` sends them.
@Suite struct HelmImageTests {
    private static let chart = HelmChartBuilder(
        yaml: """
            apiVersion: v2
            type: application
            name: web
            version: 1.2.3+build.4
            appVersion: "2.0"
            kubeVersion: ">=1.20"
            description: A web <server> & more
            home: https://example.org/web
            icon: https://example.org/web.svg
            sources: [https://example.org/source, https://example.org/other]
            keywords: [web]
            maintainers: [{email: anna@example.org, name: Anna}, {url: https://example.org, name: Ben}]
            annotations: {zone: x, org.opencontainers.image.title: other, org.opencontainers.image.url: https://example.com}
            dependencies: [{repository: "https://example.org/charts", name: db, version: 1.x, condition: db.enabled}]

            """)

    private static func text(_ content: ImageFile.Content, of chart: [UInt8]) -> String {
        switch content {
        case .bytes(let bytes): bytes.text
        case .range(let range): Array(chart[range]).text
        }
    }

    @Test func `a chart is a configuration, a layer and a manifest, under its name and version`() throws {
        let bytes = Self.chart.bytes
        let files = try HelmImage.read(chart: bytes)
        #expect(files.map(\.image) == ["web", "web", "web"] && files.map(\.tag) == ["", "", "1.2.3_build.4"])
        let config = """
            {"name":"web","home":"https://example.org/web","sources":["https://example.org/source","https://example.org/other"],\
            "version":"1.2.3+build.4","description":"A web <server> & more","keywords":["web"],\
            "maintainers":[{"name":"Anna","email":"anna@example.org"},{"name":"Ben","url":"https://example.org"}],\
            "icon":"https://example.org/web.svg","apiVersion":"v2","appVersion":"2.0",\
            "annotations":{"org.opencontainers.image.title":"other","org.opencontainers.image.url":"https://example.com","zone":"x"},\
            "kubeVersion":">=1.20",\
            "dependencies":[{"name":"db","version":"1.x","repository":"https://example.org/charts","condition":"db.enabled"}],\
            "type":"application"}
            """
        #expect(Self.text(files[0].content, of: bytes) == config)
        #expect(files[1].content == .range(0..<bytes.count) && files[1].digest == ContainerDigest.of(bytes))
        let manifest = """
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",\
            "config":{"mediaType":"application/vnd.cncf.helm.config.v1+json","digest":"\(ContainerBuilder.digest(config))",\
            "size":\(config.utf8.count)},"layers":[{"mediaType":"application/vnd.cncf.helm.chart.content.v1.tar+gzip",\
            "digest":"\(files[1].digest.text)","size":\(bytes.count)}],"annotations":{\
            "org.opencontainers.image.authors":"Anna (anna@example.org), Ben",\
            "org.opencontainers.image.description":"A web <server> & more","org.opencontainers.image.source":"https://example.org/source",\
            "org.opencontainers.image.title":"web","org.opencontainers.image.url":"https://example.com",\
            "org.opencontainers.image.version":"1.2.3+build.4","zone":"x"}}
            """
        #expect(Self.text(files[2].content, of: bytes) == manifest)
        #expect(try HelmImage.read(chart: bytes) == files, "the same each time")
        // It comes in behind its blobs.
        let requirements = try ContainerShelf.placement([UInt8](manifest), "web", files[2].tag).requirements.map(\.text)
        #expect(requirements == files.prefix(2).map { "web/blobs/\($0.digest.text)" })
    }

    @Test func `a provenance file is one more layer, if it is of this chart`() throws {
        let chart = HelmChartBuilder("web", "1.0.0")
        func provenance(_ digest: [UInt8]) -> [UInt8] {
            [UInt8](
                """
                -----BEGIN PGP SIGNED MESSAGE-----
                Hash: SHA512

                apiVersion: v2
                name: web
                version: 1.0.0

                ...
                files:
                  web-1.0.0.tgz: sha256:\(Hex.string(digest))
                -----BEGIN PGP SIGNATURE-----

                AAAA
                -----END PGP SIGNATURE-----

                """)
        }
        let right = provenance(SHA256.of(chart.bytes))
        let files = try HelmImage.read(chart: chart.bytes, provenance: right)
        #expect(files.count == 4 && files[2].content == .bytes(right))
        let manifest = try ContainerManifest([UInt8](Self.text(files[3].content, of: [])))
        #expect(manifest.layers.map(\.mediaType) == [HelmImage.chartType, HelmImage.provenanceType])
        let found = refusal { () throws(Refusal) in
            _ = try HelmImage.read(chart: chart.bytes, provenance: provenance(SHA256.of([1])))
        }
        #expect(found?.cause == .ambiguous && found?.what.contains("another digest") == true)
        #expect(throws: Refusal.self) { _ = try HelmImage.read(chart: chart.bytes, provenance: [1]) }
    }

    @Test func `what no registry can name is refused, and so is what is not a chart`() throws {
        for name in ["Web", "web_", "blobs", "a___b"] {
            let chart = HelmChartBuilder(name, "1.0.0").bytes
            let found = refusal { () throws(Refusal) in _ = try HelmImage.read(chart: chart) }
            #expect(found?.cause == .placement && found?.place == ContainerName.place, "\(name)")
        }
        let long = HelmChartBuilder("web", "1.0.0-" + String(repeating: "a", count: 130)).bytes
        let found = refusal { () throws(Refusal) in _ = try HelmImage.read(chart: long) }
        #expect(found?.place == ContainerName.tagPlace)
        let bytes = Self.chart.bytes
        for count in stride(from: 0, to: bytes.count, by: 5) {
            #expect(throws: Refusal.self) { _ = try HelmImage.read(chart: Array(bytes.prefix(count))) }
        }
    }
}
