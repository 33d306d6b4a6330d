import Corpus
import Formats
import HTTPTypes
import Testing

@testable import IndexGen

/// What holds for the addresses of every ecosystem: no request could mean two things, and whatever goes wrong has words.
@Suite struct RouteContractTests {
    private static let types = Ecosystems.standard.all.map(\.profile.id)

    /// A request that two routes of one ecosystem take.
    private struct Overlap: Hashable {
        var type, method, earlier, later: String
    }

    /// Overlaps that are meant: the earlier route takes the request. With the reason.
    private static let deliberate: [Overlap: String] = [
        Overlap(type: "parcel", method: "PUT", earlier: "upload", later: "{name}"):
            "a parcel that is called upload is sent by its file alone",
        Overlap(type: "maven", method: "PUT", earlier: "{group+}/{artifact}/{version}/{filename}", later: "{group+}/{filename}"):
            "what lies in a version's folder is of that version; all else is metadata of a folder above",
        Overlap(
            type: "npm", method: "DELETE", earlier: "{name+}/-/{filename}/-rev/{rev}",
            later: "{name+}/-/{folder}/{filename}/-rev/{rev}"):
            "a name that has a part '-' is none of npm's",
    ]

    /// Paths that a pattern matches: each of its places holds each of these words, an open place up to three of them.
    private static func samples(of pattern: PathPattern, words: [String]) -> [[String]] {
        var paths: [[String]] = [[]]
        for part in pattern.text.split(separator: "/").map(String.init) {
            let choices: [[String]]
            if part.hasPrefix("{"), part.hasSuffix("*}") || part.hasSuffix("+}") {
                var several: [[String]] = part.hasSuffix("*}") ? [[]] : []
                for word in words {
                    several.append([word])
                    several.append([word, "x1"])
                    several.append(["x1", word])
                }
                several.append(["x1", "x2", "x3"])
                choices = several
            } else if let colon = part.firstIndex(of: ":"), part.hasPrefix("{") {
                // A part that holds a text.
                choices = words.map { [$0 + part[part.index(after: colon)...].dropLast()] }
            } else if part.hasPrefix("{") {
                choices = words.map { [$0] }
            } else {
                choices = [[part]]
            }
            paths = paths.flatMap { path in choices.map { path + $0 } }
        }
        return paths
    }

    private static func overlaps(in ecosystem: any Ecosystem) -> Set<Overlap> {
        let profile = ecosystem.profile
        // Besides a word of nobody's, all that a route has between its slashes: a package may be called so.
        let literals = Set(
            profile.routes.flatMap { $0.path.text.split(separator: "/").map(String.init) }.filter { !$0.hasPrefix("{") })
        let words = ["x1"] + literals.sorted()
        var found: Set<Overlap> = []
        for (index, route) in profile.routes.enumerated() {
            for path in samples(of: route.path, words: words) {
                precondition(route.path.match(path) != nil, "\(path) is not of \(route.path.text)")
                for earlier in profile.routes[..<index] where earlier.path.match(path) != nil {
                    for method in earlier.methods where route.methods.contains(method) {
                        found.insert(
                            Overlap(type: profile.id, method: method.rawValue, earlier: earlier.path.text, later: route.path.text)
                        )
                    }
                }
            }
        }
        return found
    }

