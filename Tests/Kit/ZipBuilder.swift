internal import Formats

/// Builds a zip archive, a wheel for instance: `ZipBuilder().file("x-1.dist-info/METADATA", "Name: x\n").bytes`.
///
/// The other properties and `Member`'s make archives that lie.
struct ZipBuilder {
    /// A header, as it is written once to the central directory and once before the content.
    struct Header {
        var name: [UInt8]
        var flags: UInt16 = 0
        var method: UInt16
        var crc32: UInt32
        var compressedSize: UInt32
        var size: UInt32
        var extra: [UInt8] = []
        /// Central directory only: added to the true offset.
        var offsetError = 0
        var disk: UInt16 = 0
    }

    struct Member {
        var central: Header
        var local: Header
        /// As it lies in the file.
        var packed: [UInt8]
        /// Between content and next member.
        var descriptor: [UInt8] = []
        /// False: no local header and content, a second entry for the member before.
        var isWritten = true
        var isListed = true
        var comment: [UInt8] = []

        init(_ name: String, _ content: [UInt8], deflate: Bool = false) {
            packed = deflate ? content.deflated : content
            central = Header(
                name: Array(name.utf8), method: deflate ? 8 : 0, crc32: content.crc32,
                compressedSize: UInt32(packed.count), size: UInt32(content.count))
            if !name.utf8.allSatisfy({ $0 < 0x80 }) { central.flags |= 0x800 }
            local = central
        }

        /// The same change in both headers.
        mutating func both(_ change: (inout Header) -> Void) {
            change(&central)
            change(&local)
        }
    }

    var members: [Member] = []
    var prefix: [UInt8] = []
    var beforeDirectory: [UInt8] = []
    var afterDirectory: [UInt8] = []
    var comment: [UInt8] = []
    var suffix: [UInt8] = []
    var countError = 0
    var offsetError = 0
    var sizeError = 0
    var disk: UInt16 = 0
    /// Writes a 64-bit end record and its locator.
    var isWide = false
    /// In a wide archive, the short end record's fields say "see there".
    var isSaturated = true
    var locatorError = 0
    var wideCountError = 0

    func file(_ name: String, _ content: String, deflate: Bool = true) -> ZipBuilder {
        file(name, Array(content.utf8), deflate: deflate)
    }

    func file(_ name: String, _ content: [UInt8], deflate: Bool = true) -> ZipBuilder {
        member(Member(name, content, deflate: deflate))
    }

    func member(_ member: Member, _ change: (inout Member) -> Void = { _ in }) -> ZipBuilder {
        var copy = self, member = member
        change(&member)
        copy.members.append(member)
        return copy
    }

    func with(_ change: (inout ZipBuilder) -> Void) -> ZipBuilder {
        var copy = self
        change(&copy)
        return copy
    }

    var bytes: [UInt8] {
        var out = prefix
        var offsets: [Int] = []
        for member in members {
            offsets.append(member.isWritten ? out.count : offsets.last ?? 0)
            guard member.isWritten else { continue }
            out.append("PK\u{3}\u{4}")
            out.append(little: UInt16(20))
            append(member.local, to: &out)
            out += member.local.name + member.local.extra + member.packed + member.descriptor
        }
        out += beforeDirectory
        let start = out.count
        for (member, offset) in zip(members, offsets) where member.isListed {
            out.append("PK\u{1}\u{2}")
            out.append(little: UInt16(0x0314))
            out.append(little: UInt16(20))
            append(member.central, to: &out)
            out.append(little: UInt16(member.comment.count))
            out.append(little: member.central.disk)
            out.append(little: UInt16(0))
            out.append(little: UInt32(0o100644 << 16))
            out.append(little: UInt32(truncatingIfNeeded: offset + member.central.offsetError))
            out += member.central.name + member.central.extra + member.comment
        }
        let size = out.count - start + sizeError, count = members.filter(\.isListed).count + countError
        out += afterDirectory
        if isWide { appendWide(count: count + wideCountError, size: size, offset: start + offsetError, to: &out) }
        let hides = isWide && isSaturated
        out.append("PK\u{5}\u{6}")
        out.append(little: disk)
        out.append(little: disk)
        for _ in 0..<2 { out.append(little: hides ? .max : UInt16(truncatingIfNeeded: count)) }
        out.append(little: hides ? .max : UInt32(truncatingIfNeeded: size))
        out.append(little: hides ? .max : UInt32(truncatingIfNeeded: start + offsetError))
        out.append(little: UInt16(comment.count))
        return out + comment + suffix
    }

    private func append(_ header: Header, to out: inout [UInt8]) {
        out.append(little: header.flags)
        out.append(little: header.method)
        out.append(little: UInt32(0x0021_0000))
        out.append(little: header.crc32)
        out.append(little: header.compressedSize)
        out.append(little: header.size)
        out.append(little: UInt16(header.name.count))
        out.append(little: UInt16(header.extra.count))
    }

    private func appendWide(count: Int, size: Int, offset: Int, to out: inout [UInt8]) {
        let position = out.count
        out.append("PK\u{6}\u{6}")
        out.append(little: UInt64(44))
        out.append(little: UInt16(45))
        out.append(little: UInt16(45))
        out.append(little: UInt64(0))
        for _ in 0..<2 { out.append(little: UInt64(count)) }
        out.append(little: UInt64(size))
        out.append(little: UInt64(offset))
        out.append("PK\u{6}\u{7}")
        out.append(little: UInt32(0))
        out.append(little: UInt64(position + locatorError))
        out.append(little: UInt32(1))
    }
}
