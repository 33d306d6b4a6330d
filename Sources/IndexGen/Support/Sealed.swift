/// Bytes with a digest of themselves behind them: what is kept to save time must not cost correctness when it is damaged.
enum Sealed {
    private static let size = 8

    static func seal(_ bytes: [UInt8]) -> [UInt8] { bytes + SHA256Digest.of(bytes).prefix(size) }

    /// Nil when they are not as they were.
    static func open(_ sealed: [UInt8]) -> [UInt8]? {
        guard sealed.count >= size else { return nil }
        let bytes = Array(sealed.dropLast(size))
        return SHA256Digest.of(bytes).prefix(size).elementsEqual(sealed.suffix(size)) ? bytes : nil
    }
}
