import Formats
import Testing

@testable import IndexGen

/// What a sender is told of a package that is taken all the same, and what a scope keeps of its beginning.
@Suite struct WarningTests {
    private func admissions(_ test: TestSite, _ paths: [String]) throws -> [Admission] {
        var admissions: [Admission] = []
        let intake = Intake(
            site: test.site, catalog: test.catalog, owner: "acme", type: nil, coordinates: Coordinates(), link: false,
            author: "tester")
        try intake.take(paths) { _, result in
            if case .success((_, let admission)) = result { admissions.append(admission) }
        }
        return admissions
    }

    @Test func `a warning comes with its package and is part of the answer to the upload`() throws {
        let test = try TestSite()
        let odd = try admissions(test, [test.toy("a", "1", shelf: "attic"), test.toy("b", "1")])
        #expect(odd.map(\.record.warnings.count) == [1, 0])
        #expect(odd[0].record.warnings[0].description == "nobody looks  there at the shelf; take another")
        for result in [UploadResult.created, .unchanged] {
            let text = String(decoding: Answer.of(result, for: Toy(), taken: Taken(files: odd)).body, as: UTF8.self)
            #expect(text.contains(#""warnings":[{"file":""#) && text.contains(#""place":"the shelf","remedy":"take another"}]"#))
            #expect(!text.contains("\u{1b}"))
            let plain = String(decoding: Answer.of(result, for: Toy(), taken: Taken(files: [odd[1]])).body, as: UTF8.self)
            #expect(!plain.contains("warnings"))
        }
    }

    @Test func `a scope keeps the customs under which it was begun`() throws {
        let test = try TestSite()
        try test.add([test.toy("a", "1")])
        func customs() throws -> [Int] {
            try test.catalog.snapshot { snapshot in
                try snapshot.repositories().flatMap { repository in
                    try snapshot.scopeIDs(of: repository, onlyDirty: false).map {
                        try snapshot.scope($0, measuring: []).view.customs
                    }
                }
            }
        }
        #expect(try customs() == [3, 3])
        // As in a catalog from before there were any.
        try test.catalog.pool.write { try $0.execute(sql: "UPDATE scope SET customs = 0") }
        try test.add([test.toy("a", "2")])
        try test.add([test.toy("a", "3")], group: "another")
        #expect(try customs().sorted() == [0, 0, 3, 3])
    }
}
