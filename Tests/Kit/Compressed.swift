internal import Formats

/// Short spellings for fixtures: `TarBuilder().file("control", "Package: x\n").bytes.gzip`.
extension [UInt8] {
    var gzip: [UInt8] { Encoding.gzip(level: 6).encode(span) }
    var xz: [UInt8] { Encoding.xz(level: 0).encode(span) }
    var zstd: [UInt8] { Encoding.zstd(level: 3).encode(span) }

    /// The text that the bytes spell.
    var text: String { String(decoding: self, as: UTF8.self) }

    /// A bare deflate stream, as zip members have: a gzip member without its ten bytes of header and eight of trailer.
    var deflated: [UInt8] { Array(gzip.dropFirst(10).dropLast(8)) }

    /// As zip wants it: the one in a gzip member's trailer.
    var crc32: UInt32 { gzip.suffix(8).prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) } }

    mutating func append(little number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }
}
