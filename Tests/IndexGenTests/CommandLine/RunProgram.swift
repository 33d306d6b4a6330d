import Corpus
import Foundation
import Testing

@testable import IndexGen

/// The built program on a site of its own, as people and scripts call it: no terminal, nobody to ask.
final class RunProgram {
    let folder: String
    var site: String { folder + "/site" }
    static let path =
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path + "/indexgen"

    struct Run {
        var status: Int32
        var output: String
        var diagnostics: String

        var lines: [String] { output.split(separator: "\n").map(String.init) }

        /// Each line of the output as a JSON object.
        func objects() throws -> [[String: any Sendable]] {
            try lines.map { try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: any Sendable]) }
        }
    }

    /// - Parameter settings: written instead of what `init` writes.
    init(settings: String? = nil) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("indexgen-run-\(UUID().uuidString)").path
        try Files.makeFolder(folder + "/packages")
        let made = try run("init", "--unsigned", "--base-url", "http://localhost:8080")
        try #require(made.status == 0, "\(made.diagnostics)")
        if let settings { try Files.replace(site + "/indexgen.yaml", with: [UInt8](settings.utf8)) }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Run {
        try run(arguments, environment: environment)
    }

    func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Run {
        let surroundings = [
            "INDEXGEN_SITE": site, "USER": "bob", "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
        ]
        let result = try Program(path: Self.path).run(arguments, environment: surroundings.merging(environment) { _, new in new })
        return Run(status: result.status, output: String(decoding: result.output, as: UTF8.self), diagnostics: result.diagnostics)
    }

    /// A package of the corpora, written below `packages`.
    func package(_ corpus: any Corpus, _ index: Int = 0, in name: String = "packages") throws -> String {
        try Files.makeFolder("\(folder)/\(name)")
        return try corpus.file(index).write(into: "\(folder)/\(name)")
    }

    /// A Debian package of about 140 kB.
    func largePackage(_ index: Int) throws -> String {
        let control =
            "Package: large\(index)\nVersion: 1\nArchitecture: amd64\nMaintainer: A <a@example.org>\nDescription: large\n"
        let filler = (0..<140_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ index) }
        let bytes = CorpusArchive.ar([
            ("debian-binary", Array("2.0\n".utf8)),
            ("control.tar", CorpusArchive.tar([CorpusMember("./", nil), CorpusMember("./control", control)])),
            ("data.tar", CorpusArchive.tar([CorpusMember("./", nil), CorpusMember("./filler", filler)])),
        ])
        let path = "\(folder)/packages/large\(index)_1_amd64.deb"
        try Files.replace(path, with: bytes)
        return path
    }
}
