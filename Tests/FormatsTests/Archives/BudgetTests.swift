import Testing

@testable import Formats
@testable import Kit

/// Every limit, lowered until an ordinary package exceeds it, in every reader that it concerns.
@Suite struct BudgetTests {
    private static let deb = DebianFixture.stanza("hello").bytes
    private static let wheel = PyPIKit.wheel("hello", "1.0").bytes
    private static let source = PyPIKit.sdist("hello", "1.0").bytes.gzip
    private static let chart = HelmChartBuilder("hello", "1.0.0").with("annotations: {a: b}\n").file("values.yaml", "a: b\n")
        .bytes
    private static var rpm: RPMBuilder {
        var package = RPMBuilder(name: "hello")
        package.files = [.init("/usr/bin/", "hello"), .init("/etc/", "hello")]
        package.provides = [("hello", 8, "1.0-1"), ("greeter", 0, "")]
        return package
    }

    private func refusal(_ ecosystem: any Ecosystem, _ filename: String, _ bytes: [UInt8], _ change: (inout Budget) -> Void)
        -> Refusal?
    {
        var budget = Budget()
        change(&budget)
        let repository = Repository(owner: "acme", type: ecosystem.profile.id, baseURL: "https://example.org")
        let upload = PyPIKit.upload(filename, bytes)
        do {
            _ = try ecosystem.inspect(upload, bytes: bytes.span, in: repository, within: budget)
            return nil
        } catch {
            return error
        }
    }

    private func expectLimit(
        _ ecosystem: any Ecosystem, _ filename: String, _ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation,
        _ change: (inout Budget) -> Void
    ) {
        #expect(refusal(ecosystem, filename, bytes) { _ in } == nil, sourceLocation: sourceLocation)
        let refusal = refusal(ecosystem, filename, bytes, change)
        #expect(refusal?.cause == .limit, "\(String(describing: refusal))", sourceLocation: sourceLocation)
        #expect(refusal?.place.isEmpty == false && refusal?.remedy.isEmpty == false, sourceLocation: sourceLocation)
    }

    @Test func `expanded bytes`() {
        expectLimit(Debian(), "x.deb", Self.deb) { $0.expandedBytes = 1_024 }
        expectLimit(PyPI(), "hello-1.0-py3-none-any.whl", Self.wheel) { $0.expandedBytes = 16 }
        expectLimit(PyPI(), "hello-1.0.tar.gz", Self.source) { $0.expandedBytes = 1_024 }
        expectLimit(Helm(), "x.tgz", Self.chart) { $0.expandedBytes = 1_024 }
    }

    @Test func `ratio`() {
        let padded = TarBuilder().folder("hello-1.0/").file("hello-1.0/zeros", [UInt8](repeating: 0, count: 65 << 20))
            .file("hello-1.0/PKG-INFO", PyPIKit.metadata("hello", "1.0")).bytes
        var bytes = padded.gzip
        #expect(refusal(PyPI(), "hello-1.0.tar.gz", bytes) { $0.ratio = 2_000 } == nil)
        #expect(refusal(PyPI(), "hello-1.0.tar.gz", bytes) { _ in }?.cause == .limit)
        // As a member beside others that are hardly compressible, the same zeros are no bomb.
        bytes = Array(padded.dropLast(1_024))
        var numbers = SeededNumbers(seed: 7)
        let noise = (0..<60_000).flatMap { _ in Swift.withUnsafeBytes(of: numbers.next()) { Array($0) } }
        bytes += TarBuilder().file("hello-1.0/noise", noise).bytes
        #expect(refusal(PyPI(), "hello-1.0.tar.gz", bytes.gzip) { _ in } == nil)
    }

    @Test func `entries`() {
        expectLimit(Debian(), "x.deb", Self.deb) { $0.entries = 1 }
        expectLimit(PyPI(), "hello-1.0-py3-none-any.whl", Self.wheel) { $0.entries = 3 }
        expectLimit(PyPI(), "hello-1.0.tar.gz", Self.source) { $0.entries = 2 }
        expectLimit(Helm(), "x.tgz", Self.chart) { $0.entries = 1 }
        expectLimit(RPM(), "x.rpm", Self.rpm.build()) { $0.entries = 1 }
        var dependencies = RPMBuilder(name: "hello")
        dependencies.provides = [("a", 0, ""), ("b", 0, "")]
        dependencies.requires = [("c", 0, ""), ("d", 0, "")]
        // Three are fewer than either kind alone exceeds.
        expectLimit(RPM(), "x.rpm", dependencies.build()) { $0.entries = 3 }
    }

