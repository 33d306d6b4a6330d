import Formats
import Glibc
import Testing

@testable import IndexGen

/// Uploads in pieces as they lie in the state folder, without a server.
@Suite struct PieceStoreTests {
    private let whose = PieceStore.Whose(owner: "acme", type: "container", package: "app", sender: "t1")

    private func store(_ test: TestSite, limit: Int = 1 << 30) throws -> PieceStore {
        try PieceStore(in: test.site.stateFolder, staging: test.site.staging, limit: limit)
    }

    @Test func `an upload is found by whoever began it, by another process too, and by nobody else`() throws {
        let test = try TestSite()
        let store = try store(test)
        let session = try store.begin(whose)
        #expect(session.utf8.count == 32)
        try #require(try store.writer(of: session, whose)).append([1, 2, 3])
        for stranger in [
            PieceStore.Whose(owner: "other", type: "container", package: "app", sender: "t1"),
            .init(owner: "acme", type: "npm", package: "app", sender: "t1"),
            .init(owner: "acme", type: "container", package: "app2", sender: "t1"),
            .init(owner: "acme", type: "container", package: "app", sender: "t2"),
        ] {
            #expect(try store.writer(of: session, stranger) == nil)
        }
        #expect(try store.writer(of: "../" + session.dropFirst(3), whose) == nil)
        #expect(try store.writer(of: String(repeating: "0", count: 32), whose) == nil)
        // What another process has, it has from the disk.
        let later = try self.store(test)
        let writer = try #require(try later.writer(of: session, whose))
        #expect(writer.size == 3)
        try writer.append([4])
        let content = try writer.content(modified: Timestamp(seconds: 1))
        #expect(content.size == 4 && content.digests.sha256 == SHA256Digest.of([1, 2, 3, 4]))
        try content.withBytes { #expect($0.count == 4 && $0[3] == 4) }
        try later.end(writer)
        #expect(try later.writer(of: session, whose) == nil)
        #expect(try Files.names(in: "\(test.folder)/state/pieces").isEmpty)
        #expect(throws: Refusal.self) { try writer.append([5]) }
    }

    @Test func `a later request takes an upload over`() throws {
        let test = try TestSite()
        let store = try store(test)
        let session = try store.begin(whose)
        let first = try #require(try store.writer(of: session, whose))
        let second = try #require(try store.writer(of: session, whose))
        #expect(throws: Refusal.self) { try first.append([1]) }
        try second.append([2])
        #expect(second.size == 1)
    }

    @Test func `only so many may be unfinished, and room is made by those that end`() throws {
        let test = try TestSite()
        let store = try store(test)
        let folder = "\(test.folder)/state/pieces"
        for number in 0..<9_999 { close(creat("\(folder)/\(number)", 0o600)) }
        let session = try store.begin(whose)
        #expect(throws: Refusal.self) { try store.begin(whose) }
        try store.end(try #require(try store.writer(of: session, whose)))
        _ = try store.begin(whose)
        #expect(throws: Refusal.self) { try store.begin(whose) }
    }

    @Test func `what nothing came to for a day is given up, of older versions too`() throws {
        let test = try TestSite()
        let store = try store(test)
        let old = try store.begin(whose), new = try store.begin(whose)
        let folder = try #require(try test.site.stateFolder.folder("pieces"))
        _ = try folder.create("0123.of")
        for name in try folder.names() where !name.hasPrefix(new) {
            try folder.setModified(name, Timestamp(seconds: Int64(time(nil)) - 25 * 3_600))
        }
        #expect(try PieceStore.sweep(of: test.site) == 2)
        #expect(try folder.names().allSatisfy { $0.hasPrefix(new) })
        #expect(try PieceStore.sweep(of: test.site) == 0)
        #expect(try store.writer(of: old, whose) == nil)
        #expect(try store.writer(of: new, whose) != nil)
    }
}
