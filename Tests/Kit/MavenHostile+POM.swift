internal import Formats

extension MavenHostile {
    // MARK: - XML

    /// A whole POM behind such a beginning.
    private static func behind(_ head: String) -> String { MavenKit.pom(head: head) }

    static let markup: [HostileSample] = [
        pom("with a DOCTYPE", .unsupported, "DOCTYPE") { behind("<!DOCTYPE project>\n") },
        pom("with a DTD on the network", .unsupported, "DOCTYPE") {
            behind("<!DOCTYPE project SYSTEM \"http://192.0.2.1/x.dtd\">")
        },
        pom("with a DTD from the disk", .unsupported, "DOCTYPE") {
            behind("<!DOCTYPE project PUBLIC \"-//x\" \"file:///etc/passwd\">")
        },
        pom("with an external entity", .unsupported, "DOCTYPE") {
            MavenKit.pom(
                more: "<description>&x;</description>", head: "<!DOCTYPE p [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>")
        },
        pom("with a billion laughs", .unsupported, "DOCTYPE") {
            behind("<!DOCTYPE p [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;\">]>")
        },
        pom("with a parameter entity", .unsupported, "DOCTYPE") {
            behind("<!DOCTYPE p [<!ENTITY % x SYSTEM \"http://192.0.2.1/\"> %x;]>")
        },
        pom("with attributes by default", .unsupported, "DOCTYPE") { behind("<!DOCTYPE p [<!ATTLIST project a CDATA \"b\">]>") },
        pom("with a DOCTYPE behind a comment", .unsupported, "DOCTYPE") { behind("<!-- x -->\n<!DOCTYPE project>") },
        pom("with a DOCTYPE inside", .unsupported, "DOCTYPE") { MavenKit.pom(more: "<!DOCTYPE x>") },
        pom("with an entity of HTML", .unsupported, "the entity 'oslash'") { MavenKit.pom(more: "<name>&oslash;</name>") },
        pom("with an entity of nobody's", .unsupported, "the entity 'secret'") { MavenKit.pom(more: "<name>&secret;</name>") },
        pom("that is empty", .truncated, "") { "" },
        pom("that is blank", .truncated, "") { "  \n" },
        pom("that is text", .truncated, "cannot be read as XML") { "groupId=com.example" },
        pom("that is JSON", .truncated, "cannot be read as XML") { "{\"groupId\": \"com.example\"}" },
        pom("that is cut off", .truncated, "") { String(MavenKit.pom().dropLast(12)) },
        pom("that is cut off in a tag", .truncated, "") { String(MavenKit.pom().prefix(80)) },
        pom("with two roots", .truncated, "cannot be read as XML") { MavenKit.pom() + "<project/>" },
        pom("with text behind it", .truncated, "cannot be read as XML") { MavenKit.pom() + "x" },
        pom("with tags that cross", .malformed, "cannot be read as XML") { MavenKit.pom(more: "<x><y></x></y>") },
        pom("with an attribute twice", .malformed, "cannot be read as XML") { MavenKit.pom(more: "<x a='1' a='2'/>") },
        pom("with a prefix of nothing", .malformed, "cannot be read as XML") { MavenKit.pom(more: "<p:x/>") },
        pom("with a NUL", .malformed, "NUL") { MavenKit.pom(more: "<name>\u{0}</name>") },
        pom("with a control character", .malformed, "cannot be read as XML") { MavenKit.pom(more: "<name>\u{1}</name>") },
        pom("with a reference to NUL", .malformed, "cannot be read as XML") { MavenKit.pom(more: "<name>&#0;</name>") },
        pom("of a hundred levels", .limit, "limits.depth") {
            MavenKit.pom(more: String(repeating: "<x>", count: 100) + String(repeating: "</x>", count: 100))
        },
        pom("with a thousand attributes", .limit, "attributes") {
            MavenKit.pom(more: "<x " + (0..<1_000).map { "a\($0)='1' " }.joined() + "/>")
        },
        pom("with a hundred namespaces", .limit, "namespaces") {
            MavenKit.pom(more: "<x " + (0..<100).map { "xmlns:a\($0)='u:\($0)' " }.joined() + "/>")
        },
        pom("above 4 MiB", .limit, "more than 4 MiB") {
            MavenKit.pom(more: "<name>\(String(repeating: "x", count: 4 << 20))</name>")
        },
        HostileSample("a POM of a text of 100 MB", .limit, "more than 4 MiB", as: "\(MavenKit.folder)/lib-1.0.0.pom") {
            MavenKit.bytes(MavenKit.pom()) + [UInt8](repeating: 32, count: 100_000_000)
        },
        pom("that is HTML", .malformed, "begins with the element 'html'") { "<html><body>404 not found</body></html>" },
        pom("that is metadata", .malformed, "begins with the element 'metadata'") { "<metadata/>" },
        pom("that is settings", .malformed, "begins with the element 'settings'") { "<settings/>" },
        pom("that is a Project", .malformed, "begins with the element 'Project'") { "<Project/>" },
        pom("of another namespace", .malformed, "in the namespace 'urn:x'") {
            "<project xmlns='urn:x'><artifactId>lib</artifactId></project>"
        },
    ]

