import Foundation
import Testing

extension Clients {
    @Suite(.needsPython) struct PipTests {
        let site: Site

        init() throws { site = try .current }

        @Test(arguments: [false, true])
        func `pip installs a wheel, from JSON and from HTML pages`(htmlOnly: Bool) throws {
            try site.add(Checkout.samples("pypi", "1.0"), owner: "pip-wheel-\(htmlOnly)")
            let python = try Python(site, owner: "pip-wheel-\(htmlOnly)", htmlOnly: htmlOnly)
            let install = try python.install("indexgen-hello")
            #expect(install.succeeded && python.installed == "1.0", "\(install)")
            let run = try Tool.run(
                ["\(Python.folder ?? "")/bin/python", "-m", "indexgen_hello"],
                environment: ["PYTHONPATH": python.sandbox.path + "/target"])
            #expect(run.output == "Hello from 1.0\n", "\(run)")
        }

        @Test(arguments: [false, true])
        func `pip builds and installs a source archive`(htmlOnly: Bool) throws {
            try site.add(Checkout.samples("pypi"), owner: "pip-sdist-\(htmlOnly)")
            let python = try Python(site, owner: "pip-sdist-\(htmlOnly)", htmlOnly: htmlOnly)
            let install = try python.install("--no-binary", ":all:", "indexgen-hello")
            #expect(install.succeeded && install.says(".tar.gz") && python.installed == "1.1", "\(install)")
        }

        @Test(arguments: [false, true])
        func `pip lists the versions, newest first`(htmlOnly: Bool) throws {
            try site.add(Checkout.samples("pypi"), owner: "pip-index-\(htmlOnly)")
            let python = try Python(site, owner: "pip-index-\(htmlOnly)", htmlOnly: htmlOnly)
            let versions = try python.pip("index", "versions", "--index-url", python.index, "indexgen-hello")
            #expect(versions.says("Available versions: 1.1, 1.0"), "\(versions)")
        }

        @Test func `a name in any spelling finds its project`() throws {
            try site.add(Checkout.samples("pypi", "1.0"), owner: "pip-name")
            let python = try Python(site, owner: "pip-name")
            let install = try python.install("IndexGen_Hello")
            #expect(install.succeeded && python.installed == "1.0", "\(install)")
        }

        @Test func `hashes are checked against the requirements`() throws {
            let wheel = try Checkout.samples("pypi", "1.0", ".whl")[0]
            try site.add([wheel], owner: "pip-hash")
            let python = try Python(site, owner: "pip-hash")
            let digest = Site.sha256(try Data(contentsOf: URL(fileURLWithPath: wheel)))
            try python.sandbox.write("requirements.txt", "indexgen-hello==1.0 --hash=sha256:\(digest)\n")
            let install = try python.install("--require-hashes", "-r", "requirements.txt")
            #expect(install.succeeded && python.installed == "1.0", "\(install)")
        }

        @Test(arguments: [false, true])
        func `a dry run fetches the metadata and not the wheel`(htmlOnly: Bool) throws {
            let owner = "pip-metadata-\(htmlOnly)"
            try site.add(Checkout.samples("pypi", "1.0"), owner: owner)
            let python = try Python(site, owner: owner, htmlOnly: htmlOnly)
            var outcome: Outcome?
            let requests = try site.server.requests {
                outcome = try python.install("--dry-run", "--ignore-installed", "indexgen-hello")
            }
            #expect(outcome?.succeeded == true && outcome?.says("Would install indexgen-hello-1.0") == true, "\(outcome as Any)")
            #expect(requests.contains { $0.hasSuffix(".whl.metadata 200") }, "\(requests)")
            #expect(!requests.contains { $0.contains(".whl ") }, "\(requests)")
        }

        @Test(arguments: [false, true])
        func `a yanked version is passed over, and its reason shown to who pins it`(htmlOnly: Bool) throws {
            let owner = "pip-yank-\(htmlOnly)"
            try site.add(Checkout.samples("pypi"), owner: owner)
            try site.indexgen("yank", "\(owner)/pypi", "indexgen-hello", "1.1", "--reason", "says <hello> & too loudly")
            let python = try Python(site, owner: owner, htmlOnly: htmlOnly)
            let install = try python.install("indexgen-hello")
            #expect(install.succeeded && python.installed == "1.0", "\(install)")
            let pinned = try python.install("--upgrade", "indexgen-hello==1.1")
            #expect(pinned.succeeded && pinned.says("says <hello> & too loudly") && python.installed == "1.1", "\(pinned)")
            try site.indexgen("yank", "\(owner)/pypi", "indexgen-hello", "1.1", "--undo")
            let again = try Python(site, owner: owner, htmlOnly: htmlOnly)
            #expect(try again.install("indexgen-hello").succeeded && again.installed == "1.1")
        }

