import Corpus
import Foundation
import Synchronization
import Testing

/// Readers that take a root from nginx, wait, and then take what it names, beside a writer that publishes without a pause.
extension Clients {
    @Suite(.withSite()) struct ReaderTests {
        /// 600 documents unless `INDEXGEN_READS` says otherwise.
        static let reads = ProcessInfo.processInfo.environment["INDEXGEN_READS"].flatMap(Int.init) ?? 600
        private static let pauses: [UInt32] = [0, 50_000, 300_000]

        let site: Site

        init() throws { site = try .current }

        @Test func `no reader misses what a root names`() throws {
            let corpora: [any Corpus] = [
                RPMCorpus(seed: 3), DebianCorpus(seed: 3), HelmCorpus(seed: 3, charts: 10),
                // Most of its files are the first of a project: the list of projects changes all the time.
                PyPICorpus(seed: 3, projects: 1_000),
            ]
            let packages = try corpora.map { try MadeUpPackages($0) }
            defer { for folder in packages { folder.hold() } }
            try site.add(packages.flatMap { try $0.write(0..<20) }, owner: "readers")
            let visitor = Visitor(site: site, owner: "readers")
            let tally = Mutex(Visitor.Report())
            var number = 20
            try besideReaders { pause in
                let report = visitor.visit(pausing: pause)
                tally.withLock { $0 += report }
            } write: {
                try site.add(packages.flatMap { try $0.write(number..<(number + 1)) }, owner: "readers")
                if number % 3 == 0 {
                    let old = try #require(try site.indexgen("list", "readers/debian").split(separator: "\n").first)
                    let columns = old.split(separator: "\t").map(String.init)
                    try site.indexgen("remove", "readers/debian", columns[1], columns[2])
                }
                number += 1
                return tally.withLock { $0.broken.isEmpty && ($0.documents < Self.reads || number < 30) }
            }
            let report = tally.withLock { $0 }
            print("\(report.documents) documents read beside \(number - 20) publications")
            #expect(Set(report.broken) == [])
        }

        /// dnf asks for repomd.xml and then for its signature. With superseded signatures it finds one that fits; without them, and
        /// for zypper, a change between the two requests is met, and the report says how often.
        @Test(.needs("gpg")) func `a signature that dnf accepts goes with every repomd.xml that it saw`() throws {
            let packages = try MadeUpPackages(RPMCorpus(seed: 5))
            defer { packages.hold() }
            for group in ["el9", "dnf9"] { try site.add(packages.write(0..<10), owner: "pairs", "--group", group) }
            let pairs = Mutex([String: [Pair: Int]]())
            var number = 10
            try besideReaders { pause in
                for group in ["el9", "dnf9"] {
                    let path = "/pairs/rpm/\(group)/repodata/repomd.xml"
                    guard let root = try? site.get(path).body else { continue }
                    usleep(pause)
                    guard let signature = try? site.get(path + ".asc").body else { continue }
                    pairs.withLock { $0[group, default: [:]][Pair(root: root, signature: signature), default: 0] += 1 }
                }
            } write: {
                for group in ["el9", "dnf9"] {
                    try site.add(packages.write(number..<(number + 1)), owner: "pairs", "--group", group)
                }
                number += 1
                return pairs.withLock { $0.values.reduce(0) { $0 + $1.values.reduce(0, +) } } < Self.reads || number < 20
            }
            let keys = try Sandbox("keys")
            defer { keys.hold() }
            try site.get("/pairs/rpm/repository.key").body.write(to: URL(fileURLWithPath: keys.path + "/key"))
            chmod(keys.path, 0o700)
            try Tool.succeed(["gpg", "--homedir", keys.path, "--quiet", "--import", keys.path + "/key"])
            for group in ["el9", "dnf9"] {
                let seen = pairs.withLock { $0[group] ?? [:] }
                var broken = (dnf: 0, zypper: 0)
                for (pair, count) in seen {
                    let (good, bad) = try pair.check(with: keys.path)
                    if good == 0 { broken.dnf += count }
                    if good == 0 || bad > 0 { broken.zypper += count }
                }
                print(
                    "\(group): \(seen.values.reduce(0, +)) pairs beside \(number - 10) publications; refused by dnf's rule \(broken.dnf), by zypper's \(broken.zypper)"
                )
                if group == "dnf9" { #expect(broken.dnf == 0) }
            }
        }

        /// Runs three readers until `write` has had enough.
        private func besideReaders(_ read: @escaping @Sendable (_ pause: UInt32) -> Void, write: () throws -> Bool) throws {
            let isOver = Atomic(false)
            let readers = Self.pauses.map { pause in
                Thread { while !isOver.load(ordering: .relaxed) { read(pause) } }
            }
            for reader in readers { reader.start() }
            defer {
                isOver.store(true, ordering: .relaxed)
                while readers.contains(where: { !$0.isFinished }) { usleep(10_000) }
            }
            while try write() {}
        }
    }
}

/// What a client got from two requests.
private struct Pair: Hashable {
    var root: Data
    var signature: Data

