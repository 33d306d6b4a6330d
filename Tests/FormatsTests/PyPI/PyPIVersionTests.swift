import Foundation
import Testing

@testable import Formats
@testable import Kit

@Suite struct PyPIVersionTests {
    @Test(
        arguments: [
            ("1.0", "1.0", "1"), ("v1.0.0", "1.0.0", "1"), (" 1.0-ALPHA_1\n", "1.0a1", "1a1"), ("1.0-1", "1.0.post1", "1.post1"),
            ("1!02.30", "1!2.30", "1!2.30"), ("1.0c3", "1.0rc3", "1rc3"), ("1.0.preview", "1.0rc0", "1rc0"),
            ("1.0-r4", "1.0.post4", "1.post4"),
            ("1.0rev", "1.0.post0", "1.post0"), ("1.0.DEV", "1.0.dev0", "1.dev0"),
            ("1a1.post2.dev3+Ubuntu-01_b", "1a1.post2.dev3+ubuntu.1.b", nil),
            ("0", "0", "0"), ("0.0", "0.0", "0"), ("1.0a.", "1.0a0", "1a0"),
            ("20261121000000000000000000001", "20261121000000000000000000001", nil),
        ] as [(String, String, String?)])
    func `a version is read in every spelling and written in one`(text: String, normal: String, canonical: String?) {
        #expect(PEP440(text)?.normal == normal)
        #expect(PEP440(text)?.canonical == canonical ?? normal)
    }

    @Test(arguments: [
        "", " ", "v", "a", "1.0.", "1..0", "1.0+", "1.0+a..b", "1.0+a.", "1.0-x", "1.0 a", "2004d", "1.0a1b1", "1.0post1a1", "!1",
        "1!", "1.0+é",
        "١", "1.0\u{0}", "1.0dev1post1",
    ])
    func `what is not a version is not read`(text: String) {
        #expect(PEP440(text) == nil)
    }

    @Test func `a version of unbounded length is not read`() {
        #expect(PEP440(String(repeating: "9", count: PEP440.longest)) != nil)
        #expect(PEP440(String(repeating: "9", count: PEP440.longest + 1)) == nil)
        // Read, it would be `9…rc0`, which could not be read again.
        #expect(PEP440(String(repeating: "9", count: PEP440.longest - 1) + "c") == nil)
    }

