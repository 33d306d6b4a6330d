import Foundation
import Testing

/// Files of any kind, sent and fetched with what everybody has: curl, wget, sha256sum and gpg.
extension Clients {
    @Suite(.needs("curl", "sha256sum"), .withSite(ingest: true)) struct GenericTests {
        let site: Site
        let sandbox: Sandbox

        init() throws {
            site = try .current
            sandbox = try Sandbox("generic")
        }

        /// Sends files of one version, which must be taken.
        private func publish(_ files: [String: String], as version: String, of name: String = "tool", owner: String) throws {
            let token = try site.token(owner)
            for (file, content) in files {
                let sent = try sandbox.write("sent/\(file)", content)
                let answer = try Curl.put(
                    sent, to: "\(site.url)/\(owner)/generic/\(name)/\(version)/\(file)?wait=1", token: token)
                #expect(answer.status == 201, "\(file) of \(version): \(answer)")
            }
        }

        /// Downloads into the sandbox, and fails as curl does.
        private func download(_ address: String, as file: String, _ options: String...) throws -> Outcome {
            try Tool.run(
                ["curl", "--disable", "--fail", "--silent", "--show-error", "--output", file] + options + [address],
                in: sandbox.path)
        }

        private static let files = [
            "tool.bin": String(repeating: "0123456789abcdef", count: 4_096), "tool-1.0.tar.gz": "not one, whatever it is called",
            "page.html": "<script>alert(1)</script>", "notes+extra~1.txt": "some words\n", "empty": "",
        ]

        @Test(arguments: ["", "/api/packages"])
        func `files come back byte for byte, whatever they are called, and no browser shows them`(prefix: String) throws {
            let owner = prefix.isEmpty ? "generic" : "generic-p"
            try publish(Self.files, as: "1.0.0", owner: owner)
            let folder = "\(prefix)/\(owner)/generic/tool/1.0.0"
            for (file, content) in Self.files {
                let escaped = file.replacingOccurrences(of: "+", with: "%2B").replacingOccurrences(of: "~", with: "%7E")
                for spelling in [file, escaped] {
                    let answer = try site.get("\(folder)/\(spelling)")
                    #expect(answer.status == 200 && answer.text == content, "\(spelling): \(answer)")
                    #expect(answer["content-type"] == "application/octet-stream", "\(spelling): \(answer)")
                    #expect(answer["x-content-type-options"] == "nosniff" && answer["content-encoding"] == nil, "\(answer)")
                    #expect(answer["cache-control"] == "max-age=31536000, immutable", "\(spelling): \(answer)")
                }
                let head = try HTTP.get(port: site.server.port, "\(folder)/\(file)", method: "HEAD")
                #expect(head.status == 200 && head["content-length"] == "\(content.utf8.count)" && head.body.isEmpty, "\(head)")
            }
            // Below latest/, too.
            let latest = try site.get("\(prefix)/\(owner)/generic/tool/latest/page.html")
            #expect(latest.status == 200 && latest["content-type"] == "application/octet-stream", "\(latest)")
            #expect(latest["cache-control"] == "no-cache" && latest["x-content-type-options"] == "nosniff", "\(latest)")
        }

        @Test func `parts are fetched, a download is resumed, and what a client has is not sent again`() throws {
            try publish(Self.files, as: "1.0.0", owner: "generic-parts")
            let address = "\(site.url)/generic-parts/generic/tool/1.0.0/tool.bin"
            let content = try #require(Self.files["tool.bin"])
            let part = try download(address, as: "part", "--range", "10-19")
            #expect(try part.succeeded && sandbox.text("part") == "abcdef0123", "\(part)")
            try sandbox.write("resumed", String(content.prefix(100)))
            let requests = try site.server.requests {
                let resumed = try download(address, as: "resumed", "--continue-at", "-")
                #expect(try resumed.succeeded && sandbox.text("resumed") == content, "\(resumed)")
            }
            #expect(requests == ["GET /generic-parts/generic/tool/1.0.0/tool.bin 206"])
            let path = "/generic-parts/generic/tool/1.0.0/tool.bin"
            let beyond = try site.get(path, headers: ["Range": "bytes=99999999-"])
            #expect(beyond.status == 416, "\(beyond)")
            let first = try site.get(path)
            let tag = try #require(first["etag"]), modified = try #require(first["last-modified"])
            #expect(try site.get(path, headers: ["If-None-Match": tag]).status == 304)
            #expect(try site.get(path, headers: ["If-Modified-Since": modified]).status == 304)
            #expect(try site.get(path, headers: ["If-None-Match": "\"other\""]).status == 200)
            #expect(try site.get(path, headers: ["Range": "bytes=0-9", "If-Range": tag]).status == 206)
        }

        @Test(.needs("wget")) func `wget fetches a file, and goes on with one`() throws {
            try publish(Self.files, as: "1.0.0", owner: "generic-wget")
            let content = try #require(Self.files["tool.bin"])
            try sandbox.write("tool.bin", String(content.prefix(5_000)))
            let got = try Tool.run(
                ["wget", "--no-config", "--no-verbose", "--continue", "\(site.url)/generic-wget/generic/tool/1.0.0/tool.bin"],
                in: sandbox.path)
            #expect(try got.succeeded && sandbox.text("tool.bin") == content, "\(got)")
        }

        @Test func `the list of digests proves a version's files, and finds one that was changed`() throws {
            try publish(Self.files, as: "1.0.0", owner: "generic-sums")
            let address = "\(site.url)/generic-sums/generic/tool/1.0.0"
            for file in ["SHA256SUMS"] + Self.files.keys { #expect(try download("\(address)/\(file)", as: file).succeeded) }
            let proved = try Tool.run(["sha256sum", "--strict", "-c", "SHA256SUMS"], in: sandbox.path)
            #expect(proved.succeeded, "\(proved)")
            let names = try sandbox.text("SHA256SUMS").split(separator: "\n").map { String($0.dropFirst(66)) }
            #expect(names == Self.files.keys.sorted())
            try site.replace("generic-sums/generic/tool/1.0.0/tool.bin", flipMiddle)
            #expect(try download("\(address)/tool.bin", as: "tool.bin").succeeded)
            let found = try Tool.run(["sha256sum", "--strict", "-c", "SHA256SUMS"], in: sandbox.path)
            #expect(!found.succeeded && found.says("tool.bin: FAILED"), "\(found)")
        }

        @Test(.needs("gpg")) func `the list of digests is signed by the site's key`() throws {
            try publish(["tool.bin": "one"], as: "1.0.0", owner: "generic-signed")
            let address = "\(site.url)/generic-signed/generic"
            for (path, file) in [
                ("repository.key", "key"), ("tool/1.0.0/SHA256SUMS", "sums"), ("tool/1.0.0/SHA256SUMS.asc", "sums.asc"),
            ] {
                let got = try download("\(address)/\(path)", as: file)
                #expect(got.succeeded, "\(got)")
            }
            // A socket's path must be short.
            let gpg = ["gpg", "--homedir", try sandbox.folder("g"), "--batch", "--no-autostart"]
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: sandbox.path + "/g")
            try Tool.succeed(gpg + ["--import", "key"], in: sandbox.path)
            let good = try Tool.run(gpg + ["--verify", "sums.asc", "sums"], in: sandbox.path)
            #expect(good.succeeded && good.says("Good signature"), "\(good)")
            try sandbox.write("sums", try sandbox.text("sums").replacingOccurrences(of: "tool.bin", with: "tool.bad"))
            let bad = try Tool.run(gpg + ["--verify", "sums.asc", "sums"], in: sandbox.path)
            #expect(!bad.succeeded && bad.says("BAD signature"), "\(bad)")
        }

        @Test func `latest leads to the newest release, and lists say what is there`() throws {
            let owner = "generic-latest", folder = "/generic-latest/generic"
            func latest() throws -> String { try site.get("\(folder)/tool/latest/f").text }
            try publish(["f": "1.9.0"], as: "1.9.0", owner: owner)
            #expect(try latest() == "1.9.0")
            try publish(["f": "1.10.0"], as: "1.10.0", owner: owner)
            #expect(try latest() == "1.10.0")
            try publish(["f": "2.0.0-rc.1"], as: "2.0.0-rc.1", owner: owner)
            try publish(["f": "1.9.1"], as: "1.9.1", owner: owner)
            #expect(try latest() == "1.10.0")
            #expect(try site.get("\(folder)/tool/latest/SHA256SUMS").text.contains(Site.sha256(Data("1.10.0".utf8))))
            struct Package: Decodable {
                var versions: [String]
                var latest: String
            }
            let package = try JSONDecoder().decode(Package.self, from: site.get("\(folder)/tool/index.json").body)
            #expect(package.versions == ["1.9.0", "1.9.1", "1.10.0", "2.0.0-rc.1"] && package.latest == "1.10.0")
            #expect(try site.get("\(folder)/index.json").text == "{\"names\":[\"tool\"]}\n")
            struct Version: Decodable {
                struct File: Decodable {
                    var name: String
                    var url: String
                    var size: Int
                    var sha256: String
                }
                var files: [File]
            }
            let version = try JSONDecoder().decode(Version.self, from: site.get("\(folder)/tool/1.10.0/index.json").body)
            let file = try #require(version.files.first)
            #expect(file.name == "f" && file.size == 6 && file.sha256 == Site.sha256(Data("1.10.0".utf8)))
            #expect(try site.get("\(folder)/tool/1.10.0/\(file.url)").text == "1.10.0")
            try publish(["f": "2.0.0"], as: "2.0.0", owner: owner)
            #expect(try latest() == "2.0.0")
        }

        @Test func `versions and files are deleted, and latest follows`() throws {
            let owner = "generic-gone", folder = "\(site.url)/generic-gone/generic/tool"
            for version in ["1.0.0", "1.1.0"] {
                try publish(["a": "a" + version, "b": "b" + version], as: version, owner: owner)
            }
            let user = ["-u", "ci:" + (try site.token(owner)), "-X", "DELETE"]
            var answer = try Curl.ask(user + ["\(folder)/1.0.0/a?wait=1"])
            #expect(answer.status == 204, "\(answer)")
            #expect(try site.get("/generic-gone/generic/tool/1.0.0/SHA256SUMS").text.hasSuffix("  b\n"))
            answer = try Curl.ask(user + ["\(folder)/1.1.0?wait=1"])
            #expect(answer.status == 204, "\(answer)")
            #expect(try site.get("/generic-gone/generic/tool/1.1.0/SHA256SUMS").status == 404)
            #expect(try site.get("/generic-gone/generic/tool/latest/b").text == "b1.0.0")
            #expect(try !site.get("/generic-gone/generic/tool/index.json").text.contains("1.1.0"))
            for path in ["1.1.0", "1.0.0/none", "9.0.0"] { #expect(try Curl.ask(user + ["\(folder)/\(path)"]).status == 404) }
            #expect(try Curl.ask(["-X", "DELETE", "\(folder)/1.0.0"]).status == 401)
        }

        @Test func `what is not here is not found, and what cannot be taken is refused with words`() throws {
            let owner = "generic-refused", folder = "\(site.url)/generic-refused/generic"
            try publish(["f": "one"], as: "1.0.0", owner: owner)
            for path in ["tool/1.0.0/none", "tool/9.0.0/f", "none/1.0.0/f", "none/latest/f", "none/index.json"] {
                let missing = try download("\(folder)/\(path)", as: "missing")
                #expect(missing.status == 22 && missing.says("404") && !sandbox.has("missing"), "\(missing)")
            }
            let token = try site.token(owner)
            let same = try sandbox.write("same", "one"), other = try sandbox.write("other", "two")
            let cases: [(file: String, path: String, token: String?, status: Int, words: String)] = try [
                (same, "tool/1.0.0/f", token, 200, "unchanged"), (other, "tool/1.0.0/f", token, 409, "other bytes"),
                (other, "tool/1.0.0/F", token, 409, "other bytes"), (other, "tool/1.0.0/SHA256SUMS", token, 400, "taken"),
                (other, "tool/1.0.0/index.json", token, 400, "taken"), (other, "tool/latest/f", token, 400, "taken"),
                (other, "tool/1.0.0/a%20b", token, 400, "blank"), (other, "tool/1.0.0/.hidden", token, 400, "dot"),
                (other, "tool/1.0.0/new", nil, 401, "token"), (other, "tool/1.0.0/new", "ixg_wrong", 401, "token"),
                (other, "tool/1.0.0/new", site.token("somebody-else"), 403, "generic-refused"),
            ]
            for (file, path, token, status, words) in cases {
                let answer = try Curl.put(file, to: "\(folder)/\(path)", token: token)
                #expect(answer.status == status && answer.says(words), "\(path): \(answer)")
            }
            #expect(try site.get("/generic-refused/generic/tool/1.0.0/f").text == "one")
            #expect(try site.get("/generic-refused/generic/tool/1.0.0/SHA256SUMS").text.split(separator: "\n").count == 1)
        }
    }
}