    /// How many good and bad signatures of the root there are.
    func check(with keyring: String) throws -> (good: Int, bad: Int) {
        let sandbox = try Sandbox("pair")
        defer { sandbox.hold() }
        try root.write(to: URL(fileURLWithPath: sandbox.path + "/root"))
        try signature.write(to: URL(fileURLWithPath: sandbox.path + "/root.asc"))
        let said = try Tool.run(
            ["gpg", "--homedir", keyring, "--status-fd", "1", "--verify", sandbox.path + "/root.asc", sandbox.path + "/root"])
        return (said.lines(startingWith: "[GNUPG:] GOODSIG").count, said.lines(startingWith: "[GNUPG:] BADSIG").count)
    }
}

/// Takes roots from a server and what they name, checking digests.
private struct Visitor: Sendable {
    let site: Site
    let owner: String

    struct Report {
        var documents = 0
        var broken: [String] = []

        static func += (a: inout Report, b: Report) {
            a.documents += b.documents
            a.broken += b.broken
        }
    }

    /// A root, and how to find in it what it names.
    private struct Root {
        var path: String
        /// Two groups: in this order unless `digestFirst`.
        var pattern: String
        var digestFirst = false
        var target: @Sendable (_ name: String, _ digest: String) -> String
    }

    private static let roots = [
        Root(path: "rpm/repodata/repomd.xml", pattern: #"<location href="(repodata/([0-9a-f]{64})-[^"]+)""#) { name, _ in
            "rpm/\(name)"
        },
        Root(
            path: "debian/dists/stable/InRelease", pattern: #"(?m)^ ([0-9a-f]{64}) +\d+ (\S+)/Packages"#, digestFirst: true
        ) { name, digest in "debian/dists/stable/\(name)/by-hash/SHA256/\(digest)" },
        Root(path: "helm/index.yaml", pattern: #"(?s)digest: \"?([0-9a-f]{64})\"?\n.{0,3000}?urls:\s+- (\S+)"#, digestFirst: true)
        {
            name, _ in
            "helm/\(name)"
        },
    ]

    func visit(pausing pause: UInt32) -> Report {
        var report = Report()
        for root in Self.roots { take(root, pause, &report) }
        takePages(pause, &report)
        return report
    }

    private func take(_ root: Root, _ pause: UInt32, _ report: inout Report) {
        guard let text = fetch(root.path)?.text else {
            report.broken.append(root.path)
            return
        }
        usleep(pause)
        report.documents += 1
        let named = Self.matches(root.pattern, in: text)
        if named.isEmpty { report.broken.append("\(root.path) names nothing") }
        for groups in named.shuffled().prefix(12) {
            let (digest, name) = root.digestFirst ? (groups[0], groups[1]) : (groups[1], groups[0])
            check(root.target(name, digest), digest, &report)
        }
    }

    /// PyPI's list of projects, one project, its files.
    private func takePages(_ pause: UInt32, _ report: inout Report) {
        guard let list = fetch("pypi/simple/")?.text else {
            report.broken.append("pypi/simple/")
            return
        }
        report.documents += 1
        let projects = Self.matches(#"href="([^"/]+)/""#, in: list).map { $0[0] }
        // At once: what is named before it is there is there soon.
        for project in projects.shuffled() where fetch("pypi/simple/\(project)/") == nil {
            report.broken.append("pypi/simple/\(project)/")
        }
        usleep(pause)
        guard let project = projects.randomElement() else { return }
        guard let page = fetch("pypi/simple/\(project)/")?.text else {
            report.broken.append("pypi/simple/\(project)/")
            return
        }
        usleep(pause)
        report.documents += 1
        let named = Self.matches(##"href="\.\./\.\./([^"#]+)#sha256=([0-9a-f]{64})""##, in: page)
        if named.isEmpty { report.broken.append("the page of \(project) names nothing") }
        for groups in named.prefix(3) {
            check("pypi/\(groups[0])", groups[1], &report)
        }
    }

    private func check(_ path: String, _ digest: String, _ report: inout Report) {
        report.documents += 1
        if fetch(path).map({ Site.sha256($0.body) }) != digest { report.broken.append(path) }
    }

    /// Nil for anything but success.
    private func fetch(_ path: String) -> Response? {
        guard let answer = try? site.get("/\(owner)/\(path)"), answer.status == 200 else { return nil }
        return answer
    }

    private static func matches(_ pattern: String, in text: String) -> [[String]] {
        guard let expression = try? NSRegularExpression(pattern: pattern) else { return [] }
        return expression.matches(in: text, range: NSRange(text.startIndex..., in: text)).map { match in
            (1..<match.numberOfRanges).map { Range(match.range(at: $0), in: text).map { String(text[$0]) } ?? "" }
        }
    }
}
