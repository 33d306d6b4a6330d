import Formats
import Foundation
import Testing

@testable import IndexGen

/// What was wrong once with marks, statements and seals.
@Suite(.serialized, .timeLimit(.minutes(5))) struct FacilityFaultTests {
    @Test func `a sealed document of a signed site is not a fault to verify`() throws {
        let test = try TestSite(signed: true, of: Parcels(key: .rsa))
        try test.add([test.parcel("ball", "1")])
        try test.generate()
        #expect(try test.faults() == [])
    }

    @Test func `a sealed document of an unsigned site is not a fault to verify`() throws {
        let test = try TestSite(of: Parcels(key: .rsa))
        try test.add([test.parcel("ball", "1")])
        try test.generate()
        #expect(try test.faults() == [])
    }

    @Test func `tags that come with bytes that are there already are published without being waited for`() async throws {
        let test = try TestSite(settings: "server: {quiet: 1ms}", of: Parcels())
        try test.add([test.parcel("ball", "1")])
        try test.generate()
        let token = try test.token()
        let server = LiveServer(test)
        let data = Data(TestSite.parcel("ball", "1")).base64EncodedString()
        let answer = try await server.send(
            "PUT", "/acme/parcel/-/later/ball", token: token,
            #"{"name":"ball","tags":{"latest":"1"},"_attachments":{"ball-1.parcel":{"data":"\#(data)"}}}"#)
        #expect(answer.status < 300, "\(answer)")
        // Ten seconds for a run that is due after a millisecond.
        for _ in 0..<100 where try test.catalog.isBehind("acme/parcel") { try await Task.sleep(for: .milliseconds(100)) }
        #expect(try !test.catalog.isBehind("acme/parcel"))
        await server.stop()
    }

    @Test func `a document alone about a package that was removed is answered with 404`() async throws {
        let test = try TestSite(settings: "server: {quiet: 1ms}", of: Parcels())
        try test.add([test.parcel("ball", "1")])
        try test.remove("ball")
        let token = try test.token()
        let server = LiveServer(test)
        for body in [#"{"name":"ball"}"#, #"{"name":"ball","tags":{"latest":null}}"#, #"{"name":"ball","tags":{"latest":"1"}}"#] {
            let answer = try await server.send("PUT", "/acme/parcel/ball", token: token, body)
            #expect(answer.status == 404, "\(body): \(answer)")
        }
        await server.stop()
    }

    @Test func `a scope's marks are those whose effect is on plans`() throws {
        let test = try TestSite(of: Parcels())
        try test.add([test.parcel("ball", "1")])
        try test.mark(Parcels.label, "ball", nil, value: "fun")
        try test.mark(Parcels.banner, "ball", nil, value: "on sale")
        try test.generate()
        let text = try test.text("acme/parcel/ball/index")
        #expect(text.hasPrefix("ball\nbanner  on sale\nball 1 "), "\(text)")
    }

    @Test func `a package that comes in is not rendered with marks whose effect is on plans`() throws {
        func line(_ steps: (TestSite) throws -> Void) throws -> String {
            let test = try TestSite(of: Listening())
            try steps(test)
            try test.generate()
            return try test.text("acme/parcel/ball/index").split(separator: "\n").filter { $0.hasPrefix("ball 2 ") }.joined()
        }
        let marked = try line { test in
            try test.add([test.parcel("ball", "1")])
            try test.mark(Parcels.banner, "ball", nil, value: "on sale")
            try test.add([test.parcel("ball", "2")])
        }
        let marking = try line { test in
            try test.add([test.parcel("ball", "1"), test.parcel("ball", "2")])
            try test.mark(Parcels.banner, "ball", nil, value: "on sale")
        }
        #expect(marked == marking, "the same content, the same bytes, in whatever order it came")
    }

    @Test func `another plain key seals all documents anew at the next run`() throws {
        let test = try TestSite(signed: true, of: Parcels(key: .rsa))
        try test.add([test.parcel("ball", "1")])
        try test.generate()
        let before = try Files.read("\(test.site.publicRoot)/acme/parcel/ball/BOX")
        try Files.replace("\(test.site.state)/keys/rsa.pem", with: PlainKey(generating: .rsa).pem)
        let site = try TestSite.open(test.folder, test.time, Parcels(key: .rsa))
        _ = try Generator(site: site, catalog: test.catalog).run()
        #expect(try Files.read("\(test.site.publicRoot)/acme/parcel/ball/BOX") != before)
    }

    @Test func `a version that a tag named can be pruned while its package stays`() throws {
        let test = try TestSite(of: Parcels())
        try test.add([test.parcel("ball", "1"), test.parcel("ball", "2")])
        try test.mark(Parcels.tag, "ball", nil, key: "latest", value: "2")
        try test.generate()
        try test.remove("ball", "2")
        try test.generate()
        test.time.advance(25 * 3_600)
        try test.generate()
        let pruned = try Pruner(site: test.site, catalog: test.catalog).run(rehearsing: false)
        #expect(pruned.packages.count == 1)
        #expect(try test.faults() == [])
    }

    @Test func `who has a token for a private owner can log in there with it`() async throws {
        let test = try TestSite(settings: "private: [acme]", of: Parcels())
        let token = try test.token()
        let server = LiveServer(test)
        let answer = try await server.send("PUT", "/acme/parcel/-/user/ci", #"{"name":"ci","password":"\#(token)"}"#)
        #expect(answer.status == 201, "\(answer)")
        await server.stop()
    }

    @Test func `what is left of a document counts in the memory of forms while it comes`() throws {
        let test = try TestSite(of: Parcels())
        let receipt = Receipt(
            documentWith: "_attachments", texts: [], digests: [.sha256], staging: test.site.staging, limit: 1 << 20,
            memory: FormMemory(most: 1 << 20))
        try receipt.append([UInt8](#"{"x":""#.utf8))
        #expect(throws: FormMemory.Full.self) {
            for _ in 0..<64 { try receipt.append([UInt8](repeating: 97, count: 1 << 16)) }
        }
    }

    @Test func `a parcel that is sent to another package's address does not come in`() async throws {
        let test = try TestSite(settings: "server: {quiet: 1ms}", of: Parcels())
        let token = try test.token()
        let server = LiveServer(test)
        let data = Data(TestSite.parcel("ball", "1")).base64EncodedString()
        let answer = try await server.send(
            "PUT", "/acme/parcel/cube", token: token, #"{"name":"ball","_attachments":{"a":{"data":"\#(data)"}}}"#)
        #expect(answer.status == 400, "\(answer)")
        await server.stop()
    }

    @Test func `a question is not logged as something taken`() async throws {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            let test = try TestSite(of: Parcels())
            let token = try test.token()
            let server = LiveServer(test)
            _ = try await server.send("GET", "/acme/parcel/-/whoami", token: token)
            await server.stop()
        }
        let log = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(!log.contains(#""message":"taken""#), "\(log)")
    }
}

/// Parcels whose entries say all marks that they are rendered with.
private struct Listening: Ecosystem {
    let inner = Parcels()
    var profile: EcosystemProfile { inner.profile }
    func recognise(_ glimpse: Glimpse, of bytes: Span<UInt8>) -> Recognition { inner.recognise(glimpse, of: bytes) }
    func inspect(_ upload: Upload, bytes: Span<UInt8>, in repository: Repository, within budget: Budget) throws(Refusal)
        -> PackageRecord
    { try inner.inspect(upload, bytes: bytes, in: repository, within: budget) }
    func place(_ record: PackageRecord, of upload: Upload, in repository: Repository) throws(Refusal) -> Placement {
        try inner.place(record, of: upload, in: repository)
    }
    func fragments(
        of record: PackageRecord, from upload: Upload, at placement: Placement, annotations: Annotations,
        in repository: Repository
    ) -> [Fragment] {
        var fragments = inner.fragments(of: record, from: upload, at: placement, annotations: annotations, in: repository)
        fragments[0].bytes.removeLast()
        fragments[0].bytes += [UInt8](annotations.all.map { " \($0.kind) \($0.value)" }.joined().utf8) + [10]
        return fragments
    }
    func documents(for scope: Scope, in repository: Repository) -> [DocumentPlan] { inner.documents(for: scope, in: repository) }
}
