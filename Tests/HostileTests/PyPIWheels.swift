@testable import Formats
@testable import Kit

/// Wheels whose zip archives lie: what pip, uv, unzip and a registry would each see differently.
enum PyPIWheels {
    private typealias Member = ZipBuilder.Member

    static func fill(_ shelf: inout HostileShelf) {
        headers(&shelf)
        names(&shelf)
        ends(&shelf)
        extras(&shelf)
        contents(&shelf)
        folders(&shelf)
    }

    private static func wheel(_ name: String) -> ZipBuilder { PyPIKit.wheel(name, "1.0") }

    /// A wheel with a member that lies.
    private static func with(
        _ name: String, _ member: String = "x.py", _ content: String = "pass\n", deflate: Bool = false,
        _ change: (inout Member) -> Void
    ) -> [UInt8] {
        wheel(name).member(Member(member, Array(content.utf8), deflate: deflate), change).bytes
    }

    private static func headers(_ shelf: inout HostileShelf) {
        func lie(_ what: String, _ cause: Refusal.Cause = .ambiguous, _ change: @escaping @Sendable (inout Member) -> Void) {
            shelf.refused(cause, "zip: \(what)") { name in with(name) { change(&$0) } }
        }
        lie("the local name differs from the central one") { $0.local.name = Array("y.py".utf8) }
        lie("the local name differs in case") { $0.local.name = Array("X.py".utf8) }
        lie("the local name differs in a NUL") { $0.local.name = Array("x.p\0".utf8) }
        lie("the local name is longer") { $0.local.name += Array("x".utf8) }
        lie("the local method differs") { $0.local.method = 8 }
        lie("the local CRC differs") { $0.local.crc32 ^= 1 }
        lie("the local compressed size differs") { $0.local.compressedSize += 1 }
        lie("the local size differs") { $0.local.size += 1 }
        lie("the local flags differ in UTF-8") { $0.local.flags = 0x800 }
        lie("the local flags differ in encryption") { $0.local.flags = 1 }
        lie("both sizes are 0 and no descriptor follows") {
            $0.both {
                $0.size = 0; $0.compressedSize = 0
            }
        }
        lie("a stored member has two sizes", .malformed) { $0.both { $0.size += 4 } }
        lie("a compressed size beyond the file", .truncated) {
            $0.both {
                $0.size = .max - 1; $0.compressedSize = .max - 1
            }
        }
        lie("a member that is encrypted", .unsupported) { $0.both { $0.flags = 1 } }
        lie("a member that is strongly encrypted", .unsupported) { $0.both { $0.flags = 0x41 } }
        lie("a member that is a patch", .unsupported) { $0.both { $0.flags = 0x20 } }
        lie("a central directory with hidden values", .unsupported) { $0.both { $0.flags = 0x2000 } }
        for (method, label) in [
            (9, "Deflate64"), (12, "bzip2"), (14, "LZMA"), (93, "Zstandard"), (95, "xz"), (99, "AES"), (1, "Shrink"),
            (65_535, "65535"),
        ] {
            lie("a member compressed with \(label)", .unsupported) { $0.both { $0.method = UInt16(method) } }
        }
        lie("a descriptor without its announcement") { $0.descriptor = [UInt8](repeating: 0, count: 16) }
        lie("an announced descriptor that is missing") { $0.both { $0.flags = 8 } }
        lie("a descriptor with the wrong CRC") { member in descriptor(&member) { $0.crc32 ^= 1 } }
        lie("a descriptor with the wrong size") { member in descriptor(&member) { $0.size += 1 } }
        lie("a descriptor with the wrong compressed size") { member in descriptor(&member) { $0.compressedSize += 1 } }
        lie("a descriptor without a signature that could be one") { member in
            descriptor(&member) { _ in }
            member.descriptor = Array(member.descriptor.dropFirst(4)) + [0, 0, 0, 0]
        }
        lie("an entry that points into another member") { $0.central.offsetError = -10 }
        lie("an entry that points behind its member") { $0.central.offsetError = 10 }
        lie("an entry that points behind the file") { $0.central.offsetError = 1 << 30 }
        lie("a second entry for the member before, as in zip bombs by overlap") { $0.isWritten = false }
        lie("a member that the directory does not list") { $0.isListed = false }
        lie("an entry on another volume", .unsupported) { $0.central.disk = 1 }
        shelf.accepted("zip: a right descriptor") { name in
            with(name) { member in
                descriptor(&member) { _ in }
                member.local.crc32 = 0
                member.local.size = 0
                member.local.compressedSize = 0
            }
        }
        shelf.accepted("zip: a comment in the directory that is a local header") { name in
            with(name) { $0.comment = Array("PK\u{3}\u{4}\u{14}".utf8) }
        }
    }

