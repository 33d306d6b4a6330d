import Corpus
import Foundation
import Testing

/// What clients make of indexes that were put together from many separately compressed segments, when they are new, after changes that
/// took most segments over, and when a byte in the midst of one is wrong.
struct SegmentedSite {
    let site: Site
    /// How many segments each document must have, at least, for this to prove anything.
    let least: Int

    static func settings(segmentBytes: Int) -> String {
        """
        segment_bytes: \(segmentBytes)
        debian: {compression: [gz, xz, zst]}
        helm: {yaml_limit_kib: 64}
        """
    }

    /// Every document of a repository that `isLarge` names has enough segments.
    private func expectSegments(of repository: String, files: Int, _ isLarge: (String) -> Bool = { _ in true }) throws {
        let segments = try site.segments(of: repository).filter { isLarge($0.key) }
        #expect(segments.count == files, "\(segments)")
        #expect(segments.values.allSatisfy { $0 >= least }, "\(segments)")
        for (path, count) in segments {
            if let counted = try site.countedSegments(of: path) { #expect(counted == count, "\(path)") }
        }
    }

    // MARK: apt

    /// - Parameter forms: which of an index's forms apt is to fetch, each with a client of its own.
    func apt(_ forms: [String]) throws {
        let packages = try MadeUpPackages(DebianCorpus(seed: 41))
        defer { packages.hold() }
        try site.add(packages.write(0..<300), owner: "apt-segments")
        // Of amd64, of all, and of arm64, which has what is for all.
        try expectSegments(of: "apt-segments/debian", files: 9)
        let index = "apt-segments/debian/dists/stable/main/binary-amd64/Packages"
        let names = try self.names(in: index)
        #expect(names.count == 300)
        let chosen = [names[0], names[150], names[299]]
        let pattern = chosen.map { NSRegularExpression.escapedPattern(for: $0) }.joined(separator: "|")
        let clients = try forms.map { (form: $0, apt: try Apt(site, owner: "apt-segments")) }
        for (form, apt) in clients {
            var update: Outcome?
            let requests = try site.server.requests { update = try apt.update(fetching: form) }
            #expect(update?.succeeded == true && update?.complaints.isEmpty == true, "\(update as Any)")
            let digest = Site.sha256(try site.read(index + (form == "uncompressed" ? "" : ".\(form)")))
            #expect(requests.contains { $0.hasSuffix("/by-hash/SHA256/\(digest) 200") }, "\(form): \(requests)")
            #expect(try apt.packages() == names, "\(form)")
            let search = try apt.run("apt-cache", "search", "--names-only", "^(\(pattern))$")
            #expect(chosen.allSatisfy { search.lines(startingWith: "\($0) - ").count == 1 }, "\(form): \(search)")
            let show = try apt.run("apt-cache", "show", chosen[0], chosen[1], chosen[2])
            #expect(show.lines(startingWith: "Package: ") == chosen.map { "Package: \($0)" }, "\(form): \(show)")
            let download = try apt.run("apt-get", "download", chosen[0], chosen[1], chosen[2])
            let files = try FileManager.default.contentsOfDirectory(atPath: apt.sandbox.path + "/download")
            #expect(download.succeeded && files.count == 3, "\(form): \(download)")
        }

        try site.add(packages.write(300..<301), owner: "apt-segments")
        try site.indexgen("remove", "apt-segments/debian", names[150])
        // Of amd64, of all, and of arm64, which has what is for all.
        try expectSegments(of: "apt-segments/debian", files: 9)
        let changed = try self.names(in: index)
        #expect(changed.count == 300 && !changed.contains(names[150]))
        for (form, apt) in clients {
            let update = try apt.update(fetching: form)
            #expect(update.succeeded && update.complaints.isEmpty, "\(form): \(update)")
            #expect(try apt.packages() == changed, "\(form)")
        }

        for file in try site.files(below: "apt-segments/debian/dists/stable/main") { try site.replace(file, flipMiddle) }
        for form in forms {
            let newcomer = try Apt(site, owner: "apt-segments")
            let refused = try newcomer.update(fetching: form)
            #expect(!refused.succeeded && refused.says("Hash Sum mismatch"), "\(form): \(refused)")
            #expect(try newcomer.packages() == [], "\(form)")
        }
    }

    /// The packages of a plain index, in its order.
    private func names(in index: String) throws -> [String] {
        String(decoding: try site.read(index), as: UTF8.self).components(separatedBy: "\n").filter { $0.hasPrefix("Package: ") }
            .map { String($0.dropFirst(9)) }
    }

    // MARK: dnf and zypper

    /// - Parameter group: whose repodata is compressed as its name says.
    func dnf(_ group: String) throws {
        let owner = "dnf-\(group)"
        let packages = try MadeUpPackages(RPMCorpus(seed: 42))
        defer { packages.hold() }
        let files = try packages.write(0..<300)
        try site.add(files, owner: owner, "--group", group)
        try expectSegments(of: "\(owner)/rpm", files: 3) { $0.hasSuffix(group.hasPrefix("gz") ? ".gz" : ".zst") }
        let dnf = try Dnf(site, owner: owner, groups: [group])
        let made = try dnf.run("makecache")
        #expect(made.succeeded, "\(made)")
        let all = Self.packages(files)
        #expect(try dnf.packages() == all)
        let chosen = [all[0], all[150], all[299]]
        let list = try dnf.run("repoquery", "-l", chosen[0], chosen[1], chosen[2])
        #expect(chosen.allSatisfy { list.says("/usr/share/licenses/\(Self.name(of: $0))/") }, "\(list)")
        let places = try dnf.run("repoquery", "--location", chosen[0], chosen[1], chosen[2]).lines(startingWith: site.url)
        #expect(places.count == 3)
        for place in places {
            let answer = try site.get(String(place.dropFirst(site.url.count)))
            #expect(answer.status == 200 && answer.body.starts(with: [0xED, 0xAB, 0xEE, 0xDB]), "\(place) \(answer)")
        }
        let changes = try dnf.run("repoquery", "--changelogs", "*")
        #expect(changes.succeeded && changes.says("Update to <the latest> release"), "\(changes)")

        let more = try packages.write(300..<301)
        try site.add(more, owner: owner, "--group", group)
        try site.indexgen("remove", "\(owner)/rpm", Self.name(of: all[150]))
        try expectSegments(of: "\(owner)/rpm", files: 3) { $0.hasSuffix(group.hasPrefix("gz") ? ".gz" : ".zst") }
        #expect(try dnf.refresh().succeeded)
        #expect(try dnf.packages() == Self.packages(files + more).filter { $0 != all[150] })

        for part in least >= 100 ? ["primary", "filelists", "other"] : ["primary"] {
            let sound = try tamper(owner, group, part)
            // What makes dnf read that part.
            let arguments = part == "other" ? ["repoquery", "--changelogs", "*"] : ["makecache"]
            let refused = try Dnf(site, owner: owner, groups: [group]).run(arguments)
            #expect(!refused.succeeded && refused.says("-\(part).xml."), "\(refused)")
            for (file, bytes) in sound { try site.replace(file) { $0 = bytes } }
        }
    }

    func zypper(_ group: String) throws {
        let owner = "zypper-\(group)"
        let packages = try MadeUpPackages(RPMCorpus(seed: 43))
        defer { packages.hold() }
        let files = try packages.write(0..<300)
        try site.add(files, owner: owner, "--group", group)
        try expectSegments(of: "\(owner)/rpm", files: 3) { $0.hasSuffix(group.hasPrefix("gz") ? ".gz" : ".zst") }
        let zypper = try Zypper()
        #expect(try zypper.run("addrepo", "\(site.url)/\(owner)/rpm/\(group).repo").succeeded)
        let refreshed = try zypper.run("refresh")
        #expect(refreshed.succeeded, "\(refreshed)")
        // zypper shows what fits its architecture.
        let seen = Self.packages(files).filter(Self.fits)
        #expect(try zypper.packages() == seen.map(Self.name).sorted())
        let information = try zypper.run("info", Self.name(of: seen[seen.count / 2]))
        #expect(information.says("Name           : \(Self.name(of: seen[seen.count / 2]))\n"), "\(information)")

        let more = try packages.write(300..<301)
        try site.add(more, owner: owner, "--group", group)
        let gone = seen[seen.count / 2]
        try site.indexgen("remove", "\(owner)/rpm", Self.name(of: gone))
        #expect(try zypper.run("refresh", "--force").succeeded)
        #expect(
            try zypper.packages() == Self.packages(files + more).filter { Self.fits($0) && $0 != gone }.map(Self.name).sorted())

        _ = try tamper(owner, group, "primary")
        let newcomer = try Zypper()
        #expect(try newcomer.run("addrepo", "\(site.url)/\(owner)/rpm/\(group).repo").succeeded)
        let refused = try newcomer.run("refresh")
        #expect(!refused.succeeded && refused.says("digest"), "\(refused)")
    }

