import Testing

@testable import Formats
@testable import Kit

/// Control files as they are met, against what dpkg 1.21 makes of them (`dpkg --dry-run -i` on each).
@Suite struct DebianControlTests {
    static let base = "Package: foo\nVersion: 1.0\nArchitecture: all\nDescription: x\n y\n"

    @Test(arguments: [
        ("plain", base, base),
        ("CRLF", "Package: foo\r\nVersion: 1.0\r\nArchitecture: all\r\nDescription: x\r\n y\r\n", base),
        ("no newline at the end", String(base.dropLast()), base),
        ("blank lines before", "\n\r\n" + base, base),
        ("blank lines after", base + "\n\n", base),
        ("a line of blanks after", base + " \t\n", base),
        (
            "a folded line with a tab", "Package: foo\nVersion: 1.0\nArchitecture: all\nDescription: x\n\ty\n",
            "Package: foo\nVersion: 1.0\nArchitecture: all\nDescription: x\n\ty\n"
        ),
        (
            "no space after the colon", "Package:foo\nVersion:1.0\nArchitecture:all\n",
            "Package:foo\nVersion:1.0\nArchitecture:all\n"
        ),
        (
            "many spaces", "Package:   foo  \nVersion: 1.0\nArchitecture: all\n",
            "Package:   foo  \nVersion: 1.0\nArchitecture: all\n"
        ),
        (
            "a space before the colon", "Package: foo\nVersion : 1.0\nArchitecture: all\n",
            "Package: foo\nVersion: 1.0\nArchitecture: all\n"
        ),
        (
            "names in other cases", "PACKAGE: foo\nversion: 1.0\nArchitecture: all\n",
            "PACKAGE: foo\nversion: 1.0\nArchitecture: all\n"
        ),
        ("an empty value", base + "Homepage:\nTag: a\n", base + "Tag: a\n"),
        ("a value that begins on the next line", base + "Built-Using:\n a (= 1)\n", base + "Built-Using:\n a (= 1)\n"),
        (
            "fields in any order, unknown ones too", "X-Odd: 1\nArchitecture: all\nVersion: 1.0\nPackage: foo\n",
            "X-Odd: 1\nArchitecture: all\nVersion: 1.0\nPackage: foo\n"
        ),
        (
            "fields that only an index may state",
            base + "Filename: evil\nSIZE: 1\nMD5sum: 0\nmd5SUM-x: k\nSHA1: 0\nsha256: 0\nSHA512: 0\nMSDOS-Filename: e\n"
                + "Status: install ok installed\nDescription-md5: 0\nTag: t\n", base + "md5SUM-x: k\nTag: t\n"
        ),
        ("a colon in a value", base + "X-A: b:c: d\n", base + "X-A: b:c: d\n"),
        ("a dot line", base + " .\n z\n", base + " .\n z\n"),
    ])
    func `odd control files are taken and cleaned`(what: String, control: String, expected: String) throws {
        let record = try DebianHarness.inspect(DebianFixture(control).bytes)
        #expect(record.facts.text == expected)
        #expect(record.name == "foo")
        #expect(record.version == "1.0")
        #expect(record.architecture == "all")
        // What was kept can be read again, to the same bytes.
        #expect(try DebianPackage(facts: record.facts).stanza.bytes == record.facts)
    }

    @Test(arguments: [
        ("empty", "", Refusal.Cause.malformed), ("blank", "\n \n\r\n", .malformed),
        ("a second stanza", base + "\nPackage: bar\nVersion: 1\n", .ambiguous),
        ("a blank line inside a value", "Package: foo\nVersion: 1.0\nArchitecture: all\nDescription: x\n \n y\n", .ambiguous),
        ("a field twice", base + "Version: 2\n", .ambiguous), ("a field twice in other case", base + "VERSION: 2\n", .ambiguous),
        ("a comment before", "# c\n" + base, .malformed), ("a comment after", base + "# c\n", .malformed),
        ("a byte order mark", "\u{feff}" + base, .malformed), ("NUL", base + "X-A: a\u{0}b\n", .malformed),
        ("no colon", base + "junk\n", .malformed), ("no name", base + ": x\n", .malformed),
        ("a continuation first", " x\n" + base, .malformed),
        ("a name with a blank", base + "X Y: z\n", .malformed), ("a name with a hyphen first", base + "-X: z\n", .malformed),
        ("no Package", "Version: 1.0\nArchitecture: all\n", .malformed),
        ("no Version", "Package: foo\nArchitecture: all\n", .malformed),
        ("no Architecture", "Package: foo\nVersion: 1.0\n", .malformed),
        ("an empty Package", "Package:\nVersion: 1\nArchitecture: all\n", .malformed),
        ("a name of two lines", "Package: foo\n bar\nVersion: 1.0\nArchitecture: all\n", .malformed),
        ("a version of two lines", "Package: foo\nVersion:\n 1.0\n 2\nArchitecture: all\n", .malformed),
        ("an unknown package type", base + "Package-Type: tdeb\n", .unsupported),
        ("a line with a carriage return first", base + "\rX: 1\n", .ambiguous),
        ("a line with a vertical tab first", base + "\u{b}X: 1\n", .ambiguous),
        ("an end-of-file character", base + "\u{1a}", .malformed),
    ])
    func `control files that dpkg or apt would choke on are refused`(what: String, control: String, cause: Refusal.Cause) {
        let fault = refusal { () throws(Refusal) in _ = try DebianHarness.inspect(DebianFixture(control).bytes) }
        #expect(fault?.cause == cause, "\(what): \(String(describing: fault))")
        #expect(fault?.place.contains("control") == true)
        #expect(fault?.remedy.isEmpty == false)
    }