    private static func descriptor(_ member: inout Member, _ lie: (inout ZipBuilder.Header) -> Void) {
        member.both { $0.flags = 8 }
        var header = member.central
        lie(&header)
        member.descriptor = Array("PK\u{7}\u{8}".utf8)
        member.descriptor.append(little: header.crc32)
        member.descriptor.append(little: header.compressedSize)
        member.descriptor.append(little: header.size)
    }

    private static func names(_ shelf: inout HostileShelf) {
        func named(_ what: String, _ path: String, _ cause: Refusal.Cause) {
            shelf.refused(cause, "zip: \(what)") { name in wheel(name).file(path, "x").bytes }
        }
        named("a path that leads out", "../../etc/passwd", .malformed)
        named("an absolute path", "/etc/passwd", .malformed)
        named("a drive's path", "C:/Windows/x", .malformed)
        named("a path with backslashes", "..\\..\\x", .ambiguous)
        named("a path with a backslash inside", "a\\b", .ambiguous)
        named("a path with .", "a/./b", .ambiguous)
        named("a path with a double slash", "a//b", .ambiguous)
        named("a path with NUL", "x.py\0.txt", .ambiguous)
        named("a path with a line feed", "a\nb", .ambiguous)
        named("a path with an escape sequence", "\u{1b}[2J", .ambiguous)
        named("an empty path", "", .malformed)
        named("a folder with content", "sub/", .malformed)
        named("a path of 5,000 bytes", String(repeating: "d/", count: 2_500) + "x", .limit)
        shelf.refused(.ambiguous, "zip: a member twice") { name in
            wheel(name).file("x.py", "1").file("x.py", "2").bytes
        }
        shelf.refused(.ambiguous, "zip: a file and a folder of one name") { name in
            wheel(name).file("x", "1").member(Member("x/", [])).bytes
        }
        shelf.refused(.ambiguous, "zip: a path in code page 437") { name in
            with(name) { $0.both { $0.name = [0x81] } }
        }
        shelf.refused(.ambiguous, "zip: a path marked as UTF-8 that is none") { name in
            with(name) {
                $0.both {
                    $0.name = [0xC0, 0xAF]; $0.flags = 0x800
                }
            }
        }
        shelf.accepted("zip: a path in UTF-8") { name in wheel(name).file("\u{e9}\u{1F600}.py", "").bytes }
        shelf.accepted("zip: paths that differ in case, as terminfo has them") { name in
            wheel(name).file("a/X", "1").file("a/x", "2").bytes
        }
    }

    private static func ends(_ shelf: inout HostileShelf) {
        func end(_ what: String, _ cause: Refusal.Cause, _ change: @escaping @Sendable (inout ZipBuilder) -> Void) {
            shelf.refused(cause, "zip: \(what)") { name in wheel(name).with(change).bytes }
        }
        end("bytes before the first member", .malformed) { $0.prefix = Array("#!/bin/sh\n".utf8) }
        end("a program before it", .malformed) { $0.prefix = [0x7F, 0x45, 0x4C, 0x46] + [UInt8](repeating: 0, count: 1_000) }
        end("another zip before it", .ambiguous) { $0.prefix = ZipBuilder().file("a", "b").bytes }
        end("bytes before the directory", .ambiguous) { $0.beforeDirectory = [1, 2, 3] }
        end("bytes behind the directory", .ambiguous) { $0.afterDirectory = [1, 2, 3] }
        end("bytes behind the end record", .malformed) { $0.suffix = Array("trailing".utf8) }
        end("one NUL behind the end record", .malformed) { $0.suffix = [0] }
        end("another zip behind it", .ambiguous) { $0.suffix = ZipBuilder().file("a", "b").bytes }
        end("another zip as its comment", .ambiguous) { $0.comment = ZipBuilder().file("a", "b").bytes }
        end("an end record as its comment", .ambiguous) {
            $0.comment = Array("PK\u{5}\u{6}".utf8) + [UInt8](repeating: 0, count: 18)
        }
        end("half an end record in its comment", .ambiguous) {
            $0.comment = Array("PK\u{5}\u{6}".utf8) + [UInt8](repeating: 0, count: 40)
        }
        end("one entry too few announced", .ambiguous) { $0.countError = -1 }
        end("one entry too many announced", .malformed) { $0.countError = 1 }
        end("60,000 entries announced", .malformed) { $0.countError = 60_000 }
        end("the directory one byte early", .ambiguous) { $0.offsetError = -1 }
        end("the directory far behind the file", .ambiguous) { $0.offsetError = 1 << 30 }
        end("a directory of 2 GiB", .ambiguous) { $0.sizeError = 1 << 31 }
        end("an empty directory", .ambiguous) { $0.sizeError = -1_000_000 }
        end("another volume", .unsupported) { $0.disk = 1 }
        end("a 64-bit end record that counts otherwise", .ambiguous) {
            ($0.isWide, $0.isSaturated, $0.wideCountError) = (true, false, 1)
        }
        end("a 64-bit end record elsewhere", .malformed) { ($0.isWide, $0.locatorError) = (true, -56) }
        end("a 64-bit end record behind the file", .malformed) { ($0.isWide, $0.locatorError) = (true, 1 << 40) }
        end("a 64-bit end record of 2^60 entries", .malformed) { ($0.isWide, $0.wideCountError) = (true, 1 << 60) }
        shelf.accepted("zip: a right 64-bit end record") { wheel($0).with { $0.isWide = true }.bytes }
        shelf.accepted("zip: a comment with an escape sequence") {
            wheel($0).with { $0.comment = Array("\u{1b}[2J\0".utf8) }.bytes
        }
        shelf.refused(.truncated, "zip: no end record") { Array(wheel($0).bytes.dropLast(22)) }
        shelf.refused(.truncated, "zip: cut in the middle") { Array(wheel($0).bytes.prefix(300)) }
        shelf.refused(.truncated, "zip: four bytes") { _ in Array("PK\u{3}\u{4}".utf8) }
        shelf.refused(.malformed, "zip: an empty archive") { _ in ZipBuilder().bytes }
    }

