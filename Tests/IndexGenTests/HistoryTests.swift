import Formats
import Foundation
import Testing

@testable import IndexGen

/// Who did what: what the journal keeps of changes and of refusals, and how it is shown.
@Suite struct HistoryTests {
    @Test func `every change is there with its author and address, the newest first`() throws {
        let test = try TestSite()
        let path = try test.toy("a", "1")
        let intake = Intake(
            site: test.site, catalog: test.catalog, owner: "acme", type: nil, coordinates: Coordinates(["group": "main"]),
            author: Author(name: "ci (token x)", origin: "2001:db8::1"))
        try intake.take([path]) { _, _ in }
        test.time.advance(60)
        try test.yank("a", "1", reason: "broken")
        test.time.advance(60)
        try test.remove("a")
        let entries = try test.catalog.history(HistoryQuery())
        #expect(entries.map(\.action) == ["remove", "yank", "add"])
        #expect(entries.map(\.author) == ["tester", "tester", Author(name: "ci (token x)", origin: "2001:db8::1")])
        #expect(entries.map(\.at.seconds) == [1_800_000_120, 1_800_000_060, 1_800_000_000])
        #expect(entries.map(\.detail) == ["", "broken", ""])
        #expect(entries.allSatisfy { $0.name == "a" && $0.version == "1" && $0.owner == "acme" && $0.type == "toy" })
        #expect(entries.allSatisfy { $0.path == "main/pool/a-1-any.toy" })
        let digest = try SHA256Digest.of(file: path).digest
        #expect(entries.allSatisfy { $0.sha256 == digest })
    }

    @Test func `a query narrows it`() throws {
        let test = try TestSite()
        try test.add([test.toy("Alpha", "1"), test.toy("alphabet", "1")])
        test.time.advance(100)
        try test.add([test.toy("ALPHA", "2")], owner: "other")
        func names(_ query: HistoryQuery) throws -> [String] {
            try test.catalog.history(query).map { "\($0.owner) \($0.name) \($0.version)" }
        }
        #expect(try names(HistoryQuery(owner: "ACME")) == ["acme alphabet 1", "acme Alpha 1"])
        #expect(try names(HistoryQuery(type: "rpm")) == [])
        #expect(try names(HistoryQuery(name: "alpha")) == ["other ALPHA 2", "acme Alpha 1"])
        #expect(try names(HistoryQuery(owner: "acme", type: "toy", name: "Alpha")) == ["acme Alpha 1"])
        #expect(try names(HistoryQuery(since: Timestamp(seconds: 1_800_000_100))) == ["other ALPHA 2"])
        #expect(try names(HistoryQuery(limit: 2)) == ["other ALPHA 2", "acme alphabet 1"])
    }

    private func refusal(_ number: Int, owner: String = "acme", detail: String = "no") -> RefusedChange {
        RefusedChange(
            at: Timestamp(seconds: Int64(number)), author: Author(name: "anonymous", origin: "192.0.2.1"), method: "PUT",
            path: "/\(owner)/toy/\(number)", owner: owner, type: "toy", status: 403, detail: detail)
    }

    @Test func `refused changes are kept as they were, the newest first`() throws {
        let test = try TestSite()
        var second = refusal(2, owner: "other")
        second.sha256 = [UInt8](repeating: 7, count: 32)
        try test.catalog.remember([refusal(1), second])
        try test.catalog.remember([])
        #expect(try test.catalog.refusals(HistoryQuery()) == [second, refusal(1)])
        #expect(try test.catalog.refusals(HistoryQuery(owner: "Other")) == [second])
        #expect(try test.catalog.refusals(HistoryQuery(since: Timestamp(seconds: 2))) == [second])
        #expect(try test.catalog.history(HistoryQuery()).isEmpty)
    }

    @Test func `ten thousand refused changes are kept, and of each text a thousand bytes`() throws {
        let test = try TestSite()
        let kept = Int(Catalog.keptRefusals)
        try test.catalog.remember((1...kept).map { refusal($0) })
        #expect(try test.catalog.refusals(HistoryQuery()).count == kept)
        try test.catalog.remember([refusal(kept + 1, detail: String(repeating: "é", count: 5_000)), refusal(kept + 2)])
        let refusals = try test.catalog.refusals(HistoryQuery())
        #expect(refusals.count == kept)
        #expect(refusals.first?.at.seconds == Int64(kept + 2))
        #expect(refusals.last?.at.seconds == 3)
        #expect(refusals[1].detail == String(repeating: "é", count: 500) + "…")
    }

    @Test func `strangers cannot push out what holders of tokens did`() throws {
        let test = try TestSite()
        var stranger = refusal(2)
        stranger.isStranger = true
        try test.catalog.remember([refusal(1)])
        for _ in 0..<3 { try test.catalog.remember([RefusedChange](repeating: stranger, count: 5_000)) }
        let refusals = try test.catalog.refusals(HistoryQuery())
        #expect(refusals.count == Int(Catalog.keptRefusals) + 1)
        #expect(refusals.last == refusal(1))
    }

    @Test func `what strangers sent cannot reach the terminal`() {
        var table = Table("WHO", "WHAT")
        table.add("a\u{1B}]0;x\u{07}b\r\nc", "\u{202E}gpj.exe\u{9B}2J\u{2028}\u{E0001}")
        table.add("bob", "héllo 漢字")
        let hostile = #"a\u{1B}]0;x\u{7}b\u{D}\u{A}c"#
        let blanks = String(repeating: " ", count: hostile.count - 1)
        #expect(
            table.lines == [
                "WHO\(blanks)WHAT", hostile + #"  \u{202E}gpj.exe\u{9B}2J\u{2028}\u{E0001}"#, "bob\(blanks)héllo 漢字",
            ])
        #expect(Table("A", "B").lines.isEmpty)
    }

    @Test func `empty cells leave no blanks at the end`() {
        var table = Table("A", "B", "C")
        table.add("1", "", "3")
        table.add("22", "", "")
        #expect(table.lines == ["A   B  C", "1      3", "22"])
    }

    @Test func `a catalog of an older program learns where changes came from`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("indexgen-old-\(UUID().uuidString)").path
        try Files.makeFolder(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let older = try Database(folder + "/catalog.sqlite")
        try CatalogSchema.migrator.migrate(older, upTo: "0004 announcements")
        try older.execute(sql: "INSERT INTO journal VALUES (1, 5, 'bob', 'add', 'acme', 'toy', 'a', '1', 'x', x'00', '')")
        older.close()
        let catalog = try Catalog(file: folder + "/catalog.sqlite", clock: TestClock().clock)
        #expect(try catalog.history(HistoryQuery()).map(\.author) == ["bob"])
        #expect(try catalog.tokens().isEmpty)
        try catalog.close()
    }
}
