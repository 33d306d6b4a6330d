/// What makes the name of an archive member unsafe or ambiguous, whatever the archive.
enum ArchivePath {
    /// A clause for a refusal (`is absolute`), or nil for a name that stays in its folder. A `/` at the end is not a fault.
    static func fault(in path: some RandomAccessCollection<UInt8>) -> String? {
        let slash = UInt8(ascii: "/"), backslash = UInt8(ascii: "\\")
        var index = 0, length = 0, dots = 0
        var hasDrive = false
        for byte in path {
            // Components end at either separator: what a Windows tool would climb out of, nobody should unpack.
            if byte == slash || byte == backslash {
                if byte == slash, index == 0 { return "is absolute" }
                if index == 2, hasDrive { return "is absolute" }
                if length == 2, dots == 2 { return "leads out of its folder" }
                length = 0
                dots = 0
            } else {
                if index == 1, byte == UInt8(ascii: ":"), let first = path.first { hasDrive = ASCII.isLetter(first) }
                length += 1
                if byte == UInt8(ascii: ".") { dots += 1 }
            }
            index += 1
        }
        return length == 2 && dots == 2 ? "leads out of its folder" : nil
    }

    /// Whether a component is `.` or empty (other than after a `/` at the end).
    static func isLoose(_ path: some RandomAccessCollection<UInt8>) -> Bool {
        let slash = UInt8(ascii: "/"), dot = UInt8(ascii: ".")
        var length = 0, onlyDot = false
        for byte in path {
            if byte == slash {
                if length == 0 || (length == 1 && onlyDot) { return true }
                length = 0
            } else {
                onlyDot = length == 0 && byte == dot
                length += 1
            }
        }
        return length == 1 && onlyDot
    }

    /// The path without `.` and empty components and without a `/` at its end.
    static func tidied(_ path: some RandomAccessCollection<UInt8>) -> [UInt8] {
        let slash = UInt8(ascii: "/")
        guard isLoose(path) || path.last == slash else { return Array(path) }
        var tidy: [UInt8] = []
        tidy.reserveCapacity(path.count)
        for component in path.split(separator: slash) where !component.elementsEqual([UInt8(ascii: ".")]) {
            if !tidy.isEmpty { tidy.append(slash) }
            tidy.append(contentsOf: component)
        }
        return tidy
    }
}