    @Test func `bytes of a member`() {
        expectLimit(Debian(), "x.deb", Self.deb) { $0.memberBytes = 16 }
        expectLimit(PyPI(), "hello-1.0-py3-none-any.whl", Self.wheel) { $0.memberBytes = 16 }
        expectLimit(PyPI(), "hello-1.0.tar.gz", Self.source) { $0.memberBytes = 16 }
        expectLimit(Helm(), "x.tgz", Self.chart) { $0.memberBytes = 16 }
        expectLimit(RPM(), "x.rpm", Self.rpm.build()) { $0.memberBytes = 16 }
    }

    @Test func `bytes of a path`() {
        expectLimit(Debian(), "x.deb", Self.deb) { $0.pathBytes = 4 }
        expectLimit(PyPI(), "hello-1.0-py3-none-any.whl", Self.wheel) { $0.pathBytes = 12 }
        expectLimit(PyPI(), "hello-1.0.tar.gz", Self.source) { $0.pathBytes = 12 }
        expectLimit(Helm(), "x.tgz", Self.chart) { $0.pathBytes = 12 }
        expectLimit(RPM(), "x.rpm", Self.rpm.build()) { $0.pathBytes = 8 }
    }

    @Test func `bytes of a header and of the index`() {
        expectLimit(RPM(), "x.rpm", Self.rpm.build()) { $0.headerBytes = 64 }
        expectLimit(RPM(), "x.rpm", Self.rpm.build()) { $0.indexBytes = 256 }
    }

    @Test func `nesting`() { expectLimit(Helm(), "x.tgz", Self.chart) { $0.depth = 1 } }

    @Test func `time`() {
        // What is compressed asks before its first piece.
        expectLimit(Debian(), "x.deb", Self.deb) { $0.deadline = Deadline { true } }
        expectLimit(PyPI(), "hello-1.0-py3-none-any.whl", Self.wheel) { $0.deadline = Deadline { true } }
        expectLimit(PyPI(), "hello-1.0.tar.gz", Self.source) { $0.deadline = Deadline { true } }
        expectLimit(Helm(), "x.tgz", Self.chart) { $0.deadline = Deadline { true } }
    }

    @Test func `time in tables, which are asked about at each 1,024th entry`() {
        var files = RPMBuilder(name: "hello")
        files.files = (0..<1_100).map { .init("/usr/", "f\($0)") }
        expectLimit(RPM(), "x.rpm", files.build()) { $0.deadline = Deadline { true } }
        var dependencies = RPMBuilder(name: "hello")
        dependencies.provides = (0..<1_100).map { ("p\($0)", 0, "") }
        expectLimit(RPM(), "x.rpm", dependencies.build()) { $0.deadline = Deadline { true } }
        var zip = ZipBuilder()
        for index in 0..<1_100 { zip = zip.file("\(index)", [], deflate: false) }
        let bytes = zip.bytes
        var budget = Budget()
        budget.deadline = Deadline { true }
        #expect(throws: Refusal.self) { try Zip(bytes.span, subject: "x", within: budget) }
        let text = Array(String(repeating: "- a\n", count: 1_100).utf8)
        #expect(throws: Refusal.self) { try YAMLDocument.read(text, subject: "x", within: budget) }
        let tar = (0..<1_100).reduce(TarBuilder()) { $0.file("\($1)", "") }.bytes
        #expect(throws: Refusal.self) {
            try Tar.scan(tar.span, compressed: .none, subject: "x", within: budget) { (_) throws(Refusal) in .skip }
        }
        let ar = (0..<1_100).reduce(ArBuilder()) { $0.member("\($1)", "") }.bytes
        #expect(throws: Refusal.self) { try Ar.members(of: ar.span, within: budget) }
    }
}
