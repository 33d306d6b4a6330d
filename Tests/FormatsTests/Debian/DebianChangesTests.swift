import Foundation
import Testing

@testable import Formats
@testable import Kit

/// `.changes` files as dpkg-genchanges 1.21 writes and gpg 2.2 signs them, and those that must not pass.
@Suite struct DebianChangesTests {
    static let binary = """
        Format: 1.8
        Date: Sat, 21 Nov 2026 01:15:02 +0000
        Source: hello-idx
        Binary: hello-idx hello-idx-data
        Architecture: all amd64
        Version: 1:1.0-1
        Distribution: bookworm unstable-x
        Urgency: medium
        Maintainer: Ada Example <ada@example.org>
        Changed-By: Ada Example <ada@example.org>
        Description:
         hello-idx  - says hello
         hello-idx-data - data of hello
        Closes: 123
        Changes:
         hello-idx (1:1.0-1) bookworm unstable-x; urgency=medium
         .
           * First.
           * -dash: a line
             --- and another. (Closes: #123)
        Checksums-Sha1:
         71b670bf10282a85800fd1ed864059bd6879567a 724 hello-idx-data_1.0-1_all.deb
         0a0710404f1fca1b51ded6dfd53639943ce13f5b 4410 hello-idx_1.0-1_amd64.buildinfo
         f10994140d70d1057003b8173cf7be2cd53811ed 708 hello-idx_1.0-1_amd64.deb
        Checksums-Sha256:
         13713327929439f9095617c1946b08429384097efeeade8c0769fec9733780e9 724 hello-idx-data_1.0-1_all.deb
         61de7bbf69af4fac849c8dc9c74f652a913ed8b7ec0d6c135db62ce165026ed9 4410 hello-idx_1.0-1_amd64.buildinfo
         f9de35ade05c893479a960abe70eb9226c4b8c27836e49be85b07994b9f7c7a0 708 hello-idx_1.0-1_amd64.deb
        Files:
         af2c990a49594213dd01d00e4085b528 724 contrib/doc optional hello-idx-data_1.0-1_all.deb
         7639aaa4a7f377de949451b7d61ea3a6 4410 misc optional hello-idx_1.0-1_amd64.buildinfo
         120da10048b3cbb37d763cb74e0d43ff 708 misc optional hello-idx_1.0-1_amd64.deb

        """

    private static let signature = """
        -----BEGIN PGP SIGNATURE-----

        iHoEARYIACIWIQTC+vpSLv8xZ+CYRXnqLdibjKvW0gUCawG5PAQcYUBiAAoJEOot
        kXl695IjprvqpYvBOC4qu05XAUdul9W6DevMCw==
        =Ys/e
        -----END PGP SIGNATURE-----

        """

