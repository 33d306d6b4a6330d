/// A first look at a file, before any of it is trusted. Reads a zip's directory or the beginning of a tar, no more.
enum PyPIRecognition {
    static func recognise(_ glimpse: Glimpse, of bytes: Span<UInt8>) -> Recognition {
        if glimpse.container == .zip { return zip(bytes, filename: glimpse.filename) }
        if glimpse.codec == .gzip { return tar(glimpse, of: bytes) }
        return .no
    }

    // MARK: - Zip

    /// A zip's comment, which stands behind its end record, is shorter than this.
    private static let longestTail = 22 + 65_535
    /// Directory entries that are looked at. A wheel's own folder stands at the end by convention, so this is for all of them.
    private static let mostEntries = 200_000

    /// A wheel is known by `X.dist-info/METADATA`, a zipped source archive by `X/PKG-INFO`.
    private static func zip(_ bytes: Span<UInt8>, filename: String) -> Recognition {
        let named = filename.utf8.count > 4 ? ASCII.lowered(String(filename.suffix(4))) : ""
        guard var position = directory(of: bytes) else { return named == ".whl" ? .perhaps : .no }
        for _ in 0..<mostEntries {
            // PK 1 2, 42 bytes of fields, then name, extra field and comment.
            guard bytes.has("PK\u{1}\u{2}", at: position), position <= bytes.count - 46 else {
                return named == ".whl" ? .perhaps : .no
            }
            let name = number(bytes, position + 28), rest = number(bytes, position + 30) + number(bytes, position + 32)
            let start = position + 46
            guard name <= bytes.count - start else { return .no }
            if let slash = onlySlash(in: bytes, start..<start + name) {
                if slash > start + 10, bytes.has(".dist-info/METADATA", at: slash - 10), start + name == slash + 9 {
                    return .surely
                }
                if slash > start, bytes.has("/PKG-INFO", at: slash), start + name == slash + 9 {
                    return named == ".zip" ? .surely : .perhaps
                }
            }
            guard rest <= bytes.count - start - name else { return .no }
            position = start + name + rest
        }
        return .no
    }

    /// Where the central directory starts, by the last end record. Nil for none and for the 64-bit form.
    private static func directory(of bytes: Span<UInt8>) -> Int? {
        guard bytes.count >= 22 else { return nil }
        var end = bytes.count - 22
        let stop = max(0, bytes.count - longestTail)
        while !bytes.has("PK\u{5}\u{6}", at: end) {
            guard end > stop else { return nil }
            end -= 1
        }
        let offset = number(bytes, end + 16) | number(bytes, end + 18) << 16
        return offset < end ? offset : nil
    }

    private static func number(_ bytes: Span<UInt8>, _ offset: Int) -> Int { Int(bytes[offset]) | Int(bytes[offset + 1]) << 8 }

    private static func onlySlash(in bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        var found: Int?
        for i in range where bytes[i] == UInt8(ascii: "/") {
            if found != nil { return nil }
            found = i
        }
        return found
    }

    // MARK: - Tar

    /// A source archive is known by `X/PKG-INFO`. Some tools write that last, so a name like one is worth a `perhaps`.
    private static func tar(_ glimpse: Glimpse, of bytes: Span<UInt8>) -> Recognition {
        var found = false
        glimpse.look(into: bytes) { member in
            let path = member.header.path
            found = member.header.kind == .file && PyPIPackage.same(path, PyPIPackage.top(of: path) + "/PKG-INFO")
            return found
        }
        if found { return .surely }
        return isNamedLikeSource(glimpse.filename) ? .perhaps : .no
    }

    /// `NAME-VERSION.tar.gz`.
    private static func isNamedLikeSource(_ filename: String) -> Bool {
        guard let stem = PyPIFilename.without(".tar.gz", Array(filename.utf8)), let dash = stem.lastIndex(of: UInt8(ascii: "-"))
        else {
            return false
        }
        return PyPIProjectName.normalised(stem[..<dash]) != nil && PEP440(stem[(dash + 1)...]) != nil
    }
}
