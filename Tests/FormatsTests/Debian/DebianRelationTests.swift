import Testing

@testable import Formats
@testable import Kit

/// What dpkg would not install does not come in, and what it merely grumbles at comes in with a word.
@Suite struct DebianRelationTests {
    private func package(_ line: String) -> [UInt8] {
        DebianFixture("Package: probe\nVersion: 1.0\nArchitecture: all\n\(line)\nDescription: a probe\n").bytes
    }

    @Test(arguments: RelationText.all) func `relations are judged as dpkg judges them`(text: RelationText) throws {
        let result = Result { () throws(Refusal) in try DebianHarness.inspect(package(text.line)) }
        switch (text.breaksApt ? .refused : text.verdict, result) {
        case (.fine, .success(let record)): #expect(record.warnings.isEmpty)
        case (.warned, .success(let record)): #expect(record.warnings.count == 1 && record.warnings[0].place.contains("field"))
        case (.refused, .failure(let refusal)):
            #expect(refusal.cause == .malformed && refusal.place.contains("the control file, field"), "\(refusal)")
        case (_, let result): Issue.record("\(result)")
        }
    }

    @Test func `a refusal shows the field and the text`() {
        let refusal = #expect(throws: Refusal.self) { try DebianHarness.inspect(package("Recommends: a, ${misc:Recommends}")) }
        #expect(refusal?.place == "the control file, field recommends")
        #expect(refusal?.what.contains("${misc:Recommends}") == true)
    }

    @Test(arguments: ["", " ", "\t", " \t \t"]) func `an empty field does not reach a stanza`(blank: String) throws {
        let lines = ["Provides", "depends", "Homepage", "X-Mine"].map { "\($0)-1:\(blank)\n" }.joined()
        for name in ["Provides", "PROVIDES", "depends", "Homepage"] {
            let stanza = try DebianHarness.stanza(package("\(name):\(blank)\nX-Full: yes\n" + lines.dropLast()))
            #expect(!stanza.lowercased().contains("\(name.lowercased()):") && stanza.contains("X-Full: yes\n"))
            #expect(!stanza.contains("X-Mine"))
        }
    }

    @Test func `a field that begins on the next line is not empty`() throws {
        let stanza = try DebianHarness.stanza(package("X-List:\n one\n two\nX-Blank: \t"))
        #expect(stanza.contains("X-List:\n one\n two\n") && !stanza.contains("X-Blank"))
    }

    @Test(arguments: [("noarch", "all"), ("386", "i386"), ("aarch64", "arm64"), ("armv7l", "armhf"), ("ppc64le", "ppc64el")])
    func `another system's name for an architecture is a warning with Debian's`(name: String, right: String) throws {
        let record = try DebianHarness.inspect(DebianFixture.stanza("hello", "1.0", name).bytes)
        #expect(record.architecture == name && record.warnings.count == 1)
        #expect(record.warnings[0].remedy.contains("write \(right) "))
        #expect(try DebianHarness.inspect(DebianFixture.stanza("hello", "1.0", right).bytes).warnings.isEmpty)
    }

    @Test func `a name that Debian does not allow is refused with the right one`() {
        let refusal = #expect(throws: Refusal.self) { try DebianHarness.inspect(DebianFixture.stanza("a1", "1", "x86_64").bytes) }
        #expect(refusal?.remedy.contains("amd64") == true)
    }

    // MARK: Debug symbols, and what is not a package

    @Test(arguments: ["Package-Type: ddeb\n", "Package-Type: DDEB\n", ""])
    func `Ubuntu's debug symbols keep their ending and are listed beside the rest`(type: String) throws {
        let bytes = DebianFixture.stanza("hello-dbgsym", "1.0-2", "amd64", extra: type).bytes
        let symbols = try DebianHarness.place(bytes, filename: "hello-dbgsym_1.0-2_amd64.ddeb")
        #expect(symbols.path.text == "pool/stable/main/h/hello-dbgsym/hello-dbgsym_1.0-2_amd64.ddeb")
        #expect(symbols.listings.map(\.partition.name) == ["main/amd64"])
        let ordinary = try DebianHarness.place(DebianFixture.stanza("hello-dbgsym", "1.0-2").bytes)
        #expect(symbols.identity != ordinary.identity && symbols.path != ordinary.path)
    }

    @Test(arguments: [
        ("hello_1.0-1.dsc", "dpkg-buildpackage"), ("hello_1.0.orig.tar.xz", "dpkg-buildpackage"),
        ("hello_1.0-1.debian.tar.xz", "dpkg-buildpackage"), ("hello_1.0-1.diff.gz", "dpkg-buildpackage"),
        ("hello_1.0.orig-docs.tar.gz", "dpkg-buildpackage"), ("hello_1.0-1_amd64.changes", "dput"),
        ("HELLO_1.0-1_AMD64.CHANGES", "dput"), ("hello_1.0-1_amd64.buildinfo", ".deb files"),
    ])
    func `what goes along with packages is refused with what to do instead`(filename: String, remedy: String) {
        let objection = Debian().objection(to: filename)
        #expect(objection?.cause == .unsupported && objection?.remedy.contains(remedy) == true)
    }

