/// Bytes that markup is made of.
enum Mark {
    static let newline: UInt8 = 10
    static let blank = UInt8(ascii: " ")
    static let bang = UInt8(ascii: "!")
    static let quote = UInt8(ascii: "\"")
    static let hash = UInt8(ascii: "#")
    static let ampersand = UInt8(ascii: "&")
    static let open = UInt8(ascii: "(")
    static let close = UInt8(ascii: ")")
    static let star = UInt8(ascii: "*")
    static let plus = UInt8(ascii: "+")
    static let minus = UInt8(ascii: "-")
    static let dot = UInt8(ascii: ".")
    static let colon = UInt8(ascii: ":")
    static let semicolon = UInt8(ascii: ";")
    static let less = UInt8(ascii: "<")
    static let equals = UInt8(ascii: "=")
    static let greater = UInt8(ascii: ">")
    static let backslash = UInt8(ascii: "\\")
    static let openBracket = UInt8(ascii: "[")
    static let closeBracket = UInt8(ascii: "]")
    static let underscore = UInt8(ascii: "_")
    static let backtick = UInt8(ascii: "`")
    static let bar = UInt8(ascii: "|")
    static let tilde = UInt8(ascii: "~")

    static func isBlank(_ byte: UInt8) -> Bool { byte == blank || byte == 9 }
    static func isSpace(_ byte: UInt8) -> Bool { byte == blank || 9...13 ~= byte }
    /// ASCII punctuation.
    static func isPunctuation(_ byte: UInt8) -> Bool {
        33...47 ~= byte || 58...64 ~= byte || 91...96 ~= byte || 123...126 ~= byte
    }
}
