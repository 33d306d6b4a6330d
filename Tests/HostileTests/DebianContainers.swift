@testable import Formats
@testable import Kit

/// Debian packages whose containers lie: the ar archive, and the archives inside.
enum DebianContainers {
    static func control(_ name: String) -> [UInt8] {
        Array("Package: \(name)\nVersion: 1.0\nArchitecture: amd64\nDescription: hostile\n".utf8)
    }

    private static let data = TarBuilder().folder("./").bytes.gzip
    private static func tar(_ name: String) -> [UInt8] { TarBuilder().folder("./").file("./control", control(name)).bytes }

    private static func deb(_ members: (String, [UInt8])...) -> [UInt8] { DebianFixture().members(members) }

    /// Container, members of it, codecs of the control archive, tar inside.
    static func fill(_ shelf: inout HostileShelf) {
        archives(&shelf)
        members(&shelf)
        for hostile in HostileGzip.all {
            shelf.add(hostile.fate, "control.tar.gz: \(hostile.what)") { name in
                deb(("control.tar.gz", hostile.wrap(tar(name))), ("data.tar.gz", data))
            }
        }
        for hostile in HostileStreams.all {
            shelf.add(hostile.fate, "\(hostile.file): \(hostile.what)") { name in
                deb((hostile.file, hostile.wrap(tar(name))), ("data.tar.gz", data))
            }
        }
        for (index, hostile) in HostileTar(main: "./control", content: [], folder: "./").all.enumerated() {
            shelf.add(hostile.fate, "control.tar.gz: \(hostile.what)") { name in
                let tar = HostileTar(main: "./control", content: control(name), folder: "./").all[index].tar()
                return deb(("control.tar.gz", tar.gzip), ("data.tar.gz", data))
            }
        }
        links(&shelf)
    }

    private static func archives(_ shelf: inout HostileShelf) {
        @Sendable func good(_ name: String) -> ArBuilder {
            ArBuilder().member("debian-binary", "2.0\n").member("control.tar.gz", tar(name).gzip)
        }
        shelf.refused(.malformed, "an empty ar archive") { _ in ArBuilder().bytes }
        shelf.refused(.malformed, "a thin ar archive") { name in
            Array("!<thin>\n".utf8) + good(name).member("data.tar.gz", data).bytes.dropFirst(8)
        }
        shelf.refused(.malformed, "seven bytes of magic") { _ in Array("!<arch>".utf8) }
        shelf.refused(.truncated, "ar: cut inside a header") { name in good(name).bytes + Array("data.tar.gz".utf8) }
        shelf.refused(.truncated, "ar: cut inside the data") { name in
            Array(good(name).member("data.tar.gz", data).bytes.dropLast(40))
        }
        shelf.refused(.truncated, "ar: the size of the data is 9999999999") { name in
            good(name).member("data.tar.gz", data, size: "9999999999").bytes
        }
        shelf.refused(.malformed, "ar: a negative size") { name in good(name).member("data.tar.gz", data, size: "-1").bytes }
        shelf.refused(.malformed, "ar: a size in hexadecimal") { name in
            good(name).member("data.tar.gz", data, size: "0x10").bytes
        }
        shelf.refused(.malformed, "ar: no size") { name in good(name).member("data.tar.gz", data, size: "").bytes }
        shelf.refused(.malformed, "ar: a size with a blank before it") { name in
            good(name).member("data.tar.gz", data, size: " \(data.count)").bytes
        }
        // The last byte of a gzip file, the highest of its size, passes for padding; the data are not looked at.
        shelf.accepted("ar: a size one too small") { name in
            good(name).member("data.tar.gz", data + data, size: "\(2 * data.count - 1)").bytes
        }
        shelf.refused(.malformed, "ar: no terminator") { name in
            good(name).member("data.tar.gz", data, terminator: "xx").bytes
        }
        shelf.refused(.malformed, "ar: padding that is none") { name in
            good(name).member("data.tar.gz", data + (data.count % 2 == 0 ? [0] : []), pad: [0x41]).bytes
        }
        shelf.accepted("ar: padding of NUL") { name in
            good(name).member("_x", Array("x".utf8), pad: [0]).member("data.tar.gz", data).bytes
        }
        shelf.refused(.truncated, "ar: bytes behind the last member") { name in
            good(name).member("data.tar.gz", data).raw(Array("more".utf8)).bytes
        }
        shelf.accepted("ar: one line feed behind the last member") { name in
            good(name).member("data.tar.gz", data).raw([0x0a]).bytes
        }
        shelf.refused(.malformed, "ar: a second archive behind the first") { name in
            let file = good(name).member("data.tar.gz", data).bytes
            return file + file
        }
        shelf.refused(.malformed, "ar: a zip behind it") { name in
            good(name).member("data.tar.gz", data).raw(ZipBuilder().file("a", "b").bytes).bytes
        }
        shelf.refused(.unsupported, "ar: GNU long names") { name in
            ArBuilder().member("debian-binary", "2.0\n").member("//", "control.tar.gz/\n").raw(good(name).bytes).bytes
        }
        shelf.refused(.unsupported, "ar: a name from the table of long names") { name in
            good(name).member("/0", "x").member("data.tar.gz", data).bytes
        }
        shelf.refused(.unsupported, "ar: BSD long names") { name in
            good(name).member("#1/20", "data.tar.gz\u{0}x").bytes
        }
        shelf.refused(.malformed, "ar: a nameless member") { name in good(name).member("", "x").bytes }
        shelf.refused(.malformed, "ar: a name with a slash") { name in good(name).member("../x", "x").bytes }
        shelf.refused(.malformed, "ar: a name with a line feed") { name in good(name).member("a\nb", "x").bytes }
        shelf.refused(.malformed, "ar: a name with an escape sequence") { name in good(name).member("\u{1b}[2J", "x").bytes }
        shelf.refused(.malformed, "ar: a name outside ASCII") { name in good(name).member("d\u{e4}ta", "x").bytes }
        shelf.refused(.malformed, "ar: a name with NUL") { name in good(name).member("data\0tar", "x").bytes }
        shelf.refused(.malformed, "ar: a symbol table first") { name in
            ArBuilder().member("__.SYMDEF", "x").raw(Array(good(name).member("data.tar.gz", data).bytes.dropFirst(8))).bytes
        }
    }

