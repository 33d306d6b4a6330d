/// Builds an ar archive, a `.deb` for instance:
/// `ArBuilder().member("debian-binary", "2.0\n").member("control.tar.gz", control.bytes.gzip).bytes`.
struct ArBuilder {
    private(set) var bytes = Array("!<arch>\n".utf8)

    func member(_ name: String, _ content: String) -> ArBuilder { member(name, Array(content.utf8)) }

    /// `size` is the text of the size field when it is to lie; `terminator` and `pad` likewise.
    func member(
        _ name: String, _ content: [UInt8], size: String? = nil, terminator: String = "`\n", pad: [UInt8] = [0x0a]
    ) -> ArBuilder {
        func field(_ text: String, _ width: Int) -> [UInt8] {
            Array(text.utf8.prefix(width)) + [UInt8](repeating: 0x20, count: max(0, width - text.utf8.count))
        }
        var copy = self
        copy.bytes += field(name, 16) + field("0", 12) + field("0", 6) + field("0", 6) + field("100644", 8)
        copy.bytes += field(size ?? String(content.count), 10) + Array(terminator.utf8) + content
        if content.count % 2 == 1 { copy.bytes += pad }
        return copy
    }

    func raw(_ bytes: [UInt8]) -> ArBuilder {
        var copy = self
        copy.bytes += bytes
        return copy
    }
}
