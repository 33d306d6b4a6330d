@testable import Formats
@testable import Kit

/// Debian packages whose control files are hostile.
enum DebianControls {
    static func fill(_ shelf: inout HostileShelf) {
        syntax(&shelf)
        bytes(&shelf)
        identity(&shelf)
        versions(&shelf)
        relations(&shelf)
        fields(&shelf)
        filenames(&shelf)
    }

    private static func deb(_ control: [UInt8]) -> [UInt8] { DebianFixture(bytes: control).bytes }
    private static func deb(_ control: String) -> [UInt8] { DebianFixture(control).bytes }

    /// A package with these lines more.
    private static func with(_ name: String, _ lines: String) -> [UInt8] {
        deb("Package: \(name)\nVersion: 1.0\nArchitecture: amd64\n\(lines)\nDescription: hostile\n")
    }

    private static func syntax(_ shelf: inout HostileShelf) {
        shelf.refused(.malformed, "an empty control file") { _ in deb("") }
        shelf.refused(.malformed, "a control file of blank lines") { _ in deb("\n\n \n") }
        shelf.refused(.ambiguous, "two stanzas") { with($0, "\nPackage: bash\nVersion: 99\nArchitecture: amd64") }
        shelf.refused(.ambiguous, "a second stanza behind a line of blanks") { with($0, " \t \nPackage: bash") }
        shelf.refused(.ambiguous, "a second stanza behind CRLF alone") { with($0, "\r\nPackage: bash") }
        shelf.refused(.malformed, "a continuation line first") { deb(" x\nPackage: \($0)\nVersion: 1\nArchitecture: amd64\n") }
        shelf.refused(.malformed, "a comment") { with($0, "# Package: other") }
        shelf.refused(.malformed, "a PGP signature around it") {
            deb("-----BEGIN PGP SIGNED MESSAGE-----\n\nPackage: \($0)\nVersion: 1\nArchitecture: amd64\n")
        }
        shelf.refused(.malformed, "a line without a colon") { with($0, "junk") }
        shelf.refused(.malformed, "a field without a name") { with($0, ": junk") }
        shelf.refused(.malformed, "a field name with a blank") { with($0, "File name: x") }
        shelf.refused(.malformed, "a field name outside ASCII") { with($0, "F\u{ef}lename: x") }
        shelf.refused(.malformed, "a field name with a confusable letter") { with($0, "\u{421}onflicts: x") }
        shelf.refused(.malformed, "a field name with a hyphen first") { with($0, "-Filename: x") }
        shelf.refused(.malformed, "a field name with NUL") { with($0, "File\0name: x") }
        shelf.refused(.malformed, "a field name with an escape sequence") { with($0, "X-\u{1b}[2J: x") }
        shelf.refused(.ambiguous, "a field twice") { with($0, "Depends: a\nDepends: b") }
        shelf.refused(.ambiguous, "a field twice, in two cases") { with($0, "Depends: a\nDEPENDS: b") }
        shelf.refused(.ambiguous, "Package twice") { with($0, "Package: bash") }
        shelf.refused(.ambiguous, "Version twice, once with a blank before the colon") { with($0, "Version : 2") }
        shelf.refused(.malformed, "a byte order mark") { deb("\u{feff}Package: \($0)\nVersion: 1\nArchitecture: amd64\n") }
        shelf.refused(.malformed, "UTF-16") { name in
            deb(
                [0xff, 0xfe]
                    + "Package: \(name)\nVersion: 1\nArchitecture: amd64\n".utf16.flatMap {
                        [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)]
                    })
        }
        shelf.refused(.limit, "a control file of 2 MiB") { with($0, "X-Long: " + String(repeating: "x", count: 2 << 20)) }
        shelf.accepted("a line of 900,000 bytes") { with($0, "X-Long: " + String(repeating: "x", count: 900_000)) }
        shelf.accepted("a hundred thousand continuation lines") {
            with($0, "X-Long: a" + String(repeating: "\n b", count: 100_000))
        }
        shelf.accepted("twenty thousand fields") { name in
            with(name, (0..<20_000).map { "X-\($0): y" }.joined(separator: "\n"))
        }
        shelf.accepted("CRLF at the line ends") {
            deb("Package: \($0)\r\nVersion: 1.0\r\nArchitecture: amd64\r\nDescription: x\r\n y\r\n")
        }
        shelf.accepted("no line feed at the end") { deb("Package: \($0)\nVersion: 1.0\nArchitecture: amd64") }
        shelf.accepted("a continuation that looks like a field") { with($0, "X-A: b\n Package: bash\n Filename: ../../x") }
        shelf.accepted("a description that holds a stanza behind dots") {
            deb(
                "Package: \($0)\nVersion: 1.0\nArchitecture: amd64\nDescription: x\n .\n Package: bash\n Version: 99\n .\n Filename: /etc/x\n"
            )
        }
    }

    private static func bytes(_ shelf: inout HostileShelf) {
        shelf.refused(.malformed, "NUL in a value") { with($0, "X-A: a\0b") }
        shelf.refused(.malformed, "NUL in the description") {
            deb("Package: \($0)\nVersion: 1\nArchitecture: all\nDescription: a\0b\n")
        }
        shelf.refused(.malformed, "CR inside a line, which universal newlines split") { with($0, "X-A: b\rFilename: evil") }
        shelf.refused(.malformed, "two CRs inside a line, an end of stanza to some") { with($0, "X-A: b\r\rPackage: bash") }
        shelf.refused(.malformed, "an escape sequence in the description") {
            deb("Package: \($0)\nVersion: 1\nArchitecture: all\nDescription: \u{1b}]0;owned\u{7}\n")
        }
        for (label, character) in [
            ("a bell", "\u{7}"), ("a backspace", "\u{8}"), ("a vertical tab", "\u{b}"), ("a form feed", "\u{c}"),
            ("a file separator, a line end to Python", "\u{1c}"), ("a group separator", "\u{1d}"),
            ("a record separator", "\u{1e}"), ("DEL", "\u{7f}"), ("an end-of-file character", "\u{1a}"),
        ] {
            shelf.refused(.malformed, "\(label) in a value") { with($0, "X-A: a\(character)b") }
        }
        shelf.refused(.ambiguous, "a line that begins with a vertical tab") { with($0, "X-A: a\n\u{b}Filename: evil") }
        shelf.refused(.ambiguous, "a line that begins with CR") { with($0, "X-A: a\n\rFilename: evil") }
        shelf.accepted("Latin-1 in the maintainer's name") { name in
            deb(
                Array(
                    "Package: \(name)\nVersion: 1.0\nArchitecture: amd64\nMaintainer: J\u{fc}rgen\n".unicodeScalars.map {
                        UInt8($0.value)
                    }))
        }
        shelf.accepted("overlong UTF-8") { name in
            deb(DebianContainers.control(name) + Array("X-A: ".utf8) + [0xc0, 0x8a, 0xe0, 0x80, 0x8a, 0x0a])
        }
        shelf.accepted("a surrogate in UTF-8") { name in
            deb(DebianContainers.control(name) + Array("X-A: ".utf8) + [0xed, 0xa0, 0x80, 0x0a])
        }
        shelf.accepted("right-to-left marks in the description") {
            deb("Package: \($0)\nVersion: 1.0\nArchitecture: amd64\nDescription: \u{202e}evil\u{2066}\n")
        }
        shelf.accepted("markup in the description") {
            deb("Package: \($0)\nVersion: 1.0\nArchitecture: amd64\nDescription: <script>alert(1)</script> & ]]> {{x}}\n")
        }
        shelf.accepted("shell in the maintainer's name") { with($0, "Maintainer: $(reboot) `reboot` ; reboot <a@b>") }
    }

    private static func identity(_ shelf: inout HostileShelf) {
        func named(_ what: String, _ name: String, _ cause: Refusal.Cause = .malformed) {
            shelf.refused(cause, what) { _ in deb("Package: \(name)\nVersion: 1.0\nArchitecture: amd64\n") }
        }
        shelf.refused(.malformed, "no Package") { _ in deb("Version: 1.0\nArchitecture: amd64\n") }
        shelf.refused(.malformed, "no Version") { deb("Package: \($0)\nArchitecture: amd64\n") }
        shelf.refused(.malformed, "no Architecture") { deb("Package: \($0)\nVersion: 1.0\n") }
        named("an empty name", "")
        named("a name that leads out", "../../../etc/passwd")
        named("a name with a slash", "a/b")
        named("an absolute name", "/etc/passwd")
        named("a name with a backslash", "a\\b")
        named("a name that is ..", "..")
        named("a name with a dot first", ".hidden")
        named("a name with a hyphen first", "-rf")
        named("a name in upper case", "Hostile")
        named("a name with a blank", "two words")
        named("a name with an underscore", "a_b")
        named("a name with an architecture", "bash:amd64")
        named("a name of one letter", "a")
        named("a name of two lines", "bash\n evil")
        named("a name with a Cyrillic letter", "b\u{430}sh")
        named("a name with a full-width letter", "b\u{ff41}sh")
        named("a name with a combining mark", "bash\u{301}")
        named("a name with a zero-width joiner", "ba\u{200d}sh")
        named("a name with a Kelvin sign", "\u{212a}ernel")
        named("a name of 300 bytes", String(repeating: "a", count: 300))
        named("a name with a percent escape", "%2e%2e%2f")
        named("a name with markup", "<b>x</b>")
        named("a name with a quote", "a\"b")
        named("a name with a tilde", "~root")
        func built(_ what: String, for architecture: String) {
            shelf.refused(.malformed, what) { deb("Package: \($0)\nVersion: 1.0\nArchitecture: \(architecture)\n") }
        }
        built("architecture any", for: "any")
        built("architecture linux-any", for: "linux-any")
        built("architecture source", for: "source")
        built("a list of architectures", for: "amd64 arm64")
        built("an architecture that leads out", for: "../../x")
        built("an architecture with a slash", for: "amd64/evil")
        built("an architecture of two lines", for: "amd64\n Filename: x")
        built("an architecture in upper case", for: "AMD64")
        built("an architecture of 100 bytes", for: String(repeating: "a", count: 100))
        built("an architecture outside ASCII", for: "\u{e4}md64")
        shelf.refused(.malformed, "a Source that leads out") { with($0, "Source: ../../../etc") }
        shelf.refused(.malformed, "a Source with a slash") { with($0, "Source: a/b") }
        shelf.refused(.malformed, "a Source of two lines") { with($0, "Source: aa\n bb") }
        shelf.refused(.malformed, "a Source with confusable letters") { with($0, "Source: b\u{430}sh") }
        shelf.refused(.limit, "a Source version of 70,000 digits, which ends apt") {
            with($0, "Source: src (\(String(repeating: "1", count: 70_000)))")
        }
        shelf.refused(.unsupported, "an unknown package type") { with($0, "Package-Type: tdeb") }
    }

    private static func versions(_ shelf: inout HostileShelf) {
        for (what, version, cause) in [
            ("an empty version", "", Refusal.Cause.malformed), ("a version that leads out", "1/../../x", .malformed),
            ("a version with a slash", "1.0/2", .malformed), ("a version with a blank", "1.0 2", .malformed),
            ("a version of two lines", "1.0\n 2", .malformed), ("a negative epoch", "-1:1.0", .malformed),
            ("an epoch of 20 digits", "99999999999999999999:1.0", .malformed), ("an epoch of letters", "a:1.0", .malformed),
            ("an empty epoch", ":1.0", .malformed), ("nothing behind the epoch", "1:", .malformed),
            ("an empty revision", "1.0-", .malformed), ("a version with an underscore", "1_0", .malformed),
            ("a version outside ASCII", "1.\u{660}", .malformed), ("a version with markup", "1<2", .malformed),
            ("a version with NUL", "1\0", .malformed), ("a version with a percent escape", "1%2f", .malformed),
            ("a version that does not begin with a digit and has a slash", "x/y", .malformed),
            ("a version of 300 digits", String(repeating: "9", count: 300), .limit),
        ] {
            shelf.refused(cause, what) { deb("Package: \($0)\nVersion: \(version)\nArchitecture: amd64\n") }
        }
        shelf.accepted("a version of 200 digits") {
            deb("Package: \($0)\nVersion: \(String(repeating: "9", count: 200))\nArchitecture: amd64\n")
        }
        shelf.accepted("the largest epoch") { deb("Package: \($0)\nVersion: 2147483647:1\nArchitecture: amd64\n") }
        shelf.accepted("a version of tildes") { deb("Package: \($0)\nVersion: 1~~~~~~~~+~\nArchitecture: amd64\n") }
        shelf.accepted("a version with two dots") { deb("Package: \($0)\nVersion: 1..2...3\nArchitecture: amd64\n") }
    }

    /// apt gives up a whole distribution over one field that it cannot parse.
    private static func relations(_ shelf: inout HostileShelf) {
        let fields = [
            "Depends", "Pre-Depends", "Recommends", "Suggests", "Enhances", "Conflicts", "Breaks", "Replaces", "Provides",
        ]
        for field in fields {
            shelf.refused(.malformed, "\(field) with a parenthesis left open") { with($0, "\(field): a (= 1") }
        }
        for (what, value) in [
            ("a closing parenthesis alone", ")"), ("a comma first", ", a"), ("two commas", "a,, b"), ("two words", "a b"),
            ("an empty version", "a (= )"), ("a restriction of architectures, which sources have", "a [amd64]"),
            ("a build profile", "a <!nocheck>"), ("text behind the version", "a (= 1) b"), ("a bar first", "| a"),
            ("two bars", "a || b"), ("an empty parenthesis", "a ()"), ("two versions", "a (= 1) (= 2)"),
        ] {
            shelf.refused(.malformed, "a dependency with \(what)") { with($0, "Depends: \(value)") }
        }
        shelf.refused(.limit, "a dependency of 70,000 letters, which ends apt") {
            with($0, "Depends: \(String(repeating: "a", count: 70_000))")
        }
        shelf.refused(.limit, "a dependency on a version of 70,000 digits") {
            with($0, "Depends: a (= \(String(repeating: "1", count: 70_000)))")
        }
        shelf.refused(.limit, "a Section of 70,000 letters, which ends apt") {
            with($0, "Section: \(String(repeating: "a", count: 70_000))")
        }
        shelf.accepted("fifty thousand dependencies") { name in
            with(name, "Depends: " + (0..<50_000).map { "p\($0)" }.joined(separator: ", "))
        }
        shelf.accepted("an empty Depends") { with($0, "Depends:") }
        for (number, blank) in ["", " ", "\t", " \t "].enumerated() {
            for field in ["Provides", "PROVIDES", "conflicts", "Section", "Homepage"] {
                shelf.accepted("a \(field) without a value, in way \(number)") { with($0, "\(field):\(blank)") }
            }
        }
        shelf.refused(.malformed, "a comma behind the last dependency") { with($0, "Depends: a,") }
        shelf.refused(.malformed, "a dependency on nonsense that apt can read") { with($0, "Depends: ??? (>= \u{e9})") }
        for (what, text) in [
            ("a variable that nobody replaced", "Depends: ${shlibs:Depends}"), ("a list with semicolons", "Depends: a; b"),
            ("two commas", "Recommends: a,, b"), ("alternatives of what is provided", "Provides: a | b"),
            ("alternatives of conflicts", "Conflicts: a | b"), ("an architecture in brackets", "Suggests: a [amd64]"),
            ("a build profile", "Depends: a <!nocheck>"), ("a revision that is empty", "Breaks: a (<< 1-)"),
            ("an old name and a comma too much", "Optional: a,"), ("an Essential of maybe", "Essential: maybe"),
        ] {
            shelf.refused(.malformed, what) { with($0, text) }
        }
        for (what, text) in [
            ("a Provides of a range", "Provides: mta (>= 1)"), ("a relation of one sign", "Depends: a (> 1)"),
            ("a version without a relation", "Depends: a (1.0)"), ("a version of letters", "Depends: a (>= abc)"),
            ("a name in capitals", "Depends: Foo_bar"),
        ] {
            shelf.accepted("\(what), of which dpkg warns") { with($0, text) }
        }
        shelf.accepted("dependencies over several lines") { with($0, "Depends: a,\n b (>= 1) | c,\n d:any") }
    }

    private static func fields(_ shelf: inout HostileShelf) {
        shelf.accepted("fields that only an index may state") {
            with(
                $0,
                "Filename: ../../../etc/passwd\nSize: 1\nMD5sum: 0\nSHA1: 0\nSHA256: 0\nSHA512: 0\nDescription-md5: 0\nStatus: install ok installed"
            )
        }
        shelf.accepted("the same fields in odd cases and with blanks before the colon") {
            with($0, "FILENAME : evil\nsiZe\t: 1\nsha256: 0")
        }
        shelf.refused(.ambiguous, "a Revision, which dpkg puts behind the version") { with($0, "Revision: 2") }
        shelf.refused(.ambiguous, "a Package_Revision") { with($0, "Package_Revision: 2") }
        shelf.refused(.ambiguous, "a Package-Revision") { with($0, "Package-Revision: 2") }
        shelf.accepted("an Installed-Size of 30 digits") { with($0, "Installed-Size: \(String(repeating: "9", count: 30))") }
        shelf.refused(.malformed, "an unknown Multi-Arch") { with($0, "Multi-Arch: sometimes") }
        shelf.accepted("Essential: yes") { with($0, "Essential: yes\nImportant: yes\nProtected: yes") }
        shelf.accepted("a field name of 60,000 letters") { with($0, "\(String(repeating: "X", count: 60_000)): x") }
        shelf.accepted("a homepage that is JavaScript") { with($0, "Homepage: javascript:alert(1)") }
        shelf.accepted("fields named like Release's") {
            with($0, "Suite: evil\nCodename: evil\nValid-Until: yesterday\nOrigin: Debian")
        }
    }

    private static func filenames(_ shelf: inout HostileShelf) {
        for (what, filename) in HostileNames.all {
            shelf.accepted("sent as \(what)", as: filename + ".deb") { deb(DebianContainers.control($0)) }
        }
        shelf.accepted("a .deb sent as .rpm", as: "NAME.rpm") { deb(DebianContainers.control($0)) }
        shelf.refused(
            .placement, "into a distribution that leads out", with: ["--distribution", "../../x"]
        ) { deb(DebianContainers.control($0)) }
        shelf.refused(.placement, "into a distribution with a line feed", with: ["--distribution", "a\nb"]) {
            deb(DebianContainers.control($0))
        }
        shelf.refused(.placement, "into a component with a slash", with: ["--component", "a/b"]) {
            deb(DebianContainers.control($0))
        }
        shelf.refused(.placement, "into a component that is an escape sequence", with: ["--component", "\u{1b}[2J"]) {
            deb(DebianContainers.control($0))
        }
    }
}
