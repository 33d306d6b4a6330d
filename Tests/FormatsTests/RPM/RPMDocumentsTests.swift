import Testing

@testable import Formats
@testable import Kit

@Suite struct RPMDocumentsTests {
    private func scope(_ group: String, count: Int = 2) -> Scope {
        Scope(
            key: group, changed: Timestamp(seconds: 1_700_000_000),
            partitions: [Partition(key: PartitionKey(scope: group), count: count)])
    }

    private func published(_ scope: Scope, in repository: Repository) -> [PublishedDocument] {
        RPM().documents(for: scope, in: repository).enumerated().map { (i, plan) in
            let hex = Hex.string([UInt8](repeating: UInt8(i), count: 32))
            let cut = plan.path.lastIndex(of: "/").map { plan.path.index(after: $0) } ?? plan.path.startIndex
            let encoding = plan.encodings[0]
            return PublishedDocument(
                path: plan.path, open: .init(sha256: [UInt8](repeating: 0xEE, count: 32), size: 1_000 + i),
                variants: [
                    .init(
                        encoding: encoding, path: plan.path[..<cut] + "\(hex)-" + plan.path[cut...] + encoding.suffix,
                        measure: .init(sha256: [UInt8](repeating: UInt8(i), count: 32), size: 100 + i))
                ])
        }
    }

    private func literal(_ plan: DocumentPlan?) -> String {
        guard case .literal(let bytes)? = plan?.body.first else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `a group has three leaves with their number of packages`() {
        let plans = RPM().documents(for: scope("el9", count: 7), in: rpmRepository())
        #expect(plans.map(\.path) == ["el9/repodata/primary.xml", "el9/repodata/filelists.xml", "el9/repodata/other.xml"])
        for (plan, slot) in zip(plans, ["primary", "filelists", "other"] as [Slot]) {
            #expect(plan.naming == .digestPrefixed)
            #expect(plan.encodings == [.zstd(level: 7)])
            #expect(literal(plan).hasPrefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<"))
            #expect(literal(plan).hasSuffix(" packages=\"7\">\n"))
            #expect(plan.body[1] == .run(Run(slot, of: [PartitionKey(scope: "el9")])))
        }
    }

    @Test func `the root group has no directory`() {
        #expect(RPM().documents(for: scope(""), in: rpmRepository()).map(\.path).first == "repodata/primary.xml")
    }

    @Test func `an empty group keeps its documents, so that clients do not fail`() {
        let plans = RPM().documents(for: scope("el9", count: 0), in: rpmRepository())
        #expect(plans.count == 3)
        #expect(literal(plans[0]).hasSuffix("packages=\"0\">\n"))
    }

    @Test(
        arguments: [
            (["compression": .text("gz")], "el9", Encoding.gzip(level: 6)),
            (["compression": .text("zstd")], "el9", .zstd(level: 7)),
            (["profile": .text("el7"), "compression": .text("zstd")], "el7", .gzip(level: 6)), ([:], "el7", .zstd(level: 7)),
        ] as [([String: Options.Value], String, Encoding)])
    func `compression follows the options`(values: [String: Options.Value], group: String, expected: Encoding) {
        let repository = rpmRepository(Options(general: values))
        #expect(RPM().documents(for: scope(group), in: repository).allSatisfy { $0.encodings == [expected] })
    }

    @Test func `repomd names the leaves with both digests`() {
        let scope = scope("fedora/41"), repository = rpmRepository()
        let roots = RPM().roots(for: scope, over: published(scope, in: repository), in: repository)
        #expect(roots.map(\.path) == ["fedora/41/repodata/repomd.xml", "fedora/41.repo"])
        #expect(roots[0].companions.isEmpty)
        func data(_ i: Int, _ name: String) -> String {
            let checksum = String(repeating: "0\(i)", count: 32)
            return """
                  <data type="\(name)">
                    <checksum type="sha256">\(checksum)</checksum>
                    <open-checksum type="sha256">\(String(repeating: "ee", count: 32))</open-checksum>
                    <location href="repodata/\(checksum)-\(name).xml.zst"/>
                    <timestamp>1700000000</timestamp>
                    <size>\(100 + i)</size>
                    <open-size>\(1_000 + i)</open-size>
                  </data>

                """
        }
        #expect(
            literal(roots[0]) == """
                <?xml version="1.0" encoding="UTF-8"?>
                <repomd xmlns="http://linux.duke.edu/metadata/repo" xmlns:rpm="http://linux.duke.edu/metadata/rpm">
                  <revision>1700000000</revision>

                """ + data(0, "primary") + data(1, "filelists") + data(2, "other") + "</repomd>\n")
    }

    @Test func `with a key the root is signed and the key is published before it`() {
        let scope = scope("el9"), repository = rpmRepository(key: Array("KEY".utf8))
        let roots = RPM().roots(for: scope, over: published(scope, in: repository), in: repository)
        #expect(roots.map(\.path) == ["el9/repodata/repomd.xml.key", "el9/repodata/repomd.xml", "el9.repo"])
        #expect(roots[1].companions == [.detached(path: "el9/repodata/repomd.xml.asc")])
        #expect(literal(roots[0]) == "KEY")
        #expect(RPM().commons(in: repository) == [DocumentPlan(path: "repository.key", body: [.literal(Array("KEY".utf8))])])
        #expect(RPM().commons(in: rpmRepository()).isEmpty)
    }

    @Test func `the repo file tells clients where and how to check`() {
        let repository = rpmRepository(key: Array("KEY".utf8)), scope = scope("fedora/41")
        #expect(
            literal(RPM().roots(for: scope, over: [], in: repository).last) == """
                [acme-fedora-41]
                name=acme fedora/41
                baseurl=https://packages.example.org/acme/rpm/fedora/41
                enabled=1
                gpgcheck=0
                repo_gpgcheck=1
                gpgkey=https://packages.example.org/acme/rpm/repository.key

                """)
    }

    @Test func `the root group's repo file has a name that no group can take`() {
        let plan = RPM().roots(for: scope(""), over: [], in: rpmRepository()).last
        #expect(plan?.path == "repository.repo")
        #expect(literal(plan).contains("[acme]\n"))
        #expect(literal(plan).contains("baseurl=https://packages.example.org/acme/rpm\n"))
        #expect(literal(plan).contains("repo_gpgcheck=0\n"), "there is no key")
        #expect(!literal(plan).contains("gpgkey"))
    }

    @Test func `settings change the repo file and cannot add lines to it`() {
        let options = Options(
            general: ["name": .text("Acme\nenabled=0"), "gpgcheck": .flag(true), "repo_gpgcheck": .flag(false)])
        let text = literal(RPM().roots(for: scope("el9"), over: [], in: rpmRepository(options, key: [65])).last)
        #expect(text.contains("name=Acme enabled=0\n"))
        #expect(text.contains("\ngpgcheck=1\nrepo_gpgcheck=0\n"))
    }
}
