import Testing

@testable import Formats
@testable import Kit

@Suite struct DebianContainerTests {
    static let fixture = DebianFixture()
    static let data = ("data.tar.xz", [UInt8]("not looked into"))

    @Test func `a package says who it is`() throws {
        let record = try DebianHarness.inspect(Self.fixture.bytes)
        #expect(record.name == "hello")
        #expect(record.nameIdentity == "hello")
        #expect(record.version == "1:2.10-3")
        #expect(record.versionIdentity == "1:2.10-3")
        #expect(record.architecture == "amd64")
        #expect(record.summary == "greets")
        #expect(record.facts.text == DebianFixture.standard)
        #expect(record.fragments.isEmpty)
    }

    @Test(arguments: ["control.tar", "control.tar.gz", "control.tar.xz", "control.tar.zst"])
    func `every compression of the control archive that dpkg reads is read`(name: String) throws {
        let tar = Self.fixture.controlTar
        let packed = name.hasSuffix("gz") ? tar.gzip : name.hasSuffix("xz") ? tar.xz : name.hasSuffix("zst") ? tar.zstd : tar
        let bytes = Self.fixture.members((name, packed), Self.data)
        #expect(try DebianHarness.inspect(bytes).name == "hello")
        let slashed = ArBuilder().member("debian-binary/", "2.0\n").member(name + "/", packed).member("data.tar/", [])
        #expect(try DebianHarness.inspect(slashed.bytes).name == "hello")
    }

    @Test(arguments: ["control", "./control"]) func `the control file may come late, with or without dot and slash`(name: String)
        throws
    {
        let tar = TarBuilder().file("./md5sums", String(repeating: "x", count: 5_000)).file("./postinst", "#!/bin/sh\n")
            .file(name, DebianFixture.standard)
        let bytes = Self.fixture.members(("control.tar.gz", tar.bytes.gzip), Self.data)
        #expect(try DebianHarness.inspect(bytes).name == "hello")
    }

    @Test func `members that begin with an underscore, and any after the data, are skipped`() throws {
        let bytes = Self.fixture.members(
            ("_first", [1]), ("control.tar.xz", Self.fixture.controlTar.xz), ("_second", []), Self.data, ("_gpgbuilder", [2, 3]),
            ("extra", []))
        #expect(try DebianHarness.inspect(bytes).name == "hello")
    }

    static let hostile: [(String, [UInt8], Refusal.Cause)] = {
        let control = ("control.tar.gz", fixture.controlTar.gzip)
        let doubled = TarBuilder().file("./control", DebianFixture.standard).file("control", DebianFixture.standard)
        let linked = TarBuilder().link("./control", to: "/etc/shadow")
        let folder = TarBuilder().folder("./control")
        return [
            ("nothing", [], .truncated), ("an empty archive", [UInt8]("!<arch>\n"), .malformed),
            ("no control", fixture.members(data), .malformed), ("no data", fixture.members(control), .truncated),
            ("data first", fixture.members(data, control), .malformed),
            ("a stranger before the control", fixture.members(("stranger", []), control, data), .malformed),
            ("a stranger before the data", fixture.members(control, ("stranger", []), data), .malformed),
            ("two controls", fixture.members(control, ("control.tar.xz", fixture.controlTar.xz), data), .ambiguous),
            ("a control after the data", fixture.members(control, data, ("control.tar", fixture.controlTar)), .ambiguous),
            ("two data", fixture.members(control, data, ("data.tar.gz", [])), .ambiguous),
            ("bzip2", fixture.members(("control.tar.bz2", fixture.controlTar), data), .unsupported),
            ("lzma", fixture.members(("control.tar.lzma", fixture.controlTar), data), .unsupported),
            ("format 3", ArBuilder().member("debian-binary", "3.0\n").member(control.0, control.1).bytes, .unsupported),
            ("no format", ArBuilder().member("debian-binary", "").member(control.0, control.1).bytes, .unsupported),
            ("another first member", ArBuilder().member("control.tar.gz", control.1).bytes, .malformed),
            (
                "a control archive without a control file",
                fixture.members(("control.tar", TarBuilder().file("x", "y").bytes), data), .malformed
            ),
            ("two control files", fixture.members(("control.tar", doubled.bytes), data), .ambiguous),
            ("a link for a control file", fixture.members(("control.tar", linked.bytes), data), .malformed),
            ("a folder for a control file", fixture.members(("control.tar", folder.bytes), data), .malformed),
            ("a truncated control archive", fixture.members(("control.tar.gz", Array(control.1.dropLast(9))), data), .truncated),
        ]
    }()

    @Test(arguments: hostile) func `containers that dpkg refuses, or that two readers could see differently, are refused`(
        what: String, bytes: [UInt8], cause: Refusal.Cause
    ) {
        let fault = refusal { () throws(Refusal) in _ = try DebianHarness.inspect(bytes) }
        #expect(fault?.cause == cause, "\(what): \(String(describing: fault))")
    }

    @Test func `a package is known by its first member`() {
        let debian = Debian()
        #expect(debian.recognise(Self.fixture.bytes.span, filename: "anything") == .surely)
        #expect(debian.recognise(ArBuilder().member("x", "y").bytes.span, filename: "a.DEB") == .perhaps)
        #expect(debian.recognise(ArBuilder().member("x", "y").bytes.span, filename: "lib.a") == .no)
        #expect(debian.recognise([UInt8]("PK").span, filename: "a.deb") == .no)
        #expect(debian.recognise([UInt8]().span, filename: "a.deb") == .no)
    }

    @Test(arguments: ["control.tar", "control.tar.gz", "control.tar.xz", "control.tar.zst"])
    func `every truncation is refused up to the last member`(name: String) throws {
        let tar = Self.fixture.controlTar
        let packed = name.hasSuffix("gz") ? tar.gzip : name.hasSuffix("xz") ? tar.xz : name.hasSuffix("zst") ? tar.zstd : tar
        let bytes = Self.fixture.members((name, packed), ("data.tar", [UInt8](repeating: 0, count: 64)))
        for length in 0..<bytes.count {
            let cut = Array(bytes[..<length])
            #expect(throws: Refusal.self) { try DebianHarness.inspect(cut) }
        }
    }

    @Test(arguments: ["control.tar", "control.tar.gz", "control.tar.xz", "control.tar.zst"])
    func `flipped bits are refused or read, and never trap`(name: String) throws {
        let tar = Self.fixture.controlTar
        let packed = name.hasSuffix("gz") ? tar.gzip : name.hasSuffix("xz") ? tar.xz : name.hasSuffix("zst") ? tar.zstd : tar
        let original = Self.fixture.members((name, packed), Self.data)
        var refused = 0, read = 0
        for i in original.indices {
            var bytes = original
            bytes[i] ^= 1 << UInt8(i % 8)
            do {
                let record = try DebianHarness.inspect(bytes)
                #expect(!record.name.isEmpty)
                read += 1
            } catch {
                refused += 1
            }
        }
        #expect(refused > 0 && read > 0)
    }
}
