import Formats
import Foundation
import HTTPTypes
import Testing

@testable import IndexGen

/// What an address or an option names is what goes, and nothing beside it.
@Suite struct RemovalTests {
    private func site() throws -> (RealSite, [FileRow]) {
        let test = try RealSite(signed: false)
        let deb = SampleFiles.path("debian/indexgen-hello_1.0-1_amd64.deb")
        for place in [("bookworm", "main"), ("bookworm", "contrib"), ("trixie", "main"), ("trixie/updates", "main")] {
            #expect(try test.place([deb], at: ["distribution": place.0, "component": place.1]) != [nil])
        }
        let row = try #require(try test.catalog.repositories(type: "debian").first)
        return (test, try test.catalog.snapshot { try $0.files(in: row) })
    }

    @Test(arguments: [
        ("pool/bookworm/main/indexgen-hello/1.0-1/amd64", ["bookworm/main/amd64"]),
        ("pool/bookworm/contrib/indexgen-hello/1.0-1/amd64", ["bookworm/contrib/amd64"]),
        ("pool/trixie/updates/main/indexgen-hello/1.0-1/amd64", ["trixie/updates/main/amd64"]),
        ("pool/bookworm/non-free/indexgen-hello/1.0-1/amd64", []), ("pool/sid/main/indexgen-hello/1.0-1/amd64", []),
    ])
    func `all coordinates of an address count`(path: String, expected: [String]) throws {
        let (_, files) = try site()
        guard case .removal(let removal) = try Errand(.delete, "/acme/debian/\(path)", .standard) else {
            Issue.record("no removal")
            return
        }
        #expect(removal.address.isByName)
        let found = files.filter { $0.isListed(at: removal.address.coordinates, in: removal.ecosystem) }
        #expect(found.flatMap { $0.listed.map(\.shown) } == expected)
        // What the right is asked for does not depend on what is found.
        #expect(removal.target.scope == removal.address.captures["distribution"])
    }

    @Test func `no coordinates are all files, and each type says what a partition stands for`() throws {
        let (_, files) = try site()
        #expect(files.count == 4 && files.allSatisfy { $0.isListed(at: Coordinates(), in: Debian()) })
        let installer = PartitionKey(scope: "a/b", name: "main/debian-installer/amd64")
        #expect(Debian().coordinates(of: installer) == Coordinates(["distribution": "a/b", "component": "main"]))
        #expect(RPM().coordinates(of: PartitionKey(scope: "el9")) == Coordinates(["group": "el9"]))
        #expect(Helm().coordinates(of: PartitionKey(scope: "")) == Coordinates())
        #expect(PyPI().coordinates(of: PartitionKey(scope: "project x")) == Coordinates())
        for ecosystem in Ecosystems.standard.all {
            let names = Set(ecosystem.profile.coordinates.map(\.name))
            let said = Set(ecosystem.coordinates(of: PartitionKey(scope: "a", name: "b/c")).names)
            // What names a package instead of a place may be said in part, and so may the place of something that has no mark.
            let profile = ecosystem.profile
            let isInPart = profile.scopeCoordinates == 0 || profile.marks.contains { $0.effect == .listings }
            #expect(isInPart ? said.isSubset(of: names) : said == names)
        }
    }

    @Test func `an address for removals by RPM's group leaves other groups alone`() throws {
        let test = try RealSite(signed: false)
        let rpm = SampleFiles.path("rpm/indexgen-hello-1.0-1.el9.x86_64.rpm")
        for group in ["", "el9", "el9/stable"] { #expect(try test.place([rpm], at: ["group": group]) != [nil]) }
        let row = try #require(try test.catalog.repositories(type: "rpm").first)
        let files = try test.catalog.snapshot { try $0.files(in: row) }
        for (path, group) in [("", ""), ("el9/", "el9"), ("el9/stable/", "el9/stable")] {
            let address = "/acme/rpm/\(path)package/indexgen-hello/1.0-1.el9/x86_64"
            guard case .removal(let removal) = try Errand(.delete, address, .standard) else {
                Issue.record("no removal")
                return
            }
            let found = files.filter { $0.isListed(at: removal.address.coordinates, in: removal.ecosystem) }
            #expect(found.flatMap { $0.listed.map(\.scope) } == [group])
        }
    }
}