        @Test(arguments: [false, true])
        func `a tampered wheel is refused`(htmlOnly: Bool) throws {
            let owner = "pip-tampered-\(htmlOnly)"
            try site.add(Checkout.samples("pypi", "1.0"), owner: owner)
            for file in try site.files(below: "\(owner)/pypi/files") where file.hasSuffix(".whl") {
                try site.replace(file, flipMiddle)
            }
            let python = try Python(site, owner: owner, htmlOnly: htmlOnly)
            let install = try python.install("indexgen-hello")
            #expect(!install.succeeded && install.says("DO NOT MATCH THE HASHES"), "\(install)")
            #expect(python.installed == nil)
        }

        @Test func `a project that is not there is not found`() throws {
            try site.add(Checkout.samples("pypi", "1.0"), owner: "pip-none")
            let python = try Python(site, owner: "pip-none")
            let install = try python.install("no-such-project")
            #expect(!install.succeeded && install.says("No matching distribution found"), "\(install)")
        }
    }

    @Suite(.needsPython) struct UvTests {
        let site: Site

        init() throws { site = try .current }

        @Test(arguments: [false, true])
        func `uv locks with hashes from metadata alone, and installs what it locked`(htmlOnly: Bool) throws {
            let owner = "uv-lock-\(htmlOnly)"
            try site.add(Checkout.samples("pypi"), owner: owner)
            let python = try Python(site, owner: owner, htmlOnly: htmlOnly)
            try python.sandbox.write("in.txt", "indexgen-hello\n")
            var outcome: Outcome?
            let requests = try site.server.requests {
                outcome = try python.uv(
                    "pip", "compile", "--default-index", python.index, "--generate-hashes", "in.txt", "-o", "out.txt")
            }
            #expect(outcome?.succeeded == true, "\(outcome as Any)")
            #expect(
                requests.contains { $0.hasSuffix(".whl.metadata 200") } && !requests.contains { $0.contains(".whl ") },
                "\(requests)")
            let lock = try python.sandbox.text("out.txt")
            #expect(lock.contains("indexgen-hello==1.1") && lock.components(separatedBy: "--hash=sha256:").count == 3, "\(lock)")
            let install = try python.uv(
                "pip", "install", "--default-index", python.index, "--require-hashes", "--target", "target", "-r", "out.txt")
            #expect(install.succeeded && python.installed == "1.1", "\(install)")
        }

        @Test func `uv builds and installs a source archive`() throws {
            try site.add(Checkout.samples("pypi"), owner: "uv-sdist")
            let python = try Python(site, owner: "uv-sdist")
            let install = try python.uv(
                "pip", "install", "--default-index", python.index, "--no-binary", ":all:", "--target", "target", "indexgen-hello")
            #expect(install.succeeded && python.installed == "1.1", "\(install)")
        }

