import Corpus
import Formats
import Foundation
import Testing

@testable import IndexGen

extension Copying {
    /// Copies files, each package for itself.
    ///
    /// - Returns: what became of each file that was not required by another, or of each package that was refused.
    fileprivate func take(_ lots: [Lot], rehearsing: Bool = false) throws -> [String] {
        try lots.flatMap { lot -> [String] in
            guard let ecosystem = site.ecosystems[lot.repository.type] else { return ["unknown type"] }
            let consignment: Consignment
            do { consignment = try consign(lot) } catch let refusal as Refusal { return ["\(refusal)"] }
            let result = try catalog.take(
                [consignment], blobs: site.blobs, rehearsing: rehearsing, render: site.rendering(ecosystem))[0]
            switch result.outcome {
            case .taken(let outcomes):
                return zip(consignment.items, outcomes).filter { !$0.0.isRequired }.map {
                    switch $0.1 {
                    case .added, .returned: "copied"
                    case .unchanged: "unchanged"
                    case .refused(let refusal): "\(refusal)"
                    }
                }
            case .refused(let refusals): return refusals.map { "\($0.refusal)" }
            case .lost(let lost): return ["\(lost)"]
            }
        }
    }

    /// All that an owner has, a package after the other.
    fileprivate func lots(of owner: String) throws -> [Lot] {
        try catalog.repositories(owner: owner).flatMap { row in
            Dictionary(grouping: try catalog.snapshot { try $0.files(in: row) }, by: \.name).sorted { $0.key < $1.key }
                .map { Lot(repository: row, files: $0.value) }
        }
    }
}

extension RealSite {
    /// Copies all that `acme` has.
    @discardableResult
    fileprivate func copy(to owner: String? = nil, at place: [String: String] = [:], rehearsing: Bool = false) throws -> [String]
    {
        let copying = Copying(
            site: site, catalog: catalog, author: "promoter", owner: owner, coordinates: Coordinates(place))
        return try copying.take(copying.lots(of: "acme"), rehearsing: rehearsing)
    }

    fileprivate func copy(_ lots: [Copying.Lot], to owner: String, at place: [String: String] = [:]) throws -> [String] {
        try Copying(site: site, catalog: catalog, author: "promoter", owner: owner, coordinates: Coordinates(place)).take(lots)
    }

    fileprivate func blobPaths() throws -> [String] { try site.blobs.all().map(\.path) }

    fileprivate func stagedFiles() throws -> [String] {
        var staged: [String] = []
        try Files.walk(site.staging.path) { path, _ in staged.append(path) }
        return staged
    }

    fileprivate func root(of entry: JournalEntry) -> String {
        "\(entry.owner)/\(site.ecosystems[entry.type]?.profile.segment ?? entry.type)"
    }
}

extension TestSite {
    /// - Parameter key: of a mark that stands for the version, which is not given then.
    @discardableResult
    fileprivate func copy(
        _ name: String, _ version: String?, key: String? = nil, to owner: String? = nil, at place: [String: String] = [:]
    ) throws -> [String] {
        let row = try #require(try catalog.repositories(owner: "acme").first)
        let files = try catalog.snapshot { try $0.files(in: row, name: name, version: version) }.filter { file in
            key.map { key in file.annotations.all.contains { $0.key == key && $0.value == file.version } } ?? true
        }
        return try Copying(site: site, catalog: catalog, author: "promoter", owner: owner, coordinates: Coordinates(place))
            .take([Copying.Lot(repository: row, files: files, key: key, isNamed: true)])
    }
}

/// Packages that are brought to another owner or another place as well.
@Suite struct CopyTests {
    private static let types = Specimen.all.map(\.type)
    /// What is named by its content has no twins; nor can several manifests have one tag.
    private static let named = Specimen.all.filter { !$0.isNamedByContent }.map(\.type)
    private static let placed = Specimen.all.filter { $0.destinations.count > 1 && !$0.isNamedByContent }.map(\.type)

    /// Some made-up packages of a type, in a place of the owner `acme`.
    private func add(
        _ specimen: Specimen, _ count: Int = 6, to site: RealSite, at place: [String: String], owner: String = "acme"
    )
        throws
    {
        let corpus = specimen.corpus(5, specimen.names)
        let paths = try (0..<count).map { try corpus.file($0).write(into: site.folder + "/inbox") }
        #expect(try site.place(paths, at: place, type: specimen.spokenType, owner: owner).allSatisfy { $0 != nil })
    }

