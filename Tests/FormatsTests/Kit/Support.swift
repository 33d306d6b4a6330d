import Testing

@testable import Formats
@testable import Kit

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