    private static func extras(_ shelf: inout HostileShelf) {
        @Sendable func field(_ id: UInt16, _ data: [UInt8]) -> [UInt8] {
            var out: [UInt8] = []
            out.append(little: id)
            out.append(little: UInt16(data.count))
            return out + data
        }
        func extra(_ what: String, _ cause: Refusal.Cause?, _ central: [UInt8], _ local: [UInt8]) {
            shelf.add(cause.map { .refused($0) } ?? .accepted, "zip: \(what)") { name in
                with(name) {
                    $0.central.extra = central
                    $0.local.extra = local
                }
            }
        }
        let other = field(0x7075, [1, 0, 0, 0, 0] + Array("setup.py".utf8))
        let same = field(0x7075, [1, 0, 0, 0, 0] + Array("x.py".utf8))
        extra("a Unicode path (0x7075) that is another", .ambiguous, other, other)
        extra("a Unicode path in the local header alone", .ambiguous, [], other)
        extra("a Unicode path without its CRC", .ambiguous, field(0x7075, [1]), [])
        extra("a Unicode path that is the same", nil, same, same)
        extra("an extra field longer than its place", .malformed, [1, 2, 99, 0], [])
        extra("half an extra field", .malformed, [1, 2, 0], [])
        extra("64-bit sizes where nothing asks for them", .ambiguous, field(1, [UInt8](repeating: 1, count: 16)), [])
        extra("64-bit sizes twice", .ambiguous, field(1, []) + field(1, []), [])
        extra("an unknown extra field", nil, field(0x7777, [1, 2, 3]), field(0x7777, [4]))
        shelf.refused(.malformed, "zip: 64-bit sizes that are missing") { name in with(name) { $0.both { $0.size = .max } } }
        shelf.refused(.truncated, "zip: a 64-bit size of 2^63") { name in
            with(name) { member in
                member.both {
                    ($0.size, $0.compressedSize) = (.max, .max)
                    $0.extra = field(1, [UInt8](repeating: 0, count: 7) + [0x80] + [UInt8](repeating: 0, count: 7) + [0x80])
                }
            }
        }
        shelf.refused(.ambiguous, "zip: 64-bit sizes that differ between the headers") { name in
            with(name) { member in
                member.both { ($0.size, $0.compressedSize) = (.max, .max) }
                member.central.extra = field(1, [5, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0])
                member.local.extra = field(1, [4, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0])
            }
        }
    }

