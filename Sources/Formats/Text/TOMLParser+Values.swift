/// Values besides strings.
extension TOMLParser {
    /// - Parameter depth: of the tables and arrays around it.
    mutating func value(_ bytes: Span<UInt8>, depth: Int) throws(Refusal) -> DataValue {
        try count(bytes)
        guard position < bytes.count else { throw text.expected("a value", at: position, bytes) }
        switch bytes[position] {
        case UInt8(ascii: "\""): return .string(try bytes.has("\"\"\"", at: position) ? basicLines(bytes) : basicLine(bytes))
        case UInt8(ascii: "'"): return .string(try bytes.has("'''", at: position) ? literalLines(bytes) : literalLine(bytes))
        case UInt8(ascii: "["): return try array(bytes, depth: depth + 1)
        case UInt8(ascii: "{"): return try inlineTable(bytes, depth: depth + 1)
        case UInt8(ascii: "t"):
            try take("true", bytes)
            return .bool(true)
        case UInt8(ascii: "f"):
            try take("false", bytes)
            return .bool(false)
        default: return try scalar(bytes)
        }
    }

    private mutating func array(_ bytes: Span<UInt8>, depth: Int) throws(Refusal) -> DataValue {
        guard depth <= text.depth else { throw text.tooDeep(at: position, bytes) }
        var elements: [DataValue] = []
        try take("[", bytes)
        while true {
            try skipLines(bytes)
            guard !has(UInt8(ascii: "]"), bytes) else { break }
            elements.append(try value(bytes, depth: depth))
            try skipLines(bytes)
            guard has(UInt8(ascii: ","), bytes) else { break }
            position += 1
        }
        guard has(UInt8(ascii: "]"), bytes) else { throw text.expected("a comma or ']'", at: position, bytes) }
        position += 1
        return .array(elements)
    }

    /// Blanks, comments and line ends.
    private mutating func skipLines(_ bytes: Span<UInt8>) throws(Refusal) {
        skipBlanks(bytes)
        while position < bytes.count, bytes[position] == UInt8(ascii: "#") || bytes[position] == 10 || bytes[position] == 13 {
            try endLine(bytes)
            skipBlanks(bytes)
        }
    }

    /// On one line, and without a comma behind the last member.
    private mutating func inlineTable(_ bytes: Span<UInt8>, depth: Int) throws(Refusal) -> DataValue {
        let table: Int
        do {
            table = try tables.makeInline(depth: depth)
        } catch {
            throw text.refusal(error.cause, error.what, at: position, bytes)
        }
        try take("{", bytes)
        skipBlanks(bytes)
        if !has(UInt8(ascii: "}"), bytes) {
            while true {
                try pair(bytes, into: table)
                skipBlanks(bytes)
                guard has(UInt8(ascii: ","), bytes) else { break }
                position += 1
                skipBlanks(bytes)
            }
        }
        guard has(UInt8(ascii: "}"), bytes) else { throw text.expected("a comma or '}'", at: position, bytes) }
        position += 1
        return tables.takeInline(table)
    }

    /// A number, or a date or time.
    private mutating func scalar(_ bytes: Span<UInt8>) throws(Refusal) -> DataValue {
        let start = position
        skipWord(bytes)
        guard position > start else { throw text.expected("a value", at: position, bytes) }
        // A blank may stand in place of the T.
        if position - start == 10, bytes[start + 4] == UInt8(ascii: "-"), has(32, bytes), position + 1 < bytes.count,
            ASCII.isDigit(bytes[position + 1])
        {
            position += 1
            skipWord(bytes)
        }
        do {
            return try TOMLScalar.value(bytes.copied(start..<position))
        } catch {
            throw text.refusal(.malformed, error.what, at: start, bytes)
        }
    }

    private mutating func skipWord(_ bytes: Span<UInt8>) {
        while position < bytes.count, ASCII.isAlphanumeric(bytes[position]) || "+-._:".utf8.contains(bytes[position]) {
            position += 1
        }
    }
}
