@testable import Formats
@testable import Kit

/// Provenance files that lie. None belongs to a chart, so even a right one is refused, but for that reason.
enum HelmProvenances {
    static func fill(_ shelf: inout HostileShelf) {
        let sum = "sha256:" + String(repeating: "ab", count: 32)
        @Sendable func body(_ name: String, _ files: String? = nil) -> String {
            HelmCharts.yaml(name) + "\n...\nfiles:\n  \(files ?? "\(name)-1.0.0.tgz: \(sum)")\n"
        }
        @Sendable func signed(_ body: String, header: String = "Hash: SHA512\n") -> [UInt8] {
            Array(
                "-----BEGIN PGP SIGNED MESSAGE-----\n\(header)\n\(body)-----BEGIN PGP SIGNATURE-----\n\nabcd\n-----END PGP SIGNATURE-----\n"
                    .utf8)
        }
        func refuse(_ what: String, _ cause: Refusal.Cause = .malformed, _ make: @escaping @Sendable (String) -> [UInt8]) {
            shelf.refused(cause, "provenance: \(what)", as: "NAME-1.0.0.tgz.prov", make)
        }
        refuse("of a chart that is not there", .conflict) { signed(body($0)) }
        refuse("text before the message") { Array("x\n".utf8) + signed(body($0)) }
        refuse("text behind the signature") { signed(body($0)) + Array("name: evil\n".utf8) }
        refuse("a second message behind the first") { signed(body($0)) + signed(body("other")) }
        refuse("no signature", .truncated) { name in Array(signed(body(name)).prefix(200)) }
        refuse("an armor header of another kind") { signed(body($0), header: "Comment: \u{1b}[2J\n") }
        refuse("a line with a dash that is not escaped") { signed("- ok\n-evil\n" + body($0)) }
        refuse("a signature with an armor line inside") { name in
            Array(signed(body(name)).text.replacing("abcd", with: "-----BEGIN PGP MESSAGE-----").utf8)
        }
        refuse("three parts") { signed(body($0) + "...\nx: y\n") }
        refuse("one part") { signed(HelmCharts.yaml($0)) }
        refuse("no files") { signed(HelmCharts.yaml($0) + "...\nfiles: {}\n") }
        refuse("two files") { signed(body($0) + "  other.tgz: \(sum)\n") }
        refuse("another chart's file", .ambiguous) { signed(body($0, "bash-1.0.0.tgz: \(sum)")) }
        refuse("a file that leads out", .ambiguous) { signed(body($0, "../../\($0)-1.0.0.tgz: \(sum)")) }
        refuse("a file with an escape sequence", .ambiguous) { signed(body($0, "\"\\e[2J\": \(sum)")) }
        refuse("a sum of another kind") { signed(body($0, "\($0)-1.0.0.tgz: md5:00")) }
        refuse("a sum that is too short") { signed(body($0, "\($0)-1.0.0.tgz: sha256:abcd")) }
        refuse("a sum of letters") { signed(body($0, "\($0)-1.0.0.tgz: sha256:\(String(repeating: "zz", count: 32))")) }
        refuse("a sum that is a list") { signed(body($0, "\($0)-1.0.0.tgz: [a]")) }
        refuse("a name that leads out") { _ in signed(body("../../x")) }
        refuse("a chart of 2 MiB", .limit) { signed(body($0) + String(repeating: "# x\n", count: 600_000)) }
        refuse("a billion laughs", .limit) {
            signed(
                "a: &a [l,l,l,l,l,l,l,l,l,l]\n"
                    + zip("bcdefgh", "abcdefg").map {
                        "\($0): &\($0) [\(Array(repeating: "*\($1)", count: 10).joined(separator: ","))]\n"
                    }
                    .joined() + body($0))
        }
        refuse("an empty message") { _ in signed("") }
        refuse("NUL in the metadata") { signed("description: a\0b\n" + body($0)) }
    }
}
