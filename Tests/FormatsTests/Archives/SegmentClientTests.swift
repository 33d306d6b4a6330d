import Foundation
import Testing

@testable import Formats
@testable import Kit

/// Package managers read repositories whose indexes are spliced of 100 and more segments.
@Suite struct SegmentClientTests {
    /// An index and how it was cut: literal head, entries, literal tail, each segment compressed on its own.
    struct Index {
        let name: String
        let open: [UInt8]
        let pieces: [[UInt8]]

        init(_ name: String, head: String = "", entries: [String], tail: String = "") {
            self.name = name
            var pieces = [Array(head.utf8), []]
            var boundaries = SegmentBoundaries(.init(target: 3 << 10))
            for entry in entries {
                let open = Array(entry.utf8)
                if boundaries.begins(with: SegmentBoundaries.mark(open), size: open.count) { pieces.append([]) }
                pieces[pieces.count - 1] += open
            }
            pieces.append(Array(tail.utf8))
            self.pieces = pieces
            open = pieces.reduce(into: []) { $0 += $1 }
        }

        func file(_ encoding: Encoding) -> [UInt8] { SegmentSplicer.file(of: pieces.map(encoding.segment), encoding) }
    }

    static func sha256(_ name: String, in folder: URL) throws -> String {
        String(try #require(try Tool.run("sha256sum", [name], in: folder)).text.prefix(64))
    }

    static let digits = (0..<16).map { String($0, radix: 16) }
    static func digest(_ number: Int) -> String {
        (0..<64).map { digits[((number &* 2_654_435_761) >> ($0 % 24)) & 15] }.joined()
    }

    // MARK: apt

    static let stanzas = Index(
        "Packages",
        entries: (0..<1_200).map {
            """
            Package: example-\($0)
            Version: 1.\($0)-1
            Architecture: all
            Maintainer: Example Team <team@example.org>
            Filename: pool/e/example-\($0)_1.\($0)-1_all.deb
            Size: \($0 * 37 + 1_000)
            SHA256: \(digest($0))
            Description: package number \($0) of a repository that packs well


            """
        })

    /// Makes apt look at its arguments and nothing of this machine.
    static func aptConfiguration(_ folder: URL) -> String {
        """
        Dir "\(folder.path)/apt/"; Dir::State "\(folder.path)/apt/"; Dir::State::status "\(folder.path)/apt/status";
        Dir::Cache "\(folder.path)/apt/cache/"; Dir::Etc "\(folder.path)/apt/etc/";
        Dir::Etc::sourcelist "\(folder.path)/apt/sources.list";
        APT::Architecture "amd64"; APT::Architectures { "amd64"; }; APT::Sandbox::User "root";
        Acquire::Languages "none"; Acquire::Retries "0"; Acquire::GzipIndexes "false"; #clear APT::Update;
        """
    }

    @Test(
        .enabled(if: Tool.has("apt-get", "apt-cache", "sha256sum", "env"), "apt is needed"),
        arguments: [Encoding.gzip(level: 6), .xz(level: 6), .zstd(level: 10)])
    func `apt reads Packages of many segments`(encoding: Encoding) throws {
        let index = Self.stanzas
        try #require(index.pieces.count >= 100)
        try Tool.inFolder { folder in
            let suite = "repository/dists/test", binary = "main/binary-amd64/Packages"
            try folder.put("open", index.open)
            try folder.put("\(suite)/\(binary)\(encoding.suffix)", index.file(encoding))
            let packed = try Self.sha256("\(suite)/\(binary)\(encoding.suffix)", in: folder)
            let release = """
                Origin: test
                Suite: test
                Codename: test
                Date: Sat, 21 Nov 2020 01:15:02 UTC
                Architectures: amd64
                Components: main
                SHA256:
                 \(try Self.sha256("open", in: folder)) \(index.open.count) \(binary)
                 \(packed) \(index.file(encoding).count) \(binary)\(encoding.suffix)

                """
            try folder.put("\(suite)/Release", Array(release.utf8))
            for name in ["lists/partial/x", "cache/archives/partial/x", "etc/apt.conf.d/x", "status"] {
                try folder.put("apt/\(name)", [])
            }
            let source = "deb [trusted=yes] file:\(folder.path)/repository test main\n"
            try folder.put("apt/sources.list", Array(source.utf8))
            try folder.put("apt.conf", Array(Self.aptConfiguration(folder).utf8))
            let environment = ["-i", "PATH=/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL=C", "APT_CONFIG=\(folder.path)/apt.conf"]
            #expect(
                try Tool.run("env", environment + ["apt-get", "update", "-o", "APT::Update::Error-Mode=any"], in: folder) != nil)
            let listing = try #require(try Tool.run("env", environment + ["apt-cache", "dumpavail"], in: folder)).text
            #expect(listing.split(separator: "\n").count { $0.hasPrefix("Package: ") } == 1_200)
            let lists = folder.appendingPathComponent("apt/lists")
            let kept = try FileManager.default.contentsOfDirectory(atPath: lists.path).filter { $0.contains("_Packages") }
            #expect(kept.count == 1)
            for name in kept { #expect(try lists.get(name) == index.open) }
        }
    }

    // MARK: RPM

    static let repodata: [Index] = {
        let names = (0..<1_200).map { "example-\($0)" }
        func packages(_ entry: (Int, String) -> String) -> [String] {
            names.enumerated().map { entry($0.offset, $0.element) + "\n" }
        }
        let xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", base = "http://linux.duke.edu/metadata"
        let version = #"<version epoch="0" ver="1.0" rel="1"/>"#
        return [
            Index(
                "primary", head: #"\#(xml)<metadata xmlns="\#(base)/common" xmlns:rpm="\#(base)/rpm" packages="1200">\#n"#,
                entries: packages { i, name in
                    """
                    <package type="rpm"><name>\(name)</name><arch>noarch</arch>\(version)\
                    <checksum type="sha256" pkgid="YES">\(digest(i))</checksum><summary>Number \(i)</summary>\
                    <description>One of many</description><packager/><url/><time file="1" build="1"/>\
                    <size package="1" installed="1" archive="1"/><location href="\(name).rpm"/>\
                    <format><rpm:license>MIT</rpm:license>\
                    <rpm:vendor/><rpm:group>Unspecified</rpm:group><rpm:buildhost>localhost</rpm:buildhost><rpm:sourcerpm/>\
                    <rpm:header-range start="1" end="2"/>\
                    <rpm:provides><rpm:entry name="\(name)" flags="EQ" epoch="0" ver="1.0" rel="1"/>\
                    </rpm:provides></format></package>
                    """
                }, tail: "</metadata>\n"),
            Index(
                "filelists", head: #"\#(xml)<filelists xmlns="\#(base)/filelists" packages="1200">\#n"#,
                entries: packages { i, name in
                    #"<package pkgid="\#(digest(i))" name="\#(name)" arch="noarch">\#(version)"#
                        + (0..<6).map { "<file>/usr/share/\(name)/\($0)</file>" }.joined() + "</package>"
                }, tail: "</filelists>\n"),
            Index(
                "other", head: #"\#(xml)<otherdata xmlns="\#(base)/other" packages="1200">\#n"#,
                entries: packages { i, name in
                    #"<package pkgid="\#(digest(i))" name="\#(name)" arch="noarch">\#(version)"#
                        + #"<changelog author="A &lt;a@example.org&gt; - 1.0-1" date="1600000000">"#
                        + #"- number \#(i), \#(digest(i + 7))</changelog></package>"#
                }, tail: "</otherdata>\n"),
        ]
    }()

    /// Writes a repository with these repodata below `folder`.
    static func putRepository(_ folder: URL, _ encoding: Encoding) throws {
        var records = ""
        for index in repodata {
            try #require(index.pieces.count >= 100)
            let name = "repodata/\(index.name).xml"
            try folder.put("open", index.open)
            try folder.put("\(name)\(encoding.suffix)", index.file(encoding))
            let packed = try sha256("\(name)\(encoding.suffix)", in: folder)
            records += """
                <data type="\(index.name)"><checksum type="sha256">\(packed)</checksum>\
                <open-checksum type="sha256">\(try sha256("open", in: folder))</open-checksum>\
                <location href="\(name)\(encoding.suffix)"/><timestamp>1600000000</timestamp>\
                <size>\(index.file(encoding).count)</size><open-size>\(index.open.count)</open-size></data>

                """
        }
        let repomd = """
            <?xml version="1.0" encoding="UTF-8"?>
            <repomd xmlns="http://linux.duke.edu/metadata/repo"><revision>1</revision>
            \(records)</repomd>

            """
        try folder.put("repodata/repomd.xml", Array(repomd.utf8))
    }

    @Test(.enabled(if: Tool.has("dnf", "sha256sum"), "dnf is needed"), arguments: [Encoding.gzip(level: 6), .zstd(level: 10)])
    func `dnf reads repodata of many segments`(encoding: Encoding) throws {
        try Tool.inFolder { folder in
            let repository = folder.appendingPathComponent("repository")
            try Self.putRepository(repository, encoding)
            try folder.put("root/x", [])
            let configuration = """
                [main]
                reposdir=\(folder.path)/none
                cachedir=\(folder.path)/cache
                persistdir=\(folder.path)/persist
                logdir=\(folder.path)/log
                varsdir=\(folder.path)/vars
                plugins=0
                gpgcheck=0
                [t]
                name=t
                baseurl=file://\(repository.path)
                enabled=1
                skip_if_unavailable=0

                """
            try folder.put("dnf.conf", Array(configuration.utf8))
            let options = [
                "-q", "-y", "-c", "dnf.conf", "--installroot=\(folder.path)/root", "--releasever=9",
                "--setopt=reposdir=\(folder.path)/none", "--setopt=cachedir=\(folder.path)/cache",
                "--setopt=optional_metadata_types=filelists,other",
            ]
            #expect(try Tool.run("dnf", options + ["makecache"], in: folder) != nil)
            let names = try Tool.run("dnf", options + ["repoquery", "--qf", "%{name}"], in: folder)?.text.split(separator: "\n")
            #expect(Set(names ?? []).count == 1_200)
            let last = try Tool.run("dnf", options + ["repoquery", "-l", "example-1199"], in: folder)?.text
            #expect(last?.hasSuffix("/usr/share/example-1199/5\n") == true)
            let log = try Tool.run("dnf", options + ["repoquery", "--changelogs", "example-600"], in: folder)?.text
            #expect(log?.contains("- number 600, ") == true)
        }
    }

    /// mergerepo_c of createrepo_c: of the machine, or the one named by INDEXGEN_MERGEREPO.
    static let mergerepo = ProcessInfo.processInfo.environment["INDEXGEN_MERGEREPO"] ?? Tool.find("mergerepo_c")

    /// Debian's 0.17 has no zstd.
    static let mergerepoEncodings: [Encoding] = {
        let output = mergerepo.flatMap { try? Tool.run("env", [$0, "--version"], in: URL(fileURLWithPath: "/")) }?.text ?? ""
        return [.gzip(level: 6), .xz(level: 6)] + (output.contains("Version: 0.") ? [] : [.zstd(level: 10)])
    }()

    @Test(
        .enabled(if: mergerepo != nil && Tool.has("sha256sum", "env", "gzip"), "createrepo_c is needed"),
        arguments: mergerepoEncodings)
    func `createrepo_c reads repodata of many segments`(encoding: Encoding) throws {
        let program = try #require(Self.mergerepo)
        try Tool.inFolder { folder in
            try Self.putRepository(folder.appendingPathComponent("a"), encoding)
            try Self.putRepository(folder.appendingPathComponent("b"), encoding)
            let arguments = [program, "--repo=a", "--repo=b", "--outputdir=out", "--compress-type=gz", "--no-database"]
            try #require(try Tool.run("env", arguments, in: folder) != nil)
            let repodata = folder.appendingPathComponent("out/repodata")
            for index in Self.repodata {
                let files = try FileManager.default.contentsOfDirectory(atPath: repodata.path)
                let name = try #require(files.first { $0.hasSuffix("-\(index.name).xml.gz") })
                let open = try #require(try Tool.run("gzip", ["-dc", name], in: repodata)).text
                #expect(open.contains(#"packages="1200""#))
                #expect(open.components(separatedBy: "<package ").count == 1_201)
            }
        }
    }
}
