import Foundation
import Testing

/// The real pacman, which demands signatures, against static databases; what it gets came in by PUT.
extension Clients {
    @Suite(.needsPacman, .withSite(ingest: true)) struct ArchTests {
        let site: Site
        let sandbox: Sandbox

        init() throws {
            site = try .current
            sandbox = try Sandbox("arch")
        }

        private func write(
            _ name: String, _ version: String, _ architecture: String = "x86_64", more: [String] = [], greeting: String = "hello"
        ) throws -> String {
            try ArchFile.write(name, version, architecture, more: more, greeting: greeting, into: sandbox.path + "/built")
        }

        /// Sends a file as `curl -T` does to an address that ends with a slash.
        private func send(
            _ file: String, to repository: String = "core", owner: String, token: String? = nil, below prefix: String = ""
        ) throws -> Curl.Answer {
            let folder = repository.isEmpty ? "" : "\(repository)/"
            return try Curl.put(
                file, to: "\(site.url)\(prefix)/\(owner)/arch/\(folder)?wait=1", token: token ?? site.token(owner))
        }

        private func publish(_ files: String..., to repository: String = "core", owner: String, below prefix: String = "") throws
        {
            let token = try site.token(owner)
            for file in files {
                let answer = try send(file, to: repository, owner: owner, token: token, below: prefix)
                #expect(answer.status == 201, "\(file): \(answer)")
            }
        }

        /// What pacman shall never get past.
        private func refuses(_ pacman: PacmanTool, _ arguments: [String], _ words: String) throws {
            try pacman.forget()
            let refused = try arguments.count > 1 ? pacman.run(arguments[0], arguments[1]) : pacman.run(arguments[0])
            #expect(!refused.succeeded && refused.says(words), "\(refused)")
            let installed = try pacman.installed()
            #expect(installed.isEmpty, "\(installed)")
        }

        private static let greeter = ["group = greeters", "depend = hello-data>=1:0.5"]

        @Test(arguments: ["", "/api/packages"])
        func `the newest of each name is installed with what it needs, and the rest is told of it`(prefix: String) throws {
            let owner = prefix.isEmpty ? "arch" : "arch-p"
            try publish(
                write("hello", "1.10-1", more: Self.greeter), write("hello", "1.9-1", more: Self.greeter),
                write("hello-data", "1:0.9-1", "any"), write("hello-data", "1.0-1", "any"), owner: owner, below: prefix)
            let pacman = try PacmanTool(site, owner: owner, below: prefix)
            let requests = try site.server.requests {
                let installed = try pacman.run("-Sy", "hello")
                #expect(installed.succeeded, "\(installed)")
            }
            #expect(try pacman.installed() == ["hello 1.10-1", "hello-data 1:0.9-1"])
            #expect(try pacman.sandbox.text("root/usr/share/hello/greeting") == "hello from 1.10-1\n")
            let folder = "\(prefix)/\(owner)/arch/core/x86_64"
            for file in ["core.db", "hello-1.10-1-x86_64.pkg.tar.zst", "hello-data-1:0.9-1-any.pkg.tar.zst"] {
                #expect(requests.contains("GET \(folder)/\(file) 200"), "\(requests)")
                #expect(requests.contains("GET \(folder)/\(file).sig 200"), "\(requests)")
            }
            let files = try pacman.run("-Fy")
            #expect(files.succeeded, "\(files)")
            let owned = try pacman.run("-F", "usr/share/hello-data/greeting")
            #expect(owned.says("core/hello-data 1:0.9-1"), "\(owned)")
            let listed = try pacman.run("-Fl", "hello")
            #expect(listed.says("hello usr/share/hello/greeting"), "\(listed)")
            let group = try pacman.run("-Sg", "greeters")
            #expect(group.output == "greeters hello\n", "\(group)")
            let shown = try pacman.run("-Si", "hello")
            #expect(
                shown.says("says hello from 1.10-1") && shown.says("hello-data>=1:0.5") && shown.says("SHA-256 Sum"), "\(shown)")
            // Older versions are files like others.
            let old = try pacman.run("-U", "\(site.url)\(folder)/hello-1.9-1-x86_64.pkg.tar.zst")
            #expect(try old.succeeded && pacman.installed().first == "hello 1.9-1", "\(old)")
            let named = try pacman.run("-S", "hello=1.9-1")
            #expect(!named.succeeded && named.says("target not found"), "\(named)")
        }

