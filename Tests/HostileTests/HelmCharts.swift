@testable import Formats
@testable import Kit

/// Charts whose archives and Chart.yaml are hostile.
enum HelmCharts {
    static func fill(_ shelf: inout HostileShelf) {
        archives(&shelf)
        syntax(&shelf)
        bombs(&shelf)
        encodings(&shelf)
        identity(&shelf)
        fields(&shelf)
        texts(&shelf)
        filenames(&shelf)
    }

    static func yaml(_ name: String) -> String { "apiVersion: v2\nname: \(name)\nversion: 1.0.0\n" }

    /// A chart with these lines more in its Chart.yaml.
    private static func with(_ name: String, _ lines: String) -> [UInt8] { chart(name, yaml(name) + lines + "\n") }

    private static func chart(_ folder: String, _ yaml: String) -> [UInt8] { chart(folder, Array(yaml.utf8)) }

    private static func chart(_ folder: String, _ yaml: [UInt8]) -> [UInt8] {
        TarBuilder().file("\(folder)/Chart.yaml", yaml).bytes.gzip
    }

    private static func archives(_ shelf: inout HostileShelf) {
        for hostile in HostileGzip.all {
            shelf.add(hostile.fate, hostile.what) { name in
                hostile.wrap(TarBuilder().file("\(name)/Chart.yaml", yaml(name)).file("\(name)/values.yaml", "a: b\n").bytes)
            }
        }
        for (index, hostile) in HostileTar(
            main: "x/Chart.yaml", content: [], folder: "x/", hugeCause: .limit, doubleSlash: .malformed
        ).all.enumerated() {
            shelf.add(hostile.fate, hostile.what) { name in
                let tar = HostileTar(
                    main: "\(name)/Chart.yaml", content: Array(yaml(name).utf8), folder: "\(name)/", hugeCause: .limit,
                    doubleSlash: .malformed)
                return tar.all[index].tar().gzip
            }
        }
        func archive(_ what: String, _ cause: Refusal.Cause?, _ tar: @escaping @Sendable (String) -> TarBuilder) {
            shelf.add(cause.map { .refused($0) } ?? .accepted, what) { tar($0).bytes.gzip }
        }
        archive("no Chart.yaml", .malformed) { TarBuilder().file("\($0)/values.yaml", "") }
        archive("a chart.yaml in lower case alone", .malformed) { TarBuilder().file("\($0)/chart.yaml", yaml($0)) }
        archive("Chart.yaml at the top", .malformed) { TarBuilder().file("Chart.yaml", yaml($0)) }
        archive("a file outside the chart's folder", .malformed) {
            TarBuilder().file("\($0)/Chart.yaml", yaml($0)).file("x", "x")
        }
        archive("Chart.yaml in two folders", .ambiguous) {
            TarBuilder().file("\($0)/Chart.yaml", yaml($0)).file("other/Chart.yaml", yaml("other"))
        }
        archive("Chart.yaml with a backslash in its path", nil) { TarBuilder().file("\($0)\\Chart.yaml", yaml($0)) }
        archive("Chart.yaml twice, once with a backslash", .ambiguous) {
            TarBuilder().file("\($0)/Chart.yaml", yaml($0)).file("\($0)\\Chart.yaml", yaml("other"))
        }
        archive("a folder with another name than the chart", nil) { TarBuilder().file("other/Chart.yaml", yaml($0)) }
        archive("a folder with an escape sequence", nil) { TarBuilder().file("\u{1b}[2J/Chart.yaml", yaml($0)) }
        archive("a drive's letter below the folder", .malformed) {
            TarBuilder().file("\($0)/Chart.yaml", yaml($0)).file("\($0)/c:/x", "x")
        }
        archive("a template with .. and backslashes", .malformed) {
            TarBuilder().file("\($0)/Chart.yaml", yaml($0)).file("\($0)\\..\\x", "x")
        }
        archive("templates of odd names", nil) {
            TarBuilder().file("\($0)/Chart.yaml", yaml($0)).file("\($0)/templates/\u{1b}[31m;rm -rf\n.yaml", "x").file(
                "\($0)/templates/-x", "")
        }
        archive("a nested chart of the same name", nil) {
            TarBuilder().file("\($0)/Chart.yaml", yaml($0)).file("\($0)/charts/\($0)/Chart.yaml", yaml($0))
        }
        archive("a file of 6 MiB", nil) {
            TarBuilder().file("\($0)/Chart.yaml", yaml($0)).file("\($0)/big", [UInt8](repeating: 65, count: 6 << 20))
        }
        archive("110 MiB in files of 5 MiB", .limit) { name in
            (0..<22).reduce(TarBuilder().file("\(name)/Chart.yaml", yaml(name))) {
                $0.file("\(name)/f\($1)", [UInt8](repeating: 65, count: 5 << 20))
            }
        }
        archive("requirements.yaml that renames the chart", .malformed) {
            TarBuilder().file("\($0)/Chart.yaml", yaml($0)).file("\($0)/requirements.yaml", "name: ../x\n")
        }
        archive("requirements.yaml twice", .ambiguous) {
            TarBuilder().file("\($0)/Chart.yaml", yaml($0)).file("\($0)/requirements.yaml", "").file(
                "\($0)/./requirements.yaml", "")
        }
        archive("requirements.yaml that is a link", .malformed) {
            TarBuilder().file("\($0)/Chart.yaml", yaml($0)).link("\($0)/requirements.yaml", to: "/etc/passwd")
        }
        shelf.refused(.malformed, "a zip under this name") { ZipBuilder().file("\($0)/Chart.yaml", yaml($0)).bytes }
        shelf.refused(.malformed, "an HTML page under this name") { _ in Array("<!DOCTYPE html><title>404</title>".utf8) }
        shelf.refused(.malformed, "a plain tar under this name") { TarBuilder().file("\($0)/Chart.yaml", yaml($0)).bytes }
        shelf.refused(.truncated, "a file of no bytes") { _ in [] }
    }

