import Formats
import Foundation
import Testing

@testable import IndexGen

/// The files of Debian uploads, in every order and with every mishap.
@Suite struct IncomingTests {
    private final class Shelf {
        let site: RealSite
        var incoming: Incoming
        let destination = Incoming.Destination.debian("acme", "bookworm/x", "main", sender: "token a/b")

        init() throws {
            site = try RealSite(signed: false)
            incoming = Incoming(site: site.site)
        }

        func content(_ bytes: [UInt8]) throws -> PackageContent {
            let receiver = ContentReceiver(staging: site.site.staging, limit: 1 << 24)
            try receiver.append(bytes)
            return try receiver.finish(modified: site.time.clock.now())
        }

        func send(_ name: String, _ bytes: [UInt8]) throws -> Incoming.Receipt {
            try incoming.receive(content(bytes), name: name, for: destination)
        }

        /// The receipt in words.
        func words(_ name: String, _ bytes: [UInt8]) throws -> String {
            switch try send(name, bytes) {
            case .waiting(let missing): "waiting for " + missing.joined(separator: " ")
            case .complete(let uploads):
                "complete: "
                    + uploads.map { $0.name + "=" + $0.packages.map(\.name).joined(separator: "+") }.joined(separator: " ")
            }
        }

        func uploads(_ name: String, _ bytes: [UInt8]) throws -> [Incoming.Upload] {
            guard case .complete(let uploads) = try send(name, bytes) else { return [] }
            return uploads
        }

        /// What lies below `incoming`.
        func files() throws -> [String] {
            var files: [String] = []
            try Files.walk(site.site.state + "/incoming") { path, _ in files.append(path) }
            return files
        }

        func staged() throws -> [String] {
            var staged: [String] = []
            try Files.walk(site.site.staging.path) { path, _ in staged.append(path) }
            return staged
        }
    }

    static func changes(_ files: [(name: String, bytes: [UInt8])], architecture: String = "amd64") -> [UInt8] {
        var lists = ["", "", ""]
        for (name, bytes) in files {
            let digests = Digester.digests(of: bytes)
            lists[0] += "\n \(Hex.string(digests.sha1)) \(bytes.count) \(name)"
            lists[1] += "\n \(Hex.string(digests.sha256)) \(bytes.count) \(name)"
            lists[2] += "\n \(Hex.string(digests.md5)) \(bytes.count) misc optional \(name)"
        }
        return [UInt8](
            """
            Format: 1.8
            Source: hello
            Architecture: \(architecture)
            Version: 1.0-1
            Distribution: bookworm
            Checksums-Sha1:\(lists[0])
            Checksums-Sha256:\(lists[1])
            Files:\(lists[2])

            """)
    }

    private static let deb = (name: "hello_1.0-1_amd64.deb", bytes: [UInt8]("the package"))
    private static let all = (name: "hello-data_1.0-1_all.deb", bytes: [UInt8](repeating: 7, count: 400_000))
    private static let info = (name: "hello_1.0-1_amd64.buildinfo", bytes: [UInt8]("how"))
    private static let list = (name: "hello_1.0-1_amd64.changes", bytes: changes([deb, all, info]))

