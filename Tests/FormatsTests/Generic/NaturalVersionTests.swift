import Testing

@testable import Formats
@testable import Kit

@Suite struct NaturalVersionTests {
    @Test func `versions ascend as people and Semantic Versioning have it`() {
        let ascending = [
            "build", "build-9", "build-10", "Build-10.1", "main", "nightly-2024-01-15", "nightly-2024-02-01",
            "release-1.0-rc1",
            "release-1.0", "release-1.0.1", "", "-", "0", "0.0.1", "0.9", "0.10",
            "1.0a1", "1.0b1", "1.0b2", "1.0-beta", "1.0~rc1", "1.0rc9", "1.0-RC10", "1.0.0-1", "1.0.0-2", "1.0.0-10",
            "1.0.0-alpha",
            "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-rc.1", "1.0.0-rc.2", "1.0.0-rc.10", "1.0.0-rc10", "1.0.0-rc9",
            "1", "1.0", "1.0.0", "v1", "v1.0.0", "1.0.0+9", "1.0.0+10", "1.0-1", "1.0-2", "1.0-10", "1.0.post1", "1.0.1",
            "1.1.1", "1.1.1a", "1.1.1w", "1.1.1.1", "1.2", "1.9.0", "1.10.0", "2.0.0-rc.1", "2.0.0", "9a", "9e", "10",
            "2024-01-15", "2024-2-1",
            "2024-02-15", "2024.01.15", "2024.10.1", "18446744073709551616", "100000000000000000000000",
        ]
        for (position, version) in ascending.enumerated() {
            for later in ascending[(position + 1)...] {
                #expect(NaturalVersion(version) < NaturalVersion(later), "\(version) and \(later)")
                #expect(!(NaturalVersion(later) < NaturalVersion(version)), "\(version) and \(later)")
            }
        }
    }

    @Test(arguments: [
        "2.0.0-rc.1", "1.0.0-1", "v1.0.0-x", "1.0-rc1", "1.0rc1", "1.0~rc1", "1.0~git1", "1.0a1", "1.0.b2", "5.0.0.M1",
        "1.0-SNAPSHOT", "1.0.dev3",
        "nightly", "nightly-2024-01-15", "edge", "beta-3", "release-1.0-rc1", "1.0-Pre.2", "1.0.0.ALPHA",
    ])
    func `prereleases are known`(version: String) { #expect(NaturalVersion(version).isPrerelease) }

    @Test(arguments: [
        "1", "1.0", "1.0.0", "v1.0.0", "1.0.0+rc.1", "1.0+dev", "1.0-1", "1.1.1a", "9e", "2024-01-15", "build-10", "main",
        "release-1.0",
        "8u292-b10", "1.0.post1", "1.0.Final", "", "arc-1.0", "prefix", "1.0-recent", "1.0.a",
    ])
    func `releases are known`(version: String) { #expect(!NaturalVersion(version).isPrerelease) }

    @Test func `the newest is a release where there is one`() {
        func newest(_ versions: String...) -> String? { NaturalVersion.newest(of: versions.map { NaturalVersion($0) })?.text }
        #expect(newest("1.0.0", "1.1.0", "2.0.0-rc.1") == "1.1.0")
        #expect(newest("2.0.0-rc.1", "2.0.0-rc.2", "2.0.0-beta") == "2.0.0-rc.2")
        #expect(newest("nightly", "main", "1.0") == "1.0")
        #expect(newest("1.9", "1.10", "1.10~1") == "1.10")
        #expect(newest("nightly") == "nightly")
        #expect(newest() == nil)
    }

    // MARK: Against the definition

    private static let pieces = [
        "0", "1", "2", "9", "10", "01", "00", "99999999999999999999", ".", ".", ".", "-", "-", "+", "~", "_", "a", "b", "rc",
        "RC", "alpha", "beta", "dev",
        "v", "V", "x", "w", "M", "release", "é", "1.0", "1.0.0", "1.0.0-", "0.0",
    ]

    private static func odd(_ numbers: inout SeededNumbers) -> String {
        (0..<Int.random(in: 0...7, using: &numbers)).map { _ in pieces.randomElement(using: &numbers)! }.joined()
    }

    @Test func `the order of keys is the one that is defined`() {
        var numbers = SeededNumbers(seed: 1)
        var orders: [Int: Int] = [:]
        for _ in 0..<20_000 {
            let a = Self.odd(&numbers), b = Self.odd(&numbers)
            let left = NaturalVersion(a), right = NaturalVersion(b)
            let expected = Plain(a).compared(to: Plain(b))
            let found = left.sortKey == right.sortKey ? 0 : left.sortKey.lexicographicallyPrecedes(right.sortKey) ? -1 : 1
            #expect(found == expected, "\(a) and \(b)")
            #expect((left < right) == (found < 0) && (right < left) == (found > 0))
            orders[found, default: 0] += 1
        }
        #expect(orders[-1, default: 0] > 5_000 && orders[1, default: 0] > 5_000 && orders[0, default: 0] > 0)
    }

    @Test func `the order is transitive, and no key begins another`() {
        var numbers = SeededNumbers(seed: 2)
        for _ in 0..<20_000 {
            let versions = (0..<3).map { _ in Plain(Self.odd(&numbers)) }
            let (a, b, c) = (versions[0], versions[1], versions[2])
            if a.compared(to: b) <= 0, b.compared(to: c) <= 0 {
                #expect(a.compared(to: c) <= 0, "\(a.text), \(b.text), \(c.text)")
            }
            #expect(a.compared(to: b) == -b.compared(to: a), "\(a.text) and \(b.text)")
            if a.text != b.text {
                #expect(
                    !NaturalVersion(a.text).sortKey.starts(with: NaturalVersion(b.text).sortKey), "\(b.text) begins \(a.text)")
            }
        }
    }

    @Test func `versions that Semantic Versioning knows are in its order`() throws {
        var numbers = SeededNumbers(seed: 3)
        let words = ["1", "2", "10", "a", "B", "rc", "rc1", "rc10", "rc9", "alpha", "x-1", "0", "-"]
        func version() -> String {
            let core = (0..<3).map { _ in ["0", "1", "2", "10"].randomElement(using: &numbers)! }.joined(separator: ".")
            let rest = (0..<Int.random(in: 0...3, using: &numbers)).map { _ in words.randomElement(using: &numbers)! }
            return rest.isEmpty ? core : core + "-" + rest.joined(separator: ".")
        }
        for _ in 0..<20_000 {
            let a = version(), b = version()
            let left = try #require(SemanticVersion(a)), right = try #require(SemanticVersion(b))
            #expect(
                (NaturalVersion(a) < NaturalVersion(b)) == left.sortKey.lexicographicallyPrecedes(right.sortKey), "\(a) and \(b)")
            #expect(NaturalVersion(a).isPrerelease == !left.prerelease.isEmpty)
        }
    }