    private static func syntax(_ shelf: inout HostileShelf) {
        func refuse(_ what: String, _ cause: Refusal.Cause, _ lines: String) {
            shelf.refused(cause, "Chart.yaml: \(what)") { with($0, lines) }
        }
        func refuse(_ what: String, _ lines: String) { refuse(what, .malformed, lines) }
        shelf.refused(.malformed, "Chart.yaml: empty") { chart($0, "") }
        shelf.refused(.malformed, "Chart.yaml: a text") { chart($0, "hello") }
        shelf.refused(.malformed, "Chart.yaml: a list") { chart($0, "- a\n- b\n") }
        shelf.refused(.malformed, "Chart.yaml: null") { chart($0, "null\n") }
        shelf.refused(.malformed, "Chart.yaml: an empty first document, a good second") { chart($0, "---\n---\n" + yaml($0)) }
        shelf.accepted("Chart.yaml: junk behind a document's end, where helm does not look") { with($0, "...\njunk: [") }
        shelf.accepted("Chart.yaml: a directive of YAML 9.9 behind the document") { with($0, "%YAML 9.9\n--- x: [") }
        shelf.accepted("Chart.yaml: a good first document, a hostile second") { chart($0, yaml($0) + "---\nname: ../../x\n") }
        refuse("a tab as indentation", "annotations:\n\ta: b")
        refuse("brackets left open", "keywords: [a, b")
        refuse("a quote left open", "description: \"abc")
        refuse("a plain text with a colon", "description: a: b")
        refuse("an alias without an anchor", "description: *nobody")
        refuse("an alias inside its anchor", "annotations: &a {b: *a}")
        refuse("an unknown directive's handle", "description: !x!y z")
        refuse("a mapping as a key", "annotations: {{a: b}: c}")
        refuse("a list as a key", "annotations: {[a]: c}")
        refuse("null as a key", "annotations: {~: c}")
        refuse("binary data", .unsupported, "description: !!binary aGVsbG8=")
        refuse("a tag that does not fit", "deprecated: !!int maybe")
        refuse("a merge of what is not a mapping", "annotations: {<<: [a, b]}")
        refuse("infinity", "annotations: {a: .inf}")
        refuse("not a number", "annotations: {a: .nan}")
        refuse("a reserved character first", "description: @x")
        refuse("a backtick first", "description: `x`")
        refuse("an unknown escape", "description: \"\\z\"")
        refuse("an escape cut off", "description: \"\\x4\"")
        refuse("an escaped surrogate", "description: \"\\ud800\"")
        shelf.accepted("Chart.yaml: a tag of Python's") {
            with($0, "description: !!python/object/apply:os.system ['reboot']".replacing("['reboot']", with: "reboot"))
        }
        shelf.accepted("Chart.yaml: a tag of Ruby's") { with($0, "description: !ruby/object:Gem::Installer x") }
        shelf.accepted("Chart.yaml: keys twice, the last wins as in helm") { with($0, "description: a\ndescription: b") }
        shelf.accepted("Chart.yaml: a merge key") { with($0, "annotations:\n  <<: {a: b}\n  c: d") }
        shelf.accepted("Chart.yaml: keys in other cases") { with($0, "DESCRIPTION: a\nKeyWords: [b]") }
        shelf.accepted("Chart.yaml: JSON") { chart($0, "{\"apiVersion\":\"v2\",\"name\":\"\($0)\",\"version\":\"1.0.0\"}") }
        shelf.accepted("Chart.yaml: unknown keys") { with($0, "created: 1999-01-01\ndigest: evil\nurls: [../../x]\nentries: {}") }
    }