    /// Flips a bit in the middle of a part of the index; gives back what it was.
    private func tamper(_ owner: String, _ group: String, _ part: String) throws -> [String: Data] {
        var sound: [String: Data] = [:]
        for file in try site.files(below: "\(owner)/rpm/\(group)/repodata") where file.contains("-\(part).xml.") {
            sound[file] = try site.read(file)
            try site.replace(file, flipMiddle)
        }
        #expect(!sound.isEmpty)
        return sound
    }

    /// As name-version-release.arch, sorted.
    private static func packages(_ files: [String]) -> [String] {
        files.map { String(($0 as NSString).lastPathComponent.dropLast(4)) }.sorted()
    }

    private static func fits(_ package: String) -> Bool { package.hasSuffix(".x86_64") || package.hasSuffix(".noarch") }

    private static func name(of package: String) -> String {
        package.components(separatedBy: "-").dropLast(2).joined(separator: "-")
    }

    // MARK: pip and uv

    func python(htmlOnly: Bool) throws {
        let owner = "python-\(htmlOnly)"
        let packages = try MadeUpPackages(PyPICorpus(seed: 44, projects: 1))
        defer { packages.hold() }
        try site.add(packages.write(0..<400), owner: owner)
        let others = try MadeUpPackages(PyPICorpus(seed: 45, projects: 300))
        defer { others.hold() }
        try site.add(others.write(0..<300), owner: owner)
        let folders = try FileManager.default.contentsOfDirectory(atPath: site.file("\(owner)/pypi/simple"))
        let project = try #require(
            folders.first { folder in
                (try? FileManager.default.contentsOfDirectory(atPath: site.file("\(owner)/pypi/files/\(folder)")))?.count == 100
            })
        try expectSegments(of: "\(owner)/pypi", files: 2) { $0.contains("/simple/\(project)/") }
        let list = try site.segments(of: "\(owner)/pypi").filter { $0.key.contains("/simple/index.") }
        // The list of three hundred projects is short: 8 kB.
        if least >= 100 { #expect(list.count == 2 && list.values.allSatisfy { $0 >= 3 }, "\(list)") }

        let python = try Python(site, owner: owner, htmlOnly: htmlOnly)
        let versions = try FileManager.default.contentsOfDirectory(atPath: site.file("\(owner)/pypi/files/\(project)"))
        #expect(try python.versions(of: project) == Set(versions))
        for version in ["0.0", "9.9"] {
            let spelled = try #require(versions.first { $0.hasPrefix(version) })
            let download = try python.pip(
                "download", "--no-deps", "--only-binary", ":all:", "--index-url", python.index, "\(project)==\(spelled)")
            #expect(download.succeeded && download.says("Saved ./") && download.says("_0-\(spelled)-"), "\(download)")
        }
        let middle = try #require(versions.first { $0.hasPrefix("4.9") })
        let install = try python.uv(
            "pip", "install", "--no-deps", "--default-index", python.index, "--target", "target", "\(project)==\(middle)")
        #expect(install.succeeded && install.says("\(project)==\(middle)"), "\(install)")

        try site.add(packages.write(400..<401), owner: owner)
        try site.indexgen("remove", "\(owner)/pypi", project, middle)
        try expectSegments(of: "\(owner)/pypi", files: 2) { $0.contains("/simple/\(project)/") }
        let changed = try python.versions(of: project)
        #expect(changed.count == 100 && !changed.contains(middle) && changed.contains { $0.hasPrefix("10.0") }, "\(changed)")

        // Nothing signs a page; but one that does not unpack is not believed. An old server's pages are plain.
        if htmlOnly { return }
        for file in try site.files(below: "\(owner)/pypi/simple/\(project)") where file.hasSuffix(".gz") {
            try site.replace(file, flipMiddle)
        }
        let refused = try python.pip("index", "versions", "--index-url", python.index, project)
        #expect(!refused.succeeded, "\(refused)")
    }

