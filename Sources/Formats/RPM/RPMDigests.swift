/// What an RPM file says of its own bytes, held against them: the sizes and digests of header and payload. Signatures are left to those
/// who have the keys.
///
/// Which tags there are, and what rpm demands of them: lib/rpmvs.c of rpm 4.18 and 6.0. Header and payload are gone over once, whatever
/// digests there are of them.
enum RPMDigests {
    /// - Returns: of which parts the package carries no digest.
    /// - Throws: `.truncated` for fewer bytes than announced, `.malformed` for a digest that is wrong or that no rpm would read, and
    ///   for bytes behind the end.
    static func check(
        _ bytes: Span<UInt8>, _ signature: RPMHeader, _ header: RPMHeader, within budget: Budget
    ) throws(Refusal) -> Set<Part> {
        try checkShapes(of: signature, in: bytes)
        try checkStrays(in: header, beside: signature)
        try checkSize(bytes, signature, header)
        let claims = try claims(of: signature, header, in: bytes)
        let sums = try Sums(of: claims, in: bytes, header.range, within: budget)
        for claim in claims where !claim.digests.contains(sums[claim.sum]) {
            throw Refusal(
                .malformed, "the file does not have the \(claim.sum.words) that it says it has",
                at: "\(RPMTagTable.name(of: claim.tag.rawValue, in: claim.role)) of the RPM \(claim.role.subject)",
                remedy: "it is damaged: send it again, or rebuild the package")
        }
        return Set(Part.allCases).subtracting(claims.flatMap { $0.sum.parts })
    }

    /// rpm 4.14 and later installs nothing of which one of these has no digest (`%_pkgverify_level`, lib/rpmvs.c).
    enum Part: String, CaseIterable {
        case header, payload
    }

    // MARK: What is claimed

    /// One digest that can be taken of a package.
    private enum Sum: CaseIterable {
        case headerSHA1, headerSHA256, headerSHA3, headerAndPayloadMD5, payloadSHA256, payloadSHA512, payloadSHA3

        /// What it covers.
        var parts: Set<Part> {
            switch self {
            case .headerSHA1, .headerSHA256, .headerSHA3: [.header]
            case .headerAndPayloadMD5: [.header, .payload]
            case .payloadSHA256, .payloadSHA512, .payloadSHA3: [.payload]
            }
        }

        var words: String {
            switch self {
            case .headerSHA1: "SHA-1 digest of the header"
            case .headerSHA256: "SHA-256 digest of the header"
            case .headerSHA3: "SHA3-256 digest of the header"
            case .headerAndPayloadMD5: "MD5 digest of header and payload"
            case .payloadSHA256: "SHA-256 digest of the payload"
            case .payloadSHA512: "SHA-512 digest of the payload"
            case .payloadSHA3: "SHA3-256 digest of the payload"
            }
        }
    }

    private struct Claim {
        var sum: Sum
        var tag: RPMTag
        var role: RPMHeader.Role
        /// One of these must be it: a payload that was packed anew has the digest that the alternative tag names.
        var digests: [[UInt8]]
    }

    private static func claims(of signature: RPMHeader, _ header: RPMHeader, in bytes: Span<UInt8>) throws(Refusal) -> [Claim] {
        var claims: [Claim] = []
        for (tag, sum) in [
            (.headerSHA1, .headerSHA1), (.headerSHA256, .headerSHA256), (.headerSHA3, .headerSHA3),
        ] as [(RPMTag, Sum)] {
            guard let text = try signature.string(tag, in: bytes) else { continue }
            claims.append(Claim(sum: sum, tag: tag, role: .signature, digests: [digest(bytes.extracting(text))]))
        }
        if let md5 = signature.binary(.signatureMD5, in: bytes) {
            claims.append(Claim(sum: .headerAndPayloadMD5, tag: .signatureMD5, role: .signature, digests: [bytes.copied(md5)]))
        }
        // OpenPGP's number of SHA-256 (RFC 9580, 9.5); rpm writes no other.
        let isSHA256 = try (header.number(.payloadDigestAlgorithm, in: bytes) ?? 8) == 8
        for (tag, alternative, sum) in [
            (.payloadDigest, .payloadDigestAlternative, .payloadSHA256),
            (.payloadSHA512, .payloadSHA512Alternative, .payloadSHA512),
            (.payloadSHA3, .payloadSHA3Alternative, .payloadSHA3),
        ] as [(RPMTag, RPMTag, Sum)] where sum != .payloadSHA256 || isSHA256 {
            var digests: [[UInt8]] = []
            for tag in [tag, alternative] {
                var texts = try header.strings(tag, in: bytes)
                while let text = try texts.next(in: bytes) { digests.append(digest(bytes.extracting(text))) }
            }
            if !digests.isEmpty {
                claims.append(Claim(sum: sum, tag: header.has(tag) ? tag : alternative, role: .main, digests: digests))
            }
        }
        return claims
    }

