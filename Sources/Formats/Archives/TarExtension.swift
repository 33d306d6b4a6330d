/// What extended headers said of the member that follows: pax records (POSIX.1-2001) or GNU's long names.
struct TarExtension {
    var path: [UInt8]?
    var link: [UInt8]?
    var size: Int?
    /// A sparse file in pax dress: its content is a map and pieces.
    var isSparse = false
    private var hasPax = false

    var isEmpty: Bool { !hasPax && path == nil && link == nil }

    /// Takes in the body of a pax header for one member.
    mutating func read(pax body: [UInt8], at place: String) throws(Refusal) {
        guard isEmpty else { throw Self.twice(at: place) }
        hasPax = true
        try Self.records(of: body, at: place) { (key, value) throws(Refusal) in
            switch key {
            case "path": path = try Self.name(value, key, at: place)
            case "linkpath": link = try Self.name(value, key, at: place)
            case "size": size = try Self.decimal(value, at: place)
            case "GNU.sparse.name": sparseName = try Self.name(value, key, at: place)
            default: isSparse = isSparse || key.hasPrefix("GNU.sparse.")
            }
        }
        if let sparseName {
            path = sparseName
            isSparse = true
        }
    }

    private var sparseName: [UInt8]?

    /// Takes in the body of a GNU `L` (name) or `K` (link) member.
    mutating func read(long body: [UInt8], isLink: Bool, at place: String) throws(Refusal) {
        guard !hasPax, (isLink ? link : path) == nil else { throw Self.twice(at: place) }
        let text = Array(body.prefix { $0 != 0 })
        guard !text.isEmpty else {
            throw Refusal(.malformed, "a long tar name is empty", at: place, remedy: "rebuild the package")
        }
        if isLink { link = text } else { path = text }
    }

    /// Checks a global pax header. Records that would rename or resize every member are refused: some readers obey them,
    /// others do not.
    static func check(global body: [UInt8], at place: String) throws(Refusal) {
        try records(of: body, at: place) { (key, _) throws(Refusal) in
            if key == "path" || key == "linkpath" || key == "size" || key.hasPrefix("GNU.sparse.") {
                throw Refusal(
                    .ambiguous, "a global tar header sets \(key) for every member", at: place, remedy: "rebuild the package")
            }
        }
    }

    private static func twice(at place: String) -> Refusal {
        Refusal(.ambiguous, "a tar member has two extended headers", at: place, remedy: "rebuild the package")
    }

    /// Records are `LENGTH KEY=VALUE\n`; the length counts all of it.
    private static func records(
        of body: [UInt8], at place: String, _ use: (String, ArraySlice<UInt8>) throws(Refusal) -> Void
    ) throws(Refusal) {
        let fault = Refusal(.malformed, "a pax record is damaged", at: place, remedy: "rebuild the package")
        var position = 0
        while position < body.count {
            // Some writers pad the body with NULs.
            if body[position] == 0, body[position...].allSatisfy({ $0 == 0 }) { return }
            var length = 0, i = position
            while i < body.count, ASCII.isDigit(body[i]), i - position < 9 {
                length = length * 10 + Int(body[i] - 48)
                i += 1
            }
            guard i > position, i < body.count, body[i] == 0x20, body[position] != 48 else { throw fault }
            // At least one byte of key, "=" and the line feed.
            guard length > i - position + 3, length <= body.count - position, body[position + length - 1] == 0x0a else {
                throw fault
            }
            let record = body[(i + 1)..<(position + length - 1)]
            guard let equals = record.firstIndex(of: UInt8(ascii: "=")), equals > record.startIndex else { throw fault }
            try use(String(decoding: record[..<equals], as: UTF8.self), record[(equals + 1)...])
            position += length
        }
    }

    private static func name(_ value: ArraySlice<UInt8>, _ key: String, at place: String) throws(Refusal) -> [UInt8] {
        // Readers cut at a NUL, refuse it or keep it; an empty value deletes the record or sets it.
        guard !value.isEmpty, !value.contains(0) else {
            throw Refusal(.ambiguous, "a pax record's \(key) is empty or contains NUL", at: place, remedy: "rebuild the package")
        }
        return Array(value)
    }

    private static func decimal(_ value: ArraySlice<UInt8>, at place: String) throws(Refusal) -> Int {
        var number = 0
        for byte in value {
            guard ASCII.isDigit(byte), number < 1 << 56 else {
                throw Refusal(.malformed, "a pax record's size is not a number", at: place, remedy: "rebuild the package")
            }
            number = number * 10 + Int(byte - 48)
        }
        guard !value.isEmpty else {
            throw Refusal(.malformed, "a pax record's size is empty", at: place, remedy: "rebuild the package")
        }
        return number
    }
}
