import Formats
import Foundation
import Testing

@testable import Kit

/// What npm's registry answers byte for byte: spellings of names, the two documents at one address, attestations.
extension Clients {
    @Suite(.needs("curl"), .withSite(ingest: true)) struct NPMAddressTests {
        static let abbreviated = "application/vnd.npm.install-v1+json"
        /// As npm 10 sends it.
        static let accept = abbreviated + "; q=1.0, application/json; q=0.8, */*"

        let site: Site
        let sandbox: Sandbox

        init() throws {
            site = try .current
            sandbox = try Sandbox("npm-addresses")
        }

        /// Adds packages of one version each, named `NAME VERSION`.
        private func add(_ packages: String..., owner: String) throws {
            let files = try packages.map { package in
                let words = package.components(separatedBy: " ")
                let builder = NPMBuilder(words[0], words[1]).with(#""description": "says hello""#)
                let file = "\(sandbox.path)/\(UUID().uuidString).tgz"
                try Data(builder.bytes).write(to: URL(fileURLWithPath: file))
                return file
            }
            try site.add(files, owner: owner)
        }

        private struct Packument: Decodable {
            struct Version: Decodable {
                struct Dist: Decodable {
                    var tarball: String
                    var integrity: String
                    var shasum: String
                }
                var version: String
                var dist: Dist
            }
            var name: String
            var versions: [String: Version]
            var tags: [String: String]

            enum CodingKeys: String, CodingKey {
                case name, versions
                case tags = "dist-tags"
            }
        }

        @Test func `every spelling of a name leads to it, with and without Gitea's prefix, and no other does`() throws {
            try add("@acme/util 1.0.0", "hello 1.0.0", owner: "npm-spelt")
            let document = try site.read("npm-spelt/npm/@acme/util/index.json")
            let tarball = try site.read("npm-spelt/npm/@acme/util/-/util-1.0.0.tgz")
            for head in ["/npm-spelt/npm/", "/api/packages/npm-spelt/npm/"] {
                for name in ["@acme/util", "@acme%2futil", "@acme%2Futil", "%40acme%2futil", "%40acme/util", "@acme%2futil/"] {
                    let answer = try site.get(head + name)
                    #expect(answer.status == 200 && answer.body == document, "\(head)\(name): \(answer)")
                }
                for name in ["@acme/util", "@acme%2futil"] {
                    for file in ["-/util-1.0.0.tgz", "-/1.0.0/util-1.0.0.tgz"] {
                        let answer = try site.get("\(head)\(name)/\(file)")
                        #expect(answer.status == 200 && answer.body == tarball, "\(head)\(name)/\(file): \(answer)")
                        #expect(answer["cache-control"] == "max-age=31536000, immutable", "\(answer)")
                        #expect(answer["content-encoding"] == nil, "\(answer)")
                    }
                    #expect(try site.get("\(head)-/package/\(name)/dist-tags").text == "{\"latest\":\"1.0.0\"}\n")
                }
                for name in [
                    "@ACME/util", "@acme%252futil", "util", "acme/util", "@acme", "@acme/none", "@acme/util/1.0.0", "none",
                ] {
                    let answer = try site.get(head + name)
                    #expect(answer.status != 200 && !answer.text.contains("says hello"), "\(head)\(name): \(answer)")
                }
            }
            for name in ["@acme%2futil", "hello"] {
                let packument = try JSONDecoder().decode(Packument.self, from: site.get("/npm-spelt/npm/\(name)").body)
                let dist = try #require(packument.versions["1.0.0"]?.dist)
                // Whole, since no client takes a relative one.
                #expect(dist.tarball.hasPrefix("\(site.url)/npm-spelt/npm/\(packument.name)/-/"), "\(dist.tarball)")
                #expect(try site.get(String(dist.tarball.dropFirst(site.server.url.count))).status == 200, "\(dist.tarball)")
                #expect(dist.integrity.hasPrefix("sha512-") && dist.shasum.utf8.count == 40)
            }
        }

        @Test func `one address has two documents, and a cache can tell them apart`() throws {
            try add("hello 1.0.0", "hello 1.1.0", owner: "npm-accept")
            let path = "/npm-accept/npm/hello"
            let whole = try site.read("npm-accept/npm/hello/index.json"), short = try site.read("npm-accept/npm/hello/corgi.json")
            #expect(whole.count > short.count)
            for (accept, body, type) in [
                (Self.accept, short, Self.abbreviated), (Self.abbreviated, short, Self.abbreviated),
                ("application/json", whole, "application/json"), ("*/*", whole, "application/json"),
            ] {
                let answer = try site.get(path, headers: ["Accept": accept])
                #expect(answer.status == 200 && answer.body == body && answer["content-type"] == type, "\(accept): \(answer)")
                #expect(answer["vary"] == "Accept, Accept-Encoding" && answer["cache-control"] == "no-cache", "\(answer)")
                let packument = try JSONDecoder().decode(Packument.self, from: answer.body)
                #expect(packument.versions.keys.sorted() == ["1.0.0", "1.1.0"] && packument.tags == ["latest": "1.1.0"])

                let head = try HTTP.get(port: site.server.port, path, method: "HEAD", headers: ["Accept": accept])
                #expect(head.status == 200 && head.body.isEmpty && head["content-type"] == type, "\(accept): \(head)")
                #expect(head["content-length"] == "\(body.count)" && head["etag"] == answer["etag"], "\(accept): \(head)")

                let packed = try site.get(path, headers: ["Accept": accept, "Accept-Encoding": "gzip"])
                #expect(packed["content-encoding"] == "gzip" && packed["content-type"] == type, "\(accept): \(packed)")
                #expect(packed["vary"] == "Accept, Accept-Encoding" && packed["etag"] != answer["etag"], "\(accept): \(packed)")
                let twin = accept.hasPrefix(Self.abbreviated) ? "corgi.json.gz" : "index.json.gz"
                #expect(try packed.body == site.read("npm-accept/npm/hello/\(twin)"), "\(accept)")

                let tag = try #require(answer["etag"])
                let same = try site.get(path, headers: ["Accept": accept, "If-None-Match": tag])
                #expect(same.status == 304 && same["vary"] == "Accept, Accept-Encoding", "\(accept): \(same)")
                let other = accept.hasPrefix(Self.abbreviated) ? "*/*" : Self.accept
                #expect(try site.get(path, headers: ["Accept": other, "If-None-Match": tag]).status == 200, "\(accept)")
            }
        }

        @Test func `whoever has an older document gets the new one, however soon it changes`() throws {
            try add("hello 1.0.0", "hello 1.1.0", owner: "npm-fresh")
            let token = try site.token("npm-fresh"), address = "\(site.url)/npm-fresh/npm/-/package/hello/dist-tags/old"
            let paths = ["/npm-fresh/npm/hello", "/npm-fresh/npm/-/package/hello/dist-tags"]
            var tags: [String: Set<String>] = [:]
            // Documents of the same length.
            for version in ["1.0.0", "1.1.0", "1.0.0", "1.1.0"] {
                let answer = try Curl.ask([
                    "-H", "Authorization: Bearer \(token)", "-H", "Content-Type: application/json", "-X", "PUT", "-d",
                    "\"\(version)\"", address,
                ])
                #expect(answer.status == 200, "\(answer)")
                for path in paths {
                    let document = try site.get(path)
                    #expect(document.text.contains("\"old\":\"\(version)\""), "\(document.text)")
                    #expect(tags[path, default: []].insert(document["etag"] ?? "").inserted, "\(path): \(document)")
                }
            }
        }

        /// What `npm publish --provenance` sends; npm itself would ask Sigstore's servers first. The tarball is base64, the bundle a text.
        private func publication(_ package: NPMBuilder, _ bundle: BundleBuilder, integrity: String) throws -> String {
            let base = "\(package.name)-\(package.version)"
            let text = String(decoding: bundle.bytes, as: UTF8.self)
            return try sandbox.write(
                "\(UUID().uuidString).json",
                """
                {"_id": "\(package.name)", "name": "\(package.name)", "dist-tags": {"latest": "\(package.version)"}, "versions": {
                "\(package.version)": {"name": "\(package.name)", "version": "\(package.version)", "dist": {"integrity": "\(integrity)"}}},
                "access": null, "_attachments": {
                "\(base).tgz": {"content_type": "application/octet-stream", "data": "\(Data(package.bytes).base64EncodedString())",
                "length": \(package.bytes.count)},
                "\(base).sigstore": {"content_type": "\(bundle.mediaType)",
                "data": \(String(decoding: JSONEncoder().encode(text), as: UTF8.self)), "length": \(bundle.bytes.count)}}}
                """)
        }

        @Test func `an attestation that came with a package is served, and one about other bytes is refused with it`() throws {
            let name = "@acme/web", token = try site.token("npm-attested")
            let package = NPMBuilder(name, "1.0.0")
            let sha512 = SHA512.of(package.bytes)
            let digest = Hex.string(sha512), integrity = "sha512-" + Data(sha512).base64EncodedString()
            func publish(about digest: String) throws -> Curl.Answer {
                let file = try publication(package, BundleBuilder(name, "1.0.0", sha512: digest), integrity: integrity)
                return try Curl.ask([
                    "-H", "Authorization: Bearer \(token)", "-H", "Content-Type: application/json", "-X", "PUT", "--data-binary",
                    "@\(file)", "\(site.url)/npm-attested/npm/@acme%2fweb",
                ])
            }
            let refused = try publish(about: String(repeating: "ab", count: 64))
            #expect(refused.status == 409 && refused.says("other bytes"), "\(refused)")
            #expect(try site.get("/npm-attested/npm/@acme%2fweb").status == 404)
            let taken = try publish(about: digest)
            #expect(taken.status == 201, "\(taken)")
            let again = try publish(about: digest)
            #expect(again.status == 200, "\(again)")
            #expect(try site.get("/npm-attested/npm/@acme%2fweb/-/web-1.0.0.tgz").body == Data(package.bytes))
            struct Attestations: Decodable {
                struct Attestation: Decodable {
                    struct Bundle: Decodable { var mediaType: String }
                    var predicateType: String
                    var bundle: Bundle
                }
                var attestations: [Attestation]
            }
            for path in ["@acme%2fweb@1.0.0", "@acme/web@1.0.0", "@acme%2fweb%401.0.0"] {
                let answer = try site.get("/npm-attested/npm/-/npm/v1/attestations/\(path)")
                #expect(answer.status == 200 && answer["content-type"] == "application/json", "\(path): \(answer)")
                let all = try JSONDecoder().decode(Attestations.self, from: answer.body).attestations
                #expect(all.map(\.predicateType) == ["https://slsa.dev/provenance/v1"], "\(path)")
                #expect(all.first?.bundle.mediaType == "application/vnd.dev.sigstore.bundle.v0.3+json", "\(path)")
            }
            let kept = try site.get("/npm-attested/npm/@acme/web/-/web-1.0.0.sigstore")
            #expect(kept.body == Data(BundleBuilder(name, "1.0.0", sha512: digest).bytes), "\(kept)")
            #expect(try site.get("/npm-attested/npm/-/npm/v1/attestations/@acme%2fweb@9.0.0").status == 404)
        }
    }
}
