import Testing

@testable import Formats

@Suite struct BLAKE2bTests {
    /// The first of 64 bytes is RFC 7693, appendix A; the others are Python's hashlib.blake2b over bytes 0, 1, … 250, 0, …
    @Test(arguments: [
        (
            [UInt8]("abc"),
            "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923"
        ),
        ([UInt8]("abc"), "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"),
        (bytes(0), "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"),
        (bytes(127), "f2fe67ff342e21b8f45e8f2e0bcd1d9243245d50ee6c78042e9c491388791c72"),
        (bytes(128), "c3582f71ebb2be66fa5dd750f80baae97554f3b015663c8be377cfcb2488c1d1"),
        (bytes(129), "f7f3c46ba2564ff4c4c162da1f5b605f9f1c4aa6a20652a9f9a337c1a2f5b9c9"),
        (bytes(256), "582f782226018ec33076bd8d1c42413530ac7e1126260ffc0f306ba3befc3f24"),
        (bytes(1_000), "b372d0608f720c8c3dd41e9c8eecb10143b41abe520b616607e754bf79c08331"),
        (bytes(1_000), "fc9a2426db78846a07219bc181a52bae9a62eacc"),
    ])
    func `digests are those of the RFC and of Python, however the bytes come in`(input: [UInt8], hex: String) {
        for piece in [1, 7, 127, 128, 129, 4_096] {
            var hash = BLAKE2b(length: hex.utf8.count / 2)
            for start in stride(from: 0, to: input.count, by: piece) {
                input[start..<min(start + piece, input.count)].withUnsafeBytes { hash.update($0) }
            }
            #expect(Hex.string(hash.finish()) == hex)
            #expect(Hex.string(hash.finish()) == hex, "asking does not change it")
        }
    }

    private static func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 % 251) } }
}