    // MARK: Every type

    @Test(arguments: types) func `a copy is what adding the same files there would have made, and no byte is stored twice`(
        type: String
    ) throws {
        let specimen = try Specimen.of(type)
        let site = try RealSite(), other = try RealSite()
        let place = specimen.destinations[0]
        try add(specimen, to: site, at: place)
        try site.generate()
        let before = try site.blobPaths()
        let outcomes = try site.copy(to: "prod")
        #expect(!outcomes.isEmpty && outcomes.allSatisfy { $0 == "copied" })
        #expect(try site.blobPaths() == before)
        #expect(try site.stagedFiles() == [])
        try site.generate()
        #expect(try site.faults() == [])

        for owner in ["acme", "prod"] { try add(specimen, to: other, at: place, owner: owner) }
        try other.generate()
        #expect(try site.tree() == other.tree())
        let tree = try site.tree()
        try FileManager.default.removeItem(atPath: site.site.publicRoot)
        try Files.makeFolder(site.site.publicRoot)
        try site.generate(everything: true)
        #expect(try site.tree() == tree)
    }

    @Test(arguments: placed) func `a copy to another place of the same owner leaves the original where it is`(type: String) throws
    {
        let specimen = try Specimen.of(type)
        let site = try RealSite(), other = try RealSite()
        let (first, second) = (specimen.destinations[0], specimen.destinations[1])
        try add(specimen, to: site, at: first)
        try site.generate()
        let before = try site.blobPaths()
        #expect(try site.copy(at: second).allSatisfy { $0 == "copied" })
        try site.generate()
        #expect(try site.blobPaths() == before)
        for place in [first, second] { try add(specimen, to: other, at: place) }
        try other.generate()
        #expect(try site.tree() == other.tree())
        #expect(try site.faults() == [])
    }

