import Testing

@testable import Formats

/// What pages say of generic files.
struct GenericPortraitTests {
    @Test func `the line fetches a file by its address, under its own name`() throws {
        let taken = try GenericShelf.taken("tool+1~rc.tar.gz", "tool", "1.0+b")
        #expect(taken.record.portrait == nil)
        let target = InstallationTarget(name: "tool", path: taken.placement.path.text, filename: "tool+1~rc.tar.gz")
        let lines = Generic().installations(of: target, in: GenericShelf().repository).flatMap(\.lines)
        #expect(
            lines == ["curl -fL -o tool+1~rc.tar.gz 'https://example.org/acme/generic/tool/1.0%2Bb/tool%2B1~rc.tar.gz'"])
        let plain = InstallationTarget(name: "tool", version: "1.0", path: "tool/1.0/tool.zip", filename: "tool.zip")
        #expect(
            Generic().installations(of: plain, in: GenericShelf().repository).flatMap(\.lines)
                == ["curl -fLO https://example.org/acme/generic/tool/1.0/tool.zip"])
    }

    @Test func `versions are in the order in which people count`() {
        let ascending = ["1.0-rc1", "1.0", "1.2", "1.10", "2026.11.29"]
        let keys = ascending.map(Generic().orderKey(ofVersion:))
        for (a, b) in zip(keys, keys.dropFirst()) { #expect(a.lexicographicallyPrecedes(b)) }
        #expect(ascending.filter(Generic().isPrerelease(version:)) == ["1.0-rc1"])
    }
}
