import Testing

@testable import Formats
@testable import Kit

/// Where npm finds documents, and where it sends requests.
@Suite struct NPMAddressesTests {
    @Test(
        arguments: [
            ("web", true), ("@acme/web", true), ("~x", true), ("-x", true), ("a.b", true), ("-", false), ("-/ping", false),
            ("@acme", false), ("@acme/web/-/web-1.0.0.tgz", false), ("web/-/web-1.0.0.tgz", false), ("index.html", false),
            ("web/1.0.0", false), ("", false),
        ])
    func `documents are asked for at the names of packages`(path: String, isOne: Bool) throws {
        #expect((try Regex(NPMDocuments.choice.paths).wholeMatch(in: path) != nil) == isOne)
    }

    @Test func `tarballs have one address more, and all of them are for ever`() throws {
        let profile = NPM().profile
        let alias = try Regex(profile.aliases[0].path), immutable = try Regex(profile.immutablePaths)
        #expect(try alias.wholeMatch(in: "npm/@acme/web/-/1.0.0-rc.1/web-1.0.0-rc.1.tgz")?[1].substring == "@acme/web")
        for path in ["@acme/web/-/web-1.0.0.tgz", "web/-/0123456789abcdef/web-1.0.0.tgz", "web/-/web-1.0.0.sigstore"] {
            #expect(try immutable.wholeMatch(in: path) != nil && alias.wholeMatch(in: "npm/" + path) == nil)
        }
        for path in ["web/index.json", "web/corgi.json", "-/package/web/dist-tags", "-/npm/v1/attestations/web@1.0.0"] {
            #expect(try immutable.wholeMatch(in: path) == nil)
        }
        let documents = [
            "-/ping", "-/all.json", "-/npm/v1/keys", "-/npm/v1/attestations/@acme/web@1.0.0", "-/package/@acme/web/dist-tags",
            "web/-/web-1.0.0.sigstore",
        ]
        guard case .files(let paths, "application/json")? = profile.serving.first else {
            Issue.record("documents have no type")
            return
        }
        for path in documents { #expect(try Regex(paths).wholeMatch(in: path) != nil, "\(path)") }
    }

    // MARK: Routes

    @Test(
        arguments: [
            (Route.Method.put, "@acme/web", "{name+}", ["name": "@acme/web"]), (.put, "web", "{name+}", ["name": "web"]),
            (.put, "@acme/web/-rev/1-0", "{name+}/-rev/{rev}", ["name": "@acme/web", "rev": "1-0"]),
            (.delete, "web/-rev/1-0", "{name+}/-rev/{rev}", ["name": "web", "rev": "1-0"]),
            (
                .delete, "@acme/web/-/web-1.0.0.tgz/-rev/1-0", "{name+}/-/{filename}/-rev/{rev}",
                ["name": "@acme/web", "filename": "web-1.0.0.tgz", "rev": "1-0"]
            ),
            (
                .delete, "@acme/web/-/1.0.0/web-1.0.0.tgz/-rev/1-0", "{name+}/-/{folder}/{filename}/-rev/{rev}",
                ["name": "@acme/web", "folder": "1.0.0", "filename": "web-1.0.0.tgz", "rev": "1-0"]
            ),
            (
                .put, "-/package/@acme/web/dist-tags/next", "-/package/{name+}/dist-tags/{key}",
                ["name": "@acme/web", "key": "next"]
            ),
            (.post, "-/package/web/dist-tags/next", "-/package/{name+}/dist-tags/{key}", ["name": "web", "key": "next"]),
            (.delete, "-/package/web/dist-tags/next", "-/package/{name+}/dist-tags/{key}", ["name": "web", "key": "next"]),
            (.put, "-/user/org.couchdb.user:ci", "-/user/{user}", ["user": "org.couchdb.user:ci"]),
            (.delete, "-/user/token/ixg_1", "-/user/token/{token}", ["token": "ixg_1"]), (.post, "-/v1/login", "-/v1/login", [:]),
            (.get, "-/v1/search", "-/v1/search", [:]), (.get, "-/whoami", "-/whoami", [:]), (.get, "-/ping", "-/ping", [:]),
        ])
    func `each request of npm has its route`(method: Route.Method, path: String, pattern: String, captures: [String: String])
        throws
    {
        let parts = path.split(separator: "/").map(String.init)
        let route = try #require(NPM().profile.routes.first { $0.methods.contains(method) && $0.path.match(parts) != nil })
        #expect(route.path.text == pattern && route.path.match(parts) == captures)
    }
}
