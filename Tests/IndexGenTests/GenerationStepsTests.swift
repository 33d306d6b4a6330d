import Formats
import Testing

@testable import IndexGen

/// The steps of a generation, each looked at alone: what is due, what is planned, what is rendered, and what is carried out.
@Suite struct GenerationStepsTests {
    private func row(_ test: TestSite) throws -> RepositoryRow { try #require(try test.catalog.repositories().first) }

    private func keys(_ scopes: [ScopeID], _ test: TestSite) throws -> [String] {
        try test.catalog.snapshot { snapshot in try scopes.map { try snapshot.name(ofScope: $0.value) } }
    }

    private func due(_ test: TestSite, isWhole: Bool = false) throws -> (scopes: [String], echoed: [String]) {
        let repository = try row(test)
        let due = try test.catalog.snapshot { try $0.due(of: repository, isWhole: isWhole) }
        return (try keys(due.scopes, test), try keys(due.echoed, test))
    }

    @Test func `due are the scopes that changed, and what lists their echoes only when these are in the catalog`() throws {
        let test = try TestSite(of: Parcels(echoes: true))
        try test.add([test.parcel("ball", "1"), test.parcel("cube", "1")])
        #expect(try due(test) == (["*all", "ball", "cube"], []))
        try test.generate()
        #expect(try due(test) == ([], []))
        #expect(try due(test, isWhole: true) == (["*all", "ball", "cube"], ["*register"]))
        try test.add([test.parcel("ball", "2")])
        #expect(try due(test) == (["*all", "ball"], []))
        let generator = Generator(site: test.site, catalog: test.catalog)
        _ = try generator.render(
            row(test), of: Parcels(echoes: true), everything: false, planAnew: false, keyring: nil)
        #expect(try due(test) == (["*all", "ball"], ["*register"]))
    }

    @Test func `a planned document is current until what it depends on changes`() throws {
        let test = try TestSite()
        try test.add([test.toy("a", "1", shelf: "x"), test.toy("b", "1", shelf: "y")])
        func current() throws -> [String: Bool] {
            let repository = try row(test)
            return try test.catalog.snapshot { snapshot in
                let renderer = Renderer(
                    site: test.site, snapshot: snapshot, repository: repository.id.value, prefix: repository.path + "/",
                    keyring: nil, everything: false)
                let scopes = try snapshot.due(of: repository, isWhole: true).scopes
                let context = try test.site.repository(owner: "acme", type: "toy", publicKey: nil)
                var current: [String: Bool] = [:]
                for scope in scopes {
                    let state = try snapshot.scope(scope, measuring: ["line"])
                    let old = try snapshot.documents(repository: repository.id.value, scope: scope.value)
                    for plan in Toy().documents(for: state.view, in: context) {
                        let planned = try renderer.planned(plan, of: state, replacing: old[plan.path])
                        #expect(planned.plan.path == plan.path && planned.old?.path == old[plan.path]?.path)
                        current[plan.path] = planned.isCurrent
                    }
                }
                return current
            }
        }
        let paths = ["main/x/index", "main/y/index", "main/data/all", "main/names"]
        #expect(try current() == Dictionary(uniqueKeysWithValues: paths.map { ($0, false) }))
        try test.generate()
        #expect(try current() == Dictionary(uniqueKeysWithValues: paths.map { ($0, true) }))
        try test.add([test.toy("a", "2", shelf: "x")])
        #expect(try current() == ["main/x/index": false, "main/y/index": true, "main/data/all": false, "main/names": true])
    }

    @Test func `what is rendered is a publication that has not begun, and carrying it out is what a run does`() throws {
        let test = try TestSite(of: Parcels(echoes: true))
        try test.add([test.parcel("ball", "1"), test.parcel("cube", "1")])
        try test.generate()
        let tree = try test.tree()
        try test.add([test.parcel("cube", "2")])
        let other = try test.site.treeFromScratch()
        let generator = Generator(site: test.site, catalog: test.catalog)
        let rendering = try generator.render(
            row(test), of: Parcels(echoes: true), everything: false, planAnew: false, keyring: nil)
        let publication = rendering.finished(for: test.site.settings)
        let places = publication.puts.map { String($0.path.dropFirst("acme/parcel/".count)) }
        #expect(places.firstIndex(of: "cube/index") ?? 99 < places.firstIndex(of: "register") ?? 0)
        #expect(places.firstIndex(of: "register") ?? 99 < places.firstIndex(of: "REGISTER") ?? 0)
        #expect(!places.contains("ball/index"))
        #expect(try test.tree() == tree)
        #expect(try !due(test).scopes.isEmpty)
        var summary = Generator.Summary()
        try generator.carryOut(publication, &summary)
        #expect(try test.tree() == other)
        #expect(try due(test) == ([], []))
        #expect(try test.faults() == [])
        #expect(try test.generate() == Generator.Summary())
    }
}
