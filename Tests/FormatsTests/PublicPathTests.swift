import Testing

@testable import Formats

/// The last rules for paths, behind those of every type.
@Suite struct PublicPathTests {
    @Test(arguments: [
        "a", "a/b", "pool/é/x+y~1%2B.deb", "...", "a/..b", "index.html.gz", "a/index.html", String(repeating: "n", count: 255),
        String(repeating: "abcdefg/", count: 255) + "abcdefgh",
    ]) func `a path of names is taken as it is`(text: String) throws {
        #expect(try PublicPath(text).text == text)
        #expect(PublicPath.fault(in: text) == nil)
    }

    @Test(arguments: [
        ("", "without a character"), ("/a", "without a character"), ("a/", "without a character"),
        ("a//b", "without a character"),
        (".", "another folder"), ("a/./b", "another folder"), ("..", "another folder"), ("../a", "another folder"),
        ("a/..", "another folder"), ("a/../../b", "another folder"), ("a\u{0}", "control"), ("a\nb", "control"),
        ("a/\u{7F}", "control"), (String(repeating: "n", count: 256), "more than 255"),
        ("a/" + String(repeating: "é", count: 128) + "/b", "more than 255"),
        (String(repeating: "a/", count: 1_024) + "b", "more than 2048"),
        ("index.html", "page"), ("index.html/a", "page"),
    ]) func `one that leaves its place, or cannot be a file, is refused with what is wrong`(text: String, words: String) {
        let refusal = #expect(throws: Refusal.self) { try PublicPath(text) }
        #expect(refusal?.cause == .placement && refusal?.what.contains(words) == true, "\(refusal.map { "\($0)" } ?? "")")
        #expect(refusal?.place.utf8.contains(where: ASCII.isControl) != true)
    }

    @Test func `what lies beside a file is vetted as the file is`() throws {
        let package = try PublicPath("a/" + String(repeating: "n", count: 250))
        #expect(try Sidecar.Place.appended(".mod").path(beside: package).text == package.text + ".mod")
        #expect(try Sidecar.Place.sibling("x").path(beside: package).text == "a/x")
        #expect(try Sidecar.Place.sibling("x").path(beside: PublicPath("p")).text == "x")
        #expect(throws: Refusal.self) { try Sidecar.Place.appended(".metadata").path(beside: package) }
        for name in ["", "..", "../x", "a\nb"] {
            #expect(throws: Refusal.self) { try Sidecar.Place.sibling(name).path(beside: package) }
        }
        #expect(throws: Refusal.self) { try Placement(identity: "a", path: "a", listings: [], aliases: ["b", "../c"]) }
    }
}
