import Formats
import Foundation
import Testing

@testable import IndexGen
@testable import Kit

/// Charts as they come in both ways, for tests of what stands in Helm's index and in the registry.
struct ChartKit {
    let real: RealSite

    init(_ settings: String) throws {
        real = try RealSite(settings: settings, signed: false)
    }

    static func chart(_ name: String, _ version: String, _ more: String = "") -> [UInt8] {
        HelmChartBuilder(name, version).with(more.isEmpty ? "" : "description: \(more)\n").bytes
    }

    static func provenance(of chart: [UInt8], _ name: String, _ version: String) -> [UInt8] {
        [UInt8](
            """
            -----BEGIN PGP SIGNED MESSAGE-----
            Hash: SHA512

            apiVersion: v2
            name: \(name)
            version: \(version)

            ...
            files:
              \(name)-\(version).tgz: sha256:\(Hex.string(SHA256Digest.of(chart)))
            -----BEGIN PGP SIGNATURE-----

            AAAA
            -----END PGP SIGNATURE-----

            """.utf8)
    }

    private func write(_ bytes: [UInt8], _ name: String) throws -> String {
        let path = "\(real.folder)/inbox/\(UUID().uuidString)/\(name)"
        try Files.makeFolder(Files.folder(of: path))
        try Files.replace(path, with: bytes)
        try Files.setModified(path, Timestamp(seconds: 1_700_000_000))
        return path
    }

    private func take(
        _ bytes: [UInt8], _ name: String, _ coordinates: [String: String], _ type: String, replace: Bool = false
    ) throws -> String? {
        var found: String?
        let intake = Intake(
            site: real.site, catalog: real.catalog, owner: "acme", type: type, coordinates: Coordinates(coordinates),
            author: "tester", replace: replace)
        let outcomes = try real.catalog.take(
            groups: [[intake.admit(at: write(bytes, name))]], blobs: real.site.blobs)
        switch outcomes.first {
        case .taken: break
        case .refused(let refusals): found = refusals.first.map { "\($0.refusal)" }
        case .lost, nil: found = "lost"
        }
        return found
    }

    /// To Helm's index. Nil, or why it was refused.
    @discardableResult
    func upload(_ bytes: [UInt8], replace: Bool = false) throws -> String? {
        try take(bytes, "chart.tgz", [:], "helm", replace: replace)
    }

    /// An index of manifests, to the registry. Nil, or why it was refused.
    func take(index bytes: [UInt8], _ image: String, _ tag: String) throws -> String? {
        try take(bytes, "index.json", ["image": image, "tag": tag], "container")
    }

    /// What a manifest consists of; in place of what helm would send.
    struct Artifact {
        var config = "{}"
        var configType = HelmImage.configType
        var layers: [(type: String, bytes: [UInt8])]
        var created = "2026-01-01T00:00:00Z"

        init(_ chart: [UInt8], provenance: [UInt8]? = nil) {
            layers = [(HelmImage.chartType, chart)] + (provenance.map { [(HelmImage.provenanceType, $0)] } ?? [])
        }

        var manifest: [UInt8] {
            func described(_ type: String, _ bytes: [UInt8]) -> String {
                #"{"mediaType":"\#(type)","digest":"\#(ChartKit.digest(bytes))","size":\#(bytes.count)}"#
            }
            let listed = layers.map { described($0.type, $0.bytes) }.joined(separator: ",")
            return [UInt8](
                (#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":"#
                    + described(configType, [UInt8](config.utf8)) + #","layers":[\#(listed)],"annotations":{"#
                    + #""org.opencontainers.image.created":"\#(created)"}}"#).utf8)
        }
    }

    static func digest(_ bytes: [UInt8]) -> String { "sha256:" + Hex.string(SHA256Digest.of(bytes)) }

    /// To the registry, as `helm push` does it.
    ///
    /// - Returns: the manifest's digest.
    @discardableResult
    func push(_ artifact: Artifact, to image: String, as tag: String) throws -> String {
        for blob in [[UInt8](artifact.config.utf8)] + artifact.layers.map(\.bytes) {
            #expect(try take(blob, Self.digest(blob), ["image": image, "tag": ""], "container") == nil)
        }
        #expect(try take(artifact.manifest, "manifest.json", ["image": image, "tag": tag], "container") == nil)
        return Self.digest(artifact.manifest)
    }

    /// The same site as a run sees it that begins now.
    func generate(settings: String? = nil, everything: Bool = false) throws -> [String] {
        var site = real.site
        if let settings {
            try Files.replace(real.folder + "/indexgen.yaml", with: TestSite.quiet(settings))
            site = try Site(at: real.folder, environment: ProcessInfo.processInfo.environment, clock: real.time.clock)
        }
        var warnings: [String] = []
        _ = try Generator(site: site, catalog: real.catalog, warn: { warnings.append($0) }).run(everything: everything)
        #expect(try Verifier(site: site, catalog: real.catalog).run().faults == [])
        #expect(try site.treeFromScratch() == site.publicDigests(real.catalog))
        return warnings
    }

    func files(_ type: String) throws -> [FileRow] {
        guard let row = try real.catalog.repositories(owner: "acme", type: type).first else { return [] }
        return try real.catalog.snapshot { try $0.files(in: row) }
    }

    /// Paths below `OWNER/TYPE/` of what is in the catalog, blobs apart.
    func paths(_ type: String) throws -> [String] { try files(type).map(\.pathInRepository).filter { !$0.contains("/blobs/") } }

    func read(_ path: String) throws -> [UInt8] { try Files.read("\(real.site.publicRoot)/\(path)") }

    /// Names and versions that Helm's index lists: `web 1.0.0`.
    func listed() throws -> [String] {
        let text = String(decoding: try read("acme/helm/index.yaml"), as: UTF8.self)
        return try files("helm").filter { text.contains(Hex.string($0.sha256)) }.map { "\($0.name) \($0.version)" }
    }

    /// The bytes of what a tag stands for; nil where there is no such tag.
    func manifest(_ image: String, _ tag: String) -> [UInt8]? { try? read("acme/container/\(image)/manifests/manifest/\(tag)") }

    func remove(_ type: String, _ path: String) throws {
        try real.catalog.remove(files(type).filter { $0.pathInRepository == path }, author: "tester")
    }

    /// Takes a tag back, or sets it.
    func tag(_ image: String, _ tag: String, _ digest: String?) throws {
        let container = Container()
        let kind = try #require(container.profile.marks.first)
        try real.catalog.mark(
            files("container").filter { $0.name == image && !$0.path.contains("/blobs/") },
            MarkChange(kind: kind, key: tag, value: digest, customs: container.profile.customs), author: "tester",
            render: real.site.rendering(container))
    }

    func relations(_ type: String, _ path: String) throws -> CatalogSnapshot.Relations {
        let file = try #require(try files(type).first { $0.pathInRepository == path })
        return try real.catalog.snapshot { try $0.relations(of: file) }
    }
}
