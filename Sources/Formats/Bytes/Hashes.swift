internal import CCrypto

/// A hash function. What it has taken in is a value: a copy goes on by itself, and asking for the digest does not end it.
package protocol HashFunction: Sendable {
    init()

    mutating func update(_ bytes: UnsafeRawBufferPointer)

    /// The digest of everything so far.
    func finish() -> [UInt8]
}

extension HashFunction {
    @inlinable
    package mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    /// The digest of these bytes.
    @inlinable
    package static func of(_ bytes: [UInt8]) -> [UInt8] {
        var hash = Self()
        hash.update(bytes)
        return hash.finish()
    }
}

// The four that OpenSSL's libcrypto computes, in assembly that uses what the processor has. Its functions on plain structs neither
// allocate nor read OpenSSL's settings, and cannot fail.

/// FIPS 180-4; a digest has 32 bytes.
package struct SHA256: HashFunction {
    private var state = SHA256_CTX()

    package init() { SHA256_Init(&state) }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) { SHA256_Update(&state, bytes.baseAddress, bytes.count) }

    package func finish() -> [UInt8] {
        var last = state
        return digest(of: 32) { SHA256_Final($0, &last) }
    }
}

/// FIPS 180-4; a digest has 64 bytes.
package struct SHA512: HashFunction {
    private var state = SHA512_CTX()

    package init() { SHA512_Init(&state) }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) { SHA512_Update(&state, bytes.baseAddress, bytes.count) }

    package func finish() -> [UInt8] {
        var last = state
        return digest(of: 64) { SHA512_Final($0, &last) }
    }
}

/// FIPS 180-4; a digest has 20 bytes. Whoever wants to can make two inputs with one digest.
package struct SHA1: HashFunction {
    private var state = SHA_CTX()

    package init() { SHA1_Init(&state) }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) { SHA1_Update(&state, bytes.baseAddress, bytes.count) }

    package func finish() -> [UInt8] {
        var last = state
        return digest(of: 20) { SHA1_Final($0, &last) }
    }
}

/// RFC 1321; a digest has 16 bytes. Whoever wants to can make two inputs with one digest.
package struct MD5: HashFunction {
    private var state = MD5_CTX()

    package init() { MD5_Init(&state) }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) { MD5_Update(&state, bytes.baseAddress, bytes.count) }

    package func finish() -> [UInt8] {
        var last = state
        return digest(of: 16) { MD5_Final($0, &last) }
    }
}

private func digest(of count: Int, _ write: (UnsafeMutablePointer<UInt8>?) -> Int32) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
        _ = write(buffer.baseAddress)
        written = count
    }
}

/// HMAC (RFC 2104) with SHA-256: a code of 32 bytes that only those can make who have the key.
package enum HMACSHA256 {
    private static let blockBytes = 64

    package static func code(for bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        let block = key.count > blockBytes ? SHA256.of(key) : key
        func pad(_ filler: UInt8) -> [UInt8] {
            block.map { $0 ^ filler } + [UInt8](repeating: filler, count: blockBytes - block.count)
        }
        var inner = SHA256()
        inner.update(pad(0x36))
        inner.update(bytes)
        return SHA256.of(pad(0x5c) + inner.finish())
    }
}
