/// Which rule of Semantic Versioning a text breaks that `SemanticVersion` does not read, in words for the person who wrote it.
enum SemanticVersionFault {
    /// - Returns: what is wrong, as a clause, and what to write instead. For any text that is not a version.
    static func explain(_ text: String) -> (what: String, remedy: String) {
        let bytes = Array(text.utf8)
        let general = "write it as 1.2.3, 1.2.3-rc.1 or 1.2.3+build.4"
        if bytes.isEmpty { return ("it is empty", general) }
        if bytes.count > SemanticVersion.lengthLimit {
            return ("it has more than \(SemanticVersion.lengthLimit) bytes", "shorten it")
        }
        if let byte = bytes.first(where: { ASCII.isControl($0) || $0 == 32 || $0 > 126 }) {
            return (byte == 32 ? "it holds a blank" : "it holds something other than printable ASCII", general)
        }
        if bytes[0] == UInt8(ascii: "V") {
            return ("it begins with a capital V", "write v\(text.dropFirst()) or \(text.dropFirst())")
        }
        // The numbers, and where they end.
        var position = bytes[0] == UInt8(ascii: "v") ? 1 : 0
        var count = 0
        while true {
            let start = position
            while position < bytes.count, ASCII.isDigit(bytes[position]) { position += 1 }
            if position == start {
                return (count == 0 ? "it does not begin with a number" : "a number is missing behind a dot", general)
            }
            if UInt64(String(decoding: bytes[start..<position], as: UTF8.self)) == nil {
                return ("a number in it is larger than 18446744073709551615", "use a smaller number")
            }
            count += 1
            guard position < bytes.count, bytes[position] == UInt8(ascii: ".") else { break }
            position += 1
        }
        let numbers = String(decoding: bytes[..<position], as: UTF8.self),
            rest = String(decoding: bytes[position...], as: UTF8.self)
        if count > 3 {
            let last = numbers.utf8.lastIndex(of: UInt8(ascii: ".")) ?? numbers.endIndex
            let first = count == 4 ? numbers[..<last] : "1.2.3"
            let fourth = count == 4 ? numbers[numbers.index(after: last)...] : "4"
            return (
                "it has \(count) numbers, and there may be three (major, minor, patch)",
                "write what is behind the third with a plus or a dash: \(first)+\(fourth)"
            )
        }
        guard let separator = bytes[position...].first, separator == UInt8(ascii: "-") || separator == UInt8(ascii: "+") else {
            return ("there is no dash between the numbers and '\(rest)'", "write \(numbers)-\(rest)")
        }
        return suffix(bytes, from: position) ?? ("it is not a version by Semantic Versioning 2.0", general)
    }

    /// What is wrong behind the numbers: of the prerelease and the build metadata.
    private static func suffix(_ bytes: [UInt8], from start: Int) -> (what: String, remedy: String)? {
        let plus = bytes[start...].firstIndex(of: UInt8(ascii: "+")) ?? bytes.endIndex
        let parts = [("prerelease", bytes[start..<plus].dropFirst()), ("build metadata", bytes[plus...].dropFirst())]
        for (name, part) in parts {
            let isThere = name == "prerelease" ? start < plus : plus < bytes.endIndex
            guard isThere else { continue }
            for identifier in part.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
                let text = String(decoding: identifier, as: UTF8.self)
                if identifier.isEmpty {
                    return ("a part of its \(name) is empty", "remove the dot, dash or plus, or write something behind it")
                }
                if let byte = identifier.first(where: { !ASCII.isAlphanumeric($0) && $0 != UInt8(ascii: "-") }) {
                    let character = String(UnicodeScalar(byte))
                    return (
                        "its \(name) holds '\(character)', and may hold letters, digits, dashes and dots",
                        character == "+" ? "write one plus, and dots behind it" : "write a dash instead of '\(character)'"
                    )
                }
                if name == "prerelease", identifier.count > 1, identifier.first == 48, identifier.allSatisfy(ASCII.isDigit) {
                    let right =
                        String(decoding: bytes[..<identifier.startIndex], as: UTF8.self) + "g"
                        + String(decoding: bytes[identifier.startIndex...], as: UTF8.self)
                    return (
                        "the numeric part '\(text)' of its prerelease begins with a zero",
                        "put a letter before it (g\(text)): \(right)"
                    )
                }
            }
        }
        return nil
    }
}