    @Test func `the last file completes an upload, in whatever order they come`() throws {
        let files = [Self.deb, Self.all, Self.info, Self.list]
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]] {
            let shelf = try Shelf()
            for (step, index) in order.enumerated() {
                let receipt = try shelf.send(files[index].name, files[index].bytes)
                let rest = order[(step + 1)...].map { files[$0].name }
                switch receipt {
                case .waiting(let missing):
                    let isListed = order[...step].contains(3)
                    #expect(missing == (isListed ? rest.sorted() : []) && !rest.isEmpty)
                case .complete(let uploads):
                    #expect(rest.isEmpty && uploads.count == 1)
                    let upload = try #require(uploads.first)
                    #expect(upload.name == Self.list.name && upload.destination.sender == shelf.destination.sender)
                    #expect(upload.packages.map(\.name) == [Self.deb.name, Self.all.name])
                    #expect(
                        try upload.packages.map { try $0.content.withBytes { $0.copied() } } == [Self.deb.bytes, Self.all.bytes])
                    #expect(
                        upload.packages.map(\.content.digests) == [Self.deb, Self.all].map { Digester.digests(of: $0.bytes) })
                    try shelf.incoming.remove(upload)
                }
            }
            #expect(try shelf.files() == [], "nothing waits any more")
            #expect(try shelf.staged() == [])
        }
    }

    @Test func `real packages go from the folder into the site, all together, and again without harm`() throws {
        let shelf = try Shelf()
        let files = try ["indexgen-hello_1.0-1_amd64.deb", "indexgen-hello-data_1.0-1_all.deb"].map {
            (name: $0, bytes: try Files.read(SampleFiles.path("debian/\($0)")))
        }
        let intake = Intake(
            site: shelf.site.site, catalog: shelf.site.catalog, owner: "acme", type: "debian",
            coordinates: Coordinates(["distribution": "bookworm", "component": "main"]), author: "tester")
        for round in 0..<2 {
            for file in files { _ = try shelf.send(file.name, file.bytes) }
            let upload = try #require(try shelf.uploads("x_1.0-1_amd64.changes", Self.changes(files)).first)
            let admissions = try upload.packages.map { try intake.admit($0.content, filename: $0.name) }
            let outcome = try shelf.site.catalog.takeTogether(admissions, blobs: shelf.site.site.blobs)
            guard case .taken(let outcomes) = outcome else { return #expect(Bool(false), "\(outcome)") }
            // A crash here, before the folder is emptied, is what the second round is.
            if round == 1 { try shelf.incoming.remove(upload) }
            #expect(
                outcomes.allSatisfy {
                    switch $0 {
                    case .added: round == 0
                    case .unchanged: round == 1
                    default: false
                    }
                })
        }
        #expect(try shelf.files() == [])
        try shelf.site.generate()
        #expect(try shelf.site.faults() == [])
        #expect(try shelf.site.tree().keys.count { $0.hasSuffix(".deb") } == 2)
    }

    @Test func `a wrong file that came first is named with both digests, dropped, and can be sent again`() throws {
        let shelf = try Shelf()
        let wrong = [UInt8]("the wrong package")
        _ = try shelf.send(Self.deb.name, wrong)
        _ = try shelf.send(Self.info.name, Self.info.bytes)
        _ = try shelf.send(Self.all.name, Self.all.bytes)
        let refusal = #expect(throws: Refusal.self) { try shelf.send(Self.list.name, Self.list.bytes) }
        let text = refusal.map { "\($0)" } ?? ""
        for part in [
            Self.deb.name, Self.list.name, Hex.string(SHA256Digest.of(wrong)), Hex.string(SHA256Digest.of(Self.deb.bytes)),
        ] {
            #expect(text.contains(part), "\(text)")
        }
        #expect(!text.contains(Self.all.name))
        #expect(!(try shelf.files().contains { $0.hasSuffix(Hex.string(SHA256Digest.of(wrong))) }))
        // The others wait, and so does the list.
        #expect(try shelf.words(Self.deb.name, Self.deb.bytes) == "complete: \(Self.list.name)=\(Self.deb.name)+\(Self.all.name)")
    }

    @Test func `a wrong file that came later is refused, and the right one that was there stays`() throws {
        let shelf = try Shelf()
        _ = try shelf.send(Self.list.name, Self.list.bytes)
        _ = try shelf.send(Self.deb.name, Self.deb.bytes)
        let before = try shelf.files()
        var damaged = Self.all.bytes
        damaged[3] = 0
        #expect(throws: Refusal.self) { try shelf.send(Self.all.name, damaged) }
        #expect(throws: Refusal.self) { try shelf.send(Self.deb.name, [UInt8]("THE PACKAGE")) }
        #expect(try shelf.files() == before)
        #expect(try shelf.staged() == [])
        #expect(try shelf.words(Self.info.name, Self.info.bytes) == "waiting for \(Self.all.name)")
        #expect(try shelf.words(Self.all.name, Self.all.bytes).hasPrefix("complete"))
    }

    @Test func `the same file again replaces, and leaves one content`() throws {
        let shelf = try Shelf()
        for body in ["one", "two", "three", "two"] { #expect(try shelf.words(Self.deb.name, [UInt8](body)) == "waiting for ") }
        let files = try shelf.files()
        #expect(files.count == 2)
        #expect(files.contains { $0.hasSuffix(Hex.string(SHA256Digest.of([UInt8]("two")))) })
        // One content under two names stays until neither needs it.
        _ = try shelf.send("other_1_all.deb", [UInt8]("two"))
        _ = try shelf.send(Self.deb.name, [UInt8]("four"))
        let list = Self.changes([("other_1_all.deb", [UInt8]("two"))])
        #expect(try shelf.words("other_1_all.changes", list) == "complete: other_1_all.changes=other_1_all.deb")
    }

    @Test func `uploads of two architectures wait side by side and share a file; removing one leaves the other's`() throws {
        let shelf = try Shelf()
        let arm = (name: "hello_1.0-1_arm64.deb", bytes: [UInt8]("for arm"))
        let second = (name: "hello_1.0-1_arm64.changes", bytes: Self.changes([arm, Self.all], architecture: "arm64"))
        _ = try shelf.send(second.name, second.bytes)
        _ = try shelf.send(Self.list.name, Self.list.bytes)
        _ = try shelf.send(Self.deb.name, Self.deb.bytes)
        _ = try shelf.send(Self.info.name, Self.info.bytes)
        let uploads = try shelf.uploads(Self.all.name, Self.all.bytes)
        #expect(uploads.map(\.name) == [Self.list.name])
        try shelf.incoming.remove(try #require(uploads.first))
        #expect(try shelf.words(arm.name, arm.bytes) == "complete: \(second.name)=\(arm.name)+\(Self.all.name)")
        // Both at once, when the shared one comes last.
        _ = try shelf.send(Self.deb.name, Self.deb.bytes)
        _ = try shelf.send(Self.info.name, Self.info.bytes)
        _ = try shelf.send(Self.list.name, Self.list.bytes)
        #expect(try shelf.uploads(Self.all.name, Self.all.bytes).map(\.name) == [Self.list.name, second.name])
    }

    @Test func `what was sent anew while an upload was taken is not removed with it`() throws {
        let shelf = try Shelf()
        let small = Self.changes([Self.deb])
        _ = try shelf.send(Self.deb.name, Self.deb.bytes)
        let upload = try #require(try shelf.uploads(Self.list.name, small).first)
        let newer = [UInt8]("a newer package")
        #expect(throws: Refusal.self) { try shelf.send(Self.list.name, Self.changes([(Self.deb.name, newer)])) }
        try shelf.incoming.remove(upload)
        #expect(try shelf.words(Self.deb.name, newer) == "complete: \(Self.list.name)=\(Self.deb.name)")
    }

    @Test func `senders, owners, distributions and components do not meet`() throws {
        let shelf = try Shelf()
        let list = Self.changes([Self.deb])
        for (owner, distribution, component, sender) in [
            ("acme", "bookworm/x", "main", "other"), ("other", "bookworm/x", "main", "token a/b"),
            ("acme", "bookworm", "x/main", "token a/b"),
            ("acme", "bookworm/x", "contrib", "token a/b"), ("acme", "bookworm/x", "maintoken", " a/b"),
        ] {
            let there = Incoming.Destination.debian(owner, distribution, component, sender: sender)
            _ = try shelf.incoming.receive(shelf.content(Self.deb.bytes), name: Self.deb.name, for: there)
        }
        #expect(try shelf.words(Self.list.name, list) == "waiting for \(Self.deb.name)")
    }

    @Test(arguments: ["../x_1_all.deb", "x/y_1_all.deb", ".x.deb", "x.dsc", "x.orig.tar.xz", "x", "x_1_all.deb.12.new"])
    func `a name that no upload has is refused, and nothing is kept`(name: String) throws {
        let shelf = try Shelf()
        #expect(throws: Refusal.self) { try shelf.send(name, [1]) }
        #expect(throws: Refusal.self) { try shelf.send("x_1_all.changes", [UInt8]("Format: 1.8\n")) }
        #expect(try shelf.files() == [])
        #expect(try shelf.staged() == [])
    }

    @Test func `only so much may wait`() throws {
        let shelf = try Shelf()
        shelf.incoming.limits = Incoming.Limits(files: 2, bytes: 30)
        _ = try shelf.send("a_1_all.deb", [UInt8](repeating: 1, count: 10))
        _ = try shelf.send("b_1_all.deb", [UInt8](repeating: 2, count: 10))
        #expect(#expect(throws: Refusal.self) { try shelf.send("c_1_all.deb", [1]) }?.cause == .limit)
        _ = try shelf.send("b_1_all.deb", [UInt8](repeating: 3, count: 20))
        #expect(
            #expect(throws: Refusal.self) { try shelf.send("b_1_all.deb", [UInt8](repeating: 3, count: 21)) }?.cause == .limit)
        #expect(try shelf.files().count == 4)
    }

    @Test func `a sender has some places where uploads wait, an owner more, and all count against its quota`() throws {
        let shelf = try Shelf()
        shelf.incoming.limits = Incoming.Limits(files: 2, bytes: 100)
        shelf.incoming.limits.folders = 3
        shelf.incoming.limits.ownersFolders = 4
        shelf.incoming.limits.ownersBytes = 100
        func cause(
            _ place: String, _ sender: String, owner: String = "acme", size: Int = 10, quotas: [(Quota, Usage)] = []
        ) throws -> Refusal.Cause? {
            let there = Incoming.Destination.debian(owner, place, "main", sender: sender)
            do {
                _ = try shelf.incoming.receive(
                    shelf.content([UInt8](repeating: 1, count: size)), name: "a_1_all.deb", for: there, beside: { quotas })
                return nil
            } catch let refusal as Refusal {
                return refusal.cause
            }
        }
        for place in ["a", "b", "c"] { #expect(try cause(place, "one") == nil) }
        #expect(try cause("d", "one") == .limit)
        #expect(try cause("a", "one") == nil, "a place that it has")
        #expect(try cause("a", "two") == nil)
        #expect(try cause("b", "two") == .limit, "the owner has four")
        #expect(try cause("b", "two", owner: "other") == nil)
        #expect(try cause("a", "one", size: 61) == .limit, "40 bytes wait, and 100 may")
        let quota = Quota(pattern: "acme", bytes: 150, files: nil)
        #expect(try cause("a", "one", quotas: [(quota, Usage(files: 1, bytes: 100))]) == nil)
        #expect(try cause("a", "one", quotas: [(quota, Usage(files: 1, bytes: 101))]) == .quota)
        #expect(try Files.names(in: shelf.site.site.state + "/incoming").count == 5)
    }

    @Test func `what has waited for a day is swept, with what crashes left; the rest stays and survives a restart`() throws {
        let shelf = try Shelf()
        let list = Self.changes([Self.deb, Self.info])
        _ = try shelf.send("old_1_all.deb", [UInt8]("old"))
        shelf.site.time.advance(24 * 3_600)
        _ = try shelf.send(Self.deb.name, Self.deb.bytes)
        _ = try shelf.send(Self.list.name, list)
        let folder = try #require(try Files.names(in: shelf.site.site.state + "/incoming").first)
        let path = shelf.site.site.state + "/incoming/" + folder
        #expect(try shelf.incoming.sweep() == 0, "a day is not more than a day")
        // A content without a record, a record without a content, a record that was being written, and one that is damaged.
        try Files.replace(path + "/contents/" + String(repeating: "0", count: 64), with: [1])
        let record = Incoming.Record(digests: Digester.digests(of: [9]), size: 1, received: shelf.site.time.clock.now())
        try Files.replace(path + "/names/lost_1_all.deb", with: record.line)
        try Files.replace(path + "/names/half_1_all.deb.7.new", with: record.line)
        try Files.replace(path + "/names/torn_1_all.deb", with: Array(record.line.dropLast(20)))
        shelf.site.time.advance(1)
        #expect(try shelf.incoming.sweep() == 1)
        #expect(try shelf.files().count == 4)
        let later = Incoming(site: try Site(at: shelf.site.folder, clock: shelf.site.time.clock))
        guard case .complete = try later.receive(shelf.content(Self.info.bytes), name: Self.info.name, for: shelf.destination)
        else {
            return #expect(Bool(false), "it was the last one")
        }
        shelf.site.time.advance(24 * 3_600 + 1)
        #expect(try shelf.incoming.sweep() == 3)
        #expect(try Files.names(in: shelf.site.site.state + "/incoming") == [])
    }

    @Test func `many uploads at once are each completed once or more, and none is mixed up`() throws {
        let shelf = try Shelf()
        let incoming = shelf.incoming, destination = shelf.destination, site = shelf.site.site
        let sends = (0..<8).flatMap { upload -> [(String, [UInt8])] in
            let files = (0..<3).map { (name: "p\($0)_\(upload)_amd64.deb", bytes: [UInt8]("\(upload) \($0)")) }
            return [("p_\(upload)_amd64.changes", Self.changes(files))] + files.map { ($0.name, $0.bytes) }
        }
        let results = Parallel.map(sends) { name, bytes in
            Result<[String], any Error> {
                let receiver = ContentReceiver(staging: site.staging, limit: 1 << 20)
                try receiver.append(bytes)
                let content = try receiver.finish(modified: site.clock.now())
                guard case .complete(let uploads) = try incoming.receive(content, name: name, for: destination) else { return [] }
                return try uploads.map { upload in
                    let texts = try upload.packages.map {
                        String(decoding: try $0.content.withBytes { $0.copied() }, as: UTF8.self)
                    }
                    try incoming.remove(upload)
                    return "\(upload.name) \(texts.joined(separator: ","))"
                }
            }
        }
        let completed = try results.flatMap { try $0.get() }.sorted()
        #expect(completed == (0..<8).map { "p_\($0)_amd64.changes \($0) 0,\($0) 1,\($0) 2" })
        #expect(try shelf.files() == [])
    }

    @Test func `a record is read as it was written, and nothing else is`() {
        let record = Incoming.Record(digests: Digester.digests(of: [1]), size: 1, received: Timestamp(seconds: 5))
        #expect(Incoming.Record.read(record.line) == record)
        for length in 0..<(record.line.count - 3) { #expect(Incoming.Record.read(Array(record.line[..<length])) == nil) }
        #expect(Incoming.Record.read([UInt8]("2") + record.line.dropFirst()) == nil)
    }
}

extension Incoming.Destination {
    fileprivate static func debian(_ owner: String, _ distribution: String, _ component: String, sender: String) -> Self {
        guard let ecosystem = Ecosystems.standard["debian"], let assembly = ecosystem.assembly else {
            preconditionFailure("Debian uploads come in parts")
        }
        return Self(
            owner: owner, ecosystem: ecosystem, assembly: assembly,
            place: Coordinates(["distribution": distribution, "component": component]), sender: sender)
    }
}
