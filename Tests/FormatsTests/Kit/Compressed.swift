import Testing

@testable import Formats

/// Short spellings for fixtures: `TarBuilder().file("control", "Package: x\n").bytes.gzip`.
extension [UInt8] {
    var gzip: [UInt8] { Encoding.gzip(level: 6).encode(span) }
    var xz: [UInt8] { Encoding.xz(level: 0).encode(span) }
    var zstd: [UInt8] { Encoding.zstd(level: 3).encode(span) }

    /// The text that the bytes spell.
    var text: String { String(decoding: self, as: UTF8.self) }

    /// A bare deflate stream, as zip members have: a gzip member without its ten bytes of header and eight of trailer.
    var deflated: [UInt8] { Array(gzip.dropFirst(10).dropLast(8)) }

    mutating func append(little number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }
}

/// Everything that an archive's bytes can be refused for, without repeating the call: nil when they are accepted.
func refusal(_ body: () throws(Refusal) -> Void) -> Refusal? {
    do {
        try body()
        return nil
    } catch {
        return error
    }
}

/// The same numbers everywhere, for tests that mutate (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }
}

// Test arguments are named in the log; an archive's size is enough.
extension TarBuilder: CustomTestStringConvertible { var testDescription: String { "a tar of \(bytes.count) bytes" } }
extension ArBuilder: CustomTestStringConvertible { var testDescription: String { "an ar of \(bytes.count) bytes" } }
extension ZipBuilder: CustomTestStringConvertible { var testDescription: String { "a zip of \(bytes.count) bytes" } }
