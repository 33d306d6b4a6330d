import Testing

@testable import Formats
@testable import Kit

@Suite struct DebianPlacementTests {
    @Test(arguments: [
        (DebianFixture.stanza("hello"), "pool/stable/main/h/hello/hello_1.0_amd64.deb"),
        (.stanza("hello", "0:1.0-1"), "pool/stable/main/h/hello/hello_1.0-1_amd64.deb"),
        (.stanza("hello", "1:2.10-3"), "pool/stable/main/h/hello/epoch-1/hello_2.10-3_amd64.deb"),
        (.stanza("libfoo2-dev", extra: "Source: libfoo\n"), "pool/stable/main/libf/libfoo/libfoo2-dev_1.0_amd64.deb"),
        (.stanza("libfoo2", extra: "Source: foo (1:1.0-2)\n"), "pool/stable/main/f/foo/libfoo2_1.0_amd64.deb"),
        (.stanza("foo", extra: "Source:\n"), "pool/stable/main/f/foo/foo_1.0_amd64.deb"),
        (.stanza("lib"), "pool/stable/main/lib/lib/lib_1.0_amd64.deb"),
        (.stanza("liba"), "pool/stable/main/liba/liba/liba_1.0_amd64.deb"),
        (.stanza("0ad", "0.0.26+~x", "all"), "pool/stable/main/0/0ad/0ad_0.0.26+~x_all.deb"),
        (.stanza("di", extra: "Package-Type: udeb\n"), "pool/stable/main/d/di/di_1.0_amd64.udeb"),
    ])
    func `files lie in the pool as Debian's do`(fixture: DebianFixture, path: String) throws {
        #expect(try DebianHarness.place(fixture.bytes).path.text == path)
    }

    @Test func `partition, identity and path follow the coordinates`() throws {
        let placement = try DebianHarness.place(
            DebianFixture().bytes, ["distribution": "bookworm/updates", "component": "contrib"])
        #expect(placement.path.text == "pool/bookworm/updates/contrib/h/hello/epoch-1/hello_2.10-3_amd64.deb")
        #expect(placement.identity == "bookworm/updates/contrib/hello_1:2.10-3_amd64")
        #expect(placement.claim == "bookworm/updates/hello_1:2.10-3_amd64")
        #expect(placement.listings.map(\.partition) == [PartitionKey(scope: "bookworm/updates", name: "contrib/amd64")])
    }

    @Test func `installer packages are told by their control file, then by their name`() throws {
        func partition(_ extra: String, _ filename: String) throws -> String {
            try DebianHarness.place(DebianFixture.stanza("di", extra: extra).bytes, filename: filename).listings[0].partition.name
        }
        #expect(try partition("", "di.udeb") == "main/debian-installer/amd64")
        #expect(try partition("", "di.deb") == "main/amd64")
        #expect(try partition("Package-Type: udeb\n", "di.deb") == "main/debian-installer/amd64")
        #expect(try partition("Package-Type: deb\n", "di.udeb") == "main/amd64")
    }

    @Test func `equal versions have one identity, a .deb and a .udeb have two`() throws {
        func identity(_ version: String, _ extra: String = "") throws -> String {
            try DebianHarness.place(DebianFixture.stanza("foo", version, extra: extra).bytes).identity
        }
        #expect(try identity("1.0") == identity("0:1.00-0"))
        #expect(try identity("1.0") != identity("1:1.0"))
        #expect(try identity("1.0") != identity("1.0", "Package-Type: udeb\n"))
    }

    @Test(arguments: [
        "", "/", "a/", "/a", "a//b", ".", "..", "a/../b", "a/./b", ".hidden", "a b", "a\\b", "a:b", "a\u{0}", "é", "-x",
        "by-hash", "a/by-hash",
        "pool", "dists", "a/Release", "InRelease", "Packages", "debian-installer", "x.deb", "a%2Fb", "a\n",
        String(repeating: "a", count: 201),
    ])
    func `names that could leave their folder or collide with another are refused`(name: String) {
        for coordinate in ["distribution", "component"] {
            let fault = refusal { () throws(Refusal) in _ = try DebianHarness.place(DebianFixture().bytes, [coordinate: name]) }
            #expect(fault?.cause == .placement)
            #expect(fault?.place == coordinate)
        }
    }

    @Test(arguments: ["stable", "bookworm/updates", "1.0~rc+x_y-z", "UNRELEASED", "noble-backports", "a/b/c"])
    func `usual names are taken`(name: String) throws {
        #expect(try DebianHarness.place(DebianFixture().bytes, ["distribution": name]).path.text.contains("/\(name)/"))
        let asComponent = refusal { () throws(Refusal) in _ = try DebianHarness.place(DebianFixture().bytes, ["component": name])
        }
        #expect(asComponent?.cause == (name.contains("/") ? .placement : nil))
    }

    @Test func `a file name of more than 255 bytes is refused`() {
        let version = "1" + String(repeating: ".0", count: 130)
        let fault = refusal { () throws(Refusal) in _ = try DebianHarness.place(DebianFixture.stanza("foo", version).bytes) }
        #expect(fault?.cause == .limit)
    }

    @Test func `entries are listed by name, version and architecture`() throws {
        let order = [
            ("foo", "1.0~rc1", "amd64"), ("foo", "1.0", "all"), ("foo", "1.0", "amd64"), ("foo", "1.0-1", "all"),
            ("foo", "1.10", "all"),
            ("foo", "1:0", "all"), ("foo-bar", "0", "all"), ("foo.x", "0", "all"), ("fooa", "0", "all"),
        ]
        let keys = try order.map { try DebianHarness.place(DebianFixture.stanza($0.0, $0.1, $0.2).bytes).listings[0].sortKey }
        for i in keys.indices.dropLast() { #expect(keys[i].lexicographicallyPrecedes(keys[i + 1]), "\(order[i])") }
    }
}
