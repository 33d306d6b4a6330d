/// The header fields of a form and of its parts.
enum MultipartHeader {
    static let longestName = 1_024

    // MARK: The form

    /// The boundary that a request's Content-Type names, quoted or not (RFC 2046, section 5.1.1).
    static func boundary(_ contentType: String) throws(Refusal) -> [UInt8] {
        func refusal(_ what: String) -> Refusal {
            Refusal(.malformed, what, at: "Content-Type", remedy: MultipartReader.remedy)
        }
        let bytes = Array(contentType.utf8)
        guard !bytes.contains(where: { ASCII.isControl($0) && $0 != 9 }) else { throw refusal("a control character") }
        let field = try parse(bytes[...], "Content-Type")
        guard ASCII.lowered(String(decoding: field.value, as: UTF8.self)) == "multipart/form-data" else {
            throw Refusal(
                .unsupported, "the body is not multipart/form-data", at: "Content-Type", remedy: MultipartReader.remedy)
        }
        guard let boundary = field.parameters["boundary"] else { throw refusal("no boundary") }
        guard (1...70).contains(boundary.count), boundary.last != 32,
            boundary.allSatisfy({ ASCII.isAlphanumeric($0) || " '()+_,-./:=?".utf8.contains($0) })
        else { throw refusal("a boundary that is not 1 to 70 of the characters that RFC 2046 allows") }
        return boundary
    }

    // MARK: A part

