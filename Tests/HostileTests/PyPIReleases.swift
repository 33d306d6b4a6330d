@testable import Formats
@testable import Kit

/// Python packages whose names, versions and metadata are hostile, and source archives that lie.
enum PyPIReleases {
    static func fill(_ shelf: inout HostileShelf) {
        metadata(&shelf)
        fields(&shelf)
        filenames(&shelf)
        spellings(&shelf)
        sources(&shelf)
    }

    private static func wheel(_ name: String, metadata: [UInt8]) -> [UInt8] {
        var zip = PyPIKit.wheel(name, "1.0")
        let index = zip.members.firstIndex { $0.central.name.text.hasSuffix("METADATA") } ?? 0
        zip.members[index] = ZipBuilder.Member("\(name)-1.0.dist-info/METADATA", metadata)
        return zip.bytes
    }

    private static func wheel(_ name: String, metadata: String) -> [UInt8] { wheel(name, metadata: Array(metadata.utf8)) }

    private static func metadata(_ shelf: inout HostileShelf) {
        func lines(_ what: String, _ cause: Refusal.Cause, _ text: @escaping @Sendable (String) -> String) {
            shelf.refused(cause, "METADATA: \(what)") { wheel($0, metadata: text($0)) }
        }
        lines("empty", .malformed) { _ in "" }
        lines("no Name", .malformed) { _ in "Metadata-Version: 2.1\nVersion: 1.0\n" }
        lines("no Version", .malformed) { "Metadata-Version: 2.1\nName: \($0)\n" }
        lines("Name behind a blank line", .malformed) { "Metadata-Version: 2.1\n\nName: \($0)\nVersion: 1.0\n" }
        lines("Name behind a line that is not a field", .malformed) { "Metadata-Version: 2.1\njunk\nName: \($0)\nVersion: 1.0\n" }
        shelf.accepted("METADATA: a continuation first") { wheel($0, metadata: " x\nName: \($0)\nVersion: 1.0\n") }
        lines("two Names", .ambiguous) { "Name: \($0)\nName: other\nVersion: 1.0\n" }
        lines("two Names in two cases", .ambiguous) { "Name: \($0)\nNAME: other\nVersion: 1.0\n" }
        lines("two Versions", .ambiguous) { "Name: \($0)\nVersion: 1.0\nVersion: 2.0\n" }
        lines("two Versions, one behind CR", .ambiguous) { "Name: \($0)\nVersion: 1.0\rVersion: 2.0\n" }
        lines("two Requires-Pythons", .ambiguous) { "Name: \($0)\nVersion: 1.0\nRequires-Python: >=3\nRequires-Python: >=2\n" }
        lines("another project's Name", .ambiguous) { _ in "Name: pip\nVersion: 1.0\n" }
        lines("another Version", .ambiguous) { "Name: \($0)\nVersion: 1.0.1\n" }
        lines("a local version that the file name lacks", .ambiguous) { "Name: \($0)\nVersion: 1.0+local\n" }
        lines("an epoch that the file name lacks", .ambiguous) { "Name: \($0)\nVersion: 1!1.0\n" }
        for (what, name) in [
            ("that leads out", "../../etc"), ("with a slash", "a/b"), ("with a blank", "two words"),
            ("with a Cyrillic letter", "p\u{430}ckage"),
            ("with a full-width letter", "\u{ff50}ip"), ("with a zero-width space", "pi\u{200b}p"),
            ("with right-to-left marks", "p\u{202e}ip"),
            ("with a combining mark", "pip\u{301}"), ("with a Kelvin sign", "\u{212a}eras"), ("with a dotless i", "p\u{131}p"),
            ("with a hyphen first", "-pip"), ("with a dot last", "pip."), ("of marks", "-._"), ("with markup", "<script>"),
            ("with an escape sequence", "p\u{1b}[2J"), ("with NUL", "p\0p"), ("of 300 bytes", String(repeating: "n", count: 300)),
            ("with an underscore of another script", "pip\u{ff3f}x"), ("with @", "a@b"), ("with a tilde", "~a"),
            ("UNKNOWN", "UNKNOWN"),
        ] {
            lines("a Name \(what)", .malformed) { _ in "Name: \(name)\nVersion: 1.0\n" }
        }
        for (what, version) in [
            ("that leads out", "../1"), ("with a slash", "1/0"), ("of letters", "latest"), ("with a blank", "1 .0"),
            ("with Arabic digits", "\u{661}.0"),
            ("with NUL", "1\0"), ("with an escape sequence", "1\u{1b}[2J"), ("with markup", "1<0"),
            ("with a date of git", "1.0-dirty-x"),
            ("with two epochs", "1!1!1"), ("with an empty local part", "1.0+"), ("negative", "-1"),
        ] {
            lines("a Version \(what)", .malformed) { "Name: \($0)\nVersion: \(version)\n" }
        }
    }