    private static func members(_ shelf: inout HostileShelf) {
        let two = ArBuilder().member("debian-binary", "2.0\n")
        shelf.refused(.malformed, "control before debian-binary") { name in
            ArBuilder().member("control.tar.gz", tar(name).gzip).member("debian-binary", "2.0\n").member("data.tar.gz", data)
                .bytes
        }
        shelf.refused(.ambiguous, "debian-binary twice") { name in
            two.member("debian-binary", "2.0\n").member("control.tar.gz", tar(name).gzip).member("data.tar.gz", data).bytes
        }
        shelf.refused(.unsupported, "format 3.0") { name in
            ArBuilder().member("debian-binary", "3.0\n").member("control.tar.gz", tar(name).gzip)
                .member("data.tar.gz", data).bytes
        }
        shelf.refused(.unsupported, "format 0.939000") { name in
            ArBuilder().member("debian-binary", "0.939000\n").member("control.tar.gz", tar(name).gzip)
                .member("data.tar.gz", data).bytes
        }
        shelf.refused(.unsupported, "an empty debian-binary") { name in
            ArBuilder().member("debian-binary", "").member("control.tar.gz", tar(name).gzip).member("data.tar.gz", data).bytes
        }
        shelf.refused(.unsupported, "a debian-binary without a line end") { name in
            ArBuilder().member("debian-binary", "2.0").member("control.tar.gz", tar(name).gzip).member("data.tar.gz", data).bytes
        }
        shelf.accepted("format 2.999") { name in
            ArBuilder().member("debian-binary", "2.999\n").member("control.tar.gz", tar(name).gzip)
                .member("data.tar.gz", data).bytes
        }
        shelf.refused(.malformed, "data before control") { name in
            two.member("data.tar.gz", data).member("control.tar.gz", tar(name).gzip).bytes
        }
        shelf.refused(.ambiguous, "two control archives of two kinds") { name in
            two.member("control.tar.gz", tar(name).gzip).member("control.tar.xz", tar("other").xz).member("data.tar.gz", data)
                .bytes
        }
        shelf.refused(.ambiguous, "two control archives of one kind") { name in
            two.member("control.tar.gz", tar(name).gzip).member("control.tar.gz", tar("other").gzip)
                .member("data.tar.gz", data).bytes
        }
        shelf.refused(.ambiguous, "a control archive behind the data") { name in
            two.member("control.tar.gz", tar(name).gzip).member("data.tar.gz", data).member("control.tar", tar("other")).bytes
        }
        shelf.refused(.ambiguous, "two data archives") { name in
            two.member("control.tar.gz", tar(name).gzip).member("data.tar.gz", data).member("data.tar.xz", data).bytes
        }
        shelf.refused(.truncated, "no data archive") { name in two.member("control.tar.gz", tar(name).gzip).bytes }
        shelf.refused(.malformed, "no control archive") { _ in two.member("data.tar.gz", data).bytes }
        shelf.refused(.malformed, "an unknown member before control") { name in
            two.member("evil", "x").member("control.tar.gz", tar(name).gzip).member("data.tar.gz", data).bytes
        }
        shelf.accepted("a member with an underscore before control") { name in
            two.member("_gpgbuilder", "x").member("control.tar.gz", tar(name).gzip).member("data.tar.gz", data).bytes
        }
        shelf.accepted("a signature behind the data") { name in
            two.member("control.tar.gz", tar(name).gzip).member("data.tar.gz", data).member("_gpgorigin", "x").bytes
        }
        shelf.refused(.unsupported, "control.tar.bz2") { name in
            two.member("control.tar.bz2", tar(name)).member("data.tar.gz", data).bytes
        }
        shelf.refused(.unsupported, "control.tar.lzma") { name in
            two.member("control.tar.lzma", tar(name)).member("data.tar.gz", data).bytes
        }
        shelf.refused(.unsupported, "control.tar.GZ") { name in
            two.member("control.tar.GZ", tar(name).gzip).member("data.tar.gz", data).bytes
        }
        shelf.refused(.malformed, "control.tar.xz that is gzip inside") { name in
            two.member("control.tar.xz", tar(name).gzip).member("data.tar.gz", data).bytes
        }
        shelf.refused(.truncated, "control.tar that is gzip inside") { name in
            two.member("control.tar", tar(name).gzip).member("data.tar.gz", data).bytes
        }
        shelf.refused(.truncated, "an empty control archive") { _ in
            two.member("control.tar.gz", "").member("data.tar.gz", data).bytes
        }
        shelf.accepted("control.tar without compression") { name in
            two.member("control.tar", tar(name)).member("data.tar.gz", data).bytes
        }
        shelf.refused(.ambiguous, "a hundred thousand members of one name") { _ in
            two.raw(HostileGzip.repeated(Array(ArBuilder().member("_", "").bytes.dropFirst(8)), 100_000)).bytes
        }
        shelf.refused(.malformed, "named like a package, but text inside") { _ in Array("hello\n".utf8) }
        shelf.refused(.truncated, "nothing inside") { _ in [] }
        shelf.refused(.malformed, "zeros inside") { _ in [UInt8](repeating: 0, count: 100_000) }
    }

