/// Builds a tar archive: `TarBuilder().folder("./").file("./control", "Package: x\n").bytes`.
struct TarBuilder {
    /// One header's fields, for archives that lie.
    struct Member {
        var name: [UInt8]
        var content: [UInt8] = []
        var type = UInt8(ascii: "0")
        var link = ""
        var prefix = ""
        var magic = "ustar\u{0}00"
        /// What the header says; nil for the content's size.
        var size: Int?
        /// The twelve bytes of the size field, instead.
        var sizeField: [UInt8]?
        /// Added to the right checksum.
        var checksumError = 0
        /// Checksum of signed bytes, as old tools made it.
        var signed = false
        var isSparseExtended = false

        init(_ name: String, _ content: [UInt8] = [], type: Character = "0") {
            self.name = Array(name.utf8)
            self.content = content
            self.type = type.asciiValue ?? 0
        }
    }

    private(set) var blocks: [UInt8] = []
    var endBlocks = 2

    /// With the end mark.
    var bytes: [UInt8] { blocks + [UInt8](repeating: 0, count: 512 * endBlocks) }

    func file(_ name: String, _ content: String) -> TarBuilder { file(name, Array(content.utf8)) }

    func file(_ name: String, _ content: [UInt8]) -> TarBuilder { member(Member(name, content)) }

    func folder(_ name: String) -> TarBuilder { member(Member(name, type: "5")) }

    func link(_ name: String, to target: String) -> TarBuilder {
        var member = Member(name, type: "2")
        member.link = target
        return self.member(member)
    }

    /// A pax header for the member that follows (`type` "g": for all).
    func pax(_ records: [(String, String)], type: Character = "x") -> TarBuilder {
        var body = ""
        for (key, value) in records {
            // The length counts its own digits.
            let rest = key.utf8.count + value.utf8.count + 3
            var length = rest + 1
            while String(length).utf8.count + rest != length { length += 1 }
            body += "\(length) \(key)=\(value)\n"
        }
        return member(Member("PaxHeaders/x", Array(body.utf8), type: type))
    }

    /// A GNU long name (`L`) or link (`K`) for the member that follows.
    func long(_ name: String, type: Character = "L") -> TarBuilder {
        member(Member("././@LongLink", Array(name.utf8) + [0], type: type))
    }

    func ended(by zeroBlocks: Int) -> TarBuilder {
        var copy = self
        copy.endBlocks = zeroBlocks
        return copy
    }

    func member(_ member: Member) -> TarBuilder {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ bytes: some Collection<UInt8>, at offset: Int) {
            for (i, byte) in bytes.enumerated() { block[offset + i] = byte }
        }
        func octal(_ number: Int, _ width: Int) -> [UInt8] {
            let digits = String(number, radix: 8)
            return Array((String(repeating: "0", count: max(0, width - digits.count)) + digits).utf8)
        }
        put(member.name.prefix(100), at: 0)
        put(octal(0o644, 7), at: 100)
        put(octal(0, 7), at: 108)
        put(octal(0, 7), at: 116)
        put(member.sizeField ?? octal(member.size ?? member.content.count, 11), at: 124)
        put(octal(0, 11), at: 136)
        block[156] = member.type
        put(member.link.utf8.prefix(100), at: 157)
        put(member.magic.utf8, at: 257)
        put(member.prefix.utf8.prefix(155), at: 345)
        if member.isSparseExtended { block[482] = 1 }
        for i in 148..<156 { block[i] = 0x20 }
        let sum = block.reduce(0) { $0 + (member.signed ? Int(Int8(bitPattern: $1)) : Int($1)) }
        put(octal(sum + member.checksumError, 6) + [0], at: 148)

        var copy = self
        copy.blocks += block + member.content
        copy.blocks += [UInt8](repeating: 0, count: -member.content.count & 511)
        return copy
    }

    /// Any bytes, where a header would be.
    func raw(_ bytes: [UInt8]) -> TarBuilder {
        var copy = self
        copy.blocks += bytes
        return copy
    }
}
