import Formats
import Foundation
import Testing

@testable import IndexGen

/// Entries that are made of rendered documents: shown with parcels, of which each name has an index, and a register lists all of these
/// with their MD5s.
@Suite struct EchoTests {
    private static let register = "acme/parcel/register"

    private func site(_ settings: String = "") throws -> TestSite { try TestSite(settings: settings, of: Parcels(echoes: true)) }

    /// What the register should say: of the public indexes and of the files in the catalog, without a look at echoes.
    private func expected(_ test: TestSite) throws -> [String] {
        guard let row = try test.catalog.repositories().first else { return [] }
        let files = try test.catalog.snapshot { try $0.files(in: row) }
        return try Dictionary(grouping: files, by: \.name).sorted { $0.key < $1.key }.map { name, files in
            let bytes = try Files.read("\(test.site.publicRoot)/acme/parcel/\(name)/index")
            let versions = files.map(\.version).sorted().joined(separator: ",")
            return "\(name) \(versions) \(Hex.string(Digester.digests(of: bytes).md5))"
        }
    }

    private func expectRegister(of test: TestSite, _ when: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let expected = try expected(test)
        guard try FileStatus.of("\(test.site.publicRoot)/\(Self.register)") != nil else {
            return #expect(expected == [], "\(when)", sourceLocation: sourceLocation)
        }
        let lines = try test.text(Self.register).split(separator: "\n").map(String.init)
        #expect(Array(lines.dropFirst()) == expected, "\(when)", sourceLocation: sourceLocation)
        let bytes = expected.reduce(0) { $0 + $1.utf8.count + 1 }
        #expect(lines.first == "\(expected.count) entries, \(bytes) bytes", "\(when)", sourceLocation: sourceLocation)
    }

    @Test func `what waits to be published is found without a look at what does not`() throws {
        let test = try site()
        let plan = try test.catalog.pool.read { db in
            try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN SELECT id FROM \(CatalogSnapshot.behind) ORDER BY key", arguments: [1])
                .map { $0[3] as String }
        }
        // The order of keys is made of the few that were found.
        #expect(plan.contains { $0.contains("scope_dirty (repository_id=?)") }, "\(plan)")
        #expect(plan.contains { $0.contains("TEMP B-TREE FOR ORDER BY") }, "\(plan)")
    }

    @Test func `a register says of each index what it is, and is public after all of them`() throws {
        let test = try site()
        try test.add([test.parcel("ball", "1"), test.parcel("ball", "2", shelf: "x"), test.parcel("cube", "1")])
        try test.generate()
        try expectRegister(of: test, "at first")
        let row = try #require(try test.catalog.repositories().first)
        let ranks = try test.catalog.snapshot { snapshot in
            try snapshot.scopeIDs(of: row, onlyDirty: false).flatMap { scope in
                try snapshot.documents(repository: row.id.value, scope: scope.value).values.map { ($0.path, $0.rank) }
            }
        }
        for (path, rank) in ranks {
            #expect(rank == (path == "REGISTER" ? .list : ["register", "letters"].contains(path) ? .root : .leaf), "\(path)")
        }
        #expect(ranks.count == 9)
        #expect(try test.faults() == [])
    }

    @Test func `with nothing to do nothing is done, and a change writes what it changes`() throws {
        let test = try site()
        try test.add([test.parcel("ball", "1"), test.parcel("cube", "1"), test.parcel("dice", "1")])
        try test.generate()
        let before = try test.marks()
        #expect(try test.generate() == Generator.Summary())
        test.time.advance(10)
        try test.mark(Parcels.banner, "cube", nil, value: "on sale")
        try test.generate()
        let marks = try test.marks()
        let changed = Set(before.filter { marks[$0.key] != $0.value }.keys.map { $0.dropFirst("acme/parcel/".count) })
        #expect(changed == ["cube/index", "cube/index.gz", "register", "register.zst", "REGISTER"])
        try expectRegister(of: test, "after a mark")
        #expect(try test.generate() == Generator.Summary())
    }

