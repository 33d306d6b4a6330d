@testable import Formats
@testable import Kit

/// What can be wrong with the other compressions of a control archive.
enum HostileStreams {
    typealias Case = (file: String, what: String, fate: HostileFile.Fate, wrap: @Sendable (_ archive: [UInt8]) -> [UInt8])

    static let all: [Case] = xz + zstd

    private static let xz: [Case] = [
        ("control.tar.xz", "cut in the middle", .refused(.truncated), { Array($0.xz.prefix($0.xz.count / 2)) }),
        ("control.tar.xz", "one bit of a block flipped", .refused(.malformed), { HostileGzip.flipped($0.xz, at: 40) }),
        ("control.tar.xz", "one bit of the header flipped", .refused(.malformed), { HostileGzip.flipped($0.xz, at: 7) }),
        (
            "control.tar.xz", "one bit of the index flipped", .refused(.malformed),
            { HostileGzip.flipped($0.xz, at: $0.xz.count - 18) }
        ),
        (
            "control.tar.xz", "one bit of the footer flipped", .refused(.malformed),
            { HostileGzip.flipped($0.xz, at: $0.xz.count - 8) }
        ),
        ("control.tar.xz", "text behind its end", .refused(.truncated), { $0.xz + Array("text".utf8) }),
        ("control.tar.xz", "padding of three zeros", .refused(.malformed), { $0.xz + [0, 0, 0] }),
        ("control.tar.xz", "padding of four zeros", .accepted, { $0.xz + [0, 0, 0, 0] }),
        (
            "control.tar.xz", "two streams, the archive cut between them", .accepted,
            { Array($0.prefix(700)).xz + Array($0.dropFirst(700)).xz }
        ),
        ("control.tar.xz", "a second archive in a second stream", .refused(.ambiguous), { $0.xz + $0.xz }),
        ("control.tar.xz", "a dictionary of 4 GiB", .refused(.limit), { _ in hugeDictionary }),
        ("control.tar.xz", "2 GiB of zeros behind the archive", .refused(.limit), { HostileGzip.bomb($0, .xz(level: 6)) }),
        (
            "control.tar.xz", "an LZMA file under this name", .refused(.malformed),
            { _ in [0x5d, 0, 0, 0x80, 0] + [UInt8](repeating: 0xff, count: 64) }
        ),
    ]

    private static let zstd: [Case] = [
        ("control.tar.zst", "cut in the middle", .refused(.truncated), { Array($0.zstd.prefix($0.zstd.count / 2)) }),
        ("control.tar.zst", "cut in the checksum", .refused(.truncated), { Array($0.zstd.dropLast(2)) }),
        ("control.tar.zst", "the wrong checksum", .refused(.malformed), { HostileGzip.flipped($0.zstd, at: $0.zstd.count - 1) }),
        (
            "control.tar.zst", "a reserved bit", .refused(.unsupported),
            { HostileGzip.flipped($0.zstd, at: 4).enumerated().map { $0 == 4 ? $1 | 8 : $1 } }
        ),
        ("control.tar.zst", "text behind its end", .refused(.malformed), { $0.zstd + Array("text".utf8) }),
        (
            "control.tar.zst", "a skippable frame of 4 GiB that is not there", .refused(.truncated),
            { $0.zstd + [0x50, 0x2a, 0x4d, 0x18, 0xff, 0xff, 0xff, 0xff] }
        ),
        (
            "control.tar.zst", "a thousand skippable frames first", .accepted,
            { HostileGzip.repeated([0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 65], 1_000) + $0.zstd }
        ),
        ("control.tar.zst", "a second archive in a second frame", .refused(.ambiguous), { $0.zstd + $0.zstd }),
        ("control.tar.zst", "a window of 2 TiB", .refused(.limit), { _ in [0x28, 0xb5, 0x2f, 0xfd, 0, 0xf0, 1, 0, 0] }),
        ("control.tar.zst", "a window of 256 MiB", .refused(.limit), { _ in [0x28, 0xb5, 0x2f, 0xfd, 0, 0x90, 1, 0, 0] }),
        (
            "control.tar.zst", "a dictionary that nobody has", .refused(.unsupported),
            { _ in [0x28, 0xb5, 0x2f, 0xfd, 0x23, 7, 7, 7, 7, 5, 1, 0, 0] }
        ),
        (
            "control.tar.zst", "a content size of 2^64 - 1", .refused(.malformed),
            { _ in [0x28, 0xb5, 0x2f, 0xfd, 0xc0, 0x58] + [UInt8](repeating: 0xff, count: 8) + [1, 0, 0] }
        ),
        ("control.tar.zst", "2 GiB of zeros behind the archive", .refused(.limit), { HostileGzip.bomb($0, .zstd(level: 3)) }),
    ]

    /// A stream header, and a block header (xz-file-format 1.1.0, section 3.1) that asks for dictionary size 40: 2^32 - 1 bytes.
    private static var hugeDictionary: [UInt8] {
        let flags: [UInt8] = [0, 4]
        var out: [UInt8] = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0] + flags
        out.append(little: flags.crc32)
        let block: [UInt8] = [2, 0, 0x21, 1, 40, 0, 0, 0]
        out += block
        out.append(little: block.crc32)
        return out + [UInt8](repeating: 0, count: 64)
    }
}
