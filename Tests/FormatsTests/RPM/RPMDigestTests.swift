import Testing

@testable import Formats
@testable import Kit

/// A package that is not what it says of itself would take the place of the sound one, which comes later and is refused.
@Suite struct RPMDigestTests {
    private func inspect(_ package: RPMBuilder) throws(Refusal) -> PackageRecord { try inspect(package.build()) }

    private func inspect(_ file: [UInt8]) throws(Refusal) -> PackageRecord {
        try RPM().inspect(rpmUpload(file), bytes: file.span, in: rpmRepository(), within: Budget())
    }

    /// The refusal of a package that a change has made unsound.
    private func refusal(_ change: (inout RPMBuilder) -> Void) -> Refusal? {
        var package = RPMBuilder()
        change(&package)
        return #expect(throws: Refusal.self) { try inspect(package) }
    }

    @Test func `a sound package comes in without a word`() throws {
        for package in [RPMBuilder(), RPMOddPackages.everything, RPMOddPackages.files] {
            #expect(try inspect(package).warnings.isEmpty)
        }
    }

    @Test func `every byte of header and payload is held by a digest`() {
        let file = RPMBuilder().build()
        // Behind the lead and the signature header with its padding.
        let start = (97..<file.count).first { Array(file[$0...].prefix(4)) == [0x8E, 0xAD, 0xE8, 1] } ?? 0
        for place in start..<file.count {
            var damaged = file
            damaged[place] ^= 0x20
            #expect(throws: Refusal.self, "byte \(place)") { try inspect(damaged) }
        }
    }

    @Test(
        arguments: [
            (269, .text(String(repeating: "a", count: 40)), "SHA-1 digest of the header"),
            (273, .text(String(repeating: "a", count: 64)), "SHA-256 digest of the header"),
            (279, .text(String(repeating: "a", count: 64)), "SHA3-256 digest of the header"),
            (1_004, .binary([UInt8](repeating: 1, count: 16)), "MD5 digest of header and payload"),
        ] as [(UInt32, RPMBuilder.Value, String)])
    func `a digest that is wrong is named`(tag: UInt32, value: RPMBuilder.Value, words: String) {
        let refusal = refusal { $0.signatureTags[tag] = value }
        #expect(refusal?.what.contains(words) == true && refusal?.place.contains("tag \(tag)") == true)
        #expect(refusal?.remedy.contains("send it again") == true)
    }

    @Test(arguments: [5_092, 5_121, 5_123] as [UInt32]) func `so is the payload's`(tag: UInt32) {
        let refusal = refusal { $0.tags[tag] = .texts([String(repeating: "0", count: 64)]) }
        #expect(refusal?.what.contains("digest of the payload") == true && refusal?.place.contains("tag \(tag)") == true)
    }

    @Test func `a payload has the digest that it has packed or that it has unpacked`() throws {
        var package = RPMBuilder()
        package.tags[5_097] = .texts([String(repeating: "0", count: 64)])
        #expect(try inspect(package).warnings.isEmpty)
        package.tags = [5_092: .texts([String(repeating: "0", count: 64)]), 5_097: .texts([package.payloadDigest])]
        #expect(try inspect(package).warnings.isEmpty)
    }

    @Test func `a size that is not the file's is named`() {
        let size = RPMBuilder().build().count
        #expect(refusal { $0.signatureTags[1_000] = .int32([UInt32(size)]) }?.cause == .truncated)
        #expect(refusal { $0.signatureTags[1_000] = .int32([9]) }?.what.contains("goes on after its end") == true)
        #expect(refusal { $0.signatureTags[270] = .int64([9]) }?.what.contains("goes on after its end") == true)
    }

    @Test func `without digests only the size can be checked, and its sender is told`() throws {
        var package = RPMBuilder()
        package.hasDigests = false
        #expect(try inspect(package).warnings.map(\.what).contains { $0.contains("carries no digest") })
        package.signatureTags.updateValue(nil, forKey: 1_000)
        #expect(try inspect(package).warnings.count == 1)
    }

    @Test(
        arguments: [
            ([269, 273, 1_004], [], "header"), ([1_004], [5_092], "payload"), ([269, 273, 1_004], [5_092], "header and payload"),
        ] as [([UInt32], [UInt32], String)]) func `a part without a digest is named: rpm does not install the package`(
            signature: [UInt32], main: [UInt32], parts: String
        ) throws
    {
        var package = RPMBuilder()
        for tag in signature { package.signatureTags.updateValue(nil, forKey: tag) }
        for tag in main { package.tags.updateValue(nil, forKey: tag) }
        let warnings = try inspect(package).warnings
        #expect(warnings.count == 1 && warnings.first?.what.contains("no digest of its \(parts): ") == true, "\(warnings)")
    }

    @Test func `files without their directories are refused, as rpm refuses them`() throws {
        var package = RPMOddPackages.files
        #expect(try inspect(package).warnings.isEmpty)
        for tag in [1_116, 1_118] as [UInt32] {
            package = RPMOddPackages.files
            package.tags.updateValue(nil, forKey: tag)
            let refusal = #expect(throws: Refusal.self, "\(tag)") { try inspect(package) }
            #expect(refusal?.what.contains("in which of") == true, "\(tag)")
        }
        package = RPMOddPackages.files
        package.tags[1_116] = .int32([0])
        #expect(throws: Refusal.self) { try inspect(package) }
    }

    @Test func `a header that rpm calls bad is refused by the name of its tag`() {
        let fileSizes = refusal { package in
            package.files = [.init("/usr/bin/", "tool")]
            package.tags[1_028] = .int32([])
        }
        #expect(fileSizes?.what.hasPrefix("tag 1028 (FILESIZES) of the RPM header has no values") == true)
        #expect(refusal { $0.tags[1_022] = .int32([1]) }?.what.contains("tag 1022 (ARCH)") == true)
        #expect(refusal { $0.signatureTags[1_004] = .binary([1]) }?.what.contains("tag 1004 (MD5) of the RPM signature") == true)
        #expect(refusal { $0.signatureTags[273] = .text("abc") }?.what.contains("tag 273 (SHA256HEADER)") == true)
    }

    @Test func `an epoch is one that dnf can install`() throws {
        var package = RPMBuilder()
        package.epoch = 2_147_483_647
        #expect(try inspect(package).version == "2147483647:1.0-1")
        #expect(refusal { $0.epoch = 2_147_483_648 }?.what.contains("dnf cannot install") == true)
    }

    @Test(arguments: [
        ("all", "noarch"), ("any", "noarch"), ("amd64", "x86_64"), ("arm64", "aarch64"), ("armhf", "armv7hl"), ("386", "i686"),
    ])
    func `another system's name for an architecture is a warning with rpm's`(name: String, right: String) throws {
        var package = RPMBuilder()
        package.architecture = name
        let record = try inspect(package)
        #expect(record.architecture == name && record.warnings.count == 1 && record.warnings[0].remedy.contains(right))
        package.architecture = right
        #expect(try inspect(package).warnings.isEmpty)
    }

    @Test func `a module's package is a warning with its label`() throws {
        var package = RPMBuilder()
        package.tags[5_096] = .text("nodejs:18:820\u{1b}[2J")
        let warning = try #require(try inspect(package).warnings.first)
        #expect(warning.what.contains("nodejs:18:820") && warning.what.contains("No available modular metadata"))
        #expect(!warning.description.unicodeScalars.contains { $0.value < 32 })
    }
}
