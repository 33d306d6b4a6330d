import Foundation
import Testing

/// The clients' own publish commands, through nginx to `indexgen serve`; then the same clients' side installs what came in.
extension Clients {
    @Suite(.withSite(ingest: true)) struct PublishTests {
        let site: Site

        init() throws { site = try .current }

        private func token(_ owner: String, type: String = "*", rights: String = "upload", _ options: String...) throws -> String
        {
            try Tool.succeed(
                [
                    Tool.indexgen, "--site", site.folder, "--quiet", "token", "create", "--owner", owner, "--type", type, "--can",
                    rights,
                ]
                    + options
            ).trimmingCharacters(in: .whitespacesAndNewlines).components(separatedBy: "\n").last ?? ""
        }

        /// - Returns: the status and the body.
        private func curl(_ arguments: String...) throws -> (status: Int, body: String) {
            let said = try Tool.run(["curl", "--silent", "--show-error", "--write-out", "\n%{http_code}"] + arguments)
            let lines = said.output.components(separatedBy: "\n")
            return (Int(lines.last ?? "") ?? 0, lines.dropLast().joined(separator: "\n"))
        }

        @Test(.needs("curl", "dnf")) func `curl sends RPMs and dnf installs them`() throws {
            let user = "ci:" + (try token("curl", type: "rpm", "--group", "el9*"))
            let old = try #require(try Checkout.samples("rpm", "hello-1.0", "el9").first)
            let new = try #require(try Checkout.samples("rpm", "hello-1.1", "el9").first)
            let data = try Checkout.samples("rpm", "data", "el9")
            for file in data + [old] {
                let answer = try curl("-u", user, "--upload-file", file, "\(site.url)/curl/rpm/el9/upload?wait=1")
                #expect(answer.status == 201, "\(answer)")
            }
            let dnf = try Dnf(site, owner: "curl", groups: ["el9"])
            let install = try dnf.run("install", "indexgen-hello-1.0")
            #expect(install.succeeded, "\(install)")
            // The address of Gitea's users.
            let answer = try curl("-u", user, "--upload-file", new, "\(site.url)/api/packages/curl/rpm/el9/upload?wait=1")
            #expect(answer.status == 201, "\(answer)")
            let upgrade = try dnf.run("--refresh", "upgrade", "indexgen-hello")
            #expect(upgrade.succeeded && upgrade.says("1.1"), "\(upgrade)")
            #expect(try curl("-u", user, "--upload-file", new, "\(site.url)/curl/rpm/el9/upload").status == 200)
            #expect(try curl("-u", user, "--upload-file", new, "\(site.url)/curl/rpm/el8/upload").status == 403)
        }

        @Test(.needs("curl", "apt-get")) func `curl sends a Debian package and apt installs it`() throws {
            let token = try token("curldeb", type: "debian")
            for file in try Checkout.samples("debian", "1.0") {
                let answer = try curl(
                    "-H", "Authorization: Bearer \(token)", "--upload-file", file,
                    "\(site.url)/curldeb/debian/pool/stable/main/upload?wait=1")
                #expect(answer.status == 201, "\(answer)")
            }
            let apt = try Apt(site, owner: "curldeb")
            #expect(try apt.update().succeeded)
            let install = try apt.run("apt-get", "install", "indexgen-hello")
            #expect(install.succeeded, "\(install)")
        }

        @Test(.needs("dput", "apt-get")) func `dput sends an upload, which becomes public as one`() throws {
            let sandbox = try Sandbox("dput")
            defer { sandbox.hold() }
            let token = try token("dput", type: "debian")
            let packages = try Checkout.samples("debian", "1.0")
            let changes = try ChangesFile.write(packages, source: "indexgen-hello", version: "1.0-1", into: sandbox)
            let settings = try sandbox.write(
                "dput.cf",
                """
                [site]
                fqdn = 127.0.0.1:\(site.server.port)
                method = http
                incoming = /dput/debian/upload/stable/main
                login = ci
                allow_unsigned_uploads = 1
                progress_indicator = 0

                """)
            // What comes before the .changes file is nobody's business.
            let answer = try curl(
                "-u", "ci:\(token)", "--upload-file", packages[0],
                "\(site.url)/dput/debian/upload/stable/main/\((packages[0] as NSString).lastPathComponent)?wait=1")
            #expect(answer.status == 201 && answer.body.contains("waiting"), "\(answer)")
            #expect(try site.indexgen("list").contains("dput/debian") == false)
            // It asks for the password when it meets a 401, on standard input where there is no terminal.
            let sent = try Tool.run(
                ["setsid", "--wait", "dput", "--unchecked", "--config", settings, "--force", "site", changes], input: token + "\n"
            )
            #expect(sent.succeeded, "\(sent)")
            try check("dput", packages.count)
            let log = try #require(site.ingest).said
            #expect(log.contains("\"new\":\"dput/debian, distribution stable, component main\""), "\(log)")
        }

        @Test(.needs("apt-get")) func `dput-ng sends an upload`() throws {
            let program = try #require(DputNG.folder, "INDEXGEN_DPUT_NG names no folder with dput-ng in it")
            let sandbox = try Sandbox("dput-ng")
            defer { sandbox.hold() }
            let token = try token("dputng", type: "debian")
            let packages = try Checkout.samples("debian", "1.1")
            let changes = try ChangesFile.write(packages, source: "indexgen-hello", version: "1.1-1", into: sandbox)
            try FileManager.default.createSymbolicLink(
                atPath: sandbox.path + "/skel", withDestinationPath: program + "/usr/share/dput-ng")
            try sandbox.write(
                ".dput.cf",
                """
                [site]
                fqdn = ci:\(token)@127.0.0.1:\(site.server.port)
                method = http
                incoming = /dputng/debian/upload/stable/main
                allow_unsigned_uploads = 1
                allow_dcut = 0

                """)
            let sent = try Tool.run(
                ["/usr/bin/python3", program + "/usr/bin/dput", "--unchecked", "--no-upload-log", "site", changes],
                environment: ["PYTHONPATH": program + "/usr/lib/python3/dist-packages", "HOME": sandbox.path], in: sandbox.path)
            #expect(sent.succeeded, "\(sent)")
            try check("dputng", packages.count)
        }

        /// Waits until an owner's upload is public, and has apt install it.
        private func check(_ owner: String, _ count: Int) throws {
            let listed = try site.indexgen("list", "\(owner)/debian").split(separator: "\n").count
            #expect(listed == count)
            try site.indexgen("generate")
            let apt = try Apt(site, owner: owner)
            #expect(try apt.update().succeeded)
            let install = try apt.run("apt-get", "install", "indexgen-hello")
            #expect(install.succeeded, "\(install)")
        }

        @Test(.needs("curl")) func `charts come as a body and as ChartMuseum's form, with their provenance`() throws {
            let user = "ci:" + (try token("charts", type: "helm", rights: "upload,delete"))
            let charts = try Checkout.samples("helm", "indexgen-hello-1")
            var answer = try curl("-u", user, "--data-binary", "@\(charts[0])", "\(site.url)/charts/helm/api/charts?wait=1")
            #expect(answer.status == 201 && answer.body == #"{"saved":true}"#, "\(answer)")
            answer = try curl("-u", user, "-F", "chart=@\(charts[1])", "\(site.url)/charts/helm/api/charts?force&wait=1")
            #expect(answer.status == 201 && answer.body == #"{"saved":true}"#, "\(answer)")
            let index = try site.get("/charts/helm/index.yaml").text
            for chart in charts {
                let name = (chart as NSString).lastPathComponent
                #expect(index.contains("- \(name)"))
                #expect(try site.get("/charts/helm/\(name)").status == 200)
            }
            answer = try curl("-u", user, "-X", "DELETE", "\(site.url)/charts/helm/api/charts/indexgen-hello/1.0.0?wait=1")
            #expect(answer.status == 200 && answer.body == #"{"deleted":true}"#, "\(answer)")
            #expect(try !site.get("/charts/helm/index.yaml").text.contains("indexgen-hello-1.0.0.tgz"))
        }

        @Test(.needsPython) func `twine and uv publish, pip installs`() throws {
            let python = try Python(site, owner: "wheels")
            let token = try token("wheels", type: "pypi")
            let address = "\(site.url)/wheels/pypi/?wait=1"
            let old = try Checkout.samples("pypi", "1.0"), new = try Checkout.samples("pypi", "1.1")
            for file in old {
                let sent = try python.twine(file, to: address, token: token)
                #expect(sent.succeeded, "\(sent)")
            }
            #expect(try python.install("indexgen-hello").succeeded && python.installed == "1.0")
            let again = try python.twine(old[0], to: address, token: token)
            #expect(again.succeeded, "\(again)")
            for file in new {
                let sent = try python.uv(
                    "publish", "--publish-url", address, "--username", "__token__", "--password", token, "--trusted-publishing",
                    "never",
                    file)
                #expect(sent.succeeded, "\(sent)")
            }
            let fresh = try Python(site, owner: "wheels")
            #expect(try fresh.install("indexgen-hello").succeeded && fresh.installed == "1.1")
        }

        @Test(.needsPython) func `twine shows why a file was refused`() throws {
            let python = try Python(site, owner: "refused")
            let token = try token("refused", type: "pypi")
            let address = "\(site.url)/refused/pypi/"
            let wheel = try #require(try Checkout.samples("pypi", "1.0", ".whl").first)
            #expect(try python.twine(wheel, to: address, token: token).succeeded)
            // The same name, other bytes: one more blank at the end of the archive's comment would do; here the samples' other wheel.
            let other = "\(python.sandbox.path)/\((wheel as NSString).lastPathComponent)"
            let script = """
                import sys, zipfile
                with zipfile.ZipFile(sys.argv[1]) as old, zipfile.ZipFile(sys.argv[2], "w") as new:
                    for item in old.infolist():
                        item.date_time = (2001, 1, 1, 0, 0, 0)
                        new.writestr(item, old.read(item))
                """
            #expect(try python.python("-c", script, wheel, other).succeeded)
            let refused = try python.twine(other, to: address, token: token)
            #expect(!refused.succeeded && refused.says("File already exists"), "\(refused)")
            let wrong = try python.twine(wheel, to: address, token: "ixg_wrong")
            #expect(!wrong.succeeded && wrong.says("401"), "\(wrong)")
        }

        @Test(.needs("curl")) func `what cannot be taken is answered with a status and a reason, and leaves nothing`() throws {
            let all = "ci:" + (try token("bad", rights: "upload,delete"))
            let rpm = try #require(try Checkout.samples("rpm", "hello-1.0", "el9").first)
            let deb = try #require(try Checkout.samples("debian", "hello_1.0").first)
            let sandbox = try Sandbox("bad")
            defer { sandbox.hold() }
            let cut = sandbox.path + "/cut.rpm"
            try Data(contentsOf: URL(fileURLWithPath: rpm)).prefix(3_000).write(to: URL(fileURLWithPath: cut))
            let cases: [([String], Int, String)] = [
                (["--upload-file", rpm, "\(site.url)/bad/rpm/el9/upload"], 401, "token"),
                (["-u", "x:ixg_nonsense", "--upload-file", rpm, "\(site.url)/bad/rpm/el9/upload"], 401, "token"),
                (["-u", all, "--upload-file", rpm, "\(site.url)/other/rpm/el9/upload"], 403, "may upload"),
                (["-u", all, "--upload-file", cut, "\(site.url)/bad/rpm/el9/upload"], 400, "remedy"),
                (["-u", all, "--upload-file", deb, "\(site.url)/bad/rpm/el9/upload"], 400, "not an RPM package"),
                (["-u", all, "--upload-file", rpm, "\(site.url)/bad/rpm/../../el9/upload"], 400, "address"),
                (["-u", all, "--upload-file", rpm, "\(site.url)/bad/rpm/.el9/upload"], 400, "group"),
                (["-u", all, "--upload-file", rpm, "\(site.url)/bad/cpan/upload"], 404, "address"),
                (["-u", all, "-X", "POST", "--data", "x", "\(site.url)/bad/rpm/el9/upload"], 405, "PUT"),
                (["-u", all, "-X", "DELETE", "\(site.url)/bad/rpm/el9/package/none.rpm"], 404, "no such file"),
                (["-u", all, "-F", "file=@\(deb)", "\(site.url)/bad/pypi/"], 400, "content"),
            ]
            for (arguments, status, words) in cases {
                let said = try Tool.run(
                    ["curl", "--path-as-is", "--silent", "--show-error", "--write-out", "\n%{http_code}"] + arguments)
                #expect(said.output.hasSuffix("\n\(status)") && said.says(words), "\(said)")
            }
            #expect(try !site.indexgen("list").contains("bad/"))
            let staged = try FileManager.default.subpathsOfDirectory(atPath: site.folder + "/state/staging").filter {
                $0.contains("-")
            }
            #expect(staged == [])
            // They are written down a second later, many at once.
            var refused = ""
            for _ in 0..<100 where !refused.contains("404") {
                usleep(100_000)
                refused = try site.indexgen("history", "bad", "--refused")
            }
            #expect(refused.contains("401") && refused.contains("400") && refused.contains("404"), "\(refused)")
        }

        /// The head of an upload that goes to the endpoint itself, without nginx.
        private func head(_ path: String, _ token: String, _ lines: String...) -> Data {
            Data(
                (["PUT \(path) HTTP/1.1", "Host: x", "Authorization: Bearer \(token)"] + lines).map { $0 + "\r\n" }.joined().utf8)
                + Data("\r\n".utf8)
        }

        @Test func `a body that is cut off is never taken for a whole one`() throws {
            let port = try #require(site.ingest).port
            let token = try token("cut", type: "rpm")
            let rpm = try Data(contentsOf: URL(fileURLWithPath: #require(Checkout.samples("rpm", "hello-1.0", "el9").first)))
            let path = "/cut/rpm/el9/upload"
            // All of the package, and one byte that was announced is missing.
            let declared = head(path, token, "Content-Length: \(rpm.count + 1)") + rpm
            // All of the package, and the end of the body is missing.
            let chunked =
                head(path, token, "Transfer-Encoding: chunked") + Data("\(String(rpm.count, radix: 16))\r\n".utf8) + rpm
                + Data("\r\n".utf8)
            for request in [declared, chunked] {
                let answer = String(decoding: try HTTP.exchange(port: port, request, ending: true), as: UTF8.self)
                #expect(!answer.contains(" 201 ") && !answer.contains(" 200 "), "\(answer)")
            }
            #expect(try !site.indexgen("list").contains("cut/"))
            let whole = chunked + Data("0\r\n\r\n".utf8)
            let answer = String(decoding: try HTTP.exchange(port: port, whole, ending: true), as: UTF8.self)
            #expect(answer.contains(" 201 "), "\(answer)")
        }

        @Test func `what is too large by its own word is refused before it is sent`() throws {
            let port = try #require(site.ingest).port
            let token = try token("large", type: "rpm")
            for expectation in [[], ["Expect: 100-continue"]] {
                var request = "PUT /large/rpm/upload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n"
                for line in ["Content-Length: 9000000000000"] + expectation { request += line + "\r\n" }
                let answer = String(
                    decoding: try HTTP.exchange(port: port, Data((request + "\r\n").utf8), ending: true), as: UTF8.self)
                #expect(answer.hasPrefix("HTTP/1.1 413 ") && answer.contains("limits.file_bytes"), "\(answer)")
                #expect(!answer.contains("100 Continue"))
            }
        }

        @Test func `one connection serves one request after another`() throws {
            let port = try #require(site.ingest).port
            let token = try token("keep", type: "rpm")
            let requests = try Checkout.samples("rpm", "1.1", "el9").map { file in
                let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
                return head("/keep/rpm/el9/upload", token, "Content-Length: \(bytes.count)") + bytes
            }
            let last = Data("GET /-/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".utf8)
            let answers = try HTTP.exchange(port: port, requests.reduce(Data(), +) + last)
            let statuses = String(decoding: answers, as: UTF8.self).components(separatedBy: "HTTP/1.1 ").dropFirst().map {
                $0.prefix(3)
            }
            #expect(statuses == requests.map { _ in "201" } + ["200"])
        }

        @Test(.needs("curl")) func `a package is deleted by its public path, by whoever may`() throws {
            let uploader = "ci:" + (try token("gone", type: "rpm")),
                deleter = "ci:" + (try token("gone", type: "rpm", rights: "delete"))
            let rpm = try #require(try Checkout.samples("rpm", "hello-1.0", "el9").first)
            #expect(try curl("-u", uploader, "--upload-file", rpm, "\(site.url)/gone/rpm/el9/upload?wait=1").status == 201)
            let path = try #require(try site.files(below: "gone/rpm/el9/package").first)
            #expect(try curl("-u", uploader, "-X", "DELETE", "\(site.url)/\(path)").status == 403)
            #expect(try curl("-u", deleter, "-X", "DELETE", "\(site.url)/\(path)?wait=1").status == 204)
            #expect(try curl("-u", deleter, "-X", "DELETE", "\(site.url)/\(path)").status == 404)
            #expect(try site.indexgen("list").contains("gone/rpm") == false)
        }
    }
}

/// dput-ng unpacked beside dput, which it cannot be installed with.
enum DputNG {
    static let folder = ProcessInfo.processInfo.environment["INDEXGEN_DPUT_NG"].flatMap {
        FileManager.default.fileExists(atPath: $0 + "/usr/bin/dput") ? $0 : nil
    }
}