    @Test func `sort keys rise as the specification orders versions`() throws {
        let rising = [
            "0", "0.9", "1.dev0", "1a1.dev1", "1a1", "1a1.post1.dev1", "1a1.post1", "1a2", "1a10", "1b1", "1rc1.dev2", "1rc1",
            "1",
            "1+a", "1+a.b", "1+a.1", "1+b", "1+0", "1+1", "1+1.a", "1+1.0", "1+10", "1.post1.dev1", "1.post1", "1.post1+x",
            "1.post10",
            "1.0.1", "1.1.dev1", "1.1", "1.9", "1.10", "1.10.0.1", "2", "10", "1!0.1", "10!0",
        ]
        let keys = try rising.map { try #require(PEP440($0)).sortKey }
        for (low, high) in zip(keys, keys.dropFirst()) { #expect(low.lexicographicallyPrecedes(high)) }
        for a in keys { #expect(keys.filter { $0.starts(with: a) } == [a]) }
    }

    @Test(arguments: [
        "", ">=3.8", ">= 3.8", ">=2.7, !=3.0.*, !=3.1.*", "~=3.5", "==3.*", "===foo", "<4,>=3.7.1,", " >3 ", "!=3.9.7",
        "<3.13.0a1", "==1.0+x",
        ">=3.8,,<4",
    ])
    func `specifiers that installers read are valid`(text: String) {
        #expect(PEP440Specifiers.isValid(text))
    }

    @Test(arguments: [
        "3.8", ">=3.6.*", "~=3", "~=3.5.*", "=>3", ">=", "===", "==3.*.1", ">=3.8+x", ">=3.8;", "!3", ">=3 <4", "==1.0a1.*x",
        "=3", ">='3.6'",
    ])
    func `specifiers that installers would trip over are not valid`(text: String) {
        #expect(!PEP440Specifiers.isValid(text))
    }
}

/// The judge is PyPA's own library, where `INDEXGEN_PYTHON` names an interpreter that has it.
@Suite(.enabled(if: PyPIOracle.interpreter != nil, "INDEXGEN_PYTHON names no interpreter with the package `packaging`"))
struct PyPIVersionParityTests {
    @Test func `thousands of versions are read, written and ordered as packaging does`() throws {
        var numbers = SeededNumbers(seed: 440)
        var texts = (0..<6_000).map { _ in Self.version(&numbers) }
        texts += texts.prefix(2_000).map { Self.mutated($0, &numbers) }
        // A line for each: nothing, or normal form, canonical form and rank among all.
        let answers = try PyPIOracle.lines(
            """
            from packaging.version import Version, InvalidVersion
            from packaging.utils import canonicalize_version
            def read(t):
                try: return Version(t)
                except InvalidVersion: return None
            vs = [read(t) for t in lines]
            rank = {v: i for i, v in enumerate(sorted({v for v in vs if v is not None}))}
            for v in vs: print('' if v is None else f'{v} {canonicalize_version(v)} {rank[v]}')
            """, texts)
        #expect(answers.count == texts.count)
        var valid = 0
        var ranked: [(rank: Int, key: [UInt8], text: String)] = []
        for (text, answer) in zip(texts, answers) {
            let version = PEP440(text)
            let parts = answer.split(separator: " ")
            #expect(version?.normal == parts.first.map(String.init), "\(text)")
            guard let version, parts.count == 3, let rank = Int(parts[2]) else { continue }
            valid += 1
            #expect(version.canonical == String(parts[1]), "\(text)")
            ranked.append((rank, version.sortKey, text))
        }
        #expect(valid > 3_000)
        ranked.sort { $0.rank < $1.rank }
        for (a, b) in zip(ranked, ranked.dropFirst()) {
            if a.rank == b.rank {
                #expect(a.key == b.key, "\(a.text) = \(b.text)")
            } else {
                #expect(a.key.lexicographicallyPrecedes(b.key), "\(a.text) < \(b.text)")
            }
        }
    }

    @Test func `thousands of specifiers are held valid as packaging does`() throws {
        var numbers = SeededNumbers(seed: 345)
        let texts = (0..<4_000).map { _ in
            (0..<Int.random(in: 1...3, using: &numbers)).map { _ in
                let clause =
                    ["==", "!=", "~=", "<", ">", "<=", ">=", "=", ""].randomElement(using: &numbers)! + ["", " "].randomElement(
                        using: &numbers)!
                    + Self.version(&numbers) + ["", "", ".*", " "].randomElement(using: &numbers)!
                return Int.random(in: 0..<8, using: &numbers) == 0 ? Self.mutated(clause, &numbers) : clause
            }.joined(separator: [",", ", ", ",,"].randomElement(using: &numbers)!)
        }
        let answers = try PyPIOracle.lines(
            """
            from packaging.specifiers import SpecifierSet, InvalidSpecifier
            for t in lines:
                try: SpecifierSet(t); print('yes')
                except InvalidSpecifier: print('no')
            """, texts)
        for (text, answer) in zip(texts, answers) { #expect(PEP440Specifiers.isValid(text) == (answer == "yes"), "\(text)") }
        #expect(answers.filter { $0 == "yes" }.count > 500)
    }

    private static func version(_ numbers: inout SeededNumbers) -> String {
        func pick(_ choices: [String], _ numbers: inout SeededNumbers) -> String { choices.randomElement(using: &numbers)! }
        func number(_ numbers: inout SeededNumbers) -> String {
            pick(["0", "1", "1", "2", "02", "10", "9", "20261121", ""], &numbers)
        }
        func separator(_ numbers: inout SeededNumbers) -> String { pick(["", "", ".", "-", "_"], &numbers) }
        var text = pick(["", "", "", "", "v", "V", " "], &numbers) + pick(["", "", "", "", "1!", "0!", "2!"], &numbers)
        text += (0..<Int.random(in: 1...4, using: &numbers)).map { _ in pick(["0", "0", "1", "2", "10", "01"], &numbers) }.joined(
            separator: ".")
        if Bool.random(using: &numbers) {
            text +=
                separator(&numbers) + pick(["a", "b", "c", "rc", "alpha", "BETA", "pre", "preview", "Rc"], &numbers)
                + separator(&numbers)
                + number(&numbers)
        }
        if Int.random(in: 0..<3, using: &numbers) == 0 {
            text += pick(
                [
                    "-1", "-07",
                    separator(&numbers) + pick(["post", "r", "rev", "POST"], &numbers) + separator(&numbers) + number(&numbers),
                ], &numbers)
        }
        if Int.random(in: 0..<3, using: &numbers) == 0 {
            text += separator(&numbers) + "dev" + separator(&numbers) + number(&numbers)
        }
        if Int.random(in: 0..<3, using: &numbers) == 0 {
            text +=
                "+"
                + (0..<Int.random(in: 1...3, using: &numbers)).map { _ in
                    pick(["a", "abc", "1", "01", "2", "10", "1a", "AB"], &numbers)
                }
                .joined(separator: pick([".", "-", "_"], &numbers))
        }
        return text
    }

    private static func mutated(_ text: String, _ numbers: inout SeededNumbers) -> String {
        var bytes = Array(text.utf8)
        bytes.insert(
            Array(".-_+!*ab1rcv =<".utf8).randomElement(using: &numbers)!, at: Int.random(in: 0...bytes.count, using: &numbers))
        if Bool.random(using: &numbers) { bytes.remove(at: Int.random(in: 0..<bytes.count, using: &numbers)) }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Asks a Python interpreter about many texts at once.
enum PyPIOracle {
    static let interpreter = ProcessInfo.processInfo.environment["INDEXGEN_PYTHON"]

    /// Runs a program that finds the texts in `lines`, and returns the lines it prints.
    static func lines(_ program: String, _ texts: [String]) throws -> [String] {
        let input = FileManager.default.temporaryDirectory.appending(path: "pypi-oracle-\(UUID().uuidString)")
        try JSONEncoder().encode(texts).write(to: input)
        defer { try? FileManager.default.removeItem(at: input) }
        let process = Process(), output = Pipe()
        process.executableURL = URL(filePath: try #require(interpreter))
        process.arguments = ["-c", "import sys, json\nlines = json.load(open(sys.argv[1]))\n" + program, input.path]
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(
            String.init)
    }
}
