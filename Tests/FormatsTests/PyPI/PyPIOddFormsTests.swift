import Testing

@testable import Formats
@testable import Kit

/// What pip, uv and packaging make of odd METADATA, WHEEL, RECORD and entry_points.txt, as `OddWheelTests` has the real ones say it.
@Suite struct PyPIOddFormsTests {
    /// A wheel of `bar` 2.0 with these bytes in its folder.
    private static func wheel(
        metadata: [UInt8]? = nil, header: String? = nil, wheel: [UInt8] = Array(PyPIKit.wheelFile.utf8),
        record: [UInt8] = Array("bar.py,,\n".utf8), entryPoints: String? = nil, more: [(String, String)] = []
    ) -> [UInt8] {
        let text = "Metadata-Version: 2.1\nName: bar\nVersion: 2.0\n\(header ?? "")\nbody\n"
        var zip = ZipBuilder().file("bar.py", "").file("bar-2.0.dist-info/METADATA", metadata ?? Array(text.utf8))
            .file("bar-2.0.dist-info/WHEEL", wheel).file("bar-2.0.dist-info/RECORD", record)
        if let entryPoints { zip = zip.file("bar-2.0.dist-info/entry_points.txt", entryPoints) }
        for (path, content) in more { zip = zip.file(path, content) }
        return zip.bytes
    }

    private static func inspect(_ bytes: [UInt8]) throws(Refusal) -> PackageRecord {
        try PyPIKit.inspect("bar-2.0-py3-none-any.whl", bytes)
    }