    // MARK: helm

    /// By helm's rules: it reads either form, wants each chart's versions newest first, and fetches by address and digest.
    func helm() throws {
        let packages = try MadeUpPackages(HelmCorpus(seed: 46, charts: 8))
        defer { packages.hold() }
        let few = try packages.write(0..<40)
        try site.add(few, owner: "helm-large")
        try expectCharts(few, isJSON: false)
        let files = try few + packages.write(40..<200)
        try site.add(files, owner: "helm-large")
        try expectSegments(of: "helm-large/helm", files: 1)
        try expectCharts(files, isJSON: true)
        let gone = (files[100] as NSString).lastPathComponent
        let more = try packages.write(200..<201)
        try site.add(more, owner: "helm-large")
        let (name, version) = Self.chart(gone)
        try site.indexgen("remove", "helm-large/helm", name, version)
        try expectSegments(of: "helm-large/helm", files: 1)
        try expectCharts(files.filter { !$0.hasSuffix("/" + gone) } + more, isJSON: true)
    }

    /// - Parameter files: in the order of their numbers, which is that of each chart's versions.
    private func expectCharts(_ files: [String], isJSON: Bool) throws {
        let path = "helm-large/helm/index.yaml"
        #expect(try site.read(path).first == UInt8(ascii: isJSON ? "{" : "a"))
        let text = try Tool.succeed(["/usr/bin/python3", "-c", Clients.HelmTests.reader, site.file(path)])
        let index = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let entries = try #require(index["entries"] as? [String: [[String: Any]]])
        let expected = Dictionary(grouping: files) { Self.chart(($0 as NSString).lastPathComponent).name }
        #expect(
            entries.mapValues { $0.compactMap { $0["urls"] as? [String] }.joined().map { $0 } }
                == expected.mapValues { $0.reversed().map { ($0 as NSString).lastPathComponent } })
        for file in files {
            let (name, version) = Self.chart((file as NSString).lastPathComponent)
            let entry = entries[name]?.first { $0["version"] as? String == version }
            let digest = Site.sha256(try Data(contentsOf: URL(fileURLWithPath: file)))
            #expect(entry?["digest"] as? String == digest, "\(file)")
        }
    }

    /// `NAME-NUMBER-VERSION.tgz`.
    private static func chart(_ file: String) -> (name: String, version: String) {
        let parts = file.dropLast(4).components(separatedBy: "-")
        return (parts.prefix(3).joined(separator: "-"), parts.dropFirst(3).joined(separator: "-"))
    }
}

