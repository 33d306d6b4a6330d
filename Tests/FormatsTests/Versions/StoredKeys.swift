@testable import Formats

/// Keys of versions as they have been written from the beginning, and lie in catalogs: an order that writes others would list old files in
/// other places than new ones.
enum StoredKeys {
    struct Key: Sendable {
        var order: String
        /// `<300>` stands for so many nines, in keys as well.
        var version: String
        var key: String

        init(_ order: String, _ version: String, _ key: String) {
            self.order = order
            self.version = version
            self.key = key
        }

        var text: String { StoredKeys.expanded(version, with: "9") }
        /// Hexadecimal digits.
        var hex: String { StoredKeys.expanded(key, with: "39") }
    }

    private static func expanded(_ text: String, with nine: String) -> String {
        text.split(separator: "<", omittingEmptySubsequences: false).enumerated().map { index, part in
            guard index > 0, let end = part.firstIndex(of: ">"), let count = Int(part[..<end]) else { return String(part) }
            return String(repeating: nine, count: count) + part[part.index(after: end)...]
        }.joined()
    }

    private static let semanticVersion = [
        Key("SemanticVersion", "1", "000000000000000100000000000000000000000000000000023100"),
        Key("SemanticVersion", "v1.2", "0000000000000001000000000000000200000000000000000276312e3200"),
        Key("SemanticVersion", "1.2.3", "00000000000000010000000000000002000000000000000302312e322e3300"),
        Key("SemanticVersion", "0.0.0", "00000000000000000000000000000000000000000000000002302e302e3000"),
        Key("SemanticVersion", "1.0.0-0", "0000000000000001000000000000000000000000000000000101013000312e302e302d3000"),
        Key(
            "SemanticVersion", "1.0.0-rc.1",
            "000000000000000100000000000000000000000000000000010272630001013100312e302e302d72632e3100"),
        Key(
            "SemanticVersion", "1.0.0-alpha.10.x",
            "0000000000000001000000000000000000000000000000000102616c706861000102313002780000312e302e302d616c7068"
                + "612e31302e7800"),
        Key(
            "SemanticVersion", "1.0.0-alpha",
            "0000000000000001000000000000000000000000000000000102616c7068610000312e302e302d616c70686100"),
        Key("SemanticVersion", "1.0.0+build.7", "00000000000000010000000000000000000000000000000002312e302e302b6275696c642e3700"),
        Key(
            "SemanticVersion", "18446744073709551615.2.3",
            "ffffffffffffffff000000000000000200000000000000030231383434363734343037333730393535313631352e322e3300"),
        Key(
            "SemanticVersion", "1.0.0-x-y.99999999999999999999",
            "0000000000000001000000000000000000000000000000000102782d79000114393939393939393939393939393939393939"
                + "393900312e302e302d782d792e393939393939393939393939393939393939393900"),
        Key("SemanticVersion", "2.0.0-00a", "00000000000000020000000000000000000000000000000001023030610000322e302e302d30306100"),
    ]

    private static let comparableVersion = [
        Key("ComparableVersion", "", "3000"),
        Key("ComparableVersion", "1", "600131303100"),
        Key("ComparableVersion", "1.0", "60013130312e3000"),
        Key("ComparableVersion", "1.0.Final", "60013130312e302e46696e616c00"),
        Key("ComparableVersion", "1-SNAPSHOT", "60013120100430312d534e415053484f5400"),
        Key("ComparableVersion", "1.0-alpha-1", "6001312010005060013130312e302d616c7068612d3100"),
        Key("ComparableVersion", "1.0-a1", "6001312010005060013130312e302d613100"),
        Key("ComparableVersion", "1.0.RC2", "6001312010035060013230312e302e52433200"),
        Key("ComparableVersion", "1-sp", "60013150400630312d737000"),
        Key("ComparableVersion", "1.0-foo", "600131504007666f6f0030312e302d666f6f00"),
        Key("ComparableVersion", "2.0.0-20261128.1", "600132506008323032363131323860013130322e302e302d32303236313132382e3100"),
        Key("ComparableVersion", "1.foo.1", "6001314007666f6f0060013130312e666f6f2e3100"),
        Key("ComparableVersion", "1-0-alpha", "6001312020100030312d302d616c70686100"),
        Key("ComparableVersion", "final-alpha", "2010003066696e616c2d616c70686100"),
        Key("ComparableVersion", "10.0.1", "6002313060006001313031302e302e3100"),
        Key("ComparableVersion", "<300>", "60ff2d<300>30<300>00"),
        Key("ComparableVersion", "1..2", "600131600060013230312e2e3200"),
        Key("ComparableVersion", "1.0-xyz-0.1", "60013150400778797a0050600060013130312e302d78797a2d302e3100"),
        Key("ComparableVersion", "1a1", "600131201000506001313031613100"),
    ]

