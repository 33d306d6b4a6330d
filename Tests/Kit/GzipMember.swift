/// One gzip member (RFC 1952), its header and trailer open to lies: `GzipMember(content) { $0.flags = 8; $0.optional = name }.bytes`.
struct GzipMember {
    var magic: [UInt8] = [0x1f, 0x8b]
    var method: UInt8 = 8
    var flags: UInt8 = 0
    /// What the flags announce: extra field, name, comment, the header's own CRC.
    var optional: [UInt8] = []
    /// The bare deflate stream.
    var deflated: [UInt8]
    var crc32: UInt32
    var size: UInt32

    init(_ content: [UInt8], _ change: (inout GzipMember) -> Void = { _ in }) {
        deflated = content.deflated
        crc32 = content.crc32
        size = UInt32(truncatingIfNeeded: content.count)
        change(&self)
    }

    var bytes: [UInt8] {
        var out = magic + [method, flags, 0, 0, 0, 0, 0, 3] + optional + deflated
        out.append(little: crc32)
        out.append(little: size)
        return out
    }
}
