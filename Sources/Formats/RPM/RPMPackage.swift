/// An RPM file's lead, headers and identity, found but not copied.
///
/// Lead (96 bytes) – signature header, padded to 8 bytes – main header – payload. The same for the files of rpm 3, 4 and 6.
struct RPMPackage: Sendable {
    let signature: RPMHeader
    let header: RPMHeader
    let name: Range<Int>
    let version: Range<Int>
    let release: Range<Int>
    let epoch: UInt64
    /// Whether anything in the file tells a damaged one from a sound one.
    let undigested: Set<RPMDigests.Part>
    /// `src` for source packages, whatever machine they were made on.
    let architecture: [UInt8]

    /// `ED AB EE DB`.
    static func hasMagic(_ bytes: Span<UInt8>) -> Bool {
        bytes.count >= 4 && bytes[0] == 0xED && bytes[1] == 0xAB && bytes[2] == 0xEE && bytes[3] == 0xDB
    }

    /// - Parameter checksDigests: false for fuzzing alone, which would not get behind them.
    init(_ bytes: Span<UInt8>, within budget: Budget, checksDigests: Bool = true) throws(Refusal) {
        guard Self.hasMagic(bytes) else {
            throw Refusal(.malformed, "this is no RPM package", at: "byte 0", remedy: "send a file that rpm can read")
        }
        guard bytes.count >= 96 else {
            throw Refusal(.truncated, "the RPM lead is not all there", at: "byte \(bytes.count)", remedy: "send the file again")
        }
        // rpm 4.18, rpmLeadRead.
        guard 3...4 ~= bytes[4] else {
            throw Refusal(
                .malformed, "the lead says that this is RPM version \(bytes[4]), and rpm reads 3 and 4", at: "byte 4",
                remedy: "send the file again")
        }
        guard bytes[78] == 0, bytes[79] == 5 else {
            throw Refusal(
                .unsupported,
                "the signature is of type \(Int(bytes[78]) << 8 | Int(bytes[79])), and only header-style signatures (5) can "
                    + "be read", at: "byte 78", remedy: "rebuild the package with rpm 3 or later")
        }
        signature = try RPMHeader(bytes, at: 96, .signature, within: budget)
        header = try RPMHeader(bytes, at: Self.end(of: signature, in: bytes), .main, within: budget)
        undigested = checksDigests ? try RPMDigests.check(bytes, signature, header, within: budget) : []

        name = try Self.required(.name, "name", header, bytes)
        version = try Self.required(.version, "version", header, bytes)
        release = try Self.required(.release, "release", header, bytes)
        epoch = try header.number(.epoch, in: bytes) ?? 0
        // dnf 4.14 ends with an OverflowError of Python in the middle of the transaction.
        guard epoch <= UInt64(Int32.max) else {
            throw Refusal(
                .malformed, "the epoch \(epoch) is larger than \(Int32.max), and dnf cannot install that",
                at: "tag \(RPMTag.epoch.rawValue) of the RPM header",
                remedy: "rebuild the package with a smaller one")
        }
        if try Self.isSource(header, bytes) {
            architecture = [UInt8]("src")
        } else {
            architecture = bytes.copied(try Self.required(.architecture, "architecture", header, bytes))
        }
        if let format = try header.string(.payloadFormat, in: bytes), bytes.extracting(format).has("drpm"), format.count == 4 {
            throw Refusal(
                .unsupported, "this is a delta, not a package", at: "tag 1124 of the RPM header", remedy: "send the whole package"
            )
        }
    }

    /// Where the main header starts: at the next multiple of eight. Some builders of rpm 3's days left the padding out.
    private static func end(of signature: RPMHeader, in bytes: Span<UInt8>) -> Int {
        let end = signature.range.upperBound, padded = end + (8 - (end - signature.range.lowerBound) % 8) % 8
        return !RPMHeader.stands(at: padded, in: bytes) && RPMHeader.stands(at: end, in: bytes) ? end : padded
    }

    /// librpm (lib/package.cc) takes a package without SOURCERPM for a source package when the lead says so.
    private static func isSource(_ header: RPMHeader, _ bytes: Span<UInt8>) throws(Refusal) -> Bool {
        if let flag = try header.number(.sourcePackage, in: bytes) { return flag != 0 }
        return !header.has(.sourceRPM) && bytes[6] == 0 && bytes[7] == 1
    }

    private static func required(
        _ tag: RPMTag, _ field: String, _ header: RPMHeader, _ bytes: Span<UInt8>
    ) throws(Refusal) -> Range<Int> {
        guard let range = try header.string(tag, in: bytes), !range.isEmpty else {
            throw Refusal(
                .malformed, "the package has no \(field)", at: "tag \(tag.rawValue) of the RPM header",
                remedy: "rebuild the package")
        }
        return range
    }

    /// `[epoch:]version-release`; an epoch of 0 is left out.
    func versionText(in bytes: Span<UInt8>) -> String {
        (epoch == 0 ? "" : "\(epoch):") + XMLText.string(bytes.extracting(version)) + "-"
            + XMLText.string(bytes.extracting(release))
    }
}
