/// Decodes the base64 text of a JSON string as it arrives, its escapes included: some writers send `\/` or `\u002B` for characters of the
/// alphabet.
struct Base64Text: Sendable {
    struct Fault: Error {
        /// In the chunk at hand.
        var offset: Int
        var what: String
    }

    private var decoder = Base64Decoder()
    /// Of an escape that was cut off: the backslash and what follows it.
    private var escape: [UInt8] = []

    /// Decodes from `start` on, up to the quotation mark that ends the string.
    ///
    /// - Returns: where that is; the chunk's end when the string goes on.
    mutating func decode(_ chunk: Span<UInt8>, from start: Int, into output: inout [UInt8]) throws(Fault) -> Int {
        var position = start
        do throws(Base64Decoder.Fault) {
            while position < chunk.count {
                if !escape.isEmpty || chunk[position] == UInt8(ascii: "\\") {
                    escape.append(chunk[position])
                    if let byte = try escaped() {
                        escape.removeAll(keepingCapacity: true)
                        try decoder.decode(byte, into: &output)
                    }
                    position += 1
                } else if chunk[position] == UInt8(ascii: "\"") {
                    try decoder.finish()
                    return position
                } else {
                    let begin = position
                    try decoder.decode(chunk, from: &position, into: &output)
                    guard position > begin else { throw .stray }
                }
            }
        } catch {
            throw Fault(offset: position, what: Self.words(error))
        }
        return position
    }

    /// What the escape stands for; nil while it is not whole.
    private func escaped() throws(Base64Decoder.Fault) -> UInt8? {
        guard escape.count > 1 else { return nil }
        if escape[1] == UInt8(ascii: "/") { return escape[1] }
        guard escape[1] == UInt8(ascii: "u") else { throw .stray }
        guard escape.count == 6 else { return nil }
        guard let unit = Hex.bytes(escape[2...]), unit[0] == 0 else { throw .stray }
        return unit[1]
    }

    private static func words(_ fault: Base64Decoder.Fault) -> String {
        switch fault {
        case .stray: "has a character that is not base64"
        case .behindPadding: "goes on behind the padding of its base64"
        case .unusedBits: "has base64 whose last character has bits too many"
        case .unfinished: "has base64 that is not a multiple of four characters"
        }
    }
}
