/// A position in a tar archive: at a header, or (after `next`) at a member's content.
struct TarReader {
    private let stream: ExpandedStream
    private let subject: String
    private let budget: Budget
    private var block: [UInt8] = []
    private var headers = 0
    private var members = 0
    /// Bytes of content and padding before the next header.
    private var pending = 0
    private var size = 0

    private static let remedy = "rebuild the package"
    /// Bytes of a pax header. Go's archive/tar (1.23) has the same bound.
    private static let largestExtension = 1 << 20

    /// Bytes of the archive that were unpacked so far.
    var expanded: Int { stream.expanded }

    /// Where the next header begins, or an extension of it.
    var nextHeader: Int { stream.offset + pending }

    init(_ codec: Codec, subject: String, within budget: Budget) {
        stream = ExpandedStream(codec, subject: subject, within: budget)
        self.subject = subject
        self.budget = budget
    }

    /// The next member; nil at the end of the archive. What is left of the last one's content is skipped.
    mutating func next(from bytes: Span<UInt8>) throws(Refusal) -> TarMember? {
        try skipContent(from: bytes)
        var found = TarExtension()
        while true {
            let place = place
            guard try readBlock(from: bytes) else {
                guard found.isEmpty else {
                    throw Refusal(.malformed, "an extended header of \(subject) has no member", at: place, remedy: Self.remedy)
                }
                try drain(from: bytes)
                return nil
            }
            guard let header = try TarHeader(block, at: place) else {
                throw Refusal(
                    .malformed, "\(subject) is not a tar archive or damaged: a header's checksum is wrong", at: place,
                    remedy: Self.remedy)
            }
            headers += 1
            try budget.deadline.check(subject, turn: headers, at: place)
            guard headers <= budget.entries else {
                throw Refusal(
                    .limit, "\(subject) has more than \(budget.entries) members", at: place, remedy: "split the package")
            }
            switch header.type {
            case UInt8(ascii: "x"):
                try found.read(pax: try body(header, limit: Self.largestExtension, at: place, from: bytes), at: place)
            case UInt8(ascii: "g"):
                try TarExtension.check(global: try body(header, limit: Self.largestExtension, at: place, from: bytes), at: place)
            case UInt8(ascii: "L"), UInt8(ascii: "K"):
                let long = try body(header, limit: budget.pathBytes + 1, at: place, from: bytes)
                try found.read(long: long, isLink: header.type == UInt8(ascii: "K"), at: place)
            default:
                return try member(header, found, at: place, from: bytes)
            }
        }
    }

    /// The content of the member that `next` just returned.
    mutating func content(of member: TarMember, from bytes: Span<UInt8>, limit: Int) throws(Refusal) -> [UInt8] {
        guard member.kind == .file else { return [] }
        guard !member.isSparse else {
            throw Refusal(
                .unsupported, "\(member.path) is a sparse file", at: subject, remedy: "build the package without sparse files")
        }
        guard size <= limit else {
            throw Refusal(.limit, "\(member.path) has more than \(limit) bytes", at: subject, remedy: "make it smaller")
        }
        var content: [UInt8] = []
        // No more than the file proves to have: a size alone costs nothing to claim.
        content.reserveCapacity(min(size, 64 << 10))
        let count = try stream.read(size, from: bytes, into: &content)
        guard count == size else { throw truncated() }
        pending -= count
        return content
    }

    mutating func skipContent(from bytes: Span<UInt8>) throws(Refusal) {
        guard pending > 0 else { return }
        guard try stream.skip(pending, from: bytes) == pending else { throw truncated() }
        pending = 0
    }

    private var place: String { "byte \(stream.offset) of the expanded archive" }

    private func truncated() -> Refusal {
        Refusal(.truncated, "\(subject) is truncated", at: place, remedy: "rebuild or send the file again")
    }

    /// Reads a header block; false at the end mark (two zero blocks) or when the archive ends without one.
    private mutating func readBlock(from bytes: Span<UInt8>) throws(Refusal) -> Bool {
        guard try fillBlock(from: bytes) else { return false }
        guard block.allSatisfy({ $0 == 0 }) else { return true }
        guard try fillBlock(from: bytes) else { return false }
        guard block.allSatisfy({ $0 == 0 }) else {
            throw Refusal(.ambiguous, "\(subject) goes on after a zero block", at: place, remedy: Self.remedy)
        }
        return false
    }

    private mutating func fillBlock(from bytes: Span<UInt8>) throws(Refusal) -> Bool {
        block.removeAll(keepingCapacity: true)
        let count = try stream.read(TarHeader.blockSize, from: bytes, into: &block)
        guard count == 0 || count == TarHeader.blockSize else { throw truncated() }
        return count > 0
    }

