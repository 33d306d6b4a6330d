import Foundation
import Testing

@testable import Formats

/// Whole folders of packages, ours beside apt-ftparchive's (`Tests/Parity/debian_parity.py`).
@Suite struct DebianParityTests {
    static let shared = ProcessInfo.processInfo.environment["INDEXGEN_SHARED"]
    static let real = ProcessInfo.processInfo.environment["INDEXGEN_REAL_DEBS"]
    static let hasReference = FileManager.default.isExecutableFile(atPath: "/usr/bin/apt-ftparchive")

    @Test(.enabled(if: shared != nil && hasReference, "needs INDEXGEN_SHARED and apt-ftparchive"))
    func `300 synthetic packages say what apt-ftparchive says`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("debian-parity-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let made = try run(
            "/usr/bin/env",
            [
                "python3", "\(Self.shared ?? "")/tools/make_debs.py", "--count", "300", "--layout", "flat", "--versions", "3",
                "--udeb", "5",
            ]
                + ["--compress", "xz=30,gz=30,zst=30,none=10", "--out", folder.path])
        try #require(made.status == 0, "\(made.output)")
        try compare(folder, atLeast: 300)
    }

    @Test(.enabled(if: real != nil && hasReference, "needs INDEXGEN_REAL_DEBS and apt-ftparchive"))
    func `real packages say what apt-ftparchive says`() throws {
        try compare(URL(fileURLWithPath: Self.real ?? ""), atLeast: 1)
    }

    private func compare(_ folder: URL, atLeast minimum: Int) throws {
        let sha256 = try sums("sha256sum", of: folder), md5 = try sums("md5sum", of: folder)
        var entries: [(key: [UInt8], stanza: [UInt8])] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name.hasSuffix("deb") {
            let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
            let debian = Debian(), repository = DebianHarness.repository()
            var upload = DebianHarness.upload(bytes.count, filename: name)
            upload.digests.sha256 = try #require(sha256[name])
            upload.digests.md5 = try #require(md5[name])
            #expect(debian.recognise(bytes.span, filename: name) == .surely)
            let record = try debian.inspect(upload, bytes: bytes.span, in: repository, within: Budget())
            let placement = try debian.place(record, of: upload, in: repository)
            let fragments = debian.fragments(of: record, from: upload, at: placement, annotations: Annotations(), in: repository)
            entries.append((placement.listings[0].sortKey, fragments[0].bytes))
        }
        try #require(entries.count >= minimum)
        entries.sort { $0.key.lexicographicallyPrecedes($1.key) }
        let packages = FileManager.default.temporaryDirectory.appendingPathComponent("Packages-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: packages) }
        try Data(entries.flatMap(\.stanza)).write(to: packages)
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Parity/debian_parity.py")
        let result = try run("/usr/bin/env", ["python3", script.path, packages.path, folder.path])
        print(result.output)
        #expect(result.status == 0, "\(result.output)")
    }

    /// Digests of all packages of a folder by file name, in one call of a system tool.
    private func sums(_ tool: String, of folder: URL) throws -> [String: [UInt8]] {
        let result = try run("/bin/sh", ["-c", "cd \"$1\" && \(tool) -- *deb", "sh", folder.path])
        try #require(result.status == 0)
        var sums: [String: [UInt8]] = [:]
        for line in result.output.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 1)
            if words.count == 2 { sums[words[1].trimmingCharacters(in: .whitespaces)] = Hex.bytes(words[0].utf8) }
        }
        return sums
    }

    private func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process(), pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardOutput = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }
}
