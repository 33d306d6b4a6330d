@testable import Formats
@testable import Kit

/// RPM packages whose lead, headers and tables lie.
enum RPMHeaders {
    typealias Value = RPMBuilder.Value

    static func fill(_ shelf: inout HostileShelf) {
        leads(&shelf)
        counts(&shelf)
        tables(&shelf)
        kinds(&shelf)
        tails(&shelf)
        digests(&shelf)
        entries(&shelf)
    }

    static func rpm(_ name: String, _ change: (inout RPMBuilder) -> Void) -> [UInt8] {
        var package = RPMBuilder(name: name)
        change(&package)
        return package.build()
    }

    /// Bytes put over others.
    static func patched(_ file: [UInt8], at offset: Int, _ bytes: [UInt8]) -> [UInt8] {
        var file = file
        file.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
        return file
    }

    /// Without digests, which would tell of every change first.
    private static func good(_ name: String) -> [UInt8] {
        rpm(name) { $0.hasDigests = false }
    }

    /// Where the main header begins in what `RPMBuilder` makes, and where the entry of a tag stands.
    private static func mainHeader(_ file: [UInt8]) -> Int {
        (97..<file.count - 3).first { Array(file[$0..<($0 + 4)]) == [0x8E, 0xAD, 0xE8, 1] } ?? 0
    }

    static func entryOffset(of tag: UInt32, in file: [UInt8]) -> Int {
        let start = mainHeader(file) + 16
        return stride(from: start, to: file.count - 16, by: 16).first { Array(file[$0..<($0 + 4)]) == big(tag) } ?? start
    }