    @Test(arguments: types) func `no request is taken by two routes`(type: String) throws {
        let found = Self.overlaps(in: try #require(Ecosystems.standard[type]))
        #expect(found.subtracting(Self.deliberate.keys) == [])
    }

    @Test func `an overlap is found, and one that is meant is there`() {
        #expect(Self.overlaps(in: Parcels()) == Set(Self.deliberate.keys.filter { $0.type == "parcel" }))
        let types = Set(Self.types + ["parcel"])
        #expect(Self.deliberate.allSatisfy { types.contains($0.key.type) && !$0.value.isEmpty })
        let known = Set(Ecosystems.standard.all.map { Self.overlaps(in: $0) }.joined()).union(Self.overlaps(in: Parcels()))
        #expect(Set(Self.deliberate.keys).subtracting(known) == [], "what is not an overlap any more")
    }

    @Test(arguments: types) func `each route's own requests come to it, with and without Gitea's prefix`(type: String) throws {
        let ecosystem = try #require(Ecosystems.standard[type])
        for route in ecosystem.profile.routes {
            for path in Self.samples(of: route.path, words: ["x1"]) {
                for method in route.methods {
                    for prefix in ["", "/api/packages"] {
                        let address = "\(prefix)/acme/\(ecosystem.profile.segment)/\(path.joined(separator: "/"))"
                        let errand = try Errand(#require(HTTPRequest.Method(method.rawValue)), address, .standard)
                        let isRight =
                            switch (route.purpose, errand) {
                            case (.publish, .upload), (.remove, .removal), (.mark, .marking), (.common, .common),
                                (.ask, .question), (.session, .piece):
                                true
                            default: false
                            }
                        #expect(isRight, "\(method) \(address)")
                    }
                }
            }
        }
    }

    @Test(arguments: types) func `marks of routes are marks of the profile, and their addresses have what these need`(
        type: String
    ) throws {
        let profile = try #require(Ecosystems.standard[type]).profile
        #expect(Set(profile.marks.map(\.name)).count == profile.marks.count)
        #expect(profile.marks.allSatisfy { !$0.name.hasPrefix(".") && !$0.help.isEmpty })
        for route in profile.routes {
            guard case .mark(let name, _, let value, _) = route.purpose else { continue }
            let kind = try #require(profile.marks.first { $0.name == name }, "\(route.path.text)")
            #expect(route.path.text.contains("{name}") || route.path.text.contains("{name+}"))
            #expect(route.path.text.contains("{key}") == kind.isKeyed, "\(route.path.text)")
            #expect(kind.subject == .package || route.path.text.contains("{version}"), "\(route.path.text)")
            if value == .jsonBody { #expect(kind.value != nil, "\(route.path.text)") }
        }
    }

    // MARK: Ends of requests

    /// Every way in which a request ends that is not taken, as the endpoint says it before an ecosystem words it.
    private static func ends(for ecosystem: any Ecosystem) -> [(status: Int, answer: Answer)] {
        let detail = "what is wrong with \u{e9}, and what helps"
        var wait = Answer.problem(.tooManyRequests, cause: "guessing", detail)
        wait.headers[.retryAfter] = "7"
        return [
            (400, .problem(.badRequest, cause: "address", detail)), (401, .unauthorized(detail)),
            (403, .problem(.forbidden, cause: "rights", detail)),
            (403, .beyondQuota(Refusal(.quota, "the owner has as much as it may have", remedy: "remove something"))),
            (404, .notFound(ecosystem)), (405, .methodNotAllowed(["PUT", "DELETE"])),
            (409, .of(.refused(Refusal(.conflict, "it is there already", remedy: "raise the version")), for: ecosystem)),
            (400, .of(.refused(Refusal(.malformed, "it is not whole", at: "byte 7", remedy: "send it again")), for: ecosystem)),
            (413, .tooLarge(limit: 1_000)), (429, wait), (507, .noRoom), (503, Gate.busy("memory", detail)),
        ]
    }

    @Test(arguments: types) func `however a request ends, its sender is told what is wrong, in words that its client shows`(
        type: String
    ) throws {
        let ecosystem = try #require(Ecosystems.standard[type])
        for (status, raw) in Self.ends(for: ecosystem) {
            let answer = raw.worded(for: ecosystem)
            let text = String(decoding: answer.body, as: UTF8.self)
            #expect(!raw.detail.isEmpty && !raw.cause.isEmpty, "\(status)")
            // What is refused for itself has a status of the ecosystem's choice (PyPI's conflict is a 400).
            #expect(answer.status.code == raw.status.code && (400..<600).contains(answer.status.code), "\(status)")
            #expect(!text.isEmpty && !answer.contentType.isEmpty, "\(status)")
            for word in raw.detail.split(separator: " ").filter({ $0.allSatisfy { $0.isLetter && $0.isASCII } }) {
                #expect(text.contains(word), "\(status): \(word) is not in \(text)")
            }
            if answer.contentType.contains("json") {
                let value = try JSONReader.read(answer.body.span, of: "the answer", within: Budget())
                #expect(value.object?.isEmpty == false, "\(status)")
            }
            if raw.contentType == "application/problem+json",
                let own = ecosystem.dialect.words(for: .fault(raw.status.code, raw.detail))
            {
                #expect(own.status == raw.status.code)
                #expect(
                    answer.body == own.body && answer.contentType == own.contentType, "\(status) is not in the ecosystem's words")
            }
            if let reason = answer.reason { #expect(reason.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !reason.isEmpty) }
            // How to go on is in headers, whatever the words.
            if status == 401 {
                let challenges = ecosystem.dialect.challenges(at: nil, base: "") ?? [Credentials.challenge]
                #expect(answer.headers[values: .wwwAuthenticate] == challenges)
            }
            if status == 405 { #expect(answer.headers[.allow] == "PUT, DELETE") }
            if status == 429 { #expect(answer.headers[.retryAfter] == "7") }
        }
    }

    @Test(arguments: types) func `an ecosystem with words for faults has them for every fault, and keeps the status`(type: String)
        throws
    {
        let ecosystem = try #require(Ecosystems.standard[type])
        let statuses = [400, 401, 403, 404, 405, 408, 409, 411, 413, 415, 422, 429, 431, 503, 504, 507]
        let own = statuses.map { ecosystem.dialect.words(for: .fault($0, "the reason")) }
        #expect(own.allSatisfy { $0 == nil } || own.allSatisfy { $0 != nil })
        for (status, answer) in zip(statuses, own) {
            guard let answer else { continue }
            #expect(answer.status == status)
            #expect(String(decoding: answer.body, as: UTF8.self).contains("the reason"))
        }
    }

    /// Other causes of a refusal must not be taken for a success, or for a conflict that a client passes over.
    @Test(arguments: types) func `a refusal is never a success`(type: String) throws {
        let ecosystem = try #require(Ecosystems.standard[type])
        for cause in [Refusal.Cause.truncated, .malformed, .limit, .unsupported, .ambiguous, .placement, .conflict] {
            let answer = Answer.of(.refused(Refusal(cause, "this is what is wrong", remedy: "do that")), for: ecosystem)
            #expect((400..<500).contains(answer.status.code), "\(cause)")
            #expect(String(decoding: answer.body, as: UTF8.self).contains("this is what is wrong"), "\(cause)")
            #expect(cause == .conflict || answer.status.code != 409, "\(cause)")
        }
        for result in [UploadResult.created, .unchanged] {
            #expect((200..<300).contains(Answer.of(result, for: ecosystem).status.code))
        }
    }

    // MARK: Questions

    private static func questions(of ecosystem: any Ecosystem) -> [(route: Route, need: Question.Need)] {
        ecosystem.profile.routes.compactMap { route in
            guard case .ask(let need) = route.purpose else { return nil }
            return (route, need)
        }
    }

    /// Types whose clients ask what no file can say.
    private static let asked = (Ecosystems.standard.all + [Parcels()]).filter { !questions(of: $0).isEmpty }.map(\.profile.id)

    @Test func `some types are asked`() { #expect(Set(Self.asked).isSuperset(of: ["cargo", "npm", "parcel"])) }

    /// All rows of a catalog, but for the day on which a token was last used, and the record of requests that were refused.
    private static func contents(of test: TestSite) throws -> [String: [[DatabaseValue]]] {
        let db = try Database(test.site.catalogFile, .readOnly)
        defer { db.close() }
        var contents: [String: [[DatabaseValue]]] = [:]
        for table in try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'refusal'") {
            let columns = try Row.fetchAll(db, sql: "PRAGMA table_info(\(table))").map { $0["name"] as String }
            let kept = columns.filter { table != "token" || $0 != "last_used" }.joined(separator: ", ")
            contents[table] = try Row.fetchAll(db, sql: "SELECT \(kept) FROM \(table)").map(\.values)
        }
        return contents
    }

    @Test(arguments: asked) func `questions change nothing in the catalog, and no reply holds a token that was sent`(
        type: String
    ) async throws {
        let ecosystem = type == "parcel" ? Parcels() : try #require(Ecosystems.standard[type])
        // Beside a thousand other tests a request may wait for its thread.
        let home = Specimen.all.first { $0.type == type }?.home ?? [:]
        let defaults = home.map { "\($0.key): \"\($0.value)\"" }.joined(separator: ", ")
        let test = try TestSite(
            settings: "server: {body_timeout: 10m}\n" + (home.isEmpty ? "" : "defaults: {\(defaults)}\n"), of: ecosystem)
        var paths: [String] = []
        if type == "parcel" {
            paths = [try test.parcel("ball", "1"), try test.parcel("ball", "2")]
        } else {
            let folder = SampleFiles.path(type)
            try Files.walk(folder) { relative, _ in paths.append("\(folder)/\(relative)") }
        }
        #expect(try test.add(paths).allSatisfy { $0 == "added" })
        try test.generate()
        // In the head, in the body in place of a password, and where nobody has it.
        let (own, other, wrong) = (try test.token(), try test.token(owner: "other", rights: [.delete]), Secret().revealed)
        let before = try Self.contents(of: test)
        #expect(before["file"]?.isEmpty == false && before["token"]?.count == 2)
        var statuses: [String: Set<Int>] = [:]
        try await LiveServer.serve(test) { server in
            for (route, need) in Self.questions(of: ecosystem) {
                let words = ["x1", own]
                for path in Self.samples(of: route.path, words: words).map({ $0.joined(separator: "/") }) {
                    for method in route.methods {
                        for (token, password) in [(own, other), (own, wrong), (wrong, wrong), (nil, other)] as [(String?, String)]
                        {
                            var target = "/acme/\(ecosystem.profile.segment)/\(path)"
                            var body = method == .get ? "" : "{}"
                            switch need {
                            case .packages(let search): target += "?\(search.text)=\(token ?? "hello")"
                            case .login(let name, let word): body = #"{"\#(name)":"somebody","\#(word)":"\#(password)"}"#
                            case .nothing, .asker, .file, .keys, .entries, .names, .entrance, .ticket: break
                            }
                            let answer = try await server.send(method.rawValue, target, token: token, body)
                            #expect(answer.status > 0 && answer.status < 500, "\(method) \(target): \(answer)")
                            #expect(
                                !answer.whole.contains(own) && !answer.whole.contains(wrong), "\(method) \(target): \(answer)")
                            // Whoever logs in keeps what was typed as the password.
                            var isLogin = false
                            if case .login = need { isLogin = answer.status < 300 }
                            #expect(answer.whole.contains(other) == isLogin, "\(method) \(target): \(answer)")
                            #expect(try Self.contents(of: test) == before, "\(method) \(target)")
                            statuses[route.path.text, default: []].insert(answer.status)
                        }
                    }
                }
            }
        }
        #expect(try Self.contents(of: test) == before, "what the endpoint wrote at its end")
        // A question that is never answered shows nothing.
        #expect(statuses.count == Set(Self.questions(of: ecosystem).map(\.route.path.text)).count)
        for (_, need) in Self.questions(of: ecosystem) where need == .asker {
            #expect(statuses.values.contains { $0.isSuperset(of: [200, 401]) })
        }
    }
}
