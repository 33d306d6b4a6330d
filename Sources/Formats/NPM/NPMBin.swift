/// `bin`: commands and the files that they run, as npm links them.
enum NPMBin {
    /// Commands by their names; nil where there is none that npm would link.
    ///
    /// - Parameter package: a text alone is a command of this name, its scope aside.
    static func map(_ value: DataValue, of package: String) -> [DataMember]? {
        var given: [(String, String)] = []
        if let text = value.string {
            given = [(NPMName.base(of: package), text)]
        } else if let elements = value.array {
            given = elements.compactMap(\.string).map { (base($0), $0) }
        } else {
            given = (value.object ?? []).compactMap { member in member.value.string.map { (member.name, $0) } }
        }
        var commands: [DataMember] = []
        var names = NameIndex()
        for (name, file) in given {
            let command = base(secured(name)), path = secured(file)
            guard !command.isEmpty, !path.isEmpty, command != "__proto__", names.insert(command) else { continue }
            commands.append(DataMember(command, .string(path)))
        }
        return commands.isEmpty ? nil : commands
    }

    private static func base(_ path: String) -> String {
        path.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? ""
    }

    /// A path that stays in the package: `..` ends at its folder, backslashes and colons are slashes. Empty for what npm leaves out.
    static func secured(_ path: String) -> String {
        var parts: [Substring.UTF8View] = []
        let unix = path.utf8.split { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: ":") }
        for part in unix where !part.elementsEqual(".".utf8) {
            if part.elementsEqual("..".utf8) { _ = parts.popLast() } else { parts.append(part) }
        }
        let secured = parts.map { String(Substring($0)) }.joined(separator: "/")
        return secured.hasPrefix(".") ? "" : secured
    }
}

/// People and repositories, which a package.json may write as a text.
enum NPMPeople {
    /// `Ann <ann@example.org> (https://example.org)` as an object; nil for what is not a person.
    static func person(_ value: DataValue) -> DataValue? {
        guard let text = value.string else { return value.object == nil ? nil : value }
        let bytes = Array(text.utf8)
        var members: [DataMember] = []
        let name = bytes.prefix { $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: "(") }
        let trimmed = String(decoding: Array(name.reversed().drop { $0 == 32 }.reversed().drop { $0 == 32 }), as: UTF8.self)
        if !trimmed.isEmpty { members.append(DataMember("name", .string(trimmed))) }
        if let email = between("<", ">", in: bytes) { members.append(DataMember("email", .string(email))) }
        if let address = between("(", ")", in: bytes) { members.append(DataMember("url", .string(address))) }
        return members.isEmpty ? nil : .object(members)
    }

    private static func between(_ open: Unicode.Scalar, _ close: Unicode.Scalar, in bytes: [UInt8]) -> String? {
        guard let start = bytes.firstIndex(of: UInt8(ascii: open)),
            let end = bytes[start...].firstIndex(of: UInt8(ascii: close)), end > start + 1
        else { return nil }
        return String(decoding: bytes[(start + 1)..<end], as: UTF8.self)
    }

    private static let hosts = [
        "github:": "https://github.com/", "gitlab:": "https://gitlab.com/", "bitbucket:": "https://bitbucket.org/",
    ]

    /// As an object; the short forms `OWNER/NAME` and `github:OWNER/NAME` written out.
    static func repository(_ value: DataValue) -> DataValue? {
        guard let text = value.string else { return value.object == nil ? nil : value }
        var address = text
        for (prefix, host) in hosts where text.hasPrefix(prefix) { address = "git+\(host)\(text.dropFirst(prefix.count)).git" }
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if parts.count == 2, !text.utf8.contains(UInt8(ascii: ":")), parts.allSatisfy({ !$0.isEmpty }) {
            address = "git+https://github.com/\(text).git"
        }
        return .object([DataMember("type", .string("git")), DataMember("url", .string(address))])
    }
}