    @Test(arguments: types) func `what is there already is unchanged, and a rehearsal changes nothing`(type: String) throws {
        let specimen = try Specimen.of(type)
        let site = try RealSite(signed: false)
        try add(specimen, to: site, at: specimen.destinations[0])
        try site.generate()
        let (tree, history) = (try site.tree(), try site.catalog.history(HistoryQuery()))
        #expect(try site.copy(to: "prod", rehearsing: true).allSatisfy { $0 == "copied" })
        #expect(try site.catalog.history(HistoryQuery()) == history)
        #expect(try site.catalog.repositories().map(\.owner) == ["acme"])
        #expect(try site.generate() == Generator.Summary())
        #expect(try site.tree() == tree)

        #expect(try site.copy(to: "prod").allSatisfy { $0 == "copied" })
        try site.generate()
        let (after, now) = (try site.tree(), try site.catalog.history(HistoryQuery()))
        let copies = now.filter { $0.owner == "prod" }, originals = history.filter { $0.action == "add" }
        #expect(copies.allSatisfy { $0.author.name == "promoter" })
        #expect(
            copies.filter { $0.action == "add" }.map(\.detail).sorted()
                == originals.map { "copied from \(site.root(of: $0))/\($0.path)" }.sorted())
        for rehearsing in [true, false] {
            #expect(try site.copy(to: "prod", rehearsing: rehearsing).allSatisfy { $0 == "unchanged" })
        }
        #expect(try site.catalog.history(HistoryQuery()) == now)
        #expect(try site.generate() == Generator.Summary())
        #expect(try site.tree() == after)
    }

    @Test(arguments: types) func `a copy is refused where there are other bytes, and nothing of it comes in`(type: String) throws
    {
        let specimen = try Specimen.of(type)
        // What is called by its digest has no other bytes.
        guard let (original, bytes) = try? EcosystemContractTests.twin(of: type) else {
            #expect(type == "container")
            return
        }
        let site = try RealSite(signed: false)
        let twin = try EcosystemContractTests.write(bytes, for: site, in: "twin", like: original)
        let place = specimen.coordinates(original)
        #expect(try site.place([original], at: place, type: specimen.spokenType) != [nil])
        #expect(try site.place([twin], at: place, type: specimen.spokenType, owner: "prod") != [nil])
        try site.generate()
        let (tree, history) = (try site.tree(), try site.catalog.history(HistoryQuery()))
        let outcomes = try site.copy(to: "prod")
        #expect(outcomes.count == 1 && outcomes[0].contains("exists with other bytes"), "\(outcomes)")
        #expect(try site.catalog.history(HistoryQuery()) == history)
        try site.generate()
        #expect(try site.tree() == tree)
        #expect(try site.faults() == [])
    }

    @Test(arguments: types) func `what was removed comes back where it was when it is copied there again`(type: String) throws {
        let specimen = try Specimen.of(type)
        let site = try RealSite(signed: false)
        try add(specimen, to: site, at: specimen.destinations[0])
        try site.copy(to: "prod")
        try site.generate()
        let tree = try site.tree()
        let row = try #require(try site.catalog.repositories(owner: "prod").first)
        try site.catalog.remove(site.catalog.snapshot { try $0.files(in: row) }, author: "tester")
        try site.generate()
        #expect(try site.tree() != tree)
        #expect(try site.copy(to: "prod").allSatisfy { $0 == "copied" })
        try site.generate()
        #expect(try site.tree() == tree)
        #expect(try site.faults() == [])
    }

    // MARK: What goes along

    @Test func `marks of files, versions and packages go along, and those of the target stay`() throws {
        let test = try TestSite()
        let (recalled, label) = (Toy().profile.marks[1], Toy().profile.marks[2])
        try test.add([test.toy("ball", "1", shelf: "red"), test.toy("ball", "2", shelf: "red")], group: "testing")
        try test.mark(.yanked, "ball", "1", value: "torn")
        try test.mark(recalled, "ball", "2", value: "sharp")
        try test.mark(label, "ball", nil, key: "front", value: "fun")
        try test.mark(label, "ball", nil, key: "back", value: "3+")
        try test.add([test.toy("ball", "3", shelf: "red")], group: "main", owner: "prod")
        let prod = try #require(try test.catalog.repositories(owner: "prod").first)
        let there = try test.catalog.snapshot { try $0.files(in: prod) }
        try test.catalog.mark(
            there, MarkChange(kind: label, key: "front", value: "serious", customs: 3), author: "tester",
            render: test.site.rendering(Toy()))
        try test.generate()
        #expect(try test.copy("ball", "1", to: "prod", at: ["group": "main"]) == ["copied"])
        #expect(try test.copy("ball", "2", to: "prod", at: ["group": "main"]) == ["copied"])
        try test.generate()
        let lines = try test.text("prod/toy/main/red/index").split(separator: "\n").filter { $0.hasPrefix("ball ") }
        #expect(lines.count == 3, "\(lines)")
        #expect(lines.allSatisfy { $0.contains("label back 3+ label front serious") }, "\(lines)")
        #expect(lines.filter { $0.contains("YANKED torn") }.map { $0.prefix(6) } == ["ball 1"])
        #expect(lines.filter { $0.contains("recalled  sharp") }.map { $0.prefix(6) } == ["ball 2"])
        let words = try test.catalog.history(HistoryQuery(owner: "prod")).reversed().map {
            "\($0.action) \($0.version) \($0.detail)"
        }
        #expect(words.contains("yank 1 torn") && words.contains("mark 2 recalled sharp"), "\(words)")
        #expect(try test.faults() == [])
        let tree = try test.tree()
        try test.startOver()
        #expect(try test.tree() == tree)
        #expect(try test.copy("ball", "1", to: "prod", at: ["group": "main"]) == ["unchanged"])
        #expect(try test.generate() == Generator.Summary())
    }

    @Test func `a mark that stands for a version goes along with that version alone`() throws {
        let test = try TestSite(of: Parcels())
        try test.add([test.parcel("ball", "1"), test.parcel("ball", "2")])
        for (key, value) in [("latest", "2"), ("old", "1"), ("older", "1")] {
            try test.mark(Parcels.tag, "ball", nil, key: key, value: value)
        }
        try test.mark(Parcels.deprecated, "ball", "1", value: "use 2")
        func tags(_ owner: String) throws -> [String] {
            try test.generate()
            return try test.text("\(owner)/parcel/ball/index").split(separator: "\n").map(String.init).filter {
                $0.hasPrefix("tag ")
            }
        }
        #expect(try test.copy("ball", "1", to: "prod") == ["copied"])
        #expect(try tags("prod") == ["tag old 1", "tag older 1"])
        #expect(try test.text("prod/parcel/ball/index").contains("deprecated use 2"))
        // By its tag, that one alone.
        #expect(try test.copy("ball", nil, key: "old", to: "third") == ["copied"])
        #expect(try tags("third") == ["tag old 1"])
        // It moves where it stands for another version.
        try test.mark(Parcels.tag, "ball", nil, key: "old", value: "2")
        #expect(try test.copy("ball", "2", to: "third") == ["copied"])
        #expect(try tags("third") == ["tag latest 2", "tag old 2"])
        #expect(try test.faults() == [])
        let tree = try test.tree()
        try test.startOver()
        #expect(try test.tree() == tree)
    }

    @Test(arguments: [false, true]) func `what speaks about a file goes along, whichever of the two is named`(isSpeaker: Bool)
        throws
    {
        let site = try RealSite()
        let package = try Specimen.of("arch").corpus(7, 1).file(0).write(into: site.folder + "/inbox")
        let keyring = try #require(try site.site.openKeyring())
        let signature = try keyring.sign(
            package, as: .detached(isArmored: false), at: Timestamp(seconds: keyring.created.seconds + 77))
        try Files.replace(package + ".sig", with: signature)
        #expect(try site.add([package, package + ".sig"]) == [true, true])
        try site.generate()
        let row = try #require(try site.catalog.repositories().first)
        let files = try site.catalog.snapshot { try $0.files(in: row) }.filter { $0.path.hasSuffix(".sig") == isSpeaker }
        #expect(files.count == 1)
        let lot = Copying.Lot(repository: row, files: files, isNamed: true)
        #expect(try site.copy([lot], to: "prod", at: ["repository": "extra"]) == ["copied", "copied"])
        try site.generate()
        let path = try #require(
            try site.everyFile().first { $0.hasPrefix("prod/arch/extra/") && $0.hasSuffix(".sig") && $0.contains("pkg.tar") })
        #expect(try Files.read("\(site.site.publicRoot)/\(path)") == signature)
        #expect(try site.faults() == [])
    }

    @Test func `a group is whole or not there: one conflict keeps all files of a package out`() throws {
        let test = try TestSite()
        try test.add([
            test.toy("ball", "1", shelf: "red"), test.toy("ball", "1", shelf: "blue"), test.toy("cube", "1", shelf: "red"),
        ])
        try test.add([test.toy("ball", "1", shelf: "blue", body: "other")], owner: "prod")
        let history = try test.catalog.history(HistoryQuery())
        let words = try test.copy("ball", "1", to: "prod")
        #expect(words.count == 1 && words[0].contains("ball 1 exists with other bytes"), "\(words)")
        #expect(try test.catalog.history(HistoryQuery()) == history)
        #expect(try test.copy("cube", "1", to: "prod") == ["copied"])
        try test.generate()
        #expect(try test.faults() == [])
        #expect(try test.site.treeFromScratch() == test.tree())
    }

    @Test func `files of two places that would be one are refused unless they have the same bytes`() throws {
        let test = try TestSite()
        try test.add([test.toy("ball", "1", shelf: "red")], group: "one")
        try test.add([test.toy("ball", "1", shelf: "red")], group: "two")
        try test.add([test.toy("cube", "1", shelf: "red")], group: "one")
        #expect(try test.copy("ball", "1", at: ["group": "main"]) == ["copied", "unchanged"])
        try test.generate()
        #expect(try test.faults() == [])
        #expect(try test.text("acme/toy/main/red/index").hasPrefix("1 "))
        #expect(try test.site.treeFromScratch() == test.tree())
    }

    @Test func `a lost blob is said, and its place in the target stays free`() throws {
        let test = try TestSite()
        try test.add([test.toy("ball", "1", shelf: "red")])
        try test.generate()
        let row = try #require(try test.catalog.repositories().first)
        let file = try #require(try test.catalog.snapshot { try $0.files(in: row) }.first)
        try Files.remove(test.site.blobs.path(of: file.sha256))
        let words = try test.copy("ball", "1", to: "prod")
        #expect(words.count == 1 && words[0].contains("its bytes are lost") && words[0].contains("indexgen verify"), "\(words)")
        #expect(try test.catalog.repositories().map(\.owner) == ["acme"])
    }

    @Test func `quotas count a copy as they count any package`() throws {
        let test = try TestSite(settings: "quotas: {prod: {files: 1}}")
        try test.add([test.toy("ball", "1", shelf: "red"), test.toy("ball", "2", shelf: "red")])
        #expect(try test.copy("ball", "1", to: "prod") == ["copied"])
        let words = try test.copy("ball", "2", to: "prod")
        #expect(words.count == 1 && words[0].contains("prod"), "\(words)")
        #expect(try test.catalog.usage(owner: "prod", type: "toy").files == 1)
    }
}