    private static let alpm = [
        Key("ALPMVersion", "1.0-1", "03000203013106000203013102"),
        Key("ALPMVersion", "2:1.0-1", "0301320203013106000203013102"),
        Key("ALPMVersion", "0:1.0-1", "03000203013106000203013102"),
        Key("ALPMVersion", "1.0a-1", "03000203013106000161000203013102"),
        Key("ALPMVersion", "1.0.a-1", "03000203013106000461000203013102"),
        Key("ALPMVersion", "1.-1", "0300020301310503013102"),
        Key("ALPMVersion", "1..2-1.1", "03000203013107020101320203013106013102"),
        Key("ALPMVersion", "007-1", "0300020301370203013102"),
        Key("ALPMVersion", "a-0", "03000201610002030002"),
        Key("ALPMVersion", "1_0~b^c+d-10.2", "0300020301310600046200046300046400020302313006013202"),
        Key("ALPMVersion", "<190>-1", "03000203be<190>0203013102"),
    ]

    private static let apk = [
        Key("APKVersion", "1", "013102"),
        Key("APKVersion", "1.2.3", "013108013208013302"),
        Key("APKVersion", "1.02", "0131080030320002"),
        Key("APKVersion", "1.0", "01310800300002"),
        Key("APKVersion", "01.0", "01310800300002"),
        Key("APKVersion", "1.2b", "0131080132076202"),
        Key("APKVersion", "1_rc1", "0131010305013102"),
        Key("APKVersion", "1_alpha", "0131010002"),
        Key("APKVersion", "1_p2_git20260101", "0131060405013206020508323032363031303102"),
        Key("APKVersion", "1.2.3b_rc1_p2~1a2b-r4", "013108013208013307620103050131060405013204316132620003013402"),
        Key("APKVersion", "0-r0", "00030002"),
        Key("APKVersion", "1~abc", "0131046162630002"),
        Key("APKVersion", "9999999999999999999-r10", "13393939393939393939393939393939393939390302313002"),
        Key("APKVersion", "1_hg_svn_cvs_pre_beta0", "013106030601060001020101050002"),
    ]

    private static let debianVersion = [
        Key("DebianVersion", "1", "0002013102020002"),
        Key("DebianVersion", "1.0", "00020131ae020002020002"),
        Key("DebianVersion", "0:1.0-0", "00020131ae020002020002"),
        Key("DebianVersion", "1:1.2.3-4", "0131020131ae020132ae0201330202013402"),
        Key("DebianVersion", "1.0~rc1-1", "00020131ae02000172630201310202013102"),
        Key("DebianVersion", "1.0+dfsg-1ubuntu2", "00020131ae0200ab646673670200020201317562756e747502013202"),
        Key("DebianVersion", "0", "00020002020002"),
        Key("DebianVersion", "00", "00020002020002"),
        Key("DebianVersion", "1a0", "0002013161020002020002"),
        Key("DebianVersion", "2147483647:1-1", "0a323134373438333634370201310202013102"),
        Key("DebianVersion", "1-2-3", "00020131ad0201320202013302"),
        Key("DebianVersion", "1:1:2", "0131020131ba02013202020002"),
        Key("DebianVersion", "1.0-1~bpo12+1", "00020131ae0200020201310162706f02023132ab02013102"),
        Key("DebianVersion", "<300>", "0002f03c<300>02020002"),
        Key("DebianVersion", "<600>", "0002f0f078<600>02020002"),
        Key("DebianVersion", "1.0.0<240>", "00020131ae0200ae02f000<240>02020002"),
    ]

    private static let naturalVersion = [
        Key("NaturalVersion", "", "0200000201000000"),
        Key("NaturalVersion", "1", "020001013100020100003100"),
        Key("NaturalVersion", "v1.2.0", "0200010131010132000201000076312e322e3000"),
        Key("NaturalVersion", "1.2.3", "02000101310101320101330002010000312e322e3300"),
        Key("NaturalVersion", "1.2.3-rc.1", "0200010131010132010133000102027263000101310000312e322e332d72632e3100"),
        Key("NaturalVersion", "1.2.3-RC.1", "0200010131010132010133000102025243000101310000312e322e332d52432e3100"),
        Key("NaturalVersion", "1.0rc1", "0200010131000101027263000101310000312e3072633100"),
        Key("NaturalVersion", "1.1.1w", "02000101310101310101310003010277000000312e312e317700"),
        Key("NaturalVersion", "release-7", "010272656c656173650000010137000201000072656c656173652d3700"),
        Key("NaturalVersion", "build-10", "01026275696c6400000102313000020100006275696c642d313000"),
        Key("NaturalVersion", "1.0.post1", "020001013100030102706f7374000101310000312e302e706f73743100"),
        Key("NaturalVersion", "1.0+b.2", "02000101310002010002620001013200312e302b622e3200"),
        Key("NaturalVersion", "2026.05~1", "02000104323032360101350001010101310000323032362e30357e3100"),
        Key("NaturalVersion", "1.0.0-alpha+x", "020001013100010202616c706861000002780000312e302e302d616c7068612b7800"),
        Key("NaturalVersion", "<300>", "020001ff2d<300>0002010000<300>00"),
        Key("NaturalVersion", "5.0.0.M1", "0200010135000101026d000101310000352e302e302e4d3100"),
        Key("NaturalVersion", "\u{e9}t\u{e9}-1", "0102c3a974c3a900000101310002010000c3a974c3a92d3100"),
    ]

