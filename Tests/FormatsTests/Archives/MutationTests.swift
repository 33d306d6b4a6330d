import Testing

@testable import Formats
@testable import Kit

/// Many thousand damaged archives, the same ones in every run: each must be read or refused; a trap would end the test run.
@Suite struct MutationTests {
    static let tar = TarBuilder().folder("./").file("./control", "Package: x\n").pax([("path", "a/b"), ("size", "3")]).file(
        "short", "xyz"
    )
    .long("another/long/name").file("short", "y").link("l", to: "a").bytes
    static let ar = ArBuilder().member("debian-binary", "2.0\n").member("control.tar", "odd").member("data.tar", "even").bytes
    static let zip = ZipBuilder().file("a", "text text text").member(.init("b", [120], deflate: true)) {
        ZipTests.stream(&$0, signed: true, wide: false)
    }.with { $0.isWide = true }.bytes

    /// A copy with one to four changes: a bit, a byte, a telling byte, a piece left out, doubled or copied elsewhere.
    static func mutated(_ original: [UInt8], _ numbers: inout SeededNumbers) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...4, using: &numbers) {
            guard !bytes.isEmpty else { return bytes }
            let at = Int.random(in: 0..<bytes.count, using: &numbers)
            let end = min(bytes.count, at + Int.random(in: 1...64, using: &numbers))
            switch Int.random(in: 0..<8, using: &numbers) {
            case 0, 1: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
            case 2: bytes[at] = UInt8.random(in: 0...255, using: &numbers)
            case 3: bytes[at] = [0, 1, 0x7f, 0x80, 0xff, 0x2f, 0x2e, 0x30][Int.random(in: 0..<8, using: &numbers)]
            case 4: bytes.removeSubrange(at..<end)
            case 5: bytes.insert(contentsOf: bytes[at..<end], at: at)
            case 6: bytes.removeLast(bytes.count - at)
            default:
                let piece = Array(bytes[at..<end])
                let target = Int.random(in: 0...(bytes.count - piece.count), using: &numbers)
                bytes.replaceSubrange(target..<(target + piece.count), with: piece)
            }
        }
        return bytes
    }

    /// Sets the checksum of every header-like block right, so that mutations reach what lies behind it.
    static func withChecksums(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for start in stride(from: 0, to: bytes.count - 511, by: 512) where bytes[start + 156] != 0 || bytes[start] != 0 {
            for i in 148..<156 { bytes[start + i] = 0x20 }
            let sum = String(bytes[start..<(start + 512)].reduce(0) { $0 + Int($1) }, radix: 8)
            for (i, byte) in sum.utf8.enumerated() { bytes[start + 148 + i] = byte }
        }
        return bytes
    }

    /// Runs `read` on mutations; both outcomes must occur, or the mutations were too tame or too wild.
    static func run(
        _ count: Int, of original: [UInt8], seed: UInt64, repair: ([UInt8]) -> [UInt8] = { $0 },
        _ read: ([UInt8]) throws(Refusal) -> Void
    ) {
        var numbers = SeededNumbers(seed: seed)
        var refused = 0
        for _ in 0..<count {
            let bytes = repair(mutated(original, &numbers))
            do { try read(bytes) } catch {
                refused += 1
                if error.what.isEmpty || error.remedy.isEmpty { Issue.record("a refusal without words: \(error)") }
            }
        }
        #expect(refused > 0 && refused < count, "\(refused) of \(count) refused")
    }

    static func scan(_ bytes: [UInt8], _ codec: Codec) throws(Refusal) {
        _ = try Tar.scan(bytes.span, compressed: codec, subject: "x.tar", within: Budget()) { member in
            // What leaves the reader stays in its folder, whatever came in.
            if member.path.hasPrefix("/") || member.path.split(separator: "/").contains("..") { Issue.record("\(member.path)") }
            return member.index % 2 == 0 ? .take : .skip
        }
    }

    @Test func `damaged tar archives`() {
        Self.run(6_000, of: Self.tar, seed: 1) { (bytes) throws(Refusal) in try Self.scan(bytes, .none) }
        Self.run(6_000, of: Self.tar, seed: 2, repair: Self.withChecksums) { (bytes) throws(Refusal) in
            try Self.scan(bytes, .none)
        }
    }

    @Test(arguments: [("gzip", Codec.gzip, tar.gzip), ("xz", .xz, tar.xz), ("zstd", .zstd, tar.zstd)])
    func `damaged compressed archives`(name: String, codec: Codec, bytes: [UInt8]) {
        Self.run(1_500, of: bytes, seed: 3) { (bytes) throws(Refusal) in try Self.scan(bytes, codec) }
    }

    @Test(arguments: CodecTests.all) func `damaged streams`(codec: Codec, bytes: [UInt8]) {
        Self.run(1_000, of: bytes, seed: 4) { (bytes) throws(Refusal) in
            _ = try Decompression.expand(bytes.span, codec, subject: "x", limit: 1 << 16, within: Budget())
        }
    }

    @Test func `damaged ar archives`() {
        Self.run(8_000, of: Self.ar, seed: 5) { (bytes) throws(Refusal) in
            for member in try Ar.members(of: bytes.span, within: Budget()) {
                if member.range.upperBound > bytes.count { Issue.record("a member beyond the file") }
            }
        }
    }

    @Test func `damaged zip archives`() {
        Self.run(12_000, of: Self.zip, seed: 6) { (bytes) throws(Refusal) in
            let zip = try Zip(bytes.span, subject: "x.zip", within: Budget())
            for member in zip.members { _ = try zip.content(of: member, in: bytes.span, within: Budget()) }
        }
    }
}
