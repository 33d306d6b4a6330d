/// A first look at a file, taken once for all ecosystems: what its first bytes say, and the first members of the archive in it.
///
/// Nothing is unpacked before somebody asks for members. An archive is then unpacked as far as the one goes that asks for most, and no
/// byte of it twice: what was seen is kept for the next. Nothing that it says is to be trusted.
///
/// A zip's directory is not in it: one ecosystem alone reads that, and two others look at fixed places of the first local header.
///
/// The file itself is an argument where it is read (a stored span would need lifetime annotations); it must be the same each time.
/// For one thread at a time.
package final class Glimpse {
    package enum Container: Sendable {
        /// What begins as a tar, or is compressed by something that tells itself by a magic: then it may be one inside.
        case tar
        case zip, ar, other
    }

    /// One member of a tar, as it was seen.
    package struct Member {
        package var header: TarMember
        /// Of the dotfiles in front: those of the first sixteen members before which there are only such. Empty for all others, for
        /// folders and links, for more than `dotfileBytes`, and for what ends behind the first MiB of the archive.
        package var content: [UInt8]
        /// Bytes of the archive that were unpacked when its header had been read.
        fileprivate var expanded: Int
    }

    /// As its sender calls it, without folders; hostile.
    package let filename: String
    /// Bytes of the file.
    package let size: Int
    package let codec: Codec
    package let container: Container

    /// Bytes of the archive that were unpacked so far, for all who looked.
    package private(set) var unpacked = 0

    private var reader: TarReader?
    private var seen: [Member] = []
    private var isOver = false
    /// Whether all members so far are dotfiles.
    private var isInFront = true

    /// How far a look goes where nobody says it: members, and bytes of the archive.
    package static let members = 64
    package static let expandedBytes = 1 << 20
    /// How far one can go at most.
    private static let mostExpanded = 8 << 20
    private static let dotfiles = 16
    private static let dotfileBytes = 256 << 10

    package init(_ bytes: Span<UInt8>, filename: String) {
        self.filename = filename
        size = bytes.count
        codec = Codec.recognise(bytes)
        container =
            switch codec {
            case .none where bytes.has("PK\u{3}\u{4}"): .zip
            case .none where bytes.has("!<arch>\n"): .ar
            case .none where bytes.has("ustar", at: 257): .tar
            // LZMA has no magic of its own.
            case .none, .lzma: .other
            default: .tar
            }
    }

    /// Shows the members of a tar one after the other, until they are enough. A fault of the archive ends the look; what stands before
    /// it has been shown.
    ///
    /// - Parameters:
    ///   - count: members that are shown at most.
    ///   - limit: how many bytes of the archive may be unpacked for a member's header, 8 MiB at most.
    package func look(
        into bytes: Span<UInt8>, upTo count: Int = members, within limit: Int = expandedBytes, isEnough: (Member) -> Bool
    ) {
        precondition(limit <= Self.mostExpanded)
        var index = 0
        while index < count, index < seen.count || (nextHeader <= limit && unpackNext(of: bytes)) {
            guard seen[index].expanded <= limit, !isEnough(seen[index]) else { return }
            index += 1
        }
    }

    /// How much has to be unpacked at least for the next member's header.
    private var nextHeader: Int { (reader?.nextHeader ?? 0) + TarHeader.blockSize }

    /// Appends the next member to those that were seen; false at the end, and at a fault.
    private func unpackNext(of bytes: Span<UInt8>) -> Bool {
        guard !isOver, container == .tar else { return false }
        if reader == nil {
            var budget = Budget()
            budget.expandedBytes = Self.mostExpanded
            reader = TarReader(codec, subject: "the archive", within: budget)
        }
        defer { unpacked = reader?.expanded ?? 0 }
        guard let header = try? reader?.next(from: bytes) else {
            isOver = true
            return false
        }
        var member = Member(header: header, content: [], expanded: reader?.expanded ?? 0)
        isInFront = isInFront && header.path.hasPrefix(".") && header.index < Self.dotfiles
        if isInFront, header.kind == .file, !header.isSparse, header.size <= Self.dotfileBytes {
            // Where it ends too early, there is no next one either.
            let content = try? reader?.content(of: header, from: bytes, limit: Self.dotfileBytes)
            if let content, reader?.expanded ?? 0 <= Self.expandedBytes { member.content = content }
        }
        seen.append(member)
        return true
    }
}
