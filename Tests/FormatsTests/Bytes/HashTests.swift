import Testing

@testable import Formats

@Suite struct HashTests {
    /// Of nothing, of `abc` and of a million times `a`: published by NIST for SHA (the examples to FIPS 180 and 202), the first two by
    /// RFC 1321 for MD5.
    private static let published: [(any HashFunction.Type, [String])] = [
        (
            SHA256.self,
            [
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
            ]
        ),
        (
            SHA512.self,
            [
                "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
                "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973ebde0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b",
            ]
        ),
        (
            SHA1.self,
            [
                "da39a3ee5e6b4b0d3255bfef95601890afd80709",
                "a9993e364706816aba3e25717850c26c9cd0d89d",
                "34aa973cd4c4daa4f61eeb2bdbad27316534016f",
            ]
        ),
        (
            MD5.self,
            [
                "d41d8cd98f00b204e9800998ecf8427e",
                "900150983cd24fb0d6963f7d28e17f72",
                "7707d6ae4e027c70eea2a935c2296f21",
            ]
        ),
        (
            SHA3_256.self,
            [
                "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a",
                "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
                "5c8875ae474a3634ba4fd55ec85bffd661f32aca75c6d699d0cdcb6c115891c1",
            ]
        ),
    ]

    /// Of the bytes 0, 1, … 250, 0, …, so many of them: around the lengths at which the padding or the next byte takes a block of its own.
    /// The first 16 bytes, as Python's hashlib has them.
    private static let borders: [(any HashFunction.Type, [Int: String])] = [
        (
            SHA256.self,
            [
                55: "463eb28e72f82e0a96c0a4cc53690c57",
                56: "da2ae4d6b36748f2a318f23e7ab1dfdf",
                63: "29af2686fd53374a36b0846694cc3421",
                64: "fdeab9acf3710362bd2658cdc9a29e8f",
                65: "4bfd2c8b6f1eec7a2afeb48b934ee4b2",
            ]
        ),
        (
            SHA512.self,
            [
                111: "a1a111449b198d9b1f538bad7f3fc102",
                112: "c5fbd731d19d2ae1180f001be72c2c1a",
                127: "eab89674feaa34e27aebeeff3c0a4d70",
                128: "1dffd5e3adb71d45d2245939665521ae",
                129: "1d9da57fbbdab09afb3506ab2d223d06",
            ]
        ),
        (
            SHA1.self,
            [
                55: "8ae2d46729cfe68ff927af5eec9c7d1b",
                56: "636e2ec698dac903498e648bd2f3af64",
                63: "6d942da0c4392b123528f2905c713a3c",
                64: "c6138d514ffa2135bfce0ed0b8fac656",
                65: "69bd728ad6e13cd76ff19751fde427b0",
            ]
        ),
        (
            MD5.self,
            [
                55: "6912ee65fff2d9f9ce2508cddf8bcda0",
                56: "51fdd1acda72405dfdfa03fcb85896d7",
                63: "48a6295221902e8e0938f773a7185e72",
                64: "b2d3f56bc197fd985d5965079b5e7148",
                65: "8bd7053801c768420faf816fadba971c",
            ]
        ),
        (
            SHA3_256.self,
            [
                135: "fded8fd9d6551c601eeb3b7c6bc5e5cf",
                136: "cf3ccff92480a29160c2d38317c430e1",
                137: "ce9d7dc90913ee5d92745019479a5352",
            ]
        ),
    ]

    @Test func `digests are those that are published`() {
        let million = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
        for (function, digests) in Self.published {
            #expect([[], [UInt8]("abc"), million].map { Hex.string(function.of($0)) } == digests, "\(function)")
        }
    }

    @Test func `however the bytes come in, the digest is the same`() {
        for (function, digests) in Self.borders {
            for (count, digest) in digests {
                let input = Self.bytes(count)
                #expect(Hex.string(function.of(input)).hasPrefix(digest), "\(function) of \(count)")
                for piece in [1, 63, 64, 65, 127, 128, 129, 135, 136, 137] {
                    let hash = Self.taken(input, in: piece, by: function)
                    #expect(Hex.string(hash.finish()).hasPrefix(digest), "\(function) of \(count) by \(piece)")
                    #expect(Hex.string(hash.finish()).hasPrefix(digest), "asking does not change it")
                }
            }
            let long = Self.bytes(5_000)
            for piece in [1, 63, 64, 65, 127, 128, 129, 135, 136, 137, 1_000] {
                #expect(Self.taken(long, in: piece, by: function).finish() == function.of(long), "\(function) by \(piece)")
            }
        }
    }

    @Test func `a copy goes on by itself`() {
        func check<Function: HashFunction>(_ function: Function.Type) {
            for count in [0, 1, 64, 100, 1_000] {
                let beginning = Self.bytes(count)
                var one = Function()
                one.update(beginning)
                var other = one
                let kept = one
                one.update([UInt8]("one"))
                other.update([UInt8]("and another"))
                #expect(one.finish() == Function.of(beginning + [UInt8]("one")), "\(function) after \(count)")
                #expect(other.finish() == Function.of(beginning + [UInt8]("and another")), "\(function) after \(count)")
                #expect(kept.finish() == Function.of(beginning), "\(function) after \(count)")
                one.update([UInt8](", and more"))
                #expect(one.finish() == Function.of(beginning + [UInt8]("one, and more")), "a digest was taken of it before")
            }
        }
        for (function, _) in Self.published { check(function) }
    }

    @Test func `nothing adds nothing`() {
        for (function, digests) in Self.published {
            var hash = function.init()
            hash.update([])
            hash.update(UnsafeRawBufferPointer(start: nil, count: 0))
            #expect(Hex.string(hash.finish()) == digests[0], "\(function)")
        }
    }

    /// RFC 4231, section 4. Of the fifth only 16 bytes are given.
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0b, count: 20), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            [UInt8]("Jefe"), "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0x0c, count: 20), "Test With Truncation", "a3b6167473100ee06e0c796c2955552b"
        ),
        (
            [UInt8](repeating: 0xaa, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        (
            [UInt8](repeating: 0xaa, count: 131),
            "This is a test using a larger than block-size key and a larger than block-size data. "
                + "The key needs to be hashed before being used by the HMAC algorithm.",
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ])
    func `codes are those of the RFC`(key: [UInt8], text: String, code: String) {
        #expect(Hex.string(HMACSHA256.code(for: [UInt8](text), key: key)).hasPrefix(code))
    }

    /// The third and fourth, whose data is not a text.
    @Test func `and so are those of bytes`() {
        #expect(
            Hex.string(HMACSHA256.code(for: [UInt8](repeating: 0xdd, count: 50), key: [UInt8](repeating: 0xaa, count: 20)))
                == "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe")
        #expect(
            Hex.string(HMACSHA256.code(for: [UInt8](repeating: 0xcd, count: 50), key: Array(1...25)))
                == "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b")
    }

    private static func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 % 251) } }

    private static func taken(_ input: [UInt8], in piece: Int, by function: any HashFunction.Type) -> any HashFunction {
        var hash = function.init()
        for start in stride(from: 0, to: input.count, by: piece) {
            hash.update(Array(input[start..<min(start + piece, input.count)]))
        }
        return hash
    }
}
