/// Text of strangers (names, versions, summaries, readmes) as text inside our own HTML.
///
/// Whatever the bytes are, what is appended is UTF-8 that opens and closes nothing and turns no other text around:
/// - `& < > " '` are character references;
/// - what is not UTF-8 is U+FFFD, once for each part that a decoder gives up on (Unicode 16, 3.9, "maximal subpart");
/// - what cannot be seen (controls, bidi controls, zero-width characters, BOM, line and paragraph separators, fillers, tags, variation
///   selectors, noncharacters) is shown by its number; only inside an emoji (`👩‍🔬`, `❤️`, `1️⃣`) U+200D and U+FE0F stay;
/// - more than three combining marks on one base are left out, and a mark without a base gets a dotted circle.
///
/// Tab and LF stay, CR LF is LF.
package enum HTMLText {
    /// For the content of an element: an odd character is `<span class="odd">U+202E</span>`.
    package static func append(_ text: String, to html: inout [UInt8]) {
        var text = text
        text.withUTF8 { append($0, as: .content, to: &html) }
    }

    /// For the content of an element.
    package static func append(_ text: [UInt8], to html: inout [UInt8]) {
        text.withUnsafeBufferPointer { append($0, as: .content, to: &html) }
    }

    /// For the content of an element.
    package static func append(_ text: ArraySlice<UInt8>, to html: inout [UInt8]) {
        text.withUnsafeBufferPointer { append($0, as: .content, to: &html) }
    }

    /// For an attribute between quotation marks of either kind, for `<title>`, and for XML: an odd character is `U+202E`, without markup;
    /// tab and LF are blanks. Not for `href`: that is `WebLink` or `append(path:to:)`.
    package static func append(attribute text: String, to html: inout [UInt8]) {
        var text = text
        text.withUTF8 { append($0, as: .attribute, to: &html) }
    }

    /// For an attribute, for `<title>`, and for XML.
    package static func append(attribute text: [UInt8], to html: inout [UInt8]) {
        text.withUnsafeBufferPointer { append($0, as: .attribute, to: &html) }
    }

    /// A path for `href`, relative or not: each segment percent-encoded (all but unreserved characters), its slashes as they are.
    package static func append(path: String, to html: inout [UInt8]) {
        for byte in path.utf8 { append(byte == UInt8(ascii: "/") ? nil : byte, to: &html) }
    }

    /// One segment of a path for `href`; a slash is encoded, too.
    package static func append(segment: String, to html: inout [UInt8]) {
        for byte in segment.utf8 { append(byte, to: &html) }
    }

    /// - Parameter byte: nil for a slash that stays.
    private static func append(_ byte: UInt8?, to html: inout [UInt8]) {
        switch byte {
        case nil: html.append(UInt8(ascii: "/"))
        case let byte? where isUnreserved(byte): html.append(byte)
        case let byte?: append(escaped: byte, to: &html)
        }
    }

    /// RFC 3986, section 2.3.
    static func isUnreserved(_ byte: UInt8) -> Bool {
        ASCII.isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "~")
    }

    /// `%2F`: upper-case digits are the normal form (RFC 3986, section 2.1).
    static func append(escaped byte: UInt8, to html: inout [UInt8]) {
        html.append(UInt8(ascii: "%"))
        for digit in [byte >> 4, byte & 15] { html.append(digit < 10 ? 48 + digit : 55 + digit) }
    }

    /// Where the text will stand.
    enum Place {
        case content
        case attribute
    }

    static func append(_ text: UnsafeBufferPointer<UInt8>, as place: Place, to html: inout [UInt8]) {
        html.reserveCapacity(html.count + text.count)
        var scalars = ScalarReader(text)
        // Combining marks since the last base; nil: there was no base.
        var marks: Int?
        var last: Unicode.Scalar = " "
        while let scalar = scalars.next() {
            let value = scalar.value
            if value < 0x80 {
                let byte = UInt8(truncatingIfNeeded: value)
                if append(ascii: byte, as: place, before: scalars.peek(), to: &html) { marks = 0 } else { marks = nil }
                if byte == 10 { marks = nil }
            } else if isPlain(value) {
                html.append(contentsOf: scalars.bytesOfLast)
                marks = 0
            } else if isOdd(scalar), !isInsideEmoji(scalar, last: last, next: scalars.peek()) {
                append(odd: scalar, as: place, to: &html)
                marks = nil
            } else if scalar.properties.isMark {
                if marks == nil { html.append("\u{25CC}" as StaticString) }
                let count = (marks ?? 0) + 1
                if count <= 3 { html.append(contentsOf: scalars.bytesOfLast) }
                marks = count
            } else {
                html.append(contentsOf: scalars.bytesOfLast)
                marks = 0
            }
            last = scalar
        }
    }

    /// False where it is shown by its number.
    @inline(__always)
    private static func append(
        ascii byte: UInt8, as place: Place, before next: Unicode.Scalar?, to html: inout [UInt8]
    ) -> Bool {
        switch byte {
        case UInt8(ascii: "&"): html.append("&amp;" as StaticString)
        case UInt8(ascii: "<"): html.append("&lt;" as StaticString)
        case UInt8(ascii: ">"): html.append("&gt;" as StaticString)
        case UInt8(ascii: "\""): html.append("&quot;" as StaticString)
        case UInt8(ascii: "'"): html.append("&#39;" as StaticString)
        case 9, 10: html.append(place == .attribute ? 32 : byte)
        case 13 where next == "\n": break
        case 0..<32, 127:
            append(odd: Unicode.Scalar(byte), as: place, to: &html)
            return false
        default: html.append(byte)
        }
        return true
    }

    /// Letters of Europe and of East Asia without looking them up: none of them is odd or a mark.
    @inline(__always)
    private static func isPlain(_ value: UInt32) -> Bool {
        0xA0 <= value && value < 0x300 && value != 0xAD || 0x3400 <= value && value < 0xA000 || 0xAC00 <= value && value < 0xD7A4
    }

    /// Whether it is invisible or moves other text.
    static func isOdd(_ scalar: Unicode.Scalar) -> Bool {
        let value = scalar.value
        if value < 0xA0 { return value < 0x20 && value != 9 && value != 10 || value >= 0x7F }
        if value == 0x2028 || value == 0x2029 || 0xFFF9...0xFFFB ~= value { return true }
        // Noncharacters: U+FDD0 to U+FDEF, and the last two of each plane.
        if 0xFDD0...0xFDEF ~= value || value & 0xFFFE == 0xFFFE { return true }
        // U+2800, the blank of Braille, is a blank that is not one.
        return value == 0x2800 || scalar.properties.isDefaultIgnorableCodePoint
    }

    /// A joiner between two emoji, or the selector that makes one of a symbol (UTS 51, 1.4).
    private static func isInsideEmoji(_ scalar: Unicode.Scalar, last: Unicode.Scalar, next: Unicode.Scalar?) -> Bool {
        switch scalar.value {
        case 0x200D:
            guard let next, next.value > 0xFF, next.properties.isEmoji else { return false }
            return last.value == 0xFE0F || last.value > 0xFF && last.properties.isEmoji
        case 0xFE0F: return last.value > 0x7F && last.properties.isEmoji || next?.value == 0x20E3
        default: return false
        }
    }

    private static func append(odd scalar: Unicode.Scalar, as place: Place, to html: inout [UInt8]) {
        if place == .content { html.append("<span class=\"odd\">" as StaticString) }
        html.append("U+" as StaticString)
        let value = scalar.value
        for shift in stride(from: value > 0xFFFFF ? 20 : value > 0xFFFF ? 16 : 12, through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: value >> UInt32(shift) & 15)
            html.append(digit < 10 ? 48 + digit : 55 + digit)
        }
        if place == .content { html.append("</span>" as StaticString) }
    }
}

extension Unicode.Scalar.Properties {
    /// Whether it is drawn over or under the character before it.
    var isMark: Bool { generalCategory == .nonspacingMark || generalCategory == .enclosingMark }
}
