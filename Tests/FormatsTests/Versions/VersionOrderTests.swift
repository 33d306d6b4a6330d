import Testing

@testable import Formats

/// What holds for the versions of every package manager: one contract, and the keys that are in catalogs.
@Suite struct VersionOrderTests {
    /// An order, and of what its versions are made.
    struct Order: Sendable, CustomTestStringConvertible {
        var name: String
        var make: @Sendable (String) -> (any VersionOrder)?
        /// What versions begin with, and what follows.
        var heads: [String]
        var pieces: [String]
        var tails = [""]
        /// The order's own comparison, where it has one besides its keys.
        var compare: (@Sendable (String, String) -> Int)?
        var testDescription: String { name }

        init<Version: VersionOrder>(
            _ type: Version.Type, heads: [String], pieces: [String], tails: [String] = [""],
            compare: (@Sendable (String, String) -> Int)? = nil
        ) {
            name = "\(type)"
            make = { Version($0) }
            self.heads = heads
            self.pieces = pieces
            self.tails = tails
            self.compare = compare
        }

        func random(_ numbers: inout SeededNumbers) -> String {
            let count = Int.random(in: 0...4, using: &numbers)
            let middle = (0..<count).map { _ in pieces.randomElement(using: &numbers) ?? "" }.joined()
            return (heads.randomElement(using: &numbers) ?? "") + middle + (tails.randomElement(using: &numbers) ?? "")
        }
    }

    private static let numbers = ["0", "1", "2", "10", "00", "01", "20261128", "99999999999999999999"]
    private static let words = ["a", "b", "rc", "alpha", "git", "x"]
    private static let dotted = numbers.map { ".\($0)" }

    static let orders = [
        Order(
            SemanticVersion.self, heads: ["1", "v1", "1.0", "1.0.0", "0.1.10", "v2.0.0"],
            pieces: ["-0", "-1", "-rc", ".0", ".1", ".10", ".a", "-A", "+x", "+1", ".rc-1"]),
        Order(
            ComparableVersion.self, heads: ["1", "1.0", "1.0.0", "2", "10", "01"],
            pieces: dotted + ["-1", "-0", "-alpha", "-SNAPSHOT", "-ga", "-sp", "-x", "a1", ".Final", "-rc-1", "-", "."]),
        Order(
            ALPMVersion.self, heads: ["1", "a", "0", "0:1", "1:1", "01:1", "10"],
            pieces: dotted + words + ["_1", "..1", "_", "+a", "^1", "~1", "1"], tails: ["-1", "-01", "-1.1", "-2"]),
        Order(
            APKVersion.self, heads: ["0", "1", "01", "2", "10"],
            pieces: dotted + ["a", "b", "_alpha", "_beta1", "_rc01", "_p", "_git20261128", "_p0", "~1a", "~1ab"],
            tails: ["", "-r0", "-r1", "-r01", "-r10"]),
        Order(
            DebianVersion.self, heads: ["0", "1", "01", "0:1", "1:1", "10", "1:1:1"],
            pieces: dotted + words + ["~", "~rc1", "+", "+dfsg", "-1", "-", "0", "a0", "."],
            tails: ["", "-0", "-1", "-01", "-1~b"],
            compare: { one, other in
                guard let one = DebianVersion(one), let other = DebianVersion(other) else { return 0 }
                return one.compared(to: other)
            }),
        Order(
            NaturalVersion.self, heads: ["", "1", "v1", "1.0.0", "release-", "build-10", "1.1"],
            pieces: dotted + words + ["-", "-rc.1", "-RC.1", "+1", "+b", "~1", "_", " "]),
        Order(
            PEP440.self, heads: ["0", "1", "1.0", "v1", "0!1", "1!1", "2026.11.28"],
            pieces: dotted + ["a1", "b", "-rc.2", ".post1", "-1", ".dev0", ".dev3", "+ubuntu.1", "+1", ".abc"]),
        Order(
            RPMVersion.self, heads: ["0", "1", "a", "0:1", "1:1", "01:1", "~", "^1"],
            pieces: dotted + words + ["~", "^", "_1", "..", "+a", "1"], tails: ["", "-1", "-01", "-1.el9", "-10", "-1~x"],
            compare: { one, other in
                // Epoch and release aside, as rpm's own comparison of two texts.
                func version(_ text: String) -> String {
                    let rest = text.split(separator: ":", omittingEmptySubsequences: false).last ?? ""
                    return String(rest.split(separator: "-", omittingEmptySubsequences: false).first ?? "")
                }
                return RPMVersion.compare(version(one), version(other))
            }),
        Order(
            GoVersion.self, heads: ["v0", "v1", "v1.2", "v1.2.3", "v0.0.0", "v10.0.0"],
            pieces: [
                "-0", "-rc", ".0", ".1", ".10", ".a", "-a", "+incompatible", "+x", ".rc-1", "-0.20261128120000-abcdefabcdef",
            ]),
    ]