    @Test(arguments: 0..<4)
    func `after any additions, removals, marks, replacements and prunings the tree is that from scratch`(seed: UInt64) throws {
        let test = try site("segment_bytes: 1024\nretention: 10s")
        var random = SplitMix(seed: 70 + seed)
        try test.add((0..<80).map { try test.parcel("p\($0)", "1") })
        try test.generate()
        #expect(try test.cuts("register").count > 2)
        for step in 0..<60 {
            test.time.advance(Int64.random(in: 0...4, using: &random))
            let name = "p\(Int.random(in: 0..<84, using: &random))"
            switch Int.random(in: 0..<12, using: &random) {
            case 0, 1: try test.remove(name)
            case 2: try test.yank(name, "1", reason: Bool.random(using: &random) ? "bad \(step)" : nil)
            case 3: try test.mark(Parcels.banner, name, nil, value: Bool.random(using: &random) ? "\(step)" : nil)
            case 4: _ = try Pruner(site: test.site, catalog: test.catalog).run(rehearsing: false)
            case 5: try test.generate(everything: true)
            default:
                let (version, body) = ("\(Int.random(in: 0..<3, using: &random))", "\(Int.random(in: 0..<2, using: &random))")
                try test.add(
                    [test.parcel(name, version, shelf: ["any", "x"][step % 2], body: body)], replace: Bool.random(using: &random))
            }
            if Bool.random(using: &random) {
                try test.generate()
                try expectRegister(of: test, "step \(step)")
                #expect(try test.generate() == Generator.Summary(), "step \(step)")
            }
            if step % 12 == 11 {
                try test.generate()
                #expect(try test.faults() == [], "step \(step)")
                #expect(try test.tree() == test.site.treeFromScratch(), "step \(step)")
            }
        }
        for number in 0..<84 { try test.remove("p\(number)") }
        try test.generate()
        #expect(try FileStatus.of("\(test.site.publicRoot)/\(Self.register)") == nil)
        #expect(try FileStatus.of("\(test.site.publicRoot)/acme/parcel/REGISTER") == nil)
        #expect(try test.faults() == [])
    }

    @Test(arguments: 0..<3)
    func `any order of arrival in any portions gives the same tree`(seed: UInt64) throws {
        func parcels(_ test: TestSite) throws -> [String] {
            try (0..<24).map { try test.parcel("p\($0 % 7)", "\($0 / 7)", shelf: ["any", "x"][$0 % 2]) }
        }
        let reference = try site(), shuffled = try site()
        try reference.add(parcels(reference))
        try reference.generate()
        var random = SplitMix(seed: seed)
        try shuffled.addInAnyOrder(parcels(shuffled), using: &random)
        #expect(try shuffled.tree() == reference.tree())
    }

    @Test func `one change among many indexes keeps the register's other segments`() throws {
        let test = try site("segment_bytes: 1024")
        let later = try test.parcel("n1200a", "1")
        try test.add((0..<400).map { try test.parcel("n\(1000 + $0)", "1") })
        try test.generate()
        let segments = try test.cuts("register").count
        #expect(segments > 12)
        let steps: [(String, () throws -> Void)] = [
            ("add", { try test.add([later]) }), ("mark", { try test.mark(Parcels.banner, "n1100", nil, value: "new") }),
            ("remove", { try test.remove("n1200a") }), ("return", { try test.add([later]) }),
        ]
        for (name, step) in steps {
            test.time.advance(1)
            let (register, letters) = (try test.cuts("register").count, try test.cuts("letters").count)
            // What lists all parcels changes with them, too.
            let others = try ["newest", "filled/any"].reduce(0) { try $0 + test.cuts($1).count }
            try step()
            let work = try test.generate().segments
            #expect(work.kept >= register + letters - 6 + (name == "mark" ? 0 : others - 6), "\(name): \(work), \(register)")
            #expect(work.rendered > 0)
            try expectRegister(of: test, name)
            #expect(try test.tree() == test.site.treeFromScratch(), "\(name)")
        }
    }

    /// A folder in the place of a document ends a publication where that document's turn comes.
    @Test(arguments: ["cube/index", "register", "REGISTER"])
    func `a run that ended between an index and its echo is made good by the next one`(obstacle: String) throws {
        let test = try site("segment_bytes: 1024")
        try test.add((0..<60).map { try test.parcel("p\($0)", "1") } + [test.parcel("cube", "1")])
        try test.generate()
        let place = "\(test.site.publicRoot)/acme/parcel/\(obstacle)"
        for change in 0..<3 {
            test.time.advance(1)
            try Files.remove(place)
            try Files.makeFolder(place)
            try test.add([test.parcel("cube", "2"), test.parcel("new\(change)", "1")])
            #expect(throws: (any Error).self) { try test.generate() }
            // The catalog knows the new echoes, and what lists them waits.
            #expect(try test.catalog.isBehind("acme/parcel"))
            try FileManager.default.removeItem(atPath: place)
            // What was echoed may go again before it ever was public, or go on changing.
            if change == 1 { try test.remove("new1") }
            if change == 2 { try test.add([test.parcel("new2", "2")]) }
            try test.generate()
            try expectRegister(of: test, "after change \(change)")
            #expect(try test.faults() == [])
            #expect(try test.tree() == test.site.treeFromScratch())
            #expect(try test.generate() == Generator.Summary())
            try test.remove("cube", "2")
            try test.generate()
            try expectRegister(of: test, "after change \(change) was taken back")
        }
    }

