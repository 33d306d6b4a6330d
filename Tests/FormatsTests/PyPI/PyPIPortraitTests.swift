import Testing

@testable import Formats
@testable import Kit

/// What pages say of Python's distribution files.
struct PyPIPortraitTests {
    private func portrait(_ metadata: String) throws -> Portrait {
        let text = "Metadata-Version: 2.4\nName: tidewater\nVersion: 2.7.0\n" + metadata
        return try #require(try PyPIMetadata(Array(text.utf8).span, isPortrayed: true).portrait)
    }

    private func fact(_ label: String, _ portrait: Portrait) -> Portrait.Fact? { portrait.facts.first { $0.label == label } }

    private func readme(_ portrait: Portrait) -> (text: String, markup: Portrait.Markup)? {
        guard case .prose(let text, let markup)? = portrait.sections.first(where: { $0.id == "readme" })?.content else {
            return nil
        }
        return (String(decoding: text, as: UTF8.self), markup)
    }

    private func groups(_ portrait: Portrait) -> [Portrait.Group] {
        guard case .groups(let groups)? = portrait.sections.first(where: { $0.id == "dependencies" })?.content else { return [] }
        return groups
    }

    @Test func `metadata of today fills facts, readme and dependencies by extra`() throws {
        let portrait = try portrait(
            """
            Requires-Python: >=3.10
            License-Expression: BSD-3-Clause
            Author-email: Coastal Group <tides@example.org>
            Maintainer-email: "Lee, Ann" <ann@example.org>, bob@example.org
            Project-URL: Homepage, https://tidewater.example.org/
            Project-URL: Sources, https://git.example.org/tidewater
            Project-URL: Again, https://git.example.org/tidewater
            Project-URL: without an address
            Keywords: tides,hydrography, harmonic analysis
            Classifier: License :: OSI Approved :: MIT License
            Provides-Extra: plots
            Provides-Extra: grids
            Requires-Dist: xarray>=2024.1; extra == "grids"
            Requires-Dist: numpy>=1.26
            Requires-Dist: tomli>=2; python_version<"3.11"
            Requires-Dist: plots~=0.4 ; (sys_platform == "linux" or os_name == "nt") and extra == 'plots'
            Description-Content-Type: text/markdown; charset=UTF-8; variant=GFM

            # Tidewater

            Tides.

            """)
        #expect(fact("Python", portrait)?.value == "3.10 and later")
        #expect(fact("Licence", portrait)?.value == "BSD-3-Clause")
        #expect(fact("Author", portrait) == .init("Author", "Coastal Group", link: "mailto:tides@example.org"))
        #expect(fact("Maintainer", portrait) == .init("Maintainer", "Lee, Ann, bob@example.org"))
        #expect(fact("Homepage", portrait)?.link == "https://tidewater.example.org/")
        #expect(fact("Sources", portrait)?.value == "https://git.example.org/tidewater")
        #expect(fact("Again", portrait) == nil)
        #expect(fact("Keywords", portrait)?.value == "tides, hydrography, harmonic analysis")
        #expect(fact("Extras", portrait)?.value == "plots, grids")
        #expect(readme(portrait)?.text == "# Tidewater\n\nTides.\n")
        #expect(readme(portrait)?.markup == .markdown)
        #expect(
            groups(portrait) == [
                .init("Always", ["numpy>=1.26", "tomli>=2; python_version<\"3.11\""]),
                .init("Extra grids", ["xarray>=2024.1"]),
                .init("Extra plots", ["plots~=0.4; (sys_platform == \"linux\" or os_name == \"nt\")"]),
            ])
    }

    @Test func `what old tools wrote is understood`() throws {
        let old = try portrait(
            """
            Home-page: https://example.org/
            Author: Ann Lee
            Author-email: ann@example.org
            License: UNKNOWN
            Classifier: Programming Language :: Python
            Classifier: License :: OSI Approved :: MIT License
            Keywords: tides  charts
            Description: Tides
                    =====
                   |Heights and times.
                      indented
            Requires-Python: >=3.8, <4

            """)
        #expect(fact("Author", old) == .init("Author", "Ann Lee", link: "mailto:ann@example.org"))
        #expect(fact("Licence", old)?.value == "MIT License")
        #expect(fact("Homepage", old)?.link == "https://example.org/")
        #expect(fact("Keywords", old)?.value == "tides, charts")
        #expect(fact("Python", old)?.value == ">=3.8, <4")
        #expect(readme(old)?.markup == .restructuredText)
    }

    @Test func `a description in the header loses what setuptools put before its lines`() throws {
        let old = try portrait(
            "Description: Tides\n        =====\n        \n        Heights.\n       |  kept\n          indented\nLicense: MIT\n")
        #expect(readme(old)?.text == "Tides\n=====\n\nHeights.\n  kept\n  indented\n")
        #expect(fact("Licence", old)?.value == "MIT")
    }

    @Test func `a whole licence in the field gives way to classifiers, or is cut`() throws {
        let whole = String(repeating: "THE SOFTWARE IS PROVIDED AS IS. ", count: 50)
        let classified = try portrait("License: \(whole)\nClassifier: License :: OSI Approved\n")
        #expect(fact("Licence", classified)?.value == "OSI Approved")
        let bare = try portrait("License: \(whole)\n")
        #expect(fact("Licence", bare)?.value.unicodeScalars.count == 101)
    }

    @Test func `markups are told apart by the type`() throws {
        for (type, markup) in [
            ("text/x-rst", Portrait.Markup.restructuredText), ("TEXT/Markdown", .markdown), ("text/plain", .plain),
            ("text/html", .plain),
        ] {
            let portrait = try portrait("Description-Content-Type: \(type)\n\nText\n")
            #expect(readme(portrait)?.markup == markup)
        }
        for nothing in ["\n\n  \nUNKNOWN\n\n", "\n", "", "Description: UNKNOWN\n"] {
            let portrait = try portrait(nothing)
            #expect(portrait.sections.isEmpty)
        }
    }

    @Test func `markers with extras are read as people mean them`() {
        for (requirement, extras, text) in [
            ("a", [], "a"), ("a; extra == \"x\"", ["x"], "a"), ("a;extra=='x'", ["x"], "a"),
            ("a; extra == 'x' and os_name == 'nt'", ["x"], "a; os_name == 'nt'"),
            (
                "a; os_name == 'nt' or os_name == 'y' and extra == 'x'", ["x"],
                "a; os_name == 'nt' or os_name == 'y' and extra == 'x'"
            ),
            ("a; extra == 'x' or extra == 'y'", ["x", "y"], "a; extra == 'x' or extra == 'y'"),
            ("a; (extra == 'x')", ["x"], "a; (extra == 'x')"), ("a; 'extra == ' in os_name", [], "a; 'extra == ' in os_name"),
            ("a; extras == 'x'", [], "a; extras == 'x'"), ("a; extra != 'x'", [], "a; extra != 'x'"),
            ("a; extra === 'x'", [], "a; extra === 'x'"), ("a; extra == 'x", [], "a; extra == 'x"),
            ("a; extra ==", [], "a; extra =="),
            ("a @ https://x/a;b ; extra == 'x'", ["x"], "a @ https://x/a;b"), (";", [], ";"), ("a; 'extra", [], "a; 'extra"),
        ] as [(String, [String], String)] {
            let split = PyPIExtras.split(requirement)
            #expect(split.extras == extras, "\(requirement)")
            #expect(split.text == text, "\(requirement)")
        }
    }

    @Test func `hostile metadata is bounded, and every beginning of it is survived`() throws {
        let many = (0..<2_000).map { "Requires-Dist: p\($0); extra == \"e\($0)\"\nProject-URL: l\($0), https://e.org/\($0)\n" }
            .joined()
        let long = String(repeating: "ä", count: 300_000)
        let portrait = try portrait("Author: \(long)\nAuthor-email: ,,,\"<>,@\n\(many)\n\(long)")
        #expect(groups(portrait).reduce(0) { $0 + $1.items.count } == 500)
        #expect(portrait.facts.count < 40)
        #expect(portrait.facts.allSatisfy { $0.value.unicodeScalars.count <= 400 })
        let text = readme(portrait)?.text ?? ""
        #expect(text.utf8.count <= 256 << 10)
        #expect(text.unicodeScalars.last == "ä")
        let odd = Array(
            "Name: a\nVersion: 1\nAuthor-email: \"a, <b>\nProject-URL: ,\nProject-URL: x,\nDescription: a\r\n       |\r\n\tb\nRequires-Dist: a;extra==\"\"\n\n\u{FFFD}b"
                .utf8)
        for length in odd.indices {
            _ = try? PyPIMetadata(odd.span.extracting(0..<length), isPortrayed: true)
            var damaged = odd
            damaged[length] ^= 0x5A
            _ = try? PyPIMetadata(damaged.span, of: .sourceArchive, isPortrayed: true)
        }
    }

    @Test func `wheels and source archives have portraits where there are pages, and none elsewhere`() throws {
        let more = "License: MIT\n"
        let wheel = PyPIKit.wheel("demo", "1.0", more).bytes, sdist = PyPIKit.sdist("demo", "1.0", more).bytes.gzip
        let silent = Repository(owner: "acme", type: "pypi", baseURL: "https://example.org", hasPages: false)
        for (name, bytes) in [("demo-1.0-py3-none-any.whl", wheel), ("demo-1.0.tar.gz", sdist)] {
            let portrait = try #require(try PyPIKit.inspect(name, bytes).portrait)
            #expect(fact("Licence", portrait)?.value == "MIT")
            #expect(readme(portrait)?.text == "The description.\nName: not-a-field\n")
            let other = try PyPIKit.inspect(name, bytes, in: silent)
            #expect(other.portrait == nil)
        }
    }

    @Test func `lines to install name the index and quote what needs it`() {
        func first(_ version: String?) -> String? {
            let target = InstallationTarget(name: "tidewater", version: version, path: "files/t/1/t.whl", filename: "t.whl")
            return PyPI().installations(of: target, in: PyPIKit.repository).first?.lines.first
        }
        let line = "python3 -m pip install --index-url https://packages.example.org/acme/pypi/simple/"
        #expect(first(nil) == "\(line) tidewater")
        #expect(first("2.7.0") == "\(line) tidewater==2.7.0")
        #expect(first("1!2.0") == "\(line) 'tidewater==1!2.0'")
    }

    @Test func `versions are in the order of PEP 440`() {
        let ascending = [
            "not a version", "0.9", "1.0.dev1", "1.0a1.dev1", "1.0a1", "1.0a2", "1.0b1", "1.0rc1", "1.0", "1.0+local",
            "1.0.post1",
            "1.0.1", "1.2", "1.10", "1!0.1",
        ]
        let keys = ascending.map(PyPI().orderKey(ofVersion:))
        for (a, b) in zip(keys, keys.dropFirst()) { #expect(a.lexicographicallyPrecedes(b)) }
        #expect(
            ascending.filter(PyPI().isPrerelease(version:)) == ["1.0.dev1", "1.0a1.dev1", "1.0a1", "1.0a2", "1.0b1", "1.0rc1"])
    }
}
