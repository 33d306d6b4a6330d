@testable import Formats

/// Containers, and what undoes compression.
extension FuzzTarget {
    static let archives = [
        FuzzTarget("ar") { (bytes) throws(BrokenPromise) in
            let members = try read { (budget) throws(Refusal) in
                try Ar.members(of: bytes.span, within: budget).map { Place(name: $0.name, range: $0.range) }
            }
            guard let members else { return false }
            var end = 8
            for member in members {
                try promise(member.range.lowerBound >= end + 60 && member.range.upperBound <= bytes.count, "\(member) lies badly")
                try promise(!member.name.contains("/") && !member.name.isEmpty, "a member called \(member.name)")
                try check(line: member.name, "a member's name")
                end = member.range.upperBound
            }
            return true
        },
        FuzzTarget("tar") { (bytes) throws(BrokenPromise) in
            let asItIs = try walk(tar: bytes)
            return try walk(tar: TarRepair.withChecksums(bytes)) || asItIs
        },
        FuzzTarget("zip") { (bytes) throws(BrokenPromise) in
            let members = try read { (budget) throws(Refusal) in
                try Zip(bytes.span, subject: "x.zip", within: budget).members
            }
            guard let members else { return false }
            var end = 0
            for member in members.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
                try promise(member.range.lowerBound >= end + 30 && member.range.upperBound <= bytes.count, "\(member) lies badly")
                try check(path: member.isDirectory ? String(member.name.dropLast()) : member.name)
                end = member.range.upperBound
            }
            for member in members.prefix(64) {
                let content = try read { (budget) throws(Refusal) in
                    try Zip(bytes.span, subject: "x.zip", within: budget).content(of: member, in: bytes.span, within: budget)
                }
                if let content { try promise(content.count == member.size, "\(member.name) has another size than announced") }
            }
            return true
        },
        FuzzTarget("segment") { (bytes) throws(BrokenPromise) in try segments(bytes) },
    ]

    private struct Place: Equatable {
        var name: String
        var range: Range<Int>
    }

    private struct Member: Equatable {
        var path: [UInt8]
        var size: Int
        var content: [UInt8]?
    }

    private static func walk(tar bytes: [UInt8]) throws(BrokenPromise) -> Bool {
        var broken: BrokenPromise?
        let members = try read { (budget) throws(Refusal) -> [Member] in
            var members: [Member] = []
            let taken = try Tar.scan(bytes.span, compressed: .none, subject: "x.tar", within: budget) { member in
                do throws(BrokenPromise) {
                    try promise(member.index == members.count, "member \(member.index) is number \(members.count)")
                    try promise(member.size >= 0, "a negative size")
                    let path = String(decoding: member.rawPath, as: UTF8.self)
                    try promise(path == member.path, "two paths")
                    for part in path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
                        try promise(!part.elementsEqual("..".utf8), "dots in the path \(path)")
                    }
                    try promise(!path.hasPrefix("/"), "an absolute path \(path)")
                } catch {
                    broken = error
                }
                members.append(Member(path: member.rawPath, size: member.size))
                return member.index % 2 == 0 ? .take : .skip
            }
            for content in taken { members[content.member.index].content = content.bytes }
            return members
        }
        if let broken { throw broken }
        return members != nil
    }

    // MARK: - Compression

    static let decoders: [FuzzTarget] = [
        decoder("gzip", .gzip), decoder("bzip2", .bzip2), decoder("xz", .xz), decoder("lzma", .lzma), decoder("zstd", .zstd),
        FuzzTarget("deflate") { (bytes) throws(BrokenPromise) in
            try expand(bytes) { ExpandedStream(inflating: "x", within: $0) }
        },
    ]

    private static func decoder(_ name: String, _ codec: Codec) -> FuzzTarget {
        FuzzTarget(name) { (bytes) throws(BrokenPromise) in
            let limit = 1 << 18
            let whole = try read { (budget) throws(Refusal) in
                try Decompression.expand(bytes.span, codec, subject: "x", limit: limit, within: budget)
            }
            if let whole {
                try promise(whole.count <= limit, "more than the limit")
                if !whole.isEmpty {
                    let less = Result { () throws(Refusal) in
                        try Decompression.expand(bytes.span, codec, subject: "x", limit: whole.count - 1, within: Budget())
                    }
                    guard case .failure(let refusal) = less else { throw BrokenPromise("a limit was passed over") }
                    try promise(refusal.cause == .limit, "a limit was called \(refusal)")
                }
            }
            let accepted = try expand(bytes) { ExpandedStream(codec, subject: "x", within: $0) }
            return whole != nil || accepted
        }
    }

    /// Reads a stream in pieces of several sizes, some skipped: all ways must meet the same bytes.
    private static func expand(_ bytes: [UInt8], _ open: (Budget) -> ExpandedStream) throws(BrokenPromise) -> Bool {
        var budget = Budget()
        budget.expandedBytes = 1 << 18
        func pieces(of size: Int, skipping: Bool) -> Result<[UInt8], Refusal> {
            let stream = open(budget)
            return Result { () throws(Refusal) in
                var output: [UInt8] = []
                while true {
                    let count = try stream.read(size, from: bytes.span, into: &output)
                    if count < size { return output }
                    guard skipping else { continue }
                    // What is skipped leaves a hole of as many bytes.
                    let skipped = try stream.skip(size, from: bytes.span)
                    output += [UInt8](repeating: 0, count: skipped)
                    if skipped < size { return output }
                }
            }
        }
        let whole = pieces(of: 1 << 20, skipping: false), small = pieces(of: 777, skipping: false)
        let holed = pieces(of: 1_500, skipping: true)
        switch (whole, small, holed) {
        case (.success(let whole), .success(let small), .success(let holed)):
            try promise(whole == small && whole.count == holed.count, "pieces differ from the whole")
            return true
        case (.failure(let one), .failure(let other), .failure(let third)):
            for refusal in [one, other, third] { try check(refusal) }
            try promise(
                one.cause == other.cause && one.cause == third.cause, "pieces are refused otherwise: \(one), \(other), \(third)")
            return false
        default: throw BrokenPromise("pieces are read otherwise than the whole: \(whole), \(small), \(holed)")
        }
    }

    // MARK: - Segments

    /// A kept segment comes back from a disk; and what we pack ourselves must unpack to the same bytes.
    private static func segments(_ bytes: [UInt8]) throws(BrokenPromise) -> Bool {
        var accepted = false
        for encoding in [Encoding.plain, .gzip(level: 1), .xz(level: 0), .zstd(level: 1)] {
            let kept = Result { () throws(Refusal) in try CompressedSegment(decoding: bytes.span, for: encoding) }
            switch kept {
            case .success(let segment):
                accepted = true
                try promise(segment.encoded == bytes, "a segment is written otherwise than it was read")
            case .failure(let refusal): try check(refusal)
            }
            let size = Int(bytes.first ?? 0) << 6
            if let open = encoding.expandSegment(bytes.span, openSize: size) { try promise(open.count == size, "another size") }

            let half = bytes.count / 2
            let parts = [
                encoding.compressSegment(bytes.span.extracting(..<half)),
                encoding.compressSegment(bytes.span.extracting(half...)),
            ]
            for part in parts {
                let again = Result { () throws(Refusal) in try CompressedSegment(decoding: part.encoded.span, for: encoding) }
                try promise((try? again.get()) == part, "our own segment is not read again: \(again)")
            }
            let file = SegmentSplicer.file(of: parts, encoding)
            let codec: Codec = [".gz": .gzip, ".xz": .xz, ".zst": .zstd][encoding.suffix] ?? .none
            let open = Result { () throws(Refusal) in
                try Decompression.expand(file.span, codec, subject: "x", limit: bytes.count, within: Budget())
            }
            try promise((try? open.get()) == bytes, "our own file is not read again: \(open)")
        }
        return accepted
    }
}

/// Sets the checksums of a tar's headers right, so that mutations reach what lies behind them.
enum TarRepair {
    static func withChecksums(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        var position = 0
        while position <= bytes.count - 512 {
            let header = position..<(position + 512)
            if bytes[header].allSatisfy({ $0 == 0 }) { break }
            for i in 148..<156 { bytes[position + i] = UInt8(ascii: " ") }
            let digits = Array(String(bytes[header].reduce(0) { $0 + Int($1) }, radix: 8).utf8)
            for (i, digit) in digits.enumerated() { bytes[position + 148 + i] = digit }
            let size = bytes[(position + 124)..<(position + 136)].prefix { 48...55 ~= $0 }.reduce(0) { $0 << 3 | Int($1 - 48) }
            position += 512 + (size + 511) & ~511
        }
        return bytes
    }
}
