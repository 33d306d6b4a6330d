@testable import Formats
@testable import Kit

/// Packages that together reach every rule of the index; the parity tests give them to createrepo_c, too.
enum RPMOddPackages {
    static let all: [(label: String, file: [UInt8])] = [
        ("everything", everything.build()), ("dependencies", dependencies.build()), ("c-library", cLibrary.build()),
        ("c-library-private", cLibraryPrivate.build()), ("files", files.build()), ("latin-1", latin1.build()),
        ("source", source.build()), ("old-names", oldNames.build()), ("legacy", legacy.build()), ("changelog", changelog.build()),
        ("bare", RPMBuilder(name: "bare").build()), ("epochs", epochs.build()), ("wide", wide.build()),
        ("versions", versions.build()),
    ]

    static var everything: RPMBuilder {
        var rpm = RPMBuilder(name: "everything", version: "1.2~rc1^git3", release: "4.el9")
        rpm.epoch = 2
        rpm.provides = [
            ("everything", 8, "2:1.2~rc1^git3-4.el9"), ("config(everything)", 8 | 1 << 28, "2:1.2~rc1^git3-4.el9"), ("x", 0, ""),
        ]
        rpm.requires = [
            ("bash", 12, "4.0"), ("config(everything)", 8 | 1 << 28, "2:1.2~rc1^git3-4.el9"),
            ("rpmlib(FileDigests)", 10, "4.6.0-1"),
            ("(a >= 1 if b < 2)", 0, ""), ("/usr/bin/everything", 0, ""),
        ]
        rpm.conflicts = [("old", 2, "2.0")]
        rpm.obsoletes = [("older", 10, "1:0.9-3")]
        rpm.recommends = [("docs", 0, "")]
        rpm.suggests = [("more", 4, "1")]
        rpm.supplements = [("(a and b)", 0, "")]
        rpm.enhances = [("c", 8, "3")]
        rpm.files = [
            .init("/usr/bin/", "everything", mode: 0o100755), .init("/etc/", "everything", mode: 0o040755),
            .init("/var/log/", "everything.log", flags: 64), .init("/usr/share/", "a & b <c>"),
        ]
        rpm.changelog = [
            (1_700_000_000, "Ada <ada@example.org> - 1.2", "- second\n- \"more\""), (1_600_000_000, "Bob", "- first"),
        ]
        rpm.tags = [1_011: .text("Example"), 1_015: .text("Ada"), 1_020: .text("https://example.org/?a=1&b=2")]
        return rpm
    }

    static var dependencies: RPMBuilder {
        var rpm = RPMBuilder(name: "dependencies")
        rpm.files = [
            .init("/opt/tool/sbin/", "run"), .init("/usr/share/", "data"), .init("/usr/lib/", "sendmail", mode: 0o120777),
            .init("/etc/", "tool", mode: 0o040755), .init("/usr/share/cabin/", "plan"),
        ]
        rpm.provides = [("same", 8, "1-1"), ("unversioned", 0, ""), ("aEQ1", 0, ""), ("", 0, "")]
        rpm.requires = [
            ("/opt/tool/sbin/run", 0, ""), ("/usr/share/data", 0, ""), ("/usr/lib/sendmail", 0, ""), ("/etc/tool", 1 << 9, ""),
            ("/usr/share/cabin/plan", 0, ""), ("same", 8, "1-1"), ("same", 8, "1-2"), ("same", 12, "1-1"), ("unversioned", 0, ""),
            ("unversioned", 1 << 14, ""), ("a", 8, "1"),
            // Scripts: every flag that could mean "pre".
            ("prereq", 1 << 6, ""), ("posttrans", 1 << 5, ""), ("pretrans", 1 << 7, ""), ("interp", 1 << 8, ""),
            ("script-pre", 1 << 9, ""),
            ("script-post", 1 << 10, ""), ("script-preun", 1 << 11, ""), ("script-postun", 1 << 12, ""), ("verify", 1 << 13, ""),
            // Repeats.
            ("/bin/sh", 1 << 9, ""), ("/bin/sh", 0, ""), ("/bin/sh", 0, ""), ("/bin/sh", 1 << 9, ""), ("again", 12, "1"),
            ("between", 0, ""),
            ("again", 12, "1"), ("again", 12, "2"), ("again", 12, "1"), ("again", 14, "1"), ("again", 14, "1"),
            // Weak by flag, once with a pre that must not show.
            ("weak", 1 << 19, ""), ("weak-pre", 1 << 19 | 1 << 9, ""), ("weak", 1 << 19, ""), ("", 0, ""),
            // Odd relations.
            ("six", 6, "1"), ("fifteen", 15, "1"), ("no-relation", 0, "1.0"), ("relation-only", 8, ""),
            ("quote\"<tab>\t&\r\n\u{e9}\u{1F600}", 8, "1"),
        ]
        rpm.recommends = [("recommended", 0, ""), ("recommended", 0, "")]
        rpm.conflicts = [("", 0, "")]
        return rpm
    }

    static var cLibrary: RPMBuilder {
        var rpm = RPMBuilder(name: "c-library")
        rpm.requires = [
            ("libc.so.6", 0, ""), ("libc.so.6()(64bit)", 1 << 14, ""), ("libc.so.6(GLIBC_2.34)(64bit)", 1 << 14, ""),
            ("after", 0, ""),
            ("libc.so.6(GLIBC_2.4)(64bit)", 1 << 14, ""), ("libc.so.6(GLIBC_2.14)(64bit)", 1 << 14, ""),
            ("libm.so.6()(64bit)", 0, ""),
        ]
        return rpm
    }

