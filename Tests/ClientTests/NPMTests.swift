import Foundation
import Testing

/// The real npm: publishes through nginx to `indexgen serve`, and installs what became static files.
extension Clients {
    @Suite(.needsNPM, .needs("curl"), .withSite(ingest: true)) struct NPMTests {
        let site: Site

        init() throws { site = try .current }

        /// npm as a publisher.
        private func npm(_ owner: String, below prefix: String = "") throws -> NPMTool {
            try NPMTool(site, owner: owner, below: prefix, token: site.token(owner))
        }

        /// Puts versions of a package into a repository, without npm.
        private func add(_ versions: String..., of name: String = "hello", owner: String, with npm: NPMTool) throws {
            try site.add(versions.map { try npm.tarball(name, $0) }, owner: owner)
        }

        @Test(arguments: ["", "/api/packages"])
        func `a package is published, visible when that returns, and installed with what it needs`(prefix: String) throws {
            let npm = try npm(prefix.isEmpty ? "npm" : "npm-p", below: prefix)
            try npm.publish("@acme/util", "1.0.0", "--access", "public")
            try npm.publish("hello", "1.0.0", requiring: ["@acme/util": "^1"])
            try npm.forget()
            #expect(try npm.install("hello") == "1.0.0")
            #expect(try npm.version(of: "@acme/util") == "1.0.0")
            #expect(try npm.say("require('hello') + ', ' + require('@acme/util')") == "hello 1.0.0, @acme/util 1.0.0")
            // As the lock file says, which has a digest and an address of each.
            try npm.publish("@acme/util", "1.1.0")
            let lock = try npm.sandbox.text("app/package-lock.json")
            #expect(lock.contains("sha512-") && lock.contains("/npm/@acme/util/-/util-1.0.0.tgz"), "\(lock)")
            try npm.forget()
            let clean = try npm.run("ci")
            #expect(try clean.succeeded && npm.version(of: "@acme/util") == "1.0.0", "\(clean)")
            let updated = try npm.run("update")
            #expect(try updated.succeeded && npm.version(of: "@acme/util") == "1.1.0", "\(updated)")
        }

        @Test func `ranges, tags and updates choose what npm's own registry would let them choose`() throws {
            let npm = try npm("npm-ranges")
            try add("1.0.0", "1.1.0", "1.10.0", "2.0.0-rc.1", owner: "npm-ranges", with: npm)
            try site.indexgen("mark", "dist-tag", "npm-ranges/npm", "hello", "--key", "old", "--value", "1.0.0")
            for (wanted, version) in [
                ("1.1.0", "1.1.0"), ("~1.1", "1.1.0"), ("<1.10", "1.1.0"), (">1.5", "1.10.0"), ("latest", "1.10.0"),
                ("old", "1.0.0"), (">=2.0.0-rc", "2.0.0-rc.1"),
            ] {
                #expect(try npm.install("hello", wanted) == version, "\(wanted)")
            }
            try npm.begin()
            #expect(try npm.install("hello", "^1.0.0") == "1.10.0")
            try npm.publish("hello", "1.11.0")
            let outdated = try npm.run("outdated")
            #expect(outdated.says("1.10.0") && outdated.says("1.11.0"), "\(outdated)")
            let updated = try npm.run("update")
            #expect(try updated.succeeded && npm.version(of: "hello") == "1.11.0", "\(updated)")
            // npm asked for both documents, and both were there.
            let missing = site.server.requests.filter { $0.contains("/npm-ranges/") && $0.hasSuffix(" 404") }
            #expect(missing == [])
        }

        @Test func `latest is the greatest release until somebody says otherwise, and never a pre-release by accident`() throws {
            let npm = try npm("npm-tags")
            func tags() throws -> [String] {
                let said = try npm.run("dist-tag", "ls", "hello")
                #expect(said.succeeded, "\(said)")
                return said.output.components(separatedBy: "\n").filter { $0.contains(": ") && !$0.hasPrefix("npm ") }
            }
            try npm.publish("hello", "1.0.0-a.1", "--tag", "next")
            #expect(try tags() == ["latest: 1.0.0-a.1", "next: 1.0.0-a.1"])
            try npm.publish("hello", "0.9.0")
            #expect(try tags() == ["latest: 0.9.0", "next: 1.0.0-a.1"])
            try npm.publish("hello", "1.0.0-a.2", "--tag", "next")
            #expect(try tags() == ["latest: 0.9.0", "next: 1.0.0-a.2"])
            for (arguments, expected) in [
                (["add", "hello@1.0.0-a.1", "latest"], ["latest: 1.0.0-a.1", "next: 1.0.0-a.2"]),
                (["rm", "hello", "next"], ["latest: 1.0.0-a.1"]), (["rm", "hello", "latest"], ["latest: 0.9.0"]),
            ] {
                let changed = try npm.run(in: "hello", "dist-tag", arguments[0], arguments[1], arguments[2])
                #expect(changed.succeeded, "\(changed)")
                #expect(try tags() == expected, "\(arguments)")
            }
            let none = try npm.run("dist-tag", "add", "hello@7.0.0", "beta")
            #expect(!none.succeeded && none.says("no version 7.0.0"), "\(none)")
        }

        @Test func `whoever installs a deprecated version is warned, until that is taken back`() throws {
            let npm = try npm("npm-deprecated")
            try add("1.0.0", "1.1.0", owner: "npm-deprecated", with: npm)
            let deprecated = try npm.run("deprecate", "hello@>1.0", "loses <data> & \"hope\"")
            #expect(deprecated.succeeded, "\(deprecated)")
            let warned = try npm.run("install", "hello@1.1.0")
            #expect(warned.succeeded && warned.says("deprecated hello@1.1.0: loses <data> & \"hope\""), "\(warned)")
            let other = try npm.run("install", "hello@1.0.0")
            #expect(other.succeeded && !other.says("deprecated"), "\(other)")
            let undone = try npm.run("deprecate", "hello@1.1.0", "")
            #expect(undone.succeeded, "\(undone)")
            try npm.begin()
            let quiet = try npm.run("install", "hello@1.1.0")
            #expect(quiet.succeeded && !quiet.says("deprecated"), "\(quiet)")
        }

        @Test func `a version and a package are unpublished, and other bytes do not come in their place`() throws {
            let npm = try npm("npm-gone")
            try add("1.0.0", "1.1.0", owner: "npm-gone", with: npm)
            try add("1.0.0", of: "@acme/util", owner: "npm-gone", with: npm)
            let version = try npm.run("unpublish", "hello@1.1.0")
            #expect(version.succeeded && version.says("- hello@1.1.0"), "\(version)")
            #expect(try npm.install("hello") == "1.0.0")
            let package = try npm.run("unpublish", "--force", "@acme/util")
            #expect(package.succeeded && package.says("- @acme/util"), "\(package)")
            let missing = try npm.run("view", "@acme/util")
            #expect(!missing.succeeded && missing.says("E404"), "\(missing)")
            try npm.write("hello", "1.1.0")
            let refused = try npm.run(in: "hello", "publish")
            #expect(!refused.succeeded && refused.says("publish new bytes under a new version"), "\(refused)")
            // The address that Gitea's users have in their scripts.
            let token = try site.token("npm-gone")
            let address = "\(site.url)/api/packages/npm-gone/npm/hello/-/1.0.0/hello-1.0.0.tgz/-rev/1-x"
            let deleted = try Curl.ask(["-H", "Authorization: Bearer \(token)", "-X", "DELETE", address])
            #expect(deleted.status == 200, "\(deleted)")
            #expect(try site.get("/npm-gone/npm/hello").status == 404)
        }

        @Test func `npm proves the registry's signatures, and finds one that is of something else`() throws {
            let npm = try npm("npm-signed")
            try add("1.0.0", owner: "npm-signed", with: npm)
            try add("1.0.0", of: "@acme/util", owner: "npm-signed", with: npm)
            try npm.install("hello")
            try npm.install("@acme/util")
            let proved = try npm.auditSignatures()
            #expect(proved.succeeded && proved.says("2 packages have verified registry signatures"), "\(proved)")
            for file in ["index.json", "corgi.json"] {
                try site.replace("npm-signed/npm/hello/\(file)") { bytes in
                    let text = String(decoding: bytes, as: UTF8.self)
                    bytes = Data(text.replacingOccurrences(of: "sha512-", with: "sha512-AA").utf8)
                }
                try FileManager.default.removeItem(atPath: site.file("npm-signed/npm/hello/\(file).gz"))
            }
            try npm.forget()
            let found = try npm.auditSignatures()
            #expect(!found.succeeded && found.says("1 package has an invalid registry signature"), "\(found)")
            #expect(found.says("hello@1.0.0") && !found.says("@acme/util@1.0.0"), "\(found)")
        }

        @Test func `a tarball with other bytes than the document says is refused by npm`() throws {
            let npm = try npm("npm-tampered")
            try add("1.0.0", owner: "npm-tampered", with: npm)
            let path = "npm-tampered/npm/hello/-/hello-1.0.0.tgz"
            let right = try site.read(path)
            try site.replace(path, flipMiddle)
            let refused = try npm.run("install", "hello")
            #expect(!refused.succeeded && refused.says("EINTEGRITY"), "\(refused)")
            #expect(try npm.version(of: "hello") == nil)
            try site.replace(path) { $0 = right }
            #expect(try npm.install("hello") == "1.0.0")
        }

        @Test func `whoever logs in with a token is known, finds packages, and is forgotten again`() throws {
            let npm = try NPMTool(site, owner: "npm-login")
            let token = try site.token("npm-login")
            // Before the first package.
            let ping = try npm.run("ping")
            #expect(ping.succeeded && ping.says("PONG"), "\(ping)")
            let nobody = try npm.run("whoami")
            #expect(!nobody.succeeded && nobody.says("ENEEDAUTH"), "\(nobody)")
            let wrong = try npm.logIn("ci", "ixg_wrong")
            #expect(!wrong.succeeded && wrong.says("E401"), "\(wrong)")
            let right = try npm.logIn("ci", token)
            #expect(right.succeeded && right.says("Logged in"), "\(right)")
            #expect(try npm.sandbox.text("home/.npmrc").contains("\(npm.account):_authToken=\(token)"))
            let handle = token.components(separatedBy: "_")[1]
            let known = try npm.run("whoami")
            #expect(known.succeeded && known.says(handle), "\(known)")
            try npm.publish("hello", "1.0.0")
            try npm.publish("goodbye", "0.1.0")
            let found = try npm.run("search", "hello")
            #expect(found.succeeded && found.says("hello") && found.says("says its version"), "\(found)")
            #expect(!found.says("goodbye"), "\(found)")
            let left = try npm.run("logout")
            #expect(try left.succeeded && !npm.sandbox.text("home/.npmrc").contains("ixg_"), "\(left)")
        }

        @Test func `what cannot be published is refused with words that npm prints, and changes nothing`() throws {
            let npm = try npm("npm-refused")
            try npm.publish("hello", "1.0.0")
            func refuses(_ package: String, _ words: String) throws {
                let refused = try npm.run(in: package, "publish")
                #expect(!refused.succeeded && refused.says(words), "\(refused)")
            }
            // The same bytes once more: npm sends again when an answer got lost.
            let again = try npm.run(in: "hello", "publish")
            #expect(again.succeeded, "\(again)")
            try npm.write("hello", "1.0.0", source: "module.exports = 'other'\n")
            try refuses("hello", "exists with other bytes")
            try npm.write("Hello", "1.1.0")
            try refuses("Hello", "it holds a capital")
            try npm.write("repository.key", "1.0.0")
            try refuses("repository.key", "kept for something else")
            try npm.write("hello", "1.1.0")
            try npm.use("ixg_wrong")
            try refuses("hello", "E401")
            try npm.use(site.token("somebody-else"))
            try refuses("hello", "it may not upload in npm-refused/npm")
            try npm.use(nil)
            try refuses("hello", "ENEEDAUTH")
            #expect(try site.get("/npm-refused/npm/hello").text.contains("hello-1.0.0.tgz"))
            #expect(try !site.get("/npm-refused/npm/hello").text.contains("1.1.0"))
            for name in ["Hello", "none", "@acme/none"] { #expect(try site.get("/npm-refused/npm/\(name)").status == 404) }
            let missing = try npm.run("install", "none")
            #expect(!missing.succeeded && missing.says("E404"), "\(missing)")
            let version = try npm.run("install", "hello@9")
            #expect(!version.succeeded && version.says("ETARGET"), "\(version)")
        }
    }

    /// A registry that only tokens read.
    @Suite(.needsNPM, .withSite(settings: "private: [secret]\nreaders: tokens", ingest: true)) struct PrivateNPMTests {
        @Test func `tokens of the owner read, others do not, and one that may only read changes nothing`() throws {
            let site = try Site.current
            let token = try site.token("secret"), reader = try site.token("secret", rights: "read")
            let npm = try NPMTool(site, owner: "secret", token: token)
            try npm.publish("@secret/util", "1.0.0")
            try npm.publish("hello", "1.0.0", requiring: ["@secret/util": "^1"])
            for right in [reader, token] {
                try npm.use(right)
                try npm.forget()
                try npm.begin()
                #expect(try npm.install("hello") == "1.0.0")
                let found = try npm.run("search", "hello")
                #expect(found.succeeded && found.says("says its version"), "\(found)")
            }
            let others: [(String?, String)] = try [
                (nil, "E401"), ("ixg_wrong", "E401"), (site.token("other"), "E403"),
                (site.token("other", rights: "read"), "E403"),
            ]
            for (wrong, code) in others {
                try npm.use(wrong)
                try npm.forget()
                try npm.begin()
                let refused = try npm.run("install", "hello")
                #expect(!refused.succeeded && refused.says(code), "\(refused)")
            }
            try npm.use(reader)
            try npm.write("hello", "1.1.0")
            let published = try npm.run(in: "hello", "publish")
            #expect(!published.succeeded && published.says("it may not upload"), "\(published)")
            let tagged = try npm.run("dist-tag", "add", "hello@1.0.0", "old")
            #expect(!tagged.succeeded && tagged.says("it may not upload"), "\(tagged)")
            let removed = try npm.run("unpublish", "--force", "hello")
            #expect(!removed.succeeded && removed.says("it may not delete"), "\(removed)")
            // What is private stays out of caches that many use, and every spelling of it is.
            for path in ["hello", "@secret/util", "@secret%2futil", "-/all.json", "-/v1/search?text=hello", "-/whoami", "-/ping"]
                + ["hello/corgi.json", "hello/-/hello-1.0.0.tgz", "@secret%2futil/-/1.0.0/util-1.0.0.tgz", "-/npm/v1/keys"]
            {
                for head in ["/secret/npm/", "/api/packages/secret/npm/"] {
                    #expect(try site.get(head + path).status == 401, "\(head)\(path)")
                    let answer = try site.get(head + path, headers: ["Authorization": "Bearer \(reader)"])
                    #expect(answer.status == 200, "\(head)\(path): \(answer)")
                    let caching = answer["cache-control"] ?? ""
                    #expect(caching.hasPrefix("private, ") || caching == "no-store", "\(head)\(path): \(answer)")
                }
            }
            // npm sends no token with a login.
            try npm.use(nil)
            let known = try npm.logIn("ci", reader)
            #expect(known.succeeded && known.says("Logged in"), "\(known)")
            try npm.forget()
            try npm.begin()
            #expect(try npm.install("hello") == "1.0.0")
        }
    }
}
