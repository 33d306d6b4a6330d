@testable import Formats
@testable import Kit

/// What can be wrong with the gzip around an archive, wherever one is read.
enum HostileGzip {
    typealias Case = (what: String, fate: HostileFile.Fate, wrap: @Sendable (_ archive: [UInt8]) -> [UInt8])

    static let all: [Case] = [
        ("gzip: cut in the header", .refused(.truncated), { Array($0.gzip.prefix(8)) }),
        ("gzip: cut in the middle", .refused(.truncated), { Array($0.gzip.prefix($0.gzip.count / 2)) }),
        ("gzip: cut in the trailer", .refused(.truncated), { Array($0.gzip.dropLast(5)) }),
        ("gzip: one bit of the content flipped", .refused(.malformed), { archive in flipped(archive.gzip, at: 30) }),
        ("gzip: the wrong CRC", .refused(.malformed), { GzipMember($0) { $0.crc32 ^= 1 }.bytes }),
        ("gzip: the wrong size", .refused(.malformed), { GzipMember($0) { $0.size &+= 1 }.bytes }),
        ("gzip: a size that is right but for 2^32", .refused(.malformed), { GzipMember($0) { $0.size = .max }.bytes }),
        ("gzip: an unknown compression method", .refused(.malformed), { GzipMember($0) { $0.method = 9 }.bytes }),
        ("gzip: reserved flags", .refused(.malformed), { GzipMember($0) { $0.flags = 0xE0 }.bytes }),
        (
            "gzip: the wrong CRC of the header", .refused(.malformed),
            { GzipMember($0) { ($0.flags, $0.optional) = (2, [0, 0]) }.bytes }
        ),
        ("gzip: an extra field longer than the file", .refused(.truncated), { archive in endlessExtra(archive) }),
        (
            "gzip: a name without end", .refused(.truncated),
            { archive in GzipMember(archive) { $0.flags = 8 }.bytes.prefix(10) + [UInt8](repeating: 65, count: 1 << 20) }
        ),
        (
            "gzip: a name with ../ and an escape sequence", .accepted,
            { GzipMember($0) { ($0.flags, $0.optional) = (8, Array("../../etc/\u{1b}[31mpasswd\0".utf8)) }.bytes }
        ),
        (
            "gzip: a comment of a megabyte", .accepted,
            { GzipMember($0) { ($0.flags, $0.optional) = (16, [UInt8](repeating: 65, count: 1 << 20) + [0]) }.bytes }
        ),
        ("gzip: text behind its end", .refused(.malformed), { $0.gzip + Array("trailing".utf8) }),
        ("gzip: a zip behind its end", .refused(.malformed), { $0.gzip + ZipBuilder().file("a", "b").bytes }),
        ("gzip: half a second member", .refused(.truncated), { $0.gzip + $0.gzip.prefix(15) }),
        (
            "gzip: two members, the archive cut between them", .accepted,
            { Array($0.prefix(700)).gzip + Array($0.dropFirst(700)).gzip }
        ),
        ("gzip: ten thousand empty members first", .accepted, { repeated([].gzip, 10_000) + $0.gzip }),
        ("gzip: zeros behind its end, as tapes have them", .accepted, { $0.gzip + [UInt8](repeating: 0, count: 4_096) }),
        ("gzip: an archive in a member and another in the next", .refused(.ambiguous), { $0.gzip + $0.gzip }),
        ("gzip: inside gzip", .refused(.truncated), { $0.gzip.gzip }),
        ("gzip: nothing inside", .refused(.malformed), { _ in [UInt8]().gzip }),
        ("gzip: a stored block whose length lies", .refused(.malformed), { archive in lyingBlock(archive) }),
        ("gzip: a back reference before the beginning", .refused(.malformed), { archive in wildReference(archive) }),
        ("gzip: 2 GiB of zeros behind the archive", .refused(.limit), { bomb($0, Encoding.gzip(level: 9)) }),
    ]

    /// Zeros without end behind what was asked for: some readers stop at the end mark of a tar, and some do not.
    static func bomb(_ archive: [UInt8], _ encoding: Encoding) -> [UInt8] {
        let zeros = encoding.compressSegment([UInt8](repeating: 0, count: 32 << 20).span)
        return SegmentSplicer.file(
            of: [encoding.compressSegment(archive.span)] + Array(repeating: zeros, count: 64), encoding)
    }

    static func repeated(_ piece: [UInt8], _ count: Int) -> [UInt8] {
        Array(repeatElement(piece, count: count).joined())
    }

    static func flipped(_ bytes: [UInt8], at offset: Int) -> [UInt8] {
        var bytes = bytes
        bytes[offset] ^= 0x10
        return bytes
    }

    private static func endlessExtra(_ archive: [UInt8]) -> [UInt8] {
        var member = GzipMember(archive)
        member.flags = 4
        member.optional = [0xff, 0xff]
        member.deflated = Array(member.deflated.prefix(100))
        return member.bytes
    }

    /// Type 0, and a complement that is none (RFC 1951 section 3.2.4).
    private static func lyingBlock(_ archive: [UInt8]) -> [UInt8] {
        GzipMember(archive) { $0.deflated = [1, 5, 0, 5, 0, 1, 2, 3, 4, 5] }.bytes
    }

    /// A fixed block that begins with a distance.
    private static func wildReference(_ archive: [UInt8]) -> [UInt8] {
        GzipMember(archive) { $0.deflated = [0x03, 0x02, 0x00, 0xff, 0xff] }.bytes
    }
}

extension HostileGzip {
    /// Some zeros as a bare deflate stream, and their CRC-32.
    static func bombed(_ count: Int) -> (deflated: [UInt8], crc32: UInt32) {
        let encoding = Encoding.gzip(level: 9)
        let zeros = encoding.compressSegment([UInt8](repeating: 0, count: 16 << 20).span)
        let file = SegmentSplicer.file(of: Array(repeating: zeros, count: count / (16 << 20)), encoding)
        let crc32 = file.suffix(8).prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return (Array(file.dropFirst(10).dropLast(8)), crc32)
    }
}
