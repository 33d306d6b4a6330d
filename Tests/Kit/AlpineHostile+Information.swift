internal import Formats

extension AlpineHostile {
    static let names: [HostileSample] =
        oddNames + oddArchitectures + [
            .apk(named: "a b", "the package's name holds ' '"), .apk(named: "dém", "a character that a name cannot have"),
            .apk(named: "é", "a character that a name cannot have"), .apk(named: "", "pkgname is missing or empty"),
            .apk(named: " ", "pkgname is missing or empty"), .apk(on: "", "arch is missing or empty"),
            .apk(on: "é", "architecture holds a character"), .apk(on: "-x", "architecture begins with '-'"),
            .apk(on: "..", "architecture begins with '.'"), .apk(on: String(repeating: "x", count: 65), "more than 64 bytes"),
            .apk(named: String(repeating: "a", count: 300), "longer than a file name may be", for: .limit),
        ]

    private static let oddNames: [HostileSample] = [
        "-demo", ".demo", "..", "../demo", "+a", "a/b", "a:b", "a*", "a?", "a#b", "a%2fb", "a&b", "a;b", "a$b", "a|b", "a<b",
        "a@b",
        "a\"b", "a\\b", "a,b", "a[b", "a~b", "!a",
    ].map { (name: String) in
        let isFirst = ["-", ".", "+", "!"].contains { name.hasPrefix($0) }
        return .apk(named: name, "the package's name \(isFirst ? "begins with" : "holds '")")
    }

    private static let oddArchitectures: [HostileSample] = ["x86/64", "../x", "x 64", "any!", "a%62", "a:b", "x+y"].map {
        (architecture: String) in
        .apk(on: architecture, "the package's architecture \(architecture.hasPrefix(".") ? "holds '/" : "holds '")")
    }

    static let versions: [HostileSample] =
        faultyVersions + [
            .apk(version: "", "pkgver is missing or empty"), .apk(version: "1.é", "a dot without a number"),
            .apk(version: "1é", "a character that a version cannot have"),
            .apk(version: String(repeating: "1", count: 30), "a number of more than 19 digits"),
            .apk(version: "1." + String(repeating: "9", count: 20), "a number of more than 19 digits"),
            .apk(version: "1" + String(repeating: ".1", count: 120), "more than 200 bytes"),
        ]

    private static let faultyVersions: [HostileSample] = [
        ("a", "begins without a number"), (".1", "begins without a number"), ("-r1", "begins without a number"),
        ("v1.0", "begins without a number"), ("_p1", "begins without a number"), ("1.", "a dot without a number"),
        ("1..2", "a dot without a number"), ("1.a", "a dot without a number"), ("1ab", "a letter where none belongs"),
        ("1a.2", "a dot where none belongs"), ("1a1", "a number where none belongs"), ("1.0_foo", "the unknown suffix '_foo'"),
        ("1.0_", "the unknown suffix '_'"), ("1.0_ALPHA", "the unknown suffix '_'"), ("1.0_p1.2", "a dot where none belongs"),
        ("1.0_p1a", "a letter where none belongs"), ("1.0~", "without a hash"), ("1.0~xyz", "without a hash"),
        ("1.0~ab~cd", "a '~' where none belongs"), ("1.0~ab_p1", "a '_' where none belongs"), ("1.0-1", "not part of a revision"),
        ("1.0-", "not part of a revision"), ("1.0-r", "a revision without its number"),
        ("1.0-rx", "a revision without its number"),
        ("1.0-r1-r2", "not part of a revision"), ("1.0-r1.2", "a dot where none belongs"),
        ("1.0-r1_p1", "a '_' where none belongs"),
        ("1.0-r1~ab", "a '~' where none belongs"), ("1:1.0-r0", "holds ':'"), ("1.0+1-r0", "holds '+'"), ("1.0A", "holds 'A'"),
        ("1/2", "holds '/'"), ("1/../2", "holds '/'"), ("1 0", "holds ' '"), ("1%2f", "holds '%'"), ("1.0^1", "holds '^'"),
    ].map { (version: String, words: String) in .apk(version: version, words) }

    static let syntax: [HostileSample] = [
        .apk("no name", .malformed, "pkgname is missing", info: [UInt8]("pkgver = 1\narch = x86\n")),
        .apk("no version", .malformed, "pkgver is missing", info: [UInt8]("pkgname = a\narch = x86\n")),
        .apk("no architecture", .malformed, "arch is missing", info: [UInt8]("pkgname = a\npkgver = 1\n")),
        .apk("nothing but datahash", .malformed, "pkgname is missing", info: []),
        .apk("a second name in a description", .ambiguous, "pkgname stands there twice", lines: "pkgdesc = a\n  b\npkgname = c"),
        .apk("no blanks around =", .ambiguous, "not written as 'KEY = VALUE'", lines: "depend=a"),
        .apk("no blank behind =", .ambiguous, "not written as 'KEY = VALUE'", lines: "depend =a"),
        .apk("two blanks before =", .ambiguous, "not written as 'KEY = VALUE'", lines: "depend  = a"),
        .apk("a carriage return", .malformed, "a control character", lines: "pkgdesc = a\r"),
        .apk("a NUL, which stands for an architecture", .malformed, "a control character", lines: "pkgdesc = \u{0}"),
        .apk("an escape", .malformed, "a control character", lines: "maintainer = \u{1B}[2J"),
        .apk("a DEL", .malformed, "a control character", lines: "license = \u{7F}"),
        .apk("Latin-1", .malformed, "it is not UTF-8", info: [UInt8]("pkgname = a\npkgdesc = caf") + [0xE9, 10]),
        .apk("an overlong slash", .malformed, "it is not UTF-8", info: [UInt8]("pkgname = a") + [0xC0, 0xAF, 10]),
        .apk("half a pair", .malformed, "it is not UTF-8", info: [UInt8]("url = a") + [0xED, 0xA0, 0x80, 10]),
        .apk("a long line", .limit, "a line has more than", lines: "depend = " + String(repeating: "x", count: 70_000)),
        .apk("a long .PKGINFO", .limit, "more than 1048576 bytes", info: .init(repeating: 10, count: 1 << 20)),
        .apk("a long description", .limit, "apk's 2048 bytes", lines: "pkgdesc = " + String(repeating: "x", count: 2_000)),
        .apk("a long address and licence", .limit, "apk's 2048 bytes", lines: "url = \(long)\nlicense = \(long)"),
    ]

    private static let long = String(repeating: "x", count: 1_000)

    static let fields: [HostileSample] = doubles + numbers + hashes

    private static let doubles: [HostileSample] = [
        "pkgname = other", "pkgver = 2", "arch = noarch", "size = 1", "pkgdesc = a\npkgdesc = a", "url = a\nurl = b",
        "license = a\nlicense = b", "origin = a\norigin = b", "maintainer = a\nmaintainer = b", "commit = a\ncommit = b",
        "builddate = 1\nbuilddate = 2", "provider_priority = 1\nprovider_priority = 2", "datahash = 00",
    ].map { (lines: String) in .apk("twice: \(lines)", .ambiguous, "stands there twice", lines: lines) }

    private static let numbers: [HostileSample] = ["builddate", "provider_priority"].flatMap { (key: String) -> [HostileSample] in
        let odd: [HostileSample] = ["x", "-1", "1.5", "0x10", "1 000", "١", "99999999999999999999"].map { (number: String) in
            .apk("\(key) \(number)", .malformed, "\(key) is not a number", lines: "\(key) = \(number)")
        }
        return odd + [.apk("\(key) 2^62", .limit, "\(key) is larger than", lines: "\(key) = \(1 << 62)")]
    }

    private static let hashes: [HostileSample] = [
        "00", "x", String(repeating: "g", count: 64), String(repeating: "0", count: 63),
    ].map {
        (hash: String) in
        HostileSample("the datahash \(hash.prefix(8)) of \(hash.count)", .malformed, "not a SHA-256 in hexadecimal") {
            sound.changed { $0.datahash = hash }.bytes
        }
    }

    static let dependencies: [HostileSample] =
        ["depend", "provides", "install_if"].flatMap { (key: String) -> [HostileSample] in
            let odd = [
                ("=1", "has no name"), ("!", "has no name"), ("a=", "no version behind"), ("a<>=1", "unknown comparison"),
                ("a@edge", "names a tag"), ("a*b", "a character that a name cannot have"), ("a=1=2", "two comparisons"),
                ("a é", "a character that a name cannot have"), ("so:a;b", "a character that a name cannot have"),
            ]
            return odd.map { (value: String, words: String) in
                .apk("\(key) \(value)", .malformed, words, lines: "\(key) = \(value)")
            }
        } + [
            .apk("a dependency on no version", .malformed, "a version that apk does not know", lines: "depend = a>=1.x"),
            .apk(
                "a dependency on a version of pacman", .malformed, "a version that apk does not know", lines: "depend = a=1.0-1"),
            .apk(
                "many dependencies", .limit, "more than 100000 bytes",
                lines: String(repeating: "depend = so:libdemo.so.1\n", count: 7_000)),
        ]
}
