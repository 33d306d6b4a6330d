import Testing

@testable import Formats
@testable import Kit

/// Names, tags and digests as the specification has them, and all that is nearly one.
@Suite struct ContainerNameTests {
    @Test(arguments: [
        "a", "app", "0", "team/app", "a/b/c/d/e", "a.b", "a_b", "a__b", "a-b", "a--b", "a-----b", "tools.x/a__b", "1.2-3_4",
        "list",
        "manifest", "blob", "blobs-1", "tag", "index", "sha256", "token", "v2", "container", "a/index.html", "index.htm",
    ])
    func `names are taken as they are`(name: String) throws {
        #expect(ContainerName.fault(in: name, of: "acme") == nil)
        let record = try ContainerShelf.record(ContainerBuilder().bytes, name)
        #expect(record.name == name && record.nameIdentity == name)
        #expect(
            try ContainerShelf.placement(ContainerBuilder().bytes, name).path.text.hasPrefix("\(name)/manifests/manifest/sha256:")
        )
    }

    static let badNames: [(String, String)] =
        [
            "App", "APP", "aPp", ".", "..", "...", ".a", "a.", "-a", "a-", "_a", "a_", "a..b", "a___b", "a._b", "a.-b", "a-_b",
            "a-.b", "a_.b",
            "/", "/a", "a/", "a//b", "a/./b", "a/../b", "../a", "a/..", "a b", " a", "a ", "a\tb", "a\n", "\0", "a\0b", "a\\b",
            "é", "ａ", "a\u{301}", "\u{200B}a", "a+b", "a~b", "a:b", "a@b", "a%2fb", "%61", "a?b", "a#b", "a&b", "a=b", "a,b",
            "a;b", "a'b",
            "a\"b", "a$b", "a*b", "a(b)", "a[b]", "a{b}", "a|b", "a<b>", "a!b", "a^b", "a`b", "{name+}", "team/App", "team/.app",
            "team/app.",
            "registry:5000/app", "app:1.0", "app@sha256:00",
        ].map { ($0, "has a part that is not small letters") }
        + [
            "blobs", "manifests", "tags", "uploads", "referrers", "a/blobs", "blobs/a", "a/manifests/b", "a/tags", "uploads/x",
            "referrers/x",
        ].map {
            ($0, "stands behind names in addresses")
        }
        + [
            ("_catalog", "stands behind names in addresses"), ("a/_catalog", "stands behind names in addresses"),
            ("_catalog/x_", "stands behind names in addresses"),
            ("index.html", "the repository's page"), ("index.html/a", "the repository's page"),
            (String(repeating: "a", count: 251), "more than 255 characters"),
            (String(repeating: "a/", count: 2_000) + "a", "more than 255 characters"), ("", "is missing"),
        ]

    @Test(arguments: badNames) func `what is not a name is refused in words`(name: String, words: String) throws {
        let found = refusal { () throws(Refusal) in _ = try ContainerShelf.record(ContainerBuilder().bytes, name) }
        let refused = try #require(found, "\(name)")
        #expect(refused.cause == .placement && refused.place == ContainerName.place, "\(refused)")
        #expect(refused.what.contains(words), "\(refused)")
        #expect(
            !refused.remedy.isEmpty && "\(refused)".utf8.count < 1_000 && "\(refused)".utf8.allSatisfy { !ASCII.isControl($0) })
        // A blob's is not another.
        let blob = refusal { () throws(Refusal) in
            _ = try ContainerShelf.record([1], name, nil, named: ContainerDigest.of([1]).text)
        }
        #expect(blob == refused)
    }

    @Test func `the owner counts`() throws {
        let name = String(repeating: "a", count: 250)
        #expect(ContainerName.fault(in: name, of: "acme") == nil)
        #expect(ContainerName.fault(in: name, of: "acme2")?.contains("more than 255 characters") == true)
    }

    @Test func `who says no image is told how`() throws {
        let found = refusal { () throws(Refusal) in _ = try ContainerShelf.record(ContainerBuilder().bytes, nil) }
        #expect(found?.remedy.contains("--image NAME") == true)
    }

    @Test func `an owner that docker cannot name is a warning`() throws {
        for (owner, isWarned) in [("acme", false), ("a.b-c_d", false), ("Acme", true), ("acme_", true)] {
            #expect(try ContainerShelf.record(ContainerBuilder().bytes, owner: owner).warnings.isEmpty == !isWarned, "\(owner)")
        }
    }

    @Test(arguments: [
        "1.0", "latest", "_", "_x", "A", "v1.0-rc.1_b", "sha256-0123", "blobs", "list", "a..b", "0",
        String(repeating: "t", count: 128),
    ])
    func `tags are taken as they are, and are said to be marks`(tag: String) throws {
        let bytes = ContainerBuilder().bytes
        let record = try ContainerShelf.record(bytes, "app", tag)
        #expect(record.statements == [MarkStatement("tag", key: tag, value: ContainerDigest.of(bytes).text)])
        #expect(try !Container().profile.resolved(record.statements).isEmpty)
    }

    @Test(arguments: [
        ".", "..", ".a", "-a", "-", "a b", " ", "a/b", "/", "é", "a+b", "a~b", "a%b", "a\0", "a\n", "a\\b", "a?b", "a#b", "a@b",
        "a*", "$x",
        String(repeating: "t", count: 129), String(repeating: "t", count: 100_000),
    ])
    func `what is not a tag is refused`(tag: String) throws {
        let found = try #require(
            refusal { () throws(Refusal) in _ = try ContainerShelf.record(ContainerBuilder().bytes, "app", tag) })
        #expect(
            found.cause == .placement && found.place == ContainerName.tagPlace && found.what.contains("is not a tag"), "\(found)")
        let kind = try #require(Container().profile.marks.first)
        #expect(kind.check(tag, "")?.contains("is not a tag") == true)
    }

    @Test func `a mark stands for a digest`() throws {
        let kind = try #require(Container().profile.marks.first)
        #expect(kind.check("1.0", ContainerBuilder.digest("x")) == nil && kind.check("1.0", "") == nil)
        for value in ["1.0", "sha256:00", "latest", "md5:00"] { #expect(kind.check("1.0", value) != nil, "\(value)") }
    }

    @Test func `digests are whole, in small letters, and by two algorithms`() throws {
        let sha256 = ContainerBuilder.digest("x"), sha512 = ContainerBuilder.digest("x", by: .sha512)
        for text in [sha256, sha512] {
            let digest = try ContainerDigest.read(text)
            #expect(digest.text == text && digest.bytes.count == digest.algorithm.byteCount)
            for changed in [
                "", String(text.dropLast()), text + "0", text.uppercased(), text + " ", " " + text, String(text.dropFirst(7)),
                text.dropLast() + "g",
                text.replacing(":", with: "-"), text.replacing(":", with: "::"), text.replacing("sha", with: "SHA"), text + "\n",
                text.dropLast() + "/", text + "\0", "md5:" + text.dropFirst(7),
            ] {
                #expect(ContainerDigest.parse(changed) == nil, "\(changed)")
                #expect(refusal { () throws(Refusal) in _ = try ContainerDigest.read(changed) } != nil, "\(changed)")
            }
        }
        let found = refusal { () throws(Refusal) in _ = try ContainerDigest.read("sha384:00") }
        #expect(found?.cause == .unsupported && found?.what.contains("sha384:00") == true)
    }

    @Test func `each scope maps back to its image, and the list of all to none`() {
        func image(_ scope: String) -> Coordinates { Container().coordinates(of: PartitionKey(scope: scope, name: "x")) }
        #expect(image("") == Coordinates())
        #expect(image("team/app") == Coordinates(["image": "team/app"]))
        #expect(image("team/app:1.0") == Coordinates(["image": "team/app", "tag": "1.0"]))
        #expect(image("team/app@sha256:00") == Coordinates(["image": "team/app"]))
        #expect(Container().scope(ofPackage: "team/app") == "team/app")
        for scope in ["team/app", "team/app:1.0", "team/app@sha256:00"] {
            #expect(Container().profile.scope(of: image(scope)) == "team/app")
        }
    }
}
