import Corpus
import Foundation
import Testing

/// The example for somebody else's upload tool.
@Suite struct PostUploadTests {
    private static let script =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
        + "/examples/post-upload/incoming.sh"

    private func take(into victim: Victim, from folder: String, program: String? = nil) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [Self.script, folder, "--owner", "acme"]
        process.environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "INDEXGEN_SITE": victim.site,
            "INDEXGEN": program ?? Victim.program,
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    @Test func `what an upload tool leaves is taken in and published, what is refused is put aside`() throws {
        let victim = try Victim(signed: false)
        let folder = victim.folder + "/incoming files"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let names = try [
            RPMCorpus(seed: 3).file(0).write(into: folder), DebianCorpus(seed: 3).file(0).write(into: folder),
            PyPICorpus(seed: 3, projects: 1).file(0).write(into: folder),
        ].map { ($0 as NSString).lastPathComponent }
        try Data("no package".utf8).write(to: URL(fileURLWithPath: folder + "/bro ken.rpm"))
        try Data("half".utf8).write(to: URL(fileURLWithPath: folder + "/.half.rpm"))

        #expect(try take(into: victim, from: folder) == 1)
        #expect(try Set(KillTests.listed(victim).map(\.file)) == Set(names))
        #expect(try victim.run(["verify"]).status == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [".half.rpm"])
        let reason = try String(contentsOfFile: folder + ".rejected/bro ken.rpm.reason", encoding: .utf8)
        #expect(reason.contains("bro ken.rpm"))
        #expect(FileManager.default.fileExists(atPath: folder + ".rejected/bro ken.rpm"))
        #expect(try take(into: victim, from: folder) == 0)
    }

    @Test func `a site that cannot be used costs no package`() throws {
        let victim = try Victim(signed: false)
        let folder = victim.folder + "/incoming"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let file = try RPMCorpus(seed: 3).file(0).write(into: folder)
        try Data("colour: red".utf8).write(to: URL(fileURLWithPath: victim.site + "/indexgen.yaml"))
        #expect(try take(into: victim, from: folder) == 2)
        #expect(FileManager.default.fileExists(atPath: file))
        #expect(try take(into: victim, from: folder, program: "/nonexistent/indexgen") != 0)
        #expect(FileManager.default.fileExists(atPath: file))
    }
}
