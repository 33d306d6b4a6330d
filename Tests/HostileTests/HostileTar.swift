@testable import Formats
@testable import Kit

/// What can be wrong with a tar archive, wherever one is read. `main` is the file that the reader is after; `folder` is where it
/// lies, with its slash.
struct HostileTar: Sendable {
    struct Case: Sendable {
        var what: String
        var fate: HostileFile.Fate
        var tar: @Sendable () -> [UInt8]

        init(_ what: String, _ fate: HostileFile.Fate, _ tar: @autoclosure @escaping @Sendable () -> [UInt8]) {
            self.what = what
            self.fate = fate
            self.tar = tar
        }
    }

    let main: String
    let content: [UInt8]
    let folder: String
    /// What a member that claims 8 GiB is refused for.
    var hugeCause = Refusal.Cause.truncated
    /// What a main file that is not a file is refused for, and one that is sparse.
    var oddCause = Refusal.Cause.malformed
    var sparseCause = Refusal.Cause.unsupported
    /// Of a path with two separators behind the folder.
    var doubleSlash = Refusal.Cause.ambiguous

    private var good: TarBuilder { TarBuilder().file(main, content) }
    private typealias Member = TarBuilder.Member

    var all: [Case] { names + sizes + extensions + doubles + ends }

    private func with(_ name: String, _ text: String = "x") -> [UInt8] { good.file(name, text).bytes }

    private func with(_ name: String, _ content: [UInt8] = [], type: Character = "0", _ change: (inout Member) -> Void)
        -> [UInt8]
    {
        var member = Member(name, content, type: type)
        change(&member)
        return good.member(member).bytes
    }

    private var names: [Case] {
        let long = String(repeating: "d/", count: 2_040)
        return [
            Case("tar: an absolute path", .refused(.malformed), with("/etc/passwd")),
            Case("tar: a path with ..", .refused(.malformed), with("\(folder)../../etc/passwd")),
            Case("tar: a path that is ..", .refused(.malformed), with("..")),
            Case("tar: a path with .. between backslashes", .refused(.malformed), with("\(folder)a\\..\\..\\b")),
            Case("tar: a drive's path", .refused(.malformed), with("C:\\Windows\\x")),
            Case("tar: a path with an escape sequence and ..", .refused(.malformed), with("\(folder)\u{1b}[2J/../x")),
            Case("tar: a path with a line feed and ..", .refused(.malformed), with("\(folder)a\nadded b/../x")),
            Case("tar: a path with right-to-left marks and ..", .refused(.malformed), with("\(folder)\u{202e}/../x")),
            Case("tar: a file with a folder's name", .refused(.ambiguous), with("\(folder)sub/")),
            Case(
                "tar: a path of 4,097 bytes", .refused(.limit),
                good.long(folder + long + "0123456789abcdef0").file("x", "x").bytes),
            Case("tar: a ustar prefix that leads out", .refused(.malformed), with("x") { $0.prefix = "../.." }),
            Case("tar: a ustar prefix that is absolute", .refused(.malformed), with("x") { $0.prefix = "/etc" }),
            Case(
                "tar: the main file with a pax path elsewhere", .refused(.malformed),
                TarBuilder().pax([("path", "../\(main)")]).file(main, content).bytes),
            Case("tar: a device", .accepted, with("\(folder)null", type: "3") { _ in }),
            Case("tar: a fifo", .accepted, with("\(folder)pipe", type: "6") { _ in }),
        ]
    }

