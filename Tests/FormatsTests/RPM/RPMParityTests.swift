import Foundation
import Testing

@testable import Formats
@testable import Kit

/// Our pieces of the index against createrepo_c's, byte for byte, for the same files with the same times.
///
/// Runs with createrepo_c in the path; `INDEXGEN_CREATEREPO_C` may name another one. Both tested versions are in RPM's page.
@Suite(.serialized) struct RPMParityTests {
    static let createrepo =
        ([ProcessInfo.processInfo.environment["INDEXGEN_CREATEREPO_C"]].compactMap { $0 }
        + ["/usr/bin/createrepo_c", "/usr/local/bin/createrepo_c"])
        .filter { FileManager.default.isExecutableFile(atPath: $0) }

    static let shared = ProcessInfo.processInfo.environment["INDEXGEN_SHARED"].flatMap { path in
        FileManager.default.fileExists(atPath: path) ? path : nil
    }

    @Test(.enabled(if: !createrepo.isEmpty, "createrepo_c is not installed"), arguments: createrepo)
    func `odd packages are listed as createrepo_c lists them`(tool: String) throws {
        let folder = try Self.scratch()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (label, file) in RPMOddPackages.all {
            try Data(file).write(to: URL(fileURLWithPath: "\(folder)/\(label).rpm"))
        }
        try Self.compare(folder, with: tool, expecting: RPMOddPackages.all.count)
    }

    @Test(.enabled(if: shared != nil && !createrepo.isEmpty, "INDEXGEN_SHARED or createrepo_c is missing"), arguments: createrepo)
    func `real packages are listed as createrepo_c lists them`(tool: String) throws {
        let folder = try Self.scratch()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let root = "\(try #require(Self.shared))/fixtures/rpm"
        var count = 0
        for path in try FileManager.default.subpathsOfDirectory(atPath: root).sorted() where path.contains(".rpm") {
            // Three of them end in something else, and createrepo_c goes by the name's end.
            let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(root)/\(path)"))
            guard bytes.starts(with: [0xED, 0xAB, 0xEE, 0xDB]) else { continue }
            // createrepo_c lists a package whose payload is gone.
            if path.contains("corrupted") { continue }
            count += 1
            try bytes.write(to: URL(fileURLWithPath: "\(folder)/\(1_000 + count).rpm"))
        }
        try #require(count == 76)
        try Self.compare(folder, with: tool, expecting: count)
    }

    @Test(.enabled(if: shared != nil && !createrepo.isEmpty, "INDEXGEN_SHARED or createrepo_c is missing"), arguments: createrepo)
    func `generated packages are listed as createrepo_c lists them`(tool: String) throws {
        let folder = try Self.scratch()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let generator = "\(try #require(Self.shared))/tools/make_rpms.py"
        #expect(try Self.run("/usr/bin/env", ["python3", generator, "--count", "200", "--out", folder, "--jobs", "1"]) == 0)
        try Self.compare(folder, with: tool, expecting: 200)
    }

    /// Where createrepo_c 0.17.3 differs from 1.2.5, whose index is ours: it gives no `pre` to requirements of %pretrans and
    /// %posttrans, and its librpm (4.18) makes up a self-provide for packages in rpm 3's format. Not for later versions.
    private static func asOldVersion(_ chunk: String, of id: String) -> String {
        var chunk = chunk.replacingOccurrences(of: " pre=\"1\"", with: "")
        if id == "43502376334c05c2263826d558dc0828a4dc8f6bc73da5b0cf32c83d7ef5b7cb" {
            let line = "      <rpm:entry name=\"hello\" flags=\"EQ\" epoch=\"0\" ver=\"1.0\" rel=\"1\"/>\n"
            chunk = chunk.replacingOccurrences(of: line, with: "")
        }
        return chunk
    }

