import Foundation
import Testing

@testable import Formats
@testable import Kit

/// Keys of the listings of `examples/`, as catalogs have them.
@Suite struct StoredListingTests {
    private static let folder =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path + "/examples/packages/dist"

    /// The keys of a file's listings, in hexadecimal digits.
    private static func keys(of path: String) throws -> [String] {
        let parts = path.split(separator: "/").map(String.init)
        let ecosystem = try #require(Ecosystems.standard[parts[0]])
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(path)")))
        var coordinates = Coordinates()
        if parts.count == 4 {
            coordinates = Coordinates(["package": parts[1], "version": parts[2], "image": parts[1], "tag": parts[2]])
        }
        let upload = Upload(
            filename: parts[parts.count - 1], size: bytes.count,
            digests: Digests(
                sha256: SHA256.of(bytes), sha1: [UInt8](repeating: 0, count: 20), md5: [UInt8](repeating: 0, count: 16),
                sha512: [UInt8](repeating: 0, count: 64)), modified: Timestamp(seconds: 1_700_000_000),
            received: Timestamp(seconds: 1_700_000_000), coordinates: coordinates)
        let repository = Repository(owner: "acme", type: ecosystem.profile.id, baseURL: "https://packages.example.org")
        let record = try ecosystem.inspect(upload, bytes: bytes.span, in: repository, within: Budget())
        return try ecosystem.place(record, of: upload, in: repository).listings.map { Hex.string($0.sortKey) }
    }