    private static func fields(_ shelf: inout HostileShelf) {
        func more(_ what: String, _ lines: String) {
            shelf.accepted("METADATA: \(what)") {
                wheel($0, metadata: "Metadata-Version: 2.1\nName: \($0)\nVersion: 1.0\n\(lines)\n\nText\n")
            }
        }
        more("a Requires-Python with markup", "Requires-Python: >=3\"><script>alert(1)</script>")
        more("a Requires-Python with quotes", "Requires-Python: >=3' onload='x")
        more("a Requires-Python over several lines", "Requires-Python: >=3,\n <4,\n\t!=3.5")
        more("a Requires-Python that is nonsense", "Requires-Python: whenever")
        more("a Requires-Python with an escape sequence", "Requires-Python: >=3\u{1b}[2J")
        more("a Requires-Python with entities", "Requires-Python: &gt;=3&#0;")
        more("a Requires-Python outside ASCII", "Requires-Python: \u{ff1e}=3")
        more("a Summary with markup and controls", "Summary: </a><script>\u{1b}]0;x\u{7}\u{202e}")
        more("a Summary of a megabyte", "Summary: " + String(repeating: "s", count: 1 << 20))
        more("a hundred thousand Requires-Dists", String(repeating: "Requires-Dist: a\n", count: 100_000) + "X: y")
        more("a Name in the description", "Summary: x\n\nName: other\nVersion: 9")
        more("header injection by CR", "Summary: x\rHome-page: javascript:alert(1)")
        more("a field name of 100,000 letters", String(repeating: "X", count: 100_000) + ": y")
        more("an unknown Metadata-Version", "Dynamic: name")
        shelf.refused(.limit, "METADATA: a Requires-Python of a megabyte") {
            wheel($0, metadata: "Name: \($0)\nVersion: 1.0\nRequires-Python: >=3\(String(repeating: ",>=3", count: 250_000))\n")
        }
        shelf.refused(.limit, "METADATA: a Requires-Python of 10,000 digits") {
            wheel($0, metadata: "Name: \($0)\nVersion: 1.0\nRequires-Python: >=\(String(repeating: "9", count: 10_000))\n")
        }
        shelf.accepted("METADATA: a Requires-Python of 4,000 digits") {
            wheel($0, metadata: "Name: \($0)\nVersion: 1.0\nRequires-Python: >=\(String(repeating: "9", count: 4_000))\n")
        }
        shelf.accepted("METADATA: CRLF") { wheel($0, metadata: "Name: \($0)\r\nVersion: 1.0\r\nRequires-Python: >=3\r\n\r\n") }
        shelf.accepted("METADATA: CR alone") { wheel($0, metadata: "Name: \($0)\rVersion: 1.0\r") }
        shelf.refused(.malformed, "METADATA: in Latin-1") {
            wheel($0, metadata: Array("Name: \($0)\nVersion: 1.0\nSummary: J".utf8) + [0xFC, 0x0A])
        }
        shelf.refused(.malformed, "METADATA: surrogates and overlong UTF-8") {
            wheel(
                $0,
                metadata: Array("Name: \($0)\nVersion: 1.0\nSummary: ".utf8) + [
                    0xED, 0xA0, 0x80, 0xC0, 0xAF, 0xF4, 0x90, 0x80, 0x80, 0x0A,
                ])
        }
        shelf.refused(.malformed, "METADATA: a byte order mark") { wheel($0, metadata: "\u{feff}Name: \($0)\nVersion: 1.0\n") }
        shelf.refused(.malformed, "METADATA: UTF-16") {
            wheel($0, metadata: "Name: \($0)\nVersion: 1.0\n".utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] })
        }
    }

    private static func filenames(_ shelf: inout HostileShelf) {
        let hostile: [(String, String, Refusal.Cause)] = [
            ("four parts", "NAME-1.0-py3-none.whl", .malformed), ("seven parts", "NAME-1.0-1-py3-none-any-x.whl", .malformed),
            ("an empty name", "-1.0-py3-none-any.whl", .malformed), ("an empty version", "NAME--py3-none-any.whl", .malformed),
            ("an empty tag", "NAME-1.0-py3--any.whl", .malformed),
            ("an empty alternative", "NAME-1.0-py2..py3-none-any.whl", .malformed),
            ("a build number of letters", "NAME-1.0-x1-py3-none-any.whl", .malformed),
            ("a doubled underscore", "NAME__x-1.0-py3-none-any.whl", .malformed),
            ("a version that is none", "NAME-latest-py3-none-any.whl", .malformed),
            ("another version", "NAME-2.0-py3-none-any.whl", .ambiguous),
            ("another project", "pip-1.0-py3-none-any.whl", .ambiguous),
            ("a Cyrillic letter", "NAME\u{430}-1.0-py3-none-any.whl", .malformed),
            ("a confusable hyphen", "NAME\u{2010}1.0-py3-none-any.whl", .malformed),
            ("a line feed", "NAME-1.0-py3-none-any\n.whl", .malformed),
            ("an escape sequence", "NAME-1.0-py3-none-any\u{1b}[2J.whl", .malformed),
            ("a blank", "NAME-1.0-py3-none-any .whl", .malformed),
            ("right-to-left marks", "NAME-1.0-py3-none-any\u{202e}.whl", .malformed),
            ("markup", "NAME-1.0-py3-none-<b>.whl", .malformed),
            ("a quote", "NAME-1.0-py3-none-any\".whl", .malformed),
            ("a percent escape", "NAME-1.0-py3-none-%2e%2e%2f.whl", .malformed),
            ("a backslash", "NAME-1.0-py3-none-..\\x.whl", .malformed),
            ("a hyphen first", "-NAME-1.0-py3-none-any.whl", .malformed),
            ("an ending in capitals", "NAME-1.0-py3-none-any.WHL", .unsupported),
            ("an egg's ending", "NAME-1.0-py3.egg", .unsupported),
            ("no ending", "NAME-1.0", .unsupported),
            ("250 bytes", "NAME-1.0-py3-none-\(String(repeating: "a", count: 225)).whl", .malformed),
            ("a device's name", "CON.whl", .malformed), ("a pattern", "NAME-1.0-*-none-any.whl", .malformed),
            ("shell", "NAME-1.0-$(reboot)-none-any.whl", .malformed),
            ("C1 controls", "NAME-1.0-py3-none-any\u{9b}.whl", .malformed),
        ]
        for (what, filename, cause) in hostile {
            shelf.refused(cause, "a wheel whose name has \(what)", as: filename) { PyPIKit.wheel($0, "1.0").bytes }
        }
        shelf.accepted(
            "a wheel with a build number of 100 digits", as: "NAME-1.0-\(String(repeating: "1", count: 100))-py3-none-any.whl"
        ) {
            PyPIKit.wheel($0, "1.0").bytes
        }
        shelf.accepted(
            "a wheel with a hundred tags", as: "NAME-1.0-\((0..<40).map { "p\($0)" }.joined(separator: "."))-none-any.whl"
        ) {
            PyPIKit.wheel($0, "1.0").bytes
        }
        shelf.refused(.malformed, "a wheel that is an HTML page") { _ in Array("<!DOCTYPE html><title>404</title>".utf8) }
        shelf.refused(.truncated, "a wheel of no bytes") { _ in [] }
        shelf.refused(.truncated, "a wheel that is a gzipped tar") { PyPIKit.sdist($0, "1.0").bytes.gzip }
    }

    private static func spellings(_ shelf: inout HostileShelf) {
        shelf.accepted("a version of 150 digits", as: "NAME-\(String(repeating: "9", count: 150))-py3-none-any.whl") {
            PyPIKit.wheel($0, String(repeating: "9", count: 150)).bytes
        }
        shelf.accepted(
            "a version of 100 components", as: "NAME-\(Array(repeating: "1", count: 90).joined(separator: "."))-py3-none-any.whl"
        ) {
            PyPIKit.wheel($0, Array(repeating: "1", count: 90).joined(separator: ".")).bytes
        }
        shelf.accepted("a local version", as: "NAME-1.0+a.b-py3-none-any.whl") { PyPIKit.wheel($0, "1.0+a.b").bytes }
        shelf.accepted("an epoch", as: "NAME-9999999999999999999999!1.0-py3-none-any.whl") {
            PyPIKit.wheel($0, "9999999999999999999999!1.0").bytes
        }
        shelf.accepted("a name in capitals", as: "NAME-1.0-py3-none-any.whl") { PyPIKit.wheel($0, "1.0", "Summary: x\n").bytes }
    }

    private static func archive(_ name: String, _ content: [UInt8]) -> HostileTar {
        HostileTar(
            main: "\(name)-1.0/PKG-INFO", content: content, folder: "\(name)-1.0/", oddCause: .ambiguous, sparseCause: .ambiguous)
    }

    private static func sources(_ shelf: inout HostileShelf) {
        let filename = "NAME-1.0.tar.gz"
        for hostile in HostileGzip.all {
            shelf.add(hostile.fate, "a source archive, \(hostile.what)", filename) {
                hostile.wrap(PyPIKit.sdist($0, "1.0").bytes)
            }
        }
        for (index, hostile) in archive("x", []).all.enumerated() {
            shelf.add(hostile.fate, "a source archive, \(hostile.what)", filename) { name in
                archive(name, Array(PyPIKit.metadata(name, "1.0").utf8)).all[index].tar().gzip
            }
        }
        func source(_ what: String, _ cause: Refusal.Cause, _ tar: @escaping @Sendable (String) -> TarBuilder) {
            shelf.refused(cause, "a source archive \(what)", as: filename) { tar($0).bytes.gzip }
        }
        source("without PKG-INFO", .malformed) { TarBuilder().file("\($0)-1.0/setup.py", "") }
        source("whose PKG-INFO is deeper", .malformed) {
            TarBuilder().file("\($0)-1.0/src/PKG-INFO", PyPIKit.metadata($0, "1.0"))
        }
        source("of two folders", .ambiguous) { PyPIKit.sdist($0, "1.0").file("other-1.0/PKG-INFO", "x") }
        source("of two folders that differ in case", .ambiguous) {
            PyPIKit.sdist($0, "1.0").file("\($0.uppercased())-1.0/x", "x")
        }
        source("whose folder is another project's", .ambiguous) { PyPIKit.sdist($0, "1.0", folder: "other-1.0") }
        source("whose folder is another version's", .ambiguous) { PyPIKit.sdist($0, "1.0", folder: "\($0)-2.0") }
        source("whose folder is a link", .ambiguous) {
            TarBuilder().link("\($0)-1.0", to: "/etc").file("\($0)-1.0/PKG-INFO", PyPIKit.metadata($0, "1.0"))
        }
        source("whose folder is a file", .ambiguous) {
            TarBuilder().file("\($0)-1.0", "x").file("\($0)-1.0/PKG-INFO", PyPIKit.metadata($0, "1.0"))
        }
        source("whose folder has a confusable hyphen", .ambiguous) { PyPIKit.sdist($0, "1.0").file("\($0)\u{2010}1.0/x", "x") }
        shelf.refused(.unsupported, "a source archive as .tar.bz2", as: "NAME-1.0.tar.bz2") {
            PyPIKit.sdist($0, "1.0").bytes.gzip
        }
        shelf.refused(.malformed, "a source archive as plain tar", as: filename) { PyPIKit.sdist($0, "1.0").bytes }
        shelf.refused(.ambiguous, "a zipped source archive of two folders", as: "NAME-1.0.zip") { name in
            ZipBuilder().file("\(name)-1.0/PKG-INFO", PyPIKit.metadata(name, "1.0")).file("x/y", "z").bytes
        }
        shelf.accepted("a zipped source archive", as: "NAME-1.0.zip") { name in
            ZipBuilder().file("\(name)-1.0/PKG-INFO", PyPIKit.metadata(name, "1.0")).bytes
        }
    }
}
