import Foundation
import Testing

extension Clients {
    @Suite struct NginxTests {
        let site: Site

        init() throws {
            site = try .current
            try site.add(Checkout.samples("rpm", "1.0", "el9"), owner: "web", "--group", "el9")
            try site.add(
                Checkout.samples("debian", "1.0") + Checkout.samples("helm", "1.0") + Checkout.samples("pypi", "1.0"),
                owner: "web")
        }

        @Test func `nginx finds no fault with the configuration`() throws {
            let test = try Tool.run(["nginx", "-t", "-c", site.server.configuration])
            #expect(test.succeeded && !test.says("[warn]"), "\(test)")
        }

        /// What changes in place is asked for again each time; what is named by its digest or never changes is not.
        @Test func `every public file has the cache header of its kind`() throws {
            var immutable = 0, asked = 0
            for path in try site.files(below: "web") {
                let answer = try site.get("/" + path)
                let bytes = try site.read(path)
                #expect(answer.status == 200 && answer.body == bytes, "\(path) \(answer)")
                #expect(answer["etag"] != nil && answer["content-encoding"] == nil, "\(path) \(answer)")
                let isFixed =
                    path.contains("/by-hash/") || path.contains("/pool/") || path.contains("/package/")
                    || path.contains("/pypi/files/")
                    || path.hasSuffix(".tgz") || path.contains(/repodata\/[0-9a-f]{64}-/)
                if isFixed { immutable += 1 } else { asked += 1 }
                #expect(answer["cache-control"] == (isFixed ? "max-age=31536000, immutable" : "no-cache"), "\(path) \(answer)")
            }
            #expect(immutable >= 9 && asked >= 12, "\(immutable) \(asked)")
        }

        @Test func `clients set up for Gitea find the same files`() throws {
            for path in try site.files(below: "web") {
                let plain = try site.get("/" + path), prefixed = try site.get("/api/packages/" + path)
                #expect(prefixed.status == 200 && prefixed.body == plain.body, "\(path) \(prefixed)")
                #expect(
                    prefixed["cache-control"] == plain["cache-control"] && prefixed["content-type"] == plain["content-type"],
                    "\(path)")
            }
        }

        @Test(arguments: [
            "/../indexgen.yaml", "/web/../../indexgen.yaml", "/%2e%2e/indexgen.yaml", "/web/%2e%2e/%2e%2e/state/catalog.sqlite",
            "/..%2findexgen.yaml", "/api/packages/../../../indexgen.yaml", "/api/packages/%2e%2e/%2e%2e/%2e%2e/indexgen.yaml",
            "//../indexgen.yaml", "/_indexgen/../../indexgen.yaml", "/web/pypi/simple/%2e%2e/%2e%2e/%2e%2e/%2e%2e/indexgen.yaml",
            "/web/pypi/simple/..%2f..%2f..%2f..%2findexgen.yaml/", "/state/catalog.sqlite", "/indexgen.yaml",
        ])
        func `nothing outside of the public folder is served`(path: String) throws {
            let answer = try site.get(path)
            #expect([301, 400, 403, 404].contains(answer.status), "\(answer)")
            #expect(!answer.text.contains("base_url") && !answer.text.hasPrefix("SQLite"))
        }

        @Test func `dot files are not served`() throws {
            for name in [".hidden", "web/.hidden", "web/rpm/.hidden", "web/pypi/files/.hidden", "web/debian/pool/.hidden"] {
                try Data("secret".utf8).write(to: URL(fileURLWithPath: site.file(name)))
                defer { try? FileManager.default.removeItem(atPath: site.file(name)) }
                for prefix in ["/", "/api/packages/"] {
                    let answer = try site.get(prefix + name)
                    #expect([403, 404].contains(answer.status), "\(prefix + name): \(answer)")
                }
            }
        }

        @Test(arguments: ["/_indexgen/json/web/pypi/simple/", "/_indexgen/html/indexgen.yaml", "/_indexgen/v1html/web/"])
        func `the ways inside are closed from outside`(path: String) throws {
            #expect(try site.get(path).status == 404)
        }

        @Test(arguments: [
            "/%0d%0aX-Injected:%20yes/pypi/simple", "/api/packages/%0d%0aX-Injected:%20yes/pypi/simple",
            "/web/pypi/simple/%0d%0aX-Injected:%20yes", "//other.example/pypi/simple", "/%2fother.example/pypi/simple",
            "/api/packages//other.example/pypi/simple",
        ])
        func `no address makes nginx write headers or send clients elsewhere`(path: String) throws {
            let answer = try site.get(path)
            #expect(answer["x-injected"] == nil, "\(answer)")
            #expect(answer["location"]?.hasPrefix("//") != true, "\(answer)")
        }

        @Test func `folders are not listed`() throws {
            for path in ["/web/debian/pool/", "/web/rpm/el9/repodata/", "/web/pypi/files/"] {
                #expect([403, 404].contains(try site.get(path).status))
            }
        }

        @Test func `nothing can be written`() throws {
            for method in ["PUT", "DELETE", "POST"] {
                let answer = try HTTP.get(port: site.server.port, "/web/rpm/el9.repo", method: method)
                #expect([403, 405].contains(answer.status), "\(method): \(answer)")
            }
        }

        @Test func `parts of a package can be asked for`() throws {
            let path = try #require(try site.files(below: "web/debian/pool").first)
            let answer = try site.get("/" + path, headers: ["Range": "bytes=0-7"])
            #expect(answer.status == 206 && answer.text == "!<arch>\n", "\(answer)")
        }

        @Test func `the front page is for people`() throws {
            let answer = try site.get("/")
            #expect(answer.status == 200 && answer["content-type"]?.hasPrefix("text/html") == true, "\(answer)")
        }
    }
}
