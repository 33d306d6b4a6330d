/// Sizes, counts, dates and words of a command line, as pages show them. All of it is ASCII that needs no escaping, but for `shellWord`.
package enum PageWords {
    /// `0 B`, `812 B`, `1.4 MB`, `12.0 kB`, `412 GB`: powers of 1000, rounded to the nearest, one decimal below 100.
    package static func size(_ bytes: Int64) -> String {
        let bytes = max(0, bytes)
        guard bytes >= 1_000 else { return "\(bytes) B" }
        var unit: Int64 = 1_000
        var names = ["kB", "MB", "GB", "TB", "PB", "EB"][...]
        // 999,500 is not "1000 kB".
        while names.count > 1, bytes / unit >= 1_000 || (bytes % unit + unit / 2) / unit + bytes / unit >= 1_000 {
            unit *= 1_000
            names.removeFirst()
        }
        let whole = bytes / unit
        // Tenths of what is left; the unit is at least 1000, so nothing overflows.
        let tenths = whole * 10 + (bytes % unit + unit / 20) / (unit / 10)
        if tenths < 1_000 { return "\(tenths / 10).\(tenths % 10) \(names.first ?? "")" }
        return "\(whole + (bytes % unit + unit / 2) / unit) \(names.first ?? "")"
    }

    /// `14,210`.
    package static func count(_ number: Int64) -> String {
        let digits = String(number.magnitude).utf8
        var text: [UInt8] = number < 0 ? [UInt8(ascii: "-")] : []
        for (i, digit) in digits.enumerated() {
            if i > 0, (digits.count - i) % 3 == 0 { text.append(UInt8(ascii: ",")) }
            text.append(digit)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// `1 package`, `14,210 packages`.
    package static func count(_ number: Int64, _ one: String, _ many: String) -> String {
        "\(count(number)) \(number == 1 ? one : many)"
    }

    /// `2026-11-28`, in UTC.
    package static func date(_ time: Timestamp) -> String { String(time.rfc3339.prefix { $0 != "T" }) }

    /// `2026-11-28 21:04 UTC`.
    package static func minute(_ time: Timestamp) -> String {
        "\(date(time)) \(time.rfc3339.drop { $0 != "T" }.dropFirst().prefix(5)) UTC"
    }

    /// `<time datetime="2026-11-28T21:04:11Z">2026-11-28</time>`, or with the minute.
    package static func appendTime(_ time: Timestamp, withMinute: Bool = false, to html: inout [UInt8]) {
        html.append("<time datetime=\"" as StaticString)
        html.append(time.rfc3339)
        html.append("\">" as StaticString)
        html.append(withMinute ? minute(time) : date(time))
        html.append("</time>" as StaticString)
    }

    /// A name as one word of a POSIX shell's command line; it still has to be escaped for HTML.
    ///
    /// Between single quotes unless all of it is in `[A-Za-z0-9@/._+:~=-]`. A `~` at the beginning or behind `:` and `=` is a home folder
    /// to bash 5.2, and a `=` at the beginning is a program's path to zsh 5.9, so that these are quoted, too.
    package static func shellWord(_ name: String) -> String {
        var isPlain = !name.utf8.isEmpty && name.utf8.first != UInt8(ascii: "=")
        var last = UInt8(ascii: ":")
        for byte in name.utf8 where isPlain {
            switch byte {
            case UInt8(ascii: "~"): isPlain = last != UInt8(ascii: ":") && last != UInt8(ascii: "=")
            case UInt8(ascii: "@"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: ":"),
                UInt8(ascii: "="), UInt8(ascii: "-"):
                break
            default: isPlain = ASCII.isAlphanumeric(byte)
            }
            last = byte
        }
        if isPlain { return name }
        var word: [UInt8] = [UInt8(ascii: "'")]
        for byte in name.utf8 {
            if byte == UInt8(ascii: "'") { word.append("'\\'" as StaticString) }
            word.append(byte)
        }
        word.append(UInt8(ascii: "'"))
        return String(decoding: word, as: UTF8.self)
    }
}