    /// Reads a part's header lines, with the empty one that ends them.
    static func part(_ header: [UInt8]) throws(Refusal) -> EnvelopePart {
        var disposition: [UInt8]?
        var contentType: [UInt8]?
        for line in try lines(header) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
                line[..<colon].allSatisfy(isToken)
            else { throw malformed("a header line without a name") }
            let value = trimmed(line[(colon + 1)...])
            switch ASCII.lowered(String(decoding: line[..<colon], as: UTF8.self)) {
            case "content-disposition":
                guard disposition == nil else { throw ambiguous("a second Content-Disposition") }
                disposition = Array(value)
            case "content-type":
                guard contentType == nil else { throw ambiguous("a second Content-Type") }
                contentType = Array(value)
            case "content-transfer-encoding":
                // RFC 7578, section 4.7: not in use any more; curl still sends it when told to encode.
                guard ["binary", "8bit", "7bit"].contains(ASCII.lowered(String(decoding: value, as: UTF8.self))) else {
                    throw Refusal(
                        .unsupported, "an encoded part", at: "Content-Transfer-Encoding", remedy: "send it as it is (binary)")
                }
            default: break
            }
        }
        guard let disposition else { throw malformed("no Content-Disposition, so the part has no name") }
        let field = try parse(disposition[...], "Content-Disposition")
        guard ASCII.lowered(String(decoding: field.value, as: UTF8.self)) == "form-data" else {
            throw malformed("a Content-Disposition other than form-data")
        }
        guard let name = try text("name", of: field), !name.isEmpty else { throw malformed("a part without a name") }
        return EnvelopePart(
            name: name, filename: try text("filename", of: field),
            contentType: try contentType.map { (bytes) throws(Refusal) in try text(bytes, "Content-Type") })
    }

    private static func lines(_ header: [UInt8]) throws(Refusal) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        for index in header.indices {
            if header[index] == 10, index > start, header[index - 1] == 13 {
                let line = header[start..<(index - 1)]
                start = index + 1
                guard let first = line.first else { continue }
                guard first != 32, first != 9 else { throw ambiguous("a folded header line") }
                lines.append(line)
            } else if header[index] != 13 || index + 1 == header.count || header[index + 1] != 10,
                ASCII.isControl(header[index]), header[index] != 9
            {
                throw malformed("a control character")
            }
        }
        return lines
    }

    /// A parameter as text. It is there plain, or with a star and percent-encoded (RFC 5987: not wanted by RFC 7578, section 4.2, but sent
    /// for names outside of ASCII by urllib3 before 1.25 and always by .NET), or both, which must then be equal.
    private static func text(_ name: String, of field: Field) throws(Refusal) -> String? {
        let plain: String? = try field.parameters[name].map { (bytes) throws(Refusal) in try text(unescaped(bytes), name) }
        guard let encoded = field.parameters[name + "*"] else { return plain }
        let extended = try text(decoded(encoded, name), name + "*")
        guard plain == nil || plain == extended else { throw ambiguous("\(name) and \(name)* differ") }
        return extended
    }

    private static func text(_ bytes: [UInt8], _ name: String) throws(Refusal) -> String {
        guard bytes.count <= longestName else {
            throw Refusal(.limit, "more than \(longestName) bytes", at: name, remedy: "shorten it")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw malformed("not UTF-8 in \(name)") }
        guard ASCII.line(text) == text else { throw malformed("a control character in \(name)") }
        return text
    }

    /// HTML's own way to write what would end a quoted string: browsers, curl since 7.81 and urllib3 since 2.0.
    private static func unescaped(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(UInt8(ascii: "%")) else { return bytes }
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            switch bytes[index...].prefix(3) {
            case [37, 50, 50]: result.append(UInt8(ascii: "\""))
            case [37, 48, 68]: result.append(13)
            case [37, 48, 65]: result.append(10)
            default:
                result.append(bytes[index])
                index += 1
                continue
            }
            index += 3
        }
        return result
    }

    /// `UTF-8'LANGUAGE'PERCENT-ENCODED`.
    private static func decoded(_ bytes: [UInt8], _ name: String) throws(Refusal) -> [UInt8] {
        let parts = bytes.split(separator: UInt8(ascii: "'"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, ASCII.lowered(String(decoding: parts[0], as: UTF8.self)) == "utf-8" else {
            throw malformed("\(name)* is not in UTF-8")
        }
        guard let result = PercentEncoding.decoded(parts[2]) else { throw malformed("a broken escape in \(name)*") }
        return result
    }

    // MARK: Fields with parameters

    private struct Field {
        var value: [UInt8]
        /// By lower-case name.
        var parameters: [String: [UInt8]]
    }

    /// `VALUE; NAME=TOKEN; NAME="QUOTED"`.
    private static func parse(_ bytes: ArraySlice<UInt8>, _ name: String) throws(Refusal) -> Field {
        func refusal(_ cause: Refusal.Cause, _ what: String) -> Refusal {
            Refusal(cause, what, at: name, remedy: MultipartReader.remedy)
        }
        let semicolon = UInt8(ascii: ";"), quote = UInt8(ascii: "\"")
        let end = bytes.firstIndex(of: semicolon) ?? bytes.endIndex
        var field = Field(value: Array(trimmed(bytes[..<end])), parameters: [:])
        var rest = bytes[end...].dropFirst()
        while case let parameter = trimmed(rest), !parameter.isEmpty {
            rest = parameter
            guard let equals = rest.firstIndex(of: UInt8(ascii: "=")) else {
                throw refusal(.malformed, "a parameter without a value")
            }
            let key = trimmed(rest[..<equals])
            guard !key.isEmpty, key.allSatisfy(isToken) else { throw refusal(.malformed, "a parameter without a name") }
            rest = trimmed(rest[(equals + 1)...])
            let value: [UInt8]
            if rest.first == quote {
                guard let (text, after) = quoted(rest) else { throw refusal(.malformed, "a quoted string without an end") }
                value = text
                rest = trimmed(after)
            } else {
                let stop = rest.firstIndex(of: semicolon) ?? rest.endIndex
                value = Array(trimmed(rest[..<stop]))
                // A boundary may hold more than a token, and some clients forget to quote it.
                guard !value.isEmpty, !value.contains(where: { $0 <= 32 || $0 == quote }) else {
                    throw refusal(.malformed, "a parameter whose value is neither quoted nor one word")
                }
                rest = rest[stop...]
            }
            guard rest.isEmpty || rest.first == semicolon else { throw refusal(.malformed, "text after a quoted string") }
            rest = rest.dropFirst()
            let lowered = ASCII.lowered(String(decoding: key, as: UTF8.self))
            guard field.parameters.updateValue(value, forKey: lowered) == nil else {
                throw refusal(.ambiguous, "the parameter \(lowered) twice")
            }
        }
        return field
    }

    /// A quoted string and what follows it. A backslash escapes a quote and itself (RFC 822; curl before 7.81, reqwest); before anything
    /// else it stands for itself (browsers and newer curls do not escape it).
    private static func quoted(_ bytes: ArraySlice<UInt8>) -> (text: [UInt8], rest: ArraySlice<UInt8>)? {
        var text: [UInt8] = []
        var index = bytes.startIndex + 1
        while index < bytes.endIndex {
            switch bytes[index] {
            case UInt8(ascii: "\""): return (text, bytes[(index + 1)...])
            case UInt8(ascii: "\\") where index + 1 < bytes.endIndex && (bytes[index + 1] == 34 || bytes[index + 1] == 92):
                index += 1
                text.append(bytes[index])
            default: text.append(bytes[index])
            }
            index += 1
        }
        return nil
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes.drop { $0 == 32 || $0 == 9 }
        while let last = bytes.last, last == 32 || last == 9 { bytes.removeLast() }
        return bytes
    }

    /// RFC 9110, section 5.6.2.
    private static func isToken(_ byte: UInt8) -> Bool { ASCII.isAlphanumeric(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte) }

    private static func malformed(_ what: String) -> Refusal { Refusal(.malformed, what, remedy: MultipartReader.remedy) }

    private static func ambiguous(_ what: String) -> Refusal { Refusal(.ambiguous, what, remedy: MultipartReader.remedy) }
}
