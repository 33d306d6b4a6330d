/// Members of tar archives that are documents: made once, kept, and put one after the other.
///
/// POSIX.1-1988 ustar in bsdtar's spelling of numbers, owned by root; a path that has no room in a header gets a pax record
/// (POSIX.1-2001).
enum TarOutput {
    /// What ends an archive: two blocks of zeros.
    static let end = [UInt8](repeating: 0, count: 2 * TarHeader.blockSize)

    /// The largest time that a header has room for: in the year 2242.
    static let latest = (1 << 33) - 1

    /// A file with its content, padded to whole blocks.
    ///
    /// - Parameter modified: seconds since 1970, 0 to `latest`.
    static func file(_ path: String, _ content: [UInt8], modified: Int) -> [UInt8] {
        var output = header(path, size: content.count, modified: modified)
        output.reserveCapacity(output.count + content.count + TarHeader.blockSize)
        output += content
        return output + padding(content.count)
    }

    /// - Parameter path: with a slash at its end.
    static func folder(_ path: String, modified: Int) -> [UInt8] {
        header(path, size: 0, modified: modified, isFolder: true)
    }

    /// The header of a file whose content follows: `size` bytes, below 8 GiB, and `padding`.
    static func header(_ path: String, size: Int, modified: Int, isFolder: Bool = false) -> [UInt8] {
        guard path.utf8.count > 100 else {
            return block(Array(path.utf8), size: size, modified: modified, type: UInt8(ascii: isFolder ? "5" : "0"))
        }
        // The length counts its own digits.
        let rest = path.utf8.count + 7
        var length = rest + 2
        while String(length).utf8.count + rest != length { length += 1 }
        let record = [UInt8]("\(length) path=\(path)\n")
        return block([UInt8]("PaxHeader/path"), size: record.count, modified: modified, type: UInt8(ascii: "x"))
            + record + padding(record.count)
            + block(Array(path.utf8.prefix(100)), size: size, modified: modified, type: UInt8(ascii: isFolder ? "5" : "0"))
    }

    /// Zeros from a content of this size to the next block.
    static func padding(_ size: Int) -> [UInt8] { [UInt8](repeating: 0, count: -size & (TarHeader.blockSize - 1)) }

    private static func block(_ name: [UInt8], size: Int, modified: Int, type: UInt8) -> [UInt8] {
        precondition(
            size >= 0 && size < 1 << 33 && modified >= 0 && modified <= latest, "a tar header has no room for the number")
        var block = [UInt8](repeating: 0, count: TarHeader.blockSize)
        func put(_ text: some Collection<UInt8>, at offset: Int) {
            block.replaceSubrange(offset..<(offset + text.count), with: text)
        }
        func octal(_ number: Int, _ width: Int) -> [UInt8] {
            let digits = String(number, radix: 8)
            return [UInt8](repeating: UInt8(ascii: "0"), count: width - digits.utf8.count) + Array(digits.utf8)
        }
        put(name, at: 0)
        put(octal(type == UInt8(ascii: "5") ? 0o755 : 0o644, 6) + [32], at: 100)
        put(octal(0, 6) + [32], at: 108)
        put(octal(0, 6) + [32], at: 116)
        put(octal(size, 11) + [32], at: 124)
        put(octal(modified, 11) + [32], at: 136)
        block[156] = type
        put("ustar\u{0}00".utf8, at: 257)
        put("root".utf8, at: 265)
        put("root".utf8, at: 297)
        put(octal(0, 6) + [32], at: 329)
        put(octal(0, 6) + [32], at: 337)
        // The sum counts its own field as blanks.
        let sum = block.reduce(8 * 32) { $0 + Int($1) }
        put(octal(sum, 6) + [0, 32], at: 148)
        return block
    }
}
