/// Text of strangers made fit for a terminal: names of files, and whatever of a package stands in a message.
enum PrintableText {
    /// Control characters (C0, DEL, C1) as `\u{1B}`, line ends with them, and so the marks that turn the direction of what follows: a
    /// name can neither send escape sequences nor write lines of its own. At most 1,000 characters; the middle is left out of more.
    static func of(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        let count = text.unicodeScalars.count
        for (index, scalar) in text.unicodeScalars.enumerated() {
            if count > longest, index >= longest / 2, index < count - longest / 2 {
                if index == longest / 2 { scalars.append(contentsOf: " … ".unicodeScalars) }
            } else if isHarmless(scalar) {
                scalars.append(scalar)
            } else {
                scalars.append(contentsOf: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}".unicodeScalars)
            }
        }
        return String(scalars)
    }

    private static let longest = 1_000

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<32, 127...159, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: false
        default: true
        }
    }
}
