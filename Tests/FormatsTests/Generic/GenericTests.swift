import Foundation
import Testing

@testable import Formats

@Suite struct GenericTests {
    private static func shelf(signed: Bool = false) throws -> GenericShelf {
        var shelf = GenericShelf(signed: signed)
        for version in ["1.0.0", "1.10.0", "1.9.0", "2.0.0-rc.1"] {
            for file in ["tool.bin", "notes+extra~1.txt", "page.html", "Upper"] {
                try shelf.add(file, "tool", version, bytes: [UInt8]("\(file) \(version)"))
            }
        }
        return shelf
    }

    private static func json(_ text: String?) throws -> [String: Any] {
        let text = try #require(text)
        return try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    // MARK: Taking

    @Test func `no content is claimed, whatever it is and is called`() {
        for content in [[], [UInt8]("!<arch>\ndebian-binary"), [0x1F, 0x8B, 8], [UInt8](repeating: 0xFF, count: 100)] as [[UInt8]]
        {
            for name in ["", "x", "x.tar.gz", "x.deb", "../x"] {
                #expect(Generic().recognise(content.span, filename: name) == .no)
                #expect(!Generic().announces(filename: name))
                #expect(Generic().objection(to: name) == nil)
            }
        }
    }

    @Test func `any bytes are taken, none at all among them`() throws {
        let empty = try GenericShelf.taken("empty.bin", "tool", "1.0")
        #expect(empty.placement.path.text == "tool/1.0/empty.bin")
        let full = try GenericShelf.taken("x.deb", "tool", "1.0", bytes: (0...255).map { UInt8($0) })
        #expect(full.record.name == "tool" && full.record.version == "1.0" && full.record.architecture.isEmpty)
        #expect(full.record.facts.isEmpty && full.record.sidecars.isEmpty && full.record.warnings.isEmpty)
    }

    @Test(arguments: [
        ("tool", "1.0.0", "tool.bin"), ("a", "1", "b"), ("A.b_c+d-e", "1.0~rc1+b-2_x", "notes+extra~1.txt"),
        ("9", "nightly", "x~"), ("_", "_", "_"), ("+", "+", "~"), ("c++", "2024-01-15", "INDEX.HTM"),
        ("latest", "Later", "latest"), ("SHA256SUMS", "SHA256SUMS", "SHA256SUMS.sig"), ("tool", "index", "index.htm"),
        ("tool", "repository.key", "repository.key"), ("tool", "1..2", "a..b"),
        ("index", "0123456789abcdef", "0123456789abcdef.bin"),
        ("con", "1", "0123456789abcdeg"), ("tool", "1.0", "0123456789abcde"),
    ])
    func `ordinary names are taken as they are spelled`(package: String, version: String, file: String) throws {
        let (record, placement) = try GenericShelf.taken(file, package, version)
        #expect(record.name == package && record.version == version)
        #expect(placement.path.text == "\(package)/\(version)/\(file)")
    }

    @Test func `the longest names are taken`() throws {
        let (_, placement) = try GenericShelf.taken(
            String(repeating: "f", count: 255), String(repeating: "p", count: 128), String(repeating: "1", count: 255))
        #expect(placement.path.text.utf8.count == 128 + 255 + 255 + 2)
    }

    @Test func `spellings that differ in case are one package, one version and one file`() throws {
        let one = try GenericShelf.taken("Tool.BIN", "Tool", "1.0-RC1"),
            other = try GenericShelf.taken("tool.bin", "tOOL", "1.0-rc1")
        #expect(one.placement.identity == other.placement.identity)
        #expect(one.placement.identity == "tool/1.0-rc1/tool.bin")
        #expect(
            one.record.nameIdentity == other.record.nameIdentity && one.record.versionIdentity == other.record.versionIdentity)
        #expect(one.record.name == "Tool" && other.record.name == "tOOL")
        // So that there are no two folders of one name: the spelling that came first is the one.
        #expect(Generic().profile.hasOneSpelling)
    }