        @Test func `uv passes over a yanked version`() throws {
            try site.add(Checkout.samples("pypi"), owner: "uv-yank")
            try site.indexgen("yank", "uv-yank/pypi", "indexgen-hello", "1.1", "--reason", "too loud")
            let python = try Python(site, owner: "uv-yank")
            #expect(
                try python.uv("pip", "install", "--default-index", python.index, "--target", "target", "indexgen-hello").succeeded
            )
            #expect(python.installed == "1.0")
            let pinned = try python.uv(
                "pip", "install", "--default-index", python.index, "--target", "other", "indexgen-hello==1.1")
            #expect(pinned.succeeded && pinned.says("too loud"), "\(pinned)")
        }

        @Test func `a tampered wheel is refused by its locked hash`() throws {
            try site.add(Checkout.samples("pypi", "1.0"), owner: "uv-tampered")
            let python = try Python(site, owner: "uv-tampered")
            try python.sandbox.write("in.txt", "indexgen-hello\n")
            #expect(
                try python.uv("pip", "compile", "--default-index", python.index, "--generate-hashes", "in.txt", "-o", "out.txt")
                    .succeeded)
            // Another wheel that is sound in itself: nothing but its digest tells.
            let other = try Data(contentsOf: URL(fileURLWithPath: Checkout.samples("pypi", "1.0", ".whl")[0]))
            for file in try site.files(below: "uv-tampered/pypi/files") where file.hasSuffix(".whl") {
                try site.replace(file) { bytes in
                    bytes = other
                    // The last two bytes are the length of the archive's comment: a comment changes nothing but the digest.
                    bytes.replaceSubrange((bytes.count - 2)..., with: [1, 0, 33])
                }
            }
            let install = try python.uv(
                "pip", "install", "--default-index", python.index, "--require-hashes", "--target", "target", "-r", "out.txt")
            #expect(!install.succeeded && install.says("hash mismatch"), "\(install)")
            #expect(python.installed == nil)
        }
    }

    @Suite struct SimplePageTests {
        static let json = "application/vnd.pypi.simple.v1+json"
        static let html = "application/vnd.pypi.simple.v1+html"
        let site: Site

        init() throws {
            site = try .current
            try site.add(Checkout.samples("pypi"), owner: "simple")
        }

        @Test(
            arguments: [
                "/simple/pypi/simple/", "/simple/pypi/simple/indexgen-hello/", "/api/packages/simple/pypi/simple/indexgen-hello/",
            ],
            [
                (Python.accept, json), ("", "text/html"), ("text/html,*/*;q=0.8", "text/html"), (json, json), (html, html),
                ("\(json);q=0, text/html", "text/html"), ("application/vnd.pypi.simple.latest+json", json), ("*/*", "text/html"),
            ])
        func `one address gives what the client accepts`(path: String, choice: (accept: String, type: String)) throws {
            let answer = try site.get(path, headers: choice.accept.isEmpty ? [:] : ["Accept": choice.accept])
            #expect(answer.status == 200 && answer["content-type"]?.components(separatedBy: ";")[0] == choice.type, "\(answer)")
            #expect(answer["vary"]?.lowercased().contains("accept") == true, "\(answer)")
            #expect(
                answer.text.hasPrefix(choice.type == Self.json ? "{" : "<!DOCTYPE html>")
                    || answer.text.hasPrefix("<!doctype html>"))
        }

        @Test(arguments: ["text/html", json])
        func `a page that has not changed is not sent again`(accept: String) throws {
            let path = "/simple/pypi/simple/indexgen-hello/"
            let first = try site.get(path, headers: ["Accept": accept])
            let tag = try #require(first["etag"])
            #expect(try site.get(path, headers: ["Accept": accept, "If-None-Match": tag]).status == 304)
            let date = try #require(first["last-modified"])
            #expect(try site.get(path, headers: ["Accept": accept, "If-Modified-Since": date]).status == 304)
            #expect(try site.get(path, headers: ["Accept": accept, "If-None-Match": "\"other\""]).status == 200)
        }

        @Test(arguments: ["text/html", json])
        func `the compressed twin is sent to who accepts gzip`(accept: String) throws {
            let path = "/simple/pypi/simple/indexgen-hello/"
            let plain = try site.get(path, headers: ["Accept": accept])
            let packed = try site.get(path, headers: ["Accept": accept, "Accept-Encoding": "gzip"])
            #expect(plain["content-encoding"] == nil)
            #expect(packed["content-encoding"] == "gzip" && packed.body.starts(with: [0x1F, 0x8B]), "\(packed)")
            #expect(packed["content-type"] == plain["content-type"])
            #expect(packed["vary"]?.lowercased().contains("accept-encoding") == true, "\(packed)")
            let sandbox = try Sandbox()
            defer { sandbox.hold() }
            try packed.body.write(to: URL(fileURLWithPath: sandbox.path + "/page.gz"))
            #expect(try Tool.succeed(["gzip", "-dc", sandbox.path + "/page.gz"]) == plain.text)
        }

        @Test func `every file that the JSON page names is there with its digest`() throws {
            let page = try site.get("/simple/pypi/simple/indexgen-hello/", headers: ["Accept": Self.json])
            let object = try #require(JSONSerialization.jsonObject(with: page.body) as? [String: Any])
            let files = try #require(object["files"] as? [[String: Any]])
            #expect(files.count == 3 && object["name"] as? String == "indexgen-hello")
            for file in files {
                let address = try #require(
                    URL(
                        string: file["url"] as? String ?? "",
                        relativeTo: URL(string: "http://h/simple/pypi/simple/indexgen-hello/")))
                let answer = try site.get(address.path)
                #expect(answer.status == 200 && (file["hashes"] as? [String: String])?["sha256"] == Site.sha256(answer.body))
                #expect(file["size"] as? Int == answer.body.count)
                if let metadata = file["core-metadata"] as? [String: String] {
                    #expect(Site.sha256(try site.get(address.path + ".metadata").body) == metadata["sha256"])
                } else {
                    #expect((file["filename"] as? String)?.hasSuffix(".tar.gz") == true)
                }
            }
        }

        @Test(arguments: ["/simple/pypi/simple", "/simple/pypi/simple/indexgen-hello"])
        func `an address without its last slash leads to the page`(path: String) throws {
            let answer = try site.get(path)
            #expect(answer.status == 301 && answer["location"] == path + "/", "\(answer)")
        }

        @Test func `a project that is not there is 404 in every form`() throws {
            for accept in [Python.accept, "text/html", ""] {
                #expect(try site.get("/simple/pypi/simple/none/", headers: ["Accept": accept]).status == 404)
            }
        }
    }
}
