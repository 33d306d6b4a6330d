import Testing

@testable import Formats
@testable import Kit

/// Damaged and hostile files: every one throws or parses, none traps, and none takes long.
@Suite struct RPMHostileTests {
    private func inspect(_ file: [UInt8], _ budget: Budget = Budget()) throws(Refusal) -> PackageRecord {
        try RPM().inspect(rpmUpload(file), bytes: file.span, in: rpmRepository(), within: budget)
    }

    private func cause(_ file: [UInt8], _ budget: Budget = Budget()) -> Refusal.Cause? {
        do {
            _ = try inspect(file, budget)
            return nil
        } catch {
            #expect(!error.what.isEmpty && !error.remedy.isEmpty)
            return error.cause
        }
    }

    @Test func `every truncation is refused`() {
        let file = RPMOddPackages.everything.build()
        for count in 0..<file.count { #expect(cause(Array(file[..<count])) != nil, "\(count) bytes") }
    }

    @Test func `no flipped bit makes it trap`() {
        let file = RPMOddPackages.everything.build()
        var refused = 0
        for i in file.indices {
            for bit in [0x01, 0x40, 0x80, 0xFF] as [UInt8] {
                var damaged = file
                damaged[i] ^= bit
                if cause(damaged) != nil { refused += 1 }
            }
        }
        #expect(refused > 1_000)
    }

    @Test func `no number in an index makes it trap`() {
        let file = RPMOddPackages.legacy.build()
        for i in stride(from: 96, to: file.count - 4, by: 4) {
            for value in [
                [0, 0, 0, 0], [0x7F, 0xFF, 0xFF, 0xFF], [0x80, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0xFF, 0xFF],
            ] as [[UInt8]] {
                var damaged = file
                damaged.replaceSubrange(i..<(i + 4), with: value)
                _ = cause(damaged)
            }
        }
    }

    @Test func `the wrong kind of value is refused for every tag that is read`() {
        let original = RPMOddPackages.everything
        for tag in UInt32(1_000)...1_163 {
            for value: RPMBuilder.Value in [
                .int16([7]), .int64([.max]), .text("x"), .texts(["x", "y"]), .texts([]), .binary([1]), .int32([.max, 0]),
                .translated([]),
            ] {
                var package = original
                package.tags[tag] = value
                _ = cause(package.build())
            }
        }
        var package = original
        package.tags[1_000] = .int32([1])
        #expect(cause(package.build()) == .malformed)
    }

    @Test(arguments: [(1_000, "name"), (1_001, "version"), (1_022, "architecture")] as [(UInt32, String)])
    func `a control character is refused by the name of its field`(tag: UInt32, field: String) {
        var package = RPMBuilder()
        package.tags[tag] = .text("a\u{8}b")
        let file = package.build()
        let refusal = #expect(throws: Refusal.self) { try inspect(file) }
        #expect(refusal?.what.contains(field) == true)
    }

    @Test func `control characters in files and dependencies are refused, too`() {
        var files = RPMBuilder()
        files.files = [.init("/usr/", "a\u{1b}")]
        var dependencies = RPMBuilder()
        dependencies.suggests = [("a\u{1}", 0, "")]
        for package in [files, dependencies] { #expect(cause(package.build()) == .unsupported) }
    }

    /// createrepo_c leaves such packages out (createrepo_c#424), and people miss them.
    @Test(arguments: [1_004, 1_005, 1_007, 1_011, 1_014, 1_015, 1_016, 1_020, 1_044] as [UInt32])
    func `control characters in texts for people are replaced`(tag: UInt32) throws {
        var package = RPMBuilder()
        package.tags[tag] = .text("left\u{8}right \u{1b}\r")
        let primary = try inspect(package.build()).fragments[0].bytes.text
        #expect(primary.contains("left\u{FFFD}right \u{FFFD}&#13;"))
    }

    @Test func `control characters in changelogs are replaced`() throws {
        var package = RPMBuilder()
        package.changelog = [(1, "Ada\u{7}", "b\u{b}")]
        let other = try inspect(package.build()).fragments[2].bytes.text
        #expect(other.contains("author=\"Ada&#xFFFD;\"") && other.contains(">b\u{FFFD}<"))
    }

    @Test func `a tag that stands twice is refused`() {
        let header = RPMBuilder.header(region: 63, [(1_000, .text("a")), (1_000, .text("b"))])
        var package = RPMBuilder()
        package.hasDigests = false
        package.signatureTags.updateValue(nil, forKey: 1_000)
        let file = package.build()
        let start = file[..<((97..<file.count).first { Array(file[$0...].prefix(4)) == [0x8E, 0xAD, 0xE8, 1] } ?? 0)]
        #expect(cause(start + header + [UInt8](repeating: 0, count: 4_096)) == .ambiguous)
    }

    @Test func `announced sizes beyond the budget are refused`() {
        var budget = Budget()
        budget.headerBytes = 64
        #expect(cause(RPMBuilder().build(), budget) == .limit)
        budget = Budget()
        budget.entries = 1
        #expect(cause(RPMOddPackages.files.build(), budget) == .limit)
        #expect(cause(RPMBuilder().build(), budget) == nil)
        #expect(cause(RPMOddPackages.epochs.build(), budget) == .limit)
        budget = Budget()
        budget.pathBytes = 8
        #expect(cause(RPMOddPackages.files.build(), budget) == .limit)
    }

    @Test func `a long directory shared by many files does not multiply without end`() {
        var package = RPMBuilder()
        package.files = (0..<2_000).map { _ in .init("/" + String(repeating: "d", count: 1_000) + "/", "f") }
        var budget = Budget()
        budget.indexBytes = 100_000
        #expect(cause(package.build(), budget) == .limit)
        #expect(cause(package.build()) == nil)
    }

    @Test func `a directory that is not there is refused`() {
        var package = RPMOddPackages.files
        package.tags[1_116] = .int32([UInt32](repeating: 4_000_000_000, count: package.files.count))
        #expect(cause(package.build()) == .malformed)
    }

    @Test func `names made to collide do not make it slow`() throws {
        var package = RPMBuilder()
        package.provides = (0..<20_000).map { ("p\($0)", 8, "1") }
        package.requires = (0..<20_000).map { ("p\($0)", 8, $0 % 2 == 0 ? "1" : "2") }
        let file = package.build()
        let start = ContinuousClock.now
        let record = try inspect(file)
        #expect(ContinuousClock.now - start < .seconds(20))
        #expect(record.fragments[0].bytes.count > 1_000_000)
    }

    @Test func `equal dates without end are read in bounded time`() throws {
        var package = RPMBuilder()
        package.changelog = (0..<1_000).map { _ in (5, "a", "b") }
        let repository = rpmRepository(Options(general: ["changelog_limit": .number(-1)]))
        let file = package.build()
        let record = try RPM().inspect(rpmUpload(file), bytes: file.span, in: repository, within: Budget())
        let other = String(decoding: record.fragments[2].bytes, as: UTF8.self)
        #expect(other.contains("date=\"5\"") && other.contains("date=\"1004\""))
        package.tags[1_080] = .int32([UInt32](repeating: .max, count: 1_000))
        #expect(cause(package.build()) == nil)
    }

    @Test func `a delta is refused`() {
        var package = RPMBuilder()
        package.tags[1_124] = .text("drpm")
        #expect(cause(package.build()) == .unsupported)
    }

    @Test func `an old signature is refused`() {
        var file = RPMBuilder().build()
        file[79] = 1
        #expect(cause(file) == .unsupported)
    }
}
