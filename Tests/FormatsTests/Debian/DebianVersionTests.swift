import Foundation
import Testing

@testable import Formats
@testable import Kit

@Suite struct DebianVersionTests {
    static func parsed(_ text: String) throws -> DebianVersion { try DebianVersion([UInt8](text)) }

    /// Each is smaller than the next.
    static let ascending = [
        "0", "1.0~~", "1.0~~a", "1.0~", "1.0~rc1", "1.0~rc1-1", "1.0-0~1", "1.0", "1.0-0.1", "1.0-1~bpo12+1", "1.0-1", "1.0-1a",
        "1.0-1+b1", "1.0-2", "1.0-10", "1.0a", "1.0b", "1.0+dfsg", "1.0+dfsg-1", "1.0-1-1", "1.0.1", "1.1", "1.1a~", "1.1aa",
        "1.9",
        "1.10", "2", "10", "20240101", "123456789012345678901234567890", "999999999999999999999999999999",
        "1000000000000000000000000000000", "1:0", "1:1.0~rc1", "1:1.0", "2:0", "10:0", "2147483647:0",
    ]

    @Test func `versions are ordered, and their keys with them`() throws {
        let versions = try Self.ascending.map(Self.parsed)
        for i in versions.indices {
            for j in versions.indices {
                let expected = (i < j ? -1 : i > j ? 1 : 0)
                #expect(versions[i].compared(to: versions[j]).signum() == expected, "\(Self.ascending[i]) \(Self.ascending[j])")
                #expect(
                    Self.order(versions[i].sortKey, versions[j].sortKey) == expected, "\(Self.ascending[i]) \(Self.ascending[j])")
            }
        }
    }

    @Test(arguments: [
        ("1.0", "0:1.0"), ("1.0", "1.0-0"), ("1.0", "1.00"), ("1.0", "1."), ("1a", "1a0"), ("01", "1"), ("1.0-1", "1.0-01"),
        ("3:1-1", "03:1-1"), ("1.0-0", "00:1.000-000"), ("1-2-0", "1-2-00"), ("0:1:2", "0:01:2"),
    ])
    func `different spellings of one version are one version`(a: String, b: String) throws {
        let (x, y) = (try Self.parsed(a), try Self.parsed(b))
        #expect(x == y)
        #expect(x.sortKey == y.sortKey)
        #expect(x.canonical == y.canonical)
        #expect(Set([x, y]).count == 1)
    }

    @Test(arguments: [
        ("1:2.0-3", "1:2.0-3", "2.0-3"), ("0:1.0", "1.0", "1.0"), ("1.00-0", "1.0", "1.00-0"), ("1-2-0", "1-2-0", "1-2-0"),
        ("0:1:2", "0:1:2", "1:2"), ("1.0a0b0-00", "1.0a0b", "1.0a0b0-00"), ("0", "0", "0"), ("1.-1", "1.0-1", "1.-1"),
        ("0001:1", "1:1", "1"),
    ])
    func `the normal form keeps what matters and the file's form leaves out the epoch`(
        text: String, normal: String, file: String
    ) throws {
        let version = try Self.parsed(text)
        #expect(version.canonical == normal)
        #expect(version.withoutEpoch.text == file)
        #expect(DebianVersion(version.canonical) == version)
    }

    @Test(arguments: [
        "", ":", ":1", "1:", "a:1", "-1:1", "1 0", "1_0", "1-", "1/2", "abc", "~1", ".1", "-1", "1:-1", "1-1:1-a_b", "1\n",
        "1\u{e9}",
        "2147483648:1", "99999999999999999999999:1", "1-1/../x",
    ])
    func `what dpkg refuses as a version is refused`(text: String) {
        #expect(throws: Refusal.self) { try Self.parsed(text) }
    }

    static let dpkg = "/usr/bin/dpkg"

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: dpkg), "dpkg is not installed"))
    func `dpkg orders random versions the same way`() throws {
        var numbers = SeededNumbers(seed: 13)
        let alphabet = ["0", "1", "9", "00", "10", "a", "Z", "b", "~", "~", "+", ".", "-", "rc"]
        func random() -> String {
            let epoch = Int.random(in: 0..<6, using: &numbers) == 0 ? "\(Int.random(in: 0...2, using: &numbers)):" : ""
            let rest = (0..<Int.random(in: 0...6, using: &numbers)).compactMap { _ in alphabet.randomElement(using: &numbers) }
            return epoch + "\(Int.random(in: 0...2, using: &numbers))" + rest.joined()
        }
        func mutated(_ text: String) -> String {
            var parts = text.map(String.init)
            let place = Int.random(in: 1...parts.count, using: &numbers)
            parts.insert(alphabet.randomElement(using: &numbers) ?? "", at: place)
            return parts.joined()
        }
        var pairs: [(String, String)] = []
        while pairs.count < 600 {
            let a = random(), b = pairs.count % 2 == 0 ? random() : mutated(a)
            guard let x = try? Self.parsed(a), let y = try? Self.parsed(b) else { continue }
            #expect(Self.order(x.sortKey, y.sortKey) == x.compared(to: y).signum(), "\(a) \(b)")
            #expect((x.canonical == y.canonical) == (x == y), "\(a) \(b)")
            pairs.append((a, b))
        }
        // One shell asks dpkg about all of them: a process for each would take most of the test's time.
        let script = pairs.map { a, b in
            "if dpkg --compare-versions '\(a)' lt '\(b)'; then echo -1;"
                + " elif dpkg --compare-versions '\(a)' gt '\(b)'; then echo 1; else echo 0; fi"
        }
        let process = Process(), pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", script.joined(separator: "\n")]
        process.standardOutput = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let answers = output.split(separator: "\n").compactMap { Int($0) }
        try #require(answers.count == pairs.count)
        for ((a, b), answer) in zip(pairs, answers) {
            #expect(try Self.parsed(a).compared(to: Self.parsed(b)).signum() == answer, "\(a) \(b)")
        }
    }

    static func order(_ a: [UInt8], _ b: [UInt8]) -> Int {
        a == b ? 0 : a.lexicographicallyPrecedes(b) ? -1 : 1
    }
}