extension Apt {
    /// Updates and takes an index's given form: `gz`, `xz`, `zst` or `uncompressed`.
    func update(fetching form: String) throws -> Outcome {
        try run(
            "apt-get", "-o", "Acquire::IndexTargets::deb::Packages::CompressionTypes=\(form)", "update")
    }

    /// The names of all packages in the indexes, sorted.
    func packages() throws -> [String] {
        try run("apt-cache", "dumpavail").lines(startingWith: "Package: ").map { String($0.dropFirst(9)) }.sorted()
    }
}

extension Zypper {
    /// The names of all packages, sorted.
    func packages() throws -> [String] {
        try run("search", "--details", "--type", "package").output.components(separatedBy: "\n")
            .map { $0.components(separatedBy: "|").map { $0.trimmingCharacters(in: .whitespaces) } }
            .filter { $0.count > 4 && $0[2] == "package" }.map { $0[1] }.sorted()
    }
}

extension Python {
    /// All versions of a project that pip sees, also those that it would not choose.
    func versions(of project: String) throws -> Set<String> {
        let outcome = try pip("index", "versions", "--pre", "--index-url", index, project)
        let line = outcome.lines(startingWith: "Available versions: ").first ?? ""
        return Set(line.dropFirst(20).components(separatedBy: ", "))
    }
}

