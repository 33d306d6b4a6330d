/// The central directory of a zip archive, read and held against the local headers.
enum ZipDirectory {
    private static let remedy = ZipEntry.remedy

    /// The entries, each checked by itself; their names are unique.
    static func entries(of end: ZipEnd, in bytes: Span<UInt8>, within budget: Budget) throws(Refusal) -> [ZipEntry] {
        guard end.count <= budget.entries else {
            throw Refusal(.limit, "it has more than \(budget.entries) members", at: "its end record", remedy: "split the package")
        }
        var entries: [ZipEntry] = []
        entries.reserveCapacity(end.count)
        var names: Set<[UInt8]> = []
        names.reserveCapacity(end.count)
        var position = end.directory.lowerBound
        for turn in 0..<end.count {
            try budget.deadline.check("it", turn: turn, at: "byte \(position)")
            let entry = try ZipEntry(at: position, isLocal: false, before: end.directory.upperBound, in: bytes, within: budget)
            try check(entry, at: "byte \(position)")
            // `a` and `a/` would be one path. `A` and `a` are two where packages are made that hold both (terminfo).
            var path = entry.name
            if path.last == UInt8(ascii: "/") { path.removeLast() }
            guard names.insert(path).inserted else {
                throw Refusal(
                    .ambiguous, "it has two members named \(String(decoding: entry.name, as: UTF8.self))",
                    at: "byte \(position)", remedy: remedy)
            }
            entries.append(entry)
            position += entry.length
        }
        guard position == end.directory.upperBound else {
            throw Refusal(
                .ambiguous, "its central directory holds more than the \(end.count) entries announced", at: "byte \(position)",
                remedy: remedy)
        }
        return entries
    }

    private static func check(_ entry: ZipEntry, at place: String) throws(Refusal) {
        let name = entry.name
        func refuse(_ cause: Refusal.Cause, _ fault: String, _ remedy: String = remedy) -> Refusal {
            Refusal(cause, "the member \"\(String(decoding: name, as: UTF8.self))\" \(fault)", at: place, remedy: remedy)
        }
        guard !name.isEmpty else { throw refuse(.malformed, "has no name") }
        var isASCII = true
        for byte in name {
            if ASCII.isControl(byte) { throw refuse(.ambiguous, "has a control character in its name") }
            if byte == UInt8(ascii: "\\") { throw refuse(.ambiguous, "has a backslash in its name") }
            isASCII = isASCII && byte < 0x80
        }
        if let fault = ArchivePath.fault(in: name) { throw refuse(.malformed, fault) }
        if ArchivePath.isLoose(name) { throw refuse(.ambiguous, "has a component \".\" or an empty one") }
        if !isASCII {
            // Without the flag, readers take the name for code page 437, for UTF-8 or for their own locale's.
            guard entry.flags & ZipEntry.utf8Flag != 0, String(validating: name, as: UTF8.self) != nil else {
                throw refuse(.ambiguous, "has a name that is not marked as UTF-8", "store names as UTF-8")
            }
        }
        // Encryption, patches, strong encryption, a hidden directory.
        guard entry.flags & 0x2061 == 0 else { throw refuse(.unsupported, "is encrypted or a patch", "store it as it is") }
        guard entry.method == 0 || entry.method == 8 else {
            throw refuse(.unsupported, "uses compression method \(entry.method)", "store or deflate it")
        }
        if entry.method == 0, entry.size != entry.compressedSize { throw refuse(.malformed, "is stored with two sizes") }
        if name.last == UInt8(ascii: "/"), entry.size != 0 { throw refuse(.malformed, "is a folder with content") }
    }

    /// The members, once the local headers were found to agree: in a row without gap or overlap from 0 to `limit`.
    static func members(
        of entries: [ZipEntry], until limit: Int, in bytes: Span<UInt8>, within budget: Budget
    ) throws(Refusal) -> [ZipMember] {
        var members: [ZipMember?] = Array(repeating: nil, count: entries.count)
        var position = 0
        let order = entries.indices.sorted { entries[$0].offset < entries[$1].offset }
        for (turn, index) in order.enumerated() {
            let entry = entries[index]
            try budget.deadline.check("it", turn: turn, at: "byte \(position)")
            guard entry.offset == UInt64(position) else {
                let fault = entry.offset < UInt64(position) ? "overlap" : "leave bytes unaccounted for"
                throw Refusal(.ambiguous, "its members \(fault)", at: "byte \(position)", remedy: remedy)
            }
            let local = try ZipEntry(at: position, isLocal: true, before: limit, in: bytes, within: nil)
            let name = String(decoding: entry.name, as: UTF8.self)
            let disagreement = Refusal(
                .ambiguous, "the local header of \(name) disagrees with the central directory", at: "byte \(position)",
                remedy: remedy)
            let hasDescriptor = entry.flags & ZipEntry.descriptorFlag != 0
            guard local.name == entry.name, local.flags == entry.flags, local.method == entry.method,
                agrees(local.crc32, entry.crc32, orZero: hasDescriptor), agrees(local.size, entry.size, orZero: hasDescriptor),
                agrees(local.compressedSize, entry.compressedSize, orZero: hasDescriptor)
            else { throw disagreement }
            let start = position + local.length
            guard entry.compressedSize <= UInt64(limit - start), let size = Int(exactly: entry.size) else {
                throw Refusal(.truncated, "\(name) is longer than its place", at: "byte \(start)", remedy: remedy)
            }
            let range = start..<(start + Int(entry.compressedSize))
            position = range.upperBound
            if hasDescriptor {
                let next = turn + 1 < order.count ? entries[order[turn + 1]].offset : UInt64(limit)
                guard next <= UInt64(limit), let end = Int(exactly: next),
                    isDescriptor(of: entry, from: position, to: end, in: bytes)
                else {
                    throw Refusal(
                        .ambiguous, "the data descriptor of \(name) disagrees with the central directory", at: "byte \(position)",
                        remedy: remedy)
                }
                position = end
            }
            members[index] = ZipMember(
                name: name, compressedSize: range.count, size: size, crc32: entry.crc32,
                isDirectory: entry.name.last == UInt8(ascii: "/"), isDeflated: entry.method == 8, range: range)
        }
        guard position == limit else {
            throw Refusal(
                .ambiguous, "bytes between its members and its central directory are unaccounted for", at: "byte \(position)",
                remedy: remedy)
        }
        return members.compactMap { $0 }
    }

    private static func agrees<Number: UnsignedInteger>(_ local: Number, _ central: Number, orZero: Bool) -> Bool {
        local == central || (orZero && local == 0)
    }

    /// Whether a data descriptor (APPNOTE 4.3.9) that agrees with the directory fills this place: with or without signature,
    /// with sizes of four or eight bytes.
    private static func isDescriptor(of entry: ZipEntry, from start: Int, to end: Int, in bytes: Span<UInt8>) -> Bool {
        let length = end - start
        guard length == 12 || length == 16 || length == 20 || length == 24 else { return false }
        let isSigned = length % 8 == 0
        if isSigned, !bytes.has("PK\u{7}\u{8}", at: start) { return false }
        let fields = isSigned ? start + 4 : start
        let isWide = length >= 20
        let packed = isWide ? bytes.littleEndian64(at: fields + 4) : UInt64(bytes.littleEndian32(at: fields + 4))
        let size = isWide ? bytes.littleEndian64(at: fields + 12) : UInt64(bytes.littleEndian32(at: fields + 8))
        return bytes.littleEndian32(at: fields) == entry.crc32 && packed == entry.compressedSize && size == entry.size
    }
}
