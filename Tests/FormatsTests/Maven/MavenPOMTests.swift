import Testing

@testable import Formats
@testable import Kit

@Suite struct MavenPOMTests {
    private static let place = try? MavenPlace(group: MavenKit.group, artifact: "lib", version: "1.0.0")

    private static func warnings(_ text: String) throws -> [Warning] {
        try MavenKit.pom(text).check(at: #require(place), build: nil)
    }

    @Test func `a POM tells coordinates, packaging and what people want to know`() throws {
        let pom = try MavenKit.pom(
            MavenKit.pom(
                packaging: "war",
                more: """
                    <name>Lib</name><description> Does
                       things &amp; more </description><url>https://example.org</url>
                    <licenses><license><name>MIT</name></license><license><name>Apache-2.0</name><url>x</url></license></licenses>
                    <dependencies><dependency><groupId>com.other</groupId><artifactId>x</artifactId><version>9</version></dependency></dependencies>
                    <build><plugins><plugin><artifactId>p</artifactId><version>7</version></plugin></plugins></build>

                    """))
        #expect(pom.group == MavenKit.group)
        #expect(pom.artifact == "lib")
        #expect(pom.version == "1.0.0")
        #expect(pom.packaging == "war")
        #expect(pom.name == "Lib")
        #expect(pom.summary == "Does things & more")
        #expect(pom.url == "https://example.org")
        #expect(pom.licenses == ["MIT", "Apache-2.0"])
        #expect(pom.parent == "")
        #expect(pom.relocation == nil)
        #expect(try MavenKit.pom(MavenKit.pom()).packaging == "jar")
    }

    @Test func `group and version come from the parent where the POM is silent`() throws {
        let parent = "<parent><groupId>com.example.demo</groupId><artifactId>parent</artifactId><version>1.0.0</version></parent>"
        let pom = try MavenKit.pom(MavenKit.pom(group: "", version: "", more: parent))
        #expect(try pom.identity() == MavenIdentity(group: "com.example.demo", artifact: "lib", version: "1.0.0"))
        #expect(pom.parent == "com.example.demo:parent:1.0.0")
        #expect(try Self.warnings(MavenKit.pom(group: "", version: "", more: parent)).isEmpty)
    }

    @Test(arguments: [
        ("1.0.0", ""), ("  1.0.0\n", ""), ("${v}", "<v>1.0.0</v>"), ("${a}.${b}", "<a>1</a><b>${c}</b><c>0.0</c>"),
        ("${revision}${changelist}", "<revision>1.0.0</revision><changelist/>"), ("<![CDATA[1.0.0]]>", ""), ("1.&#48;.0", ""),
        ("1.<!-- x -->0.0", ""),
    ]) func `properties of the POM are resolved`(version: String, properties: String) throws {
        #expect(try Self.warnings(MavenKit.pom(version: version, more: "<properties>\(properties)</properties>")).isEmpty)
    }

    @Test(arguments: [
        "${project.parent.version}", "${parent.version}", "${pom.parent.version}",
    ]) func `so is what Maven takes from the POM itself`(version: String) throws {
        let parent = "<parent><groupId>g</groupId><artifactId>p</artifactId><version>1.0.0</version></parent>"
        #expect(try Self.warnings(MavenKit.pom(version: version, more: parent)).isEmpty)
    }

    @Test(arguments: [
        ("${revision}", ""), ("${revision}", "<revision>0.1-SNAPSHOT</revision>"), ("${some.property.of.the.parent}", ""),
        ("1.0${sha1}", "<sha1>-abc</sha1>"), ("${env.VERSION}", ""),
    ]) func `a version that is said elsewhere is taken with a warning`(version: String, properties: String) throws {
        let warnings = try Self.warnings(MavenKit.pom(version: version, more: "<properties>\(properties)</properties>"))
        #expect(warnings.count == 1)
        #expect(warnings.first?.what.contains("the version is '\(version)'") == true)
    }

    @Test func `a POM in UTF-16, in Latin-1 or without a namespace is read`() throws {
        let text = MavenKit.pom(more: "<name>Größe</name>", head: "")
        var wide: [UInt8] = [0xFF, 0xFE]
        for unit in text.utf16 { wide += [UInt8(truncatingIfNeeded: unit), UInt8(unit >> 8)] }
        #expect(try MavenPOM(wide.span, within: Budget()).name == "Größe")
        let latin = [UInt8]("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" + text).filter { $0 != 0xC3 }
        let narrow = latin.map { $0 == 0xB6 ? 0xF6 : $0 == 0x9F ? 0xDF : $0 }
        #expect(try MavenPOM(narrow.span, within: Budget()).name == "Größe")
        let bare = text.replacing(" xmlns=\"http://maven.apache.org/POM/4.0.0\"", with: "")
        #expect(try MavenKit.pom(bare).name == "Größe")
        let next = text.replacing("POM/4.0.0", with: "POM/4.1.0").replacing("<modelVersion>4.0.0", with: "<modelVersion>4.1.0")
        #expect(try MavenKit.pom(next).name == "Größe")
    }

    @Test func `elements of other namespaces and deeper ones say nothing of the project`() throws {
        let more = """
            <x:version xmlns:x="urn:x">9</x:version><profiles><profile><version>8</version></profile></profiles>
            <build><version>7</version></build><y:properties xmlns:y="urn:y"><v>6</v></y:properties>
            """
        #expect(try Self.warnings(MavenKit.pom(more: more)).isEmpty)
    }

    @Test(arguments: [
        ("maven-compiler-plugin", "compiler"), ("demo-maven-plugin", "demo"), ("maven-plugin-plugin", "plugin"),
        ("demo-plugin", "demo"),
        ("a-maven-b-plugin", "a-b".replacing("-", with: "")), ("nothing", "nothing"), ("maven-plugin", ""),
    ]) func `prefixes follow from the names of plugins`(artifact: String, prefix: String) {
        #expect(MavenArchive.prefix(of: artifact) == prefix)
    }
}
