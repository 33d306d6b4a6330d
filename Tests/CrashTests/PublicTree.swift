import Formats
import Foundation
import Glibc

/// Reads a public tree as clients do, knowing nothing of catalogs: whatever a document names must be there, with the named digest
/// where it names one.
///
/// Debian's indexes are looked for by their digests first, as apt does.
struct PublicTree {
    let root: String

    /// What a client would stumble over. Empty for a tree without packages.
    func faults() -> [String] {
        var faults: [String] = []
        for path in files() {
            do {
                switch (path as NSString).lastPathComponent {
                case "repomd.xml": try checkRPM(path)
                case "Release", "InRelease": try checkDebian(path)
                case "index.yaml": try checkHelm(path)
                case "index.json": try checkPyPI(path)
                case "index.html": path.contains("/simple/") ? try checkPyPI(path) : try checkPage(path)
                case let name where name.hasSuffix(".repo"): try checkRepoFile(path)
                default: continue
                }
            } catch {
                faults.append("\(path): \(error)")
            }
        }
        return faults
    }

    /// What differs from a tree that was made without disturbance: superseded documents and removed packages, which wait here for the
    /// end of their grace period, do not count.
    func differences(from undisturbed: PublicTree, removed: [String]) throws -> [String] {
        let here = Set(files()), there = Set(undisturbed.files())
        // Pages say when packages came, which differs.
        func saysWhen(_ path: String) -> Bool {
            path.contains("/-/packages/") || path == "feed.atom" || path.hasSuffix("index.html") && !path.contains("/simple/")
        }
        let missing = there.subtracting(here).map { "\($0) is missing" }
        let changed = try there.intersection(here).filter { try !saysWhen($0) && read($0) != undisturbed.read($0) }.map {
            "\($0) differs"
        }
        let extra = here.subtracting(there).filter { path in
            !path.contains("/by-hash/") && path.range(of: "/repodata/[0-9a-f]{64}-", options: .regularExpression) == nil
                && !removed.contains { path.hasSuffix($0) || path.hasSuffix($0 + ".metadata") }
        }.map { "\($0) is too much" }
        return (missing + changed + extra).sorted()
    }

    /// SHA-256 of every file, by path.
    func digests() throws -> [String: String] {
        Dictionary(uniqueKeysWithValues: try files().map { ($0, Self.sha256(try read($0))) })
    }

    struct Fault: Error, CustomStringConvertible {
        var description: String
    }

    // MARK: Formats

