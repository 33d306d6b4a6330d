internal import Formats

extension ArchHostile {
    static let identities = names + versions + architectures

    private static let names: [HostileSample] =
        oddNames + [
            .arch(named: "a b", "the package's name holds ' '"), .arch(named: "dém", "holds a character that a name cannot have"),
            .arch(named: "", "pkgname is missing or empty"), .arch(named: "  ", "pkgname is missing or empty"),
            .arch(named: String(repeating: "a", count: 230), "longer than a file name may be", for: .limit),
        ]

    private static let oddNames: [HostileSample] = [
        "-demo", ".demo", "..", "../demo", "a/b", "a:b", "a*", "a?", "a#b", "a%2fb", "a&b", "a;b", "a$b", "a|b", "a<b", "a\"b",
        "a'b",
        "a\\b", "a(b", "~a", "a,b",
    ].map { (name: String) in
        .arch(named: name, "the package's name \(name.hasPrefix(".") || name.hasPrefix("-") ? "begins with" : "holds '")")
    }

    private static let versions: [HostileSample] =
        oddVersions + oddReleases + [
            .arch(version: "1.0", "no release behind a '-'"), .arch(version: "1:1.0", "no release behind a '-'"),
            .arch(version: "", "pkgver is missing or empty"), .arch(version: "-1", "neither digits nor letters"),
            .arch(version: "._+-1", "neither digits nor letters"), .arch(version: "1:-1", "neither digits nor letters"),
            .arch(version: ":1-1", "an epoch that is not a number"), .arch(version: "a:1-1", "an epoch that is not a number"),
            .arch(version: "-1:1-1", "an epoch that is not a number"), .arch(version: "1.0-1:1", "an epoch that is not a number"),
            .arch(version: "1:2:3-1", "the package's version holds ':'"),
            .arch(version: "é-1", "a character that a version cannot have"),
            .arch(version: String(repeating: "1", count: 201) + "-1", "the package's version has more than 200 bytes"),
        ]

    private static let oddReleases: [HostileSample] = [
        "1.0-", "1.0-a", "1.0-1.", "1.0-.1", "1.0-1.2.3", "1.0-1a", "1.0-1..2", "1.0-+1",
    ].map { (version: String) in .arch(version: version, "a release that is not a number") }

    private static let oddVersions: [HostileSample] = [
        "1/2", "../1", "1 0", "1%2f", "1#0", "1?0", "1*0", "1@0", "1=2", "1<2", "1,0", "1\\0", "1-2", "1;0", "1'0",
    ].map { (version: String) in .arch(version: version + "-1", "the package's version holds '") }

    private static let architectures: [HostileSample] =
        oddArchitectures + [
            .arch(on: "", "arch is missing or empty"), .arch(on: "é", "architecture holds a character"),
            .arch(on: String(repeating: "x", count: 65), "more than 64 bytes"),
        ]

    private static let oddArchitectures: [HostileSample] = [
        "x86/64", "x86-64", "../x", "x 64", "any!", "x86.64", "a%62", "..",
    ].map { (architecture: String) in .arch(on: architecture, "the package's architecture holds '") }

    static let syntax: [HostileSample] = [
        .arch("no line in .PKGINFO", .malformed, "pkgname is missing", info: []),
        .arch("nothing but a comment", .malformed, "pkgname is missing", info: [UInt8]("# pkgname = demo\n")),
        .arch("no name", .malformed, "pkgname is missing", info: [UInt8]("pkgver = 1-1\narch = any\n")),
        .arch("no version", .malformed, "pkgver is missing", info: [UInt8]("pkgname = a\narch = any\n")),
        .arch("no architecture", .malformed, "arch is missing", info: [UInt8]("pkgname = a\npkgver = 1-1\n")),
        .arch("a last line without end", .truncated, "its last line has no end", info: [UInt8]("pkgname = a\npkgver = 1-1")),
        .arch("a line without =", .malformed, "a line has no '='", lines: "depend libdemo"),
        .arch("a key with a blank", .malformed, "not a key", lines: "opt depend = libdemo"),
        .arch("a key with a dash", .malformed, "not a key", lines: "opt-depend = libdemo"),
        .arch("a key with a tab", .malformed, "not a key", lines: "depend\t= libdemo"),
        .arch("no key", .malformed, "not a key", lines: "= libdemo"),
        .arch("a key in brackets", .malformed, "not a key", lines: "[pkgdesc] = libdemo"),
        .arch("a carriage return", .malformed, "a control character", lines: "pkgdesc = a\r"),
        .arch("an escape", .malformed, "a control character", lines: "pkgdesc = \u{1B}[2J"),
        .arch("a NUL", .malformed, "a control character", lines: "pkgdesc = a\u{0}b"),
        .arch("a bell", .malformed, "a control character", lines: "packager = \u{7}"),
        .arch("a DEL", .malformed, "a control character", lines: "packager = \u{7F}"),
        .arch("Latin-1", .malformed, "it is not UTF-8", info: [UInt8]("pkgname = a\npkgdesc = caf") + [0xE9, 10]),
        .arch("an overlong slash", .malformed, "it is not UTF-8", info: [UInt8]("pkgname = a") + [0xC0, 0xAF, 10]),
        .arch("half a pair", .malformed, "it is not UTF-8", info: [UInt8]("pkgname = a") + [0xED, 0xA0, 0x80, 10]),
        .arch("UTF-16", .malformed, "it is not UTF-8", info: [0xFF, 0xFE, 0x70, 0, 10, 0]),
        .arch("a long line", .limit, "a line has more than", lines: "pkgdesc = " + String(repeating: "x", count: 70_000)),
        .arch("too long .PKGINFO", .limit, "more than 1048576 bytes", info: .init(repeating: 10, count: 1 << 20 | 1)),
        .arch("datahash", .unsupported, "a package of apk", lines: "datahash = \(String(repeating: "0", count: 64))"),
    ]

    static let fields = doubles + numbers + bases

    private static let doubles: [HostileSample] = [
        "pkgname = other", "pkgver = 2-1", "arch = any", "pkgbase = other", "pkgdesc = a\npkgdesc = b", "url = a\nurl = b",
        "packager = a\npackager = a",
    ].map { (lines: String) in .arch("twice: \(lines)", .ambiguous, "stands there twice", lines: lines) }

    private static let numbers: [HostileSample] = ["size", "builddate"].flatMap { (key: String) -> [HostileSample] in
        let odd = ["x", "-1", "1.5", "1e3", "0x10", "1 000", "١", "+1", "99999999999999999999", "1,0"]
        let samples: [HostileSample] = odd.map { (number: String) in
            .arch("\(key) \(number)", .malformed, "\(key) is not a number", lines: "\(key) = \(number)")
        }
        return samples + [
            .arch("\(key) 2^62", .limit, "\(key) is larger than", lines: "\(key) = \(1 << 62)"),
            .arch("\(key) twice", .ambiguous, "\(key) stands there twice", lines: "\(key) = 1\n\(key) = 1"),
        ]
    }

    private static let bases: [HostileSample] = ["-x", "a/b", "a b", "a%b", "é"].map { (base: String) in
        let text = "pkgname = a\npkgver = 1-1\narch = any\npkgbase = \(base)\n"
        return .arch("base \(base)", .malformed, "the name of its base", info: [UInt8](text))
    }

    static let relations =
        faultyRelations + [
            HostileSample.arch("an exclamation", .malformed, "no version behind", lines: "depend = !a<"),
            .arch("==", .malformed, "unknown comparison", lines: "depend = a==1"),
            .arch("<>", .malformed, "unknown comparison", lines: "depend = a<>1"),
            .arch("a blank in a version", .malformed, "holds a blank", lines: "depend = a>=1 2"),
            .arch("nothing but a sign", .malformed, "has no name", lines: "conflict = >="),
            .arch("many provides", .limit, "more than 16384 values", lines: String(repeating: "provides = a\n", count: 16_385)),
        ]

    private static let faultyRelations: [HostileSample] = [
        "depend", "provides", "conflict", "replaces", "makedepend", "checkdepend",
    ].flatMap { (key: String) -> [HostileSample] in
        let odd = [
            ("=1", "has no name"), ("a b", "holds a blank"), ("a>=", "no version behind"), ("a=>1", "unknown comparison"),
            ("a>=1=2", "two comparisons"),
        ]
        return odd.map { (value: String, words: String) in
            .arch("\(key) \(value)", .malformed, words, lines: "\(key) = \(value)")
        }
    }
}
