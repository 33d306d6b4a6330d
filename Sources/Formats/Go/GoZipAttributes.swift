/// What a zip's central directory says of its members besides what `Zip` reads: what kind of file each is, and its time.
struct GoZipAttributes {
    /// The newest time that can be true, in seconds since 1970.
    private(set) var newest: Int64?

    /// 2007-09-20, when Go began. What is older is a stand-in for no time: zero, or the first day of 1980 and of 1970.
    private static let earliest: Int64 = 1_190_246_400

    /// - Parameters:
    ///   - members: what `Zip` made of the same bytes, in the order of the central directory.
    ///   - latest: what is newer is not true.
    /// - Throws: `.unsupported` for links, devices and the like.
    init(_ bytes: Span<UInt8>, of members: [ZipMember], latest: Int64) throws(Refusal) {
        var position = try ZipEnd(bytes).directory.lowerBound
        for member in members {
            let name = Int(bytes.littleEndian16(at: position + 28)), extra = Int(bytes.littleEndian16(at: position + 30))
            let comment = Int(bytes.littleEndian16(at: position + 32))
            try Self.checkKind(of: member, maker: bytes[position + 5], attributes: bytes.littleEndian32(at: position + 38))
            let fields = (position + ZipEntry.directorySize + name)..<(position + ZipEntry.directorySize + name + extra)
            let time =
                Self.unixTime(in: bytes, fields)
                ?? Self.time(date: bytes.littleEndian16(at: position + 14), clock: bytes.littleEndian16(at: position + 12))
            if let time, !member.isDirectory, time >= Self.earliest, time <= latest { newest = max(newest ?? time, time) }
            position = fields.upperBound + comment
        }
    }

    private static func checkKind(of member: ZipMember, maker: UInt8, attributes: UInt32) throws(Refusal) {
        let kind: String?
        switch maker {
        // Unix and macOS: the upper half is a file mode (APPNOTE 4.4.2).
        case 3, 19:
            switch attributes >> 16 & 0o170000 {
            // A name with a slash at its end is that of a folder, whatever the mode says: no reader sees it otherwise.
            case 0, 0o100000: kind = nil
            case 0o040000: kind = member.isDirectory ? nil : "a folder whose name is one of a file"
            case 0o120000: kind = "a symbolic link"
            default: kind = "not a regular file"
            }
        // FAT, NTFS, VFAT: bit 4 says folder.
        case 0, 11, 14: kind = attributes & 0x10 != 0 && !member.isDirectory ? "a folder whose name is one of a file" : nil
        default: kind = nil
        }
        guard let kind else { return }
        throw Refusal(
            .unsupported, "an entry is \(kind), and a module has regular files only", at: member.name,
            remedy: "leave it out of the zip, as go does")
    }

    /// From the field "extended timestamp" (0x5455): a byte of flags, of which bit 0 announces the time of modification, in
    /// seconds. The fields' lengths are right: `Zip` saw to it.
    private static func unixTime(in bytes: Span<UInt8>, _ fields: Range<Int>) -> Int64? {
        var position = fields.lowerBound
        while position + 4 <= fields.upperBound {
            let length = Int(bytes.littleEndian16(at: position + 2))
            if bytes.littleEndian16(at: position) == 0x5455, length >= 5, bytes[position + 4] & 1 != 0 {
                return Int64(Int32(bitPattern: bytes.littleEndian32(at: position + 5)))
            }
            position += 4 + length
        }
        return nil
    }

    /// A date and a clock of MS-DOS, which name no zone; taken for UTC.
    private static func time(date: UInt16, clock: UInt16) -> Int64? {
        Timestamp(
            year: 1_980 + Int(date >> 9), month: Int(date >> 5 & 15), day: Int(date & 31), hour: Int(clock >> 11),
            minute: Int(clock >> 5 & 63), second: Int(clock & 31) * 2)?.seconds
    }
}