    static func compare(_ folder: String, with tool: String, expecting count: Int) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".rpm") }.sorted()
        #expect(try run(tool, ["--general-compress-type=gz", "--no-database", "-q", folder]) == 0)
        let isOld = String(decoding: try output(of: tool, ["--version"]), as: UTF8.self).contains("Version: 0.")
        var theirs: [String: [String]] = [:]
        for (i, document) in ["primary", "filelists", "other"].enumerated() {
            for chunk in try chunks(folder, document) {
                var pkgid = chunk.range(of: "pkgid=\"").map { String(chunk[$0.upperBound...].prefix(64)) } ?? ""
                if i == 0 { pkgid = chunk.range(of: "pkgid=\"YES\">").map { String(chunk[$0.upperBound...].prefix(64)) } ?? "" }
                theirs[pkgid, default: ["", "", ""]][i] = chunk
            }
        }
        #expect(theirs.count == count)
        let digests = try Self.digests(folder, names)
        for name in names {
            let path = "\(folder)/\(name)"
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            let modified = try #require(attributes[.modificationDate] as? Date)
            let digest = try #require(digests[name])
            let upload = rpmUpload(bytes, modified: Int64(modified.timeIntervalSince1970.rounded(.down)), sha256: digest)
            let record = try RPM().inspect(upload, bytes: bytes.span, in: rpmRepository(), within: Budget())
            let id = Hex.string(digest)
            let theirChunks = try #require(theirs[id], "\(name) is not in createrepo_c's index")
            for (i, fragment) in record.fragments.enumerated() {
                let ours = String(decoding: fragment.bytes, as: UTF8.self)
                var difference = firstDifference(withoutLocation(ours), withoutLocation(theirChunks[i]))
                if difference != nil, isOld, i == 0 {
                    difference = firstDifference(
                        asOldVersion(withoutLocation(ours), of: id), asOldVersion(withoutLocation(theirChunks[i]), of: id))
                }
                #expect(difference == nil, "\(name), \(fragment.slot.name)")
            }
        }
    }

    /// The first lines that differ, ours and theirs.
    private static func firstDifference(_ ours: String, _ theirs: String) -> String? {
        guard ours != theirs else { return nil }
        let a = ours.components(separatedBy: "\n"), b = theirs.components(separatedBy: "\n")
        let i = zip(a, b).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(a.count, b.count)
        return "ours: \(i < a.count ? a[i] : "") theirs: \(i < b.count ? b[i] : "")"
    }

    private static func withoutLocation(_ chunk: String) -> String {
        guard let start = chunk.range(of: "  <location href=\""),
            let end = chunk.range(of: "\n", range: start.upperBound..<chunk.endIndex)
        else { return chunk }
        return chunk.replacingCharacters(in: start.lowerBound..<end.upperBound, with: "")
    }

    private static func chunks(_ folder: String, _ document: String) throws -> [String] {
        let file = try #require(
            FileManager.default.contentsOfDirectory(atPath: "\(folder)/repodata").first { $0.hasSuffix("\(document).xml.gz") })
        let compressed = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/repodata/\(file)")))
        let xml = "\(folder)/\(document).xml"
        try Data(compressed).write(to: URL(fileURLWithPath: xml + ".gz"))
        #expect(try run("/usr/bin/env", ["gzip", "-df", xml + ".gz"]) == 0)
        let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: xml)), as: UTF8.self)
        try FileManager.default.removeItem(atPath: xml)
        return text.components(separatedBy: "<package ").dropFirst().map { piece in
            let end = piece.range(of: "</package>\n", options: .backwards)?.upperBound ?? piece.endIndex
            return "<package " + piece[..<end]
        }
    }

    private static func digests(_ folder: String, _ names: [String]) throws -> [String: [UInt8]] {
        let paths = names.map { "\(folder)/\($0)" }
        let lines = String(decoding: try output(of: "/usr/bin/env", ["sha256sum"] + paths), as: UTF8.self).split(separator: "\n")
        return Dictionary(
            uniqueKeysWithValues: lines.map { (String($0.dropFirst(66 + folder.count + 1)), Hex.bytes($0.utf8.prefix(64)) ?? []) }
        )
    }

    private static func scratch() throws -> String {
        let path = NSTemporaryDirectory() + "/indexgen-rpm-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    private static func output(of tool: String, _ arguments: [String]) throws -> Data {
        let process = Process(), pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: tool)
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer { process.waitUntilExit() }
        return pipe.fileHandleForReading.readDataToEndOfFile()
    }

    private static func run(_ tool: String, _ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: tool)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
