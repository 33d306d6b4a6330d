import Testing

@testable import Formats
@testable import Kit

@Suite struct PyPIPackageTests {
    @Test func `a wheel tells its name, version, tags, metadata and needs`() throws {
        let wheel = PyPIKit.wheel(
            "Foo_Bar", "1.0", "Summary: Does\n  things\nRequires-Python: >=3.8, <4\n", folder: "foo_bar-1.0.0")
        let record = try PyPIKit.inspect("Foo_Bar-1.0-py3-none-any.whl", wheel.bytes)
        #expect(record.name == "Foo_Bar")
        #expect(record.nameIdentity == "foo-bar")
        #expect(record.version == "1.0")
        #expect(record.versionIdentity == "1")
        #expect(record.architecture == "py3-none-any")
        #expect(record.summary == "Does things")
        let metadata = Array(PyPIKit.metadata("Foo_Bar", "1.0", "Summary: Does\n  things\nRequires-Python: >=3.8, <4\n").utf8)
        #expect(record.sidecars == [Sidecar(.appended(".metadata"), bytes: metadata)])
        let facts = try PyPIFacts(record.facts)
        #expect(
            facts
                == PyPIFacts(
                    project: "foo-bar", version: "1.0", requiresPython: ">=3.8, <4", metadataDigest: PyPIPackage.digest(metadata))
        )
    }

    @Test(arguments: ["foo-1.0.tar.gz", "Foo-1.0.0.tar.gz", "foo-v1.tar.gz"])
    func `a source archive is read from its PKG-INFO`(filename: String) throws {
        let record = try PyPIKit.inspect(filename, PyPIKit.sdist("foo", "1.0", "Requires-Python: >=3\n").bytes.gzip)
        #expect(record.architecture == "sdist")
        #expect(record.versionIdentity == "1")
        #expect(record.sidecars == [])
        let facts = try PyPIFacts(record.facts)
        #expect(facts.requiresPython == ">=3")
        #expect(facts.metadataDigest == nil)
    }

    @Test func `a source archive may be a zip, and its name may hold more dashes than two`() throws {
        let zip = ZipBuilder().file("foo-1.0-1/PKG-INFO", PyPIKit.metadata("foo", "1.0.post1")).file("foo-1.0-1/a/PKG-INFO", "x")
            .bytes
        let record = try PyPIKit.inspect("foo-1.0-1.zip", zip)
        #expect(record.versionIdentity == "1.post1")
        let tar = PyPIKit.sdist("zope.old-name", "3.0", folder: "zope.old-name-3.0").bytes.gzip
        #expect(try PyPIKit.inspect("zope.old-name-3.0.tar.gz", tar).nameIdentity == "zope-old-name")
    }

    @Test(arguments: [
        ("foo-1.0-py3-none.whl", Refusal.Cause.malformed), ("foo-1.0-a-b-c-d-e.whl", .malformed),
        ("foo__x-1.0-py3-none-any.whl", .malformed),
        ("foo-x-py3-none-any.whl", .malformed), ("foo-1.0-b1-py3-none-any.whl", .malformed),
        ("foo-1.0-py3..py2-none-any.whl", .malformed),
        ("foo-1.0-py3-none-.whl", .malformed), ("../foo-1.0-py3-none-any.whl", .malformed),
        ("foo-1.0-py3-none-any\u{7f}.whl", .malformed),
        (".whl", .malformed), ("foo-1.0.egg", .unsupported), ("foo-1.0.tar.bz2", .unsupported),
        ("foo-1.0.win32.exe", .unsupported), ("", .malformed),
        ("bar-1.0-py3-none-any.whl", .ambiguous), ("foo-2.0-py3-none-any.whl", .ambiguous),
        (String(repeating: "a", count: 240) + "-1.0-py3-none-any.whl", .malformed),
    ])
    func `a wheel's name must be one, and say what the wheel says`(filename: String, cause: Refusal.Cause) {
        #expect(
            refusal { () throws(Refusal) in _ = try PyPIKit.inspect(filename, PyPIKit.wheel("foo", "1.0").bytes) }?.cause == cause
        )
    }

    static let faultyWheels: [(String, Refusal.Cause, ZipBuilder)] = [
        ("no folder", .malformed, ZipBuilder().file("foo.py", "")),
        ("two folders", .ambiguous, PyPIKit.wheel("foo", "1.0").file("bar-1.0.dist-info/METADATA", "Name: bar\n")),
        (
            "two folders that only Unicode equates", .ambiguous,
            PyPIKit.wheel("K", "1.0").file("\u{212a}-1.0.dist-info/METADATA", "Name: K\n")
        ),
        (
            "something before the archive", .ambiguous,
            PyPIKit.wheel("foo", "1.0").with { $0.prefix = TarBuilder().file("x", "").bytes }
        ),
        (
            "METADATA twice", .ambiguous,
            PyPIKit.wheel("foo", "1.0").file("foo-1.0.dist-info/METADATA", PyPIKit.metadata("foo", "1.0"))
        ),
        ("a folder of another project", .ambiguous, PyPIKit.wheel("foo", "1.0", folder: "bar-1.0")),
        ("a folder of another version", .ambiguous, PyPIKit.wheel("foo", "1.0", folder: "foo-1.1")),
        ("another name inside", .ambiguous, PyPIKit.wheel("bar", "1.0", folder: "foo-1.0")),
        ("another version inside", .ambiguous, PyPIKit.wheel("foo", "1.1", folder: "foo-1.0")),
        ("two names inside", .ambiguous, PyPIKit.wheel("foo", "1.0", "NAME: bar\n")),
        ("a lone CR before a second name", .ambiguous, PyPIKit.wheel("foo", "1.0", "Summary: x\rName: bar\n")),
        ("a wheel format from the future", .unsupported, PyPIKit.wheel("foo", "1.0", wheelFile: "Wheel-Version: 2.0\n")),
        ("no wheel format", .malformed, PyPIKit.wheel("foo", "1.0", wheelFile: "")),
        (
            "no RECORD", .malformed,
            PyPIKit.wheel("foo", "1.0").with { $0.members.removeAll { $0.central.name.text.hasSuffix("RECORD") } }
        ),
        (
            "no WHEEL", .malformed,
            PyPIKit.wheel("foo", "1.0").with { $0.members.removeAll { $0.central.name.text.hasSuffix("WHEEL") } }
        ),
        (
            "no METADATA", .malformed,
            PyPIKit.wheel("foo", "1.0").with { $0.members.removeAll { $0.central.name.text.hasSuffix("METADATA") } }
        ),
    ]

    @Test(arguments: faultyWheels.indices)
    func `a wheel that contradicts itself is refused`(index: Int) {
        let (what, cause, wheel) = Self.faultyWheels[index]
        let found = refusal { () throws(Refusal) in _ = try PyPIKit.inspect("foo-1.0-py3-none-any.whl", wheel.bytes) }
        #expect(found?.cause == cause, "\(what): \(found?.description ?? "accepted")")
    }

    static let faultyArchives: [(String, Refusal.Cause, TarBuilder)] = [
        ("no PKG-INFO", .malformed, TarBuilder().file("foo-1.0/setup.py", "")),
        ("nothing", .malformed, TarBuilder()),
        ("two top folders", .ambiguous, PyPIKit.sdist("foo", "1.0").file("bar-1.0/PKG-INFO", "")),
        ("a file at the top", .ambiguous, PyPIKit.sdist("foo", "1.0").file("PKG-INFO", "Name: bar\n")),
        ("PKG-INFO twice", .ambiguous, PyPIKit.sdist("foo", "1.0").file("foo-1.0/PKG-INFO", PyPIKit.metadata("foo", "1.0"))),
        ("PKG-INFO as a link", .ambiguous, TarBuilder().link("foo-1.0/PKG-INFO", to: "other")),
        ("another folder", .ambiguous, PyPIKit.sdist("foo", "1.0", folder: "foo-1.1")),
        ("another project", .ambiguous, PyPIKit.sdist("bar", "1.0")),
        ("another version", .ambiguous, PyPIKit.sdist("foo", "2.0", folder: "foo-1.0")),
    ]

    @Test(arguments: faultyArchives.indices)
    func `a source archive that contradicts itself is refused`(index: Int) {
        let (what, cause, archive) = Self.faultyArchives[index]
        let found = refusal { () throws(Refusal) in _ = try PyPIKit.inspect("foo-1.0.tar.gz", archive.bytes.gzip) }
        #expect(found?.cause == cause, "\(what): \(found?.description ?? "accepted")")
    }

    @Test func `metadata is read as Python reads it`() throws {
        func read(_ text: String) throws -> PyPIMetadata { try PyPIMetadata(Array(text.utf8).span) }
        let metadata = try read(
            "nAmE: a.B\r\nX:\r\nVERSION:\t1.0 \r\nSummary: é\r\n\t ü\r\nRequires-Python: UNKNOWN\r\n\r\nName: z\r\n")
        #expect(metadata.name == "a.B")
        #expect(metadata.project == "a-b")
        #expect(metadata.version == "1.0")
        #expect(metadata.summary == "é ü")
        #expect(metadata.requiresPython == nil)
        #expect(try read("Name: a\nVersion: 1\nRequires-Python: >=3.6.*\n").requiresPython == nil)
        #expect(try read("Name: a\nVersion: 1\nRequires-Python: >=3,\n <4\n").requiresPython == ">=3, <4")
        // Where a line is not a field, the header ends.
        #expect(try read("Name: a\nVersion: 1\nnothing\nSummary: body").summary == "")
        #expect(try read("Name: a\nVersion: 1\nSummary : not a field\nSummary: body").summary == "")
        #expect(try read("Name: a\nVersion: 1").version == "1")
        for text in [
            "", "\n", " Name: a\nVersion: 1\n", "Name: a\n", "Version: 1\n", "Name: UNKNOWN\nVersion: UNKNOWN\n",
            "Name: -a\nVersion: 1\n",
            "Name: é\nVersion: 1\n", "Name: a\nVersion: 2004d\n", "Name: a/b\nVersion: 1\n", "Name: ..\nVersion: 1\n",
        ] {
            #expect(throws: Refusal.self, "\(text)") { try read(text) }
        }
    }

    @Test func `facts survive being kept, and damage to them is noticed`() throws {
        for facts in [
            PyPIFacts(project: "a", version: "1", requiresPython: nil, metadataDigest: nil),
            PyPIFacts(project: "a-b", version: "1!2+x", requiresPython: "", metadataDigest: [UInt8](repeating: 7, count: 32)),
        ] {
            #expect(try PyPIFacts(facts.encoded) == facts)
            for length in 0..<facts.encoded.count {
                #expect(throws: Refusal.self) { try PyPIFacts(Array(facts.encoded.prefix(length))) }
            }
            #expect(throws: Refusal.self) { try PyPIFacts(facts.encoded + [0]) }
        }
    }

    @Test func `a repository can be held to the platforms that PyPI takes`() throws {
        var strict = PyPIKit.repository
        strict.options.general["platform_tags"] = .text("pypi")
        let wheel = PyPIKit.wheel("foo", "1.0").bytes
        for tag in [
            "any", "win_amd64", "manylinux_2_17_x86_64.manylinux2014_x86_64", "macosx_11_0_arm64", "musllinux_1_2_aarch64",
            "linux_armv7l",
            "ios_13_0_arm64_iphoneos", "android_21_arm64_v8a", "pyodide_2024_0_wasm32",
        ] {
            #expect(throws: Never.self, "\(tag)") { try PyPIKit.inspect("foo-1.0-py3-none-\(tag).whl", wheel, in: strict) }
        }
        for tag in ["linux_x86_64", "manylinux_2_x86_64", "any.linux_x86_64", "manylinux1_aarch64", "macosx_11_0_arm"] {
            #expect(throws: Refusal.self, "\(tag)") { try PyPIKit.inspect("foo-1.0-py3-none-\(tag).whl", wheel, in: strict) }
            #expect(throws: Never.self, "\(tag)") { try PyPIKit.inspect("foo-1.0-py3-none-\(tag).whl", wheel) }
        }
    }

    @Test func `Python's files are recognised by what they hold`() {
        let pypi = PyPI()
        let wheel = PyPIKit.wheel("foo", "1.0").bytes
        #expect(pypi.recognise(wheel.span, filename: "x") == .surely)
        #expect(pypi.recognise(wheel.span, filename: "x.zip") == .surely)
        let source = PyPIKit.sdist("foo", "1.0").bytes.gzip
        #expect(pypi.recognise(source.span, filename: "x") == .surely)
        let late = TarBuilder().file("foo-1.0/a", [UInt8](repeating: 0, count: 2 << 20)).file("foo-1.0/PKG-INFO", "").bytes.gzip
        #expect(pypi.recognise(late.span, filename: "foo-1.0.tar.gz") == .perhaps)
        #expect(pypi.recognise(late.span, filename: "chart.tgz") == .no)
        let zipped = ZipBuilder().file("foo-1.0/PKG-INFO", "").bytes
        #expect(pypi.recognise(zipped.span, filename: "foo-1.0.zip") == .surely)
        #expect(pypi.recognise(ZipBuilder().file("a/b", "").bytes.span, filename: "foo-1.0.zip") == .no)
        #expect(pypi.recognise(TarBuilder().file("nginx/Chart.yaml", "").bytes.gzip.span, filename: "nginx-1.0.tgz") == .no)
        let nothing: [UInt8] = []
        #expect(pypi.recognise(nothing.span, filename: "foo-1.0.tar.gz") == .no)
    }

    @Test func `no flipped metadata, file name, version or record traps`() throws {
        let metadata = Array(
            PyPIKit.metadata("foo", "1!1.0a1.post1.dev1+x.1", "Summary: é\n more\nRequires-Python: ~=3.8, !=3.9.*\n").utf8)
        let filename = Array("foo_Bar.x-1.0+x-1a-py2.py3-none-any.whl".utf8),
            version = Array("v1!1.0-rc_1.post-1.dev.0+a-01".utf8)
        let record = PyPIFacts(
            project: "foo", version: "1", requiresPython: ">=3", metadataDigest: [UInt8](repeating: 0, count: 32)
        ).encoded
        var numbers = SeededNumbers(seed: 2), read = 0
        func damaged(_ bytes: [UInt8]) -> [UInt8] {
            var bytes = bytes
            for _ in 0..<Int.random(in: 1...3, using: &numbers) {
                bytes[Int.random(in: 0..<bytes.count, using: &numbers)] = UInt8.random(in: 0...255, using: &numbers)
            }
            return bytes
        }
        for _ in 0..<5_000 {
            if (try? PyPIMetadata(damaged(metadata).span)) != nil { read += 1 }
            if let name = try? PyPIFilename(String(decoding: damaged(filename), as: UTF8.self)) {
                #expect(!name.identity.isEmpty)
            }
            if let version = PEP440(damaged(version)[...]) {
                let again = try #require(PEP440(version.normal))
                #expect(again.normal == version.normal && again.sortKey == version.sortKey)
                #expect(PEP440(version.canonical)?.canonical == version.canonical)
            }
            _ = try? PyPIFacts(damaged(record))
        }
        #expect(read > 500)
        for length in metadata.indices { _ = try? PyPIMetadata(metadata.span.extracting(0..<length)) }
    }

    @Test func `no truncated or flipped file traps`() {
        let files = [
            ("foo-1.0-py3-none-any.whl", PyPIKit.wheel("foo", "1.0", "Requires-Python: >=3\n").bytes),
            ("foo-1.0.tar.gz", PyPIKit.sdist("foo", "1.0").bytes.gzip),
            ("foo-1.0.zip", ZipBuilder().file("foo-1.0/PKG-INFO", PyPIKit.metadata("foo", "1.0")).bytes),
        ]
        for (filename, bytes) in files {
            for length in 0..<bytes.count {
                let part = Array(bytes.prefix(length))
                _ = PyPI().recognise(part.span, filename: filename)
                #expect(throws: Refusal.self) { try PyPIKit.inspect(filename, part) }
            }
            var numbers = SeededNumbers(seed: 1), accepted = 0
            for _ in 0..<4_000 {
                var bytes = bytes
                bytes[Int.random(in: 0..<bytes.count, using: &numbers)] = UInt8.random(in: 0...255, using: &numbers)
                _ = PyPI().recognise(bytes.span, filename: filename)
                if (try? PyPIKit.inspect(filename, bytes)) != nil { accepted += 1 }
            }
            #expect(accepted < 4_000)
        }
    }
}