    /// Reads what follows the end mark: it is padding, and must not be a second archive that other readers would find.
    private mutating func drain(from bytes: Span<UInt8>) throws(Refusal) {
        while true {
            // What begins with zero is not a header: gigabytes of it must not be copied block by block.
            try stream.skipBlocksOfZero(TarHeader.blockSize, from: bytes)
            block.removeAll(keepingCapacity: true)
            guard try stream.read(TarHeader.blockSize, from: bytes, into: &block) == TarHeader.blockSize else { return }
            if block[0] != 0, TarHeader.hasChecksum(block) {
                throw Refusal(.ambiguous, "\(subject) has members behind its end mark", at: place, remedy: Self.remedy)
            }
        }
    }

    /// The content of an extended header, with its padding passed over.
    private mutating func body(
        _ header: TarHeader, limit: Int, at place: String, from bytes: Span<UInt8>
    ) throws(Refusal) -> [UInt8] {
        guard header.size <= limit else {
            throw Refusal(.limit, "an extended header of \(subject) has more than \(limit) bytes", at: place, remedy: Self.remedy)
        }
        var body: [UInt8] = []
        guard try stream.read(header.size, from: bytes, into: &body) == header.size else { throw truncated() }
        let padding = -header.size & (TarHeader.blockSize - 1)
        guard try stream.skip(padding, from: bytes) == padding else { throw truncated() }
        return body
    }

    private mutating func member(
        _ header: TarHeader, _ found: TarExtension, at place: String, from bytes: Span<UInt8>
    ) throws(Refusal) -> TarMember {
        let stored = found.path ?? header.name
        guard stored.count <= budget.pathBytes else {
            throw Refusal(.limit, "a path in \(subject) has more than \(budget.pathBytes) bytes", at: place, remedy: Self.remedy)
        }
        if let fault = ArchivePath.fault(in: stored) {
            let path = String(decoding: stored, as: UTF8.self)
            throw Refusal(.malformed, "the path \"\(path)\" in \(subject) \(fault)", at: place, remedy: Self.remedy)
        }
        let size = found.size ?? header.size
        let kind = try kind(header, named: stored, size: size, at: place)
        guard size <= 1 << 60 else {
            throw Refusal(.limit, "a member of \(subject) claims \(size) bytes", at: place, remedy: Self.remedy)
        }
        let isOldSparse = header.type == UInt8(ascii: "S")
        if isOldSparse, header.isExtended {
            // Blocks with more of the map follow, each saying in its byte 504 whether it is the last.
            repeat {
                guard try fillBlock(from: bytes) else { throw truncated() }
            } while block[504] != 0
        }
        self.size = size
        pending = (size + TarHeader.blockSize - 1) & ~(TarHeader.blockSize - 1)
        defer { members += 1 }
        let path = ArchivePath.tidied(stored)
        let link = kind == .symbolicLink || kind == .hardLink ? String(decoding: found.link ?? header.link, as: UTF8.self) : ""
        return TarMember(
            path: String(decoding: path, as: UTF8.self), rawPath: path, storedPath: stored, kind: kind, size: size,
            index: members, link: link,
            isSparse: isOldSparse || found.isSparse)
    }

    private func kind(_ header: TarHeader, named name: [UInt8], size: Int, at place: String) throws(Refusal) -> TarMember.Kind {
        let isFolderName = name.last == UInt8(ascii: "/")
        let kind: TarMember.Kind
        switch header.type {
        // Before ustar, a folder was told by its name alone.
        case 0 where isFolderName: kind = .directory
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"), UInt8(ascii: "S"): kind = .file
        case UInt8(ascii: "1"): kind = .hardLink
        case UInt8(ascii: "2"): kind = .symbolicLink
        case UInt8(ascii: "3"), UInt8(ascii: "4"), UInt8(ascii: "6"), UInt8(ascii: "V"): kind = .other
        case UInt8(ascii: "5"): kind = .directory
        default:
            let letter = ASCII.isAlphanumeric(header.type) ? String(UnicodeScalar(header.type)) : "\(header.type)"
            throw Refusal(
                .unsupported, "\(subject) has a member of the unknown type \(letter)", at: place,
                remedy: "build the archive in ustar, pax or GNU format")
        }
        if kind == .file, isFolderName {
            throw Refusal(.ambiguous, "\(subject) has a file with a folder's name", at: place, remedy: Self.remedy)
        }
        // Some readers expect that many bytes next, others a header.
        if kind != .file, size != 0 {
            throw Refusal(
                .ambiguous, "\(subject) has a member without content that claims \(size) bytes", at: place, remedy: Self.remedy)
        }
        return kind
    }
}
