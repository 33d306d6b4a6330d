import Testing

@testable import Formats
@testable import Kit

/// What pages say of Maven's artifacts.
struct MavenPortraitTests {
    private let path = "com/example/demo/lib/1.0.0/lib-1.0.0.pom"

    private func portrait(_ more: String) throws -> Portrait {
        try #require(try MavenKit.record(MavenKit.bytes(MavenKit.pom(more: more)), to: path).portrait)
    }

    private func fact(_ label: String, _ portrait: Portrait) -> Portrait.Fact? { portrait.facts.first { $0.label == label } }

    private func groups(_ portrait: Portrait) -> [Portrait.Group] {
        guard case .groups(let groups)? = portrait.sections.first(where: { $0.id == "dependencies" })?.content else { return [] }
        return groups
    }

    @Test func `a POM fills facts and dependencies by scope`() throws {
        let portrait = try portrait(
            """
            <name>The ${project.artifactId}</name><description>First line.
              Second line.</description><url>https://example.org/${project.artifactId}</url>
            <properties><netty>4.1</netty></properties>
            <organization><name>Example</name><url>https://example.org/</url></organization>
            <licenses><license><name>Apache-2.0</name><url>https://apache.org/l</url></license><license><url>https://e.org/l</url></license></licenses>
            <developers><developer><name>Ann</name></developer><developer><id>b</id></developer></developers>
            <scm><connection>scm:git:x</connection><url>https://git.example.org/lib</url></scm>
            <issueManagement><system>x</system><url>https://example.org/bugs</url></issueManagement>
            <dependencies>
              <dependency><groupId>io.netty</groupId><artifactId>netty</artifactId><version>${netty}</version>
                <exclusions><exclusion><groupId>x</groupId><artifactId>y</artifactId></exclusion></exclusions></dependency>
              <dependency><artifactId>junit</artifactId><groupId>junit</groupId><version>4</version><scope>test</scope></dependency>
              <dependency><groupId>a</groupId><artifactId>b</artifactId><type>zip</type><optional>true</optional></dependency>
              <dependency/>
              <dependency><groupId>a</groupId><artifactId>c</artifactId><version>1</version><classifier>x</classifier><scope>odd</scope></dependency>
            </dependencies>
            <build><plugins><plugin><dependencies><dependency><groupId>no</groupId></dependency></dependencies></plugin></plugins></build>
            """)
        #expect(fact("Name", portrait)?.value == "The lib")
        #expect(fact("Packaging", portrait)?.value == "jar")
        #expect(
            portrait.facts.filter { $0.label == "Licence" } == [
                .init("Licence", "Apache-2.0", link: "https://apache.org/l"), .link("Licence", "https://e.org/l"),
            ])
        #expect(fact("Organisation", portrait) == .init("Organisation", "Example", link: "https://example.org/"))
        #expect(fact("Developer", portrait)?.value == "Ann")
        #expect(fact("Homepage", portrait)?.link == "https://example.org/lib")
        #expect(fact("Sources", portrait)?.link == "https://git.example.org/lib")
        #expect(fact("Issues", portrait)?.link == "https://example.org/bugs")
        #expect(portrait.sections.first == .about("First line.\n  Second line."))
        #expect(
            groups(portrait) == [
                .init("compile", ["io.netty:netty:4.1", "a:b, zip, optional"]), .init("test", ["junit:junit:4"]),
                .init("other", ["a:c:1:x"]),
            ])
    }

    @Test func `what is odd is refused no more than before, and left out`() throws {
        let odd = """
            <scm><url><a/></url></scm><organization><name>A</name><name>B</name></organization>
            <dependencies><dependency>text</dependency><dependency><version><a>1</a></version><artifactId>x</artifactId></dependency></dependencies>
            """
        let portrait = try portrait(odd)
        #expect(portrait.facts.map(\.label) == ["Packaging"])
        #expect(groups(portrait) == [.init("compile", [":x"])])
        let circle = try self.portrait(
            "<properties><a>${b}x</a><b>${a}</b></properties><name>${a}</name><url>${project.version}</url>")
        #expect(fact("Name", circle)?.value == "${a}")
    }

    @Test func `long lists and expressions that grow are bounded`() throws {
        let many = String(
            repeating: "<dependency><groupId>${a}</groupId><artifactId>b</artifactId><version>${a}</version></dependency>",
            count: 2_000)
        let large = String(repeating: "x", count: 200_000)
        let portrait = try portrait("<properties><a>\(large)</a></properties><dependencies>\(many)</dependencies>")
        #expect(groups(portrait).map(\.items.count) == [500])
        #expect(groups(portrait).first?.items.first == "${a}:b:${a}")
    }

    @Test func `only POMs have portraits, and only where there are pages`() throws {
        let pom = MavenKit.bytes(MavenKit.pom())
        let silent = Repository(owner: "acme", type: "maven", baseURL: "https://example.org", hasPages: false)
        let upload = MavenKit.upload(pom, to: path)
        let record = try Maven().inspect(upload, bytes: pom.span, in: silent, within: Budget())
        #expect(record.portrait == nil)
        let jar = MavenKit.jar().bytes
        let library = try MavenKit.record(jar, to: "com/example/demo/lib/1.0.0/lib-1.0.0.jar")
        #expect(library.portrait == nil)
    }

    @Test func `lines for build files name the version, or the newest by its path`() {
        func lines(_ name: String, _ version: String?, path: String) -> [String] {
            let target = InstallationTarget(name: name, version: version, path: path, filename: "x")
            return Maven().installations(of: target, in: MavenKit.repository).flatMap(\.lines)
        }
        let expected = [
            "<dependency><groupId>com.example.demo</groupId><artifactId>lib</artifactId><version>1.0.0</version></dependency>",
            "implementation(\"com.example.demo:lib:1.0.0\")",
        ]
        #expect(lines("com.example.demo:lib", nil, path: path) == expected)
        #expect(lines("com.example.demo:lib", "1.0.0", path: "") == expected)
        #expect(lines("com.example.demo:lib", nil, path: "") == [])
        #expect(lines("a<b:c", "1", path: path) == [])
        #expect(lines("a:b:c", "1", path: path) == [])
    }

    @Test func `versions are in Maven's order, and early ones are told apart`() {
        let ascending = [
            "1.0-alpha-1", "1.0-beta1", "1.0-M2", "1.0-rc1", "1.0-SNAPSHOT", "1.0", "1.0-sp", "1.0-jre", "1.0.1", "1.2", "1.10",
            "2.0.0.Final",
        ]
        let keys = ascending.map(Maven().orderKey(ofVersion:))
        for (a, b) in zip(keys, keys.dropFirst()) { #expect(a.lexicographicallyPrecedes(b)) }
        #expect(ascending.filter(Maven().isPrerelease(version:)) == Array(ascending[..<5]))
    }
}
