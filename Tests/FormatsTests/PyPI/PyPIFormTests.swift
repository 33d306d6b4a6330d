import Testing

@testable import Formats
@testable import Kit

/// The upload form against the file.
@Suite struct PyPIFormTests {
    private static let wheel = PyPIKit.wheel("Foo_Bar", "1.0").bytes
    private static let wheelName = "foo_bar-1.0-py3-none-any.whl"

    /// The fields that twine 7.0 sends around a wheel, cut down to those that are read here and some that are not.
    private static var fields: [(String, String)] {
        [
            ("metadata_version", "2.1"), ("name", "Foo_Bar"), ("version", "1.0"), ("classifiers", "A"), ("classifiers", "B"),
            ("pyversion", "py3"), ("filetype", "bdist_wheel"), ("sha256_digest", Hex.string(digests.sha256)),
            ("blake2_256_digest", Hex.string(digests.blake2b256 ?? [])), (":action", "file_upload"), ("protocol_version", "1"),
        ]
    }

    private static var digests: Digests {
        Digests(
            sha256: PyPIPackage.digest(wheel), sha1: [], md5: [UInt8](repeating: 7, count: 16), sha512: [],
            blake2b256: [UInt8](repeating: 9, count: 32))
    }

    /// - Parameter changes: field by field; nil takes one away.
    private func fault(
        _ changes: [(String, String?)] = [], file: String = wheelName, bytes: [UInt8] = wheel, digests: Digests = digests
    ) throws -> Refusal? {
        var fields = Self.fields.map { Form.Field($0.0, $0.1) }
        for (name, value) in changes {
            fields.removeAll { $0.name == name }
            if let value { fields.append(Form.Field(name, value)) }
        }
        var upload = PyPIKit.upload(file, bytes)
        upload.digests = digests
        let record = try PyPI().inspect(upload, bytes: bytes.span, in: PyPIKit.repository, within: Budget())
        return refusal { () throws(Refusal) in try PyPI().dialect.check(Form(fields), of: record, upload: upload) }
    }

    @Test func `what twine sends is taken, in any order and in other spellings of name, version and digests`() throws {
        #expect(try fault() == nil)
        #expect(try fault([("name", "foo.bar"), ("version", "v1"), ("protocol_version", nil)]) == nil)
        #expect(try fault([("md5_digest", ""), ("blake2_256_digest", nil)]) == nil)
        #expect(try fault([("sha256_digest", nil)]) == nil, "one digest is enough")
        #expect(try fault([("sha256_digest", Hex.string(Self.digests.sha256).uppercased())]) == nil)
        #expect(try fault([("md5_digest", "07070707070707070707070707070707"), ("name", nil), ("version", nil)]) == nil)
    }

    @Test(
        arguments: [
            (":action", nil, "does not ask for :action=file_upload"),
            (":action", "submit", "does not ask for :action=file_upload"),
            ("protocol_version", "2", "not version 1"), ("name", "foobar", "the form says project 'foobar', the file's own"),
            ("name", "a\u{1b}[2J\u{FC}", "'a?[2J?'"),
            ("version", "1.1", "the form says version '1.1', the file's own metadata says 1.0"),
            ("version", "", "says version ''"), ("filetype", "sdist", "filetype 'sdist' for a file that is a bdist_wheel"),
            ("filetype", nil, "no filetype"), ("pyversion", nil, "no Python version"),
            ("pyversion", "source", "no Python version"),
            ("sha256_digest", "00", "not 64 hexadecimal digits"), ("blake2_256_digest", "xyz", "not 64 hexadecimal digits"),
            ("md5_digest", "00000000000000000000000000000000", "the file that arrived has 07070707070707070707070707070707"),
            (
                "blake2_256_digest", "0000000000000000000000000000000000000000000000000000000000000000",
                "the form's digest is 00000000"
            ),
        ] as [(String, String?, String)])
    func `a form that contradicts the file is refused, with the field's name`(field: String, value: String?, words: String) throws
    {
        let fault = try #require(try fault([(field, value)]))
        #expect(fault.place == "form field \(field)")
        #expect(fault.what.contains(words), "\(fault)")
    }

    @Test func `a form without any digest, with one that nobody computed, or with a field twice is refused`() throws {
        #expect(
            try fault([("sha256_digest", nil), ("blake2_256_digest", nil)])?.what == "the form has no digest of the file")
        var digests = Self.digests
        digests.blake2b256 = nil
        #expect(try fault(digests: digests)?.cause == .unsupported)
        let form = Form([.init("name", "a"), .init("name", "b")])
        #expect(refusal { () throws(Refusal) in _ = try form.value("name") }?.cause == .ambiguous)
        #expect(try Form([.init("name", "a"), .init("name", "a")]).value("name") == "a")
    }

    @Test func `a source archive wants sdist and source`() throws {
        let bytes = PyPIKit.sdist("foo", "1.0").bytes.gzip
        let common: [(String, String?)] = [
            ("name", "foo"), ("sha256_digest", Hex.string(PyPIPackage.digest(bytes))), ("blake2_256_digest", nil),
            ("filetype", "sdist"),
        ]
        var digests = Self.digests
        digests.sha256 = PyPIPackage.digest(bytes)
        func fault(_ changes: [(String, String?)]) throws -> Refusal? {
            try self.fault(common + changes, file: "foo-1.0.tar.gz", bytes: bytes, digests: digests)
        }
        #expect(try fault([("pyversion", "source")]) == nil)
        #expect(try fault([("pyversion", nil)]) == nil)
        #expect(try fault([("pyversion", "py3")])?.place == "form field pyversion")
        #expect(try fault([("pyversion", "source"), ("filetype", "bdist_wheel")])?.place == "form field filetype")
    }
}