    static var cLibraryPrivate: RPMBuilder {
        var rpm = RPMBuilder(name: "c-library-private")
        rpm.requires = [
            ("libc.so.6()(64bit)", 0, ""), ("libc.so.6(GLIBC_PRIVATE)(64bit)", 1 << 9, ""), ("libc.so.6(GLIBC_PRIVATE)", 0, ""),
            ("libc.so.6(", 0, ""), ("libc.so.6", 0, ""),
        ]
        return rpm
    }

    static var files: RPMBuilder {
        var rpm = RPMBuilder(name: "files")
        rpm.files = [
            .init("/usr/bin/", "plain"), .init("/usr/bin/", "ghost", flags: 64),
            .init("/usr/bin/", "dir", mode: 0o040755, flags: 64),
            .init("/", "root"), .init("/etc", "no-slash"), .init("/etc/", ""), .init("/usr/lib/sendmail", ""),
            .init("/dev/", "null", mode: 0o020666),
            .init("/usr/share/", "M\u{f6}dul \"q\" 'a' > < &"), .init("/bin", "/x"), .init("bin/", "y"),
            .init("/usr/lib/", "sendmail.x"),
        ]
        return rpm
    }

    static var latin1: RPMBuilder {
        var rpm = RPMBuilder(name: "latin-1")
        rpm.summary = [0x46, 0x72, 0x61, 0x6E, 0xE7, 0x6F, 0x69, 0x73, 0x20, 0x92, 0xFF, 0x26]
        rpm.files = [.init("/usr/bin/", "x"), .init("/usr/share/", "\u{e9}\u{1F600}")]
        rpm.files[0].base = [0xE9, 0x61]
        rpm.changelog = [(1_700_000_000, "x", "y")]
        rpm.tags = [1_081: .strings([[0xC9, 0x22, 0x85]]), 1_082: .strings([[0x2D, 0xE4, 0x0D, 0x0A]])]
        return rpm
    }

    static var source: RPMBuilder {
        var rpm = RPMBuilder(name: "source")
        rpm.isSource = true
        rpm.requires = [("gcc", 0, "")]
        rpm.files = [.init("", "source.spec"), .init("", "source-1.0.tar.gz")]
        return rpm
    }

    static var oldNames: RPMBuilder {
        var rpm = RPMBuilder(name: "old-names")
        rpm.hasOldFileNames = true
        rpm.architecture = "i386"
        rpm.files = [
            .init("/etc/", "old"), .init("/usr/bin/", "old", mode: 0o100755), .init("/usr/share/doc/", "old", mode: 0o040755),
        ]
        rpm.requires = [("/usr/bin/old", 0, "")]
        return rpm
    }

    static var legacy: RPMBuilder {
        var rpm = RPMBuilder(name: "legacy")
        rpm.suggests = [("s", 0, "")]
        rpm.recommends = [("r", 0, "")]
        rpm.oldSuggests = [("os", 0, ""), ("os-strong", 1 << 27, "")]
        rpm.oldEnhances = [("oe", 8, "1"), ("oe-strong", 1 << 27 | 8, "1")]
        rpm.requires = [("m", 1 << 19, "")]
        return rpm
    }

    static var changelog: RPMBuilder {
        var rpm = RPMBuilder(name: "changelog")
        let dates: [UInt32] = [5_003, 5_001, 5_000, 5_000, 5_000, 4_000, 4_000, 3_000, 3_000, 3_000, 2_000, 2_000]
        rpm.changelog = dates.enumerated().map { ($1, "Author \($0)   ", $0 == 3 ? "" : "- entry \($0)") }
        rpm.changelog[1].author = "   "
        rpm.changelog[2].author = "a"
        return rpm
    }

    static var epochs: RPMBuilder {
        var rpm = RPMBuilder(name: "epochs")
        rpm.epoch = 0
        rpm.provides = [
            ("none", 8, "1-2"), ("empty", 8, ":1-2"), ("two", 8, "2:1-2-3"), ("bad", 8, "x:1-2"), ("later", 8, "1-2:3"),
            ("nothing", 8, "1:"),
            ("dash", 8, "-1"), ("plus", 8, "+1:1"), ("minus", 8, "-1:1"), ("space", 8, " 1:1"), ("no-rel", 8, "1-"),
            ("zeros", 8, "007:1"),
            ("sign", 8, "+:1"), ("two-colons", 8, "1:2:3"), ("unrelated-bad", 0, "x:1"),
        ]
        rpm.requires = [("bad", 8, "x:1-2"), ("bad2", 8, "y:1")]
        return rpm
    }

    static var wide: RPMBuilder {
        var rpm = RPMBuilder(name: "wide")
        rpm.epoch = 2_147_483_647
        rpm.tags = [5_009: .int64([5_000_000_000]), 1_006: .int32([4_000_000_000])]
        rpm.tags.updateValue(nil, forKey: 1_009)
        rpm.signatureTags = [271: .int64([6_000_000_000])]
        return rpm
    }

    static var versions: RPMBuilder {
        var rpm = RPMBuilder(name: "versions+x_y.z", version: "1.0", release: "1.el9^2~3")
        rpm.architecture = "noarch"
        rpm.provides = [("p", 8, "1.0^git~rc"), ("p", 8, "\u{e9}")]
        return rpm
    }
}