    @Test func `numbers of any length are compared`() {
        for count in [1, 20, 254, 255, 256, 509, 510, 511, 5_000] {
            let nines = String(repeating: "9", count: count), next = "1" + String(repeating: "0", count: count)
            #expect(NaturalVersion(nines) < NaturalVersion(next))
            #expect(NaturalVersion("x-" + nines + ".5") < NaturalVersion("x-" + next))
            #expect(NaturalVersion("1-x" + nines + "a") < NaturalVersion("1-x" + next))
        }
    }
}

/// The order as its documentation puts it, step by step and without keys.
private struct Plain {
    enum Token: Equatable {
        case number(String)
        case word(String)
    }

    var text: String
    var lead: [Token]
    var numbers: [String]
    var suffix: [Token]
    var build: [Token]
    var isSemantic: Bool

    init(_ text: String) {
        self.text = text
        let halves = text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
        let body = halves[0]
        build = halves.count > 1 ? Self.tokens(halves[1]) : []
        let words = body.prefix { !$0.isASCIIDigit }
        lead = Self.tokens(words)
        if lead == [.word("v")] { lead = [] }
        var rest = body.dropFirst(words.count)
        numbers = []
        while rest.first?.isASCIIDigit == true {
            let digits = rest.prefix { $0.isASCIIDigit }
            numbers.append(Self.significant(digits))
            rest = rest.dropFirst(digits.count)
            guard rest.first == ".", rest.dropFirst().first?.isASCIIDigit == true else { break }
            rest = rest.dropFirst()
        }
        let count = numbers.count
        while numbers.last == "" { numbers.removeLast() }
        suffix = Self.tokens(rest)
        isSemantic = count == 3 && lead.isEmpty && SemanticVersion(text) != nil
        if isSemantic {
            suffix = rest.dropFirst().split(separator: ".").map { part in
                part.allSatisfy(\.isASCIIDigit) ? .number(Self.significant(part)) : .word(String(part))
            }
        }
    }

    static func significant(_ digits: Substring) -> String { String(digits.drop { $0 == "0" }) }

    static func tokens(_ text: Substring) -> [Token] {
        var tokens: [Token] = []
        var rest = text
        while let first = rest.first {
            func run(_ test: (Character) -> Bool) -> Substring {
                let run = rest.prefix(while: test)
                rest = rest.dropFirst(run.count)
                return run
            }
            if first.isASCIIDigit {
                tokens.append(.number(significant(run(\.isASCIIDigit))))
            } else if first.isLetter {
                tokens.append(.word(run(\.isLetter).lowercased()))
            } else {
                rest = rest.dropFirst()
            }
        }
        return tokens
    }

    /// 1 before, 2 is, 3 behind the version that its numbers name.
    var stage: Int { NaturalVersion(text).isPrerelease ? 1 : suffix.isEmpty ? 2 : 3 }

    func compared(to other: Plain) -> Int {
        let isBare = lead.isEmpty ? 1 : 0, isOtherBare = other.lead.isEmpty ? 1 : 0
        if isBare != isOtherBare { return isBare < isOtherBare ? -1 : 1 }
        let isKnown = isSemantic && stage == 1 ? 1 : 0, isOtherKnown = other.isSemantic && other.stage == 1 ? 1 : 0
        let steps: [() -> Int] = [
            { Self.order(lead, other.lead) },
            { Self.order(numbers.map(Token.number), other.numbers.map(Token.number)) },
            { stage - other.stage },
            { isKnown - isOtherKnown },
            { Self.order(suffix, other.suffix) },
            { Self.order(build, other.build) },
            { Self.order(text, other.text) },
        ]
        for step in steps {
            let order = step()
            if order != 0 { return order < 0 ? -1 : 1 }
        }
        return 0
    }

    private static func order(_ a: [Token], _ b: [Token]) -> Int {
        for (left, right) in zip(a, b) {
            let order =
                switch (left, right) {
                case (.number, .word): -1
                case (.word, .number): 1
                case (.number(let l), .number(let r)):
                    l.utf8.count != r.utf8.count ? l.utf8.count - r.utf8.count : Self.order(l, r)
                case (.word(let l), .word(let r)): Self.order(l, r)
                }
            if order != 0 { return order }
        }
        return a.count - b.count
    }

    private static func order(_ a: String, _ b: String) -> Int {
        a.utf8.lexicographicallyPrecedes(b.utf8) ? -1 : b.utf8.lexicographicallyPrecedes(a.utf8) ? 1 : 0
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
