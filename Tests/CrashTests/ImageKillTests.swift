import Foundation
import Glibc
import Testing

/// The endpoint killed in the middle of pushes of images. What is public is read by nothing of the program's.
@Suite(.serialized) struct ImageKillTests {
    /// Kills that one site sees. What is there is looked at after each, so that many kills want many sites.
    private static let perSite = 20

    @Test func `after kill -9 whatever was acknowledged is there, and no public manifest names what is not`() throws {
        var kills = 0
        while kills < ServeKillTests.kills {
            let more = min(Self.perSite, ServeKillTests.kills - kills)
            try kill(from: kills, count: more)
            kills += more
        }
    }

    /// - Parameter first: the number of the first kill: it says when that one comes.
    private func kill(from first: Int, count: Int) throws {
        let victim = try Victim(
            signed: false, settings: "base_url: \"http://127.0.0.1:8080\"\nserver: {quiet: 20ms, at_most: 100ms}\n")
        let token = try victim.succeed(["--quiet", "token", "create", "--owner", "acme", "--type", "container"])
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let reader = ImageReader(root: victim.site + "/public/acme/container")
        var acknowledged: Set<String> = []
        for round in first..<first + count {
            let server = try Endpoint(victim)
            let push = try server.push(to: "acme/r\(round)", token: token)
            // From the first blob on to many tags, and anywhere between two answers.
            while push.isRunning, push.acknowledged.count < 1 + round * 13 % 60 { usleep(1_000) }
            usleep(UInt32(round * 7_919 % 9_973))
            server.kill()
            acknowledged.formUnion(push.wait())
            #expect(try reader.dangling() == [], "round \(round)")
            // A tag is public before it is acknowledged.
            #expect(try reader.missing(acknowledged.filter { $0.hasPrefix("tag ") }) == [], "round \(round)")
            let there = try known(victim)
            #expect(acknowledged.filter { !there.contains($0) } == [], "lost in round \(round)")
        }
        #expect(acknowledged.count > count)
        _ = try victim.succeed(["generate"])
        #expect(try victim.run(["verify"]).status == 0)
        // Nothing that was read before is believed.
        let last = ImageReader(root: reader.root)
        #expect(try last.dangling() == [])
        #expect(try last.missing(acknowledged) == [])
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

/// Reads images as they lie in the public tree, with `sha256sum` for their bytes.
private final class ImageReader {
    /// `…/OWNER/container`.
    let root: String
    /// The digests of files that were read; of their names and identities. Public bytes never change, a tag's file is another one.
    private var digests: [String: String] = [:]

    init(root: String) { self.root = root }

    /// What public manifests name that is not public with the bytes that it is named by.
    func dangling() throws -> [String] {
        guard let names = FileManager.default.enumerator(atPath: root) else { return [] }
        var missing: [String] = []
        var named: [(by: String, path: String, digest: String)] = []
        for case let name as String in names {
            let parts = name.split(separator: "/")
            guard parts.count > 3, parts[parts.count - 2] == "manifest", parts[parts.count - 3] == "manifests" else { continue }
            let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(root)/\(name)"))
            let object = try JSONSerialization.jsonObject(with: bytes) as? [String: Any] ?? [:]
            let descriptors =
                [object["config"]].compactMap { $0 as? [String: Any] } + (object["layers"] as? [[String: Any]] ?? [])
            if descriptors.count < 2 { missing.append("\(name) names too little") }
            let image = parts.dropLast(3).joined(separator: "/")
            named += descriptors.compactMap { $0["digest"] as? String }.map { (name, "\(image)/blobs/\($0)", $0) }
        }
        let there = try digests(of: named.map(\.path))
        return missing + named.filter { there[$0.path] != $0.digest }.map { "\($0.by): \($0.digest)" }
    }

    /// Which of these lines of whoever pushes are not public: `blob OWNER/IMAGE DIGEST`, `tag OWNER/IMAGE TAG DIGEST`.
    func missing(_ lines: Set<String>) throws -> [String] {
        let files = lines.map { line in
            let words = line.split(separator: " ").map(String.init)
            let image = words[1].split(separator: "/").dropFirst().joined(separator: "/")
            return (
                line: line, path: image + (words[0] == "blob" ? "/blobs/" : "/manifests/manifest/") + words[2],
                digest: words[words.count - 1]
            )
        }
        let there = try digests(of: files.map(\.path))
        return files.filter { there[$0.path] != $0.digest }.map(\.line)
    }

    /// `sha256:HEX` of files, by their paths below the root; nothing for those that are not there.
    private func digests(of paths: [String]) throws -> [String: String] {
        var keys: [String: String] = [:]
        for path in Set(paths) {
            var status = stat()
            guard stat("\(root)/\(path)", &status) == 0 else { continue }
            keys[path] = "\(path) \(status.st_ino) \(status.st_ctim.tv_sec) \(status.st_ctim.tv_nsec)"
        }
        let unread = keys.filter { digests[$0.value] == nil }.map(\.key)
        for start in stride(from: 0, to: unread.count, by: 500) {
            let portion = Array(unread[start..<min(start + 500, unread.count)])
            for (path, digest) in try zip(portion, sums(of: portion)) { digests[keys[path] ?? ""] = "sha256:" + digest }
        }
        return keys.compactMapValues { digests[$0] }
    }

    private func sums(of paths: [String]) throws -> [String] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
        process.arguments = paths
        process.currentDirectoryURL = URL(fileURLWithPath: root)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return text.split(separator: "\n").map { String($0.prefix(64)) }
    }
}
