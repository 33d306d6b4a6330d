/// Where links that only have a label lead: `[label]: https://… "title"`.
struct MarkdownReferences {
    /// Labels in lower case, with single blanks. The first of two counts.
    private var addresses: [[UInt8]: [UInt8]] = [:]

    static let labelLimit = 200

    init() {}

    /// Definitions wherever they stand, also in lists and quotes, but not in fenced code.
    init(_ lines: [TextLine], in bytes: [UInt8]) {
        var fence: (byte: UInt8, count: Int)?
        for line in lines {
            var line = line.trimmed(in: bytes)
            while line.start < line.end, bytes[line.start] == Mark.greater || Mark.isBlank(bytes[line.start]) { line.start += 1 }
            guard line.end - line.start > 2 else { continue }
            let first = bytes[line.start]
            if first == Mark.backtick || first == Mark.tilde {
                var end = line.start
                while end < line.end, bytes[end] == first { end += 1 }
                let count = end - line.start
                if let open = fence {
                    if open.byte == first, count >= open.count, end == line.end { fence = nil }
                } else if count >= 3, first == Mark.tilde || !bytes[end..<line.end].contains(first) {
                    fence = (first, count)
                }
            }
            guard fence == nil, let (label, address) = Self.definition(line, in: bytes) else { continue }
            if addresses[label] == nil { addresses[label] = address }
        }
    }

    var isEmpty: Bool { addresses.isEmpty }

    func isDefinition(_ line: TextLine, in bytes: [UInt8]) -> Bool {
        Self.definition(line.trimmed(in: bytes), in: bytes) != nil
    }

    /// - Parameter label: as it stands between brackets.
    func address(of label: ArraySlice<UInt8>) -> [UInt8]? {
        label.count > Self.labelLimit ? nil : addresses[Self.normal(label)]
    }

    private static func definition(_ line: TextLine, in bytes: [UInt8]) -> (label: [UInt8], address: [UInt8])? {
        guard line.start < line.end, bytes[line.start] == Mark.openBracket else { return nil }
        var i = line.start + 1
        let last = min(line.end, i + labelLimit + 1)
        while i < last, bytes[i] != Mark.closeBracket {
            guard bytes[i] != Mark.openBracket else { return nil }
            i += bytes[i] == Mark.backslash ? 2 : 1
        }
        guard i + 1 < last, bytes[i] == Mark.closeBracket, bytes[i + 1] == Mark.colon else { return nil }
        let label = normal(bytes[(line.start + 1)..<i])
        // `[^1]:` is a footnote of GitHub's, which is a paragraph here.
        guard !label.isEmpty, label.first != UInt8(ascii: "^") else { return nil }
        i += 2
        while i < line.end, Mark.isBlank(bytes[i]) { i += 1 }
        var end = i
        while end < line.end, !Mark.isBlank(bytes[end]) { end += 1 }
        guard end > i else { return nil }
        if bytes[i] == Mark.less, bytes[end - 1] == Mark.greater { return (label, Array(bytes[(i + 1)..<(end - 1)])) }
        return (label, Array(bytes[i..<end]))
    }

    private static func normal(_ label: ArraySlice<UInt8>) -> [UInt8] {
        var normal: [UInt8] = []
        for byte in label {
            if !Mark.isSpace(byte) {
                normal.append(ASCII.lowered(byte))
            } else if let last = normal.last, last != Mark.blank {
                normal.append(Mark.blank)
            }
        }
        if normal.last == Mark.blank { normal.removeLast() }
        return normal
    }
}
