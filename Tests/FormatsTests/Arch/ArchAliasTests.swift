import Testing

@testable import Formats

@Suite struct ArchAliasTests {
    /// What the web server makes of an address: the first alias that fits.
    private func target(_ address: String) throws -> String? {
        for alias in ArchAliases.all {
            // Swift's expressions have no relative references; the group is the second one of its pattern.
            let pattern = alias.path.replacing("\\g{-2}", with: "\\2")
            guard let match = try Regex(pattern).wholeMatch(in: "arch/\(address)") else { continue }
            var target = alias.target
            for number in 1..<match.output.count {
                target = target.replacing("$\(number)", with: match.output[number].substring ?? "")
            }
            return String(target.dropFirst(5))
        }
        return nil
    }

    @Test(arguments: [
        ("core/x86_64/base.db", "core/x86_64/core.db"), ("core/x86_64/core.db.tar.gz", "core/x86_64/core.db"),
        ("core/x86_64/core.db.tar.zst.sig", "core/x86_64/core.db.sig"),
        ("core/x86_64/acme.example.files", "core/x86_64/core.files"),
        ("a/b/x86_64/a.db", "a/b/x86_64/b.db"), ("a/b/x86_64/x.files.tar.gz.sig", "a/b/x86_64/b.files.sig"),
        ("x86_64/acme.example.org.db", "x86_64/packages.db"), ("x86_64/packages.db.tar.gz", "x86_64/packages.db"),
        ("x86_64/base.files.sig", "x86_64/packages.files.sig"),
        ("core/os/x86_64/core.db", "core/x86_64/core.db"), ("core/os/x86_64/any.db.sig", "core/x86_64/core.db.sig"),
        ("a/b/os/x86_64/b.files", "a/b/x86_64/b.files"),
        ("core/x86_64/demo-1-1-any.pkg.tar.zst", "core/any/demo-1-1-any.pkg.tar.zst"),
        ("core/aarch64/demo-1:1-1-any.pkg.tar.zst.sig", "core/any/demo-1:1-1-any.pkg.tar.zst.sig"),
        ("x86_64/demo-1-1-any.pkg.tar.zst", "any/demo-1-1-any.pkg.tar.zst"),
        ("any/x86_64/demo-1-1-any.pkg.tar.zst", "any/any/demo-1-1-any.pkg.tar.zst"),
        ("core/os/x86_64/demo-1-1-any.pkg.tar.xz", "core/any/demo-1-1-any.pkg.tar.xz"),
        ("core/os/x86_64/demo-1-1-x86_64.pkg.tar.xz", "core/x86_64/demo-1-1-x86_64.pkg.tar.xz"),
    ])
    func `other addresses lead to what is published`(address: String, published: String) throws {
        #expect(try target(address) == published)
    }

    @Test(arguments: [
        "core/x86_64/core.db", "core/x86_64/core.db.sig", "core/x86_64/core.files", "core/x86_64/core.files.sig",
        "a/b/x86_64/b.db",
        "x86_64/packages.db", "x86_64/packages.files.sig", "x86_64/x86_64/x86_64.db", "core/any/demo-1-1-any.pkg.tar.zst",
        "any/demo-1-1-any.pkg.tar.zst.sig", "any/any/demo-1-1-any.pkg.tar.zst", "core/x86_64/demo-1-1-x86_64.pkg.tar.zst",
        "x86_64/demo.db-1-1-x86_64.pkg.tar.zst", "a/os/b/x86_64/demo-1-1-x86_64.pkg.tar.zst", "a/os/b/x86_64/b.db",
        "repository.key",
        "index.html", "core/index.html",
    ])
    func `what is published has no other address`(address: String) throws { #expect(try target(address) == nil) }
}
