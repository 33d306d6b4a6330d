import Testing

@testable import Formats
@testable import Kit

/// Names that would leave their folder, hide, take a document's place or mean several things: each is refused by its cause, in
/// words that name the fault and with a remedy.
@Suite struct GenericHostileTests {
    enum Part: String, CaseIterable { case package, version, file }

    struct Hostile: CustomTestStringConvertible {
        var text: String
        /// What the refusal has to say.
        var words: String
        var testDescription: String { "\(text.utf8.count) bytes, \(words)" }

        init(_ text: String, _ words: String) {
            self.text = text
            self.words = words
        }
    }

    /// In any part.
    static let everywhere: [Hostile] =
        [
            (".", "means a folder"), ("..", "means a folder"), ("...", "begins with a dot"), (".hidden", "begins with a dot"),
            ("..x", "begins with a dot"), (".htaccess", "begins with a dot"), (".git", "begins with a dot"),
            (".well-known", "begins with a dot"),
            ("-", "begins with a dash"), ("-rf", "begins with a dash"), ("--help", "begins with a dash"),
            ("/", "slash"), ("/etc/passwd", "slash"), ("a/b", "slash"), ("../x", "slash"), ("a/../b", "slash"), ("a/", "slash"),
            ("//", "slash"),
            ("./x", "slash"),
            ("\\", "backslash"), ("..\\x", "backslash"), ("a\\b", "backslash"), ("\\\\host\\share", "backslash"),
            ("%2e%2e", "percent"), ("a%2fb", "percent"), ("%", "percent"), ("%00", "percent"), ("a%5cb", "percent"),
            ("100%", "percent"),
            ("a b", "blank"), (" a", "blank"), ("a ", "blank"), (" ", "blank"),
            ("a\0", "control character (byte 0)"), ("\0", "control character (byte 0)"), ("a\nb", "control character (byte 10)"),
            ("a\rb", "control character (byte 13)"), ("a\tb", "control character (byte 9)"),
            ("\u{1B}[31m", "control character (byte 27)"),
            ("\u{7F}", "control character (byte 127)"), ("\u{1}", "control character (byte 1)"),
            ("a\u{8}", "control character (byte 8)"),
            ("é", "not ASCII"), ("e\u{301}", "not ASCII"), ("\u{202E}gpj", "not ASCII"), ("a\u{200B}b", "not ASCII"),
            ("\u{FEFF}a", "not ASCII"),
            ("\u{85}", "not ASCII"), ("\u{2028}", "not ASCII"), ("\u{2215}x", "not ASCII"), ("\u{FF0E}\u{FF0E}", "not ASCII"),
            ("\u{2024}\u{2024}", "not ASCII"), ("tооl", "not ASCII"), ("\u{212A}elvin", "not ASCII"), ("😀", "not ASCII"),
            ("中", "not ASCII"),
            ("\u{A0}", "not ASCII"), ("\u{FFFD}", "not ASCII"),
        ].map { Hostile($0.0, $0.1) }
        + "!\"#$&'()*,:;<=>?@[]^`{|}".map { Hostile("a\($0)b", "has the character '\($0)'") }
        + [
            Hostile("<script>alert(1)</script>", "has the character '<'"), Hostile("\"><img>", "has the character '\"'"),
            Hostile("$(id)", "has the character '$'"), Hostile("`id`", "has the character '`'"),
            Hostile("a;id", "has the character ';'"),
            Hostile("@scope", "has the character '@'"), Hostile("C:", "has the character ':'"),
            Hostile("a:stream", "has the character ':'"),
            Hostile("?x=1", "has the character '?'"), Hostile("#x", "has the character '#'"),
            Hostile("{name+}", "has the character '{'"),
            Hostile("*", "has the character '*'"), Hostile("{{owner}}", "has the character '{'"),
        ]

    /// In one part alone.
    static let special: [(Part, Hostile)] =
        ["index.html", "INDEX.HTML", "Index.Html", "index.json", "Index.JSON"].flatMap { name in
            Part.allCases.map { ($0, Hostile(name, "taken")) }
        }
        + ["SHA256SUMS", "sha256sums", "Sha256Sums", "SHA256SUMS.asc", "sha256sums.ASC", "SHA256SUMS.gpg", "sha256sums.gpg"].map {
            (Part.file, Hostile($0, "taken, which is one of the repository's own documents"))
        }
        + ["latest", "Latest", "LATEST"].map { (Part.version, Hostile($0, "taken, which leads to the newest version")) }
        + ["repository.key", "Repository.KEY"].map { (Part.package, Hostile($0, "taken")) }
        + ["0123456789abcdef", "0123456789ABCDEF", "0000000000000000", "DeadBeefDeadBeef"].map {
            (Part.file, Hostile($0, "16 hexadecimal digits"))
        }
        + [
            (.package, Hostile("a~b", "has the character '~'")), (.package, Hostile("~", "has the character '~'")),
            (.package, Hostile("~root", "has the character '~'")),
            (.package, Hostile(String(repeating: "a", count: 129), "has 129 bytes, more than 128")),
            (.package, Hostile(String(repeating: "a", count: 100_000), "has 100000 bytes, more than 128")),
            (.version, Hostile(String(repeating: "1", count: 256), "has 256 bytes, more than 255")),
            (.version, Hostile(String(repeating: "../", count: 100), "has 300 bytes, more than 255")),
            (.file, Hostile(String(repeating: "f", count: 256), "has 256 bytes, more than 255")),
            (.file, Hostile(String(repeating: "é", count: 128), "has 256 bytes, more than 255")),
            (.file, Hostile("", "is empty")), (.package, Hostile("", "no package was given")),
            (.version, Hostile("", "no version was given")),
        ]

