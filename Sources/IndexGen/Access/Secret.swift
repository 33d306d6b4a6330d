internal import Formats

/// A token as its holder has it: `ixg_k3v9x2m4qd_…`, 53 characters of `a–z 2–9 _`.
///
/// After the prefix come a handle of 10 characters, which is not secret and finds the token; then 32 characters of 5 random bits each,
/// the secret proper; then a check of 6 characters over all that comes before, by which slips of the hand and truncated copies are told
/// from wrong tokens, and by which scanners know one when they see it. Says nothing of itself when printed; see `revealed`. Deliberately
/// not Equatable: what is compared are hashes, by `ConstantTime`.
struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    static let prefix = "ixg_"
    /// 32 letters and digits without `0`, `1`, `l` and `o`, which people take for one another.
    private static let alphabet = Array("abcdefghijkmnpqrstuvwxyz23456789".utf8)
    private static let handleLength = 10, secretLength = 32, checkLength = 6

    /// What names the token in lists and in the journal.
    let handle: String
    private let characters: String

    /// A new one from the system's random generator: 160 bits.
    init() {
        var generator = SystemRandomNumberGenerator()
        func characters(_ count: Int) -> String {
            String(
                decoding: (0..<count).map { _ in Self.alphabet[Int.random(in: 0..<Self.alphabet.count, using: &generator)] },
                as: UTF8.self)
        }
        handle = characters(Self.handleLength)
        self.characters = characters(Self.secretLength)
    }

    /// Nil for what is not a token: another shape, or a check that is wrong.
    init?(parsing text: String) {
        let bytes = Array(text.utf8)
        let length = Self.prefix.utf8.count + Self.handleLength + 1 + Self.secretLength + Self.checkLength
        guard bytes.count == length, bytes.starts(with: Self.prefix.utf8) else { return nil }
        let rest = bytes.dropFirst(Self.prefix.utf8.count)
        let handle = rest.prefix(Self.handleLength)
        let secret = rest.dropFirst(Self.handleLength + 1).prefix(Self.secretLength)
        guard rest.dropFirst(Self.handleLength).first == UInt8(ascii: "_"), (handle + secret).allSatisfy(Self.alphabet.contains)
        else { return nil }
        self.handle = String(decoding: handle, as: UTF8.self)
        characters = String(decoding: secret, as: UTF8.self)
        guard text == revealed else { return nil }
    }

    /// The token itself. To be shown once, to whoever asked for it, and written nowhere.
    var revealed: String {
        let text = "\(Self.prefix)\(handle)_\(characters)"
        let check = SHA256Digest.of(Array(text.utf8)).prefix(Self.checkLength).map { Self.alphabet[Int($0 % 32)] }
        return text + String(decoding: check, as: UTF8.self)
    }

    /// What the catalog keeps: SHA-256 of the secret half, 32 bytes.
    ///
    /// Neither salt nor a slow function is needed, as they are for passwords: 160 random bits are in no dictionary, and trying them all
    /// takes for ever however fast one trial is.
    var hash: [UInt8] { SHA256Digest.of(Array(characters.utf8)) }

    var description: String { "\(Self.prefix)\(handle)_…" }
    var debugDescription: String { description }
}

/// Comparison whose time says nothing about where two digests differ.
enum ConstantTime {
    /// Looks at every byte whatever it finds. Of digests of one length; others are unequal.
    static func areEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        guard a.count == b.count else { return false }
        var difference: UInt8 = 0
        for (x, y) in zip(a, b) { difference |= x ^ y }
        return difference == 0
    }
}
