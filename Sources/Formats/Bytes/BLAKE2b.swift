/// BLAKE2b (RFC 7693) without a key: a digest that Python's package index asks for and libcrypto has with 64 bytes only.
package struct BLAKE2b: Sendable {
    private typealias State = (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)

    private var state: State
    /// Bytes that went through the compression.
    private var count: UInt64 = 0
    /// What is left for the next block: the last one is compressed in another way, so a full one waits as well.
    private var pending: [UInt8] = []
    private let length: Int

    private static let blockBytes = 128

    /// - Parameter length: of the digest, 1 to 64 bytes.
    package init(length: Int) {
        precondition((1...64).contains(length), "BLAKE2b has digests of 1 to 64 bytes")
        self.length = length
        let iv = Self.iv
        // The parameter block: digest length, no key, fanout and depth 1.
        state = (iv.0 ^ 0x0101_0000 ^ UInt64(length), iv.1, iv.2, iv.3, iv.4, iv.5, iv.6, iv.7)
        pending.reserveCapacity(Self.blockBytes)
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        if !pending.isEmpty {
            let part = rest.prefix(Self.blockBytes - pending.count)
            pending.append(contentsOf: part)
            rest = rest.dropFirst(part.count)
            if rest.isEmpty { return }
            pending.withUnsafeBytes { compress($0, isLast: false) }
            pending.removeAll(keepingCapacity: true)
        }
        while rest.count > Self.blockBytes {
            compress(UnsafeRawBufferPointer(rebasing: rest.prefix(Self.blockBytes)), isLast: false)
            rest = rest.dropFirst(Self.blockBytes)
        }
        pending.append(contentsOf: rest)
    }

    /// The digest of everything so far.
    package func finish() -> [UInt8] {
        var last = self
        var block = pending
        block += [UInt8](repeating: 0, count: Self.blockBytes - pending.count)
        block.withUnsafeBytes { last.compress($0, isLast: true) }
        return withUnsafeBytes(of: last.state) { words in
            (0..<length).map { i in
                UInt8(truncatingIfNeeded: words.load(fromByteOffset: i & ~7, as: UInt64.self) >> UInt64(8 * (i & 7)))
            }
        }
    }

    // SHA-512's initial values.
    private static let iv: State = (
        0x6a09_e667_f3bc_c908, 0xbb67_ae85_84ca_a73b, 0x3c6e_f372_fe94_f82b, 0xa54f_f53a_5f1d_36f1, 0x510e_527f_ade6_82d1,
        0x9b05_688c_2b3e_6c1f, 0x1f83_d9ab_fb41_bd6b, 0x5be0_cd19_137e_2179
    )

    /// Which word of the block comes when, for each round: sixteen nibbles, the first one highest.
    private static let order: [UInt64] = [
        0x0123_4567_89ab_cdef, 0xea48_9fd6_1c02_b753, 0xb8c0_52fd_ae36_7194, 0x7931_dcbe_265a_40f8, 0x9057_24af_e1bc_683d,
        0x2c6a_0b83_4d75_fe19, 0xc51f_ed4a_0763_928b, 0xdb7e_c139_50f4_862a, 0x6fe9_b308_c2d7_14a5, 0xa284_7615_fb9e_3cd0,
        0x0123_4567_89ab_cdef, 0xea48_9fd6_1c02_b753,
    ]

    /// Section 3.2 of the RFC. The sixteen words are variables, so that they can live in registers.
    private mutating func compress(_ block: UnsafeRawBufferPointer, isLast: Bool) {
        count += UInt64(isLast ? pending.count : Self.blockBytes)
        let h = state, iv = Self.iv
        var (v0, v1, v2, v3, v4, v5, v6, v7) = h
        // Files have fewer than 2^64 bytes: the upper half of the counter, which would go into v13, stays zero.
        var (v8, v9, v10, v11, v12, v13, v14, v15) = (
            iv.0, iv.1, iv.2, iv.3, iv.4 ^ count, iv.5, isLast ? ~iv.6 : iv.6, iv.7
        )
        for order in Self.order {
            func word(_ index: UInt64) -> UInt64 {
                let position = Int(truncatingIfNeeded: order >> (60 - 4 * index) & 15)
                return UInt64(littleEndian: block.loadUnaligned(fromByteOffset: 8 * position, as: UInt64.self))
            }
            Self.mix(&v0, &v4, &v8, &v12, word(0), word(1))
            Self.mix(&v1, &v5, &v9, &v13, word(2), word(3))
            Self.mix(&v2, &v6, &v10, &v14, word(4), word(5))
            Self.mix(&v3, &v7, &v11, &v15, word(6), word(7))
            Self.mix(&v0, &v5, &v10, &v15, word(8), word(9))
            Self.mix(&v1, &v6, &v11, &v12, word(10), word(11))
            Self.mix(&v2, &v7, &v8, &v13, word(12), word(13))
            Self.mix(&v3, &v4, &v9, &v14, word(14), word(15))
        }
        state = (
            h.0 ^ v0 ^ v8, h.1 ^ v1 ^ v9, h.2 ^ v2 ^ v10, h.3 ^ v3 ^ v11, h.4 ^ v4 ^ v12, h.5 ^ v5 ^ v13, h.6 ^ v6 ^ v14,
            h.7 ^ v7 ^ v15
        )
    }

    /// Section 3.1: the function G.
    @inline(__always)
    private static func mix(_ a: inout UInt64, _ b: inout UInt64, _ c: inout UInt64, _ d: inout UInt64, _ x: UInt64, _ y: UInt64)
    {
        a = a &+ b &+ x
        d = turned(d ^ a, 32)
        c = c &+ d
        b = turned(b ^ c, 24)
        a = a &+ b &+ y
        d = turned(d ^ a, 16)
        c = c &+ d
        b = turned(b ^ c, 63)
    }

    @inline(__always)
    private static func turned(_ word: UInt64, _ bits: UInt64) -> UInt64 { word &>> bits | word &<< (64 - bits) }
}