    static func big(_ number: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * $0)) } }

    /// A package with type (4), offset (8) or count (12) of a tag's entry replaced.
    private static func lying(_ name: String, tag: UInt32, at field: Int, _ number: UInt32) -> [UInt8] {
        var package = RPMBuilder(name: name)
        package.hasDigests = false
        package.files = [.init("/usr/bin/", name), .init("/etc/", name)]
        package.provides = [(name, 8, "1.0-1")]
        package.changelog = [(1, "a", "b"), (2, "c", "d")]
        let file = package.build()
        return patched(file, at: entryOffset(of: tag, in: file) + field, big(number))
    }

    private static func leads(_ shelf: inout HostileShelf) {
        shelf.refused(.truncated, "nothing inside") { _ in [] }
        shelf.refused(.malformed, "text inside") { _ in Array("#!/bin/sh\nreboot\n".utf8) }
        shelf.refused(.malformed, "the magic, one bit wrong") { HostileGzip.flipped(good($0), at: 3) }
        shelf.refused(.truncated, "the magic alone") { _ in [0xED, 0xAB, 0xEE, 0xDB] }
        shelf.refused(.truncated, "95 bytes of lead") { Array(good($0).prefix(95)) }
        shelf.refused(.truncated, "a lead and nothing behind it") { Array(good($0).prefix(96)) }
        shelf.refused(.unsupported, "a signature of type 0") { patched(good($0), at: 78, [0, 0]) }
        shelf.refused(.unsupported, "a signature of type 1, PGP") { patched(good($0), at: 78, [0, 1]) }
        shelf.refused(.unsupported, "a signature of type 65535") { patched(good($0), at: 78, [255, 255]) }
        shelf.accepted("a lead that names another package") { patched(good($0), at: 10, Array("bash-99-1\0".utf8)) }
        shelf.accepted("a lead whose name has no end") { patched(good($0), at: 10, [UInt8](repeating: 65, count: 66)) }
        shelf.accepted("a lead with escape sequences") { patched(good($0), at: 10, Array("\u{1b}[2J\u{1b}]0;x\u{7}".utf8)) }
        shelf.refused(.malformed, "a lead of version 255") { patched(good($0), at: 4, [255, 255]) }
        shelf.accepted("a lead of an unknown machine") { patched(good($0), at: 8, [255, 255]) }
        shelf.accepted("a lead that says source package, a header that does not") { patched(good($0), at: 6, [0, 1]) }
        shelf.refused(.malformed, "a zip before it") { ZipBuilder().file("a", "b").bytes + good($0) }
        shelf.refused(.malformed, "a zip behind it") { good($0) + ZipBuilder().file("a", "b").bytes }
        shelf.refused(.malformed, "another package behind it") { good($0) + good("other") }
        shelf.refused(.malformed, "a deb under this name", as: "NAME.rpm") { name in
            DebianFixture.stanza("\(name)x\u{7}").bytes
        }
    }

    private static func counts(_ shelf: inout HostileShelf) {
        for (where_, start) in [("the signature", 96), ("the header", 0)] {
            let offset: @Sendable ([UInt8]) -> Int = { start == 0 ? mainHeader($0) : start }
            shelf.refused(.malformed, "\(where_): no magic") { patched(good($0), at: offset(good($0)), [0]) }
            shelf.refused(.malformed, "\(where_): magic of version 2") { patched(good($0), at: offset(good($0)) + 3, [2]) }
            for (number, text) in [(UInt32.max, "2^32 - 1"), (1 << 31, "2^31"), (1 << 16, "65,536")] {
                shelf.refused(.limit, "\(where_): \(text) entries") {
                    patched(good($0), at: offset(good($0)) + 8, big(number))
                }
            }
            shelf.refused(start == 0 ? .truncated : .limit, "\(where_): 65,535 entries that are not there") {
                patched(good($0), at: offset(good($0)) + 8, big(65_535))
            }
            for (number, text) in [(UInt32.max, "2^32 - 1"), (1 << 31, "2^31"), ((256 << 20) + 1, "256 MiB and one")] {
                shelf.refused(.limit, "\(where_): a store of \(text) bytes") {
                    patched(good($0), at: offset(good($0)) + 12, big(number))
                }
            }
            shelf.refused(start == 0 ? .truncated : .limit, "\(where_): a store of 255 MiB that is not there") {
                patched(good($0), at: offset(good($0)) + 12, big(255 << 20))
            }
            shelf.refused(.malformed, "\(where_): an empty store") { patched(good($0), at: offset(good($0)) + 12, big(0)) }
        }
        shelf.refused(.malformed, "a header without entries") { name in
            let file = good(name)
            return Array(file[..<mainHeader(file)]) + [0x8E, 0xAD, 0xE8, 1] + [UInt8](repeating: 0, count: 12)
                + [UInt8](repeating: 0, count: 4_096)
        }
        shelf.refused(.malformed, "reserved bytes that are not zero") {
            patched(good($0), at: mainHeader(good($0)) + 4, [1, 2, 3, 4])
        }
        shelf.accepted("a signature header that is not padded") { name in
            var package = RPMBuilder(name: name)
            package.signatureTags = [1_010: .binary([1, 2, 3])]
            let file = package.build()
            let start = mainHeader(file)
            let size = 96 + 16 + Int(file[107]) * 16 + Int(file[111])
            return Array(file[..<size] + file[start...])
        }
    }

    private static func tables(_ shelf: inout HostileShelf) {
        let tags: [(UInt32, String)] = [
            (1_000, "NAME"), (1_001, "VERSION"), (1_022, "ARCH"), (1_030, "FILEMODES"), (1_037, "FILEFLAGS"),
            (1_047, "PROVIDENAME"),
            (1_080, "CHANGELOGTIME"), (1_081, "CHANGELOGNAME"), (1_116, "DIRINDEXES"), (1_117, "BASENAMES"), (1_118, "DIRNAMES"),
        ]
        for (tag, label) in tags {
            shelf.refused(.malformed, "\(label): its data at offset 2^31") { lying($0, tag: tag, at: 8, 1 << 31) }
            shelf.refused(.malformed, "\(label): its data at offset 2^32 - 1") { lying($0, tag: tag, at: 8, .max) }
            shelf.refused(.malformed, "\(label): 2^32 - 1 values") { lying($0, tag: tag, at: 12, .max) }
            shelf.refused(.malformed, "\(label): of type 10, which nothing is") { lying($0, tag: tag, at: 4, 10) }
            shelf.refused(.malformed, "\(label): of type 2^32 - 1") { lying($0, tag: tag, at: 4, .max) }
        }
        shelf.refused(.malformed, "numbers of 32 bits at an odd offset") { lying($0, tag: 1_116, at: 8, 1) }
        shelf.refused(.malformed, "a tag that is not read, outside the store") { lying($0, tag: 1_125, at: 8, 1 << 30) }
        shelf.refused(.malformed, "a name without an end") { name in
            let file = lying(name, tag: 1_000, at: 4, 6)
            let size = mainHeader(file)
            let store = Int(file[size + 14]) << 8 | Int(file[size + 15])
            // The last bytes of the store are the region's trailer, which holds no NUL at its very end.
            return patched(
                patched(file, at: entryOffset(of: 1_000, in: file) + 8, big(UInt32(store - 1))), at: file.count - 8, [0x10])
        }
        shelf.refused(.ambiguous, "NAME twice") { name in
            let file = good(name)
            let offset = entryOffset(of: 1_001, in: file)
            return patched(file, at: offset, big(1_000))
        }
        shelf.refused(.ambiguous, "SUMMARY twice") { patched(good($0), at: entryOffset(of: 1_005, in: good($0)), big(1_004)) }
        shelf.refused(.malformed, "all strings at one place in the store") { name in
            var file = good(name)
            let start = entryOffset(of: 1_000, in: file)
            let at = Array(file[(start + 8)..<(start + 12)])
            for tag in [1_004, 1_005, 1_014] as [UInt32] { file = patched(file, at: entryOffset(of: tag, in: file) + 8, at) }
            return file
        }
        shelf.refused(.malformed, "a region that leads nowhere") { name in
            let file = good(name)
            return patched(file, at: mainHeader(file) + 16 + 8, [0xff, 0xff, 0xff, 0xff])
        }
        shelf.refused(.malformed, "a region's trailer of zeros") { name in
            let file = good(name)
            return patched(file, at: file.count - 7 - 16, [UInt8](repeating: 0, count: 16))
        }
        shelf.accepted("ten thousand unknown tags") { name in
            rpm(name) { for tag in 100_000..<110_000 { $0.tags[UInt32(tag)] = .int32([1]) } }
        }
        shelf.refused(.malformed, "tags out of order") { name in
            let file = good(name)
            let start = mainHeader(file) + 32
            let first = Array(file[start..<(start + 16)]), second = Array(file[(start + 16)..<(start + 32)])
            return patched(file, at: start, second + first)
        }
    }

    private static func kinds(_ shelf: inout HostileShelf) {
        for (tag, label) in [(1_000, "the name"), (1_001, "the version"), (1_002, "the release"), (1_022, "the architecture")]
            as [(UInt32, String)]
        {
            shelf.refused(.malformed, "\(label) a number") { name in rpm(name) { $0.tags[tag] = .int32([7]) } }
            shelf.refused(.malformed, "\(label) binary") { name in rpm(name) { $0.tags[tag] = .binary([65, 0]) } }
            shelf.refused(.malformed, "\(label) empty") { name in rpm(name) { $0.tags[tag] = .text("") } }
            shelf.refused(.malformed, "\(label) missing") { name in rpm(name) { $0.tags.updateValue(nil, forKey: tag) } }
            shelf.refused(.malformed, "\(label) two strings") { name in rpm(name) { $0.tags[tag] = .texts(["a", "b"]) } }
        }
        shelf.refused(.malformed, "the summary a number") { name in rpm(name) { $0.tags[1_004] = .int32([7]) } }
        shelf.refused(.malformed, "the epoch a string") { name in rpm(name) { $0.tags[1_003] = .text("1") } }
        shelf.refused(.malformed, "an epoch of 2^63") { name in rpm(name) { $0.tags[1_003] = .int64([1 << 63]) } }
        shelf.refused(.malformed, "an epoch of 2^32") { name in rpm(name) { $0.tags[1_003] = .int64([1 << 32]) } }
        shelf.refused(.malformed, "an epoch of 2^32 - 1, which is -1 to some") { name in rpm(name) { $0.epoch = .max } }
        shelf.refused(.malformed, "an epoch without values") { name in rpm(name) { $0.tags[1_003] = .int32([]) } }
        shelf.refused(.malformed, "an epoch of 2^31, at which dnf ends") { name in rpm(name) { $0.epoch = 1 << 31 } }
        shelf.accepted("an epoch of 2^31 - 1") { name in rpm(name) { $0.epoch = (1 << 31) - 1 } }
        shelf.refused(.malformed, "a build time of 64 bits") { name in rpm(name) { $0.tags[1_006] = .int64([.max]) } }
        shelf.accepted("a build time of 2^32 - 1") { name in rpm(name) { $0.tags[1_006] = .int32([.max]) } }
        shelf.accepted("a size of 2^64 - 1") { name in rpm(name) { $0.tags[5_009] = .int64([.max]) } }
        shelf.refused(.malformed, "a build time of letters") { name in rpm(name) { $0.tags[1_006] = .text("now") } }
        shelf.accepted("a summary in ten thousand languages") { name in
            rpm(name) { $0.tags[1_004] = .translated((0..<10_000).map { Array("s\($0)".utf8) }) }
        }
        shelf.accepted("fewer languages than summaries") { name in
            rpm(name) {
                $0.tags[100] = .texts(["C"])
                $0.tags[1_004] = .translated([Array("one".utf8), Array("two".utf8)])
            }
        }
        shelf.refused(.malformed, "a summary without a string") { name in rpm(name) { $0.tags[1_004] = .translated([]) } }
        shelf.refused(.unsupported, "a delta") { name in rpm(name) { $0.tags[1_124] = .text("drpm") } }
        shelf.accepted("an unknown payload format") { name in rpm(name) { $0.tags[1_124] = .text("\u{1b}[2J") } }
    }

    private static func tails(_ shelf: inout HostileShelf) {
        shelf.refused(.truncated, "the payload cut off") { Array(good($0).dropLast(3)) }
        shelf.refused(.truncated, "the header cut off") { name in Array(good(name)[..<(mainHeader(good(name)) + 200)]) }
        shelf.refused(.truncated, "a signature that announces 2^32 - 1 bytes") { name in
            rpm(name) { $0.signatureTags = [1_000: .int32([.max])] }
        }
        shelf.refused(.truncated, "a signature that announces 2^64 - 1 bytes") { name in
            rpm(name) { $0.signatureTags = [270: .int64([.max])] }
        }
        shelf.refused(.malformed, "a signature whose size is a string") { name in
            rpm(name) { $0.signatureTags = [1_000: .text("9")] }
        }
        shelf.refused(.malformed, "a signature that announces nothing") { name in
            rpm(name) { $0.signatureTags = [1_000: .int32([])] }
        }
        shelf.accepted("a payload that is a bomb") { name in
            rpm(name) { $0.payload = HostileGzip.bomb([], .gzip(level: 9)) }
        }
        shelf.accepted("an OpenPGP signature of zeros") { name in
            rpm(name) { $0.signatureTags = [268: .binary([UInt8](repeating: 0, count: 512)), 1_002: .binary([0xff])] }
        }
    }

    /// One bit of a sound package changed, in its headers and its payload; and digests that are not what they should be.
    private static func digests(_ shelf: inout HostileShelf) {
        let sound: @Sendable (String) -> [UInt8] = { name in rpm(name) { $0.changelog = [(1, "a", "b")] } }
        for distance in [1, 5, 8] {
            shelf.refused(.malformed, "a payload with a bit changed, \(distance) bytes before its end") { name in
                HostileGzip.flipped(sound(name), at: sound(name).count - distance)
            }
        }
        shelf.refused(.malformed, "a name with a letter changed") { name in
            let file = sound(name), text = [UInt8](name + "\0")
            let start = mainHeader(file)
            let place = (start..<file.count - text.count).first { Array(file[$0..<($0 + text.count)]) == text } ?? 0
            return patched(file, at: place, [UInt8(ascii: "H")])
        }
        shelf.refused(.malformed, "a byte behind the end") { sound($0) + [0] }
        let wrong: [(String, UInt32, Value)] = [
            ("SHA-1", 269, .text(String(repeating: "a", count: 40))), ("SHA-256", 273, .text(String(repeating: "0", count: 64))),
            ("SHA3-256", 279, .text(String(repeating: "f", count: 64))),
            ("MD5", 1_004, .binary([UInt8](repeating: 7, count: 16))),
            ("long size", 270, .int64([7])), ("size", 1_000, .int32([7])),
        ]
        for (label, tag, value) in wrong {
            shelf.refused(.malformed, "a \(label) of another file") { name in rpm(name) { $0.signatureTags[tag] = value } }
        }
        let misshapen: [(String, UInt32, Value)] = [
            ("SHA-1 of 39 digits", 269, .text(String(repeating: "a", count: 39))), ("SHA-1 in bytes", 269, .binary([1, 2, 3])),
            ("SHA-1 of letters", 269, .text(String(repeating: "z", count: 40))),
            ("SHA-256 of 40 digits", 273, .text(String(repeating: "0", count: 40))),
            ("SHA-256 in an array", 273, .texts([String(repeating: "0", count: 64)])), ("SHA-256 that is empty", 273, .text("")),
            ("MD5 of 15 bytes", 1_004, .binary([UInt8](repeating: 7, count: 15))), ("MD5 as text", 1_004, .text("abc")),
            ("size of 16 bits", 1_000, .int16([7])), ("size that is there twice", 1_000, .int32([7, 7])),
            ("long size of 32 bits", 270, .int32([7])), ("payload size of 64 bits", 1_007, .int64([7])),
            ("RSA signature as text", 268, .text("abc")), ("DSA signature that is a number", 267, .int32([1])),
            ("OpenPGP signature in bytes", 278, .binary([1])),
            ("length of file signatures that is there twice", 275, .int32([1, 2])),
        ]
        for (label, tag, value) in misshapen {
            shelf.refused(.malformed, "a \(label)") { name in rpm(name) { $0.signatureTags[tag] = value } }
        }
        for tag: UInt32 in [5_092, 5_097, 5_121, 5_122, 5_123, 5_124] {
            shelf.refused(.malformed, "another payload's digest under \(tag)") { name in
                rpm(name) {
                    $0.tags.updateValue(nil, forKey: 5_092)
                    $0.tags[tag] = .texts([String(repeating: "0", count: 64)])
                }
            }
        }
        shelf.accepted("a payload that has its alternative digest alone") { name in
            rpm(name) {
                $0.tags[5_097] = .texts([$0.payloadDigest])
                $0.tags[5_092] = .texts([String(repeating: "0", count: 64)])
            }
        }
        shelf.accepted("a payload's digest of an algorithm that nobody has") { name in
            rpm(name) {
                $0.tags[5_092] = .texts([String(repeating: "0", count: 40)])
                $0.tags[5_093] = .int32([99])
            }
        }
        shelf.accepted("no digest at all") { good($0) }
    }

    /// Entries that rpm calls BAD.
    private static func entries(_ shelf: inout HostileShelf) {
        for tag: UInt32 in [1_004, 1_006, 1_014, 1_028, 1_030, 1_117, 1_118, 1_047, 1_112, 1_080, 5_011] {
            shelf.refused(.malformed, "tag \(tag) without values") { lying($0, tag: tag, at: 12, 0) }
        }
        for tag: UInt32 in [1_009, 1_022, 1_047, 1_080, 1_117, 1_124] {
            shelf.refused(.malformed, "tag \(tag) in bytes") { name in rpm(name) { $0.tags[tag] = .binary([1, 2, 3, 4]) } }
            shelf.refused(.malformed, "tag \(tag) of 16 bits") { name in rpm(name) { $0.tags[tag] = .int16([1]) } }
        }
        for tag: UInt32 in [1_005, 1_006, 1_030, 1_081, 1_117] {
            shelf.refused(.malformed, "tag \(tag) over what stands before it") { lying($0, tag: tag, at: 8, 0) }
        }
        shelf.refused(.malformed, "one file mode less than the store has") { lying($0, tag: 1_030, at: 12, 1) }
        shelf.refused(.malformed, "one string with two values") { lying($0, tag: 1_014, at: 12, 2) }
        shelf.refused(.malformed, "a tag below 100") { lying($0, tag: 1_125, at: 0, 99) }
        shelf.refused(.malformed, "a region among the tags") { lying($0, tag: 1_125, at: 0, 63) }
        shelf.refused(.malformed, "a tag above 2^31") { lying($0, tag: 1_125, at: 0, .max) }
        shelf.refused(.malformed, "a signature in the main header") { name in rpm(name) { $0.tags[268] = .binary([1, 2, 3]) } }
        shelf.refused(.malformed, "the payload's size in both headers") { name in rpm(name) { $0.tags[1_046] = .int32([1_234]) } }
        shelf.refused(.limit, "a signature of 33 entries") { name in
            rpm(name) { for tag: UInt32 in 2_000..<2_033 { $0.signatureTags[tag] = .int32([1]) } }
        }
        shelf.accepted("a signature of 30 entries") { name in
            rpm(name) { for tag: UInt32 in 2_000..<2_023 { $0.signatureTags[tag] = .int32([1]) } }
        }
        for (field, label) in [(0, "tag"), (4, "type"), (8, "offset"), (12, "count")] {
            shelf.refused(.malformed, "a region of another \(label)") { name in
                let file = good(name)
                // A first entry that is not the region's makes a header without one, whose trailer nobody names.
                return patched(file, at: mainHeader(file) + 16 + field, big(field == 0 ? 200 : 5))
            }
        }
    }
}
