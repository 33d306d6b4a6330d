import Testing

@testable import Formats

@Suite struct ComparableVersionTests {
    /// -1, 0 or 1 by the keys, the texts at their ends aside.
    private static func order(_ a: String, _ b: String) -> Int {
        let one = ComparableVersion(a).sortKey.dropLast(a.utf8.count + 1)
        let other = ComparableVersion(b).sortKey.dropLast(b.utf8.count + 1)
        return one == other ? 0 : one.lexicographicallyPrecedes(other) ? -1 : 1
    }

    /// Whether Maven's comparison may go in circles with such a version: it begins with a word, a list of it begins with a list, or a word is
    /// anything but the first of its list, with nothing or a list behind it.
    private static func isOdd(_ version: String) -> Bool {
        func isOdd(_ items: [ComparableVersion.Item], isOuter: Bool) -> Bool {
            for (position, item) in items.enumerated() {
                switch item {
                case .number: break
                case .word:
                    if isOuter || position > 0 { return true }
                    if items.count > 1, case .list = items[1] { break }
                    if items.count > 1 { return true }
                case .list(let inner): if (position == 0 && !isOuter) || isOdd(inner, isOuter: false) { return true }
                }
            }
            return false
        }
        return isOdd(ComparableVersion(version).items, isOuter: true)
    }

    private static let table: [(a: String, sign: Int, b: String)] = ComparableVersionTable.pairs
        .split { $0 == " " || $0 == "\n" }
        .compactMap { pair in
            guard let at = pair.firstIndex(where: { "<=>".contains($0) }) else { return nil }
            return (String(pair[..<at]), pair[at] == "<" ? -1 : pair[at] == ">" ? 1 : 0, String(pair[at...].dropFirst()))
        }

    @Test func `two versions compare as Maven itself compares them`() {
        #expect(Self.table.count > 300)
        for (a, sign, b) in Self.table {
            #expect(ComparableVersion(a).compared(to: ComparableVersion(b)) == sign, "\(a) and \(b)")
            #expect(ComparableVersion(b).compared(to: ComparableVersion(a)) == -sign, "\(b) and \(a)")
        }
    }

    @Test func `keys are in Maven's order wherever that is one`() {
        var sane = 0
        for (a, sign, b) in Self.table where !Self.isOdd(a) && !Self.isOdd(b) {
            sane += 1
            #expect(Self.order(a, b) == sign, "\(a) and \(b)")
        }
        #expect(sane > 150)
    }

    @Test func `versions ascend as people expect it`() {
        let ascending = [
            "1-alpha", "1-alpha-1", "1-alpha2", "1.0-alpha-10", "1-beta", "1.0-b2", "1.0.0-M1", "1.0-milestone-2", "1.0-rc1",
            "1.0-CR2",
            "1.0-SNAPSHOT", "1.0", "1.0-sp", "1.0-SP1", "1.0-android", "1.0-jre", "1-1", "1-2", "1-10", "1.0.1-SNAPSHOT", "1.0.1",
            "1.1.1", "1.2.0-beta-1", "1.9", "1.10.0", "2.0.0-SNAPSHOT", "2.0.0", "20040616", "99999999999999999999",
        ]
        for (position, version) in ascending.enumerated() {
            for later in ascending[(position + 1)...] {
                #expect(ComparableVersion(version) < ComparableVersion(later), "\(version) and \(later)")
                #expect(ComparableVersion(version).compared(to: ComparableVersion(later)) == -1, "\(version) and \(later)")
                let keys = (ComparableVersion(version).descendingKey, ComparableVersion(later).descendingKey)
                #expect(keys.1.lexicographicallyPrecedes(keys.0), "\(version) and \(later)")
            }
        }
    }

    @Test(arguments: [
        ["1", "1.0", "1.0.0", "1-0", "1.ga", "1.0.Final", "1-final", "1.RELEASE", "1.0-GA", "01", "1-"],
        ["1-rc1", "1.0-CR1", "1-rc-1"],
        ["1-alpha-1", "1a1", "1.0-ALPHA1", "1-a1"], ["1-SNAPSHOT", "1.0-snapshot"],
    ]) func `spellings of one version are equal to Maven, and each has a key`(versions: [String]) {
        for version in versions {
            #expect(ComparableVersion(version).compared(to: ComparableVersion(versions[0])) == 0, "\(version)")
            #expect(Self.order(version, versions[0]) == 0, "\(version)")
        }
        #expect(Set(versions.map { ComparableVersion($0).sortKey }).count == versions.count)
    }

    @Test func `random versions have keys in the order of the comparison, and no key begins another`() {
        var numbers = SeededNumbers(seed: 11)
        let pieces = [
            "0", "1", "2", "10", "00", "4294967296", "alpha", "a", "b", "m", "rc", "sp", "final", "foo", "SNAPSHOT", "x",
        ]
        func version() -> String {
            var text = pieces.prefix(6).randomElement(using: &numbers) ?? ""
            for _ in 0..<Int.random(in: 0...5, using: &numbers) {
                text += [".", "-", ""].randomElement(using: &numbers) ?? ""
                text += pieces.randomElement(using: &numbers) ?? ""
            }
            return text
        }
        var sane = 0
        for _ in 0..<20_000 {
            let a = version(), b = version()
            let keys = (ComparableVersion(a).sortKey, ComparableVersion(b).sortKey)
            if a != b { #expect(!keys.0.starts(with: keys.1) && !keys.1.starts(with: keys.0), "\(a) and \(b)") }
            guard !Self.isOdd(a), !Self.isOdd(b) else { continue }
            sane += 1
            #expect(Self.order(a, b) == ComparableVersion(a).compared(to: ComparableVersion(b)), "\(a) and \(b)")
        }
        #expect(sane > 5_000)
    }

    @Test func `where Maven goes in circles, keys do not`() {
        let circle = ["1-alpha", "1", "1.sp.1"]
        #expect(ComparableVersion("1.sp.1").compared(to: ComparableVersion("1-alpha")) == -1)
        for (a, b) in zip(circle, circle.dropFirst()) {
            #expect(ComparableVersion(a).compared(to: ComparableVersion(b)) == -1)
            #expect(ComparableVersion(a) < ComparableVersion(b))
        }
        #expect(ComparableVersion("1-alpha") < ComparableVersion("1.sp.1"))
    }
}
