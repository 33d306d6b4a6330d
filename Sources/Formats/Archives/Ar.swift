/// One member of an ar archive.
package struct ArMember: Sendable {
    /// Without padding and without GNU's closing `/`.
    package var name: String
    /// The content's place in the file.
    package var range: Range<Int>

    package init(name: String, range: Range<Int>) {
        self.name = name
        self.range = range
    }
}

/// The common ar format, as far as `deb(5)` needs it: short names only.
///
/// Refused besides damage: tables of long names (GNU `//`, BSD `#1/`), equal names, and bytes after the last member, except one
/// line feed.
package enum Ar {
    private static let remedy = "rebuild the package"
    private static let headerSize = 60

    /// The members in their order. Reads headers only.
    package static func members(of bytes: Span<UInt8>, within budget: Budget) throws(Refusal) -> [ArMember] {
        guard bytes.has("!<arch>\n") else {
            throw Refusal(
                bytes.count < 8 ? .truncated : .malformed, "the ar archive lacks its magic \"!<arch>\"", at: "byte 0",
                remedy: remedy)
        }
        var members: [ArMember] = []
        var names: Set<String> = []
        var position = 8
        while position < bytes.count {
            let left = bytes.count - position
            if left == 1, bytes[position] == 0x0a { break }
            let place = "byte \(position)"
            guard left >= headerSize else {
                throw Refusal(.truncated, "the ar archive ends inside a member's header", at: place, remedy: remedy)
            }
            guard members.count < budget.entries else {
                throw Refusal(.limit, "the ar archive has more than \(budget.entries) members", at: place, remedy: remedy)
            }
            try budget.deadline.check("the ar archive", turn: members.count, at: place)
            let header = bytes.extracting(position..<(position + headerSize))
            guard header[58] == 0x60, header[59] == 0x0a else {
                throw Refusal(.malformed, "an ar member's header has no terminator", at: place, remedy: remedy)
            }
            let name = try name(in: header, at: place)
            let size = try size(in: header, of: name, at: place)
            guard size <= left - headerSize else {
                throw Refusal(.truncated, "\(name) is truncated", at: "byte \(bytes.count)", remedy: remedy)
            }
            guard names.insert(name).inserted else {
                throw Refusal(.ambiguous, "the ar archive has two members \(name)", at: place, remedy: remedy)
            }
            let start = position + headerSize
            members.append(ArMember(name: name, range: start..<(start + size)))
            position = start + size
            // Content is padded to an even length; the last pad may be missing.
            if size % 2 == 1, position < bytes.count {
                guard bytes[position] == 0x0a || bytes[position] == 0 else {
                    throw Refusal(
                        .malformed, "the padding after \(name) is not a line feed", at: "byte \(position)", remedy: remedy)
                }
                position += 1
            }
        }
        return members
    }

    private static func name(in header: Span<UInt8>, at place: String) throws(Refusal) -> String {
        var length = 16
        while length > 0, header[length - 1] == 0x20 { length -= 1 }
        if length > 1, header[length - 1] == 0x2f, header[length - 2] != 0x2f { length -= 1 }
        let name = header.extracting(0..<length)
        guard length > 0 else { throw Refusal(.malformed, "an ar member has no name", at: place, remedy: remedy) }
        guard name[0] != 0x2f, !name.has("#1/") else {
            throw Refusal(.unsupported, "the ar archive uses long member names", at: place, remedy: remedy)
        }
        for i in 0..<length where name[i] <= 0x20 || name[i] >= 0x7f || name[i] == 0x2f {
            throw Refusal(.malformed, "an ar member's name has a byte that is not allowed", at: place, remedy: remedy)
        }
        return name.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    /// Decimal digits, then spaces: ten bytes, so that no sum overflows.
    private static func size(in header: Span<UInt8>, of name: String, at place: String) throws(Refusal) -> Int {
        var size = 0, i = 48
        while i < 58, ASCII.isDigit(header[i]) {
            size = size * 10 + Int(header[i] - 48)
            i += 1
        }
        let digits = i - 48
        while i < 58, header[i] == 0x20 { i += 1 }
        guard digits > 0, i == 58 else {
            throw Refusal(.malformed, "the size of \(name) is not a decimal number", at: place, remedy: remedy)
        }
        return size
    }
}
