/// The hash `h1` of go.sum (golang.org/x/mod/sumdb/dirhash, Hash1): SHA-256 over the lines `HEX  NAME` of all files in the order
/// of their names.
struct GoHash {
    private var outer = SHA256()

    /// In the order of the names' bytes.
    mutating func add(_ name: some Sequence<UInt8>, sha256: [UInt8]) {
        var line: [UInt8] = []
        line.append(hex: sha256)
        line += [32, 32]
        line += name
        line.append(10)
        outer.update(line)
    }

    /// 32 bytes.
    var sum: [UInt8] { outer.finish() }

    /// Of a go.mod file by itself, as the second line of each pair in go.sum has it.
    static func sum(ofModFile text: [UInt8]) -> [UInt8] {
        var hash = GoHash()
        hash.add("go.mod".utf8, sha256: SHA256.of(text))
        return hash.sum
    }

    /// `h1:` and the sum in base64 (RFC 4648 section 4).
    static func text(of sum: [UInt8]) -> String {
        var text = Array("h1:".utf8)
        text.append(base64: sum)
        return String(decoding: text, as: UTF8.self)
    }
}
