import Foundation
import Testing

/// The real go command against a module proxy of static files; what it gets came in by PUT.
extension Clients {
    @Suite(.needsGo, .needs("curl"), .withSite(ingest: true)) struct GoTests {
        static let lib = "example.com/demo/lib"
        let site: Site

        init() throws { site = try .current }

        /// Publishes modules, each as `VERSION`, with further lines of go.mod.
        private func publish(
            _ releases: [(version: String, more: String)], of module: String = Self.lib, owner: String, with go: GoTool
        )
            throws
        {
            let token = try site.token(owner)
            for (version, more) in releases {
                let answer = try Curl.put(
                    go.zip(module, version, more: more), to: "\(site.url)/\(owner)/go/upload?wait=1", token: token)
                #expect(answer.status == 201, "\(module) \(version): \(answer)")
            }
        }

        private func publish(_ versions: String..., of module: String = Self.lib, owner: String, with go: GoTool) throws {
            try publish(versions.map { ($0, "") }, of: module, owner: owner, with: go)
        }

        @Test(arguments: ["", "/api/packages"])
        func `a version, a range and the latest release are got`(prefix: String) throws {
            let owner = prefix.isEmpty ? "go" : "go-p"
            let go = try GoTool(site, owner: owner, below: prefix)
            try publish("v1.0.0", "v1.1.0", "v1.2.0-rc.1", "v1.10.0", "v1.11.0-beta", owner: owner, with: go)
            // What is asked for, and what go chooses: a release before a newer pre-release, which must be named.
            let cases = [
                ("v1.1.0", "v1.1.0"), ("latest", "v1.10.0"), ("<=v1.1.0", "v1.1.0"), ("<v1.1.0", "v1.0.0"), ("v1.1", "v1.1.0"),
                ("v1.2.0-rc.1", "v1.2.0-rc.1"), (">=v1.2.0-rc.1", "v1.10.0"), ("v1", "v1.10.0"),
                ("v1.11.0-beta", "v1.11.0-beta"),
            ]
            for (query, version) in cases {
                try go.begin()
                let got = try go.run("get", "\(Self.lib)@\(query)")
                #expect(got.succeeded, "\(got)")
                #expect(try go.required(Self.lib) == version, "\(query): \(got)")
            }
            let versions = try go.run("list", "-m", "-versions", Self.lib)
            #expect(versions.output == "\(Self.lib) v1.0.0 v1.1.0 v1.2.0-rc.1 v1.10.0 v1.11.0-beta\n", "\(versions)")
            let verified = try go.run("mod", "verify")
            #expect(verified.says("all modules verified"), "\(verified)")
        }

        @Test func `a retracted version is passed over and not listed, and is got by its name`() throws {
            let go = try GoTool(site, owner: "go-retract")
            // The newest takes back another and itself.
            try publish(
                [("v1.0.0", ""), ("v1.1.0", ""), ("v1.2.0", ""), ("v1.3.0", "\nretract v1.1.0 // broken\nretract v1.3.0\n")],
                owner: "go-retract", with: go)
            let got = try go.run("get", "\(Self.lib)@latest")
            #expect(got.succeeded, "\(got)")
            #expect(try go.required(Self.lib) == "v1.2.0", "\(got)")
            let versions = try go.run("list", "-m", "-versions", Self.lib)
            #expect(versions.output == "\(Self.lib) v1.0.0 v1.2.0\n", "\(versions)")
            let named = try go.run("get", "\(Self.lib)@v1.1.0")
            #expect(named.succeeded && named.says("retracted"), "\(named)")
            #expect(try go.required(Self.lib) == "v1.1.0")
        }

        @Test func `a command with capitals in its path is installed together with what it imports`() throws {
            let go = try GoTool(site, owner: "go-install")
            let app = "example.com/Upper/app"
            try publish("v1.0.0", "v1.1.0", owner: "go-install", with: go)
            let zip = try go.zip(
                app, "v0.1.0", more: "\nrequire \(Self.lib) v1.1.0\n",
                source: "package main\n\nimport \"\(Self.lib)\"\n\nfunc main() { println(\"with\", lib.Version) }\n")
            let answer = try Curl.put(zip, to: "\(site.url)/go-install/go/upload?wait=1", token: site.token("go-install"))
            #expect(answer.status == 201, "\(answer)")
            let installed = try go.run("install", "\(app)@latest")
            #expect(installed.succeeded, "\(installed)")
            let ran = try Tool.run([go.sandbox.path + "/gopath/bin/app"])
            #expect(ran.output == "with v1.1.0\n", "\(ran)")
            #expect(try site.get("/go-install/go/example.com/%21upper/app/@v/list").text == "v0.1.0\n")
            #expect(try site.get("/go-install/go/example.com/Upper/app/@v/list").status == 404)
        }

        @Test func `a new version is what the next upgrade takes, and a new major version is another module`() throws {
            let go = try GoTool(site, owner: "go-new")
            try publish("v1.0.0", owner: "go-new", with: go)
            #expect(try go.run("get", Self.lib).succeeded)
            try publish("v1.1.0", owner: "go-new", with: go)
            try publish("v2.0.0", of: Self.lib + "/v2", owner: "go-new", with: go)
            let newer = try go.run("list", "-m", "-u", Self.lib)
            #expect(newer.says("\(Self.lib) v1.0.0 [v1.1.0]"), "\(newer)")
            let upgraded = try go.run("get", "-u", Self.lib)
            #expect(upgraded.says("v1.0.0 => v1.1.0"), "\(upgraded)")
            #expect(try go.run("get", Self.lib + "/v2").succeeded)
            #expect(try go.required(Self.lib) == "v1.1.0" && go.required(Self.lib + "/v2") == "v2.0.0")
        }

        @Test func `a removed version is not chosen any more`() throws {
            let go = try GoTool(site, owner: "go-gone")
            try publish("v1.0.0", "v1.1.0", owner: "go-gone", with: go)
            let answer = try Curl.ask([
                "-u", "ci:" + site.token("go-gone"), "-X", "DELETE", "\(site.url)/go-gone/go/\(Self.lib)/@v/v1.1.0.zip?wait=1",
            ])
            #expect(answer.status == 204, "\(answer)")
            let got = try go.run("get", "\(Self.lib)@latest")
            #expect(got.succeeded, "\(got)")
            #expect(try go.required(Self.lib) == "v1.0.0", "\(got)")
        }

        @Test func `what is not here is answered with 404, which go says`() throws {
            let go = try GoTool(site, owner: "go-none")
            try publish("v1.0.0", owner: "go-none", with: go)
            for query in ["\(Self.lib)@v9.0.0", "example.com/demo/none@latest", "example.com/none/lib@v1.0.0"] {
                let refused = try go.run("get", query)
                #expect(!refused.succeeded && refused.says("404 Not Found"), "\(refused)")
            }
            let range = try go.run("get", "\(Self.lib)@>v1.0.0")
            #expect(!range.succeeded && range.says("no matching versions"), "\(range)")
        }

        @Test func `a zip with other content is refused by the checksums that go keeps`() throws {
            let go = try GoTool(site, owner: "go-tampered")
            try publish("v1.0.0", owner: "go-tampered", with: go)
            #expect(try go.run("get", "\(Self.lib)@v1.0.0").succeeded)
            let path = "go-tampered/go/\(Self.lib)/@v/v1.0.0.zip"
            let right = try site.read(path)
            let other = try Data(
                contentsOf: URL(fileURLWithPath: go.zip(Self.lib, "v1.0.0", source: "package lib\n\nconst Version = \"evil\"\n")))
            try site.replace(path) { $0 = other }
            try go.forget()
            let refused = try go.run("mod", "download", Self.lib)
            #expect(!refused.succeeded && refused.says("checksum mismatch") && refused.says("SECURITY ERROR"), "\(refused)")
            try site.replace(path) { $0 = right }
            try go.forget()
            let downloaded = try go.run("mod", "download", Self.lib)
            #expect(downloaded.succeeded, "\(downloaded)")
        }

        @Test func `what cannot be taken is refused with words, and changes nothing`() throws {
            let go = try GoTool(site, owner: "go-refused")
            let token = try site.token("go-refused"), address = "\(site.url)/go-refused/go/upload"
            let first = try go.zip(Self.lib, "v1.0.0")
            #expect(try Curl.put(first, to: address + "?wait=1", token: token).status == 201)
            #expect(try Curl.put(first, to: address, token: token).status == 200)
            let other = try go.zip(Self.lib, "v1.0.0", source: "package lib\n")
            let junk = try go.sandbox.write("junk.zip", "not a zip")
            let cases: [(file: String, token: String?, status: Int, words: String)] = try [
                (other, token, 409, "publish new bytes under a new version"), (junk, token, 400, "end record"),
                (go.zip(Self.lib, "v2.0.0"), token, 400, "/v2"), (go.zip(Self.lib, "v1.1"), token, 400, "is not written as go writes it"),
                (first, nil, 401, "token"), (first, "ixg_wrong", 401, "token"),
                (first, site.token("somebody-else"), 403, "go-refused"),
            ]
            for (file, token, status, words) in cases {
                let answer = try Curl.put(file, to: address, token: token)
                #expect(answer.status == status && answer.says(words), "\(answer)")
            }
            #expect(try site.get("/go-refused/go/\(Self.lib)/@v/list").text == "v1.0.0\n")
        }
    }
}