    /// dpkg unpacks the control archive with tar, which follows links that it has just made.
    private static func links(_ shelf: inout HostileShelf) {
        @Sendable func file(_ tar: TarBuilder) -> [UInt8] { deb(("control.tar.gz", tar.bytes.gzip), ("data.tar.gz", data)) }
        shelf.refused(.ambiguous, "a control file behind a link to its folder") { name in
            file(TarBuilder().file("./control", control(name)).link("./x", to: ".").file("./x/control", control("other")))
        }
        shelf.refused(.ambiguous, "a file behind a link out of the control archive") { name in
            file(TarBuilder().link("./x", to: "/etc").file("./x/passwd", "x").file("./control", control(name)))
        }
        shelf.accepted("one maintainer script a link to another") { name in
            file(TarBuilder().file("./control", control(name)).file("./postinst", "#!/bin/sh\n").link("./postrm", to: "postinst"))
        }
        shelf.accepted("a maintainer script called ; rm -rf") { name in
            file(TarBuilder().file("./control", control(name)).file("./; rm -rf $HOME\u{1b}[2J", "x"))
        }
        shelf.accepted("a file called Control beside control") { name in
            file(TarBuilder().file("./control", control(name)).file("./Control", control("other")))
        }
        shelf.refused(.malformed, "only a file called CONTROL") { name in file(TarBuilder().file("./CONTROL", control(name))) }
        shelf.refused(.malformed, "control in a folder") { name in file(TarBuilder().file("./DEBIAN/control", control(name))) }
    }
}
