import Testing

@testable import Formats
@testable import Kit

@Suite struct PyPIPageTests {
    private static func shelf(_ files: [(String, [UInt8], String?)]) throws -> PyPIShelf {
        var shelf = PyPIShelf()
        for (name, bytes, yanked) in files { try shelf.add(name, bytes, yanked: yanked) }
        return shelf
    }

    @Test func `a project's pages say what the specifications ask for`() throws {
        let wheel = PyPIKit.wheel("foo", "1.0", "Requires-Python: >=3.8,<4\n").bytes,
            source = PyPIKit.sdist("foo", "0.9").bytes.gzip
        let shelf = try Self.shelf([
            ("foo-1.0-py3-none-any.whl", wheel, "broken <b>&\"build\"\n"), ("foo-0.9.tar.gz", source, nil),
        ])
        let first = Hex.string(PyPIPackage.digest(source)), second = Hex.string(PyPIPackage.digest(wheel))
        let metadata = Hex.string(PyPIPackage.digest(shelf.files["files/foo/1.0/foo-1.0-py3-none-any.whl.metadata"] ?? []))
        #expect(
            shelf.page("simple/foo/index.html") == """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="pypi:repository-version" content="1.1">
                <title>Links for foo</title>
                </head>
                <body>
                <h1>Links for foo</h1>
                <a href="../../files/foo/0.9/foo-0.9.tar.gz#sha256=\(first)">foo-0.9.tar.gz</a><br>
                <a href="../../files/foo/1.0/foo-1.0-py3-none-any.whl#sha256=\(second)" data-requires-python="&gt;=3.8,&lt;4" \
                data-yanked="broken &lt;b&gt;&amp;&quot;build&quot;" data-core-metadata="sha256=\(metadata)" \
                data-dist-info-metadata="sha256=\(metadata)">foo-1.0-py3-none-any.whl</a><br>
                </body>
                </html>

                """)
        #expect(
            shelf.page("simple/foo/index.json") == """
                {"meta":{"api-version":"1.1"},"name":"foo","versions":["0.9","1.0"],"files":[\
                {"filename":"foo-0.9.tar.gz","url":"../../files/foo/0.9/foo-0.9.tar.gz","hashes":{"sha256":"\(first)"},\
                "size":\(source.count),"upload-time":"2026-11-21T01:15:02Z"},\
                {"filename":"foo-1.0-py3-none-any.whl","url":"../../files/foo/1.0/foo-1.0-py3-none-any.whl",\
                "hashes":{"sha256":"\(second)"},\
                "requires-python":">=3.8,<4","size":\(wheel.count),"upload-time":"2026-11-21T01:15:02Z",\
                "yanked":"broken <b>&\\"build\\"","core-metadata":{"sha256":"\(metadata)"},\
                "data-dist-info-metadata":{"sha256":"\(metadata)"}}]}
                """)
    }

    @Test func `a file yanked without a reason is yanked`() throws {
        let shelf = try Self.shelf([("foo-1.0.tar.gz", PyPIKit.sdist("foo", "1.0").bytes.gzip, " \n")])
        #expect(shelf.page("simple/foo/index.json").contains(#""yanked":true"#))
        #expect(shelf.page("simple/foo/index.html").contains(#"data-yanked="""#))
    }

    @Test func `the list of projects names each once, in its normal form and order`() throws {
        let shelf = try Self.shelf([
            ("Foo.Bar-1.0.tar.gz", PyPIKit.sdist("Foo.Bar", "1.0").bytes.gzip, nil),
            ("foo_bar-2.0.tar.gz", PyPIKit.sdist("foo_bar", "2.0").bytes.gzip, nil),
            ("foo-1.0.tar.gz", PyPIKit.sdist("foo", "1.0").bytes.gzip, nil),
        ])
        #expect(
            shelf.page("simple/index.json") == #"{"meta":{"api-version":"1.1"},"projects":[{"name":"foo"},{"name":"foo-bar"}]}"#)
        #expect(
            shelf.page("simple/index.html").contains(
                "<a href=\"foo/\">foo</a><br>\n<a href=\"foo-bar/\">foo-bar</a><br>\n</body>"))
        #expect(Set(shelf.pages.keys).count == 6)
    }

    @Test func `files stand in the order of their versions, and equal versions do not alternate`() throws {
        let shelf = try Self.shelf(
            ["1.10", "1.9", "1.0.0", "1.0", "1.0rc1", "1.0.post1", "1.0.dev1"].map {
                ("foo-\($0).tar.gz", PyPIKit.sdist("foo", $0).bytes.gzip, nil)
            }.filter { $0.0 != "foo-1.0.0.tar.gz" } + [
                ("foo-1.0.0-py3-none-any.whl", PyPIKit.wheel("foo", "1.0.0").bytes, nil),
                ("foo-1.0-py2-none-any.whl", PyPIKit.wheel("foo", "1.0").bytes, nil),
                ("Foo-1.0-py4-none-any.whl", PyPIKit.wheel("Foo", "1.0").bytes, nil),
            ])
        #expect(
            shelf.page("simple/foo/index.json").contains(
                #""versions":["1.0.dev1","1.0rc1","1.0","1.0.0","1.0.post1","1.9","1.10"]"#))
    }

    @Test func `a local version keeps its plus in the path and escapes it in addresses`() throws {
        let shelf = try Self.shelf([("foo-1!1.0+cu118-py3-none-any.whl", PyPIKit.wheel("foo", "1!1.0+cu118").bytes, nil)])
        #expect(shelf.files.keys.contains("files/foo/1!1.0+cu118/foo-1!1.0+cu118-py3-none-any.whl"))
        let address = "../../files/foo/1%211.0%2Bcu118/foo-1%211.0%2Bcu118-py3-none-any.whl"
        #expect(shelf.page("simple/foo/index.html").contains("href=\"\(address)#sha256="))
        #expect(shelf.page("simple/foo/index.json").contains("\"url\":\"\(address)\""))
    }

    @Test(arguments: [
        ("foo-1.0.tar.gz", "Foo-1.0.0.tar.gz", false), ("foo-1.0.tar.gz", "foo-1.1.tar.gz", true),
        ("foo-1.0.tar.gz", "foo-1.0.zip", true),
        ("foo-1.0-py2.py3-none-any.whl", "FOO-1.0-py3.py2-none-any.whl", false),
        ("foo-1.0-py3-none-any.whl", "foo-1.0-py2-none-any.whl", true),
        ("foo-1.0-1-py3-none-any.whl", "foo-1.0-01-py3-none-any.whl", false),
        ("foo-1.0-1-py3-none-any.whl", "foo-1.0-py3-none-any.whl", true),
        ("foo-1.0-0-py3-none-any.whl", "foo-1.0-py3-none-any.whl", true),
        ("foo-1.0-1a-py3-none-any.whl", "foo-1.0-1-py3-none-any.whl", true),
        ("a_b-1.0-py3-none-any.whl", "a.b-1.0-py3-none-any.whl", false), ("foo-1.0-py3-none-any.whl", "foo-1.0.tar.gz", true),
    ])
    func `two spellings of one file are one file`(one: String, other: String, differ: Bool) throws {
        func identity(_ filename: String) throws -> String {
            let parts = filename.split(separator: "-"), name = String(parts[0])
            let version = parts[1].hasPrefix("1.1") ? "1.1" : "1.0"
            let bytes =
                filename.hasSuffix(".whl")
                ? PyPIKit.wheel(name, version).bytes
                : filename.hasSuffix(".zip")
                    ? ZipBuilder().file("\(name)-\(version)/PKG-INFO", PyPIKit.metadata(name, version)).bytes
                    : PyPIKit.sdist(name, version).bytes.gzip
            let record = try PyPIKit.inspect(filename, bytes)
            return try PyPI().place(record, of: PyPIKit.upload(filename, bytes), in: PyPIKit.repository).identity
        }
        #expect(try (identity(one) != identity(other)) == differ)
    }

    @Test func `a project without files has no pages, a repository without projects has an empty list`() {
        let shelf = PyPIShelf()
        #expect(shelf.documents(in: "simple/foo") == [])
        #expect(shelf.documents(in: "simple").map(\.path) == ["simple/index.html", "simple/index.json"])
    }

    @Test func `every page has a gzip twin`() throws {
        let shelf = try Self.shelf([("foo-1.0.tar.gz", PyPIKit.sdist("foo", "1.0").bytes.gzip, nil)])
        let plans = shelf.documents(in: "simple") + shelf.documents(in: "simple/foo")
        #expect(plans.count == 4)
        #expect(plans.allSatisfy { $0.encodings == [.plain, .gzip(level: 9)] && $0.naming == .plain })
    }

    @Test func `no sort key of a project is the beginning of another`() throws {
        let names = [
            "1.0-py3-none-any", "1.0-1-py3-none-any", "1.0.0-py3-none-any", "1-py3-none-any", "1.0.1-py3-none-any",
            "1.0+a-py3-none-any",
        ]
        let keys = try names.map { name in
            let version = String(name.prefix { $0 != "-" })
            let bytes = PyPIKit.wheel("foo", version).bytes
            let record = try PyPIKit.inspect("foo-\(name).whl", bytes)
            return try PyPI().place(record, of: PyPIKit.upload("foo-\(name).whl", bytes), in: PyPIKit.repository).listings[0]
                .sortKey
        }
        for key in keys { #expect(keys.filter { $0.starts(with: key) } == [key]) }
    }

    @Test func `text is safe in HTML`() {
        var bytes: [UInt8] = []
        HTMLEscape.append("<a href=\"x\">&'\n\u{0}é", to: &bytes)
        #expect(bytes.text == "&lt;a href=&quot;x&quot;&gt;&amp;&#39;  é")
    }
}