        @Test func `a group is installed, and conflicts and replacements count`() throws {
            try publish(
                write("hello", "1.0-1", more: ["group = greeters"]), write("bye", "1.0-1", more: ["group = greeters"]),
                owner: "arch-group")
            let pacman = try PacmanTool(site, owner: "arch-group")
            let installed = try pacman.run("-Sy", "greeters")
            #expect(try installed.succeeded && pacman.installed() == ["bye 1.0-1", "hello 1.0-1"], "\(installed)")
            try publish(write("farewell", "1.0-1", more: ["replaces = bye", "conflict = bye"]), owner: "arch-group")
            let upgraded = try pacman.run("-Syu")
            #expect(try upgraded.succeeded && pacman.installed() == ["farewell 1.0-1", "hello 1.0-1"], "\(upgraded)")
        }

        @Test func `each change is seen at once, however fast they come, and nothing is downloaded without one`() throws {
            let owner = "arch-fast", folder = "arch-fast/arch/core/x86_64"
            try publish(write("hello", "1.0-1"), owner: owner)
            let pacman = try PacmanTool(site, owner: owner)
            #expect(try pacman.run("-Sy", "hello").succeeded)
            let pair = ["core.db", "core.db.sig"]
            func seconds() throws -> [Int] {
                try pair.map { name in
                    let attributes = try FileManager.default.attributesOfItem(atPath: site.file("\(folder)/\(name)"))
                    return Int(try #require(attributes[.modificationDate] as? Date).timeIntervalSince1970.rounded(.down))
                }
            }
            var before = try seconds()
            for number in 1...4 {
                try publish(write("hello", "1.\(number)-1"), owner: owner)
                let now = try seconds()
                for (old, new) in zip(before, now) { #expect(new > old, "\(before), then \(now)") }
                before = now
                let requests = try site.server.requests {
                    let upgraded = try pacman.run("-Syu")
                    #expect(upgraded.succeeded, "\(upgraded)")
                }
                #expect(requests.prefix(2).elementsEqual(pair.map { "GET /\(folder)/\($0) 200" }), "\(requests)")
                #expect(try pacman.installed() == ["hello 1.\(number)-1"])
            }
            let requests = try site.server.requests {
                let again = try pacman.run("-Syu")
                #expect(again.succeeded && again.says("nothing to do"), "\(again)")
            }
            #expect(requests == pair.map { "GET /\(folder)/\($0) 304" })
        }

        @Test func `what was tampered with is refused, and taken again when it is right`() throws {
            let owner = "arch-tampered", folder = "arch-tampered/arch/core/x86_64"
            try publish(write("hello", "1.0-1"), owner: owner)
            let pacman = try PacmanTool(site, owner: owner)
            let package = "\(folder)/hello-1.0-1-x86_64.pkg.tar.zst"
            let cases = [
                ("\(folder)/core.db", "invalid or corrupted database (PGP signature)"),
                ("\(folder)/core.db.sig", "invalid or corrupted database (PGP signature)"),
                (package, "invalid or corrupted package"),
            ]
            for (path, words) in cases {
                let right = try site.read(path)
                try site.replace(path, flipMiddle)
                try refuses(pacman, ["-Sy", "hello"], words)
                try site.replace(path) { $0 = right }
            }
            // A signature that is not there.
            for path in ["\(folder)/core.db.sig", "\(package).sig"] {
                let right = try site.read(path)
                try FileManager.default.removeItem(atPath: site.file(path))
                try refuses(pacman, ["-Sy", "hello"], "404")
                try right.write(to: URL(fileURLWithPath: site.file(path)))
            }
            // Another package's signature, below a right database.
            try publish(write("other", "1.0-1"), owner: owner)
            let right = try site.read("\(package).sig"), other = try site.read("\(folder)/other-1.0-1-x86_64.pkg.tar.zst.sig")
            try site.replace("\(package).sig") { $0 = other }
            try refuses(pacman, ["-Sy", "hello"], "invalid or corrupted package (PGP signature)")
            try site.replace("\(package).sig") { $0 = right }
            // Whoever does not look at signatures still has the digest.
            try pacman.configure(level: "Never")
            let bytes = try site.read(package)
            try site.replace(package, flipMiddle)
            try refuses(pacman, ["-Sy", "hello"], "invalid or corrupted package (checksum)")
            try site.replace(package) { $0 = bytes }
            try pacman.configure(level: "Required")
            let installed = try pacman.run("-Sy", "hello")
            #expect(try installed.succeeded && pacman.installed() == ["hello 1.0-1"], "\(installed)")
        }

        @Test func `without the site's key nothing is taken`() throws {
            try publish(write("hello", "1.0-1"), owner: "arch-stranger")
            let stranger = try PacmanTool(site, owner: "arch-stranger", isTrusting: false)
            try refuses(stranger, ["-Sy", "hello"], "key")
            let keys = try [
                "/arch-stranger/arch/repository.key", "/api/packages/arch-stranger/arch/repository.key", "/repository.key",
            ]
            .map { try site.get($0) }
            for key in keys { #expect(key.status == 200 && key.text.hasPrefix("-----BEGIN PGP PUBLIC KEY BLOCK-----"), "\(key)") }
            #expect(Set(keys.map(\.body)).count == 1)
            try stranger.trust(sandbox.write("site.key", keys[0].text))
            let installed = try stranger.run("-Sy", "hello")
            #expect(installed.succeeded, "\(installed)")
            let address = "\(site.url)/arch-stranger/arch"
            let page = try site.get("/arch-stranger/arch/").text
            for line in [
                "[core]", "SigLevel = Required", "Server = \(address)/core/$arch", "\(address)/repository.key",
                "pacman-key --lsign",
            ] {
                #expect(page.contains(line), "\(line): \(page)")
            }
        }

        @Test func `a maintainer's signature is what pacman gets`() throws {
            let owner = "arch-maintainer", folder = "arch-maintainer/arch/core/x86_64"
            let maintainer = try Maintainer()
            let package = try write("hello", "1.0-1")
            let signature = try maintainer.sign(package)
            let early = try send(signature, owner: owner)
            #expect(early.status == 409 && early.says("add that file first"), "\(early)")
            try publish(package, signature, owner: owner)
            let path = "\(folder)/hello-1.0-1-x86_64.pkg.tar.zst"
            let pacman = try PacmanTool(site, owner: owner)
            #expect(try site.read("\(path).sig") == Data(contentsOf: URL(fileURLWithPath: signature)))
            try refuses(pacman, ["-Sy", "hello"], "key")
            try pacman.trust(maintainer.key)
            let installed = try pacman.run("-Sy", "hello")
            #expect(installed.succeeded, "\(installed)")
            #expect(try send(signature, owner: owner).status == 200)
            // Not this package's: the database is right, and pacman is the one to say so.
            let other = try write("other", "1.0-1")
            let wrong = other + ".sig"
            try FileManager.default.copyItem(atPath: signature, toPath: wrong)
            try publish(other, wrong, owner: owner)
            let refused = try pacman.run("-Sy", "other")
            #expect(!refused.succeeded && refused.says("invalid or corrupted package (PGP signature)"), "\(refused)")
            // One that pacman could not read is told so at once.
            let armored = try maintainer.sign(write("third", "1.0-1"), isArmored: true)
            try publish(write("third", "1.0-1"), owner: owner)
            let answer = try send(armored, owner: owner)
            #expect(answer.status == 400 && answer.says("gpg --dearmor"), "\(answer)")
            let third = try pacman.run("-Sy", "third")
            #expect(third.succeeded, "with the site's own: \(third)")
        }

        @Test func `a mirror's layout, a section of any name and Gitea's repository without a name are found`() throws {
            let owner = "arch-names"
            for repository in ["core", "extra/testing", ""] {
                try publish(
                    write("hello", "1.0-1", more: ["depend = hello-data"]), write("hello-data", "1.0-1", "any"), to: repository,
                    owner: owner)
            }
            let places = [
                ("$repo/os/$arch", "core"), ("extra/$repo/os/$arch", "testing"), ("extra/$repo/$arch", "testing"),
                ("core/$arch", "acme.packages.example.org"), ("extra/testing/os/$arch", "any-name"), ("$arch", "packages"),
                ("$arch", "acme.packages.example.org"),
            ]
            for prefix in ["", "/api/packages"] {
                let pacman = try PacmanTool(site, owner: owner, below: prefix)
                for (server, section) in places {
                    try pacman.configure(
                        level: "Required", server: "\(site.url)\(prefix)/\(owner)/arch/\(server)", section: section)
                    try pacman.forget()
                    let installed = try pacman.run("-Sy", "hello", "hello-data")
                    #expect(installed.succeeded && installed.says("installing hello"), "\(server), \(section): \(installed)")
                    #expect(try pacman.installed() == ["hello 1.0-1", "hello-data 1.0-1"])
                    let files = try pacman.run("-Fy")
                    #expect(files.succeeded, "\(server), \(section): \(files)")
                }
            }
        }

        @Test func `databases have repo-add's names too, and packages for any machine are below each`() throws {
            let owner = "arch-aliases"
            try publish(write("hello", "1.0-1"), write("hello-data", "1.0-1", "any"), owner: owner)
            for prefix in ["/\(owner)/arch/core", "/api/packages/\(owner)/arch/core", "/\(owner)/arch/core/os"] {
                for (right, names) in [
                    "core.db": ["x.db", "core.db.tar.gz", "core.db.tar.zst"], "core.files": ["x.files", "core.files.tar.xz"],
                ] {
                    for suffix in ["", ".sig"] {
                        let bytes = try site.read("\(owner)/arch/core/x86_64/\(right)\(suffix)")
                        for name in names + [right] {
                            let answer = try site.get("\(prefix)/x86_64/\(name)\(suffix)")
                            #expect(answer.status == 200 && answer.body == bytes, "\(prefix)/x86_64/\(name)\(suffix): \(answer)")
                            #expect(answer["cache-control"] == "no-cache", "\(name): \(answer)")
                        }
                    }
                }
                for machine in ["x86_64", "aarch64", "any"] {
                    let answer = try site.get("\(prefix)/\(machine)/hello-data-1.0-1-any.pkg.tar.zst")
                    #expect(answer.status == 200 && answer["cache-control"] == "max-age=31536000, immutable", "\(answer)")
                    #expect(try site.get("\(prefix)/\(machine)/hello-data-1.0-1-any.pkg.tar.zst.sig").status == 200)
                }
                #expect(try site.get("\(prefix)/aarch64/core.db").status == 404)
                #expect(try site.get("\(prefix)/aarch64/hello-1.0-1-x86_64.pkg.tar.zst").status == 404)
            }
            #expect(try site.get("/\(owner)/arch/none/x86_64/none.db").status == 404)
        }

        @Test func `with a version removed the one before it counts, and removal is by Gitea's addresses or by the file's`()
            throws
        {
            let owner = "arch-gone"
            try publish(
                write("hello", "1.0-1"), write("hello", "1.1-1"), write("hello", "1.2-1"), write("hello", "1:0.1-1"), owner: owner
            )
            let pacman = try PacmanTool(site, owner: owner)
            let token = try site.token(owner)
            func remove(_ path: String) throws -> Int {
                try Curl.ask(["-u", "ci:\(token)", "-X", "DELETE", "\(site.url)/\(owner)/arch/core/\(path)?wait=1"]).status
            }
            func candidate() throws -> String {
                let listed = try pacman.run("-Syl", "core")
                return listed.lines(startingWith: "core hello ").first?.components(separatedBy: " ").last ?? "\(listed)"
            }
            #expect(try candidate() == "1:0.1-1")
            #expect(try remove("hello/1:0.1-1/x86_64") == 204)
            #expect(try candidate() == "1.2-1")
            #expect(try remove("x86_64/hello-1.2-1-x86_64.pkg.tar.zst") == 204)
            #expect(try candidate() == "1.1-1")
            try site.indexgen("remove", "\(owner)/arch", "hello", "1.1-1")
            #expect(try candidate() == "1.0-1")
            for none in ["hello/1.1-1/x86_64", "hello/9-1/x86_64", "x86_64/hello-9-1-x86_64.pkg.tar.zst"] {
                #expect(try remove(none) == 404, "\(none)")
            }
        }

        @Test func `what cannot be taken is refused with words, and changes nothing`() throws {
            let owner = "arch-refused"
            let package = try write("hello", "1.0-1")
            try publish(package, owner: owner)
            let before = try site.read("arch-refused/arch/core/x86_64/core.db")
            #expect(try send(package, owner: owner).status == 200)
            let other = try ArchFile.write("hello", "1.0-1", greeting: "goodbye", into: sandbox.path + "/other")
            let junk = try sandbox.write("junk-1.0-1-x86_64.pkg.tar.zst", "not a package")
            let bad = try write("hello", "1.0", more: ["depend = a"])
            let cases: [(file: String, token: String?, status: Int, words: String)] = try [
                (other, nil, 409, "publish new bytes under a new version"), (junk, nil, 400, "not a tar archive"),
                (bad, nil, 400, "release"), (package, "ixg_wrong", 401, "token"),
                (package, site.token("somebody-else"), 403, owner),
            ]
            for (file, token, status, words) in cases {
                let answer = try send(file, owner: owner, token: token)
                #expect(answer.status == status && answer.says(words), "\(answer)")
            }
            #expect(try site.read("arch-refused/arch/core/x86_64/core.db") == before)
        }
    }

    /// A site without a key.
    @Suite(.needsPacman, .withSite(signed: false, ingest: true)) struct UnsignedArchTests {
        @Test func `pacman takes it when told to, and only then, and checks digests`() throws {
            let site = try Site.current
            let sandbox = try Sandbox("arch")
            let token = try site.token("plain")
            for version in ["1.0-1", "1.1-1"] {
                let file = try ArchFile.write("hello", version, into: sandbox.path)
                #expect(try Curl.put(file, to: "\(site.url)/plain/arch/core/?wait=1", token: token).status == 201)
            }
            let pacman = try PacmanTool(site, owner: "plain", isTrusting: false)
            let refused = try pacman.run("-Sy", "hello")
            #expect(!refused.succeeded && refused.says("core.db.sig") && refused.says("404"), "\(refused)")
            #expect(try site.files(below: "plain/arch").allSatisfy { !$0.hasSuffix(".sig") && !$0.hasSuffix(".key") })
            for key in ["/plain/arch/repository.key", "/repository.key"] { #expect(try site.get(key).status == 404, "\(key)") }
            let path = "plain/arch/core/x86_64/hello-1.1-1-x86_64.pkg.tar.zst"
            let right = try site.read(path)
            for level in ["Optional TrustAll", "Never"] {
                try pacman.configure(level: level)
                try pacman.forget()
                try site.replace(path, flipMiddle)
                let tampered = try pacman.run("-Sy", "hello")
                #expect(!tampered.succeeded && tampered.says("invalid or corrupted package (checksum)"), "\(tampered)")
                try site.replace(path) { $0 = right }
            }
            let installed = try pacman.run("-Sy", "hello")
            #expect(try installed.succeeded && pacman.installed() == ["hello 1.1-1"], "\(installed)")
        }
    }

    /// An owner whom only readers with a password see.
    @Suite(.needsPacman, .withSite(settings: "private: [secret]", ingest: true)) struct PrivateArchTests {
        @Test func `a password in the server's address reads`() throws {
            let site = try Site.current
            try site.writeReaders()
            let sandbox = try Sandbox("arch")
            let file = try ArchFile.write("hello", "1.0-1", into: sandbox.path)
            #expect(try Curl.put(file, to: "\(site.url)/secret/arch/core/?wait=1", token: site.token("secret")).status == 201)
            let pacman = try PacmanTool(site, owner: "secret", isTrusting: false)
            try pacman.trust(site.file("secret/arch/repository.key"))
            let refused = try pacman.run("-Sy", "hello")
            #expect(!refused.succeeded && refused.says("401"), "\(refused)")
            let host = site.url.replacingOccurrences(of: "http://", with: "")
            try pacman.configure(
                level: "Required", server: "http://\(Site.reader.name):\(Site.reader.password)@\(host)/secret/arch/core/$arch")
            let installed = try pacman.run("-Sy", "hello")
            #expect(try installed.succeeded && pacman.installed() == ["hello 1.0-1"], "\(installed)")
        }
    }
}