    private static func bombs(_ shelf: inout HostileShelf) {
        func refuse(_ what: String, _ cause: Refusal.Cause = .limit, _ lines: @escaping @Sendable () -> String) {
            shelf.refused(cause, "Chart.yaml: \(what)") { with($0, lines()) }
        }
        refuse("a billion laughs") {
            "x0: &x0 [l, l, l, l, l, l, l, l, l, l]\n"
                + (1...9).map { n in "x\(n): &x\(n) [\(Array(repeating: "*x\(n - 1)", count: 10).joined(separator: ", "))]\n" }
                .joined()
        }
        refuse("a billion laughs by merge keys") {
            "x0: &x0 {a: 1, b: 2, c: 3, d: 4}\n"
                + (1...20).map { n in "x\(n): &x\(n) {p: *x\(n - 1), q: *x\(n - 1), <<: *x\(n - 1)}\n" }.joined()
        }
        refuse("2^20 aliases") { "a: &a x\nb: [" + String(repeating: "*a,", count: 1 << 20) + "]\n" }
        refuse("a text of a megabyte and a hundred aliases of it") {
            "a: &a \(String(repeating: "x", count: 1 << 20))\nb: [" + String(repeating: "*a,", count: 100) + "]\n"
        }
        refuse("a thousand levels of brackets") { "keywords: " + String(repeating: "[", count: 1_000) }
        refuse("100,000 levels of brackets") { "keywords: " + String(repeating: "[", count: 100_000) }
        refuse("100,000 levels of braces") { "annotations: " + String(repeating: "{a: ", count: 100_000) }
        refuse("a thousand levels of dashes") { "keywords:\n" + String(repeating: "- ", count: 1_000) + "x" }
        refuse("a thousand levels of indentation") {
            "annotations:\n" + (1...1_000).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
        }
        refuse("nesting through aliases") {
            "x0: &x0 [a]\n" + (1...80).map { "x\($0): &x\($0) [*x\($0 - 1)]\n" }.joined()
        }
        refuse("300,000 keys") { "annotations:\n" + (0..<300_000).map { "  k\($0): v\n" }.joined() }
        refuse("200,000 anchors") { (0..<200_000).map { "k\($0): &a\($0) v\n" }.joined() }
        refuse("an annotation of 2 MiB") { "annotations: {a: \(String(repeating: "x", count: 2 << 20))}" }
        refuse("an annotation's key of 5,000 letters", .malformed) { "annotations: {\(String(repeating: "k", count: 5_000)): v}" }
        refuse("an annotation's quoted key of 1,010 letters") {
            "annotations: {? \"\(String(repeating: "k", count: 1_010))\" : v}"
        }
        refuse("4 MiB of comments and questions", .malformed) { String(repeating: "# x\n? ", count: 700_000) }
        shelf.accepted("Chart.yaml: 4 MiB of comments") { with($0, String(repeating: "# comment\n", count: 400_000)) }
        shelf.accepted("Chart.yaml: a thousand aliases") {
            with($0, "x: &x y\nkeywords: [" + Array(repeating: "*x", count: 1_000).joined(separator: ",") + "]")
        }
        shelf.accepted("Chart.yaml: a number of 100,000 digits") {
            with($0, "appVersion: " + String(repeating: "9", count: 100_000))
        }
        shelf.accepted("Chart.yaml: a number with a huge exponent") { with($0, "appVersion: 1e999999999") }
        shelf.accepted("Chart.yaml: a flat list of 20,000 keywords") {
            with($0, "keywords: [" + (0..<20_000).map { "k\($0)" }.joined(separator: ",") + "]")
        }
    }

