/// SHA3-256 (FIPS 202); a digest has 32 bytes. OpenSSL has it as well, but only behind its providers and settings; RPM packages of
/// version 6 alone carry such digests.
package struct SHA3_256: HashFunction {
    /// 25 words, row after row: the one at `x`, `y` is `5 * y + x`.
    private var state = [UInt64](repeating: 0, count: 25)
    /// What is left for the next block, fewer bytes than one.
    private var pending: [UInt8] = []

    private static let blockBytes = 136

    package init() { pending.reserveCapacity(Self.blockBytes) }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
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

    package func finish() -> [UInt8] {
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
                Self.permute(state)
            }
        }
    }

    private typealias Row = (UInt64, UInt64, UInt64, UInt64, UInt64)

    /// Section 3.2: 24 rounds of five steps. The rows are variables, so that they can live in registers.
    private static func permute(_ state: UnsafeMutableBufferPointer<UInt64>) {
        func row(_ y: Int) -> Row { (state[5 * y], state[5 * y + 1], state[5 * y + 2], state[5 * y + 3], state[5 * y + 4]) }
        var a = row(0), b = row(1), c = row(2), d = row(3), e = row(4)
        for constant in constants {
            // θ: what goes into each column.
            let x0 = a.0 ^ b.0 ^ c.0 ^ d.0 ^ e.0
            let x1 = a.1 ^ b.1 ^ c.1 ^ d.1 ^ e.1
            let x2 = a.2 ^ b.2 ^ c.2 ^ d.2 ^ e.2
            let x3 = a.3 ^ b.3 ^ c.3 ^ d.3 ^ e.3
            let x4 = a.4 ^ b.4 ^ c.4 ^ d.4 ^ e.4
            let t0 = x4 ^ turned(x1, 1)
            let t1 = x0 ^ turned(x2, 1)
            let t2 = x1 ^ turned(x3, 1)
            let t3 = x2 ^ turned(x4, 1)
            let t4 = x3 ^ turned(x0, 1)
            // ρ and π: each word turned, and taken to another place. A row of the result comes from one diagonal. χ, along each row.
            let f = mixed(a.0 ^ t0, turned(b.1 ^ t1, 44), turned(c.2 ^ t2, 43), turned(d.3 ^ t3, 21), turned(e.4 ^ t4, 14))
            let g = mixed(
                turned(a.3 ^ t3, 28), turned(b.4 ^ t4, 20), turned(c.0 ^ t0, 3), turned(d.1 ^ t1, 45), turned(e.2 ^ t2, 61))
            let h = mixed(
                turned(a.1 ^ t1, 1), turned(b.2 ^ t2, 6), turned(c.3 ^ t3, 25), turned(d.4 ^ t4, 8), turned(e.0 ^ t0, 18))
            let i = mixed(
                turned(a.4 ^ t4, 27), turned(b.0 ^ t0, 36), turned(c.1 ^ t1, 10), turned(d.2 ^ t2, 15), turned(e.3 ^ t3, 56))
            let j = mixed(
                turned(a.2 ^ t2, 62), turned(b.3 ^ t3, 55), turned(c.4 ^ t4, 39), turned(d.0 ^ t0, 41), turned(e.1 ^ t1, 2))
            (a, b, c, d, e) = (f, g, h, i, j)
            // ι.
            a.0 ^= constant
        }
        func put(_ row: Row, _ y: Int) {
            (state[5 * y], state[5 * y + 1], state[5 * y + 2], state[5 * y + 3], state[5 * y + 4]) = row
        }
        put(a, 0)
        put(b, 1)
        put(c, 2)
        put(d, 3)
        put(e, 4)
    }

    @inline(__always)
    private static func mixed(_ a: UInt64, _ b: UInt64, _ c: UInt64, _ d: UInt64, _ e: UInt64) -> Row {
        (a ^ (~b & c), b ^ (~c & d), c ^ (~d & e), d ^ (~e & a), e ^ (~a & b))
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
