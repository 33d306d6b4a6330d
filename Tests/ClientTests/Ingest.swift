import Formats
import Foundation
import Glibc

/// `indexgen serve` for a site, on a port of its own; stopped with its owner.
final class Ingest: Sendable {
    let port: Int
    private let process: Process
    private let log: String

    init(site folder: String, port: Int, in sandbox: Sandbox) throws {
        self.port = port
        log = try sandbox.write("serve-\(port).log", "")
        process = Process()
        process.executableURL = URL(fileURLWithPath: Tool.indexgen)
        process.arguments = ["--site", folder, "serve", "--listen", "127.0.0.1:\(port)"]
        process.standardInput = FileHandle.nullDevice
        let output = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        process.standardOutput = output
        process.standardError = output
        try process.run()
        for _ in 0..<500 {
            if (try? HTTP.get(port: port, "/-/health"))?.status == 200 { return }
            usleep(20_000)
        }
        kill(process.processIdentifier, SIGKILL)
        throw Failure("indexgen serve does not answer: \(said)")
    }

    /// Its log so far.
    var said: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

    /// Asks it to end, and waits until it has.
    func stop() -> Int32 {
        kill(process.processIdentifier, SIGTERM)
        process.waitUntilExit()
        return process.terminationStatus
    }

    deinit {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}

/// A `.changes` file over packages, as dpkg-genchanges writes it (deb-changes(5)).
enum ChangesFile {
    /// Writes it beside copies of the packages.
    /// - Returns: its path.
    static func write(_ packages: [String], source: String, version: String, into sandbox: Sandbox) throws -> String {
        var sha1 = "", sha256 = "", md5 = "", names: [String] = []
        for package in packages {
            let name = (package as NSString).lastPathComponent
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: package)))
            try Data(bytes).write(to: URL(fileURLWithPath: "\(sandbox.path)/\(name)"))
            names.append(String(name.prefix { $0 != "_" }))
            sha1 += "\n \(Hex.string(SHA1.of(bytes))) \(bytes.count) \(name)"
            sha256 += "\n \(Hex.string(SHA256.of(bytes))) \(bytes.count) \(name)"
            md5 += "\n \(Hex.string(MD5.of(bytes))) \(bytes.count) misc optional \(name)"
        }
        return try sandbox.write(
            "\(source)_\(version)_amd64.changes",
            """
            Format: 1.8
            Date: Sat, 21 Nov 2026 10:00:00 +0000
            Source: \(source)
            Binary: \(names.joined(separator: " "))
            Architecture: amd64 all
            Version: \(version)
            Distribution: bookworm
            Urgency: medium
            Maintainer: indexgen samples <samples@example.org>
            Changed-By: indexgen samples <samples@example.org>
            Description:
             \(source) - says hello
            Changes:
             \(source) (\(version)) bookworm; urgency=medium
             .
               * A change.
            Checksums-Sha1:\(sha1)
            Checksums-Sha256:\(sha256)
            Files:\(md5)

            """)
    }
}
