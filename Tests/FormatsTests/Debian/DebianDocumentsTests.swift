import Testing

@testable import Formats
@testable import Kit

@Suite struct DebianDocumentsTests {
    let debian = Debian()

    @Test func `a stanza is the control file and what apt needs to fetch the package`() throws {
        let bytes = DebianFixture().bytes
        #expect(
            try DebianHarness.stanza(bytes) == DebianFixture.standard + """
                Filename: pool/stable/main/h/hello/epoch-1/hello_2.10-3_amd64.deb
                Size: \(bytes.count)
                MD5sum: \(String(repeating: "02", count: 16))
                SHA256: \(String(repeating: "ab", count: 32))


                """)
    }

    @Test func `each architecture has an index, with the packages for all merged in`() {
        let scope = DebianHarness.scope(
            "stable", ["contrib/arm64", "main/all", "main/amd64", "main/debian-installer/all", "main/debian-installer/amd64"])
        let plans = debian.documents(for: scope, in: DebianHarness.repository())
        let runs = plans.map { plan in
            let names = plan.body.flatMap { piece in if case .run(let run) = piece { run.partitions.map(\.name) } else { ["?"] } }
            return plan.path + " = " + names.joined(separator: " + ")
        }
        #expect(
            runs == [
                "dists/stable/contrib/binary-all/Packages = ",
                "dists/stable/contrib/binary-amd64/Packages = ",
                "dists/stable/contrib/binary-arm64/Packages = contrib/arm64",
                "dists/stable/main/binary-all/Packages = main/all",
                "dists/stable/main/binary-amd64/Packages = main/amd64 + main/all",
                "dists/stable/main/binary-arm64/Packages = main/all",
                "dists/stable/main/debian-installer/binary-all/Packages = main/debian-installer/all",
                "dists/stable/main/debian-installer/binary-amd64/Packages"
                    + " = main/debian-installer/amd64 + main/debian-installer/all",
                "dists/stable/main/debian-installer/binary-arm64/Packages = main/debian-installer/all",
            ])
        #expect(plans.allSatisfy { $0.naming == .plainAndByHash && $0.encodings.map(\.suffix) == ["", ".gz", ".xz"] })
    }

    @Test func `chosen architectures are always there, chosen compressions are used`() {
        let repository = DebianHarness.repository([
            "architectures": .list(["riscv64", "amd64", "../x", "any"]), "compression": .list(["zst", "gz", "rar"]),
        ])
        let plans = debian.documents(for: DebianHarness.scope("stable", ["main/all"]), in: repository)
        #expect(plans.map(\.path) == ["all", "amd64", "riscv64"].map { "dists/stable/main/binary-\($0)/Packages" })
        #expect(plans.allSatisfy { $0.encodings.map(\.suffix) == ["", ".gz", ".zst"] })
        #expect(debian.documents(for: DebianHarness.scope("stable", []), in: repository).isEmpty)
    }

    /// As the program would publish it, with sizes and digests that are easy to recognise.
    static func published(_ plan: DocumentPlan, _ size: Int) -> PublishedDocument {
        PublishedDocument(
            path: plan.path, open: .init(sha256: .init(repeating: 0xAA, count: 32), size: size),
            variants: plan.encodings.enumerated().map { i, encoding in
                .init(
                    encoding: encoding, path: plan.path + encoding.suffix,
                    measure: .init(sha256: .init(repeating: i == 0 ? 0xAA : UInt8(i), count: 32), size: i == 0 ? size : 20 + i))
            })
    }

    func release(_ options: [String: Options.Value] = [:], _ partitions: [String], key: String = "stable", size: Int = 123) throws
        -> String
    {
        let repository = DebianHarness.repository(options), scope = DebianHarness.scope(key, partitions)
        let leaves = debian.documents(for: scope, in: repository).map { Self.published($0, size) }
        let plans = debian.roots(for: scope, over: leaves, in: repository)
        try #require(plans.count == 1)
        guard case .literal(let bytes)? = plans[0].body.first else { return "" }
        return bytes.text
    }

    @Test func `a Release says all that apt asks for`() throws {
        let plain = String(repeating: "aa", count: 32), gz = String(repeating: "01", count: 32),
            xz = String(repeating: "02", count: 32)
        #expect(
            try release(["description": .text("Acme's\npackages"), "version": .text("12.5")], ["main/all", "main/amd64"]) == """
                Origin: acme
                Label: acme
                Suite: stable
                Version: 12.5
                Codename: stable
                Date: Sat, 21 Nov 2026 01:15:02 UTC
                Acquire-By-Hash: yes
                No-Support-for-Architecture-all: Packages
                Architectures: all amd64
                Components: main
                Description: Acme's packages
                SHA256:
                 \(plain)      123 main/binary-all/Packages
                 \(gz)       21 main/binary-all/Packages.gz
                 \(xz)       22 main/binary-all/Packages.xz
                 \(plain)      123 main/binary-amd64/Packages
                 \(gz)       21 main/binary-amd64/Packages.gz
                 \(xz)       22 main/binary-amd64/Packages.xz

                """)
    }

    @Test func `settings reach the Release of their distribution`() throws {
        let text = try release(
            [
                "origin": .text("Acme"), "label": .text("Acme Tools"), "suite": .text("oldstable"), "codename": .text("bookworm"),
                "valid_for_days": .number(7), "not_automatic": .flag(true), "but_automatic_upgrades": .flag(true),
                "compression": .list([]),
            ], ["contrib/amd64", "main/amd64"], key: "bookworm/updates", size: 1_234_567_890)
        let sum = " \(String(repeating: "aa", count: 32)) 1234567890 "
        #expect(
            text == """
                Origin: Acme
                Label: Acme Tools
                Suite: oldstable
                Codename: bookworm
                Date: Sat, 21 Nov 2026 01:15:02 UTC
                Valid-Until: Sat, 28 Nov 2026 01:15:02 UTC
                NotAutomatic: yes
                ButAutomaticUpgrades: yes
                Acquire-By-Hash: yes
                Architectures: amd64
                Components: contrib main
                SHA256:
                \(sum)contrib/binary-amd64/Packages
                \(sum)main/binary-amd64/Packages

                """)
    }

    @Test(arguments: [(["main/all"], false), (["main/amd64"], false), (["main/all", "main/amd64"], true)])
    func `packages for all need no fetch of their own where they are merged`(partitions: [String], expected: Bool) throws {
        #expect(try release([:], partitions).contains("\nNo-Support-for-Architecture-all: Packages\n") == expected)
    }

    @Test func `the plain index is listed even when it is not published`() throws {
        let scope = DebianHarness.scope("stable", ["main/amd64"]), repository = DebianHarness.repository()
        let leaf = PublishedDocument(
            path: "dists/stable/main/binary-amd64/Packages", open: .init(sha256: [UInt8](repeating: 7, count: 32), size: 9),
            variants: [])
        let plan = try #require(debian.roots(for: scope, over: [leaf], in: repository).first)
        guard case .literal(let bytes)? = plan.body.first else { return #expect(Bool(false), "Release is not a literal") }
        #expect(bytes.text.hasSuffix("\n \(String(repeating: "07", count: 32))        9 main/binary-amd64/Packages\n"))
    }

    @Test func `signatures and the key are there when the site signs`() throws {
        let scope = DebianHarness.scope("a/b", ["main/amd64"])
        let signed = DebianHarness.repository(signed: true), unsigned = DebianHarness.repository()
        #expect(
            debian.roots(for: scope, over: [], in: signed).first?.companions == [
                .detached(path: "dists/a/b/Release.gpg"), .clearsigned(path: "dists/a/b/InRelease"),
            ])
        #expect(debian.roots(for: scope, over: [], in: unsigned).first?.companions == [])
        #expect(debian.commons(in: signed) == [DocumentPlan(path: "repository.key", body: [.literal([UInt8]("KEY\n"))])])
        #expect(debian.commons(in: unsigned).isEmpty)
        #expect(debian.roots(for: DebianHarness.scope("x", []), over: [], in: signed).isEmpty)
    }
}
