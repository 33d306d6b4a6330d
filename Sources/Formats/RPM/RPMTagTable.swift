/// The tags that rpm knows, with their names and the types of their values: rpm does not read a header in which a known tag has values of
/// another type.
enum RPMTagTable {
    /// The kinds of values that rpm tells apart when it reads a header.
    enum Kind: UInt8 {
        /// A tag that rpm does not know, or whose values it does not judge.
        case any
        case int8, int16, int32, int64, binary
        /// A string, an array of strings or a translated string: rpm takes one for the other.
        case text

        /// Of the type that an entry of a header has; nil for a number that is not a type.
        init?(type: UInt32) {
            switch type {
            case 1, 2: self = .int8
            case 3: self = .int16
            case 4: self = .int32
            case 5: self = .int64
            case 6, 8, 9: self = .text
            case 7: self = .binary
            default: return nil
            }
        }

        var words: String {
            switch self {
            case .any: "anything"
            case .int8: "8-bit numbers"
            case .int16: "16-bit numbers"
            case .int32: "32-bit numbers"
            case .int64: "64-bit numbers"
            case .binary: "bytes"
            case .text: "text"
            }
        }
    }

    /// What the main header's entry of a tag must hold.
    @inline(__always)
    static func kind(of tag: UInt32) -> Kind {
        guard let slot = RPMTag.slot(tag) else { return tag == 100 ? .text : .any }
        return kinds[slot]
    }

    /// `tag 1022 (ARCH)`. In the signature header the numbers from 1000 on mean something else.
    static func name(of tag: UInt32, in role: RPMHeader.Role) -> String {
        let name = role == .signature && tag >= 1_000 ? signatureNames[tag] : RPMTag.slot(tag).flatMap { names[$0] }
        return name.map { "tag \(tag) (\($0))" } ?? "tag \(tag)"
    }

    private static let signatureNames: [UInt32: String] = [
        1_000: "SIZE", 1_001: "LEMD5_1", 1_002: "PGP", 1_003: "LEMD5_2", 1_004: "MD5", 1_005: "GPG", 1_006: "PGP5",
        1_007: "PAYLOADSIZE", 1_008: "RESERVEDSPACE",
    ]

    /// By slot.
    private static let kinds: [Kind] = {
        var kinds = [Kind](repeating: .any, count: RPMTag.slots)
        each { slot, _, kind in kinds[slot] = kind }
        return kinds
    }()

    private static let names: [Int: String] = {
        var names: [Int: String] = [:]
        each { slot, name, _ in names[slot] = name }
        return names
    }()