    /// From hexadecimal; empty, which is nothing's digest, for anything else.
    private static func digest(_ text: Span<UInt8>) -> [UInt8] { Hex.bytes(text.copied()) ?? [] }

    // MARK: What is true

    /// The digests that are claimed, taken in one pass.
    private struct Sums {
        private var sums: [Sum: [UInt8]] = [:]

        subscript(sum: Sum) -> [UInt8] { sums[sum] ?? [] }

        /// Bytes that stay in the first-level caches while several digests go over them.
        private static let slice = 1 << 15

        init(of claims: [Claim], in bytes: Span<UInt8>, _ header: Range<Int>, within budget: Budget) throws(Refusal) {
            let wanted = Set(claims.map(\.sum))
            var md5 = wanted.contains(.headerAndPayloadMD5) ? MD5() : nil
            var sha1 = wanted.contains(.headerSHA1) ? SHA1() : nil
            var sha256 = wanted.contains(.headerSHA256) ? SHA256() : nil
            var sha3 = wanted.contains(.headerSHA3) ? SHA3_256() : nil
            var start = header.lowerBound
            while start < header.upperBound {
                let end = min(header.upperBound, start + Self.slice)
                bytes.extracting(start..<end).withUnsafeBytes { slice in
                    md5?.update(slice)
                    sha1?.update(slice)
                    sha256?.update(slice)
                    sha3?.update(slice)
                }
                start = end
            }
            sums[.headerSHA1] = sha1?.finish()
            sums[.headerSHA256] = sha256?.finish()
            sums[.headerSHA3] = sha3?.finish()
            sha256 = wanted.contains(.payloadSHA256) ? SHA256() : nil
            sha3 = wanted.contains(.payloadSHA3) ? SHA3_256() : nil
            var sha512 = wanted.contains(.payloadSHA512) ? SHA512() : nil
            let isWanted = md5 != nil || sha256 != nil || sha3 != nil || sha512 != nil
            var turn = 0
            while isWanted, start < bytes.count {
                try budget.deadline.check("the RPM payload", turn: turn, at: "byte \(start)")
                turn += 1
                let end = min(bytes.count, start + Self.slice)
                bytes.extracting(start..<end).withUnsafeBytes { slice in
                    md5?.update(slice)
                    sha256?.update(slice)
                    sha512?.update(slice)
                    sha3?.update(slice)
                }
                start = end
            }
            sums[.headerAndPayloadMD5] = md5?.finish()
            sums[.payloadSHA256] = sha256?.finish()
            sums[.payloadSHA512] = sha512?.finish()
            sums[.payloadSHA3] = sha3?.finish()
        }
    }

    // MARK: Shapes

    /// The signature header says how long header and payload are. A file that is shorter was cut off; to one that is longer something was
    /// appended.
    private static func checkSize(_ bytes: Span<UInt8>, _ signature: RPMHeader, _ header: RPMHeader) throws(Refusal) {
        guard let announced = try signature.number(.longSignatureSize, or: .signatureSize, in: bytes) else { return }
        let present = UInt64(bytes.count - header.range.lowerBound)
        if present < announced {
            throw Refusal(
                .truncated, "the RPM payload is not all there: the signature announces \(announced) bytes, \(present) came",
                at: "byte \(bytes.count)", remedy: "send the file again")
        }
        if present > announced {
            throw Refusal(
                .malformed, "the RPM file goes on after its end: the signature announces \(announced) bytes, \(present) came",
                at: "byte \(header.range.lowerBound + Int(announced))", remedy: "send the file again")
        }
    }