    static let encodings: [HostileSample] = [
        pom("in a code page of Windows", .unsupported, "the encoding 'windows-1252'") {
            behind("<?xml version=\"1.0\" encoding=\"windows-1252\"?>")
        },
        pom("in EBCDIC, as it says", .unsupported, "the encoding 'ebcdic-cp-us'") {
            behind("<?xml version=\"1.0\" encoding=\"EBCDIC-CP-US\"?>")
        },
        pom("in UTF-7, as it says", .unsupported, "the encoding 'utf-7'") {
            behind("<?xml version=\"1.0\" encoding=\"UTF-7\"?>")
        },
        pom("that says ASCII and is not", .malformed, "US-ASCII") {
            MavenKit.pom(more: "<name>\u{e9}</name>", head: "<?xml version=\"1.0\" encoding=\"US-ASCII\"?>")
        },
        pom("that says UTF-16 and is not", .unsupported, "the encoding 'utf-16'") {
            behind("<?xml version=\"1.0\" encoding=\"UTF-16\"?>")
        },
        pom("with a mark of UTF-8 that says Latin-1", .ambiguous, "begins as UTF-8 does") {
            behind("\u{FEFF}<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>")
        },
        HostileSample("a POM that is not UTF-8", .malformed, "not UTF-8", as: "\(MavenKit.folder)/lib-1.0.0.pom") {
            let bytes = MavenKit.bytes(MavenKit.pom(more: "<name>@</name>"))
            return bytes.map { $0 == UInt8(ascii: "@") ? 0xE9 : $0 }
        },
        HostileSample("a POM in UTF-32", .unsupported, "UTF-32", as: "\(MavenKit.folder)/lib-1.0.0.pom") {
            [0, 0, 0xFE, 0xFF] + MavenKit.bytes(MavenKit.pom()).flatMap { [0, 0, 0, $0] }
        },
        HostileSample("a POM of half a character", .malformed, "not UTF-16", as: "\(MavenKit.folder)/lib-1.0.0.pom") {
            [0xFE, 0xFF] + MavenKit.bytes(MavenKit.pom(head: "")).flatMap { [0, $0] } + [0]
        },
        HostileSample("a POM with half a pair", .malformed, "not UTF-16", as: "\(MavenKit.folder)/lib-1.0.0.pom") {
            [0xFE, 0xFF, 0xD8, 0x00] + MavenKit.bytes(MavenKit.pom(head: "")).flatMap { [0, $0] }
        },
        HostileSample("a POM that is a zip", .malformed, "NUL", as: "\(MavenKit.folder)/lib-1.0.0.pom") { MavenKit.jar().bytes },
    ]

    // MARK: - What it says

