/// One member of a tar archive, without its content.
package struct TarMember: Sendable {
    package enum Kind: Sendable { case file, directory, symbolicLink, hardLink, other }

    /// Without `.` and empty components and without a `/` at the end, so empty for the root folder. Never absolute, never with
    /// `..`. Backslashes are left as they are. Bytes that are no UTF-8 are repaired (U+FFFD); `rawPath` has them.
    package var path: String
    /// The path's bytes as `path` is made of them, before repair.
    package var rawPath: [UInt8]
    /// The name as it is stored, with what `path` leaves out (`./NAME`, `NAME//FILE`): for formats whose readers go by it.
    package var storedPath: [UInt8]
    package var kind: Kind
    /// Bytes of content.
    package var size: Int
    /// Counted from 0 over the archive's members.
    package var index: Int
    /// Where a symbolic or hard link leads, as stored and unchecked; empty for others.
    package var link: String
    /// Whether the content is a GNU or pax sparse map, which no format that we read needs.
    var isSparse = false
}

package enum TarChoice: Sendable { case skip, take, takeAndStop, stop }

package struct TarContent: Sendable {
    package var member: TarMember
    package var bytes: [UInt8]
}

/// Tar archives: ustar, pax and GNU, compressed or not, read front to back in 64 KiB pieces.
///
/// Refused besides damage: absolute paths and `..`, members whose size or name readers disagree about, headers hidden behind the
/// end mark, taken members larger than `budget.memberBytes` (or, together, four times that).
package enum Tar {
    /// Asks `select` for each member in order and returns the contents of those taken, in order.
    ///
    /// Taking what is not a file gives empty bytes. Unless told to stop, reads to the end of the stream, so that the
    /// compression's own checksums are verified. `subject` is the archive's name in refusals.
    package static func scan(
        _ bytes: Span<UInt8>, compressed codec: Codec, subject: String, within budget: Budget,
        select: (TarMember) throws(Refusal) -> TarChoice
    ) throws(Refusal) -> [TarContent] {
        var reader = TarReader(codec, subject: subject, within: budget)
        var contents: [TarContent] = []
        var taken = 0
        while let member = try reader.next(from: bytes) {
            let choice = try select(member)
            switch choice {
            case .skip: try reader.skipContent(from: bytes)
            case .stop: return contents
            case .take, .takeAndStop:
                let content = try reader.content(of: member, from: bytes, limit: budget.memberBytes)
                taken += content.count
                guard taken / 4 <= budget.memberBytes else {
                    throw Refusal(
                        .limit, "\(subject) has more than four times \(budget.memberBytes) bytes of metadata", at: member.path,
                        remedy: "make them smaller")
                }
                contents.append(TarContent(member: member, bytes: content))
                if choice == .takeAndStop { return contents }
            }
        }
        return contents
    }
}
