import Foundation
import Glibc
import Testing

/// The endpoint killed in the middle of pushes of images. What is public is read by nothing of the program's.
@Suite(.serialized) struct ImageKillTests {
    @Test func `after kill -9 whatever was acknowledged is there, and no public manifest names what is not`() throws {
        let victim = try Victim(
            signed: false, settings: "base_url: \"http://127.0.0.1:8080\"\nserver: {quiet: 20ms, at_most: 100ms}\n")
        let token = try victim.succeed(["--quiet", "token", "create", "--owner", "acme", "--type", "container"])
            .trimmingCharacters(in: .whitespacesAndNewlines)
        var acknowledged: Set<String> = []
        for round in 0..<ServeKillTests.kills {
            let server = try Endpoint(victim)
            let push = try server.push(to: "acme/r\(round)", token: token)
            // From the first blob on to many tags.
            while push.isRunning, push.acknowledged.count < 1 + round * 13 % 60 { usleep(1_000) }
            server.kill()
            acknowledged.formUnion(push.wait())
            #expect(try dangling(victim) == [], "round \(round)")
            let there = try known(victim)
            #expect(acknowledged.filter { !there.contains($0) } == [], "lost in round \(round)")
        }
        #expect(acknowledged.count > ServeKillTests.kills)
        _ = try victim.succeed(["generate"])
        #expect(try victim.run(["verify"]).status == 0)
        #expect(try dangling(victim) == [])
        for line in acknowledged where line.hasPrefix("tag ") {
            let words = line.split(separator: " ").map(String.init)
            let image = words[1].split(separator: "/").dropFirst().joined(separator: "/")
            let path = "\(victim.site)/public/acme/container/\(image)/manifests/manifest/\(words[2])"
            #expect(try "sha256:" + digest(ofFile: path) == words[3], "\(line)")
        }
    }

    /// What public manifests name that is not public with the bytes that it is named by.
    private func dangling(_ victim: Victim) throws -> [String] {
        let root = URL(fileURLWithPath: victim.site + "/public/acme/container")
        guard let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil) else { return [] }
        var missing: [String] = []
        for case let file as URL in files where file.deletingLastPathComponent().lastPathComponent == "manifest" {
            let image = file.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            let object = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
            let named = [object["config"]].compactMap { $0 as? [String: Any] } + (object["layers"] as? [[String: Any]] ?? [])
            if named.isEmpty { missing.append("\(file.path) names nothing") }
            for digest in named.compactMap({ $0["digest"] as? String }) {
                let blob = image.appendingPathComponent("blobs/\(digest)").path
                guard FileManager.default.fileExists(atPath: blob), try "sha256:" + self.digest(ofFile: blob) == digest else {
                    missing.append("\(file.path): \(digest)")
                    continue
                }
            }
        }
        return missing
    }

    private func digest(ofFile path: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
        process.arguments = [path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return String(text.prefix(64))
    }

    /// Blobs and tags as the catalog has them, in the words of whoever pushes.
    private func known(_ victim: Victim) throws -> Set<String> {
        let listed = try victim.run(["--json", "list", "acme"])
        guard listed.status == 0 else { return [] }
        var known: Set<String> = []
        for line in listed.output.split(separator: "\n") {
            let file = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
            guard let name = file["name"] as? String, let version = file["version"] as? String else { continue }
            if version == "blobs" { known.insert("blob acme/\(name) \(file["file"] as? String ?? "")") }
            for mark in file["marks"] as? [[String: Any]] ?? [] {
                known.insert("tag acme/\(name) \(mark["key"] as? String ?? "") \(version)")
            }
        }
        return known
    }
}
