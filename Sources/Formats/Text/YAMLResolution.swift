/// What a plain YAML scalar means to Go's YAML library v2 (below helm, through sigs.k8s.io/yaml; observed with helm 4.2.3), and how
/// its numbers become text again.
enum YAMLResolution {
    /// The value of a plain scalar. Dates and sexagesimal numbers stay text; `017` is 15; `1_000` is 1000; `0o17` is 15.
    static func resolve(_ bytes: [UInt8]) -> YAMLNode {
        let text = String(decoding: bytes, as: UTF8.self)
        // No word is longer than 5 bytes.
        if bytes.count <= 5, let word = words[text] { return word }
        guard let first = bytes.first, isNumberStart(first) else { return .text(text) }
        let digits = bytes.filter { $0 != UInt8(ascii: "_") }
        if let number = integer(digits) { return .integer(number) }
        if isReal(digits), let number = Double(String(decoding: digits, as: UTF8.self)), number.isFinite { return .real(number) }
        return .text(text)
    }

    private static let words: [String: YAMLNode] = {
        var words: [String: YAMLNode] = [:]
        for word in ["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"] { words[word] = .bool(true) }
        for word in ["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"] { words[word] = .bool(false) }
        for word in ["", "~", "null", "Null", "NULL"] { words[word] = .null }
        for word in [".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"] { words[word] = .real(.infinity) }
        for word in ["-.inf", "-.Inf", "-.INF"] { words[word] = .real(-.infinity) }
        for word in [".nan", ".NaN", ".NAN"] { words[word] = .real(.nan) }
        return words
    }()

    private static func isNumberStart(_ byte: UInt8) -> Bool {
        ASCII.isDigit(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }

    /// Go's `strconv.ParseInt(text, 0, 64)`, then `ParseUint`: prefixes 0x, 0b, 0o and 0. Nil for anything else or out of range.
    private static func integer(_ bytes: [UInt8]) -> String? {
        var rest = bytes[...]
        let sign = rest.first
        let isSigned = sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-")
        if isSigned { rest = rest.dropFirst() }
        var radix: UInt64 = 10
        if rest.count > 1, rest.first == UInt8(ascii: "0") {
            var prefix = 2
            switch rest[rest.startIndex + 1] {
            case UInt8(ascii: "x"), UInt8(ascii: "X"): radix = 16
            case UInt8(ascii: "b"), UInt8(ascii: "B"): radix = 2
            case UInt8(ascii: "o"), UInt8(ascii: "O"): radix = 8
            default:
                radix = 8
                prefix = 1
            }
            rest = rest.dropFirst(prefix)
        }
        guard !rest.isEmpty else { return nil }
        var magnitude: UInt64 = 0
        for byte in rest {
            let digit: UInt64
            switch byte {
            case 48...57: digit = UInt64(byte - 48)
            case 65...70: digit = UInt64(byte - 55)
            case 97...102: digit = UInt64(byte - 87)
            default: return nil
            }
            guard digit < radix else { return nil }
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: radix)
            let (sum, carry) = product.addingReportingOverflow(digit)
            if overflow || carry { return nil }
            magnitude = sum
        }
        if sign == UInt8(ascii: "-") {
            guard magnitude <= 1 << 63 else { return nil }
            return magnitude == 0 ? "0" : "-\(magnitude)"
        }
        guard magnitude < 1 << 63 || !isSigned else { return nil }
        return String(magnitude)
    }

    /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, the library's own notion of a float.
    private static func isReal(_ bytes: [UInt8]) -> Bool {
        var position = 0
        func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }
        func skipDigits() -> Int {
            let start = position
            while let byte = peek(), ASCII.isDigit(byte) { position += 1 }
            return position - start
        }
        if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { position += 1 }
        let whole = skipDigits()
        if peek() == UInt8(ascii: ".") {
            position += 1
            if skipDigits() == 0, whole == 0 { return false }
        } else if whole == 0 {
            return false
        }
        if let byte = peek(), byte | 0x20 == UInt8(ascii: "e") {
            position += 1
            if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { position += 1 }
            if skipDigits() == 0 { return false }
        }
        return position == bytes.count
    }

    /// Go's `strconv.FormatFloat(number, 'g', -1, 32)`: how a number becomes a string where helm wants one. It goes through 32
    /// bits: `1.10` is `1.1`, `123456789.0` is `1.2345679e+08`. The number must not be NaN.
    static func goText(_ number: Double) -> String {
        let single = Float(number)
        if single.isInfinite { return single < 0 ? "-Inf" : "+Inf" }
        return layOut(single.description, exponentBelow: -4, exponentFrom: 6)
    }

    /// As Go's encoding/json prints a float64. The number must be finite.
    static func jsonText(_ number: Double) -> String { layOut(number.description, exponentBelow: -6, exponentFrom: 21) }

    /// Lays out the shortest digits that Swift found as Go would.
    private static func layOut(_ description: String, exponentBelow low: Int, exponentFrom high: Int) -> String {
        var sign = "", digits: [UInt8] = [], point: Int?, exponent: [UInt8] = [], inExponent = false
        for byte in description.utf8 {
            switch byte {
            case UInt8(ascii: "e"): inExponent = true
            case _ where inExponent: if byte != UInt8(ascii: "+") { exponent.append(byte) }
            case UInt8(ascii: "-"): sign = "-"
            case UInt8(ascii: "."): point = digits.count
            default: digits.append(byte)
            }
        }
        var place = (point ?? digits.count) + (Int(String(decoding: exponent, as: UTF8.self)) ?? 0)
        while digits.first == UInt8(ascii: "0") {
            digits.removeFirst()
            place -= 1
        }
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        guard !digits.isEmpty else { return sign + "0" }
        func text(_ slice: some Sequence<UInt8>) -> String { String(decoding: Array(slice), as: UTF8.self) }
        let scale = place - 1
        if scale < low || scale >= high {
            let size = String(abs(scale))
            return sign + text(digits.prefix(1)) + (digits.count > 1 ? "." + text(digits.dropFirst()) : "")
                + (scale < 0 ? "e-" : "e+") + (size.utf8.count < 2 ? "0" : "") + size
        }
        if place <= 0 { return sign + "0." + String(repeating: "0", count: -place) + text(digits) }
        if place >= digits.count { return sign + text(digits) + String(repeating: "0", count: place - digits.count) }
        return sign + text(digits.prefix(place)) + "." + text(digits.dropFirst(place))
    }
}
