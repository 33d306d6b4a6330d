internal import Formats

/// Digests and number forms that package formats want.
enum CorpusBytes {
    static func sha256(_ bytes: [UInt8]) -> String { Hex.string(SHA256.of(bytes)) }
    static func sha1(_ bytes: [UInt8]) -> String { Hex.string(SHA1.of(bytes)) }
    static func md5(_ bytes: [UInt8]) -> String { Hex.string(MD5.of(bytes)) }

    /// A fixed width number in the given base, zeros in front.
    static func digits(_ number: Int, width: Int, base: Int) -> [UInt8] {
        let text = Array(String(number, radix: base).utf8)
        return [UInt8](repeating: UInt8(ascii: "0"), count: max(0, width - text.count)) + text
    }

    static func big<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }
    static func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    static func gzip(_ bytes: [UInt8]) -> [UInt8] { Encoding.gzip(level: 6).encode(bytes.span) }

    /// CRC-32 as in zip.
    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { crcTable[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ ($0 >> 8) }
    }

    private static let crcTable: [UInt32] = (0..<256).map { start in
        (0..<8).reduce(UInt32(start)) { crc, _ in crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
    }
}

/// A member of an archive to write; `content` nil makes a folder.
package struct CorpusMember {
    var path: String
    var content: [UInt8]?
    var isProgram = false

    package init(_ path: String, _ content: [UInt8]?, isProgram: Bool = false) {
        self.path = path
        self.content = content
        self.isProgram = isProgram
    }

    package init(_ path: String, _ text: String) { self.init(path, Array(text.utf8)) }
}

/// Archives in their plainest forms.
package enum CorpusArchive {
    /// 2023-11-14, the time of every member.
    package static let time = 1_700_000_000

    /// POSIX ustar, with its two blocks of end.
    package static func tar(_ members: [CorpusMember]) -> [UInt8] {
        var archive: [UInt8] = []
        for member in members {
            let size = member.content?.count ?? 0
            let name = Array(member.path.utf8)
            precondition(name.count <= 100, "the corpus keeps its paths short")
            var header = name + [UInt8](repeating: 0, count: 100 - name.count)
            let mode = member.content == nil || member.isProgram ? 0o755 : 0o644
            for (number, width) in [(mode, 7), (0, 7), (0, 7), (size, 11), (time, 11)] {
                header += CorpusBytes.digits(number, width: width, base: 8) + [0]
            }
            header += Array("        ".utf8) + [UInt8(ascii: member.content == nil ? "5" : "0")]
            header += [UInt8](repeating: 0, count: 100) + Array("ustar\u{0}00".utf8)
            for owner in ["root", "root"] { header += Array(owner.utf8) + [UInt8](repeating: 0, count: 28) }
            header += [UInt8](repeating: 0, count: 512 - header.count)
            let sum = header.reduce(0) { $0 + Int($1) }
            header.replaceSubrange(148..<156, with: CorpusBytes.digits(sum, width: 6, base: 8) + [0, UInt8(ascii: " ")])
            archive += header + (member.content ?? [])
            archive += [UInt8](repeating: 0, count: (512 - size % 512) % 512)
        }
        return archive + [UInt8](repeating: 0, count: 1_024)
    }

    /// What dpkg reads: short names, even offsets.
    package static func ar(_ members: [(name: String, content: [UInt8])]) -> [UInt8] {
        var archive = Array("!<arch>\n".utf8)
        for (name, content) in members {
            for (text, width) in [(name, 16), ("\(time)", 12), ("0", 6), ("0", 6), ("100644", 8), ("\(content.count)", 10)] {
                archive += Array(text.utf8) + [UInt8](repeating: UInt8(ascii: " "), count: width - text.utf8.count)
            }
            archive += Array("`\n".utf8) + content
            if content.count % 2 == 1 { archive.append(UInt8(ascii: "\n")) }
        }
        return archive
    }

    /// Stored members, as of 1 January 2023.
    static func zip(_ members: [CorpusMember]) -> [UInt8] {
        var archive: [UInt8] = []
        var directory: [UInt8] = []
        for member in members {
            let (name, content) = (Array(member.path.utf8), member.content ?? [])
            let little = CorpusBytes.little(_:) as (UInt16) -> [UInt8]
            let size = CorpusBytes.little(UInt32(content.count))
            // Version, flags, method, time, date, CRC, sizes, name length, extra length.
            let common =
                little(20) + little(0) + little(0) + little(0) + little(43 << 9 | 1 << 5 | 1)
                + CorpusBytes.little(CorpusBytes.crc32(content)) + size + size + little(UInt16(name.count)) + little(0)
            directory += Array("PK".utf8) + [1, 2] + little(3 << 8 | 20) + common + little(0) + little(0) + little(0)
            directory += CorpusBytes.little(UInt32(0o100644 << 16)) + CorpusBytes.little(UInt32(archive.count)) + name
            archive += Array("PK".utf8) + [3, 4] + common + name + content
        }
        let count = CorpusBytes.little(UInt16(members.count))
        let end =
            Array("PK".utf8) + [5, 6, 0, 0, 0, 0] + count + count + CorpusBytes.little(UInt32(directory.count))
            + CorpusBytes.little(UInt32(archive.count)) + [0, 0]
        return archive + directory + end
    }
}
