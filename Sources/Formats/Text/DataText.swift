/// What the readers of JSON and TOML have in common: what they check first, and how they name a fault and its place.
struct DataText: Sendable {
    /// What messages call the document: `package.json`.
    let subject: String
    let budget: Budget

    /// However much the settings allow: values are read, compared and thrown away by recursion.
    private static let deepest = 1_000

    var depth: Int { min(budget.depth, Self.deepest) }

    /// Checks the size, and that it is UTF-8.
    ///
    /// - Returns: where the text begins. A byte order mark is passed over, as by npm (`package.json`) and cargo (`Cargo.toml`), which read files
    ///   that editors wrote.
    func start(_ bytes: Span<UInt8>) throws(Refusal) -> Int {
        guard bytes.count <= budget.memberBytes else {
            throw Refusal(
                .limit, "\(subject) has \(bytes.count) bytes, more than limits.member_bytes (\(budget.memberBytes))",
                remedy: Self.remedy(.limit))
        }
        if let fault = UTF8Fault.first(in: bytes) { throw refusal(.malformed, "is not UTF-8", at: fault.offset, bytes) }
        return bytes.has("\u{FEFF}") ? 3 : 0
    }

    /// The refusal for a document that goes on otherwise than it must, or not at all.
    func expected(_ what: String, at offset: Int, _ bytes: Span<UInt8>) -> Refusal {
        guard offset < bytes.count else { return refusal(.truncated, "ends where \(what) belongs", at: bytes.count, bytes) }
        return refusal(.malformed, "has \(Self.shown(bytes[offset])) where \(what) belongs", at: offset, bytes)
    }

    func tooDeep(at offset: Int, _ bytes: Span<UInt8>) -> Refusal {
        refusal(.limit, "is nested deeper than limits.depth (\(depth))", at: offset, bytes)
    }

    /// To be asked for each value: whether there are too many by now, and whether time is up.
    func count(_ values: Int, at offset: Int, _ bytes: Span<UInt8>) throws(Refusal) {
        guard values <= budget.entries else {
            throw refusal(.limit, "has more than limits.entries (\(budget.entries)) values", at: offset, bytes)
        }
        try budget.deadline.check(subject, turn: values, at: "byte \(offset)")
    }

    func refusal(_ cause: Refusal.Cause, _ what: String, at offset: Int, _ bytes: Span<UInt8>) -> Refusal {
        Refusal(cause, "\(subject) \(what)", at: XMLEncoding.place(of: offset, in: bytes), remedy: Self.remedy(cause))
    }

    private static func remedy(_ cause: Refusal.Cause) -> String {
        switch cause {
        case .truncated: "send it whole"
        case .limit: "make it smaller, or raise the limit in indexgen.yaml"
        default: "correct it and send it again"
        }
    }

    private static func shown(_ byte: UInt8) -> String {
        switch byte {
        case 0x21...0x7E: "'\(Unicode.Scalar(byte))'"
        case 10, 13: "the line's end"
        case 9, 32: "a blank"
        case 0x80...: "a character outside of ASCII"
        default: "a control character"
        }
    }
}
