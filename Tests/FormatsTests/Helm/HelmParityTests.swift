import Foundation
import Testing

@testable import Formats
@testable import Kit

/// Our index against helm's own for the same charts, by a checker that knows helm's rules.
@Suite struct HelmParityTests {
    static let shared = ProcessInfo.processInfo.environment["INDEXGEN_SHARED"]

    static func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: output, as: UTF8.self)
    }

    @Test(
        .enabled(if: shared != nil, "INDEXGEN_SHARED names no folder with fixtures and tools"),
        arguments: [
            ("helm/charts", "helm/golden/charts.index.json"),
            ("helm/golden/yaml-scalars/charts", "helm/golden/yaml-scalars/index.json"),
        ],
        ["yaml", "json"])
    func `the index equals helm's own`(fixture: (charts: String, golden: String), form: String) throws {
        let root = URL(fileURLWithPath: try #require(Self.shared))
        let charts = root.appendingPathComponent("fixtures/\(fixture.charts)")
        var shelf = HelmShelf(["index": .text(form)])
        for name in try FileManager.default.contentsOfDirectory(atPath: charts.path).sorted() {
            let bytes = [UInt8](try Data(contentsOf: charts.appendingPathComponent(name)))
            #expect(Helm().recognise(bytes.span, filename: name) == .surely, "\(name)")
            let placement = try shelf.add(bytes, digest: SHA256.of(bytes))
            #expect(placement.path.text == name)
        }
        let index = FileManager.default.temporaryDirectory.appendingPathComponent("indexgen-helm-\(UUID()).yaml")
        try Data(try shelf.index()).write(to: index)
        defer { try? FileManager.default.removeItem(at: index) }
        let golden = root.appendingPathComponent("fixtures/\(fixture.golden)").path
        let output = try Self.run(
            YAMLTests.python ?? "python3",
            [root.appendingPathComponent("tools/check_helm_index.py").path, index.path, charts.path, "--golden", golden])
        print(form, output)
        #expect(output.hasSuffix("all equal\n"), "\(output)")
    }

    /// `helm package` writes Chart.yaml anew, its values already strings; here the charts hold what their authors wrote.
    @Test(.enabled(if: shared != nil, "INDEXGEN_SHARED names no folder with fixtures and tools"))
    func `Chart.yaml as its author wrote it is typed as by helm`() throws {
        let root = URL(fileURLWithPath: try #require(Self.shared))
        let golden = root.appendingPathComponent("fixtures/helm/golden/yaml-scalars")
        let charts = FileManager.default.temporaryDirectory.appendingPathComponent("indexgen-helm-\(UUID())")
        try FileManager.default.createDirectory(at: charts, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: charts) }
        for form in ["yaml", "json"] {
            var shelf = HelmShelf(["index": .text(form)])
            for name in ["yt", "fl"] {
                let yaml = try String(contentsOf: golden.appendingPathComponent("\(name).Chart.yaml"), encoding: .utf8)
                let bytes = HelmChartBuilder(yaml: yaml).bytes
                let placement = try shelf.add(bytes, digest: SHA256.of(bytes))
                try Data(bytes).write(to: charts.appendingPathComponent(placement.path.text))
            }
            let index = charts.appendingPathComponent("index.yaml")
            try Data(try shelf.index()).write(to: index)
            let output = try Self.run(
                YAMLTests.python ?? "python3",
                [
                    root.appendingPathComponent("tools/check_helm_index.py").path, index.path, charts.path, "--golden",
                    golden.appendingPathComponent("index.json").path, "--ignore", "digest",
                ])
            print(form, output)
            #expect(output.hasSuffix("all equal\n"), "\(output)")
        }
    }
}