    private static func contents(_ shelf: inout HostileShelf) {
        func metadata(_ what: String, _ cause: Refusal.Cause, _ change: @escaping @Sendable (inout Member) -> Void) {
            shelf.refused(cause, "zip: METADATA \(what)") { name in
                var zip = wheel(name)
                let index = zip.members.firstIndex { $0.central.name.text.hasSuffix("METADATA") } ?? 0
                change(&zip.members[index])
                return zip.bytes
            }
        }
        metadata("with the wrong CRC", .malformed) { $0.both { $0.crc32 ^= 1 } }
        metadata("one byte longer than announced", .malformed) { $0.both { $0.size -= 1 } }
        metadata("one byte shorter than announced", .malformed) { $0.both { $0.size += 1 } }
        metadata("of 2 GiB, it says", .limit) { $0.both { $0.size = 1 << 31 } }
        metadata("that is not a deflate stream", .malformed) { member in
            let count = member.packed.count
            member.packed = [UInt8](repeating: 0xFF, count: count)
        }
        metadata("cut off", .truncated) { member in
            member.packed.removeLast(20)
            let size = UInt32(member.packed.count)
            member.both { $0.compressedSize = size }
        }
        metadata("with bytes behind its stream", .malformed) { member in
            member.packed += [1, 2, 3]
            let size = UInt32(member.packed.count)
            member.both { $0.compressedSize = size }
        }
        shelf.refused(.limit, "zip: METADATA of 32 MiB of blanks") { name in
            var zip = wheel(name)
            let index = zip.members.firstIndex { $0.central.name.text.hasSuffix("METADATA") } ?? 0
            zip.members[index] = Member("\(name)-1.0.dist-info/METADATA", [UInt8](repeating: 32, count: 32 << 20), deflate: true)
            return zip.bytes
        }
        shelf.accepted("zip: a module of 256 MiB of zeros, which nobody unpacks here") { name in
            let packed = HostileGzip.bombed(256 << 20)
            return wheel(name).member(Member("bomb.bin", [])) { member in
                member.packed = packed.deflated
                member.both {
                    ($0.method, $0.crc32, $0.size, $0.compressedSize) = (
                        8, packed.crc32, 256 << 20, UInt32(packed.deflated.count)
                    )
                }
            }.bytes
        }
        shelf.accepted("zip: fifty thousand members") { name in
            var zip = wheel(name)
            for index in 0..<50_000 { zip.members.append(Member("m\(index)", [])) }
            return zip.bytes
        }
    }

    private static func folders(_ shelf: inout HostileShelf) {
        func more(_ what: String, _ cause: Refusal.Cause?, _ path: @escaping @Sendable (String) -> String) {
            shelf.add(cause.map { .refused($0) } ?? .accepted, "a wheel with \(what)") { name in
                wheel(name).file(path(name), "x").bytes
            }
        }
        more("a second .dist-info", .ambiguous) { _ in "other-1.0.dist-info/METADATA" }
        more("a second .dist-info with a confusable hyphen", .ambiguous) { "\($0)\u{2010}1.0.dist-info/METADATA" }
        more("a second .dist-info in other case", .ambiguous) { "\($0.uppercased())-1.0.dist-info/METADATA" }
        more("a .DIST-INFO, which is the same folder on Windows and macOS", .ambiguous) { "\($0)-1.0.DIST-INFO/METADATA" }
        more("a metadata beside METADATA", .ambiguous) { "\($0)-1.0.dist-info/metadata" }
        more("a Record beside RECORD", .ambiguous) { "\($0)-1.0.dist-info/Record" }
        more("a file below METADATA", .ambiguous) { "\($0)-1.0.dist-info/METADATA/x" }
        more("a .dist-info in a folder", nil) { "\($0)/vendored-1.0.dist-info/METADATA" }
        more("a METADATA at its top", nil) { _ in "METADATA" }
        more("an .egg-info as well", nil) { "\($0)-1.0.egg-info/PKG-INFO" }
        more("a .data folder of another project", nil) { _ in "other-2.0.data/scripts/x" }
        func without(_ what: String, _ file: String) {
            shelf.refused(.malformed, what) { name in
                var zip = wheel(name)
                zip.members.removeAll { $0.central.name.text.hasSuffix(file) }
                return zip.bytes
            }
        }
        without("a wheel without METADATA", "/METADATA")
        without("a wheel without WHEEL", "/WHEEL")
        without("a wheel without RECORD", "/RECORD")
        shelf.refused(.malformed, "a wheel without a .dist-info") { name in
            var zip = wheel(name)
            zip.members.removeAll { $0.central.name.text.contains(".dist-info/") }
            return zip.bytes
        }
        shelf.refused(.ambiguous, "a wheel whose .dist-info is another project's") {
            PyPIKit.wheel($0, "1.0", folder: "other-1.0").bytes
        }
        shelf.refused(.ambiguous, "a wheel whose .dist-info is another version's") {
            PyPIKit.wheel($0, "1.0", folder: "\($0)-2.0").bytes
        }
        shelf.refused(.unsupported, "a wheel of version 2.0") {
            PyPIKit.wheel($0, "1.0", wheelFile: "Wheel-Version: 2.0\n").bytes
        }
        shelf.refused(.malformed, "a wheel of no version") { PyPIKit.wheel($0, "1.0", wheelFile: "Generator: x\n").bytes }
        shelf.refused(.ambiguous, "a wheel of two versions") {
            PyPIKit.wheel($0, "1.0", wheelFile: "Wheel-Version: 1.0\nWheel-Version: 2.0\n").bytes
        }
        shelf.accepted("a RECORD that lists what is not there") { name in
            var zip = wheel(name)
            zip.members.removeAll { $0.central.name.text.hasSuffix("RECORD") }
            return zip.file("\(name)-1.0.dist-info/RECORD", "../../../etc/passwd,sha256=x,9\n").bytes
        }
    }
}