    private static let pep440 = [
        Key("PEP440", "1", "013001310004000200"),
        Key("PEP440", "1.0", "013001310004000200"),
        Key("PEP440", "0", "013001300004000200"),
        Key("PEP440", "1!2.0rc1.post2.dev3+ubuntu.1", "0131013200030131010132010133017562756e74750002013100"),
        Key("PEP440", "1.dev1", "0130013100000001013100"),
        Key("PEP440", "1a1.dev1", "01300131000101310001013100"),
        Key("PEP440", "1c-1", "0130013100030131000200"),
        Key("PEP440", "v1.0-ALPHA_1", "0130013100010131000200"),
        Key("PEP440", "1.0.0.0", "013001310004000200"),
        Key("PEP440", "1.10", "013001310231300004000200"),
        Key("PEP440", "1.post1", "0130013100040101310200"),
        Key("PEP440", "1+abc.10", "013001310004000201616263000202313000"),
        Key("PEP440", "2026.11.28", "013004323032360231310232380004000200"),
        Key("PEP440", "0!0.0.0", "013001300004000200"),
        Key("PEP440", "<150>", "013096<150>0004000200"),
    ]

    private static let rpm = [
        Key("RPMVersion", "1.0-1", "0000000005013105000205013102"),
        Key("RPMVersion", "1:1.0-1", "0000000105013105000205013102"),
        Key("RPMVersion", "0:1.0-1", "0000000005013105000205013102"),
        Key("RPMVersion", "1.0~rc1-1.el9", "00000000050131050001047263000501310205013104656c0005013902"),
        Key("RPMVersion", "1.0^git1-1.fc41", "00000000050131050003046769740005013102050131046663000502343102"),
        Key("RPMVersion", "1..2-1", "000000000501310501320205013102"),
        Key("RPMVersion", "007-1", "000000000501370205013102"),
        Key("RPMVersion", "1.0a-1", "0000000005013105000461000205013102"),
        Key("RPMVersion", "4294967295:1-1", "ffffffff0501310205013102"),
        Key("RPMVersion", "1-2-3", "000000000501310501320205013302"),
        Key("RPMVersion", "~-1", "00000000010205013102"),
        Key("RPMVersion", "<300>-1", "0000000005ff000000000000012c<300>0205013102"),
        Key("RPMVersion", "<254>-1", "0000000005fe<254>0205013102"),
        Key("RPMVersion", "<255>-1", "0000000005ff00000000000000ff<255>0205013102"),
    ]

    private static let goVersion = [
        Key("GoVersion", "v1", "0131013001300200"),
        Key("GoVersion", "v1.2", "0131013201300200"),
        Key("GoVersion", "v1.2.3", "0131013201330200"),
        Key("GoVersion", "v1.2.3-rc.1", "01310132013301027263000101310000"),
        Key("GoVersion", "v2.0.0+incompatible", "0132013001300201"),
        Key(
            "GoVersion", "v0.0.0-20261128120000-abcdefabcdef",
            "013001300130010232303236313132383132303030302d616263646566616263646566000000"),
        Key("GoVersion", "v1.0.0+x", "0131013001300200"),
        Key(
            "GoVersion", "v1.2.4-0.20261128120000-abcdefabcdef",
            "013101320134010101300232303236313132383132303030302d616263646566616263646566000000"),
        Key("GoVersion", "v1.0.0-x-y.10.a", "0131013001300102782d7900010231300261000000"),
        Key("GoVersion", "v10.0.0", "023130013001300200"),
        Key("GoVersion", "v<100>", "64<100>013001300200"),
    ]

    private static let mavenBuild = [
        Key("MavenBuild", "20261128.120000-0", "cdcfcdc9cececdc7d1cecdcfcfcfcfffffffff"),
        Key("MavenBuild", "20261128.120000-2", "cdcfcdc9cececdc7d1cecdcfcfcfcffffffffd"),
        Key("MavenBuild", "20000101.000000-999999999", "cdcfcfcfcfcecfced1cfcfcfcfcfcfc4653600"),
    ]

    static let all =
        semanticVersion + comparableVersion + alpm + apk + debianVersion + naturalVersion + pep440 + rpm + goVersion + mavenBuild
}
