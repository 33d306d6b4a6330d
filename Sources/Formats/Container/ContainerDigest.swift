/// Digests as OCI writes them (Image Specification 1.1, "Digests"): `sha256:HEX` and `sha512:HEX`, in small letters and with all
/// their digits.
enum ContainerDigest {
    /// Where faults of digests are, in refusals: `ContainerDialect` has a code for them.
    static let place = "the digest"

    private static let algorithms: [Digests.Algorithm] = [.sha256, .sha512]

    /// What follows a slash in addresses, as a regular expression (PCRE).
    static let pattern = "sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})"

    /// Nil for what is not one.
    static func parse(_ text: String) -> PieceDigest? {
        for algorithm in algorithms where text.hasPrefix("\(algorithm.rawValue):") {
            let digits = text.utf8.dropFirst(algorithm.rawValue.utf8.count + 1)
            guard digits.count == 2 * algorithm.byteCount, !digits.contains(where: ASCII.isUpper), let bytes = Hex.bytes(digits)
            else { return nil }
            return PieceDigest(algorithm: algorithm, bytes: bytes, text: text)
        }
        return nil
    }

    /// - Throws: `.malformed` at `place`, `.unsupported` for a digest by another algorithm.
    static func read(_ text: String, at place: String = place) throws(Refusal) -> PieceDigest {
        if let digest = parse(text) { return digest }
        let shown = ASCII.line(String(text.prefix(160)))
        let word = text.utf8.prefix { $0 != UInt8(ascii: ":") }
        if word.count < text.utf8.count, !algorithms.contains(where: { $0.rawValue.utf8.elementsEqual(word) }) {
            throw Refusal(
                .unsupported, "the digest '\(shown)' is by an algorithm that is not known here", at: place,
                remedy: "use sha256 or sha512")
        }
        throw Refusal(
            .malformed, "'\(shown)' is not a digest", at: place,
            remedy: "write sha256: and 64 small hexadecimal digits, or sha512: and 128")
    }

    static func of(_ bytes: Span<UInt8>, by algorithm: Digests.Algorithm = .sha256) -> PieceDigest {
        named(hash(bytes, by: algorithm), by: algorithm)
    }

    static func named(_ bytes: [UInt8], by algorithm: Digests.Algorithm = .sha256) -> PieceDigest {
        PieceDigest(algorithm: algorithm, bytes: bytes, text: "\(algorithm.rawValue):\(Hex.string(bytes))")
    }

    private static func hash(_ bytes: Span<UInt8>, by algorithm: Digests.Algorithm) -> [UInt8] {
        func digest(_ hash: some HashFunction) -> [UInt8] {
            var hash = hash
            bytes.withUnsafeBufferPointer { hash.update(UnsafeRawBufferPointer($0)) }
            return hash.finish()
        }
        return algorithm == .sha512 ? digest(SHA512()) : digest(SHA256())
    }

    /// Holds a file against the digest that it was sent by. SHA-512 is taken here where nobody has taken it yet.
    ///
    /// - Throws: `.ambiguous` at `place`.
    static func check(_ digest: PieceDigest, of upload: Upload, bytes: Span<UInt8>) throws(Refusal) {
        let known = upload.digests[digest.algorithm]
        let right = known.isEmpty ? hash(bytes, by: digest.algorithm) : known
        guard right == digest.bytes else {
            throw Refusal(
                .ambiguous,
                "the content has the digest \(named(right, by: digest.algorithm).text), and was sent as \(digest.text)",
                at: place, remedy: "send it again, by its own digest")
        }
    }
}