    /// As gpg does it: lines that begin with a dash are escaped. debsign leaves an empty line before the signature, gpg does not.
    static func signed(_ text: String, blank: Bool = false) -> String {
        let escaped = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.hasPrefix("-") ? "- " + $0 : String($0)
        }
        return "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n" + escaped.joined(separator: "\n") + (blank ? "\n" : "")
            + signature
    }

    private static func read(_ text: String) throws(Refusal) -> DebianChanges { try DebianChanges([UInt8](text).span) }

    private static func fault(_ text: String) -> Refusal? { refusal { () throws(Refusal) in _ = try read(text) } }

    private static func fault(_ old: String, _ new: String) -> Refusal? {
        guard let place = binary.range(of: old) else { return nil }
        return fault(binary.replacingCharacters(in: place, with: new))
    }

    @Test func `an upload of binary packages is read`() throws {
        let changes = try Self.read(Self.binary)
        #expect(changes.source == "hello-idx" && changes.version == "1:1.0-1" && !changes.isSigned)
        #expect(changes.distributions == ["bookworm", "unstable-x"])
        #expect(changes.architectures == ["all", "amd64"])
        #expect(changes.binaries == ["hello-idx", "hello-idx-data"])
        #expect(
            changes.files.map(\.name) == [
                "hello-idx-data_1.0-1_all.deb", "hello-idx_1.0-1_amd64.buildinfo", "hello-idx_1.0-1_amd64.deb",
            ])
        #expect(changes.files.map(\.kind) == [.package, .buildInformation, .package])
        #expect(changes.files.map(\.size) == [724, 4_410, 708])
        #expect(changes.files.map(\.section) == ["contrib/doc", "misc", "misc"])
        let file = try #require(changes.file(named: "hello-idx_1.0-1_amd64.deb"))
        #expect(Hex.string(file.sha256) == "f9de35ade05c893479a960abe70eb9226c4b8c27836e49be85b07994b9f7c7a0")
        #expect(file.sha1.map { Hex.string($0) } == "f10994140d70d1057003b8173cf7be2cd53811ed")
        #expect(Hex.string(file.md5) == "120da10048b3cbb37d763cb74e0d43ff")
    }

    @Test func `a signed one says the same, with either kind of line ends`() throws {
        var expected = try Self.read(Self.binary)
        #expect(try Self.read(Self.lines(Self.binary, end: "\r\n")) == expected)
        expected.isSigned = true
        for blank in [false, true] {
            let signed = Self.signed(Self.binary, blank: blank)
            #expect(try Self.read(signed) == expected)
            #expect(try Self.read(Self.lines(signed, end: "\r\n")) == expected)
            #expect(try Self.read(signed + "\n\n") == expected)
        }
    }

    private static func lines(_ text: String, end: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: end)
    }

    @Test func `a dash-escaped line is what it was before signing`() throws {
        let text = [UInt8](Self.signed("-a\n- b\nc\n"))
        #expect(try ClearsignedText.read(text.span).text == "-a\n- b\nc\n")
    }

    @Test func `SHA-1 may be left out, and a source of another version is told from the packages'`() throws {
        guard let first = Self.binary.range(of: "Checksums-Sha1:"), let next = Self.binary.range(of: "Checksums-Sha256:") else {
            return #expect(Bool(false))
        }
        let without = Self.binary.replacingCharacters(in: first.lowerBound..<next.lowerBound, with: "")
        #expect(try Self.read(without).files.allSatisfy { $0.sha1 == nil })
        #expect(Self.fault("Source: hello-idx", "Source: hello-idx (0.9-3)") == nil)
    }

    @Test(arguments: [
        ("hello-idx_1.0-1.dsc", Refusal.Cause.unsupported, "is source"), ("x_1.0.orig.tar.gz", .unsupported, "is source"),
        ("x_1.0-1.debian.tar.xz", .unsupported, "is source"), ("x_1.0-1.diff.gz", .unsupported, "is source"),
        ("x_1.0.orig.tar.gz.asc", .unsupported, "is source"), ("README", .unsupported, "neither"),
        ("x.apk", .unsupported, "neither"),
        ("../x_1_all.deb", .malformed, "file name"), ("a/x_1_all.deb", .malformed, "file name"),
        (".x_1_all.deb", .malformed, "file name"),
        ("", .malformed, "file name"), ("x\u{0}_1_all.deb", .malformed, "file name"), ("x\n.deb", .malformed, "file name"),
        ("\u{E9}.deb", .malformed, "file name"), ("a b.deb", .malformed, "file name"), ("-x.deb", .malformed, "file name"),
        (String(repeating: "a", count: 240) + ".deb", .limit, "240"),
    ])
    func `a file that is not a part of a binary upload is refused by its name`(name: String, cause: Refusal.Cause, words: String)
    {
        let fault = refusal { () throws(Refusal) in _ = try DebianChanges.kind(of: name) }
        #expect(fault?.cause == cause)
        #expect(fault?.what.contains(words) == true, "\(String(describing: fault))")
        #expect(!DebianChanges.isName(name))
    }

    @Test func `packages, build information and changes are told by their names`() throws {
        #expect(try DebianChanges.kind(of: "libfoo++_1.0~rc1+b2_amd64.deb") == .package)
        #expect(try DebianChanges.kind(of: "x_1_amd64.udeb") == .package)
        #expect(try DebianChanges.kind(of: "x_1_amd64.buildinfo") == .buildInformation)
        #expect(try DebianChanges.kind(of: "x_1_amd64.changes") == .changes)
        #expect(try DebianChanges.kind(of: "tar_1.35_amd64.deb") == .package)
    }

    @Test func `an upload with source says how to build one without`() throws {
        let fault = try #require(
            Self.fault(Self.binary.replacing("hello-idx_1.0-1_amd64.buildinfo", with: "hello-idx_1.0-1.dsc")))
        #expect(fault.cause == .unsupported)
        #expect(fault.description.contains("dpkg-buildpackage -b"))
        let none = try #require(
            Self.fault(
                Self.binary.replacing("_all.deb", with: "_all.buildinfo").replacing("_amd64.deb", with: "_i386.buildinfo")))
        #expect(none.what == "the upload has no package")
    }

    /// What is changed in the one that is right, and why it is refused then.
    @Test(arguments: [
        ("Format: 1.8", "Format: 2.0", Refusal.Cause.unsupported, "field Format"),
        ("Format: 1.8\n", "", .malformed, "field Format"),
        ("Source: hello-idx", "Source: Hello/../x", .malformed, "field Source"),
        ("Source: hello-idx\n", "", .malformed, "field Source"),
        ("Version: 1:1.0-1", "Version: ../1", .malformed, "field Version"),
        ("Version: 1:1.0-1", "Version: 1 2", .malformed, "field Version"),
        ("Distribution: bookworm unstable-x", "Distribution:", .malformed, "field Distribution"),
        ("Distribution: bookworm", "Distribution: b\u{E9}", .malformed, "field Distribution"),
        ("Urgency: medium", "Version: 2", .ambiguous, "line 8"),
        ("Checksums-Sha256:", "Checksums-Sha512:", .malformed, "field Checksums-Sha256"),
        ("Files:", "Filez:", .malformed, "field Files"),
        ("f9de35ade05c", "f9de35ade0", .malformed, "field Checksums-Sha256"),
        ("f9de35ade05c", "z9de35ade05c", .malformed, "field Checksums-Sha256"),
        ("120da10048b3", "120da10048b3ff", .malformed, "field Files"), ("43ff 708", "43ff -708", .malformed, "field Files"),
        ("43ff 708", "43ff 0x1", .malformed, "field Files"), ("43ff 708", "43ff 7080000000000000000", .malformed, "field Files"),
        ("43ff 708", "43ff 709", .ambiguous, "fields Files and Checksums"),
        ("c7a0 708", "c7a0 709", .ambiguous, "fields Files and Checksums"),
        ("11ed 708", "11ed 709", .ambiguous, "fields Files and Checksums"),
        ("misc optional hello-idx_1.0-1_amd64.deb", "misc hello-idx_1.0-1_amd64.deb", .malformed, "field Files"),
        (
            "misc optional hello-idx_1.0-1_amd64.deb", "misc optional other_1.0-1_amd64.deb", .ambiguous,
            "fields Files and Checksums"
        ),
        ("misc optional hello-idx_1.0-1_amd64.deb", "misc optional hello-idx-data_1.0-1_all.deb", .ambiguous, "field Files"),
        ("c7a0 708 hello-idx_1.0-1_amd64.deb", "c7a0 708 hello-idx-data_1.0-1_all.deb", .ambiguous, "field Checksums-Sha256"),
        ("misc optional hello-idx_1.0-1_amd64.deb", "misc optional ../x.deb", .malformed, "field Files"),
        ("misc optional hello-idx_1.0-1_amd64.deb", "misc optional x.changes", .unsupported, "field Files"),
        (
            "\n 120da10048b3cbb37d763cb74e0d43ff 708 misc optional hello-idx_1.0-1_amd64.deb", "", .ambiguous,
            "fields Files and Checksums"
        ),
        ("Format", "# Format", .malformed, "line 1"), ("Files:", "\nFiles:", .ambiguous, "line 30"),
    ])
    func `a list that does not hold together is refused`(old: String, new: String, cause: Refusal.Cause, place: String) {
        let fault = Self.fault(old, new)
        #expect(fault?.cause == cause)
        #expect(fault?.place == place)
        #expect(fault?.remedy.isEmpty == false)
    }

    @Test func `what stands outside of the signed text is refused`() {
        let signed = Self.signed(Self.binary)
        let again = signed.replacing("Hash: SHA256", with: "Charset: utf-8")
        for text in [
            "\n" + signed, "Version: 2\n" + signed, "Version: 2\n\n" + signed, signed + "Version: 2\n", signed + "\n" + signed,
            again,
            signed.replacing("\nVersion: 1", with: "\n-----BEGIN PGP SIGNED MESSAGE-----\nVersion: 1"),
            signed.replacing("\nVersion: 1", with: "\n-Version: 1"), Self.binary + signed,
        ] { #expect(Self.fault(text)?.cause == .ambiguous, "\(text.prefix(60))") }
    }

    @Test func `every truncation is refused, but for the last line's end`() {
        for text in [Self.binary, Self.signed(Self.binary)] {
            let bytes = [UInt8](text)
            for length in 0..<(bytes.count - 1) {
                #expect(
                    refusal { () throws(Refusal) in _ = try DebianChanges(Array(bytes[..<length]).span) } != nil,
                    "\(length) bytes")
            }
        }
    }

    @Test func `a flipped bit changes no name, and gives a file or a refusal`() {
        let bytes = [UInt8](Self.signed(Self.binary))
        var read = 0
        for index in bytes.indices {
            for bit in [0, 4, 7] {
                var damaged = bytes
                damaged[index] ^= 1 << UInt8(bit)
                guard let changes = try? DebianChanges(damaged.span) else { continue }
                read += 1
                #expect(changes.files.map(\.size) == [724, 4_410, 708])
            }
        }
        #expect(read > 500, "in texts for people and in digests")
    }

    @Test func `a file that is too large, or lists too much, is refused`() {
        #expect(Self.fault(Self.binary + String(repeating: "\n", count: DebianChanges.longest))?.cause == .limit)
        let line = " af2c990a49594213dd01d00e4085b528 724 misc optional x.deb\n"
        #expect(Self.fault(Self.binary + String(repeating: line, count: 1_001))?.cause == .limit)
    }
}