    private static func latin(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } }

    private static let refused: [(String, [UInt8], place: String)] = [
        (
            "an author in Latin-1",
            wheel(metadata: latin("Metadata-Version: 1.1\nName: bar\nVersion: 2.0\nAuthor: S\u{f8}ren\n\n")),
            "METADATA, line 4, byte 54"
        ),
        (
            "a description in Windows-1252",
            wheel(metadata: latin("Metadata-Version: 1.1\nName: bar\nVersion: 2.0\n\nit\u{92}s\n")),
            "METADATA, line 5, byte 48"
        ),
        (
            "a byte order mark", wheel(metadata: [0xEF, 0xBB, 0xBF] + Array(PyPIKit.metadata("bar", "2.0").utf8)),
            "METADATA, line 1"
        ),
        ("half a letter at the end", wheel(metadata: Array(PyPIKit.metadata("bar", "2.0").utf8) + [0xC3]), "METADATA"),
        (
            "a blank before a colon", wheel(metadata: Array("Metadata-Version: 2.1\nName : bar\nVersion: 2.0\n\n".utf8)),
            "METADATA, line 2"
        ),
        (
            "a blank behind the name", wheel(metadata: Array("Metadata-Version: 2.1\nName: bar \nVersion: 2.0\n\n".utf8)),
            "field Name, line 2"
        ),
        (
            "a name in two lines", wheel(metadata: Array("Metadata-Version: 2.1\nName:\n bar\nVersion: 2.0\n\n".utf8)),
            "field Name, line 2"
        ),
        ("an empty line first", wheel(metadata: Array("\nName: bar\nVersion: 2.0\n\n".utf8)), "METADATA, field Name"),
        (
            "prose before the name", wheel(metadata: Array("Metadata-Version: 2.1\nhello\nName: bar\nVersion: 2.0\n\n".utf8)),
            "line 2"
        ),
        ("two names", wheel(header: "Name: baz\n"), "lines 2 and 4"),
        ("two versions", wheel(header: "Version: 2.1\n"), "lines 3 and 4"),
        ("a dependency on words", wheel(header: "Requires-Dist: some words here\n"), "field Requires-Dist, line 4"),
        ("an empty dependency", wheel(header: "Requires-Dist:\n"), "field Requires-Dist, line 4"),
        ("a marker that stops", wheel(header: "Requires-Dist: a; python_version <\n"), "field Requires-Dist"),
        ("a marker of nobody's", wheel(header: "Requires-Dist: a; moon == 'full'\n"), "field Requires-Dist"),
        ("WHEEL of the future", wheel(wheel: Array("Wheel-Version: 2.1\n".utf8)), "WHEEL, line 1"),
        ("WHEEL of before the first", wheel(wheel: Array("Wheel-Version: 0.2\n".utf8)), "WHEEL, line 1"),
        ("WHEEL with one number", wheel(wheel: Array("Wheel-Version: 1\n".utf8)), "WHEEL, line 1"),
        ("WHEEL with letters", wheel(wheel: Array("Wheel-Version: 1.0b\n".utf8)), "WHEEL, line 1"),
        ("WHEEL in small letters", wheel(wheel: Array("wheel-version: 1.0\n".utf8)), "WHEEL"),
        ("WHEEL in Latin-1", wheel(wheel: Array(PyPIKit.wheelFile.utf8) + [0xE9]), "WHEEL, line 5"),
        ("RECORD of prose", wheel(record: Array("bar.py\n".utf8)), "RECORD, line 1"),
        ("RECORD with an empty row", wheel(record: Array("bar.py,,\n\nx,,\n".utf8)), "RECORD, line 2"),
        ("RECORD with a word for a size", wheel(record: Array("bar.py,sha256=x,many\n".utf8)), "RECORD, line 1"),
        ("RECORD with a quote that stays open", wheel(record: Array("\"bar.py,,\n".utf8)), "RECORD, line 1"),
        ("RECORD in Latin-1", wheel(record: [0xE9, 0x2C, 0x2C, 0x0A]), "RECORD, line 1, byte 0"),
        ("a command without a function", wheel(entryPoints: "[console_scripts]\nbar = bar\n"), "entry_points.txt, line 2"),
        ("a command that is a path", wheel(entryPoints: "[gui_scripts]\n../bar = bar:main\n"), "entry_points.txt, line 2"),
        ("a command twice", wheel(entryPoints: "[console_scripts]\nb = bar:x\nb = bar:y\n"), "entry_points.txt, line 3"),
        ("an entry point without a value", wheel(entryPoints: "[other]\nwhatever\n"), "entry_points.txt, line 2"),
        ("a command in no section", wheel(entryPoints: "b = bar:x\n"), "entry_points.txt, line 1"),
        ("data of an unknown kind", wheel(more: [("bar-2.0.data/etc/x", "")]), "bar-2.0.data/etc/x"),
        ("data of no kind", wheel(more: [("bar-2.0.data/x", "")]), "bar-2.0.data/x"),
    ]

    @Test(arguments: refused.indices)
    func `what stops an installer is refused with its place`(index: Int) throws {
        let (what, bytes, place) = Self.refused[index]
        let found = try #require(refusal { () throws(Refusal) in _ = try Self.inspect(bytes) }, "\(what) was accepted")
        #expect(found.place.contains(place), "\(what): \(found)")
        #expect(!found.remedy.isEmpty)
    }

    private static let taken: [(String, [UInt8])] = [
        ("nothing odd", wheel()), ("WHEEL 0.1", wheel(wheel: Array("Wheel-Version: 0.1\n".utf8))),
        ("WHEEL 1.12", wheel(wheel: Array("Wheel-Version: 1.12\n".utf8))),
        ("WHEEL with CRLF", wheel(wheel: Array("Wheel-Version: 1.0\r\n".utf8))),
        ("a line from an envelope", wheel(metadata: Array("From me\nMetadata-Version: 2.1\nName: bar\nVersion: 2.0\n\n".utf8))),
        (
            "a first line that continues nothing",
            wheel(metadata: Array(" x\nMetadata-Version: 2.1\nName: bar\nVersion: 2.0\n\n".utf8))
        ),
        ("a field without a name", wheel(header: ": x\nSummary: y\n")), ("the same name twice", wheel(header: "Name: bar\n")),
        ("two summaries", wheel(header: "Summary: a\nSummary: b\n")),
        ("a blank before a colon later", wheel(header: "Author : x\n")),
        ("a metadata version of the future", wheel(metadata: Array("Metadata-Version: 9.9\nName: bar\nVersion: 2.0\n\n".utf8))),
        ("no metadata version", wheel(metadata: Array("Name: bar\nVersion: 2.0\n\n".utf8))),
        ("unknown fields", wheel(header: "Mood: good\n")),
        ("quoted names in RECORD", wheel(record: Array("\"a,\"\"b\"\".py\",sha256=x,12\r\nbar.py,,".utf8))),
        ("no row in RECORD", wheel(record: [])),
        (
            "commands",
            wheel(
                entryPoints: "# x\n[console_scripts]\nb = bar.cli:App.main [fast]\n[other]\nwhat = ever\n[gui_scripts]\nb=bar:x\n"
            )
        ),
        (
            "data of every kind",
            wheel(more: ["purelib", "platlib", "headers", "scripts", "data"].map { ("bar-2.0.data/\($0)/x", "") })
        ),
    ]

    @Test(arguments: taken.indices)
    func `what installers take is taken`(index: Int) {
        let (what, bytes) = Self.taken[index]
        let found = refusal { () throws(Refusal) in _ = try Self.inspect(bytes) }
        #expect(found == nil, "\(what): \(found?.description ?? "")")
    }

    @Test func `PKG-INFO may be in any encoding, since installers build source archives without it`() throws {
        func record(_ information: [UInt8]) throws -> PackageRecord {
            try PyPIKit.inspect("bar-2.0.tar.gz", TarBuilder().file("bar-2.0/PKG-INFO", information).bytes.gzip)
        }
        let latin = try record(Self.latin("Metadata-Version: 1.0\nName: bar\nVersion: 2.0\nAuthor: S\u{f8}ren\n\n"))
        #expect(latin.warnings.count == 1 && latin.warnings[0].what.contains("UTF-8"))
        #expect(try record([0xEF, 0xBB, 0xBF] + Array(PyPIKit.metadata("bar", "2.0").utf8)).warnings == [])
        let padded = "Metadata-Version: 1.2\nName: bar \nVersion: 2.0\n\n"
        #expect(try record(Array(padded.utf8)).nameIdentity == "bar")
        // From 2.2 on uv reads it, and takes the blank for a part of the name.
        #expect(throws: Refusal.self) { try record(Array(padded.replacing("1.2", with: "2.2").utf8)) }
    }

    @Test(arguments: [
        ("requests", PyPIRequirement.Readers.all), ("a.b_c-d[x,y-z]>=1,<2;python_version<'3'", .all),
        ("a (>=1.0, !=1.5.*)", .all),
        ("a@ https://example.org/a.whl ; extra == \"x\"", .all), ("a @ file:///x;y", .all), ("a===anything;os_name!='nt'", .all),
        ("a ; (python_version > '3' and os_name == 'nt') or 'linux' in sys_platform", .all), ("a;extra not in 'x y'", .all),
        ("a[]", .all),
        ("a>=1,", .all), ("a~=1.4.2", .all), ("a;python_implementation=='CPython'", .all),
        ("a>=1.0.*", .lenient), ("a>=1.0+x", .lenient), ("a==1.0+x", .all), ("a>dev", .lenient), ("\"a\"", .lenient),
        ("a>=1<2", .lenient), ("a=='1.0'", .lenient),
        ("", .none), ("-a", .none), ("a-", .none), ("a b", .none), ("a 1.0", .none), ("a (1.0)", .none), ("a>=x", .none),
        ("a~=1", .none),
        ("a[", .none), ("a[x", .none), ("a[x y]", .none), ("a (>=1", .none), ("a==1 (>=2)", .none), ("a;", .none),
        ("a; x == '1'", .none),
        ("a; os_name == 'nt", .none), ("a; os_name", .none), ("a; os_name == 'nt' and", .none), ("a; (os_name == 'nt'", .none),
        ("a @", .none),
        ("a # comment", .none), ("a==1.0-foo", .none), ("\u{e4}", .none),
    ])
    func `dependencies are judged as installers judge them`(text: String, readers: PyPIRequirement.Readers) {
        #expect(PyPIRequirement.readers(of: text) == readers, "\(text)")
    }

    @Test func `what only some installers take is taken with a warning`() throws {
        #expect(try Self.inspect(Self.wheel(header: "Requires-Dist: a>=1.0+x\n")).warnings.count == 1)
        #expect(try Self.inspect(Self.wheel(header: "Requires-Dist: a==1.0+x\n")).warnings.isEmpty)
        #expect(try Self.inspect(Self.wheel(header: "Requires-Dist: \(String(repeating: "a", count: 300))\n")).warnings.isEmpty)
        let dependency = try Self.inspect(Self.wheel(header: "Requires-Dist: a>=1.*\nRequires-Dist: b\n")).warnings
        #expect(dependency.count == 1 && dependency[0].place.contains("Requires-Dist, line 4"), "\(dependency)")
        let python = try Self.inspect(Self.wheel(header: "Requires-Python: three\n"))
        #expect(try python.warnings.count == 1 && PyPIFacts(python.facts).requiresPython == nil)
    }

    @Test(arguments: [
        ("scipy-openblas32-0.3.26-py3-none-any.whl", "scipy_openblas32-0.3.26-py3-none-any.whl"),
        ("my-own-tool-2.0rc1-1-cp311-cp311-linux_x86_64.whl", "my_own_tool-2.0rc1-1-cp311-cp311-linux_x86_64.whl"),
    ])
    func `a dash in a wheel's name is called by its name`(filename: String, right: String) throws {
        let found = try #require(refusal { () throws(Refusal) in _ = try PyPIFilename(filename) })
        #expect(found.what.contains("dash") && found.remedy.contains(right), "\(found)")
    }

    @Test func `no dependency traps and none of many brackets goes deep`() {
        var numbers = SeededNumbers(seed: 3)
        let text = Array("a.b[x]>=1.0,<2; (python_version > '3' and extra == \"y\") or os_name in 'x'".utf8)
        for _ in 0..<5_000 {
            var bytes = text
            for _ in 0..<Int.random(in: 1...4, using: &numbers) {
                bytes[Int.random(in: 0..<bytes.count, using: &numbers)] = UInt8.random(in: 32...126, using: &numbers)
            }
            _ = PyPIRequirement.readers(of: String(decoding: bytes, as: UTF8.self))
        }
        let deep = "a;" + String(repeating: "(", count: 8_000) + "os_name == 'x'" + String(repeating: ")", count: 8_000)
        #expect(PyPIRequirement.readers(of: deep) == .none)
    }
}
