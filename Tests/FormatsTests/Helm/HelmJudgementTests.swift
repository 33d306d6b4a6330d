import Testing

@testable import Formats
@testable import Kit

/// Charts as helm 3.17.3 and 4.1.4 judged the same archives.
@Suite struct HelmJudgementTests {
    private static let yaml = "apiVersion: v2\nname: web\nversion: 1.0.0\n"

    private static func refusal(of files: [(String, String)]) -> Refusal? {
        var tar = TarBuilder()
        for (path, content) in files { tar = tar.file(path, content) }
        do {
            _ = try HelmShelf.record(tar.bytes.gzip)
            return nil
        } catch let refusal as Refusal {
            return refusal
        } catch {
            return nil
        }
    }

    @Test(arguments: [
        "web/Chart.yaml", "./Chart.yaml", "././Chart.yaml", "web/./Chart.yaml", "other/Chart.yaml", "web\\Chart.yaml",
    ])
    func `the first part of a name is dropped, whatever it is`(path: String) {
        #expect(Self.refusal(of: [(path, Self.yaml), ("web/values.yaml", "a: 1\n")]) == nil)
    }

    @Test(arguments: [
        ("./web/Chart.yaml", "./web/Chart.yaml"), ("web//Chart.yaml", "web//Chart.yaml"), (".//Chart.yaml", ".//Chart.yaml"),
        ("Chart.yaml", "Chart.yaml"), ("a/b/Chart.yaml", "a/b/Chart.yaml"),
    ])
    func `a chart whose metadata helm does not find is refused, with the name as it is stored`(path: String, place: String) {
        let found = Self.refusal(of: [(path, Self.yaml)])
        #expect(found?.place.contains(place) == true, "\(path): \(found?.description ?? "taken")")
    }

    @Test(arguments: ["web/..data", "web/...", "web/c:/x", "web//x", "x"])
    func `one name that helm refuses spoils the chart`(path: String) {
        #expect(Self.refusal(of: [("web/Chart.yaml", Self.yaml), (path, "")]) != nil)
    }

    @Test func `another Chart.yaml further below a dot is another file`() {
        #expect(Self.refusal(of: [("web/Chart.yaml", Self.yaml), ("./web/Chart.yaml", "x")]) == nil)
        #expect(Self.refusal(of: [("web/Chart.yaml", Self.yaml), ("./Chart.yaml", Self.yaml)])?.cause == .ambiguous)
    }

    @Test func `a large file is taken with a warning, and refused where the settings say so`() throws {
        let bytes = HelmChartBuilder("web", "1.0.0").file("values.schema.json", String(repeating: " ", count: 6 << 20)).bytes
        let record = try HelmShelf.record(bytes)
        #expect(record.warnings.count == 1 && record.warnings[0].description.contains("3.17.3"), "\(record.warnings)")
        #expect(throws: Refusal.self) { _ = try HelmArchive.chart(in: bytes.span, fileLimit: 5 << 20, within: Budget()) }
        #expect(try HelmShelf.record(HelmChartBuilder("web", "1.0.0").bytes).warnings == [])
    }

    @Test(arguments: [
        ("1.0.0-03173138", "begins with a zero", "1.0.0-g03173138"), ("2.1.0-rc.007+b", "begins with a zero", "2.1.0-rc.g007+b"),
        ("0.1.0.1", "4 numbers", "0.1.0+1"), ("0.1.0alpha2", "no dash", "0.1.0-alpha2"), ("v3rc1", "no dash", "v3-rc1"),
        ("V1.0.0", "capital V", "v1.0.0"), ("latest", "does not begin with a number", "1.2.3"),
        ("1..0", "number is missing", "1.2.3"),
        ("1.0.0-a_b", "'_'", "dash"), ("1.0.0+a+b", "'+'", "one plus"), ("1.0.0-", "empty", "remove"),
        ("1.0.0-a..b", "empty", "remove"),
        ("1.0.0+", "empty", "remove"), ("1.0.0 ", "blank", "1.2.3"), ("", "empty", "1.2.3"), ("1.0.0\u{e9}", "ASCII", "1.2.3"),
        ("1.99999999999999999999.0", "larger", "smaller"), (String(repeating: "1", count: 201), "bytes", "shorten"),
    ])
    func `a version is refused by the rule that it breaks`(version: String, rule: String, remedy: String) {
        #expect(SemanticVersion(version) == nil)
        let fault = SemanticVersionFault.explain(version)
        #expect(fault.what.contains(rule) && fault.remedy.contains(remedy), "\(version): \(fault)")
    }

    @Test func `what is said of a text never traps`() {
        var numbers = SeededNumbers(seed: 9)
        let letters = Array("v0123.+-_a \u{7f}".utf8)
        for _ in 0..<5_000 {
            let bytes = (0..<Int.random(in: 0...12, using: &numbers)).map { _ in letters.randomElement(using: &numbers) ?? 48 }
            let text = String(decoding: bytes, as: UTF8.self)
            if SemanticVersion(text) == nil { #expect(!SemanticVersionFault.explain(text).what.isEmpty) }
        }
    }

    @Test func `a doubled alias is named as the alias`() {
        let twice = "dependencies:\n- {name: a, version: 1.0.0, alias: q}\n- {name: b, version: 1.0.0, alias: q}\n"
        #expect(Self.refusal(of: [("web/Chart.yaml", Self.yaml + twice)])?.what.contains("'q'") == true)
        let same = "dependencies:\n- {name: a, version: 1.0.0}\n- {name: b, version: 1.0.0, alias: a}\n"
        #expect(Self.refusal(of: [("web/Chart.yaml", Self.yaml + same)])?.what.contains("'a'") == true)
        let fine = "dependencies:\n- {name: a, version: 1.0.0}\n- {name: a, version: 1.0.0, alias: b}\n"
        #expect(Self.refusal(of: [("web/Chart.yaml", Self.yaml + fine)]) == nil)
    }

    @Test func `a version with a plus has a second path, and so has its provenance file`() throws {
        let repository = Repository(owner: "acme", type: "helm", baseURL: "https://packages.example.org")
        func place(_ version: String, facts: [UInt8] = []) throws -> Placement {
            let record = PackageRecord(
                name: "web", nameIdentity: "web", version: version, versionIdentity: version, architecture: "", summary: "",
                facts: facts)
            return try Helm().place(record, of: PyPIKit.upload("x.tgz", []), in: repository)
        }
        #expect(try place("1.0.0").aliases == [])
        #expect(try place("1.0.0+b.2").aliases.map(\.text) == ["web-1.0.0%2Bb.2.tgz"])
        #expect(
            try place("1.0.0+b.2", facts: [UInt8](repeating: 0, count: 32)).aliases.map(\.text) == ["web-1.0.0%2Bb.2.tgz.prov"])
    }
}
