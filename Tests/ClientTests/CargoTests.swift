import Foundation
import Testing

/// The real cargo: publishes through nginx to `indexgen serve`, and fetches what became static files.
extension Clients {
    @Suite(.needsCargo, .withSite(ingest: true)) struct CargoTests {
        let site: Site

        init() throws { site = try .current }

        private func cargo(_ owner: String, below prefix: String = "") throws -> CargoTool {
            try CargoTool(site, owner: owner, below: prefix, token: site.token(owner))
        }

        /// A crate `app` that requires `hello-lib`.
        private func app(_ requirement: String, with cargo: CargoTool) throws {
            try cargo.write(
                "app", "0.1.0", requires: ["hello-lib": requirement],
                main: "fn main() { println!(\"with {}\", hello_lib::version()); }\n")
        }

        @Test(.needsCompiler, arguments: ["", "/api/packages"])
        func `a crate is published, visible when that returns, and built into another`(prefix: String) throws {
            let cargo = try cargo(prefix.isEmpty ? "cargo" : "cargo-p", below: prefix)
            // The very first crate of its owner.
            try cargo.publish("hello-lib", "1.0.0")
            try app("1", with: cargo)
            var ran = try cargo.run(in: "app", "run", "--quiet")
            #expect(ran.output == "with 1.0.0\n", "\(ran)")
            // Compiled before it is sent, too.
            try cargo.write("hello-lib", "1.1.0")
            let published = try cargo.run(in: "hello-lib", "publish", "--registry", "t", "--allow-dirty")
            #expect(published.succeeded && published.says("Published hello-lib v1.1.0"), "\(published)")
            let updated = try cargo.run(in: "app", "update")
            #expect(updated.says("v1.0.0") && updated.says("-> v1.1.0"), "\(updated)")
            ran = try cargo.run(in: "app", "run", "--quiet")
            #expect(ran.output == "with 1.1.0\n", "\(ran)")
        }

        @Test(.needsCompiler) func `features with dep, renamed and per-platform dependencies are resolved`() throws {
            let cargo = try cargo("cargo-features")
            try cargo.publish("hello-lib", "1.0.0")
            try cargo.publish("unix-lib", "0.3.0")
            try cargo.write(
                "middle", "0.1.0",
                more: """
                    other = { package = "hello-lib", version = "1", registry = "t", optional = true }

                    [target."cfg(unix)".dependencies]
                    unix-lib = { version = "0.3", registry = "t" }

                    [features]
                    default = ["greeting"]
                    greeting = ["dep:other"]
                    """)
            let published = try cargo.run(in: "middle", "publish", "--registry", "t", "--allow-dirty")
            #expect(published.succeeded, "\(published)")
            try cargo.write(
                "app", "0.1.0", requires: ["middle": "0.1"], main: "fn main() { println!(\"{}\", middle::version()); }\n")
            let ran = try cargo.run(in: "app", "run", "--quiet")
            #expect(ran.output == "0.1.0\n", "\(ran)")
            #expect(try cargo.locked("hello-lib", by: "app") == "1.0.0" && cargo.locked("unix-lib", by: "app") == "0.3.0")
        }

        @Test func `a yanked version is not chosen until the yank is undone`() throws {
            let cargo = try cargo("cargo-yank")
            try cargo.publish("hello-lib", "1.0.0")
            try cargo.publish("hello-lib", "1.1.0")
            try app("1", with: cargo)
            let yanked = try cargo.run(in: "app", "yank", "--registry", "t", "hello-lib@1.1.0")
            #expect(yanked.succeeded, "\(yanked)")
            var fetched = try cargo.run(in: "app", "fetch")
            #expect(fetched.succeeded, "\(fetched)")
            #expect(try cargo.locked("hello-lib", by: "app") == "1.0.0")
            try app("=1.1.0", with: cargo)
            fetched = try cargo.run(in: "app", "fetch")
            #expect(!fetched.succeeded && fetched.says("yanked"), "\(fetched)")
            let undone = try cargo.run(in: "app", "yank", "--undo", "--registry", "t", "hello-lib@1.1.0")
            #expect(undone.succeeded, "\(undone)")
            fetched = try cargo.run(in: "app", "fetch")
            #expect(fetched.succeeded, "\(fetched)")
            #expect(try cargo.locked("hello-lib", by: "app") == "1.1.0")
            let none = try cargo.run(in: "app", "yank", "--registry", "t", "hello-lib@9.0.0")
            #expect(!none.succeeded && none.says("404"), "\(none)")
        }

        @Test func `crates are searched for, and their only owner is the repository's`() throws {
            let cargo = try cargo("cargo-search")
            try cargo.publish("hello-lib", "1.0.0")
            try cargo.publish("hello-lib", "1.2.0")
            try cargo.publish("goodbye", "0.1.0")
            let found = try cargo.run(in: "goodbye", "search", "--registry", "t", "hello")
            #expect(found.says("hello-lib = \"1.2.0\"") && found.says("says its version") && !found.says("goodbye"), "\(found)")
            let owners = try cargo.run(in: "goodbye", "owner", "--list", "--registry", "t", "hello-lib")
            #expect(owners.succeeded && owners.says("cargo-search"), "\(owners)")
            for change in ["--add", "--remove"] {
                let refused = try cargo.run(in: "goodbye", "owner", change, "somebody", "--registry", "t", "hello-lib")
                #expect(!refused.succeeded && refused.says("indexgen token create"), "\(refused)")
            }
        }

        @Test func `what cannot be published is refused with words that cargo prints`() throws {
            var cargo = try cargo("cargo-refused")
            try cargo.publish("hello-lib", "1.0.0")
            func refuses(_ crate: String, _ words: String) throws {
                let refused = try cargo.publish(crate)
                #expect(!refused.succeeded && refused.says(words), "\(refused)")
            }
            // cargo looks it up before it sends anything.
            try refuses("hello-lib", "already exists")
            try cargo.write("hello-lib", "1.0.0+build")
            try refuses("hello-lib", "already exists")
            // Other bytes in the place of what was public once.
            try cargo.publish("hello-lib", "2.0.0")
            try site.indexgen("remove", "cargo-refused/cargo", "hello-lib", "2.0.0")
            try cargo.write("hello-lib", "2.0.0", more: "# other bytes")
            try refuses("hello-lib", "publish new bytes under a new version")
            for other in ["hello_lib", "Hello-lib"] {
                try cargo.write(other, "1.1.0")
                try refuses(other, "'hello-lib'")
            }
            try cargo.write("nul", "1.0.0")
            try refuses("nul", "Windows")
            try cargo.write("fresh", "1.0.0")
            cargo.token = "ixg_wrong"
            try refuses("fresh", "token")
            cargo.token = try site.token("somebody-else")
            try refuses("fresh", "in somebody-else")
            cargo.token = nil
            try refuses("fresh", "no token found")
            #expect(try site.get("/cargo-refused/cargo/fr/es/fresh").status == 404)
            #expect(try site.get("/cargo-refused/cargo/he/ll/hello-lib").text.components(separatedBy: "\n").count == 2)
        }

        @Test func `what is not here is refused by cargo`() throws {
            let cargo = try cargo("cargo-none")
            try cargo.publish("hello-lib", "1.0.0")
            try app("=9.9.9", with: cargo)
            let version = try cargo.run(in: "app", "fetch")
            #expect(!version.succeeded && version.says("candidate versions found which didn't match: 1.0.0"), "\(version)")
            try cargo.write("app", "0.1.0", requires: ["no-such-lib": "1"])
            let crate = try cargo.run(in: "app", "fetch")
            #expect(!crate.succeeded && crate.says("no matching package named `no-such-lib` found"), "\(crate)")
        }

        @Test func `a crate with other bytes than the index says is refused by cargo`() throws {
            let cargo = try cargo("cargo-tampered")
            try cargo.publish("hello-lib", "1.0.0")
            try app("1", with: cargo)
            let files = try site.files(below: "cargo-tampered/cargo/api").filter { $0.hasSuffix("/download") }
            #expect(!files.isEmpty)
            let right = try site.read(#require(files.first))
            for file in files { try site.replace(file, flipMiddle) }
            let refused = try cargo.run(in: "app", "fetch")
            #expect(!refused.succeeded && refused.says("failed to verify the checksum of `hello-lib v1.0.0"), "\(refused)")
            for file in files { try site.replace(file) { $0 = right } }
            try cargo.forget("app")
            let fetched = try cargo.run(in: "app", "fetch")
            #expect(fetched.succeeded, "\(fetched)")
        }
    }

    /// A registry that only readers with a password see.
    @Suite(.needsCargo, .withSite(settings: "private: [secret]\ncargo: {auth_required: true}", ingest: true))
    struct PrivateCargoTests {
        @Test func `a password in the token reads, and a token that is a password publishes, too`() throws {
            let site = try Site.current
            let token = try site.token("secret")
            try Data("\(Site.reader.name):{PLAIN}\(Site.reader.password)\nci:{PLAIN}\(token)\n".utf8)
                .write(to: URL(fileURLWithPath: site.folder + "/readers.htpasswd"))
            func basic(_ name: String, _ password: String) -> String {
                "Basic " + Data("\(name):\(password)".utf8).base64EncodedString()
            }
            var cargo = try CargoTool(site, owner: "secret", token: basic("ci", token))
            try cargo.publish("hello-lib", "1.0.0")
            try cargo.write("app", "0.1.0", requires: ["hello-lib": "1"])
            cargo.token = basic(Site.reader.name, Site.reader.password)
            let fetched = try cargo.run(in: "app", "fetch")
            #expect(fetched.succeeded, "\(fetched)")
            try cargo.write("hello-lib", "1.1.0")
            let refused = try cargo.publish("hello-lib")
            #expect(!refused.succeeded && refused.says("401"), "\(refused)")
            for wrong in [basic(Site.reader.name, "sesame"), nil] {
                cargo.token = wrong
                try cargo.forget("app")
                let stopped = try cargo.run(in: "app", "fetch")
                #expect(!stopped.succeeded && stopped.says("cargo login --registry t"), "\(stopped)")
            }
        }
    }
}
