import Corpus
import Formats
import Testing

@testable import IndexGen

/// The tests' own list of types, and the packages that they make up.
@Suite struct SpecimenTests {
    private static let types = Specimen.all.map(\.type)

    @Test func `there is a specimen of every ecosystem, in their order`() {
        #expect(Self.types == Ecosystems.standard.all.map(\.profile.id))
    }

    @Test(arguments: types) func `made-up packages come in wherever they are sent, and are what they were`(type: String) throws {
        let specimen = try Specimen.of(type)
        let corpus = specimen.corpus(5, specimen.names)
        let site = try RealSite(signed: false)
        var names: Set<String> = []
        for (number, coordinates) in specimen.destinations.enumerated() {
            let files = (0..<20).map { corpus.file($0 * specimen.destinations.count + number) }
            #expect(files.map(\.bytes) == (0..<20).map { corpus.file($0 * specimen.destinations.count + number).bytes })
            names.formUnion(files.map(\.name))
            let paths = try files.map { try $0.write(into: site.folder + "/inbox") }
            let places = try site.place(paths, at: coordinates, type: specimen.spokenType)
            #expect(places.allSatisfy { $0 != nil })
        }
        #expect(names.count == 20 * specimen.destinations.count, "a file's name is its own")
        #expect(try site.catalog.repositories().map(\.type) == [type])
        try site.generate()
        #expect(try site.faults() == [])
    }

    @Test func `a package file's folders say its place where nothing else does`() throws {
        let generic = try Specimen.of("generic")
        #expect(generic.coordinates("/x/dist/generic/tool/1.0/tool.sh") == ["package": "tool", "version": "1.0"])
        #expect(try Specimen.of("rpm").coordinates("/x/el9/a.rpm") == [:])
    }
}