    @Test func `echoes of documents that never became public are taken back with the settings that made them`() throws {
        let test = try site()
        try test.add([test.parcel("ball", "1"), test.parcel("cube", "1")])
        try test.generate()
        let tree = try test.tree()
        let row = try #require(try test.catalog.repositories().first)
        // As a run leaves it that planned anew under other settings and ended before it published.
        let (scope, there) = try test.catalog.snapshot { snapshot in
            let scope = try #require(try snapshot.due(of: row, isWhole: true).scopes.last)
            return (scope, try snapshot.echoes(of: scope))
        }
        let place = try #require(there.keys.first)
        let other = ScopeEchoes(
            scope: scope, changed: Timestamp(seconds: 1_800_000_000), entries: [place: ["entry": [UInt8]("wrong\n".utf8)]])
        try test.catalog.echo([other], in: row, customs: 0)
        #expect(try test.catalog.snapshot { try $0.due(of: row, isWhole: false).scopes } == [scope])
        try test.generate()
        #expect(try test.tree() == tree)
        try expectRegister(of: test, "at the end")
        #expect(try test.faults() == [])
    }

    @Test func `verify names a count of echoes that is wrong, and a repair mends it`() throws {
        let test = try site()
        try test.add([test.parcel("ball", "1"), test.parcel("cube", "1")])
        try test.generate()
        let tree = try test.tree()
        try test.catalog.pool.write { db in
            try db.execute(
                sql: "UPDATE partition SET entries = 5 WHERE scope_id = (SELECT id FROM scope WHERE echoed = 1) AND name = 'odd'")
        }
        let faults = try test.faults()
        #expect(faults.map(\.path) == ["state/catalog.sqlite"])
        #expect(
            faults.first?.what == "counts 5 entries in acme/parcel *register odd, and has 1; run: indexgen verify --repair")
        try test.catalog.countAnew()
        try test.generate(everything: true)
        #expect(try test.faults() == [])
        #expect(try test.tree() == tree)
    }

    @Test func `an echo of a scope without documents is a fault, and a repair takes it away`() throws {
        let test = try site()
        try test.add([test.parcel("ball", "1"), test.parcel("cube", "1")])
        try test.generate()
        try test.remove("cube")
        try test.generate()
        let tree = try test.tree()
        let row = try #require(try test.catalog.repositories().first)
        let cube = try #require(try test.catalog.scopeAges(of: row).first { $0.key == "cube" }).id
        try test.catalog.pool.write { db in
            try db.execute(
                sql: """
                    INSERT INTO echo (partition_id, sort_key, scope_id, slot_id, bytes)
                        SELECT p.id, CAST('cube' AS BLOB), ?, s.id, CAST('cube' AS BLOB) FROM partition p, slot s
                        WHERE p.scope_id = (SELECT id FROM scope WHERE echoed = 1) AND s.name = 'letter'
                    """, arguments: [cube.value])
        }
        let words = try test.faults().map(\.what)
        #expect(words.contains { $0.contains("lists documents of 'cube' in acme/parcel *register") }, "\(words)")
        try test.catalog.countAnew()
        try test.generate(everything: true)
        #expect(try test.faults() == [])
        #expect(try test.tree() == tree)
    }

    @Test func `echoes that the catalog lost are made again from the indexes`() throws {
        let test = try site("segment_bytes: 1024")
        try test.add((0..<60).map { try test.parcel("p\($0)", "1") })
        try test.generate()
        let tree = try test.tree()
        try test.catalog.pool.write { try $0.execute(sql: "DELETE FROM echo") }
        #expect(try !test.faults().isEmpty)
        try test.catalog.countAnew()
        try test.generate(everything: true)
        #expect(try test.tree() == tree)
        #expect(try test.faults() == [])
    }

    @Test func `what lists indexes is not offered to people as a place for packages`() throws {
        let test = try site()
        try test.add([test.parcel("ball", "1")])
        try test.generate()
        let row = try #require(try test.catalog.repositories().first)
        #expect(try test.catalog.snapshot { try $0.scopeKeys(of: row) } == ["*all", "ball"])
    }

    @Test func `indexes are not listed among packages`() throws {
        let test = try site()
        try test.add([test.parcel("ball", "1")])
        // Of a program whose scopes had other names.
        try test.catalog.pool.write { db in
            try db.execute(sql: "UPDATE scope SET key = '*register' WHERE key = '*all'")
        }
        let error = #expect(throws: PublishingError.self) { try test.generate() }
        #expect(error?.what == "'*register' of acme/parcel lists packages, and indexes are to be listed under that name")
    }
}
