/// A maintainer's signature of a package, `FILE.sig`: a detached OpenPGP signature (RFC 9580, 5.2 and 10.4), not armored, as
/// pacman reads it. Its structure is checked, the signature is not: that takes a keyring, and is pacman's business.
enum ArchSignature {
    static let suffix = ".sig"
    /// repo-add's bound.
    private static let sizeLimit = 16_384
    private static let remedy = "sign the package again with gpg --detach-sign, or makepkg --sign"

    /// Surely, since its name says it as well.
    static func recognise(_ bytes: Span<UInt8>) -> Recognition {
        isArmored(bytes) || (bytes.count > 2 && tag(bytes[0]) == 2) ? .surely : .perhaps
    }

    /// Nothing but signatures of a file's bytes.
    static func check(_ bytes: Span<UInt8>) throws(Refusal) {
        guard bytes.count > 0 else { throw Refusal(.truncated, "the signature is empty", at: "byte 0", remedy: remedy) }
        guard bytes.count <= sizeLimit else {
            throw Refusal(.limit, "the signature has more than \(sizeLimit) bytes", at: "byte \(sizeLimit)", remedy: remedy)
        }
        guard !isArmored(bytes) else {
            throw Refusal(
                .unsupported, "the signature is armored, and pacman reads only binary ones", at: "byte 0",
                remedy: "send what gpg --dearmor makes of it, or sign with --no-armor")
        }
        var cursor = Cursor(reading: "the signature")
        while cursor.position < bytes.count {
            let start = cursor.position
            guard bytes[start] & 0x80 != 0, let body = try packet(in: bytes, &cursor) else {
                throw Refusal(.malformed, "the signature is not OpenPGP", at: "byte \(start)", remedy: remedy)
            }
            guard tag(bytes[start]) == 2 else {
                throw Refusal(
                    .malformed, "something other than a signature is in it (packet type \(tag(bytes[start]) ?? 0))",
                    at: "byte \(start)", remedy: remedy)
            }
            try check(bytes.extracting(body), at: start)
        }
    }

    private static func isArmored(_ bytes: Span<UInt8>) -> Bool { bytes.has("-----BEGIN PGP") }

    private static func tag(_ byte: UInt8) -> Int? {
        guard byte & 0x80 != 0 else { return nil }
        return Int(byte & 0x40 != 0 ? byte & 0x3f : byte >> 2 & 0x0f)
    }

    /// Where a packet's body lies; nil for a length that a signature never has.
    private static func packet(in bytes: Span<UInt8>, _ cursor: inout Cursor) throws(Refusal) -> Range<Int>? {
        let header = try cursor.bigEndian(UInt8.self, in: bytes)
        let length: Int
        if header & 0x40 == 0 {
            switch header & 3 {
            case 0: length = Int(try cursor.bigEndian(UInt8.self, in: bytes))
            case 1: length = Int(try cursor.bigEndian(UInt16.self, in: bytes))
            case 2: length = Int(try cursor.bigEndian(UInt32.self, in: bytes))
            default: return nil
            }
        } else {
            let first = Int(try cursor.bigEndian(UInt8.self, in: bytes))
            switch first {
            case ..<192: length = first
            case ..<224: length = (first - 192) << 8 + Int(try cursor.bigEndian(UInt8.self, in: bytes)) + 192
            case 255: length = Int(try cursor.bigEndian(UInt32.self, in: bytes))
            default: return nil
            }
        }
        return try cursor.take(length, in: bytes)
    }

    private static func check(_ body: Span<UInt8>, at start: Int) throws(Refusal) {
        func refusal(_ cause: Refusal.Cause, _ what: String) -> Refusal {
            Refusal(cause, what, at: "byte \(start)", remedy: remedy)
        }
        guard body.count >= 10 else { throw refusal(.malformed, "a signature is too short") }
        let type: UInt8
        switch body[0] {
        case 3: type = body[2]
        case 4...6: type = body[1]
        default: throw refusal(.unsupported, "a signature has the unknown version \(body[0])")
        }
        guard type == 0 else {
            throw refusal(.malformed, "a signature is not one of a file's bytes (type 0x\(Hex.string([type])))")
        }
    }
}
