import Testing

@testable import Formats
@testable import Kit

/// What npm is told.
@Suite struct NPMDialectTests {
    @Test func `answers are what npm reads`() throws {
        let npm = NPM().dialect
        let created = npm.words(for: .upload(.created))
        #expect(created?.status == 201 && created?.body.text == #"{"ok":true,"success":true}"#)
        #expect(npm.words(for: .upload(.unchanged))?.status == 200)
        let refusal = Refusal(.malformed, "it \"is\" bad", at: "x", remedy: "mend it")
        let refused = try #require(npm.words(for: .upload(.refused(refusal))))
        #expect(refused.status == 400)
        #expect(
            refused.body.text
                == #"{"ok":false,"success":false,"error":"it \"is\" bad at x; mend it","reason":"it \"is\" bad at x; mend it"}"#)
        #expect(npm.words(for: .upload(.refused(Refusal(.conflict, "x", remedy: "y"))))?.status == 409)
        #expect(npm.words(for: .fault(401, "no token"))?.body.text.contains(#""error":"no token""#) == true)
        #expect(npm.words(for: .fault(401, "no token"))?.status == 401)
    }

    private func ask(_ path: PathPattern, _ method: Route.Method, _ knowledge: Knowledge) -> UploadAnswer {
        NPM().dialect.reply(to: Question(owner: "acme", route: path.text, method: method, captures: [:]), knowing: knowledge)
    }

    @Test func `questions are answered as npm reads them`() {
        #expect(ask(NPM.whoamiPath, .get, .asker("ci", token: nil)).body.text == #"{"username":"ci"}"#)
        let login = ask(NPM.userPath, .put, .asker("ci", token: "ixg_1"))
        #expect(login.status == 201)
        #expect(login.body.text == #"{"ok":true,"id":"org.couchdb.user:ci","rev":"1-0","token":"ixg_1"}"#)
        #expect(ask(NPM.logoutPath, .delete, .nothing).status == 200)
        #expect(ask(NPM.revisionPath, .put, .asker("ci", token: nil)).status == 201)
        let web = ask(NPM.webLoginPath, .post, .nothing)
        #expect(web.status == 404 && web.body.text.contains(#""error":"this registry has no web login"#))
    }

    @Test func `a search shows what somebody gets who installs the package`() {
        func brief(_ versions: [String], latest: String? = nil, deprecated: Set<String> = []) -> Brief {
            Brief(
                name: "@acme/web",
                versions: versions.map { version in
                    var annotations = Annotations()
                    annotations["dist-tag", key: "latest"] = latest
                    annotations["deprecated"] = deprecated.contains(version) ? "old" : nil
                    return .init(version: version, summary: "A \(version)", annotations: annotations)
                })
        }
        for (package, version) in [
            (brief(["1.0.0", "2.0.0", "3.0.0-rc.1"]), "2.0.0"), (brief(["1.0.0", "2.0.0"], latest: "1.0.0"), "1.0.0"),
            (brief(["1.0.0-a", "1.0.0-b"]), "1.0.0-b"), (brief(["1.0.0", "2.0.0"], deprecated: ["2.0.0"]), "1.0.0"),
            (brief(["1.0.0"], deprecated: ["1.0.0"]), "1.0.0"), (brief(["1.0.0", "2.0.0"], latest: "9.0.0"), "2.0.0"),
        ] {
            let text = ask(NPM.searchPath, .get, .packages([package], total: 7)).body.text
            #expect(
                text
                    == #"{"objects":[{"package":{"name":"@acme/web","version":"\#(version)","description":"A \#(version)","date":"1970-01-01T00:00:00.000Z","keywords":[],"publisher":{"username":"acme"},"maintainers":[{"username":"acme"}],"links":{}}}],"total":7}"#
            )
        }
        #expect(ask(NPM.searchPath, .get, .packages([], total: 0)).body.text == #"{"objects":[],"total":0}"#)
    }
}
