/// The `.PKGINFO` in packages of pacman and of apk: lines `KEY = VALUE`, and comments behind `#`.
///
/// A line is divided at its first `=`; since a key is letters, digits and `_`, readers that look for ` = ` find the same place.
/// Values are as they are written, but for one blank before them. What a second reader could see otherwise is refused: control
/// characters but for tabs, bytes that are not UTF-8, a last line without its end.
struct PackageInfo {
    struct Field {
        var key: String
        var value: String
        /// Whether there are blanks on both sides of the `=`, or nothing behind it: apk sees no others.
        var isApart: Bool
        /// Counted from 1.
        var line: Int
    }

    /// Bytes of one line.
    static let lineLimit = 64 << 10

    private(set) var fields: [Field] = []
    /// The first line that is neither field nor comment, counted from 1.
    private(set) var oddLine: Int?
    private let remedy: String
    private let takesOddLines: Bool

    /// - Parameters:
    ///   - remedy: what helps, whatever is wrong: "build the package again with makepkg".
    ///   - takesOddLines: whether what is neither field nor comment is passed over, as apk does it: some tools write descriptions of
    ///     several lines. libalpm reads nothing of such a package.
    init(_ bytes: Span<UInt8>, remedy: String, takesOddLines: Bool = false) throws(Refusal) {
        self.remedy = remedy
        self.takesOddLines = takesOddLines
        if let fault = UTF8Fault.first(in: bytes) {
            throw Self.refusal(.malformed, "it is not UTF-8", line: fault.line, remedy)
        }
        var line = 1, start = 0
        for i in 0..<bytes.count {
            let byte = bytes[i]
            guard byte == 10 else {
                guard byte == 9 || !ASCII.isControl(byte) else {
                    throw Self.refusal(.malformed, "it holds a control character", line: line, remedy)
                }
                guard i - start < Self.lineLimit else {
                    throw Self.refusal(.limit, "a line has more than \(Self.lineLimit) bytes", line: line, remedy)
                }
                continue
            }
            try take(bytes.extracting(start..<i), line)
            start = i + 1
            line += 1
        }
        guard start == bytes.count else { throw Self.refusal(.truncated, "its last line has no end", line: line, remedy) }
    }

    private mutating func take(_ text: Span<UInt8>, _ line: Int) throws(Refusal) {
        guard let first = (0..<text.count).first(where: { text[$0] != 32 && text[$0] != 9 }), text[first] != UInt8(ascii: "#")
        else { return }
        guard let equals = (0..<text.count).first(where: { text[$0] == UInt8(ascii: "=") }) else {
            return try passOver("a line has no '='", line)
        }
        var end = equals
        while end > 0, text[end - 1] == 32 { end -= 1 }
        guard end > 0, (0..<end).allSatisfy({ ASCII.isAlphanumeric(text[$0]) || text[$0] == UInt8(ascii: "_") }) else {
            return try passOver("what stands before a '=' is not a key", line)
        }
        var value = equals + 1
        if value < text.count, text[value] == 32 { value += 1 }
        let isApart = value == text.count || (end == equals - 1 && value == equals + 2)
        fields.append(
            Field(
                key: String(decoding: text.copied(0..<end), as: UTF8.self),
                value: String(decoding: text.copied(value..<text.count), as: UTF8.self), isApart: isApart, line: line))
    }

    private mutating func passOver(_ what: String, _ line: Int) throws(Refusal) {
        guard takesOddLines else { throw Self.refusal(.malformed, what, line: line, remedy) }
        oddLine = oddLine ?? line
    }

    /// A value that may be there once; nil where it is missing or empty.
    ///
    /// - Throws: where the key stands there twice: readers take the first or the last.
    func value(_ key: String) throws(Refusal) -> String? {
        var found: Field?
        for field in fields where field.key == key {
            guard found == nil else { throw refusal(.ambiguous, "\(key) stands there twice", line: field.line) }
            found = field
        }
        guard let value = found?.value, !value.utf8.allSatisfy({ $0 == 32 || $0 == 9 }) else { return nil }
        return value
    }

    /// The values of a key, in their order, without empty ones.
    func values(_ key: String) -> [String] {
        fields.compactMap { field in
            field.key == key && !field.value.utf8.allSatisfy({ $0 == 32 || $0 == 9 }) ? field.value : nil
        }
    }

    func required(_ key: String) throws(Refusal) -> String {
        guard let value = try value(key) else {
            throw Refusal(.malformed, "\(key) is missing or empty", at: ".PKGINFO", remedy: remedy)
        }
        return value
    }

    /// A whole number without sign, up to `limit`.
    func number(_ key: String, limit: Int) throws(Refusal) -> Int? {
        guard let text = try value(key) else { return nil }
        guard text.utf8.count <= 19, text.utf8.allSatisfy(ASCII.isDigit), let number = Int(text) else {
            throw Refusal(.malformed, "\(key) is not a number", at: ".PKGINFO, \(key)", remedy: remedy)
        }
        guard number <= limit else {
            throw Refusal(.limit, "\(key) is larger than \(limit)", at: ".PKGINFO, \(key)", remedy: remedy)
        }
        return number
    }

    func refusal(_ cause: Refusal.Cause, _ what: String, line: Int) -> Refusal {
        Self.refusal(cause, what, line: line, remedy)
    }

    func refusal(_ cause: Refusal.Cause, _ what: String, key: String) -> Refusal {
        Refusal(cause, what, at: ".PKGINFO, \(key)", remedy: remedy)
    }

    private static func refusal(_ cause: Refusal.Cause, _ what: String, line: Int, _ remedy: String) -> Refusal {
        Refusal(cause, what, at: ".PKGINFO, line \(line)", remedy: remedy)
    }

    /// The text with each run of blanks as one, and none at its ends.
    static func tidied(_ text: String) -> String {
        text.utf8.contains(9) || text.utf8.first == 32 || text.utf8.last == 32 || text.contains("  ")
            ? text.split { $0 == " " || $0 == "\t" }.joined(separator: " ") : text
    }
}