    /// Versions of an order, in all the spellings that come by chance, with their keys.
    private static func versions(of order: Order, _ count: Int) throws -> [(text: String, version: any VersionOrder)] {
        var numbers = SeededNumbers(seed: 10)
        var found: [String: any VersionOrder] = [:]
        var tries = 0
        while found.count < count {
            tries += 1
            try #require(tries < 100 * count, "the order takes hardly any of its versions")
            let text = order.random(&numbers)
            if let version = order.make(text) { found[text] = version }
        }
        return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func sign(_ a: [UInt8], _ b: [UInt8]) -> Int { a == b ? 0 : a.lexicographicallyPrecedes(b) ? -1 : 1 }

    @Test(arguments: orders) func `equal keys are those of equal canonical forms, and no key begins another`(order: Order) throws
    {
        let versions = try Self.versions(of: order, 400)
        var texts: [[UInt8]: String] = [:]
        var keys: [String: [UInt8]] = [:]
        for (text, version) in versions {
            #expect(texts[version.sortKey] == nil || texts[version.sortKey] == version.canonical, "\(text)")
            #expect(keys[version.canonical] == nil || keys[version.canonical] == version.sortKey, "\(text)")
            texts[version.sortKey] = version.canonical
            keys[version.canonical] = version.sortKey
            let again = try #require(order.make(version.canonical), "\(text): \(version.canonical) is not a version")
            #expect(again.sortKey == version.sortKey && again.canonical == version.canonical, "\(text)")
            #expect(again.isPrerelease == version.isPrerelease, "\(text)")
        }
        // Whatever begins another one stands right before it.
        let sorted = texts.keys.sorted { $0.lexicographicallyPrecedes($1) }
        for (one, next) in zip(sorted, sorted.dropFirst()) {
            #expect(!next.starts(with: one), "\(texts[one] ?? "") begins \(texts[next] ?? "")")
        }
        #expect(sorted.count > 100 && sorted.first?.isEmpty == false)
    }

    @Test(arguments: orders) func `descending keys are in exactly the opposite order`(order: Order) throws {
        let versions = try Self.versions(of: order, 80).map(\.version)
        for one in versions {
            for other in versions {
                #expect(Self.sign(one.sortKey, other.sortKey) == -Self.sign(one.descendingKey, other.descendingKey))
            }
        }
    }

    @Test(arguments: orders.filter { $0.compare != nil }) func `keys are in the order of the comparison`(order: Order) throws {
        let compare = try #require(order.compare)
        // What stands beside the version that is compared is the same in all.
        let isWhole = order.name != "RPMVersion"
        let versions = try Self.versions(of: order, 150).filter { text, _ in
            isWhole || (!text.contains(":") && text.hasSuffix("-1"))
        }
        #expect(versions.count > 10)
        for (text, version) in versions {
            for (other, second) in versions {
                #expect(compare(text, other).signum() == Self.sign(version.sortKey, second.sortKey), "\(text) \(other)")
                #expect(compare(text, other).signum() == -compare(other, text).signum(), "\(text) \(other)")
            }
        }
    }

    /// Maven's comparison is not an order where words begin a list; these have none there.
    @Test func `keys of Maven's versions are in the order of Maven's comparison`() {
        var texts: [String] = []
        for numbers in ["1", "1.0", "1.1", "2", "10", "1.0.1", "01"] {
            for suffix in ["", "-alpha", "-alpha-2", "-rc-1", "-SNAPSHOT", "-sp", "-x", "-1", "-x-1", ".Final"] {
                texts.append(numbers + suffix)
            }
        }
        for one in texts.map({ ComparableVersion($0) }) {
            for other in texts.map({ ComparableVersion($0) }) {
                let order = one.compared(to: other)
                if order == 0 { continue }
                #expect(order.signum() == Self.sign(one.sortKey, other.sortKey), "\(one.text) \(other.text)")
            }
        }
    }

    // MARK: - The tools that rule the orders

    private static func check(_ rows: [[String]], _ make: (String) -> (any VersionOrder)?) throws {
        var last: [UInt8] = []
        for row in rows {
            let versions = try row.map { try #require(make($0), "\($0)") }
            #expect(Set(versions.map(\.sortKey)).count == 1 && Set(versions.map(\.canonical)).count == 1, "\(row)")
            #expect(last.lexicographicallyPrecedes(versions[0].sortKey), "\(row)")
            last = versions[0].sortKey
        }
    }

    @Test func `Debian's versions are in dpkg's order`() throws { try Self.check(ReferenceOrders.dpkg) { DebianVersion($0) } }

    @Test func `pacman's versions are in vercmp's order`() throws { try Self.check(ReferenceOrders.vercmp) { ALPMVersion($0) } }

    @Test func `RPM's versions are in rpm's order, those without a release first`() throws {
        try Self.check(ReferenceOrders.rpm) { RPMVersion($0) }
    }

    @Test func `only versions that clients pass over are prereleases`() throws {
        func early(_ order: String, _ text: String) throws -> Bool {
            try #require(Self.orders.first { $0.name == order }?.make(text)).isPrerelease
        }
        for (order, text) in [
            ("SemanticVersion", "1.0.0-rc.1"), ("PEP440", "1.0rc1"), ("PEP440", "1.dev1"), ("GoVersion", "v1.0.0-rc.1"),
            ("NaturalVersion", "1.0-beta"), ("ComparableVersion", "1.0-SNAPSHOT"),
        ] {
            #expect(try early(order, text), "\(order) \(text)")
        }
        for (order, text) in [
            ("SemanticVersion", "1.0.0+rc.1"), ("PEP440", "1.0.post1"), ("GoVersion", "v1.0.0"), ("NaturalVersion", "1.1.1w"),
            ("ComparableVersion", "1.0-rc-1"), ("DebianVersion", "1.0~rc1"), ("RPMVersion", "1.0~rc1-1"), ("APKVersion", "1_rc1"),
            ("ALPMVersion", "1rc1-1"),
        ] {
            #expect(try !early(order, text), "\(order) \(text)")
        }
    }

    // MARK: - Keys in catalogs

    @Test(arguments: StoredKeys.all) func `keys are what they have always been`(stored: StoredKeys.Key) throws {
        let key: [UInt8]?
        if stored.order == "MavenBuild" {
            let parts = stored.version.split(separator: "-")
            key = MavenBuild(stamp: String(parts[0]), number: try #require(Int(parts[1]))).descendingKey
        } else {
            let order = try #require(Self.orders.first { $0.name == stored.order })
            key = order.make(stored.text)?.sortKey
        }
        #expect(key.map(Hex.string) == stored.hex, "\(stored.order) \(stored.version)")
    }
}

/// The writer of keys.
@Suite struct SortKeyTests {
    @Test(arguments: [SortKey.NumberForm.steps, .stepsOf240, .byteOrEight]) func `numbers of any length are ordered by value`(
        form: SortKey.NumberForm
    ) {
        var keys: [[UInt8]] = []
        for length in [0, 1, 2, 239, 240, 241, 253, 254, 255, 256, 479, 480, 481, 510, 511, 765, 1_000] {
            for digit in length == 0 ? [UInt8(49)] : [49, 57] {
                keys.append(SortKey.of { $0.number([UInt8](repeating: digit, count: length), as: form) })
            }
        }
        for (one, next) in zip(keys, keys.dropFirst()) {
            #expect(one.lexicographicallyPrecedes(next) && !next.starts(with: one))
        }
    }

    @Test func `numbers of one size, words and ranks are ordered as they are`() {
        let keys = [
            SortKey.of { $0.number(UInt32(1)) }, SortKey.of { $0.number(UInt32(256)) },
            SortKey.of { $0.number(UInt32.max) },
        ]
        #expect(keys == [[0, 0, 0, 1], [0, 0, 1, 0], [255, 255, 255, 255]])
        #expect(SortKey.of { $0.number(UInt64(258)) } == [0, 0, 0, 0, 0, 0, 1, 2])
        let words = ["", "a", "a-b", "ab", "b"].map { word in
            SortKey.of { key in
                key.word(word)
                key.rank(255)
            }
        }
        #expect(words == words.sorted { $0.lexicographicallyPrecedes($1) })
        #expect(SortKey.descending([0, 1, 255]) == [255, 254, 0])
    }
}