    private var sizes: [Case] {
        let huge: [UInt8] = [0x80, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]
        return [
            Case(
                "tar: a size of letters", .refused(.malformed), with("\(folder)a") { $0.sizeField = Array("zzzzzzzzzzzz".utf8) }),
            Case(
                "tar: a negative size in base 256", .refused(.malformed),
                with("\(folder)a") { $0.sizeField = [UInt8](repeating: 0xff, count: 12) }),
            Case("tar: a size of 2^63 in base 256", .refused(.malformed), with("\(folder)a") { $0.sizeField = huge }),
            Case(
                "tar: a size of 8 GiB and no content", .refused(hugeCause),
                with("\(folder)a") { $0.sizeField = Array("77777777777\0".utf8) }),
            Case(
                "tar: a size with digits behind a blank", .refused(.malformed),
                with("\(folder)a") { $0.sizeField = Array("12 34      \0".utf8) }),
            Case(
                "tar: a size with a minus", .refused(.malformed),
                with("\(folder)a") { $0.sizeField = Array("-0000000001\0".utf8) }),
            Case(
                "tar: a folder with content", .refused(.ambiguous), with("\(folder)sub", Array("data".utf8), type: "5") { _ in }),
            Case(
                "tar: a link with content", .refused(.ambiguous),
                with("\(folder)l", Array("data".utf8), type: "2") { $0.link = "a" }),
            Case("tar: a device with content", .refused(.ambiguous), with("\(folder)d", Array("data".utf8), type: "3") { _ in }),
            Case("tar: a wrong checksum", .refused(.malformed), with("\(folder)a") { $0.checksumError = 1 }),
            Case(
                "tar: checksums of signed bytes", .accepted,
                with("\(folder)\u{e9}", Array("x".utf8)) { $0.signed = true }),
            Case("tar: an old GNU sparse file", .accepted, with("\(folder)s", Array("x".utf8), type: "S") { _ in }),
            Case("tar: a sparse map that never ends", .refused(.truncated), endlessMap),
            Case("tar: an unknown type", .refused(.unsupported), with("\(folder)a", type: "Z") { _ in }),
            Case("tar: a volume continued from another", .refused(.unsupported), with("\(folder)a", type: "M") { _ in }),
            Case("tar: no magic, as before POSIX", .accepted, with("\(folder)a") { $0.magic = "" }),
        ]
    }

    /// Blocks of the map that each say that another one follows.
    private var endlessMap: [UInt8] {
        var sparse = Member(folder + "s", type: "S")
        sparse.isSparseExtended = true
        let block = [UInt8](repeating: 1, count: 512)
        return good.member(sparse).raw(block + block + block).ended(by: 0).bytes
    }

    private var extensions: [Case] {
        let other = folder + "other"
        return [
            Case(
                "tar: two pax headers for one member", .refused(.ambiguous),
                file(good.pax([("path", other)]).pax([("path", main)]))),
            Case(
                "tar: a pax header and a GNU name for one member", .refused(.ambiguous),
                file(good.pax([("path", other)]).long(main))),
            Case("tar: two GNU names for one member", .refused(.ambiguous), file(good.long(other).long(main))),
            Case("tar: a pax size beside another in the header", .refused(.truncated), file(good.pax([("size", "4096")]))),
            Case(
                "tar: a pax size that hides the next header", .refused(.ambiguous),
                TarBuilder().pax([("size", "0")]).file(other, TarBuilder().file(main, content).blocks).file(main, content).bytes),
            Case(
                "tar: a pax size of 10^30", .refused(.malformed),
                file(good.pax([("size", "1" + String(repeating: "0", count: 30))]))),
            Case("tar: a negative pax size", .refused(.malformed), file(good.pax([("size", "-1")]))),
            Case("tar: an empty pax size", .refused(.malformed), file(good.pax([("size", "")]))),
            Case("tar: a pax path with NUL", .refused(.ambiguous), file(good.pax([("path", main + "\0x")]))),
            Case("tar: an empty pax path", .refused(.ambiguous), file(good.pax([("path", "")]))),
            Case(
                "tar: a pax record with the wrong length", .refused(.malformed),
                good.member(Member("p", Array("99 path=x\n".utf8), type: "x")).file(other, "x").bytes),
            Case(
                "tar: a pax record of length 0", .refused(.malformed),
                good.member(Member("p", Array("0 path=x\n".utf8), type: "x")).file(other, "x").bytes),
            Case(
                "tar: a pax record without =", .refused(.malformed),
                good.member(Member("p", Array("8 path x\n".utf8), type: "x")).file(other, "x").bytes),
            Case(
                "tar: a pax header of 2 MiB", .refused(.limit),
                good.pax([("comment", String(repeating: "c", count: 2 << 20))]).file(other, "x").bytes),
            Case("tar: a global pax path", .refused(.ambiguous), file(good.pax([("path", main)], type: "g"))),
            Case("tar: a global pax size", .refused(.ambiguous), file(good.pax([("size", "0")], type: "g"))),
            Case("tar: a global comment, as git makes it", .accepted, file(good.pax([("comment", "0123abcd")], type: "g"))),
            Case("tar: a pax header that nothing follows", .refused(.malformed), good.pax([("path", other)]).bytes),
            Case("tar: a GNU name that nothing follows", .refused(.malformed), good.long(other).bytes),
            Case("tar: an empty GNU name", .refused(.malformed), file(good.long(""))),
            Case("tar: a GNU name that leads out", .refused(.malformed), file(good.long("../../etc/passwd"))),
            Case(
                "tar: a pax sparse file in the main one's place", .refused(sparseCause),
                TarBuilder().pax([("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", main)])
                    .file(other, content).bytes),
            Case("tar: a pax key with an escape sequence", .accepted, file(good.pax([("\u{1b}]0;x\u{7}", "1")]))),
        ]
    }