    private static let stored: [(file: String, keys: [String])] = [
        (
            "alpine/indexgen-hello-1.10-r0.apk",
            [
                "696e64657867656e2d68656c6c6f0001310802313003000200312e31302d7230"
            ]
        ),
        (
            "alpine/indexgen-hello-1.9-r0.apk",
            [
                "696e64657867656e2d68656c6c6f00013108013903000200312e392d7230"
            ]
        ),
        (
            "alpine/indexgen-hello-data-1.10-r1.apk",
            [
                "696e64657867656e2d68656c6c6f2d64617461000131080231300301310201312e31302d7231"
            ]
        ),
        (
            "alpine/indexgen-hello-data-1.9-r2.apk",
            [
                "696e64657867656e2d68656c6c6f2d646174610001310801390301320201312e392d7232"
            ]
        ),
        (
            "arch/indexgen-hello-1.10-1-x86_64.pkg.tar.gz",
            [
                "696e64657867656e2d68656c6c6f00fcfffdfcfecef9fdcecffdfcfecefd00312e31302d31"
            ]
        ),
        (
            "arch/indexgen-hello-1.9-1-x86_64.pkg.tar.xz",
            [
                "696e64657867656e2d68656c6c6f00fcfffdfcfecef9fec6fdfcfecefd00312e392d31"
            ]
        ),
        (
            "arch/indexgen-hello-data-1.10-1-any.pkg.tar.gz",
            [
                "696e64657867656e2d68656c6c6f2d6461746100fcfffdfcfecef9fdcecffdfcfecefd01312e31302d31"
            ]
        ),
        (
            "arch/indexgen-hello-data-1.9-1-any.pkg.tar.xz",
            [
                "696e64657867656e2d68656c6c6f2d6461746100fcfffdfcfecef9fec6fdfcfecefd01312e392d31"
            ]
        ),
        (
            "cargo/indexgen-hello-1.0.0.crate",
            [
                "00000000000000010000000000000000000000000000000002312e302e3000"
            ]
        ),
        (
            "cargo/indexgen-hello-1.1.0.crate",
            [
                "00000000000000010000000000000001000000000000000002312e312e3000"
            ]
        ),
        (
            "cargo/indexgen-hello-2.0.0-rc.1.crate",
            [
                "000000000000000200000000000000000000000000000000010272630001013100322e302e302d72632e3100"
            ]
        ),
        (
            "container/indexgen-hello/1.0/index.json",
            [
                "696e64657867656e2d68656c6c6f00",
                "7368613235363a37333039326262313666393964303233386436643665353366616533656161383232316564353363613965"
                    + "38653466623961393030386461396139323032326300",
            ]
        ),
        (
            "container/indexgen-hello/1.1/index.json",
            [
                "696e64657867656e2d68656c6c6f00",
                "7368613235363a63663636303730386138323336666230653534303231623737356561363231383663316631383939646537"
                    + "34303965646663316632373238303331316232353800",
            ]
        ),
        (
            "debian/indexgen-hello-data_1.0-1_all.deb",
            [
                "696e64657867656e2d68656c6c6f2d646174610000020131ae0200020201310200616c6c"
            ]
        ),
        (
            "debian/indexgen-hello-data_1.1-1_all.deb",
            [
                "696e64657867656e2d68656c6c6f2d646174610000020131ae020131020201310200616c6c"
            ]
        ),
        (
            "debian/indexgen-hello_1.0-1_amd64.deb",
            [
                "696e64657867656e2d68656c6c6f0000020131ae0200020201310200616d643634"
            ]
        ),
        (
            "debian/indexgen-hello_1.1-1_amd64.deb",
            [
                "696e64657867656e2d68656c6c6f0000020131ae020131020201310200616d643634"
            ]
        ),
        (
            "generic/indexgen-hello/1.0.0/indexgen-hello-1.0.0.sh",
            [
                "696e64657867656e2d68656c6c6f2d312e302e302e736800",
                "696e64657867656e2d68656c6c6f00696e64657867656e2d68656c6c6f00",
            ]
        ),
        (
            "generic/indexgen-hello/1.0.0/indexgen-hello-1.0.0.tar.gz",
            [
                "696e64657867656e2d68656c6c6f2d312e302e302e7461722e677a00",
                "696e64657867656e2d68656c6c6f00696e64657867656e2d68656c6c6f00",
            ]
        ),
        (
            "generic/indexgen-hello/1.1.0/indexgen-hello-1.1.0.sh",
            [
                "696e64657867656e2d68656c6c6f2d312e312e302e736800",
                "696e64657867656e2d68656c6c6f00696e64657867656e2d68656c6c6f00",
            ]
        ),
        (
            "generic/indexgen-hello/1.1.0/indexgen-hello-1.1.0.tar.gz",
            [
                "696e64657867656e2d68656c6c6f2d312e312e302e7461722e677a00",
                "696e64657867656e2d68656c6c6f00696e64657867656e2d68656c6c6f00",
            ]
        ),
        (
            "goproxy/indexgen-hello@v1.0.0.zip",
            [
                "fafecefecffecffdff",
                "0131013001300200",
            ]
        ),
        (
            "goproxy/indexgen-hello@v1.1.0.zip",
            [
                "fafecefecefecffdff",
                "0131013101300200",
            ]
        ),
        (
            "goproxy/indexgen-hello@v1.2.0-rc.1.zip",
            [
                "fcfecefecdfecffefd8d9cfffefeceffff",
                "01310132013001027263000101310000",
            ]
        ),
        (
            "helm/indexgen-hello-1.0.0.tgz",
            [
                "696e64657867656e2d68656c6c6f00fffffffffffffffefffffffffffffffffffffffffffffffffdced1cfd1cfff"
            ]
        ),
        (
            "helm/indexgen-hello-1.1.0.tgz",
            [
                "696e64657867656e2d68656c6c6f00fffffffffffffffefffffffffffffffefffffffffffffffffdced1ced1cfff"
            ]
        ),
        (
            "helm/indexgen-hello-v1-0.9.0.tgz",
            [
                "696e64657867656e2d68656c6c6f2d763100fffffffffffffffffffffffffffffff6fffffffffffffffffdcfd1c6d1cfff"
            ]
        ),
        (
            "maven/indexgen-bom-2026.1.pom",
            [
                "60043230323660013130323032362e3100",
                "009ffbcdcfcdc99ffececfcdcfcdc9d1ceff",
            ]
        ),
        (
            "maven/indexgen-hello-1.0.0.pom",
            [
                "60013130312e302e3000",
                "009ffececfced1cfd1cfff",
            ]
        ),
        (
            "maven/indexgen-hello-1.1.0.pom",
            [
                "60013160013130312e312e3000",
                "009ffece9ffececfced1ced1cfff",
            ]
        ),
        (
            "maven/indexgen-hello-1.2.0-20260101.000000-1.jar",
            [
                "006a617200cdcfcdc9cfcecfced1cfcfcfcfcfcffffffffe"
            ]
        ),
        (
            "maven/indexgen-hello-1.2.0-20260101.000000-1.pom",
            [
                "60013160013220100430312e322e302d534e415053484f5400cdcfcdc9cfcecfced1cfcfcfcfcfcffffffffe",
                "019ffece9ffecddfeffbcfced1cdd1cfd2acb1beafacb7b0abffcdcfcdc9cfcecfced1cfcfcfcfcfcffffffffe",
                "cdcfcdc9cfcecfced1cfcfcfcfcfcffffffffe",
                "00706f6d00cdcfcdc9cfcecfced1cfcfcfcfcfcffffffffe",
            ]
        ),
        (
            "npm/indexgen-hello-1.0.0.tgz",
            [
                "00000000000000010000000000000000000000000000000002312e302e3000",
                "00fffffffffffffffefffffffffffffffffffffffffffffffffdced1cfd1cfff",
                "800000006553f10000000000000000010000000000000000000000000000000002312e302e3000",
                "696e64657867656e2d68656c6c6f0000fffffffffffffffefffffffffffffffffffffffffffffffffdced1cfd1cfff",
            ]
        ),
        (
            "npm/indexgen-hello-1.1.0.tgz",
            [
                "00000000000000010000000000000001000000000000000002312e312e3000",
                "00fffffffffffffffefffffffffffffffefffffffffffffffffdced1ced1cfff",
                "800000006553f10000000000000000010000000000000001000000000000000002312e312e3000",
                "696e64657867656e2d68656c6c6f0000fffffffffffffffefffffffffffffffefffffffffffffffffdced1ced1cfff",
            ]
        ),
        (
            "npm/indexgen-hello-2.0.0-rc.1.tgz",
            [
                "000000000000000200000000000000000000000000000000010272630001013100322e302e302d72632e3100",
                "01fffffffffffffffdfffffffffffffffffffffffffffffffffefd8d9cfffefeceffcdd1cfd1cfd28d9cd1ceff",
                "800000006553f100000000000000000200000000000000000000000000000000010272630001013100322e302e302d72632e"
                    + "3100",
                "696e64657867656e2d68656c6c6f0001fffffffffffffffdfffffffffffffffffffffffffffffffffefd8d9cfffefeceffcd"
                    + "d1cfd1cfd28d9cd1ceff",
            ]
        ),
        (
            "pypi/indexgen_hello-1.0-py3-none-any.whl",
            [
                "013001310004000200312e3000696e64657867656e5f68656c6c6f2d312e302d7079332d6e6f6e652d616e792e77686c00",
                "696e64657867656e2d68656c6c6f00",
            ]
        ),
        (
            "pypi/indexgen_hello-1.1-py3-none-any.whl",
            [
                "0130013101310004000200312e3100696e64657867656e5f68656c6c6f2d312e312d7079332d6e6f6e652d616e792e77686c"
                    + "00",
                "696e64657867656e2d68656c6c6f00",
            ]
        ),
        (
            "pypi/indexgen_hello-1.1.tar.gz",
            [
                "0130013101310004000200312e3100696e64657867656e5f68656c6c6f2d312e312e7461722e677a00",
                "696e64657867656e2d68656c6c6f00",
            ]
        ),
        (
            "rpm/indexgen-hello-1.0-1.el9.x86_64.rpm",
            [
                "696e64657867656e2d68656c6c6f2d312e302d312e656c392e7838365f36342e72706d007061636b6167652f696e64657867"
                    + "656e2d68656c6c6f2f312e302d312e656c392f7838365f36342f696e64657867656e2d68656c6c6f2d312e302d312e656c39"
                    + "2e7838365f36342e72706d"
            ]
        ),
        (
            "rpm/indexgen-hello-1.1-1.el9.x86_64.rpm",
            [
                "696e64657867656e2d68656c6c6f2d312e312d312e656c392e7838365f36342e72706d007061636b6167652f696e64657867"
                    + "656e2d68656c6c6f2f312e312d312e656c392f7838365f36342f696e64657867656e2d68656c6c6f2d312e312d312e656c39"
                    + "2e7838365f36342e72706d"
            ]
        ),
        (
            "rpm/indexgen-hello-1.1-1.fc41.x86_64.rpm",
            [
                "696e64657867656e2d68656c6c6f2d312e312d312e666334312e7838365f36342e72706d007061636b6167652f696e646578"
                    + "67656e2d68656c6c6f2f312e312d312e666334312f7838365f36342f696e64657867656e2d68656c6c6f2d312e312d312e66"
                    + "6334312e7838365f36342e72706d"
            ]
        ),
        (
            "rpm/indexgen-hello-data-1.0-1.el9.noarch.rpm",
            [
                "696e64657867656e2d68656c6c6f2d646174612d312e302d312e656c392e6e6f617263682e72706d007061636b6167652f69"
                    + "6e64657867656e2d68656c6c6f2d646174612f312e302d312e656c392f6e6f617263682f696e64657867656e2d68656c6c6f"
                    + "2d646174612d312e302d312e656c392e6e6f617263682e72706d"
            ]
        ),
        (
            "rpm/indexgen-hello-data-1.1-1.el9.noarch.rpm",
            [
                "696e64657867656e2d68656c6c6f2d646174612d312e312d312e656c392e6e6f617263682e72706d007061636b6167652f69"
                    + "6e64657867656e2d68656c6c6f2d646174612f312e312d312e656c392f6e6f617263682f696e64657867656e2d68656c6c6f"
                    + "2d646174612d312e312d312e656c392e6e6f617263682e72706d"
            ]
        ),
        (
            "rpm/indexgen-hello-data-1.1-1.fc41.noarch.rpm",
            [
                "696e64657867656e2d68656c6c6f2d646174612d312e312d312e666334312e6e6f617263682e72706d007061636b6167652f"
                    + "696e64657867656e2d68656c6c6f2d646174612f312e312d312e666334312f6e6f617263682f696e64657867656e2d68656c"
                    + "6c6f2d646174612d312e312d312e666334312e6e6f617263682e72706d"
            ]
        ),
    ]

    @Test func `the listings of samples have the keys that they have always had`() throws {
        for (file, keys) in Self.stored { #expect(try Self.keys(of: file) == keys, "\(file)") }
        #expect(Set(Self.stored.map { $0.file.split(separator: "/").first }).count == Ecosystems.standard.all.count)
    }
}
