/// A project's name (the packaging specification "Names and normalization", PEP 503).
enum PyPIProjectName {
    /// Longest name that is taken, in bytes: it becomes a folder's name.
    static let longest = 200

    /// The one spelling that URLs and comparisons use: lower case, each run of `-`, `_` and `.` one `-`.
    /// Nil when the text is not a valid name: ASCII letters, digits, `.`, `_`, `-`, with a letter or digit at both ends.
    static func normalised(_ name: some Collection<UInt8>, upTo longest: Int = longest) -> [UInt8]? {
        guard name.count <= longest else { return nil }
        var normal: [UInt8] = []
        var separated = false
        for byte in name {
            if ASCII.isAlphanumeric(byte) {
                if separated {
                    if normal.isEmpty { return nil }
                    normal.append(UInt8(ascii: "-"))
                }
                normal.append(ASCII.lowered(byte))
                separated = false
            } else if byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") {
                separated = true
            } else {
                return nil
            }
        }
        return normal.isEmpty || separated ? nil : normal
    }

    /// Whether `NAME-VERSION` says this project and this version, in any spelling of either.
    ///
    /// Names and versions may both hold dashes (`foo-1.0-1`), so each dash could be the one between them; the known name
    /// decides, as pip does it. Folders inside archives are compared like this, too.
    static func names(_ text: ArraySlice<UInt8>, project: [UInt8], version: PEP440) -> Bool {
        text.indices.contains { dash in
            text[dash] == UInt8(ascii: "-") && normalised(text[..<dash]) == project
                && PEP440(text[(dash + 1)...])?.canonical == version.canonical
        }
    }
}
