internal import Formats

extension ArchHostile {
    static let signatures: [HostileSample] = contents + names

    private static let contents: [HostileSample] = [
        .arch("an empty signature", .truncated, "the signature is empty") { [] },
        .arch("an armored signature", .unsupported, "the signature is armored") {
            [UInt8]("-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n")
        },
        .arch("an armored key", .unsupported, "the signature is armored") { [UInt8]("-----BEGIN PGP PUBLIC KEY BLOCK-----\n") },
        .arch("a text for a signature", .malformed, "not OpenPGP") { [UInt8]("not a signature, but a text of some length\n") },
        .arch("a large signature", .limit, "more than 16384 bytes") { .init(repeating: 0x88, count: 16_385) },
        .arch("a key for a signature", .malformed, "packet type 6") { ArchBuilder.signature(tag: 6) },
        .arch("a message for a signature", .malformed, "packet type 11") { ArchBuilder.signature(tag: 11) },
        .arch("an encrypted message", .malformed, "packet type 1)") { ArchBuilder.signature(tag: 1) },
        .arch("a packet of type 0", .malformed, "packet type 0") { ArchBuilder.signature(tag: 0) },
        .arch("half a signature", .truncated, "ends too early") { Array(ArchBuilder.signature().dropLast(20)) },
        .arch("a signature's first byte", .truncated, "ends too early") { [0x88] },
        .arch("half a length", .truncated, "ends too early") { [0x89, 1] },
        .arch("a length of four gigabytes", .truncated, "ends too early") { [0x8a, 0xff, 0xff, 0xff, 0xff, 4, 0] },
        .arch("a new length of four gigabytes", .truncated, "ends too early") { [0xc2, 0xff, 0xff, 0xff, 0xff, 0xff, 4, 0] },
        .arch("a length without end", .malformed, "not OpenPGP") { [0x8b] + ArchBuilder.signature().dropFirst(2) },
        .arch("a length in pieces", .malformed, "not OpenPGP") { [0xc2, 0xe5] + .init(repeating: 4, count: 64) },
        .arch("a signature of a text", .malformed, "type 0x01") { ArchBuilder.signature(type: 1) },
        .arch("a certification", .malformed, "type 0x10") { ArchBuilder.signature(type: 0x10) },
        .arch("a revocation", .malformed, "type 0x20") { ArchBuilder.signature(type: 0x20) },
        .arch("a signature of a key in version 3", .malformed, "type 0x18") { ArchBuilder.signature(version: 3, type: 0x18) },
        .arch("version 2", .unsupported, "the unknown version 2") { ArchBuilder.signature(version: 2) },
        .arch("version 99", .unsupported, "the unknown version 99") { ArchBuilder.signature(version: 99) },
        .arch("a signature of nothing", .malformed, "too short") { [0x88, 0] },
        .arch("a signature of nine bytes", .malformed, "too short") { ArchBuilder.signature(size: 9) },
        .arch("a signature and zeros", .malformed, "not OpenPGP") { ArchBuilder.signature() + [0, 0, 0, 0] },
        .arch("a signature and a key", .malformed, "packet type 6") {
            ArchBuilder.signature() + ArchBuilder.signature(tag: 6)
        },
        .arch("a package named like a signature", .malformed, "not OpenPGP") { ArchBuilder("demo", "1.0-1").tar.bytes.gzip },
    ]

    private static let names =
        partless + foreign + [
            HostileSample.arch("a dash first", .malformed, "name is empty", signing: "-1.0-1-any.pkg.tar.zst.sig"),
            .arch("a name with a dot first", .malformed, "name begins with '.'", signing: ".a-1.0-1-any.pkg.tar.zst.sig"),
            .arch("a version without number", .malformed, "not a number", signing: "demo-1.0-a-any.pkg.tar.zst.sig"),
            .arch("an epoch of letters", .malformed, "an epoch", signing: "demo-a:1-1-any.pkg.tar.zst.sig"),
            .arch("an architecture with dots", .malformed, "architecture holds '.'", signing: "demo-1-1-a.b.pkg.tar.zst.sig"),
            .arch("no architecture in a name", .malformed, "architecture is empty", signing: "demo-1-1-.pkg.tar.zst.sig"),
            .arch(
                "a long name of a signature", .limit, "longer than a file name",
                signing: String(repeating: "a", count: 240) + "-1-1-any.pkg.tar.zst.sig"),
        ]

    private static let partless: [HostileSample] = [
        "demo.pkg.tar.zst.sig", "demo-1.0.pkg.tar.zst.sig", "demo-1.0-any.pkg.tar.zst.sig", ".pkg.tar.zst.sig",
    ].map { (name: String) in .arch("a signature called \(name)", .malformed, "does not have the parts", signing: name) }

    private static let foreign: [HostileSample] = [
        "demo-1.0-1-any.pkg.tar.lz4.sig", "demo-1.0-1-any.pkg.tar.zst.asc.sig", "demo-1.0-1-any.pkg.tarx.sig",
    ].map { (name: String) in .arch("a signature called \(name)", .malformed, "not that of a package", signing: name) }
}
