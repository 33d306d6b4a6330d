import Testing

@testable import Formats
@testable import Kit

/// What pages say of charts.
struct HelmPortraitTests {
    private let chart = HelmChartBuilder("relay", "5.3.0").with(
        """
        appVersion: 4.2.1
        kubeVersion: ">=1.28.0-0"
        type: application
        home: https://relay.example.org/
        sources: [https://git.example.org/relay, https://git.example.org/gateway]
        keywords: [relay, messages]
        maintainers: [{name: Relay Team, email: relay@example.org}]
        annotations: {artifacthub.io/license: Apache-2.0}
        dependencies:
        - {name: common, version: ^2.1, repository: "https://example.org/helm"}
        - {name: cert-manager, alias: certs, version: ">=1.14 <2", repository: "", condition: tls.issuer, tags: [tls]}

        """)

    private func section(_ id: String, _ portrait: Portrait) -> Portrait.Content? {
        portrait.sections.first { $0.id == id }?.content
    }

    @Test func `a chart's metadata, readme and values are shown`() throws {
        let whole = chart.file("README.md", "# Relay\n").file("values.yaml", "replicas: 2\n")
        let bytes = whole.file("charts/a/values.yaml", "no: 1\n").bytes
        let portrait = try #require(try HelmShelf.record(bytes).portrait)
        #expect(
            portrait.facts == [
                .init("App version", "4.2.1"), .init("Kubernetes", "1.28.0 and later"), .init("Type", "application"),
                .init("Licence", "Apache-2.0"), .init("Maintainer", "Relay Team", link: "mailto:relay@example.org"),
                .link("Homepage", "https://relay.example.org/"), .link("Sources", "https://git.example.org/relay"),
                .link("Sources", "https://git.example.org/gateway"), .init("Keywords", "relay, messages"),
            ])
        #expect(portrait.sections.map(\.id) == ["readme", "values", "dependencies"])
        #expect(section("readme", portrait) == .prose([UInt8]("# Relay\n"), .markdown))
        #expect(section("values", portrait) == .verbatim([UInt8]("replicas: 2\n")))
        guard case .table(let table)? = section("dependencies", portrait) else {
            Issue.record("there is no table of dependencies")
            return
        }
        #expect(
            table.rows == [
                [.init("common", note: "https://example.org/helm"), .init("^2.1"), .init("")],
                [.init("cert-manager as certs"), .init(">=1.14 <2"), .init("tls.issuer; tags tls")],
            ])
    }

    @Test func `nothing is refused for the sake of texts`() throws {
        let long = String(repeating: "a: 1\n", count: 60_000)
        let odd = chart.file("README.TXT", "plain").file("readme.md", "second").file("values.yaml", long).file(
            "values.yaml", "again")
        let portrait = try #require(try HelmShelf.record(odd.bytes).portrait)
        #expect(section("readme", portrait) == .prose([UInt8]("plain"), .plain))
        #expect(section("values", portrait) == .verbatim([UInt8]("again")))
        let link = TarBuilder().file("relay/Chart.yaml", chart.yaml).link("relay/values.yaml", to: "other").bytes.gzip
        let linked = try #require(try HelmShelf.record(link).portrait)
        #expect(section("values", linked) == nil)
    }

    @Test func `there is no portrait without pages`() throws {
        let bytes = chart.bytes
        let silent = Repository(owner: "acme", type: "helm", baseURL: "https://example.org", hasPages: false)
        let upload = HelmShelf.upload(bytes, named: "x.tgz")
        let record = try Helm().inspect(upload, bytes: bytes.span, in: silent, within: Budget())
        #expect(record.portrait == nil)
    }

    @Test func `long lists are bounded`() throws {
        let many = (0..<2_000).map { "- {name: c\($0), version: 1.0.0, repository: \"\"}\n" }.joined()
        let words = (0..<2_000).map { "- k\($0)\n" }.joined()
        let bytes = HelmChartBuilder("relay", "1.0.0").with("dependencies:\n\(many)keywords:\n\(words)").bytes
        let portrait = try #require(try HelmShelf.record(bytes).portrait)
        guard case .table(let table)? = section("dependencies", portrait) else {
            Issue.record("there is no table of dependencies")
            return
        }
        #expect(table.rows.count == 500)
        #expect(portrait.facts.allSatisfy { $0.value.unicodeScalars.count <= 400 })
    }

    @Test func `lines to install name releases as helm takes them`() {
        func lines(_ name: String, _ version: String?) -> [String] {
            let target = InstallationTarget(name: name, version: version, path: "x", filename: "x.tgz")
            return Helm().installations(of: target, in: HelmShelf().repository).flatMap(\.lines)
        }
        #expect(
            lines("relay", "5.3.0") == [
                "helm install relay acme/relay --version 5.3.0",
                "helm install relay relay --repo https://example.org/acme/helm --version 5.3.0",
            ])
        #expect(lines("Re_lay", nil).first == "helm install --generate-name acme/Re_lay")
    }
}
