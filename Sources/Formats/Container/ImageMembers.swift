/// Where the files of a tar are in it. None is copied: a layer may have gigabytes.
struct ImageMembers: Sendable {
    private enum Member {
        case file(Range<Int>)
        /// What it is instead, for people.
        case other(String)
    }

    private var members: [String: Member] = [:]

    static let subject = "the archive"

    /// - Throws: `.unsupported` for an archive that is compressed; `.ambiguous` for a name that comes twice, at it.
    init(_ bytes: Span<UInt8>, within budget: Budget) throws(Refusal) {
        guard Codec.recognise(bytes) == .none else {
            throw Refusal(
                .unsupported, "\(Self.subject) is compressed, and layers are taken from it where they lie", at: "its beginning",
                remedy: "unpack it first: gunzip FILE, zstd -d FILE")
        }
        var budget = budget
        // Nothing expands: the file itself is what it has.
        budget.expandedBytes = max(budget.expandedBytes, bytes.count)
        var reader = TarReader(.none, subject: Self.subject, within: budget)
        while let member = try reader.next(from: bytes) {
            let start = reader.nextHeader - ((member.size + TarHeader.blockSize - 1) & ~(TarHeader.blockSize - 1))
            guard member.kind != .directory else { continue }
            let entry: Member =
                switch member.kind {
                case .file where member.isSparse: .other("a sparse file")
                case .file: .file(start..<(start + member.size))
                case .hardLink, .symbolicLink: .other("a link")
                case .directory, .other: .other("not a file")
                }
            // Before anything is read from it: the header may claim more than there is.
            try reader.skipContent(from: bytes)
            guard members.updateValue(entry, forKey: member.path) == nil else {
                throw Refusal(
                    .ambiguous, "\(Self.subject) has two files of one name", at: ASCII.line(member.path),
                    remedy: ImageLayout.remedy)
            }
        }
    }

    func has(_ path: String) -> Bool { members[path] != nil }

    /// - Throws: `.missing` where there is nothing, `.unsupported` for links and the like, at the path.
    func range(of path: String) throws(Refusal) -> Range<Int> {
        switch members[path] {
        case .file(let range): return range
        case .other(let what):
            throw Refusal(
                .unsupported, "it is \(what) where a file is needed", at: ASCII.line(path), remedy: ImageLayout.remedy)
        case nil: throw ImageLayout.missing(ASCII.line(path))
        }
    }
}