    private var doubles: [Case] {
        return [
            Case("tar: the main file twice", .refused(.ambiguous), good.file(main, content).bytes),
            Case(
                "tar: the main file twice, once with ./ in its path", .refused(.ambiguous),
                good.file(folder + "./" + tail, content).bytes),
            Case(
                "tar: the main file twice, once with a double slash", .refused(doubleSlash),
                good.file(folder + "/" + tail, content).bytes),
            Case(
                "tar: the main file twice, once by a pax path", .refused(.ambiguous),
                good.pax([("path", main)]).file("\(folder)harmless", content).bytes),
            Case(
                "tar: the main file twice, once by a GNU name", .refused(.ambiguous),
                good.long(main).file("\(folder)harmless", content).bytes),
            Case("tar: the main file a symbolic link", .refused(oddCause), TarBuilder().link(main, to: "/etc/passwd").bytes),
            Case(
                "tar: the main file a link to a file in the archive", .refused(oddCause),
                TarBuilder().file("\(folder)real", content).link(main, to: "real").bytes),
            Case(
                "tar: the main file a hard link", .refused(oddCause),
                TarBuilder().file("\(folder)real", content).member(hardLink(main, to: "\(folder)real")).bytes),
            Case("tar: the main file a folder", .refused(oddCause), TarBuilder().folder(main).bytes),
            Case("tar: the main file a device", .refused(oddCause), TarBuilder().member(Member(main, type: "3")).bytes),
            Case("tar: a link out of the archive", .accepted, good.link("\(folder)l", to: "/etc/passwd").bytes),
            Case("tar: a hard link to the main file", .accepted, good.member(hardLink("\(folder)other", to: main)).bytes),
        ]
    }

    private func file(_ tar: TarBuilder) -> [UInt8] { tar.file(folder + "other", "x").bytes }

    private var tail: String { String(main.dropFirst(folder.utf8.count)) }

    private func hardLink(_ name: String, to target: String) -> Member {
        var member = Member(name, type: "1")
        member.link = target
        return member
    }

    private var ends: [Case] {
        [
            Case("tar: no end mark", .accepted, good.ended(by: 0).bytes),
            Case("tar: half an end mark", .accepted, good.ended(by: 1).bytes),
            Case(
                "tar: cut inside a header", .refused(.truncated),
                Array(good.ended(by: 0).bytes + [UInt8](repeating: 65, count: 100))),
            Case("tar: cut inside the main file", .refused(.truncated), Array(good.bytes.prefix(520))),
            Case("tar: members behind the end mark", .refused(.ambiguous), good.bytes + good.bytes),
            Case("tar: members behind one zero block", .refused(.ambiguous), good.ended(by: 1).bytes + good.bytes),
            Case("tar: garbage behind the end mark", .accepted, good.bytes + [UInt8](repeating: 0xAA, count: 1_024)),
            Case("tar: garbage instead of a header", .refused(.malformed), good.raw([UInt8](repeating: 0xAA, count: 512)).bytes),
            Case("tar: nothing but an end mark", .refused(.malformed), TarBuilder().bytes),
            Case("tar: nothing", .refused(.malformed), []),
        ]
    }
}