    private static func each(_ body: (_ slot: Int, _ name: String, _ kind: Kind) -> Void) {
        let letters: [Substring: Kind] = [
            "c": .int8, "h": .int16, "i": .int32, "l": .int64, "x": .binary, "s": .text,
        ]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard var tag = UInt32(words[0]) else { continue }
            for word in words.dropFirst() {
                let parts = word.split(separator: ":")
                let kind = parts.count > 1 ? letters[parts[1]] ?? .any : .any
                if let slot = RPMTag.slot(tag) { body(slot, String(parts[0]), kind) }
                tag += 1
            }
        }
    }

    /// Runs of tags with consecutive numbers: the first number, then names with the letter of their type (rpm 4.18 and 6.0 agree:
    /// include/rpm/rpmtag.h). Without a letter: internal or never written, not judged.
    private static let text = """
        100 HEADERI18NTABLE:s
        257 SIGSIZE:i SIGLEMD5_1 SIGPGP:x SIGLEMD5_2 SIGMD5:x SIGGPG:x SIGPGP5 BADSHA1_1 BADSHA1_2 PUBKEYS:s DSAHEADER:x
        268 RSAHEADER:x SHA1HEADER:s LONGSIGSIZE:l LONGARCHIVESIZE:l
        273 SHA256HEADER:s
        276 VERITYSIGNATURES:s VERITYSIGNATUREALGO:i OPENPGP:s SHA3_256HEADER:s
        1000 NAME:s VERSION:s RELEASE:s EPOCH:i SUMMARY:s DESCRIPTION:s BUILDTIME:i BUILDHOST:s INSTALLTIME:i SIZE:i
        1010 DISTRIBUTION:s VENDOR:s GIF:x XPM:x LICENSE:s PACKAGER:s GROUP:s CHANGELOG SOURCE:s PATCH:s URL:s OS:s
        1022 ARCH:s PREIN:s POSTIN:s PREUN:s POSTUN:s OLDFILENAMES:s FILESIZES:i FILESTATES:c FILEMODES:h FILEUIDS
        1032 FILEGIDS FILERDEVS:h FILEMTIMES:i FILEDIGESTS:s FILELINKTOS:s FILEFLAGS:i ROOT FILEUSERNAME:s
        1040 FILEGROUPNAME:s EXCLUDE EXCLUSIVE ICON:x SOURCERPM:s FILEVERIFYFLAGS:i ARCHIVESIZE:i PROVIDENAME:s
        1048 REQUIREFLAGS:i REQUIRENAME:s REQUIREVERSION:s NOSOURCE:i NOPATCH:i CONFLICTFLAGS:i CONFLICTNAME:s
        1055 CONFLICTVERSION:s DEFAULTPREFIX BUILDROOT INSTALLPREFIX EXCLUDEARCH:s EXCLUDEOS:s EXCLUSIVEARCH:s
        1062 EXCLUSIVEOS:s AUTOREQPROV RPMVERSION:s TRIGGERSCRIPTS:s TRIGGERNAME:s TRIGGERVERSION:s TRIGGERFLAGS:i
        1069 TRIGGERINDEX:i
        1079 VERIFYSCRIPT:s CHANGELOGTIME:i CHANGELOGNAME:s CHANGELOGTEXT:s BROKENMD5 PREREQ PREINPROG:s POSTINPROG:s
        1087 PREUNPROG:s POSTUNPROG:s BUILDARCHS:s OBSOLETENAME:s VERIFYSCRIPTPROG:s TRIGGERSCRIPTPROG:s DOCDIR COOKIE:s
        1095 FILEDEVICES:i FILEINODES:i FILELANGS:s PREFIXES:s INSTPREFIXES:s TRIGGERIN TRIGGERUN TRIGGERPOSTUN AUTOREQ
        1104 AUTOPROV CAPABILITY SOURCEPACKAGE:i OLDORIGFILENAMES BUILDPREREQ BUILDREQUIRES BUILDCONFLICTS BUILDMACROS
        1112 PROVIDEFLAGS:i PROVIDEVERSION:s OBSOLETEFLAGS:i OBSOLETEVERSION:s DIRINDEXES:i BASENAMES:s DIRNAMES:s
        1119 ORIGDIRINDEXES:i ORIGBASENAMES:s ORIGDIRNAMES:s OPTFLAGS:s DISTURL:s PAYLOADFORMAT:s PAYLOADCOMPRESSOR:s
        1126 PAYLOADFLAGS:s INSTALLCOLOR:i INSTALLTID:i REMOVETID:i SHA1RHN RHNPLATFORM PLATFORM:s PATCHESNAME:s
        1134 PATCHESFLAGS:i PATCHESVERSION:s CACHECTIME CACHEPKGPATH CACHEPKGSIZE CACHEPKGMTIME FILECOLORS:i FILECLASS:i
        1142 CLASSDICT:s FILEDEPENDSX:i FILEDEPENDSN:i DEPENDSDICT:i SOURCESIGMD5:x FILECONTEXTS:s FSCONTEXTS:s
        1149 RECONTEXTS:s POLICIES:s PRETRANS:s POSTTRANS:s PRETRANSPROG:s POSTTRANSPROG:s DISTTAG:s OLDSUGGESTSNAME:s
        1157 OLDSUGGESTSVERSION:s OLDSUGGESTSFLAGS:i OLDENHANCESNAME:s OLDENHANCESVERSION:s OLDENHANCESFLAGS:i PRIORITY
        1163 CVSID BLINKPKGID BLINKHDRID BLINKNEVRA FLINKPKGID FLINKHDRID FLINKNEVRA PACKAGEORIGIN TRIGGERPREIN
        1172 BUILDSUGGESTS BUILDENHANCES SCRIPTSTATES SCRIPTMETRICS BUILDCPUCLOCK FILEDIGESTALGOS VARIANTS XMAJOR XMINOR
        1181 REPOTAG KEYWORDS BUILDPLATFORMS PACKAGECOLOR PACKAGEPREFCOLOR XATTRSDICT FILEXATTRSX DEPATTRSDICT
        1189 CONFLICTATTRSX OBSOLETEATTRSX PROVIDEATTRSX REQUIREATTRSX BUILDPROVIDES BUILDOBSOLETES DBINSTANCE:i NVRA:s
        5000 FILENAMES:s FILEPROVIDE:s FILEREQUIRE:s FSNAMES FSSIZES TRIGGERCONDS:s TRIGGERTYPE:s ORIGFILENAMES:s
        5008 LONGFILESIZES:l LONGSIZE:l FILECAPS:s FILEDIGESTALGO:i BUGURL:s EVR:s NVR:s NEVR:s NEVRA:s HEADERCOLOR:i
        5018 VERBOSE:i EPOCHNUM:i PREINFLAGS:i POSTINFLAGS:i PREUNFLAGS:i POSTUNFLAGS:i PRETRANSFLAGS:i POSTTRANSFLAGS:i
        5026 VERIFYSCRIPTFLAGS:i TRIGGERSCRIPTFLAGS:i
        5029 COLLECTIONS POLICYNAMES:s POLICYTYPES:s POLICYTYPESINDEXES:i POLICYFLAGS:i VCS:s ORDERNAME:s ORDERVERSION:s
        5037 ORDERFLAGS:i MSSFMANIFEST MSSFDOMAIN INSTFILENAMES:s REQUIRENEVRS:s PROVIDENEVRS:s OBSOLETENEVRS:s
        5044 CONFLICTNEVRS:s FILENLINKS:i RECOMMENDNAME:s RECOMMENDVERSION:s RECOMMENDFLAGS:i SUGGESTNAME:s
        5050 SUGGESTVERSION:s SUGGESTFLAGS:i SUPPLEMENTNAME:s SUPPLEMENTVERSION:s SUPPLEMENTFLAGS:i ENHANCENAME:s
        5056 ENHANCEVERSION:s ENHANCEFLAGS:i RECOMMENDNEVRS:s SUGGESTNEVRS:s SUPPLEMENTNEVRS:s ENHANCENEVRS:s ENCODING:s
        5063 FILETRIGGERIN FILETRIGGERUN FILETRIGGERPOSTUN FILETRIGGERSCRIPTS:s FILETRIGGERSCRIPTPROG:s
        5068 FILETRIGGERSCRIPTFLAGS:i FILETRIGGERNAME:s FILETRIGGERINDEX:i FILETRIGGERVERSION:s FILETRIGGERFLAGS:i
        5073 TRANSFILETRIGGERIN TRANSFILETRIGGERUN TRANSFILETRIGGERPOSTUN TRANSFILETRIGGERSCRIPTS:s
        5077 TRANSFILETRIGGERSCRIPTPROG:s TRANSFILETRIGGERSCRIPTFLAGS:i TRANSFILETRIGGERNAME:s TRANSFILETRIGGERINDEX:i
        5081 TRANSFILETRIGGERVERSION:s TRANSFILETRIGGERFLAGS:i REMOVEPATHPOSTFIXES FILETRIGGERPRIORITIES:i
        5085 TRANSFILETRIGGERPRIORITIES:i FILETRIGGERCONDS:s FILETRIGGERTYPE:s TRANSFILETRIGGERCONDS:s
        5089 TRANSFILETRIGGERTYPE:s FILESIGNATURES:s FILESIGNATURELENGTH:i PAYLOADSHA256:s PAYLOADSHA256ALGO:i
        5094 AUTOINSTALLED IDENTITY MODULARITYLABEL:s PAYLOADSHA256ALT:s ARCHSUFFIX:s SPEC:s TRANSLATIONURL:s
        5101 UPSTREAMRELEASES:s SOURCELICENSE PREUNTRANS:s POSTUNTRANS:s PREUNTRANSPROG:s POSTUNTRANSPROG:s
        5107 PREUNTRANSFLAGS:i POSTUNTRANSFLAGS:i SYSUSERS:s BUILDSYSTEM BUILDOPTION PAYLOADSIZE:l PAYLOADSIZEALT:l
        5114 RPMFORMAT:i FILEMIMEINDEX:i MIMEDICT:s FILEMIMES:s PACKAGEDIGESTS:s PACKAGEDIGESTALGOS:i SOURCENEVR:s
        5121 PAYLOADSHA512:s PAYLOADSHA512ALT:s PAYLOADSHA3_256:s PAYLOADSHA3_256ALT:s
        """
}
