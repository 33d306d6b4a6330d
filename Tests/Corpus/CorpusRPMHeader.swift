internal import Formats

/// The header structure of RPM 4 files: an index of tags over a store of values, both inside a region that a signature could cover.
struct CorpusRPMHeader {
    private enum Kind: UInt32 {
        case int16 = 3, int32, int64, string, binary, strings, translated
    }

    private var entries: [(tag: UInt32, kind: Kind, width: Int, count: Int, data: [UInt8])] = []

    mutating func text(_ tag: UInt32, _ text: String) { add(tag, .string, 1, 1, Array(text.utf8) + [0]) }
    mutating func translated(_ tag: UInt32, _ text: String) { add(tag, .translated, 1, 1, Array(text.utf8) + [0]) }
    mutating func texts(_ tag: UInt32, _ texts: [String]) {
        add(tag, .strings, 1, texts.count, texts.flatMap { Array($0.utf8) + [0] })
    }
    mutating func numbers(_ tag: UInt32, _ numbers: [Int]) {
        add(tag, .int32, 4, numbers.count, numbers.flatMap { CorpusBytes.big(UInt32(truncatingIfNeeded: $0)) })
    }
    mutating func shorts(_ tag: UInt32, _ numbers: [Int]) {
        add(tag, .int16, 2, numbers.count, numbers.flatMap { CorpusBytes.big(UInt16(truncatingIfNeeded: $0)) })
    }
    mutating func binary(_ tag: UInt32, _ bytes: [UInt8]) { add(tag, .binary, 1, bytes.count, bytes) }

    private mutating func add(_ tag: UInt32, _ kind: Kind, _ width: Int, _ count: Int, _ data: [UInt8]) {
        entries.append((tag, kind, width, count, data))
    }

    /// The header with its magic; `region` is 62 for signatures, 63 for the package itself.
    func bytes(region: UInt32) -> [UInt8] {
        var index: [UInt8] = []
        var store: [UInt8] = []
        for entry in entries.sorted(by: { $0.tag < $1.tag }) {
            while store.count % entry.width != 0 { store.append(0) }
            index += CorpusBytes.big(entry.tag) + CorpusBytes.big(entry.kind.rawValue)
            index += CorpusBytes.big(UInt32(store.count)) + CorpusBytes.big(UInt32(entry.count))
            store += entry.data
        }
        let count = entries.count + 1
        // The region's own entry points at a trailer that points back over the whole index.
        func entry(_ offset: Int32) -> [UInt8] {
            CorpusBytes.big(region) + CorpusBytes.big(Kind.binary.rawValue) + CorpusBytes.big(offset)
                + CorpusBytes.big(UInt32(16))
        }
        let first = entry(Int32(store.count))
        store += entry(Int32(-16 * count))
        let magic: [UInt8] = [0x8E, 0xAD, 0xE8, 1, 0, 0, 0, 0]
        return magic + CorpusBytes.big(UInt32(count)) + CorpusBytes.big(UInt32(store.count)) + first + index + store
    }
}

/// The rest of an RPM file around its main header.
enum CorpusRPMFile {
    /// Lead, signature header (digests only), main header, payload.
    static func bytes(label: String, header: [UInt8], payload: [UInt8], expanded: Int) -> [UInt8] {
        var signature = CorpusRPMHeader()
        signature.text(269, CorpusBytes.sha1(header))
        signature.text(273, CorpusBytes.sha256(header))
        signature.numbers(1_000, [header.count + payload.count])
        signature.binary(1_004, MD5.of(header + payload))
        signature.numbers(1_007, [expanded])
        let name = Array(label.utf8.prefix(65))
        var file: [UInt8] = [0xED, 0xAB, 0xEE, 0xDB, 3, 0, 0, 0, 0, 1] + name
        file += [UInt8](repeating: 0, count: 66 - name.count) + [0, 1, 0, 5] + [UInt8](repeating: 0, count: 16)
        file += signature.bytes(region: 62)
        while file.count % 8 != 0 { file.append(0) }
        return file + header + payload
    }

    /// A cpio archive ("newc") of one file that does not compress.
    static func payload(_ content: [UInt8]) -> [UInt8] {
        member("./usr/share/payload", content, mode: 0o100644) + member("TRAILER!!!", [], mode: 0)
    }

    private static func member(_ name: String, _ content: [UInt8], mode: Int) -> [UInt8] {
        let name = Array(name.utf8) + [0]
        var bytes = Array("070701".utf8)
        // Inode, mode, owner, group, links, time, size, device twice two, name's size, check.
        for number in [1, mode, 0, 0, 1, 0, content.count, 0, 0, 0, 0, name.count, 0] {
            bytes += CorpusBytes.digits(number, width: 8, base: 16)
        }
        for part in [name, content] {
            bytes += part
            while bytes.count % 4 != 0 { bytes.append(0) }
        }
        return bytes
    }
}