    private static func encodings(_ shelf: inout HostileShelf) {
        func bytes(_ what: String, _ cause: Refusal.Cause?, _ bytes: @escaping @Sendable (String) -> [UInt8]) {
            shelf.add(cause.map { .refused($0) } ?? .accepted, "Chart.yaml: \(what)") { chart($0, bytes($0)) }
        }
        bytes("a byte order mark", nil) { [0xEF, 0xBB, 0xBF] + Array(yaml($0).utf8) }
        bytes("two byte order marks, as helm takes them", nil) { [0xEF, 0xBB, 0xBF, 0xEF, 0xBB, 0xBF] + Array(yaml($0).utf8) }
        bytes("UTF-16 with a mark", nil) {
            [0xFF, 0xFE] + yaml($0).utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        }
        bytes("UTF-16 without a mark", .malformed) { yaml($0).utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] } }
        bytes("NUL in a text", .malformed) { Array((yaml($0) + "description: a\0b\n").utf8) }
        bytes("NUL behind it", .malformed) { Array((yaml($0) + "\0").utf8) }
        bytes("an escape sequence", .malformed) { Array((yaml($0) + "description: \u{1b}[2J\n").utf8) }
        bytes("a bell", .malformed) { Array((yaml($0) + "description: \u{7}\n").utf8) }
        bytes("DEL", .malformed) { Array((yaml($0) + "description: \u{7f}\n").utf8) }
        bytes("Latin-1", .malformed) { Array((yaml($0) + "description: ").utf8) + [0xFC, 0x0A] }
        bytes("overlong UTF-8", .malformed) { Array((yaml($0) + "description: ").utf8) + [0xC0, 0xAF, 0x0A] }
        bytes("a surrogate in UTF-8", .malformed) { Array((yaml($0) + "description: ").utf8) + [0xED, 0xA0, 0x80, 0x0A] }
        bytes("beyond U+10FFFF", .malformed) { Array((yaml($0) + "description: ").utf8) + [0xF4, 0x90, 0x80, 0x80, 0x0A] }
        bytes("cut inside a character", .malformed) { Array((yaml($0) + "description: ").utf8) + [0xE2, 0x82] }
        bytes("CRLF", nil) { Array(yaml($0).replacing("\n", with: "\r\n").utf8) }
        bytes("CR alone", nil) { Array(yaml($0).replacing("\n", with: "\r").utf8) }
        bytes("next-line characters as line ends", nil) { Array((yaml($0) + "description: a\u{85}home: evil\n").utf8) }
    }

    private static func identity(_ shelf: inout HostileShelf) {
        for (what, name) in [
            ("that leads out", "../../etc/x"), ("that is ..", ".."), ("with a slash", "a/b"), ("that is absolute", "/etc/x"),
            ("with a backslash", "'a\\b'"),
            ("with a dot first", ".hidden"), ("with a hyphen first", "-rf"), ("with a blank", "two words"),
            ("with a line feed", "\"a\\nb\""),
            ("with an escape sequence", "\"a\\e[2Jb/\""), ("with NUL", "\"a\\0b/\""), ("with a Cyrillic letter", "ch\u{430}rt"),
            ("with a full-width letter", "\u{ff43}hart"),
            ("with a combining mark", "chart\u{301}"), ("with a Kelvin sign", "\u{212a}ube"),
            ("with a percent escape", "'%2e%2e%2f'"), ("with markup", "<b>"),
            ("with a colon", "'a:b'"), ("with a plus", "a+b"), ("with ?", "'a?b'"), ("with #", "'a#b'"), ("with $", "$HOME"),
            ("of 300 letters", String(repeating: "c", count: 300)),
            ("that is empty", "''"), ("that is null", "~"), ("that is a list", "[a]"), ("that is a mapping", "{a: b}"),
            ("that is infinity", ".inf"),
        ] {
            shelf.refused(name.utf8.count == 300 ? .limit : .malformed, "a name \(what)") {
                chart($0, "apiVersion: v2\nname: \(name)\nversion: 1.0.0\n")
            }
        }
        for (what, version) in [
            ("that leads out", "1.0.0/../../x"), ("with a slash", "1.0/0"), ("that is a word", "latest"), ("that is empty", "''"),
            ("that is a list", "[1]"),
            ("with a blank", "1.0 .0"), ("with a line feed", "\"1.0.0\\n\""), ("with an escape sequence", "\"1.0.0\\e\""),
            ("with Arabic digits", "\u{661}.0.0"),
            ("with an empty prerelease", "1.0.0-"), ("with an empty build", "1.0.0+"), ("with two builds", "1.0.0+a+b"),
            ("with four parts", "1.0.0.0"), ("with a prerelease of zeros", "1.0.0-00"),
            ("that is negative", "-1.0.0"), ("with a number of 30 digits", "\(String(repeating: "9", count: 30)).0.0"),
            ("that is null", "~"),
        ] {
            shelf.refused(.malformed, "a version \(what)") { chart($0, "apiVersion: v2\nname: \($0)\nversion: \(version)\n") }
        }
        shelf.refused(.malformed, "a version of 300 bytes") {
            chart($0, "apiVersion: v2\nname: \($0)\nversion: 1.0.0-\(String(repeating: "a", count: 300))\n")
        }
        shelf.accepted("a version with build metadata") {
            chart($0, "apiVersion: v2\nname: \($0)\nversion: 1.0.0-rc.1+build.5\n")
        }
        shelf.accepted("a version of 100 bytes") {
            chart($0, "apiVersion: v2\nname: \($0)\nversion: 1.0.0-\(String(repeating: "a", count: 94))\n")
        }
        shelf.accepted("a version that is a number, as helm takes it") {
            chart($0, "apiVersion: v2\nname: \($0)\nversion: 1.1\n")
        }
        shelf.accepted("a version with leading zeros, as helm takes it") {
            chart($0, "apiVersion: v2\nname: \($0)\nversion: 01.0.0\n")
        }
        shelf.accepted("a name like a number in hexadecimal") { _ in chart("x", "apiVersion: v2\nname: '0x1F'\nversion: 1.0.0\n")
        }
        shelf.accepted("a name that YAML 1.1 takes for a truth value") { _ in
            chart("x", "apiVersion: v2\nname: 'no'\nversion: 1.0.0\n")
        }
        shelf.accepted("a name that is a date") { _ in chart("x", "apiVersion: v2\nname: '2001-12-14'\nversion: 1.0.0\n") }
        shelf.accepted("a name that is a number") { _ in chart("x", "apiVersion: v2\nname: 1e3\nversion: 1.0.0\n") }
        for (what, version) in [("v3", "v3"), ("in capitals", "V2"), ("a list", "[v2]")] {
            shelf.refused(.malformed, "an apiVersion \(what)") {
                chart($0, "apiVersion: \(version)\nname: \($0)\nversion: 1.0.0\n")
            }
        }
    }

    private static func fields(_ shelf: inout HostileShelf) {
        func refuse(_ what: String, _ lines: String) { shelf.refused(.malformed, "Chart.yaml: \(what)") { with($0, lines) } }
        refuse("deprecated neither true nor false", "deprecated: maybe")
        refuse("keywords a text", "keywords: a")
        refuse("keywords of mappings", "keywords: [{a: b}]")
        refuse("maintainers a mapping", "maintainers: {a: b}")
        refuse("maintainers of null", "maintainers: [~]")
        refuse("annotations a list", "annotations: [a]")
        refuse("annotations of lists", "annotations: {a: [b]}")
        refuse("an unknown type", "type: plugin")
        refuse("dependencies a text", "dependencies: x")
        refuse("two dependencies of one name", "dependencies: [{name: a, version: 1}, {name: a, version: 2}]")
        refuse("an alias that leads out", "dependencies: [{name: a, alias: ../x}]")
        refuse("a description that is a list", "description: [a]")
        shelf.accepted("Chart.yaml: dependencies from odd places") {
            with($0, "dependencies: [{name: ../../x, repository: 'file:///etc', version: '*'}]")
        }
        shelf.accepted("Chart.yaml: import-values nested and odd") {
            with($0, "dependencies: [{name: a, import-values: [{child: \"\\e]]>\", parent: {x: [1, .5, ~, 'y']}}]}]")
        }
    }

    /// Texts that must stay texts in the index.
    private static func texts(_ shelf: inout HostileShelf) {
        let odd: [(String, String)] = [
            ("that is a line of YAML", "\"x\\nversion: 9.9.9\\nurls: [evil]\""),
            ("that ends a document", "\"x\\n---\\nentries: {}\\n...\\n\""),
            ("with quotes of all kinds", "\"'\\\"`\""), ("with ]]> and markup", "']]></script><b>&'"),
            ("that is a template", "'{{ .Release }} ${x}'"),
            ("with escapes", "\"\\e[2J\\a\\b\\0\\x9b\""), ("with line separators", "\"a\\Lb\\Pc\\Nd\""),
            ("with right-to-left marks", "\"\\u202e\\u2066x\""),
            ("with noncharacters", "\"\\ufffe\\uffff\\U0001fffe\""), ("with private characters", "\"\\ue000\\U000f0000\""),
            ("with a byte order mark", "\"\\ufeffx\""),
            ("of blanks", "\"   \""), ("that is no", "'no'"), ("that is a number", "'1e3'"), ("that is a merge key", "'<<'"),
            ("that is a tag", "'!!python/none'"),
            ("that is an anchor", "'&a *b'"), ("with a comment", "'a #b'"), ("that is a date", "2001-12-14T21:59:43Z"),
            ("in base 60", "190:20:30"), ("with tabs", "\"a\\tb\\t\""),
            ("with blank lines", "\"a\\n\\n\\n b\\n \\n\""), ("with a percent sign first", "'%TAG'"),
            ("of emoji beyond the first plane", "\"\\U0001F600\""),
        ]
        for (what, text) in odd {
            shelf.accepted("texts \(what)") {
                with(
                    $0,
                    "description: \(text)\nannotations: {a: \(text), \(text): b}\nkeywords: [\(text)]\nmaintainers: [{name: \(text), url: \(text)}]"
                )
            }
        }
    }

    private static func filenames(_ shelf: inout HostileShelf) {
        for (what, filename) in HostileNames.all {
            shelf.accepted("sent as \(what)", as: filename + ".tgz") { with($0, "") }
        }
    }
}
