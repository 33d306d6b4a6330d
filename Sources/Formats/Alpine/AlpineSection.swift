/// The tar in a gzip member before the files to install. As strict as apk's own reader (tar.c), and with no end mark: for apk all
/// members are one archive, and what follows an end mark is not read.
struct AlpineSection {
    private struct Entry {
        var name: String
        var content: Range<Int>
    }

    private let bytes: [UInt8]
    private var entries: [Entry] = []

    /// Whether it has signatures, and nothing else.
    private(set) var isSignature = false

    /// - Parameter start: where the member lies in the file.
    init(_ bytes: [UInt8], at start: Int) throws(Refusal) {
        self.bytes = bytes
        var offset = 0, pendingPax = false
        func refusal(_ cause: Refusal.Cause, _ what: String) -> Refusal {
            Refusal(
                cause, what, at: "byte \(offset) of the gzip member at byte \(start)", remedy: AlpineArchive.remedy)
        }
        while offset < bytes.count {
            guard bytes.count - offset >= TarHeader.blockSize else { throw refusal(.truncated, "a tar header is cut off") }
            let block = Array(bytes[offset..<(offset + TarHeader.blockSize)])
            guard block.contains(where: { $0 != 0 }) else {
                throw refusal(.malformed, "a tar before the files has an end mark, and apk reads nothing behind it")
            }
            guard let header = try TarHeader(block, at: "byte \(offset)"), block[257..<262].elementsEqual("ustar".utf8) else {
                throw refusal(.malformed, "a tar header before the files is damaged")
            }
            let content = offset + TarHeader.blockSize
            guard header.size <= bytes.count - content else {
                throw refusal(.truncated, "a file before the files to install claims \(header.size) bytes, which are not there")
            }
            switch header.type {
            case UInt8(ascii: "x"):
                guard !pendingPax else { throw refusal(.ambiguous, "a file has two extended headers") }
                var found = TarExtension()
                try found.read(pax: Array(bytes[content..<(content + header.size)]), at: "byte \(offset)")
                guard found.path == nil, found.size == nil, found.link == nil, !found.isSparse else {
                    throw refusal(.ambiguous, "an extended header gives a control file another name or size")
                }
                pendingPax = true
            // apk passes over it.
            case UInt8(ascii: "g"):
                try TarExtension.check(global: Array(bytes[content..<(content + header.size)]), at: "byte \(offset)")
            case UInt8(ascii: "0"), UInt8(ascii: "7"):
                try take(header, content, refusal)
                pendingPax = false
            default:
                throw refusal(.malformed, "what stands before the files to install is not a plain file")
            }
            offset = content + (header.size + TarHeader.blockSize - 1) & ~(TarHeader.blockSize - 1)
            guard offset <= bytes.count else { throw refusal(.truncated, "a file before the files to install is cut off") }
        }
        guard !pendingPax else { throw refusal(.malformed, "an extended header has no file") }
        guard let first = entries.first else { throw refusal(.malformed, "a gzip member before the files is empty") }
        isSignature = first.name.hasPrefix(Self.signature)
        guard entries.allSatisfy({ $0.name.hasPrefix(Self.signature) == isSignature }) else {
            throw Refusal(
                .ambiguous, "signatures and control files share a gzip member", at: "the gzip member at byte \(start)",
                remedy: AlpineArchive.remedy)
        }
    }

    private static let signature = ".SIGN."

    private mutating func take(
        _ header: TarHeader, _ content: Int, _ refusal: (Refusal.Cause, String) -> Refusal
    ) throws(Refusal) {
        guard header.name.first == UInt8(ascii: "."), header.name.count > 1, !header.name.contains(UInt8(ascii: "/")),
            header.name.allSatisfy({ $0 > 32 && $0 < 127 })
        else {
            throw refusal(.malformed, "a control file has a name that does not begin with a dot, or has a slash or a blank in it")
        }
        let name = String(decoding: header.name, as: UTF8.self)
        guard !entries.contains(where: { $0.name == name }) else {
            throw refusal(.ambiguous, "\(name) is there twice")
        }
        guard entries.count < 64 else { throw refusal(.limit, "there are more than 64 control files") }
        guard name != ".INSTALL" else {
            throw refusal(.unsupported, "it has an .INSTALL, as pacman's packages do and no apk takes")
        }
        entries.append(Entry(name: name, content: content..<(content + header.size)))
    }

    func content(of name: String) throws(Refusal) -> [UInt8] {
        guard let entry = entries.first(where: { $0.name == name }) else {
            throw Refusal(
                .malformed, "there is no \(name) in the control member", at: "the control member", remedy: AlpineArchive.remedy)
        }
        return Array(bytes[entry.content])
    }
}