    @Test func `a file is listed in its version, and its name among the names`() throws {
        let placement = try GenericShelf.taken("b.bin", "Tool", "1.0").placement
        #expect(
            placement.listings == [
                Listing(PartitionKey(scope: "Tool", name: "1.0"), sortKey: [UInt8]("b.bin") + [0]),
                Listing(PartitionKey(scope: ""), sortKey: [UInt8]("tool\0Tool\0"), shared: true),
            ])
        #expect(placement.companion == nil && placement.claim == nil && placement.aliases.isEmpty)
    }

    @Test func `a partition says the coordinates of its files`() throws {
        for listing in try GenericShelf.taken("b.bin", "Tool", "1.0").placement.listings {
            let expected = listing.shared ? Coordinates() : Coordinates(["package": "Tool", "version": "1.0"])
            #expect(Generic().coordinates(of: listing.partition) == expected)
        }
    }

    @Test func `a route's captures are all that places a file`() throws {
        let profile = Generic().profile
        let publishing = try #require(profile.routes.first { if case .publish = $0.purpose { true } else { false } })
        let captures = try #require(publishing.path.match(["tool", "1.0", "tool.bin"]))
        #expect(Set(captures.keys) == Set(profile.coordinates.map(\.name)).union(["filename"]))
        #expect(publishing.path.match(["tool", "1.0"]) == nil && publishing.path.match(["tool", "1.0", "a", "b"]) == nil)
        let removing = try #require(profile.routes.first { $0.methods == [.delete] })
        #expect(removing.path.match(["tool", "1.0"]) == ["name": "tool", "version": "1.0"])
        #expect(removing.path.match(["tool", "1.0", "tool.bin"]) == nil)
    }

    // MARK: Documents

    @Test func `a version has its files in the order of their names`() throws {
        let documents = try Self.shelf().documents(of: "tool")
        let index = try Self.json(documents["tool/1.9.0/index.json"])
        #expect(index["name"] as? String == "tool" && index["version"] as? String == "1.9.0")
        let files = try #require(index["files"] as? [[String: Any]])
        #expect(files.map { $0["name"] as? String } == ["Upper", "notes+extra~1.txt", "page.html", "tool.bin"])
        #expect(files[1]["url"] as? String == "notes%2Bextra~1.txt")
        #expect(files[3]["size"] as? Int == 14)
        #expect(files[3]["uploaded"] as? String == "2026-11-21T01:15:02Z")
        #expect(
            files[3]["sha256"] as? String
                == Hex.string(GenericShelf.upload([UInt8]("tool.bin 1.9.0"), named: "x", "", "").digests.sha256))
        #expect(files[3]["sha512"] as? String == String(repeating: "03", count: 64))
        #expect(files[3]["md5"] as? String == String(repeating: "02", count: 16))
        #expect(files[3].count == 7)
    }

    @Test func `the sums are those that sha256sum writes`() throws {
        let shelf = try Self.shelf()
        let text = try #require(shelf.documents(of: "tool")["tool/1.9.0/SHA256SUMS"])
        let lines = text.split(separator: "\n")
        #expect(text.hasSuffix("\n") && lines.count == 4)
        #expect(lines.map { $0.dropFirst(66) } == ["Upper", "notes+extra~1.txt", "page.html", "tool.bin"])
        for line in lines { #expect(line.dropFirst(64).hasPrefix("  ") && Hex.bytes(line.utf8.prefix(64))?.count == 32) }
    }

    @Test func `a page links each file and is well formed`() throws {
        let shelf = try Self.shelf()
        for (path, page) in shelf.documents(of: "tool") where path.hasSuffix(".html") {
            #expect(page.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"))
            #expect(page.hasSuffix("</main>\n</body>\n</html>\n") && !page.contains("<script"))
            for element in [
                "html", "head", "body", "main", "h1", "title", "p", "table", "thead", "tbody", "tr", "td", "ul", "li", "a",
                "code",
            ] {
                let opened = page.matches(of: try Regex("<\(element)[ >]")).count
                #expect(opened == page.components(separatedBy: "</\(element)>").count - 1, "\(element) in \(path)")
            }
        }
        let page = try #require(shelf.documents(of: "tool")["tool/1.0.0/index.html"])
        #expect(page.contains("<a href=\"notes%2Bextra~1.txt\">notes+extra~1.txt</a>"))
        #expect(page.contains("<title>tool 1.0.0</title>") && !page.contains("signature"))
    }

    @Test func `a name has its versions in ascending order and says which is the newest`() throws {
        let documents = try Self.shelf().documents(of: "tool")
        #expect(
            documents["tool/index.json"]
                == #"{"name":"tool","versions":["1.0.0","1.9.0","1.10.0","2.0.0-rc.1"],"latest":"1.10.0"}"# + "\n")
        let page = try #require(documents["tool/index.html"])
        let places = try ["2.0.0-rc.1", "1.10.0", "1.9.0", "1.0.0"].map {
            try #require(page.range(of: "<a href=\"\($0)/index.html\">")?.lowerBound)
        }
        #expect(places == places.sorted())
    }

    @Test func `the names are listed once each, without regard to case`() throws {
        var shelf = GenericShelf()
        #expect(
            Generic().documents(for: Scope(key: "", changed: Timestamp(seconds: 0), partitions: []), in: shelf.repository).map {
                shelf.text(of: $0)
            } == ["{\"names\":[]}\n"])
        for name in ["b", "Zeta", "a", "a", "zeta", "B2"] { try shelf.add("f\(name)", name, "1") }
        let plans = shelf.plans(of: "")
        #expect(plans.map(\.path) == ["index.json"] && plans.map(\.rank) == [.list])
        #expect(shelf.text(of: plans[0]) == #"{"names":["a","b","B2","Zeta","zeta"]}"# + "\n")
    }

    @Test func `one plan alone carries the link to the newest version, and it is that version's last`() throws {
        let plans = try Self.shelf().plans(of: "tool")
        let carriers = plans.filter { !$0.companions.isEmpty }
        #expect(carriers.map(\.path) == ["tool/1.10.0/index.json"])
        #expect(carriers.map(\.companions) == [[.folderLink(path: "tool/latest")]])
        #expect(plans.last { $0.path.hasPrefix("tool/1.10.0/") }?.path == "tool/1.10.0/index.json")
        #expect(Companion.folderLink(path: "x").isSignature == false)
    }

    @Test func `when the newest version goes, the link leads to the one before, and at last to none`() throws {
        let shelf = try Self.shelf()
        func carriers(_ removed: [String]) -> [String] {
            shelf.plans(of: "tool", besides: removed).filter { !$0.companions.isEmpty }.map(\.path)
        }
        #expect(carriers(["1.10.0"]) == ["tool/1.9.0/index.json"])
        #expect(carriers(["1.10.0", "1.9.0", "1.0.0"]) == ["tool/2.0.0-rc.1/index.json"])
        #expect(shelf.plans(of: "tool", besides: ["1.10.0", "1.9.0", "1.0.0", "2.0.0-rc.1"]).isEmpty)
        #expect(shelf.plans(of: "tool", besides: ["1.9.0"]).allSatisfy { !$0.path.hasPrefix("tool/1.9.0/") })
    }

    @Test func `sums are signed where there is a key`() throws {
        let shelf = try Self.shelf(signed: true)
        let sums = try #require(shelf.plans(of: "tool").first { $0.path == "tool/1.0.0/SHA256SUMS" })
        #expect(sums.companions == [.detached(path: "tool/1.0.0/SHA256SUMS.asc")])
        #expect(shelf.documents(of: "tool")["tool/1.0.0/index.html"]?.contains("SHA256SUMS.asc") == true)
        #expect(Generic().commons(in: shelf.repository).map(\.path) == ["repository.key"])
        #expect(Generic().commons(in: GenericShelf().repository).isEmpty)
    }

    @Test func `a file that took another's place is listed at its own address`() throws {
        var shelf = GenericShelf()
        try shelf.add("a+b.bin", "tool", "1.0", generation: "0123456789abcdef")
        let documents = shelf.documents(of: "tool")
        let index = try Self.json(documents["tool/1.0/index.json"])
        let files = try #require(index["files"] as? [[String: Any]])
        #expect(files[0]["name"] as? String == "a+b.bin" && files[0]["url"] as? String == "0123456789abcdef/a%2Bb.bin")
        #expect(documents["tool/1.0/SHA256SUMS"]?.hasSuffix("  0123456789abcdef/a+b.bin\n") == true)
        #expect(documents["tool/1.0/index.html"]?.contains("<a href=\"0123456789abcdef/a%2Bb.bin\">a+b.bin</a>") == true)
    }

    @Test func `no two documents have one path, and no file can have it`() throws {
        let plans = try Self.shelf(signed: true).plans(of: "tool")
        var paths = plans.map(\.path)
        for companion in plans.flatMap(\.companions) {
            if case .detached(let path, _) = companion { paths.append(path) }
        }
        #expect(Set(paths).count == paths.count)
        for path in paths {
            let parts = path.split(separator: "/").map(String.init)
            // What lies at one level is refused as a name at that level.
            let found =
                parts.count == 3
                ? refusal { () throws(Refusal) in _ = try GenericShelf.taken(parts[2], "tool", "1.0.0") }
                : refusal { () throws(Refusal) in _ = try GenericShelf.taken("x", "tool", parts[1]) }
            #expect(found?.what.contains("taken") == true, "\(path)")
        }
    }

    // MARK: Serving

    @Test func `files are kept for ever by caches, lists and the newest version are not`() throws {
        let immutable = try Regex("^(?:\(Generic().profile.immutablePaths))")
        for path in [
            "tool/1.0/tool.bin", "tool/1.0/page.html", "tool/1.0/0123456789abcdef/page.html", "latest/1.0/x", "tool/1.0/latest",
            "tool/latest1/x", "tool/1.0/index.htm", "tool/1.0/SHA256SUMS.txt", "tool/1.0/xindex.json", "c++/1.0~1/a+b~1",
        ] { #expect(path.firstMatch(of: immutable) != nil, "\(path)") }
        for path in [
            "index.json", "index.html", "repository.key", "tool/index.json", "tool/index.html", "tool/1.0/index.json",
            "tool/1.0/index.html",
            "tool/1.0/SHA256SUMS", "tool/1.0/SHA256SUMS.asc", "tool/latest/tool.bin", "tool/latest/0123456789abcdef/tool.bin",
            "tool/latest", "tool/1.0", "tool/1.0/", "tool/latest/index.json",
        ] { #expect(path.firstMatch(of: immutable) == nil, "\(path)") }
    }

    @Test(arguments: [
        ("index.json", "application/json"), ("tool/index.json", "application/json"), ("tool/1.0/index.json", "application/json"),
        ("tool/latest/index.json", "application/json"), ("tool/1.0/SHA256SUMS", "text/plain"),
        ("tool/latest/SHA256SUMS", "text/plain"),
        ("tool/1.0/SHA256SUMS.asc", "application/pgp-signature"), ("tool/latest/page.html", "application/octet-stream"),
        ("tool/latest/0123456789abcdef/page.html", "application/octet-stream"), ("tool/latest/index.html", ""),
        ("tool/1.0/index.html", ""),
        ("tool/1.0/page.html", ""),
    ])
    func `each document has its type, and what a publisher sent has none that a browser shows`(path: String, type: String) throws
    {
        let types = try Generic().profile.serving.compactMap { serving -> String? in
            guard case .files(let paths, let type) = serving else { return nil }
            return try path.firstMatch(of: Regex("^(?:\(paths))$")) == nil ? nil : type
        }
        #expect(types == (type.isEmpty ? [] : [type]))
    }
}
