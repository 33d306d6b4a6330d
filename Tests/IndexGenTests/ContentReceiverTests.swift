import Formats
import Testing

@testable import IndexGen

extension TestSite {
    func intake(owner: String = "acme", group: String = "main") -> Intake {
        Intake(
            site: site, catalog: catalog, owner: owner, type: nil, coordinates: Coordinates(["group": group]), author: "tester")
    }

    /// Bytes as if they had come in over the network, in pieces of this size.
    func received(_ bytes: [UInt8], pieces: Int = 1_000, limit: Int = 1 << 30) throws -> PackageContent {
        let receiver = ContentReceiver(staging: site.staging, limit: limit)
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            try receiver.append(Array(bytes[start..<min(start + pieces, bytes.count)]))
        }
        return try receiver.finish(modified: Timestamp(seconds: 1_750_000_000))
    }

    /// An admission of a toy that came in like this.
    func arrived(_ text: String, group: String = "main", filename: String = "x.toy") throws -> Admission {
        try intake(group: group).admit(received([UInt8](text)), filename: filename)
    }

    func stagedFiles() throws -> [String] {
        var staged: [String] = []
        try Files.walk(site.staging.path) { path, _ in staged.append(path) }
        return staged
    }

    func blobPaths() throws -> [String] {
        var paths: [String] = []
        try Files.walk(site.blobs.root) { path, _ in paths.append(path) }
        return paths
    }
}

@Suite struct ContentReceiverTests {
    private static func body(_ count: Int) -> [UInt8] {
        var state: UInt32 = 1
        return (0..<count).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(truncatingIfNeeded: state >> 24)
        }
    }

    @Test(arguments: [
        (0, 1), (1, 1), (70_000, 1_000), (262_144, 65_536), (262_145, 65_536), (262_145, 1 << 20), (600_000, 300_000),
        (600_000, 7_919),
    ])
    func `content is what came in, with the digests of the whole, on disk only above 256 KiB`(count: Int, pieces: Int) throws {
        let test = try TestSite()
        let bytes = Self.body(count)
        let content = try test.received(bytes, pieces: pieces)
        #expect(content.size == count)
        #expect(content.digests == Digester.digests(of: bytes))
        #expect(content.modified == Timestamp(seconds: 1_750_000_000))
        #expect(try content.withBytes { $0.copied() } == bytes)
        #expect(try test.stagedFiles().count == (count > PackageContent.heldBytes ? 1 : 0))
    }

    @Test func `BLAKE2b is computed when asked for`() throws {
        let test = try TestSite()
        let receiver = ContentReceiver(staging: test.site.staging, limit: 1_000, withBLAKE2: true)
        try receiver.append([UInt8]("ab"))
        try receiver.append([UInt8]("c"))
        let content = try receiver.finish(modified: Timestamp(seconds: 0))
        #expect(
            content.digests.blake2b256.map { Hex.string($0) }
                == "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319")
    }

    @Test(arguments: [10, 300_000])
    func `the limit is kept while bytes come in, and what is thrown away leaves nothing`(limit: Int) throws {
        let test = try TestSite()
        let bytes = Self.body(limit)
        #expect(try test.received(bytes, limit: limit).size == limit)
        do {
            let receiver = ContentReceiver(staging: test.site.staging, limit: limit)
            try receiver.append(bytes)
            let refusal = #expect(throws: Refusal.self) { try receiver.append([0]) }
            #expect(refusal?.cause == .limit)
            #expect(refusal?.what == "it has more bytes than limits.file_bytes (\(limit))")
            #expect(receiver.size == limit)
        }
        #expect(try test.stagedFiles() == [])
    }

    @Test(arguments: [0, 400_000])
    func `what was received becomes public with its own bytes, and its time is that of its arrival`(padding: Int) throws {
        let test = try TestSite()
        let text = "toy a 1 x\n" + String(repeating: "z", count: padding)
        let admission = try test.arrived(text, filename: "a.toy")
        #expect(admission.source == "a.toy")
        #expect(admission.upload.modified == Timestamp(seconds: 1_750_000_000))
        let outcomes = try test.catalog.take([admission], blobs: test.site.blobs)
        guard case .added = outcomes.first else { return #expect(Bool(false), "\(outcomes)") }
        #expect(try test.stagedFiles() == [])
        try test.generate()
        #expect(try test.text("acme/toy/main/pool/a-1-x.toy") == text)
        #expect(try test.faults() == [])
    }

    @Test func `an unknown content is refused with its place, and leaves nothing`() throws {
        let test = try TestSite()
        do {
            let content = try test.received([UInt8](repeating: 1, count: 300_000))
            let refusal = #expect(throws: Refusal.self) { try test.intake().admit(content, filename: "a.bin") }
            #expect(refusal?.cause == .unsupported)
        }
        #expect(throws: Refusal.self) { try test.intake().admit(test.received([]), filename: "a.toy") }
        #expect(try test.stagedFiles() == [])
    }

    @Test func `a form is held against the file`() throws {
        let site = try RealSite(signed: false)
        let bytes = try Files.read(SampleFiles.path("pypi/indexgen_hello-1.0-py3-none-any.whl"))
        let intake = Intake(
            site: site.site, catalog: site.catalog, owner: "acme", type: "pypi", coordinates: Coordinates(), author: "tester")
        func admit(_ version: String) throws -> Admission {
            let receiver = ContentReceiver(staging: site.site.staging, limit: 1 << 20, withBLAKE2: true)
            try receiver.append(bytes)
            let content = try receiver.finish(modified: Timestamp(seconds: 0))
            let form = Form([
                .init(":action", "file_upload"), .init("filetype", "bdist_wheel"), .init("pyversion", "py3"),
                .init("version", version),
                .init("blake2_256_digest", Hex.string(try #require(content.digests.blake2b256))),
            ])
            return try intake.admit(content, filename: "indexgen_hello-1.0-py3-none-any.whl", form: form)
        }
        #expect(try admit("1.0.0").record.version == "1.0")
        let refusal = #expect(throws: Refusal.self) { try admit("1.1") }
        #expect(refusal?.place == "form field version")
    }
}
