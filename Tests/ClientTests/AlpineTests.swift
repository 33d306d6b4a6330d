import Corpus
import Foundation
import Testing

/// Static indexes, read as strictly as apk reads them, and by a real apk where there is one; what is in them came in by PUT.
extension Clients {
    @Suite(.needs("curl", "python3"), .withSite(ingest: true)) struct AlpineTests {
        let site: Site
        let sandbox: Sandbox

        init() throws {
            site = try .current
            sandbox = try Sandbox("alpine")
        }

        private func write(
            _ name: String, _ version: String, _ architecture: String = "x86_64", more: [String] = [], greeting: String = "hello"
        ) throws -> String {
            try AlpineFile.write(name, version, architecture, more: more, greeting: greeting, into: sandbox.path + "/built")
        }

        private func send(
            _ file: String, to scope: String = "v3.22/main", owner: String, token: String? = nil, below prefix: String = ""
        ) throws -> Curl.Answer {
            try Curl.put(
                file, to: "\(site.url)\(prefix)/\(owner)/alpine/\(scope)/?wait=1", token: token ?? site.token(owner))
        }

        private func publish(_ files: String..., to scope: String = "v3.22/main", owner: String, below prefix: String = "") throws
        {
            let token = try site.token(owner)
            for file in files {
                let answer = try send(file, to: scope, owner: owner, token: token, below: prefix)
                #expect(answer.status == 201, "\(file): \(answer)")
            }
        }

        private static let needs = ["depend = hello-data>=2 !hello-legacy", "provides = cmd:hello=1"]

        @Test(arguments: ["", "/api/packages"])
        func `every package of an index is there, signed and whole, for each architecture`(prefix: String) throws {
            let owner = prefix.isEmpty ? "alpine" : "alpine-p"
            try publish(
                write("hello", "1.10-r0", more: Self.needs), write("hello", "1.9-r0", more: Self.needs),
                write("hello", "1.10_rc1-r0", more: Self.needs), write("hello-data", "2-r1", "noarch"),
                write("hello", "1.11-r0", "s390x"), owner: owner, below: prefix)
            // By Gitea's address without the file's name.
            let other = try Curl.ask([
                "-u", "ci:\(site.token(owner))", "-X", "PUT", "--data-binary", "@\(write("hello", "3-r0"))",
                "\(site.url)\(prefix)/\(owner)/alpine/edge/testing?wait=1",
            ])
            #expect(other.status == 201, "\(other)")
            let reader = try APKTool(site, owner: owner, below: prefix)
            let hellos = "hello-1.9-r0\nhello-1.10_rc1-r0\nhello-1.10-r0\n"
            for (architecture, expected) in [
                "x86_64": hellos + "hello-data-2-r1\n", "s390x": "hello-1.11-r0\nhello-data-2-r1\n",
                "noarch": "hello-data-2-r1\n",
            ] {
                let read = try reader.read(for: architecture)
                #expect(read.succeeded && read.output == expected, "\(architecture): \(read)")
            }
            let one = try reader.read("hello=1.10_rc1-r0")
            #expect(one.succeeded && one.output == "hello-1.10_rc1-r0\n", "\(one)")
            let none = try reader.read("nothing")
            #expect(!none.succeeded && none.says("no such package"), "\(none)")
            let edge = try APKTool(site, owner: owner, "edge/testing", below: prefix).read()
            #expect(edge.succeeded && edge.output == "hello-3-r0\n", "\(edge)")
            #expect(try site.get("\(prefix)/\(owner)/alpine/v3.22/main/armv7/APKINDEX.tar.gz").status == 404)
            // Below whatever architecture, and nothing else.
            for (path, status) in [
                "armv7/hello-data-2-r1.apk": 200, "s390x/hello-data-2-r1.apk": 200, "s390x/hello-1.10-r0.apk": 404,
                "noarch/hello-1.10-r0.apk": 404,
            ] {
                let answer = try site.get("\(prefix)/\(owner)/alpine/v3.22/main/\(path)")
                #expect(answer.status == status, "\(path): \(answer)")
                if status == 200 { #expect(answer["cache-control"] == "max-age=31536000, immutable", "\(answer)") }
            }
            let index = try site.get("\(prefix)/\(owner)/alpine/v3.22/main/x86_64/APKINDEX.tar.gz")
            #expect(index["cache-control"] == "no-cache" && index["content-encoding"] == nil, "\(index)")
        }

        @Test func `what was tampered with is refused, and taken again when it is right`() throws {
            let owner = "alpine-tampered", folder = "alpine-tampered/alpine/v3.22/main/x86_64"
            let index = "\(folder)/APKINDEX.tar.gz", package = "\(folder)/hello-1.0-r0.apk"
            try publish(write("hello", "1.0-r0"), owner: owner)
            let reader = try APKTool(site, owner: owner)
            let (old, oldContent) = try (site.read(index), site.read("\(folder)/APKINDEX.unsigned.tar.gz"))
            try publish(write("hello", "1.1-r0"), owner: owner)
            let (new, newContent) = try (site.read(index), site.read("\(folder)/APKINDEX.unsigned.tar.gz"))
            #expect(new.suffix(newContent.count) == newContent && old.suffix(oldContent.count) == oldContent)
            let other = try Data(
                contentsOf: URL(
                    fileURLWithPath: AlpineFile.write("hello", "1.0-r0", greeting: "adieu", into: sandbox.path + "/other")))
            let lies: [(path: String, words: String, change: (inout Data) -> Void)] = [
                // Of the right form, with another content behind the signature.
                (index, "BAD signature", { $0 = new.dropLast(newContent.count) + oldContent }),
                (index, "a signature and one more", { $0 = newContent }),
                (index, "a signature and one more", { $0 = newContent + oldContent + oldContent }),
                (index, "gzip", flipMiddle),
                (package, "gzip", flipMiddle),
                (package, "hello-1.0-r0: ", { $0 = other }),
            ]
            for (path, words, change) in lies {
                let right = try site.read(path)
                try site.replace(path, change)
                let refused = try reader.read()
                #expect(!refused.succeeded && refused.says(words), "\(words): \(refused)")
                try site.replace(path) { $0 = right }
            }
            let read = try reader.read()
            #expect(read.succeeded && read.output == "hello-1.0-r0\nhello-1.1-r0\n", "\(read)")
        }

        @Test(.needs("openssl", "tar"))
        func `the key is where Gitea has it and under its own name, and openssl verifies both signatures with it`() throws {
            let owner = "Alpine.Keys"
            try publish(write("hello", "1.0-r0"), owner: owner)
            let name = try APKTool.keyFile(site, owner: owner)
            #expect(name.hasPrefix("\(owner)@"))
            let addresses = ["", "/api/packages"].flatMap { prefix in ["key", name].map { "\(prefix)/\(owner)/alpine/\($0)" } }
            let keys = try addresses.map { try site.get($0) }
            for key in keys { #expect(key.status == 200 && key["content-type"] == "application/x-pem-file", "\(key)") }
            #expect(Set(keys.map(\.body)).count == 1)
            let pem = try sandbox.write("key.pem", keys[0].text)
            // The signatures stand in a gzip member of their own before the unsigned index.
            let folder = "\(owner)/alpine/v3.22/main/x86_64"
            let index = try site.read("\(folder)/APKINDEX.tar.gz"), content = try site.read("\(folder)/APKINDEX.unsigned.tar.gz")
            try Data(index.dropLast(content.count)).write(to: URL(fileURLWithPath: sandbox.path + "/signatures.tar.gz"))
            try Tool.succeed(["tar", "-xzf", "signatures.tar.gz"], in: sandbox.path)
            for (word, digest) in [("RSA256", "-sha256"), ("RSA", "-sha1")] {
                let verified = try Tool.run([
                    "openssl", "dgst", digest, "-verify", pem, "-signature", "\(sandbox.path)/.SIGN.\(word).\(name)",
                    site.file("\(folder)/APKINDEX.unsigned.tar.gz"),
                ])
                #expect(verified.succeeded && verified.says("Verified OK"), "\(verified)")
            }
            // Without the key, or with it under another name, nothing is taken.
            let stranger = try APKTool(site, owner: owner, isTrusting: false)
            for _ in 0..<2 {
                let refused = try stranger.read()
                #expect(!refused.succeeded && refused.says("UNTRUSTED signature"), "\(refused)")
                try stranger.trust(keys[0].text, as: "key")
            }
            try stranger.trust(keys[0].text, as: name)
            #expect(try stranger.read().output == "hello-1.0-r0\n")
            let page = try site.get("/\(owner)/alpine/").text
            #expect(page.contains("wget -O /etc/apk/keys/\(name) "), "\(page)")
            #expect(page.contains("echo \(site.url)/\(owner)/alpine/v3.22/main &gt;&gt; /etc/apk/repositories"), "\(page)")
        }

        @Test func `a removed version is in no index any more`() throws {
            let owner = "alpine-gone"
            try publish(
                write("hello", "1.0-r0"), write("hello", "1.1-r0"), write("hello", "1.2-r0"),
                write("hello-data", "1-r0", "noarch"),
                owner: owner)
            let token = try site.token(owner)
            func remove(_ path: String, below prefix: String = "") throws -> Int {
                let address = "\(site.url)\(prefix)/\(owner)/alpine/v3.22/main/\(path)?wait=1"
                return try Curl.ask(["-u", "ci:\(token)", "-X", "DELETE", address]).status
            }
            let reader = try APKTool(site, owner: owner)
            #expect(try remove("x86_64/hello-1.2-r0.apk", below: "/api/packages") == 204)
            #expect(try reader.read().output == "hello-1.0-r0\nhello-1.1-r0\nhello-data-1-r0\n")
            #expect(try remove("noarch/hello-data-1-r0.apk") == 204)
            #expect(try reader.read().output == "hello-1.0-r0\nhello-1.1-r0\n")
            try site.indexgen("remove", "\(owner)/alpine", "hello", "1.1-r0")
            #expect(try reader.read().output == "hello-1.0-r0\n")
            for none in ["x86_64/hello-1.2-r0.apk", "x86_64/hello-9-r0.apk", "armv7/hello-1.0-r0.apk"] {
                #expect(try remove(none) == 404, "\(none)")
            }
            // An index without packages is fine.
            #expect(try remove("x86_64/hello-1.0-r0.apk") == 204)
            let empty = try reader.read()
            #expect(empty.succeeded && empty.output.isEmpty, "\(empty)")
        }

        @Test func `what cannot be taken is refused with words, and changes nothing`() throws {
            let owner = "alpine-refused"
            let package = try write("hello", "1.0-r0")
            try publish(package, owner: owner)
            let path = "alpine-refused/alpine/v3.22/main/x86_64/APKINDEX.tar.gz"
            let before = try site.read(path)
            #expect(try send(package, owner: owner).status == 200)
            let other = try AlpineFile.write("hello", "1.0-r0", greeting: "goodbye", into: sandbox.path + "/other")
            let cases: [(file: String, token: String?, status: Int, words: String)] = try [
                (other, nil, 409, "publish new bytes under a new version"),
                (sandbox.write("junk-1.0-r0.apk", "not a package"), nil, 400, "gzip"),
                (sandbox.write("new-1.0-r0.apk", "ADBd and what follows"), nil, 400, "version 3"),
                (write("odd", "1.0-r0", more: ["depend = a=one"]), nil, 400, "version"),
                (package, "ixg_wrong", 401, "token"), (package, site.token("somebody-else"), 403, owner),
            ]
            for (file, token, status, words) in cases {
                let answer = try send(file, owner: owner, token: token)
                #expect(answer.status == status && answer.says(words), "\(answer)")
            }
            #expect(try site.read(path) == before)
        }

        @Test(.needsAPK, .needs("tar")) func `made-up packages are listed as apk index lists them`() throws {
            let folder = try sandbox.folder("packages")
            let corpus = AlpineCorpus(seed: 7, names: 20)
            let files = try (0..<60).map { try corpus.file($0).write(into: folder) }
            try site.add([folder], owner: "alpine-parity", "--branch", "v3.22", "--repository", "main")
            let made = try Tool.run(
                [try #require(APKTool.program), "index", "--allow-untrusted", "--rewrite-arch", "x86_64", "-o", "index.tar.gz"]
                    + files,
                in: sandbox.path)
            #expect(made.succeeded, "\(made)")
            func records(_ index: String) throws -> [String] {
                try Tool.succeed(["tar", "-xzOf", index, "APKINDEX"]).components(separatedBy: "\n\n").sorted()
            }
            let ours = try records(site.file("alpine-parity/alpine/v3.22/main/x86_64/APKINDEX.unsigned.tar.gz"))
            #expect(try ours == records(sandbox.path + "/index.tar.gz"))
            #expect(ours.count == files.count + 1)
        }

        @Test(.needsAPK) func `a real apk installs, upgrades and removes, and refuses what was tampered with`() throws {
            let owner = "alpine-apk", folder = "alpine-apk/alpine/v3.22/main/x86_64"
            try publish(
                write("hello", "1.9-r0", more: Self.needs), write("hello-data", "2-r1", "noarch"), owner: owner)
            let apk = try APKTool(site, owner: owner)
            let added = try apk.run("add", "--no-scripts", "hello")
            #expect(try added.succeeded && apk.installed() == ["hello-1.9-r0", "hello-data-2-r1"], "\(added)")
            #expect(try apk.sandbox.text("root/usr/share/hello") == "hello from 1.9-r0\n")
            try publish(
                write("hello", "1.10-r0", more: Self.needs), write("hello", "1.11_rc1-r0", more: Self.needs),
                write("hello", "1.11-r0", "aarch64", more: Self.needs), owner: owner)
            let upgraded = try apk.run("upgrade", "--update-cache", "--no-scripts")
            #expect(try upgraded.succeeded && apk.installed() == ["hello-1.11_rc1-r0", "hello-data-2-r1"], "\(upgraded)")
            let pinned = try apk.run("add", "--no-scripts", "hello=1.10-r0")
            #expect(try pinned.succeeded && apk.installed() == ["hello-1.10-r0", "hello-data-2-r1"], "\(pinned)")
            let removed = try apk.run("del", "--no-scripts", "hello")
            #expect(try removed.succeeded && apk.installed().isEmpty, "\(removed)")
            for path in ["\(folder)/APKINDEX.tar.gz", "\(folder)/hello-1.11_rc1-r0.apk"] {
                let right = try site.read(path)
                try site.replace(path, flipMiddle)
                try apk.forget()
                let refused = try apk.run("add", "--no-scripts", "hello")
                #expect(!refused.succeeded, "\(path): \(refused)")
                try site.replace(path) { $0 = right }
            }
            let stranger = try APKTool(site, owner: owner, isTrusting: false)
            let refused = try stranger.run("add", "--no-scripts", "hello")
            #expect(!refused.succeeded && refused.says("UNTRUSTED signature"), "\(refused)")
        }
    }

    /// A site whose key changes.
    @Suite(.needs("curl", "python3"), .withSite(ingest: true)) struct AlpineKeyTests {
        let site: Site
        let sandbox: Sandbox

        init() throws {
            site = try .current
            sandbox = try Sandbox("alpine")
        }

        @Test func `while a former key is there, whoever has one of the two keys goes on`() throws {
            let owner = "alpine-keys", keys = site.folder + "/state/keys"
            func publish(_ version: String) throws {
                let file = try AlpineFile.write("hello", version, into: sandbox.path)
                let answer = try Curl.put(file, to: "\(site.url)/\(owner)/alpine/v3.22/main/?wait=1", token: site.token(owner))
                #expect(answer.status == 201, "\(answer)")
            }
            func install(_ tool: APKTool) throws -> Outcome {
                if APKTool.program == nil { return try tool.read() }
                try tool.forget()
                return try tool.run("add", "--no-scripts", "hello")
            }
            try publish("1.0-r0")
            let old = try APKTool(site, owner: owner)
            #expect(try install(old).succeeded)

            try FileManager.default.moveItem(atPath: "\(keys)/rsa.pem", toPath: "\(keys)/rsa-former.pem")
            try site.indexgen("generate")
            // The endpoint sees the change as well.
            try publish("1.1-r0")
            let names = try site.files(below: "\(owner)/alpine").filter { $0.hasSuffix(".rsa.pub") }
            #expect(names.count == 2, "\(names)")
            let key = try site.get("/\(owner)/alpine/key").text
            let new = try APKTool(site, owner: owner, isTrusting: false)
            let name = try #require(try names.first { try site.get("/\($0)").text == key })
            try new.trust(key, as: (name as NSString).lastPathComponent)
            for tool in [old, new] {
                let installed = try install(tool)
                #expect(installed.succeeded, "\(installed)")
            }

            try FileManager.default.removeItem(atPath: "\(keys)/rsa-former.pem")
            try site.indexgen("generate")
            let installed = try install(new), refused = try install(old)
            #expect(installed.succeeded, "\(installed)")
            #expect(!refused.succeeded && refused.says("UNTRUSTED signature"), "\(refused)")
            #expect(try site.files(below: "\(owner)/alpine").filter { $0.hasSuffix(".rsa.pub") } == [name])
        }
    }

    /// A site without a key.
    @Suite(.needs("curl", "python3"), .withSite(signed: false, ingest: true)) struct UnsignedAlpineTests {
        let site: Site
        let sandbox: Sandbox

        init() throws {
            site = try .current
            sandbox = try Sandbox("alpine")
        }

        private func publish(_ owner: String) throws {
            let file = try AlpineFile.write("hello", "1.0-r0", into: sandbox.path)
            let answer = try Curl.put(file, to: "\(site.url)/\(owner)/alpine/v3.22/main/?wait=1", token: site.token(owner))
            #expect(answer.status == 201, "\(answer)")
        }

        @Test func `the index is there without a signature, and no key is offered`() throws {
            try publish("plain")
            let reader = try APKTool(site, owner: "plain", isTrusting: false)
            let refused = try reader.read()
            #expect(!refused.succeeded && refused.says("a signature and one more"), "\(refused)")
            let folder = "plain/alpine/v3.22/main/x86_64"
            #expect(try site.read("\(folder)/APKINDEX.tar.gz") == site.read("\(folder)/APKINDEX.unsigned.tar.gz"))
            #expect(try site.get("/plain/alpine/key").status == 404)
            #expect(try site.files(below: "plain/alpine").allSatisfy { !$0.hasSuffix(".rsa.pub") })
            #expect(try site.get("/plain/alpine/").text.contains("apk add --allow-untrusted PACKAGE"))
        }

        @Test(.needsAPK) func `a real apk takes it when told to, and only then`() throws {
            try publish("plain-apk")
            let apk = try APKTool(site, owner: "plain-apk", isTrusting: false)
            let refused = try apk.run("add", "--no-scripts", "hello")
            #expect(!refused.succeeded && refused.says("UNTRUSTED signature"), "\(refused)")
            try apk.forget()
            let added = try apk.run("add", "--allow-untrusted", "--no-scripts", "hello")
            #expect(try added.succeeded && apk.installed() == ["hello-1.0-r0"], "\(added)")
        }
    }
}
