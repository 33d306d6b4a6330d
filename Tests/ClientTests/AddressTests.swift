import Foundation
import Testing

/// Other addresses of the same files: what users of Gitea have in their scripts, what clients make up, and what people type.
extension Clients {
    @Suite(.withSite(ingest: true)) struct AddressTests {
        let site: Site

        init() throws { site = try .current }

        /// Asked for in both ways: as it is, and behind Gitea's prefix.
        private func check(_ address: String, is path: String) throws {
            for head in ["", "/api/packages"] {
                let answer = try site.get("\(head)/\(address)")
                #expect(try answer.status == 200 && answer.body == site.read(path), "\(head)/\(address): \(answer)")
                let plain = try site.get("/\(path)")
                for name in ["cache-control", "content-type", "etag"] {
                    #expect(answer[name] == plain[name], "\(address): \(name)")
                }
            }
        }

        @Test func `RPM's addresses of Gitea lead to the files`() throws {
            let samples = try Checkout.samples("rpm", "1.0", "el9")
            for group in ["", "el9", "fedora/41"] { try site.add(samples, owner: "gitea", "--group", group) }
            try check("gitea/rpm.repo", is: "gitea/rpm/repository.repo")
            for group in ["", "el9/", "fedora/41/"] {
                let folder = "gitea/rpm/\(group)package/indexgen-hello/1.0-1.el9/x86_64"
                try check(folder, is: folder + "/indexgen-hello-1.0-1.el9.x86_64.rpm")
            }
        }

        @Test func `Debian's flat pool leads to the packages that are named like their sources`() throws {
            try site.add(Checkout.samples("debian", "hello_1.0"), owner: "flat", "--distribution", "bookworm/updates")
            try site.add(Checkout.samples("debian", "hello_1.0"), owner: "flat", "--distribution", "stable")
            for path in try site.files(below: "flat/debian/pool") {
                let folder = path.components(separatedBy: "/i/")[0]
                try check("\(folder)/\((path as NSString).lastPathComponent)", is: path)
            }
            #expect(try site.get("/flat/debian/pool/stable/main/none_1.0-1_amd64.deb").status == 404)
        }

        @Test func `the key is there before an owner's first package`() throws {
            let key = try site.get("/repository.key")
            #expect(key.status == 200 && key.text.contains("BEGIN PGP PUBLIC KEY BLOCK"))
            for path in [
                "/nobody/rpm/repository.key", "/nobody/debian/repository.key", "/api/packages/nobody/debian/repository.key",
            ] {
                #expect(try site.get(path).body == key.body, "\(path)")
            }
            #expect(try site.get("/nobody/rpm/repository.keys").status == 404)
            #expect(try site.get("/nobody/none/repository.key").status == 404)
        }

        @Test(.needs("curl")) func `a chart with build metadata is found under every spelling of its plus`() throws {
            let sandbox = try Sandbox("plus")
            defer { sandbox.hold() }
            try sandbox.write("plus/Chart.yaml", "apiVersion: v2\nname: plus\nversion: 1.0.0+build.7\n")
            try Tool.succeed(["tar", "-C", sandbox.path, "-czf", sandbox.path + "/plus.tgz", "plus"])
            try site.add([sandbox.path + "/plus.tgz"], owner: "plus")
            for plus in ["+", "%2B", "%2b", "%252B", "%252b"] {
                try check("plus/helm/plus-1.0.0\(plus)build.7.tgz", is: "plus/helm/plus-1.0.0+build.7.tgz")
            }
        }

        @Test(arguments: [
            ("Indexgen_Hello", "indexgen-hello"), ("INDEXGEN.HELLO", "indexgen-hello"), ("indexgen--hello", "indexgen-hello"),
            ("indexgen-_.hello", "indexgen-hello"), ("AaAaAaAaAaA", "aaaaaaaaaaa"),
            ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"),
            ("a_b_c_d_e_f_g_h_i_j_k_l_m_n", "a-b-c-d-e-f-g-h-i-j-k-l-m-n"), ("index.html.x", "index-html-x"),
        ])
        func `a project's name that is not normalised leads to the one that is`(name: String, normal: String) throws {
            for head in ["", "/api/packages"] {
                for tail in ["", "/"] {
                    let answer = try site.get("\(head)/names/pypi/simple/\(name)\(tail)")
                    #expect(answer.status == 301 && answer["location"] == "\(head)/names/pypi/simple/\(normal)/", "\(answer)")
                }
            }
        }

        @Test func `names that nobody has are not found, however long`() throws {
            for name in [
                String(repeating: "A", count: 7), String(repeating: "a_", count: 100), String(repeating: "A.", count: 400),
                "a%0d%0aB:%20c",
                "A%20b", "A%2fb", "..%2fA",
            ] {
                let answer = try site.get("/names/pypi/simple/\(name)/")
                #expect(answer.status == 404 && answer["location"] == nil, "\(name): \(answer)")
            }
            try site.add(Checkout.samples("pypi", "1.0"), owner: "names")
            #expect(try site.get("/names/pypi/simple/index.html").status == 200)
            #expect(try site.get("/names/pypi/simple/index.json").status == 200)
        }

        @Test func `an address without its last slash leads back the way it came`() throws {
            try site.add(Checkout.samples("helm", "1.0.0"), owner: "slash")
            for head in ["", "/api/packages"] {
                for folder in ["slash", "slash/helm"] {
                    let answer = try site.get("\(head)/\(folder)")
                    #expect(answer.status == 301 && answer["location"] == "\(head)/\(folder)/", "\(answer)")
                }
            }
        }

        @Test func `each alias is taken once`() throws {
            try site.add(Checkout.samples("helm", "1.0.0"), owner: "once")
            for head in [
                "/api/packages/api/packages", "/api/packages/api", "/api", "/_indexgen/public", "/API/packages", "/public",
            ] {
                #expect(try site.get("\(head)/once/helm/index.yaml").status == 404, "\(head)")
            }
        }

        @Test func `caches keep the forms of a page apart, and are told so in one line`() throws {
            try site.add(Checkout.samples("pypi", "1.0"), owner: "vary")
            for coding in ["identity", "gzip"] {
                for accept in ["text/html", Python.accept, "application/vnd.pypi.simple.v1+html"] {
                    for (path, status) in [("indexgen-hello/", 200), ("", 200), ("none/", 404)] {
                        let said = try Tool.succeed([
                            "curl", "--silent", "--dump-header", "-", "--output", "/dev/null", "-H", "Accept: \(accept)", "-H",
                            "Accept-Encoding: \(coding)", "\(site.url)/vary/pypi/simple/\(path)",
                        ])
                        let lines = said.lowercased().components(separatedBy: "\r\n")
                        #expect(lines[0].contains(" \(status) "))
                        #expect(lines.filter { $0.hasPrefix("vary:") } == ["vary: accept, accept-encoding"], "\(said)")
                    }
                }
            }
        }

        @Test func `browsers are told not to guess and not to run anything, whatever is asked for`() throws {
            try site.add(
                Checkout.samples("helm", "1.0.0") + Checkout.samples("pypi", "1.0") + Checkout.samples("debian", "1.0"),
                owner: "headers")
            var addresses = try site.files(below: "headers").map { ("/" + $0, 200) }
            addresses += [
                ("/", 200), ("/headers/pypi/simple/", 200), ("/headers/helm/", 200), ("/headers/helm", 301), ("/headers/", 200),
                ("/headers/pypi/files/", 403),
                ("/none", 404), ("/_indexgen/public/index.html", 404), ("/headers/pypi/simple/Indexgen.Hello", 301),
                ("/%0a", 404),
            ]
            for (path, status) in addresses {
                let answer = try site.get(path)
                #expect(answer.status == status, "\(path): \(answer)")
                #expect(answer["x-content-type-options"] == "nosniff", "\(path): \(answer)")
                // Our own pages have a script and a style sheet.
                let isOurs =
                    path.hasPrefix("/-/") || path.hasPrefix("/headers/-/") || path == "/_indexgen/public/index.html"
                    || ["/", "/headers/", "/headers/helm/"].contains(path)
                    || ["pypi", "helm", "debian"].contains { path == "/headers/\($0)/index.html" }
                    || path == "/headers/index.html"
                let policy = isOurs ? "style-src 'self'" : "style-src 'unsafe-inline'"
                #expect(answer["content-security-policy"]?.hasPrefix("default-src 'none'; \(policy)") == true, "\(path)")
                #expect(answer["referrer-policy"] == "same-origin" && answer["server"] == "nginx", "\(path): \(answer)")
            }
            #expect(try site.get("/")["content-type"] == "text/html; charset=utf-8")
            for method in ["PUT", "DELETE", "POST"] {
                let answer = try HTTP.get(port: site.server.port, "/headers/rpm/el9/upload", method: method)
                #expect(answer["x-content-type-options"] == "nosniff" && answer["cache-control"] == "no-store", "\(answer)")
            }
        }

        // MARK: Changes

        @Test(.needs("curl")) func `a package is removed from the component that the address names, and from no other`() throws {
            let deb = try #require(try Checkout.samples("debian", "hello_1.0").first)
            for component in ["main", "contrib"] {
                try site.add([deb], owner: "parts", "--distribution", "bookworm", "--component", component)
            }
            let user = "ci:" + (try site.token("parts"))
            func delete(_ component: String) throws -> String {
                try Tool.run([
                    "curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "-u", user, "-X", "DELETE",
                    "\(site.url)/parts/debian/pool/bookworm/\(component)/indexgen-hello/1.0-1/amd64?wait=1",
                ]).output
            }
            #expect(try delete("non-free") == "404")
            #expect(try delete("contrib") == "204")
            let main = try site.get("/parts/debian/dists/bookworm/main/binary-amd64/Packages").text
            #expect(main.contains("Package: indexgen-hello\n"))
            #expect(try site.indexgen("list", "parts").split(separator: "\n").count == 1)
            let refused = try Tool.run([
                Tool.indexgen, "--site", site.folder, "remove", "parts/debian", "indexgen-hello", "--component", "contrib",
            ])
            #expect(refused.status == 1 && refused.says("component 'contrib'"), "\(refused)")
            try site.indexgen("remove", "parts/debian", "indexgen-hello", "--component", "main")
            #expect(try site.indexgen("list", "parts") == "")
        }

        @Test(.needs("curl"))
        func `an upload goes to the owner as it is spelled, and nothing can be read under another spelling`() throws {
            let chart = try #require(try Checkout.samples("helm", "hello-1.0.0").first)
            let user = "ci:" + (try site.token("spelled"))
            func upload(_ owner: String) throws -> String {
                try Tool.run([
                    "curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code} %header{location}", "-u", user,
                    "--data-binary",
                    "@\(chart)", "\(site.url)/\(owner)/helm/api/charts?wait=1",
                ]).output
            }
            // Nobody has it yet: the token's spelling it is.
            #expect(try upload("SPELLED").hasPrefix("403"))
            #expect(try upload("spelled").hasPrefix("201"))
            #expect(try upload("Spelled").hasPrefix("201"), "ChartMuseum's clients take nothing else for success")
            #expect(try site.get("/spelled/helm/indexgen-hello-1.0.0.tgz").status == 200)
            #expect(try site.get("/Spelled/helm/indexgen-hello-1.0.0.tgz").status == 404)
            #expect(try upload("index.html").hasPrefix("400"))
        }

        @Test(.needs("curl")) func `whoever asks for a signature is told that there is none`() throws {
            let rpm = try #require(try Checkout.samples("rpm", "hello-1.0", "el9").first)
            let user = "ci:" + (try site.token("sign"))
            for (query, status) in [("sign=true", 400), ("sign=1&wait=1", 400), ("sign=false", 201)] {
                let answer = try Tool.run([
                    "curl", "--silent", "--write-out", "\n%{http_code}", "-u", user, "--upload-file", rpm,
                    "\(site.url)/sign/rpm/el9/upload?\(query)",
                ])
                #expect(answer.output.hasSuffix("\n\(status)") && answer.says("rpmsign") == (status == 400), "\(answer)")
            }
        }
    }
}