    static let poms: [HostileSample] =
        [
            "groupId", "artifactId", "version", "packaging", "name", "description", "url", "modelVersion",
        ].map { element in
            pom("with two of \(element)", .ambiguous, "the element 'project/\(element)' twice") {
                let one = "<\(element)>4.0.0</\(element)>"
                return MavenKit.pom(more: one + one)
            }
        } + [
            pom("with two groups of its parent", .ambiguous, "'project/parent/groupId' twice") {
                MavenKit.pom(group: "", more: "<parent><groupId>com.example.demo</groupId><groupId>com.evil</groupId></parent>")
            },
            pom("with two parents", .ambiguous, "'project/parent/version' twice") {
                MavenKit.pom(version: "", more: String(repeating: "<parent><version>1.0.0</version></parent>", count: 2))
            },
            pom("with two relocations", .ambiguous, "relocation/groupId' twice") {
                let relocation = "<relocation><groupId>a</groupId></relocation>"
                return MavenKit.pom(more: "<distributionManagement>\(relocation)\(relocation)</distributionManagement>")
            },
            pom("with an element in its version", .malformed, "the element 'b' where there is a text only") {
                MavenKit.pom(version: "1.0<b/>.0")
            },
            pom("with an element in its artifact", .malformed, "the element 'x' where there is a text only") {
                MavenKit.pom(artifact: "<x>lib</x>")
            },
            pom("with an element in a property", .malformed, "the element 'c' where there is a text only") {
                MavenKit.pom(more: "<properties><a><c>1</c></a></properties>")
            },
            pom("without an artifact", .malformed, "names no artifact") { MavenKit.pom(artifact: "") },
            pom("with a blank artifact", .malformed, "names no artifact") { MavenKit.pom(artifact: " \n ") },
            pom("without a group", .malformed, "has no groupId") { MavenKit.pom(group: "") },
            pom("without a version", .malformed, "has no version") { MavenKit.pom(version: "") },
            pom("with a parent that does not say the group", .malformed, "has no groupId") {
                MavenKit.pom(group: "", more: "<parent><artifactId>p</artifactId><version>1</version></parent>")
            },
            pom("of Maven 1", .unsupported, "of the model '3'") {
                MavenKit.pom().replacing("<modelVersion>4.0.0", with: "<modelVersion>3")
            },
            pom("of a model to come", .unsupported, "of the model '5.0.0'") {
                MavenKit.pom().replacing("<modelVersion>4.0.0", with: "<modelVersion>5.0.0")
            },
            pom("with a packaging of two words", .malformed, "has the packaging") { MavenKit.pom(packaging: "jar war") },
            pom("with a packaging that is a path", .malformed, "has the packaging") { MavenKit.pom(packaging: "../jar") },
            pom("with a packaging of a kilobyte", .malformed, "has the packaging") {
                MavenKit.pom(packaging: String(repeating: "j", count: 1_000))
            },
        ]

