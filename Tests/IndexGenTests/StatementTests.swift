import Formats
import Foundation
import Testing

@testable import IndexGen

/// Requests that say marks, with files and without, over HTTP: what they change, and that what is refused leaves nothing.
@Suite(.serialized, .timeLimit(.minutes(5))) struct StatementTests {
    private let test: TestSite
    private let token: String

    init() throws {
        test = try TestSite(settings: "server: {quiet: 1ms}", of: Parcels())
        token = try test.token()
    }

    private func serve(_ body: (LiveServer) async throws -> Void) async throws { try await LiveServer.serve(test, body) }

    /// As npm writes it.
    private func document(_ name: String, tags: String = "{}", more: String = "", _ parcels: [(file: String, bytes: [UInt8])])
        -> String
    {
        let attachments = parcels.map { file, bytes in
            let data = Data(bytes).base64EncodedString()
            return #""\#(file)":{"content_type":"text/plain","data":"\#(data)","length":\#(bytes.count)}"#
        }
        return "{\"name\":\"\(name)\",\"tags\":\(tags),\(more)\"_attachments\":{\(attachments.joined(separator: ","))}}"
    }

    private func lines(_ name: String = "ball") throws -> [String] {
        try test.text("acme/parcel/\(name)/index").split(separator: "\n").map(String.init)
    }

    private func tags(_ name: String = "ball") throws -> [String] { try lines(name).filter { $0.hasPrefix("tag ") } }

    private func expectSound() throws {
        _ = try test.generate()
        #expect(try test.faults() == [])
        let tree = try test.tree()
        try test.startOver()
        #expect(try test.tree() == tree)
    }

    @Test func `a document brings its parcel and what it says of tags in one change, public when it is answered`() async throws {
        try await serve { (server: LiveServer) async throws in
            let one = TestSite.parcel("ball", "1")
            let first = try await server.send(
                "PUT", "/acme/parcel/ball", token: token, document("ball", tags: #"{"latest":"1"}"#, [("ball-1.parcel", one)]))
            #expect(first.status == 201, "\(first)")
            #expect(try tags() == ["tag latest 1"])
            #expect(try Files.read("\(test.site.publicRoot)/acme/parcel/ball/-/ball-1-any.parcel") == one)
            let second = try await server.send(
                "PUT", "/acme/parcel/ball", token: token,
                document("ball", tags: #"{"latest":"2","old":"1"}"#, [("ball-2.parcel", TestSite.parcel("ball", "2"))]))
            #expect(second.status == 201, "\(second)")
            #expect(try tags() == ["tag latest 2", "tag old 1"])
            let entries = try test.catalog.history(HistoryQuery())
            #expect(entries.map(\.action) == ["mark", "mark", "add", "mark", "add"])
            #expect(entries.allSatisfy { $0.author.name.hasPrefix("ci (token ") })
        }
        try expectSound()
    }

    @Test func `the same bytes again may say other tags, and a document that says nothing new changes nothing`() async throws {
        try await serve { (server: LiveServer) async throws in
            func put(_ tags: String) async throws -> LiveServer.Reply {
                try await server.send(
                    "PUT", "/acme/parcel/ball", token: token,
                    document("ball", tags: tags, [("ball-1.parcel", TestSite.parcel("ball", "1"))]))
            }
            #expect(try await put(#"{"latest":"1"}"#).status == 201)
            let again = try await put(#"{"next":"1"}"#)
            #expect(again.status == 200 || again.status == 201, "\(again)")
            #expect(try tags() == ["tag latest 1", "tag next 1"])
            let history = try test.catalog.history(HistoryQuery())
            #expect(try await put(#"{"next":"1"}"#).status == 200)
            #expect(try test.catalog.history(HistoryQuery()) == history)
            #expect(try await put(#"{"next":null}"#).status < 300)
            #expect(try tags() == ["tag latest 1"])
        }
        try expectSound()
    }

    @Test func `two attachments come in together, and tags may name either`() async throws {
        try await serve { (server: LiveServer) async throws in
            let answer = try await server.send(
                "PUT", "/acme/parcel/ball", token: token,
                document(
                    "ball", tags: #"{"latest":"2","old":"1"}"#,
                    [("ball-1.parcel", TestSite.parcel("ball", "1")), ("ball-2.parcel", TestSite.parcel("ball", "2"))]))
            #expect(answer.status == 201, "\(answer)")
            #expect(try lines().filter { $0.hasPrefix("ball ") }.count == 2)
            #expect(try tags() == ["tag latest 2", "tag old 1"])
        }
        try expectSound()
    }

    @Test func `of two attachments the second may be refused, and then neither is there`() async throws {
        try await serve { (server: LiveServer) async throws in
            #expect(
                try await server.send(
                    "PUT", "/acme/parcel/ball", token: token,
                    document("ball", [("ball-2.parcel", TestSite.parcel("ball", "2", body: "first"))])
                ).status == 201)
            let history = try test.catalog.history(HistoryQuery())
            let answer = try await server.send(
                "PUT", "/acme/parcel/ball", token: token,
                document(
                    "ball", tags: #"{"latest":"1"}"#,
                    [
                        ("ball-1.parcel", TestSite.parcel("ball", "1")),
                        ("ball-2.parcel", TestSite.parcel("ball", "2", body: "other")),
                    ]))
            #expect(answer.status == 409, "\(answer)")
            #expect(try test.catalog.history(HistoryQuery()) == history)
            #expect(try tags() == [])
        }
        try expectSound()
    }

    @Test func `a document alone says marks of what is there, and passes over versions that are not`() async throws {
        try test.add([test.parcel("ball", "1"), test.parcel("ball", "2")])
        try test.generate()
        try await serve { (server: LiveServer) async throws in
            func put(_ body: String) async throws -> LiveServer.Reply {
                try await server.send("PUT", "/acme/parcel/ball", token: token, body)
            }
            let body = #"{"name":"ball","tags":{"latest":"2"},"deprecated":{"1":"use 2","7":"not there"}}"#
            #expect(try await put(body).status == 201)
            #expect(try tags() == ["tag latest 2"])
            #expect(try lines().filter { $0.hasSuffix(" deprecated use 2") }.count == 1)
            let history = try test.catalog.history(HistoryQuery())
            #expect(try await put(body).status == 200)
            #expect(try test.catalog.history(HistoryQuery()) == history)
            #expect(try await put(#"{"name":"ball","tags":{"latest":null},"deprecated":{"1":null}}"#).status == 201)
            #expect(try tags() == [])
            #expect(try lines().allSatisfy { !$0.contains("deprecated") })
            // Empty attachments are none.
            #expect(try await put(#"{"name":"ball","_attachments":{},"tags":{"latest":"1"}}"#).status == 201)
            #expect(try tags() == ["tag latest 1"])
        }
        try expectSound()
    }

    @Test func `a document about a package that nobody has sent is answered with 404, and makes nothing`() async throws {
        try await serve { (server: LiveServer) async throws in
            // Whether the repository is there makes no difference.
            for isThere in [false, true] {
                if isThere { try test.add([test.parcel("ball", "1")]) }
                let answer = try await server.send(
                    "PUT", "/acme/parcel/cube", token: token, #"{"name":"cube","tags":{"latest":"1"}}"#)
                #expect(answer.status == 404 && answer.text.contains("cube"), "\(answer)")
                #expect(try test.catalog.repositories().count == (isThere ? 1 : 0))
            }
            #expect(try test.catalog.history(HistoryQuery()).map(\.action) == ["add"])
        }
    }

    @Test func `documents that are refused leave nothing behind`() async throws {
        let one = TestSite.parcel("ball", "1")
        let good = document("ball", tags: #"{"latest":"1"}"#, [("ball-1.parcel", one)])
        let data = Data(one).base64EncodedString()
        let deep = String(repeating: "[", count: 5_000)
        var hostile: [(what: String, body: String)] = []
        func add(_ what: String, _ body: String) { hostile.append((what, body)) }
        add("truncated", String(good.dropLast(3)))
        add("no object", "[1]")
        add("empty", " ")
        add("bytes behind", "\(good){}")
        add("a second list of attachments", "\(good.dropLast()),\"_attachments\":{}}")
        add("a second list, escaped", "\(good.dropLast()),\"\\u005fattachments\":{}}")
        add("two of one name", document("ball", [("a", one), ("a", TestSite.parcel("ball", "2"))]))
        add("not base64", #"{"name":"ball","_attachments":{"a":{"data":"!!!!"}}}"#)
        add("base64 cut off", #"{"name":"ball","_attachments":{"a":{"data":"\#(data.dropLast(5))"}}}"#)
        add("data that is a number", #"{"name":"ball","_attachments":{"a":{"data":1}}}"#)
        add("data twice", #"{"name":"ball","_attachments":{"a":{"data":"\#(data)","data":"\#(data)"}}}"#)
        add("not a parcel", document("ball", [("a", [UInt8]("nothing".utf8))]))
        add("another name", document("cube", [("ball-1.parcel", one)]))
        add("a tag of a version that is not there", document("ball", tags: #"{"latest":"2"}"#, [("ball-1.parcel", one)]))
        add("a tag of two lines", document("ball", tags: #"{"a\nb":"1"}"#, [("ball-1.parcel", one)]))
        add("a tag that its kind refuses", document("ball", tags: #"{"a/b":"1"}"#, [("ball-1.parcel", one)]))
        add("too deep", "{\"name\":\"ball\",\"x\":\(deep)")
        add("not JSON in detail", good.replacingOccurrences(of: "\"name\":", with: "\"x\":tru,\"name\":"))
        add("many attachments", document("ball", (0..<17).map { ("\($0)", TestSite.parcel("ball", "\($0)")) }))
        add("a member twice", #"{"name":"ball","name":"ball","_attachments":{"a":{"data":"\#(data)"}}}"#)
        try await serve { (server: LiveServer) async throws in
            for (what, body) in hostile {
                let answer = try await server.send("PUT", "/acme/parcel/ball", token: token, body)
                #expect((400..<500).contains(answer.status), "\(what): \(answer)")
                #expect(answer.text.hasPrefix("{\"error\":\""), "\(what): \(answer)")
                #expect(try test.catalog.repositories().isEmpty, "\(what)")
                #expect(try test.catalog.history(HistoryQuery()).isEmpty, "\(what)")
                #expect(try test.stateFiles("blobs").filter { !$0.hasPrefix(".") } == [], "\(what)")
                // What was staged goes with the last who holds it, which may be after the answer.
                for _ in 0..<100 where try !test.stateFiles("staging").isEmpty { try await Task.sleep(for: .milliseconds(20)) }
                #expect(try test.stateFiles("staging") == [], "\(what)")
            }
            let answer = try await server.send("PUT", "/acme/parcel/ball", token: token, good)
            #expect(answer.status == 201, "\(answer)")
            #expect(try tags() == ["tag latest 1"])
        }
        try expectSound()
    }

    @Test func `who has no right says no marks`() async throws {
        try test.add([test.parcel("ball", "1")])
        try test.generate()
        let other = try test.token(owner: "other"), deleter = try test.token(rights: [.delete])
        let tree = try test.tree()
        try await serve { (server: LiveServer) async throws in
            let body = #"{"name":"ball","tags":{"latest":"1"}}"#
            for (token, status) in [(nil, 401), ("ixg_wrong", 401), (other, 403), (deleter, 403)] as [(String?, Int)] {
                #expect(try await server.send("PUT", "/acme/parcel/ball", token: token, body).status == status)
                #expect(try await server.send("PUT", "/acme/parcel/-/tags/ball/latest", token: token, "\"1\"").status == status)
                #expect(try await server.send("DELETE", "/acme/parcel/-/tags/ball/latest", token: token).status == status)
                // Who may not look learns nothing of what there is.
                #expect(try await server.send("PUT", "/acme/parcel/none", token: token, body).status == status)
                #expect(try await server.send("PUT", "/acme/parcel/-/tags/none/latest", token: token, "\"1\"").status == status)
            }
        }
        #expect(try test.tree() == tree)
        #expect(try test.catalog.history(HistoryQuery()).map(\.action) == ["add"])
    }

    @Test func `a tag's value is a text in JSON, and is public when it is answered`() async throws {
        try test.add([test.parcel("ball", "1"), test.parcel("ball", "2")])
        try test.generate()
        try await serve { (server: LiveServer) async throws in
            func put(_ body: String, key: String = "latest") async throws -> Int {
                try await server.send("PUT", "/acme/parcel/-/tags/ball/\(key)", token: token, body).status
            }
            #expect(try await put("\"1\"") == 200)
            #expect(try tags() == ["tag latest 1"])
            #expect(try await put(" \"\\u0032\"\n") == 200)
            #expect(try tags() == ["tag latest 2"])
            for body in ["", "1", "null", "[\"1\"]", "{\"a\":\"1\"}", "\"1", "\"1\"\"2\"", "\"a\\nb\"", "latest"] {
                #expect(try await put(body) == 400, "\(body)")
            }
            #expect(try await put("\"\(String(repeating: "1", count: 5_000))\"") == 413)
            #expect(try await put("\"7\"") == 404)
            #expect(try await put("\"1\"", key: "a%0Ab") == 400)
            #expect(try tags() == ["tag latest 2"])
            #expect(try await server.send("DELETE", "/acme/parcel/-/tags/ball/latest", token: token).status == 200)
            #expect(try tags() == [])
            #expect(try await server.send("DELETE", "/acme/parcel/-/tags/ball/latest", token: token).status == 200)
            #expect(try await server.send("PUT", "/acme/parcel/-/tags/none/latest", token: token, "\"1\"").status == 404)
            #expect(try await server.send("POST", "/acme/parcel/-/tags/ball/latest", token: token, "\"1\"").status == 405)
        }
        try expectSound()
    }
}