    @Test(arguments: ["hello_1.0_amd64.deb", "hello-1.0.tar.gz", "a.ddeb", "changes", "dsc"])
    func `other files are nobody's objection`(filename: String) { #expect(Debian().objection(to: filename) == nil) }

    // MARK: Distributions

    private func release(_ key: String, customs: Int, _ partitions: [String], _ options: [String: Options.Value] = [:]) -> String
    {
        var scope = DebianHarness.scope(key, partitions)
        scope.customs = customs
        guard
            case .literal(let bytes)? = Debian().roots(for: scope, over: [], in: DebianHarness.repository(options))[0].body.first
        else { return "" }
        return bytes.text
    }

    @Test func `a distribution with a slash has the Codename before it`() {
        let text = release("bookworm/updates", customs: 1, ["main/amd64"])
        #expect(text.contains("\nSuite: bookworm-updates\n") && text.contains("\nCodename: bookworm\n"))
        let given = release("a/b/c", customs: 1, ["main/amd64"], ["codename": .text("x/y"), "suite": .text("z")])
        #expect(given.contains("\nSuite: z\n") && given.contains("\nCodename: x/y\n"))
        #expect(release("bookworm", customs: 1, ["main/amd64"]) == release("bookworm", customs: 0, ["main/amd64"]))
    }

    @Test func `a distribution that was begun before keeps its names`() {
        let text = release("bookworm/updates", customs: 0, ["main/amd64"])
        #expect(text.contains("\nSuite: bookworm/updates\n") && text.contains("\nCodename: bookworm/updates\n"))
    }

    @Test func `a distribution of nothing but all has an index for the common machines`() {
        let text = release("d", customs: 1, ["main/all"])
        #expect(text.contains("\nArchitectures: all amd64 arm64\n"))
        // Without this field every apt fetches binary-all as well, whatever its machine.
        #expect(!text.contains("No-Support"))
        var scope = DebianHarness.scope("d", ["main/all"])
        #expect(
            Debian().documents(for: scope, in: DebianHarness.repository()).map(\.path) == ["dists/d/main/binary-all/Packages"])
        scope.customs = 1
        let plans = Debian().documents(for: scope, in: DebianHarness.repository())
        #expect(plans.map(\.path) == ["all", "amd64", "arm64"].map { "dists/d/main/binary-\($0)/Packages" })
        #expect(Set(plans.map { "\($0.body)" }).count == 1)
    }

    @Test func `what a distribution of nothing but all had stays when packages of a machine come`() {
        func architectures(_ customs: Int, _ partitions: [String]) -> [Substring] {
            release("d", customs: customs, partitions).split(separator: "\n").filter { $0.hasPrefix("Architectures: ") }
        }
        for machine in ["amd64", "riscv64"] {
            let expected = Set(["all", "amd64", "arm64", machine]).sorted().joined(separator: " ")
            #expect(architectures(2, ["main/all", "main/\(machine)"]) == ["Architectures: \(expected)"])
            #expect(architectures(2, ["main/\(machine)"]) == ["Architectures: \(machine)"])
        }
        #expect(architectures(2, ["main/all"]) == ["Architectures: all amd64 arm64"])
        // An upgrade of the program adds nothing.
        #expect(architectures(1, ["main/all", "main/riscv64"]) == ["Architectures: all riscv64"])
        #expect(architectures(0, ["main/all"]) == ["Architectures: all"])
    }

    @Test func `debug symbols are what their version is, beside the package of that name`() throws {
        func claim(_ ending: String, _ type: String) throws -> String? {
            let bytes = DebianFixture.stanza("hello", "1.0-2", "amd64", extra: type).bytes
            return try DebianHarness.place(bytes, filename: "hello_1.0-2_amd64.\(ending)").claim
        }
        #expect(try claim("ddeb", "Package-Type: ddeb\n") == claim("deb", ""))
        #expect(try claim("udeb", "Package-Type: udeb\n") != claim("deb", ""))
    }

    @Test func `a second name has all documents and a Suite of its own`() {
        let scope = DebianHarness.scope("bookworm", ["main/amd64"])
        let repository = DebianHarness.repository(["aliases": .list(["stable", "a/b", "stable", "bookworm"])])
        let names = ["bookworm", "stable", "a/b"]
        #expect(
            Debian().documents(for: scope, in: repository).map(\.path) == names.map { "dists/\($0)/main/binary-amd64/Packages" })
        let roots = Debian().roots(for: scope, over: [], in: repository)
        #expect(roots.map(\.path) == names.map { "dists/\($0)/Release" })
        let texts = roots.compactMap { if case .literal(let bytes)? = $0.body.first { bytes.text } else { nil } }
        #expect(zip(texts, ["bookworm", "stable", "a-b"]).allSatisfy { $0.contains("\nSuite: \($1)\nCodename: bookworm\n") })
    }

    @Test func `packages are added to a distribution and not to its second name`() throws {
        var options = Options()
        options.patterns = [("bookworm*", ["aliases": .list(["stable", "bookworm-new"])])]
        #expect(DebianAliases.holder(of: "stable", in: options) == "bookworm*")
        #expect(DebianAliases.holder(of: "bookworm-new", in: options) == nil)
        #expect(DebianAliases.holder(of: "trixie", in: options) == nil)
    }

    @Test(arguments: ["", "a//b", ".x", "by-hash", "a b", "Release"])
    func `a second name is one that a distribution could have`(name: String) {
        #expect(DebianAliases.option.check(name)?.contains("cannot be the name of a distribution") == true)
    }
}
