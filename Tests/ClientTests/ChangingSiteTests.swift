import Foundation
import Testing

/// What a client sees while the site changes under it. A site of its own, since it must be sound at the end.
extension Clients {
    @Suite(.withSite()) struct ChangingSiteTests {
        let site: Site

        init() throws { site = try .current }

        /// Adds and removes versions until the readers have looked often enough, or for at most half a minute.
        @Test func `all that a root names can be fetched at any time`() async throws {
            try site.add(Checkout.samples("rpm", "1.0", "el9"), owner: "changing", "--group", "el9")
            try site.add(Checkout.samples("debian", "1.0"), owner: "changing")
            let site = site
            let writer = Task.detached {
                var rounds = 0
                while !Task.isCancelled, rounds < 8 {
                    try site.add(Checkout.samples("rpm", "1.1", "el9"), owner: "changing", "--group", "el9")
                    try site.add(Checkout.samples("debian", "1.1"), owner: "changing")
                    try site.indexgen("remove", "changing/rpm", "indexgen-hello", "1.1-1.el9")
                    try site.indexgen("remove", "changing/debian", "indexgen-hello", "1.1-1")
                    rounds += 1
                }
                return rounds
            }
            var roots: Set<String> = []
            let start = Date()
            while roots.count < 12, Date().timeIntervalSince(start) < 30 {
                roots.insert(try readRPM())
                roots.insert(try readDebian())
                await Task.yield()
            }
            writer.cancel()
            #expect(try await writer.value > 0)
            #expect(roots.count >= 6, "the index changed too seldom to prove anything: \(roots.count) different roots")
            try site.indexgen("verify")
        }

        /// Checks all that repomd.xml names; gives its digest.
        private func readRPM() throws -> String {
            let root = try site.get("/changing/rpm/el9/repodata/repomd.xml")
            #expect(root.status == 200 && root.text.hasSuffix("</repomd>\n"))
            let names = root.text.matches(of: /<location href="(repodata\/([0-9a-f]{64})-[^"]+)"\/>/)
            #expect(names.count == 3)
            for name in names {
                let leaf = try site.get("/changing/rpm/el9/\(name.1)")
                #expect(leaf.status == 200 && Site.sha256(leaf.body) == name.2, "\(name.1): \(leaf)")
            }
            return Site.sha256(root.body)
        }

        /// Checks, by hash, all indexes that InRelease names; gives its digest.
        private func readDebian() throws -> String {
            let root = try site.get("/changing/debian/dists/stable/InRelease")
            #expect(root.status == 200 && root.text.hasSuffix("-----END PGP SIGNATURE-----\n"))
            let names = root.text.matches(of: /\ ([0-9a-f]{64}) +(\d+) (\S+)\/[^\/\s]+\n/)
            #expect(names.count >= 3)
            for name in names {
                let leaf = try site.get("/changing/debian/dists/stable/\(name.3)/by-hash/SHA256/\(name.1)")
                #expect(leaf.status == 200 && Site.sha256(leaf.body) == name.1, "\(name.3): \(leaf)")
            }
            return Site.sha256(root.body)
        }
    }
}
