/// Numbers, dates and times of TOML 1.0.0, each as the word that stands for it.
struct TOMLScalar {
    struct Fault: Error, Equatable {
        /// As a clause behind the document's name.
        var what: String
    }

    private var rest: ArraySlice<UInt8>

    static func value(_ word: [UInt8]) throws(Fault) -> DataValue {
        if word.count > 4, word[0..<2].allSatisfy(ASCII.isDigit), word[2] == colon || word[4] == hyphen {
            var scalar = TOMLScalar(rest: word[...])
            guard scalar.takeDate(), scalar.rest.isEmpty else { throw Fault(what: "has a date or time that does not exist") }
            return .date(String(decoding: word, as: UTF8.self))
        }
        return .number(try number(word))
    }

    // MARK: Numbers

    private static func number(_ word: [UInt8]) throws(Fault) -> String {
        var scalar = TOMLScalar(rest: word[...])
        let isNegative = scalar.take(hyphen)
        let isSigned = isNegative || scalar.take(UInt8(ascii: "+"))
        let sign = isNegative ? "-" : ""
        if scalar.rest.elementsEqual("inf".utf8) { return sign + "inf" }
        if scalar.rest.elementsEqual("nan".utf8) { return "nan" }
        if !isSigned, word.count > 2, word[0] == UInt8(ascii: "0"), let radix = radixes[word[1]] {
            scalar.rest = scalar.rest.dropFirst(2)
            guard let digits = scalar.takeDigits(radix: radix), scalar.rest.isEmpty else { throw notAValue }
            return try integer(digits, radix: radix)
        }
        guard let whole = scalar.takeDigits(), whole.count == 1 || !whole.hasPrefix("0") else { throw notAValue }
        if scalar.rest.isEmpty { return try integer(sign + whole, radix: 10) }
        var text = sign + whole
        if scalar.take(UInt8(ascii: ".")) {
            guard let fraction = scalar.takeDigits() else { throw notAValue }
            text += "." + fraction
        }
        if scalar.take(UInt8(ascii: "e")) || scalar.take(UInt8(ascii: "E")) {
            text += scalar.take(hyphen) ? "e-" : "e"
            if !text.hasSuffix("-") { _ = scalar.take(UInt8(ascii: "+")) }
            guard let exponent = scalar.takeDigits() else { throw notAValue }
            text += exponent
        }
        guard scalar.rest.isEmpty else { throw notAValue }
        return text
    }

    private static let radixes: [UInt8: Int] = [UInt8(ascii: "x"): 16, UInt8(ascii: "o"): 8, UInt8(ascii: "b"): 2]
    private static let hyphen = UInt8(ascii: "-")
    private static let colon = UInt8(ascii: ":")
    private static let notAValue = Fault(what: "has a value that is not a string, number, date, boolean, array or table")

    private static func integer(_ digits: String, radix: Int) throws(Fault) -> String {
        guard let number = Int64(digits, radix: radix) else { throw Fault(what: "has an integer that does not fit 64 bits") }
        return String(number)
    }

    /// One digit at least, and single underscores between digits. Without them.
    private mutating func takeDigits(radix: Int = 10) -> String? {
        func isDigit(_ byte: UInt8?) -> Bool {
            guard let byte else { return false }
            return Character(Unicode.Scalar(byte)).hexDigitValue.map { $0 < radix } ?? false
        }
        var digits: [UInt8] = []
        while let byte = rest.first {
            if isDigit(byte) {
                digits.append(byte)
            } else if byte != UInt8(ascii: "_") || digits.isEmpty || !isDigit(rest.dropFirst().first) {
                break
            }
            rest = rest.dropFirst()
        }
        return digits.isEmpty ? nil : String(decoding: digits, as: UTF8.self)
    }

    // MARK: Dates and times (RFC 3339)

    /// A date, a time, or a date with a time and perhaps an offset.
    private mutating func takeDate() -> Bool {
        guard rest.count > 4, rest[rest.startIndex + 4] == Self.hyphen else { return takeTime() }
        guard let year = takeNumber(4, 0...9_999), take(Self.hyphen), let month = takeNumber(2, 1...12), take(Self.hyphen),
            takeNumber(2, 1...Self.days(in: month, year)) != nil
        else { return false }
        if rest.isEmpty { return true }
        guard take(UInt8(ascii: "T")) || take(UInt8(ascii: "t")) || take(UInt8(ascii: " ")), takeTime() else { return false }
        if take(UInt8(ascii: "Z")) || take(UInt8(ascii: "z")) || rest.isEmpty { return true }
        guard take(UInt8(ascii: "+")) || take(Self.hyphen) else { return false }
        return takeNumber(2, 0...23) != nil && take(Self.colon) && takeNumber(2, 0...59) != nil
    }

    /// `HH:MM:SS`, perhaps with a fraction. A minute can have a leap second.
    private mutating func takeTime() -> Bool {
        guard takeNumber(2, 0...23) != nil, take(Self.colon), takeNumber(2, 0...59) != nil, take(Self.colon),
            takeNumber(2, 0...60) != nil
        else { return false }
        guard take(UInt8(ascii: ".")) else { return true }
        let fraction = rest.prefix(while: ASCII.isDigit)
        rest = rest.dropFirst(fraction.count)
        return !fraction.isEmpty
    }

    private static func days(in month: Int, _ year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private mutating func takeNumber(_ digits: Int, _ range: ClosedRange<Int>) -> Int? {
        let word = rest.prefix(digits)
        guard word.count == digits, word.allSatisfy(ASCII.isDigit) else { return nil }
        rest = rest.dropFirst(digits)
        let number = word.reduce(0) { $0 * 10 + Int($1 - 48) }
        return range.contains(number) ? number : nil
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard rest.first == byte else { return false }
        rest = rest.dropFirst()
        return true
    }
}