    /// What rpm demands of the signature header's tags (`rpmvfytags`): type, number of values, and for digests the number of their
    /// digits. rpm takes a package for damaged where one is not so.
    private static func checkShapes(of signature: RPMHeader, in bytes: Span<UInt8>) throws(Refusal) {
        for (tag, kind, count) in shapes {
            guard let shape = signature.shape(tag, in: bytes) else { continue }
            var name: String { RPMTagTable.name(of: tag.rawValue, in: .signature) }
            guard shape.kind == kind, count == nil || shape.count == count else {
                let wanted = RPMTagTable.Kind(type: kind)?.words ?? ""
                throw Refusal(
                    .malformed, "\(name) of the RPM signature does not hold \(count.map { "\($0) of " } ?? "")\(wanted)",
                    at: "byte \(signature.range.lowerBound)", remedy: "rebuild the package, or sign it again with rpmsign")
            }
            guard let digits = digits(of: tag), let text = try signature.string(tag, in: bytes) else { continue }
            guard text.count == digits, Hex.bytes(bytes.copied(text)) != nil else {
                throw Refusal(
                    .malformed, "\(name) of the RPM signature is not \(digits) hexadecimal digits", at: "byte \(text.lowerBound)",
                    remedy: "rebuild the package, or sign it again with rpmsign")
            }
        }
    }

    /// rpm adds the signature header's tags to the main header under these numbers, and does not read a package in which they are taken
    /// (lib/package.c, `headerMergeLegacySigs`).
    private static func checkStrays(in header: RPMHeader, beside signature: RPMHeader) throws(Refusal) {
        var numbers: [UInt32] = [257, 259, 261, 262, 267, 268, 269, 270, 271, 273, 276, 277]
        if signature.has(.payloadSize) { numbers.append(RPMTag.archiveSize.rawValue) }
        if signature.has(.fileSignatures) { numbers.append(5_090) }
        if signature.has(.fileSignatureLength) { numbers.append(5_091) }
        guard let number = numbers.first(where: header.has(number:)) else { return }
        throw Refusal(
            .malformed,
            "the RPM header holds \(RPMTagTable.name(of: number, in: .main)), which belongs into the signature header",
            at: "byte \(header.range.lowerBound)", remedy: "rebuild the package")
    }

    private static func digits(of tag: RPMTag) -> Int? {
        switch tag {
        case .headerSHA1: 40
        case .headerSHA256, .headerSHA3: 64
        default: nil
        }
    }

    private static let shapes: [(RPMTag, kind: UInt32, count: Int?)] = [
        (.headerSHA1, RPMHeader.Kind.string, 1), (.headerSHA256, RPMHeader.Kind.string, 1),
        (.headerSHA3, RPMHeader.Kind.string, 1),
        (.longSignatureSize, RPMHeader.Kind.int64, 1), (.longArchiveSize, RPMHeader.Kind.int64, 1),
        (.dsaSignature, RPMHeader.Kind.binary, nil), (.rsaSignature, RPMHeader.Kind.binary, nil),
        (.openPGP, RPMHeader.Kind.strings, nil), (.signatureSize, RPMHeader.Kind.int32, 1),
        (.signaturePGP, RPMHeader.Kind.binary, nil), (.signatureMD5, RPMHeader.Kind.binary, 16),
        (.signatureGPG, RPMHeader.Kind.binary, nil), (.payloadSize, RPMHeader.Kind.int32, 1),
        (.fileSignatures, RPMHeader.Kind.strings, nil), (.fileSignatureLength, RPMHeader.Kind.int32, 1),
        (.veritySignatures, RPMHeader.Kind.strings, nil), (.verityAlgorithm, RPMHeader.Kind.int32, 1),
    ]
}