    static let contradictions: [HostileSample] = [
        pom("of another group", .ambiguous, "the groupId 'com.evil'") { MavenKit.pom(group: "com.evil") },
        pom("of the group above", .ambiguous, "the groupId 'com.example'") { MavenKit.pom(group: "com.example") },
        pom("of the group below", .ambiguous, "the groupId 'com.example.demo.lib'") {
            MavenKit.pom(group: "com.example.demo.lib")
        },
        pom("of the group in capitals", .ambiguous, "the groupId 'com.Example.demo'") { MavenKit.pom(group: "com.Example.demo") },
        pom("of the group as a path", .ambiguous, "the groupId 'com/example/demo'") { MavenKit.pom(group: "com/example/demo") },
        pom("of another artifact", .ambiguous, "the artifactId 'app'") { MavenKit.pom(artifact: "app") },
        pom("of the artifact in capitals", .ambiguous, "the artifactId 'Lib'") { MavenKit.pom(artifact: "Lib") },
        pom("of another version", .ambiguous, "the version '1.0.1'") { MavenKit.pom(version: "1.0.1") },
        pom("of an equal version", .ambiguous, "the version '1.0'") { MavenKit.pom(version: "1.0") },
        pom("of the version's snapshot", .ambiguous, "the version '1.0.0-SNAPSHOT'") { MavenKit.pom(version: "1.0.0-SNAPSHOT") },
        pom("of a range", .ambiguous, "the version '[1.0,2.0)'") { MavenKit.pom(version: "[1.0,2.0)") },
        pom("whose parent is of another group", .ambiguous, "the groupId 'com.evil'") {
            MavenKit.pom(group: "", more: "<parent><groupId>com.evil</groupId><artifactId>p</artifactId></parent>")
        },
        pom("whose parent is of another version", .ambiguous, "the version '9'") {
            MavenKit.pom(version: "", more: "<parent><version>9</version></parent>")
        },
        pom("that hides its group in CDATA", .ambiguous, "the groupId 'com.evil'") {
            MavenKit.pom(group: "<![CDATA[com.evil]]>")
        },
        pom("that spells its version in references", .ambiguous, "the version '1.0.9'") { MavenKit.pom(version: "1.0.&#57;") },
        pom("whose words are a terminal's", .ambiguous, "the artifactId 'l b'") { MavenKit.pom(artifact: "l&#x9b;b") },
        HostileSample(
            "a POM of another build", .ambiguous, "the version '2.0.0-20261128.110000-1'",
            as: "com/example/demo/lib/2.0.0-SNAPSHOT/lib-2.0.0-20261128.120000-2.pom"
        ) { MavenKit.bytes(MavenKit.pom(version: "2.0.0-20261128.110000-1")) },
        HostileSample(
            "a POM of a release among snapshots", .ambiguous, "the version '2.0.0'",
            as: "com/example/demo/lib/2.0.0-SNAPSHOT/lib-2.0.0-20261128.120000-2.pom"
        ) { MavenKit.bytes(MavenKit.pom(version: "2.0.0")) },
        HostileSample(
            "a .pom with a classifier that is not XML", .truncated, "cannot be read", as: "\(MavenKit.folder)/lib-1.0.0-build.pom"
        ) {
            [1, 2, 3]
        },
    ]

    private static func expression(
        _ what: String, _ cause: Refusal.Cause, _ words: String, version: String, _ properties: String
    ) -> HostileSample {
        pom(what, cause, words) { MavenKit.pom(version: version, more: "<properties>\(properties)</properties>") }
    }

    static let expressions: [HostileSample] = [
        expression("with a property of another version", .ambiguous, "the version '2.0'", version: "${v}", "<v>2.0</v>"),
        expression("with a property of a property", .ambiguous, "the version '2.0'", version: "${a}", "<a>${b}</a><b>2.0</b>"),
        expression("with half a property", .ambiguous, "the version '1.2'", version: "1.${x}", "<x>2</x>"),
        expression("that grows", .limit, "leads to itself", version: "${a}", "<a>${a}${a}</a>"),
        expression("of two that name each other", .limit, "leads to itself", version: "${a}", "<a>x${b}</a><b>${a}</b>"),
        expression(
            "of laughs", .limit, "leads to itself, or becomes very long", version: "${a}",
            "<a>${b}${b}${b}${b}${b}${b}${b}${b}</a><b>${c}${c}${c}${c}${c}${c}${c}${c}</b>"
                + "<c>${d}${d}${d}${d}${d}${d}${d}${d}</c><d>0123456789</d>"),
        pom("whose packaging leads to itself", .limit, "leads to itself") {
            MavenKit.pom(packaging: "${p}", more: "<properties><p>${p}x</p></properties>")
        },
        pom("whose artifact is another by a property", .ambiguous, "the artifactId 'lib_3'") {
            MavenKit.pom(artifact: "lib_${s}", more: "<properties><s>3</s></properties>")
        },
        pom("whose group is the artifact", .ambiguous, "the groupId 'lib'") { MavenKit.pom(group: "${project.artifactId}") },
    ]
}
