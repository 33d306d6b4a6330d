/// One member of a zip archive, as its central directory and its local header agree.
package struct ZipMember: Sendable, Equatable {
    /// Folders end in `/`. Relative, with no `.`, `..` or empty component, backslash or control character; unique.
    package var name: String
    package var compressedSize: Int
    package var size: Int
    package var crc32: UInt32
    package var isDirectory: Bool
    package var isDeflated: Bool
    /// Where the (compressed) content lies in the file.
    package var range: Range<Int>
}

/// A zip archive (PKWARE APPNOTE 6.3.10), read strictly: what two readers could see differently is refused.
///
/// One reader goes by the central directory, another by the local headers as they stream in, a third searches for the end record
/// elsewhere. So every byte from the first to the last must be accounted for: the members in a gapless row from offset 0, the
/// central directory, the end records, a comment that ends with the file; and local headers must agree with the directory.
/// Stored and deflated members only; no encryption, no volumes.
package struct Zip: Sendable {
    /// In the order of the central directory.
    package let members: [ZipMember]
    private let subject: String

    /// Reads the directory and every local header, no content. `subject` is the archive's name in refusals.
    package init(_ bytes: Span<UInt8>, subject: String, within budget: Budget) throws(Refusal) {
        self.subject = subject
        do {
            let end = try ZipEnd(bytes)
            let entries = try ZipDirectory.entries(of: end, in: bytes, within: budget)
            members = try ZipDirectory.members(of: entries, until: end.directory.lowerBound, in: bytes, within: budget)
        } catch {
            throw error.inside(subject)
        }
    }

    /// The member's bytes, with size and CRC-32 verified. At most `budget.memberBytes`. `bytes` is the file it was read from.
    package func content(of member: ZipMember, in bytes: Span<UInt8>, within budget: Budget) throws(Refusal) -> [UInt8] {
        guard member.size <= budget.memberBytes else {
            throw Refusal(
                .limit, "\(member.name) has more than \(budget.memberBytes) bytes", at: subject, remedy: "make it smaller")
        }
        guard member.range.lowerBound >= 0, member.range.upperBound <= bytes.count else {
            throw Refusal(.truncated, "\(member.name) is truncated", at: subject, remedy: "send the file again")
        }
        let content = try unpacked(member, in: bytes, within: budget)
        let checksum = CRC32.of(content.span)
        guard checksum == member.crc32 else { throw mismatch(member) }
        return content
    }

    private func unpacked(_ member: ZipMember, in bytes: Span<UInt8>, within budget: Budget) throws(Refusal) -> [UInt8] {
        guard member.isDeflated else { return bytes.copied(member.range) }
        let stream = ExpandedStream(inflating: "\(subject), \(member.name)", within: budget)
        let packed = bytes.extracting(member.range)
        var content: [UInt8] = []
        let count = try stream.read(member.size, from: packed, into: &content)
        // There must be no more; asking also makes sure that the stream ends where its member does.
        let excess = try stream.skip(1, from: packed)
        guard count == member.size, excess == 0 else { throw mismatch(member) }
        return content
    }

    private func mismatch(_ member: ZipMember) -> Refusal {
        Refusal(
            .malformed, "the content of \(member.name) does not have the announced size and checksum", at: subject,
            remedy: "rebuild or send the file again")
    }
}