    private func checkRPM(_ path: String) throws {
        let folder = Self.folder(Self.folder(path))
        for data in Self.matches(#"<data type="[^"]*">.*?</data>"#, in: try text(path)) {
            let href = Self.first(#"<location[^>]* href="([^"]+)""#, in: data)
            let target = Self.join(folder, href)
            try check(target, sha256: Self.first(#"<checksum type="sha256">([0-9a-f]+)"#, in: data))
            guard href.contains("-primary.xml") else { continue }
            let primary = String(decoding: try expanded(target), as: UTF8.self)
            for package in Self.matches(#"<package type="rpm">.*?</package>"#, in: primary) {
                try check(
                    Self.join(folder, Self.unescaped(Self.first(#"<location href="([^"]+)""#, in: package))),
                    sha256: Self.first(#"<checksum type="sha256" pkgid="YES">([0-9a-f]+)"#, in: package))
            }
        }
    }

    private func checkDebian(_ path: String) throws {
        let folder = Self.folder(path)
        let repository = Self.folder(Self.folder(folder))
        let lines = try text(path).components(separatedBy: "\n")
        guard let start = lines.firstIndex(of: "SHA256:") else { throw Fault(description: "it has no SHA256 section") }
        for line in lines[(start + 1)...].prefix(while: { $0.hasPrefix(" ") }) {
            let words = line.split(separator: " ").map(String.init)
            let index = Self.join(folder, words[2])
            let byHash = Self.join(Self.folder(index), "by-hash/SHA256/\(words[0])")
            try check(byHash, sha256: words[0])
            guard index.hasSuffix("/Packages") else { continue }
            for stanza in try text(byHash).components(separatedBy: "\n\n") where stanza.contains("Filename: ") {
                try check(
                    Self.join(repository, Self.first("(?m)^Filename: ([^\n]*)$", in: stanza)),
                    sha256: Self.first("(?m)^SHA256: ([^\n]*)$", in: stanza))
            }
        }
    }

    private func checkHelm(_ path: String) throws {
        let text = try text(path)
        let digests = Self.all(#""?digest"?: ?"?([0-9a-f]{64})"#, in: text)
        let urls = Self.all(#"["\s]([^"\s\[]+\.tgz)"?"#, in: text)
        guard digests.count == urls.count else { throw Fault(description: "\(digests.count) digests for \(urls.count) charts") }
        for (url, digest) in zip(urls, digests) { try check(Self.join(Self.folder(path), url), sha256: digest) }
    }

    /// A project's page names files; the list of projects names pages, each in the form that it has itself.
    private func checkPyPI(_ path: String) throws {
        let folder = Self.folder(path)
        let text = try text(path)
        if path.hasSuffix(".json") {
            let page = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
            for file in page["files"] as? [[String: Any]] ?? [] {
                let digest = (file["hashes"] as? [String: String])?["sha256"] ?? ""
                try check(Self.join(folder, file["url"] as? String ?? ""), sha256: digest)
            }
            for project in page["projects"] as? [[String: Any]] ?? [] {
                try check(Self.join(folder, "\(project["name"] as? String ?? "")/index.json"))
            }
        } else {
            for link in Self.all(#"href="([^"]+)""#, in: text) {
                let parts = Self.unescaped(link).components(separatedBy: "#sha256=")
                if parts.count == 2 {
                    try check(Self.join(folder, parts[0]), sha256: parts[1])
                } else if parts[0].hasSuffix("/") {
                    try check(Self.join(folder, "\(parts[0])index.html"))
                }
            }
        }
    }

    /// A `.repo` file names a group by its address, and the key that its root is signed with.
    private func checkRepoFile(_ path: String) throws {
        let text = try text(path)
        let repository = path.components(separatedBy: "/").prefix(2).joined(separator: "/")
        for (setting, target) in [("baseurl", "/repodata/repomd.xml"), ("gpgkey", "")] {
            for address in Self.all("(?m)^\(setting)=([^\n]*)$", in: text) {
                guard let place = address.range(of: "/\(repository)") else {
                    throw Fault(description: "\(address) is not below \(repository)")
                }
                try check(Self.join("", String(address[place.lowerBound...]) + target))
            }
        }
    }

    /// A page for people: what it links to on this site, and the files that it tells them to fetch.
    private func checkPage(_ path: String) throws {
        let folder = Self.folder(path), text = try text(path)
        // The way back to the front page is not a promise: each page links to the other, and one of them is first.
        for link in Self.all(##"href="([^"#:]+)""##, in: text).map(Self.unescaped)
        where folder.isEmpty || !link.hasPrefix("../") {
            try check(Self.join(folder, link.hasSuffix("/") ? link + "index.html" : link))
        }
        for name in Self.all(#"\#(folder)/([^\s"<]+\.repo|repository\.key)"#, in: text) where !folder.isEmpty {
            try check(Self.join(folder, Self.unescaped(name)))
        }
    }

    // MARK: Files

    private func check(_ path: String) throws {
        guard access("\(root)/\(path)", R_OK) == 0 else { throw Fault(description: "it names \(path), which is not there") }
    }

    private func check(_ path: String, sha256: String) throws {
        guard let bytes = try? read(path) else { throw Fault(description: "it names \(path), which is not there") }
        let digest = Self.sha256(bytes)
        guard digest == sha256 else { throw Fault(description: "\(path) has the SHA-256 \(digest) instead of \(sha256)") }
    }

    static func sha256(of path: String) throws -> String { sha256(try Data(contentsOf: URL(fileURLWithPath: path))) }

    private static func sha256(_ bytes: Data) -> String { Hex.string(SHA256.of([UInt8](bytes))) }

    func files() -> [String] {
        (FileManager.default.subpaths(atPath: root) ?? []).sorted().filter { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &isFolder) && !isFolder.boolValue
        }
    }

    private func read(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: "\(root)/\(path)")) }

    private func text(_ path: String) throws -> String { String(decoding: try read(path), as: UTF8.self) }

    private func expanded(_ path: String) throws -> [UInt8] {
        let bytes = [UInt8](try read(path))
        return try Decompression.expand(
            bytes.span, path.hasSuffix(".zst") ? .zstd : .gzip, subject: path, limit: 1 << 30, within: Budget())
    }

    // MARK: Text

    private static func folder(_ path: String) -> String { (path as NSString).deletingLastPathComponent }

    private static func join(_ folder: String, _ path: String) -> String {
        ("/\(folder)/\(path.removingPercentEncoding ?? path)" as NSString).standardizingPath.drop { $0 == "/" }.description
    }

    private static func unescaped(_ text: String) -> String { text.replacingOccurrences(of: "&amp;", with: "&") }

    private static func matches(_ pattern: String, in text: String) -> [String] { find(pattern, 0, in: text) }
    private static func all(_ pattern: String, in text: String) -> [String] { find(pattern, 1, in: text) }
    private static func first(_ pattern: String, in text: String) -> String { find(pattern, 1, in: text).first ?? "" }

    private static func find(_ pattern: String, _ group: Int, in text: String) -> [String] {
        guard let expression = try? NSRegularExpression(pattern: pattern, options: [.dotMatchesLineSeparators]) else { return [] }
        let whole = NSRange(text.startIndex..., in: text)
        return expression.matches(in: text, range: whole).compactMap {
            Range($0.range(at: group), in: text).map { String(text[$0]) }
        }
    }
}
