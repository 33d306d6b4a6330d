/// Writes what the catalog keeps of a package so that its fragments can be made again without the file (`PackageRecord.facts`): a revision
/// byte, then the members in an order that reader and writer agree on.
///
/// Numbers and lengths are LEB128. A text is its length + 1 and its UTF-8, and 0 stands for one that is not there.
struct FactsWriter {
    private(set) var bytes: [UInt8]

    init(revision: UInt8) { bytes = [revision] }

    mutating func byte(_ byte: UInt8) { bytes.append(byte) }

    /// Not negative.
    mutating func number(_ number: Int) {
        var rest = UInt(number)
        while rest > 127 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func text(_ text: String?) {
        guard let text else { return bytes.append(0) }
        number(text.utf8.count + 1)
        bytes.append(text)
    }

    mutating func texts(_ texts: [String]) {
        number(texts.count)
        for text in texts { self.text(text) }
    }

    /// As many bytes as the reader knows of.
    mutating func raw(_ raw: some Collection<UInt8>) { bytes += raw }
}

/// Reads what `FactsWriter` wrote.
struct FactsReader {
    private var rest: ArraySlice<UInt8>
    private let damaged: Refusal

    /// - Parameter subject: whose record it is, for the refusal: "a crate".
    /// - Throws: `.malformed` for bytes that this revision of the program did not write; so does every other function here.
    init(_ facts: [UInt8], revision: UInt8, of subject: String) throws(Refusal) {
        damaged = Self.damaged(subject)
        guard facts.first == revision else { throw damaged }
        rest = facts.dropFirst()
    }

    static func damaged(_ subject: String) -> Refusal {
        Refusal(.malformed, "the record of \(subject) is damaged", remedy: "ingest the file again")
    }

    mutating func byte() throws(Refusal) -> UInt8 {
        guard let byte = rest.popFirst() else { throw damaged }
        return byte
    }

    mutating func number() throws(Refusal) -> Int {
        var number: UInt = 0
        for shift in stride(from: 0, to: 63, by: 7) {
            let byte = try byte()
            number |= UInt(byte & 127) << UInt(shift)
            if byte < 128 { return Int(number) }
        }
        throw damaged
    }

    mutating func raw(_ count: Int) throws(Refusal) -> [UInt8] {
        guard count <= rest.count else { throw damaged }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    mutating func optionalText() throws(Refusal) -> String? {
        let length = try number()
        return length == 0 ? nil : String(decoding: try raw(length - 1), as: UTF8.self)
    }

    mutating func text() throws(Refusal) -> String {
        guard let text = try optionalText() else { throw damaged }
        return text
    }

    mutating func texts() throws(Refusal) -> [String] {
        var texts: [String] = []
        for _ in 0..<(try number()) { texts.append(try text()) }
        return texts
    }

    /// To be called behind the last member.
    func finish() throws(Refusal) {
        guard rest.isEmpty else { throw damaged }
    }
}