extension Clients {
    @Suite(.withSite(settings: SegmentedSite.settings(segmentBytes: 1_024))) struct ManySegmentsTests {
        let site: SegmentedSite

        init() throws { site = SegmentedSite(site: try .current, least: 100) }

        @Test(.needs("apt-get", "xz", "zstd")) func `apt reads an index of more than a hundred segments, in every form`() throws {
            try site.apt(["gz", "xz", "zst", "uncompressed"])
        }

        @Test(.needs("dnf", "zstd"), arguments: ["el9", "gz9"])
        func `dnf reads an index of more than a hundred segments`(group: String) throws { try site.dnf(group) }

        @Test(.needs("zypper", "zstd"), arguments: ["el9", "gz9"])
        func `zypper reads an index of more than a hundred segments`(group: String) throws { try site.zypper(group) }

        @Test(.needsPython, arguments: [false, true])
        func `pip and uv read a page of more than a hundred segments`(htmlOnly: Bool) throws {
            try site.python(htmlOnly: htmlOnly)
        }

        @Test(.enabled(if: HelmTests.hasYAML, "python3-yaml is not installed"))
        func `the index of charts of more than a hundred segments is one that helm reads`() throws { try site.helm() }

        @Test(.needsShared) func `the index of charts of more than a hundred segments obeys helm's rules`() throws {
            let packages = try MadeUpPackages(HelmCorpus(seed: 47, charts: 8))
            defer { packages.hold() }
            let files = try packages.write(0..<200)
            try site.site.add(files, owner: "helm-rules")
            let check = try Tool.run([
                "/usr/bin/python3", try #require(Shared.folder) + "/tools/check_helm_index.py",
                site.site.file("helm-rules/helm/index.yaml"), (files[0] as NSString).deletingLastPathComponent,
            ])
            #expect(check.succeeded, "\(check)")
        }
    }

    @Suite(.withSite(settings: SegmentedSite.settings(segmentBytes: 16_384))) struct FewSegmentsTests {
        let site: SegmentedSite

        init() throws { site = SegmentedSite(site: try .current, least: 3) }

        @Test(.needs("apt-get", "xz", "zstd")) func `apt reads an index of some segments, in every compression`() throws {
            try site.apt(["gz", "xz", "zst"])
        }

        @Test(.needs("dnf", "zstd"), arguments: ["el9", "gz9"])
        func `dnf reads an index of some segments`(group: String) throws { try site.dnf(group) }

        @Test(.needs("zypper", "zstd")) func `zypper reads an index of some segments`() throws { try site.zypper("el9") }

        @Test(.needsPython) func `pip and uv read a page of some segments`() throws { try site.python(htmlOnly: false) }

        @Test(.enabled(if: HelmTests.hasYAML, "python3-yaml is not installed"))
        func `the index of charts of some segments is one that helm reads`() throws { try site.helm() }
    }
}
