/// The header tags that feed the index (rpm: include/rpm/rpmtag.h).
enum RPMTag: UInt32 {
    // Signature header.
    case dsaSignature = 267
    case rsaSignature = 268
    case headerSHA1 = 269
    case longSignatureSize = 270
    case longArchiveSize = 271
    case headerSHA256 = 273
    case openPGP = 278
    case headerSHA3 = 279
    /// SIZE of the signature header: bytes of main header and payload.
    case signatureSize = 1_000
    // In the signature header 1007 is the payload's uncompressed size; in the main header it is `buildHost`.
    case buildHost = 1_007

    // Main header. NAME shares its number with the signature header's size.
    case version = 1_001
    case release = 1_002
    case epoch = 1_003
    case summary = 1_004
    case description = 1_005
    case buildTime = 1_006
    case size = 1_009
    case vendor = 1_011
    case license = 1_014
    case packager = 1_015
    case group = 1_016
    case url = 1_020
    case architecture = 1_022
    case oldFileNames = 1_027
    case fileModes = 1_030
    case fileFlags = 1_037
    case sourceRPM = 1_044
    case archiveSize = 1_046
    case provideName = 1_047
    case requireFlags = 1_048
    case requireName = 1_049
    case requireVersion = 1_050
    case conflictFlags = 1_053
    case conflictName = 1_054
    case conflictVersion = 1_055
    case changelogTime = 1_080
    case changelogName = 1_081
    case changelogText = 1_082
    case obsoleteName = 1_090
    case sourcePackage = 1_106
    case provideFlags = 1_112
    case provideVersion = 1_113
    case obsoleteFlags = 1_114
    case obsoleteVersion = 1_115
    case directoryIndexes = 1_116
    case baseNames = 1_117
    case directoryNames = 1_118
    case payloadFormat = 1_124
    case oldSuggestsName = 1_156
    case oldSuggestsVersion = 1_157
    case oldSuggestsFlags = 1_158
    case oldEnhancesName = 1_159
    case oldEnhancesVersion = 1_160
    case oldEnhancesFlags = 1_161
    case longSize = 5_009
    case recommendName = 5_046
    case recommendVersion = 5_047
    case recommendFlags = 5_048
    case suggestName = 5_049
    case suggestVersion = 5_050
    case suggestFlags = 5_051
    case supplementName = 5_052
    case supplementVersion = 5_053
    case supplementFlags = 5_054
    case enhanceName = 5_055
    case enhanceVersion = 5_056
    case enhanceFlags = 5_057
    /// In spite of rpm's name for it, of the algorithm that the next one says.
    case payloadDigest = 5_092
    case payloadDigestAlgorithm = 5_093
    case modularityLabel = 5_096
    /// Of the payload as it was before it was compressed.
    case payloadDigestAlternative = 5_097
    case payloadSHA512 = 5_121
    case payloadSHA512Alternative = 5_122
    case payloadSHA3 = 5_123
    case payloadSHA3Alternative = 5_124

    /// PGP, MD5, GPG and PGP5 of the signature header.
    static let signaturePGP = RPMTag.release
    static let signatureMD5 = RPMTag.summary
    static let signatureGPG = RPMTag.description
    static let signaturePGP5 = RPMTag.buildTime

    /// NAME of the main header.
    static let name = RPMTag.signatureSize
    /// PAYLOADSIZE of the signature header, which librpm hands on as ARCHIVESIZE.
    static let payloadSize = RPMTag.buildHost

    /// The numbers of all these tags lie in three windows of 256; the position in their union, or nil for any other tag.
    @inline(__always)
    static func slot(_ number: UInt32) -> Int? {
        switch number {
        case 256..<512: Int(number &- 256)
        case 1_000..<1_256: Int(number &- 1_000 &+ 256)
        case 5_000..<5_256: Int(number &- 5_000 &+ 512)
        default: nil
        }
    }

    static let slots = 768
}
