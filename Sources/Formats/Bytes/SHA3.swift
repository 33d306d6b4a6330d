/// SHA3-256 (FIPS 202); a digest has 32 bytes. OpenSSL has it as well, but only behind its providers and settings; RPM packages of
/// version 6 alone carry such digests.
public struct SHA3_256: HashFunction {
    /// 25 words, row after row: the one at `x`, `y` is `5 * y + x`.
    private var state = [UInt64](repeating: 0, count: 25)
    /// What is left for the next block, fewer bytes than one.
    private var pending: [UInt8] = []

    private static let blockBytes = 136

    public init() { pending.reserveCapacity(Self.blockBytes) }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        if !pending.isEmpty {
            let part = rest.prefix(Self.blockBytes - pending.count)
            pending.append(contentsOf: part)
            rest = rest.dropFirst(part.count)
            if pending.count < Self.blockBytes { return }
            pending.withUnsafeBytes { absorb($0) }
            pending.removeAll(keepingCapacity: true)
        }
        let whole = rest.count - rest.count % Self.blockBytes
        if whole > 0 { absorb(UnsafeRawBufferPointer(rebasing: rest.prefix(whole))) }
        pending.append(contentsOf: rest.dropFirst(whole))
    }

    public func finish() -> [UInt8] {
        var last = self
        var block = pending
        // The two bits that tell SHA-3 from Keccak, and the padding from its first bit to its last.
        block.append(0x06)
        block += [UInt8](repeating: 0, count: Self.blockBytes - block.count)
        block[Self.blockBytes - 1] |= 0x80
        block.withUnsafeBytes { last.absorb($0) }
        return (0..<32).map { UInt8(truncatingIfNeeded: last.state[$0 / 8] >> UInt64(8 * ($0 % 8))) }
    }

    /// - Parameter blocks: any number of whole ones.
    private mutating func absorb(_ blocks: UnsafeRawBufferPointer) {
        state.withUnsafeMutableBufferPointer { state in
            for start in stride(from: 0, to: blocks.count, by: Self.blockBytes) {
                for word in 0..<Self.blockBytes / 8 {
                    state[word] ^= UInt64(littleEndian: blocks.loadUnaligned(fromByteOffset: start + 8 * word, as: UInt64.self))
                }
                for constant in Self.constants { Self.round(state, constant) }
            }
        }
    }

    /// Section 3.2, the five steps of a round. Rows are variables, so that they can live in registers.
    private static func round(_ a: UnsafeMutableBufferPointer<UInt64>, _ constant: UInt64) {
        // θ: what goes into each column.
        let c0 = a[0] ^ a[5] ^ a[10] ^ a[15] ^ a[20]
        let c1 = a[1] ^ a[6] ^ a[11] ^ a[16] ^ a[21]
        let c2 = a[2] ^ a[7] ^ a[12] ^ a[17] ^ a[22]
        let c3 = a[3] ^ a[8] ^ a[13] ^ a[18] ^ a[23]
        let c4 = a[4] ^ a[9] ^ a[14] ^ a[19] ^ a[24]
        let d0 = c4 ^ turned(c1, 1)
        let d1 = c0 ^ turned(c2, 1)
        let d2 = c1 ^ turned(c3, 1)
        let d3 = c2 ^ turned(c4, 1)
        let d4 = c3 ^ turned(c0, 1)
        // ρ and π: each word turned, and taken to another place. A row of the result comes from one diagonal.
        let row0 = (a[0] ^ d0, turned(a[6] ^ d1, 44), turned(a[12] ^ d2, 43), turned(a[18] ^ d3, 21), turned(a[24] ^ d4, 14))
        let row1 = (
            turned(a[3] ^ d3, 28), turned(a[9] ^ d4, 20), turned(a[10] ^ d0, 3), turned(a[16] ^ d1, 45), turned(a[22] ^ d2, 61)
        )
        let row2 = (
            turned(a[1] ^ d1, 1), turned(a[7] ^ d2, 6), turned(a[13] ^ d3, 25), turned(a[19] ^ d4, 8), turned(a[20] ^ d0, 18)
        )
        let row3 = (
            turned(a[4] ^ d4, 27), turned(a[5] ^ d0, 36), turned(a[11] ^ d1, 10), turned(a[17] ^ d2, 15), turned(a[23] ^ d3, 56)
        )
        let row4 = (
            turned(a[2] ^ d2, 62), turned(a[8] ^ d3, 55), turned(a[14] ^ d4, 39), turned(a[15] ^ d0, 41), turned(a[21] ^ d1, 2)
        )
        // χ, along each row; ι.
        put(row0, at: 0, in: a)
        put(row1, at: 5, in: a)
        put(row2, at: 10, in: a)
        put(row3, at: 15, in: a)
        put(row4, at: 20, in: a)
        a[0] ^= constant
    }

    @inline(__always)
    private static func put(
        _ row: (UInt64, UInt64, UInt64, UInt64, UInt64), at start: Int, in a: UnsafeMutableBufferPointer<UInt64>
    ) {
        a[start] = row.0 ^ (~row.1 & row.2)
        a[start + 1] = row.1 ^ (~row.2 & row.3)
        a[start + 2] = row.2 ^ (~row.3 & row.4)
        a[start + 3] = row.3 ^ (~row.4 & row.0)
        a[start + 4] = row.4 ^ (~row.0 & row.1)
    }

    @inline(__always)
    private static func turned(_ word: UInt64, _ bits: UInt64) -> UInt64 { word &<< bits | word &>> (64 - bits) }

    /// What ι adds in each of the 24 rounds.
    private static let constants: [UInt64] = [
        0x0000_0000_0000_0001, 0x0000_0000_0000_8082, 0x8000_0000_0000_808a, 0x8000_0000_8000_8000, 0x0000_0000_0000_808b,
        0x0000_0000_8000_0001, 0x8000_0000_8000_8081, 0x8000_0000_0000_8009, 0x0000_0000_0000_008a, 0x0000_0000_0000_0088,
        0x0000_0000_8000_8009, 0x0000_0000_8000_000a, 0x0000_0000_8000_808b, 0x8000_0000_0000_008b, 0x8000_0000_0000_8089,
        0x8000_0000_0000_8003, 0x8000_0000_0000_8002, 0x8000_0000_0000_0080, 0x0000_0000_0000_800a, 0x8000_0000_8000_000a,
        0x8000_0000_8000_8081, 0x8000_0000_0000_8080, 0x0000_0000_8000_0001, 0x8000_0000_8000_8008,
    ]
}