    @Test(arguments: [
        "f", "Foo", "f_o", "f/o", "../foo", "-fo", "+fo", ".fo", "fo o", "f\u{e9}", "foo:amd64",
        String(repeating: "a", count: 200),
    ])
    func `names outside of Debian's rules are refused`(name: String) {
        #expect(throws: Refusal.self) { try DebianHarness.inspect(DebianFixture.stanza(name).bytes) }
        // What follows a blank in Source is the version.
        guard !name.contains(" ") else { return }
        #expect(throws: Refusal.self) { try DebianHarness.inspect(DebianFixture.stanza("foo", extra: "Source: \(name)\n").bytes) }
    }

    @Test(arguments: [
        "a/b", "..", "a b", "any", "linux-any", "any-i386", "source", "AMD64", "-amd64", "amd64-", "a--b", "all amd64",
        "all, amd64", "a_b",
    ])
    func `what is not one architecture is refused`(architecture: String) {
        #expect(throws: Refusal.self) { try DebianHarness.inspect(DebianFixture.stanza("foo", "1", architecture).bytes) }
    }

    @Test(arguments: ["amd64", "all", "hurd-i386", "kfreebsd-amd64", "x32", "musl-linux-arm64", "riscv64"])
    func `real architectures are taken`(architecture: String) throws {
        #expect(try DebianHarness.inspect(DebianFixture.stanza("foo", "1", architecture).bytes).architecture == architecture)
    }

    @Test func `bytes that are not UTF-8 pass through`() throws {
        let control = Array(Self.base.utf8) + Array("X-A: ".utf8) + [0xE9, 0xFF, 0x0A]
        #expect(try DebianHarness.inspect(DebianFixture(bytes: control).bytes).facts == control)
    }

    @Test func `a control file of more than a mebibyte is refused`() {
        let fixture = DebianFixture(Self.base + "X-A: " + String(repeating: "x", count: DebianPackage.controlBytes) + "\n")
        let fault = refusal { () throws(Refusal) in _ = try DebianHarness.inspect(fixture.bytes) }
        #expect(fault?.cause == .limit)
    }

    @Test func `a refusal names the line`() {
        let fault = refusal { () throws(Refusal) in _ = try DebianHarness.inspect(DebianFixture(Self.base + "junk\n").bytes) }
        #expect(fault?.place == "the control file, line 6")
    }

    @Test func `whatever is taken stands safely in a list of stanzas`() {
        var numbers = SeededNumbers(seed: 822)
        let alphabet = Array("\n\n\r \t:#-.aP\u{0}\u{b}\u{feff}".utf8)
        let base = Array(DebianFixture.standard.utf8)
        var taken = 0, refused = 0
        for _ in 0..<20_000 {
            var control = base
            for _ in 0..<Int.random(in: 1...4, using: &numbers) {
                let place = Int.random(in: control.indices, using: &numbers)
                switch Int.random(in: 0..<3, using: &numbers) {
                case 0: control.remove(at: place)
                case 1: control.insert(alphabet.randomElement(using: &numbers) ?? 0, at: place)
                default: control[place] = alphabet.randomElement(using: &numbers) ?? 0
                }
            }
            guard let stanza = try? Deb822Stanza(control.span) else {
                refused += 1
                continue
            }
            taken += 1
            let bytes = stanza.bytes
            var isSafe = bytes.last == UInt8(ascii: "\n") && !bytes.contains(0)
            for line in bytes.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
                if line.allSatisfy({ $0 == 32 || $0 == 9 || $0 == 13 }) { isSafe = false }
            }
            if (try? Deb822Stanza(bytes.span)) != stanza { isSafe = false }
            #expect(isSafe, "\(control.text.debugDescription)")
        }
        #expect(taken > 1_000 && refused > 1_000)
    }
}