    private static func found(_ part: Part, _ text: String) -> Refusal? {
        refusal { () throws(Refusal) in
            _ = try GenericShelf.taken(
                part == .file ? text : "tool.bin", part == .package ? text : "tool", part == .version ? text : "1.0")
        }
    }

    private static func expect(_ part: Part, _ hostile: Hostile) {
        guard let found = found(part, hostile.text) else {
            Issue.record("\(part.rawValue) taken: \(hostile.text)")
            return
        }
        #expect(found.cause == .placement)
        #expect(found.what.contains(hostile.words), "\(found)")
        #expect(found.place == (part == .file ? "file name" : part.rawValue))
        #expect(!found.remedy.isEmpty)
        // One line without anything that a terminal would obey.
        let controls = found.description.unicodeScalars.filter { $0.value < 32 || 0x7F...0x9F ~= $0.value }
        #expect(controls.isEmpty)
        #expect(found.description.utf8.count < 1_000)
    }

    @Test func `there are more than a hundred`() {
        let all = Set(Self.everywhere.map { Array($0.text.utf8) }).count + Self.special.count
        #expect(all >= 100, "\(all)")
        #expect(Set(Self.everywhere.map { Array($0.text.utf8) }).count == Self.everywhere.count)
    }

    @Test(arguments: Part.allCases, everywhere)
    func `is refused in every part`(part: Part, hostile: Hostile) { Self.expect(part, hostile) }

    @Test(arguments: special)
    func `is refused where it would be in the way`(part: Part, hostile: Hostile) { Self.expect(part, hostile) }

    @Test func `who says no name or version is told how`() {
        for (package, version) in [(nil, nil), (nil, "1.0"), ("tool", nil), ("", "1.0"), ("tool", "")] as [(String?, String?)] {
            let found = refusal { () throws(Refusal) in _ = try GenericShelf.taken("tool.bin", package, version) }
            #expect(found?.cause == .placement)
            #expect(found?.remedy.contains("--package NAME --version VERSION") == true)
        }
    }

    @Test func `each byte is allowed everywhere or refused everywhere, but for the tilde`() {
        for byte in UInt8(0)...127 {
            let text = "a" + String(UnicodeScalar(byte)) + "b"
            let allowed = Part.allCases.map { Self.found($0, text) == nil }
            let isWord = ASCII.isAlphanumeric(byte) || "._+-".utf8.contains(byte)
            #expect(allowed == (byte == UInt8(ascii: "~") ? [false, true, true] : [isWord, isWord, isWord]), "byte \(byte)")
        }
    }

    @Test func `whatever is taken lies three folders deep, under safe names`() throws {
        var numbers = SeededNumbers(seed: 4)
        let pieces = [
            ".", "..", "/", "a", "1", "-", "~", "+", "_", "\\", "%", "\0", "é", " ", "latest", "index.json", "SHA256SUMS",
            "x.bin", "\n", "A",
        ]
        let immutable = try Regex(Generic().profile.immutablePaths)
        var taken = 0
        for _ in 0..<20_000 {
            func odd() -> String {
                (0..<Int.random(in: 0...3, using: &numbers)).map { _ in pieces.randomElement(using: &numbers)! }.joined()
            }
            guard let placement = try? GenericShelf.taken(odd(), odd(), odd()).placement else { continue }
            taken += 1
            let parts = placement.path.text.split(separator: "/", omittingEmptySubsequences: false)
            #expect(parts.count == 3)
            for part in parts {
                #expect(!part.isEmpty && !part.hasPrefix(".") && !part.hasPrefix("-"))
                #expect(part.utf8.allSatisfy { ASCII.isAlphanumeric($0) || "._+~-".utf8.contains($0) })
            }
            #expect(placement.path.text.wholeMatch(of: immutable) != nil, "\(placement.path.text)")
        }
        #expect(taken > 100)
    }

    @Test func `no content can be refused or read`() throws {
        var numbers = SeededNumbers(seed: 5)
        for count in [0, 1, 2, 3, 16, 255, 4_096] {
            let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &numbers) }
            let (record, placement) = try GenericShelf.taken("x.bin", "tool", "1.0", bytes: bytes)
            #expect(record.fragments.isEmpty && record.facts.isEmpty && placement.path.text == "tool/1.0/x.bin")
        }
    }
}
