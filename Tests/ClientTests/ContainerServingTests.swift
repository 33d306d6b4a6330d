import Foundation
import Testing

/// Images on sites of other kinds than the one with everything.
extension Clients {
    /// What is public is so without `indexgen serve`.
    @Suite(.withSite(ingest: true)) struct ContainerWithoutServeTests {
        @Test func `what is public needs no process of ours, and what is not there is missing`() throws {
            let site = try Site.current
            let registry = ContainerRegistry(site, "quiet/app", token: try site.token("quiet"))
            let everybody = ContainerRegistry(site, "quiet/app", token: nil)
            let image = try ContainerImage("quiet\n")
            try registry.push(image, as: "1")
            let index = try ContainerManifestText.index([image.descriptor("amd64")])
            #expect(try registry.put(index, as: "index").status == 201)
            #expect(try #require(site.ingest).stop() == 0)

            #expect(try everybody.send("GET", "/v2/").status == 401)
            #expect(try everybody.send("GET", "/v2/token").json["token"] as? String == "anonymous")
            for rest in ["manifests/1", "manifests/\(image.digest)", "manifests/index", "manifests/\(index.digest)", "tags/list"]
                + image.blobs.map({ "blobs/" + ContainerRegistry.sha256($0) })
            {
                for headers in [[:], ["Authorization": "Bearer anonymous"]] {
                    #expect(try everybody.get(rest, headers: headers).status == 200, "\(rest)")
                }
                #expect(try everybody.head(rest).status == 200, "\(rest)")
            }
            let absent = ContainerRegistry.sha256(Data("absent".utf8))
            for (rest, code) in [
                ("manifests/absent", "MANIFEST_UNKNOWN"), ("manifests/\(absent)", "MANIFEST_UNKNOWN"),
                ("blobs/\(absent)", "BLOB_UNKNOWN"),
            ] {
                let answer = try everybody.get(rest)
                #expect(answer.status == 404 && answer.codes == [code], "\(rest): \(answer) \(answer.text)")
                let head = try everybody.head(rest)
                #expect(
                    head.status == 404 && head["content-length"] == "\(answer.body.count)" && head.body.isEmpty,
                    "\(rest): \(head)")
            }
            #expect(try everybody.beside("quiet/nothing").get("tags/list").codes == ["NAME_UNKNOWN"])
            let referrers = try everybody.get("referrers/\(image.digest)")
            #expect(referrers.status == 200 && referrers["content-type"] == ContainerManifestText.index, "\(referrers)")
            #expect(referrers.manifests.isEmpty && referrers.json["schemaVersion"] as? Int == 2)
            guard Tool.path("skopeo") != nil else { return }
            let tool = try ContainerTool(site)
            let copied = try tool.skopeoCopy([
                "-q", "--all", "--src-tls-verify=false", "docker://\(tool.host)/quiet/app:index", "dir:out",
            ])
            #expect(try copied.succeeded && tool.file("out/manifest.json") == index.bytes, "\(copied)")
        }
    }

    /// The base stays where clients look for it.
    @Suite(.withSite(prefix: "/pkgs", settings: "private: [hidden]\nreaders: tokens", ingest: true))
    struct ContainerBelowPathTests {
        @Test func `a site below a path has its images at the root, and guards them there`() throws {
            let site = try Site.current
            let registry = ContainerRegistry(site, "path/app", token: try site.token("path"))
            let image = try ContainerImage("below a path\n")
            try registry.push(image, as: "1")
            let everybody = ContainerRegistry(site, "path/app", token: nil)
            #expect(try everybody.get("manifests/1").body == image.manifest.bytes)
            #expect(try everybody.get("tags/list?n=1").texts("tags") == ["1"])
            let realm = "Bearer realm=\"http://127.0.0.1:\(site.server.port)/v2/token\""
            #expect(try everybody.send("GET", "/v2/")["www-authenticate"]?.hasPrefix(realm) == true)
            #expect(try everybody.send("GET", "/pkgs/v2/").status == 404)
            #expect(try site.get("/path/container/app/manifests/1").body == image.manifest.bytes)
            #expect(try site.serverGet("/path/container/app/manifests/1").status == 404)

            let hidden = ContainerRegistry(site, "hidden/app", token: try site.token("hidden", rights: "upload,read"))
            try hidden.push(image, as: "1")
            let nobody = ContainerRegistry(site, "hidden/app", token: nil)
            for rest in ["manifests/1", "manifests/absent", "tags/list", "tags/list?n=1"] {
                let refused = try nobody.get(rest)
                #expect(refused.status == 401 && refused["www-authenticate"] != nil, "\(rest): \(refused)")
                #expect(try site.get("/hidden/container/app/\(rest)").status == 401, "\(rest)")
            }
            #expect(try hidden.get("manifests/1").body == image.manifest.bytes)
        }
    }

    /// Readers of private images with passwords of their own.
    @Suite(.withSite(settings: "private: [secret]", ingest: true)) struct ContainerPasswordTests {
        @Test func `a reader's password opens private images, and a token pushes`() throws {
            let site = try Site.current
            try site.writeReaders()
            let registry = ContainerRegistry(site, "secret/app", token: try site.token("secret"))
            let image = try ContainerImage("behind a password\n")
            try registry.push(image, as: "1")
            let open = ContainerRegistry(site, "open/app", token: try site.token("open"))
            try open.push(image, as: "1")
            let path = "/v2/secret/app/manifests/1"
            let right = ["Authorization": ContainerRegistry.basic(Site.reader.name, Site.reader.password)]
            let refused = try site.serverGet(path)
            #expect(refused.status == 401 && refused["www-authenticate"]?.hasPrefix("Basic ") == true, "\(refused)")
            #expect(refused.codes == ["UNAUTHORIZED"], "\(refused.text)")
            #expect(try site.serverGet(path, headers: right).body == image.manifest.bytes)
            // `indexgen serve` knows nothing of a reader: what is not there is missing all the same.
            let absent = try site.serverGet("/v2/secret/app/manifests/absent", headers: right)
            #expect(absent.status == 404 && absent.codes == ["MANIFEST_UNKNOWN"], "\(absent) \(absent.text)")
            #expect(try site.serverGet("/v2/secret/app/manifests/absent").status == 401)
            // The entrance lets in whoever has either, and asks for the password first.
            let entrance = try site.serverGet("/v2/")
            #expect(
                entrance.status == 401 && entrance["www-authenticate"]?.hasPrefix("Basic realm=\"packages\", Bearer ") == true,
                "\(entrance)")
            #expect(try site.serverGet("/v2/", headers: right).status == 200)
            #expect(try registry.send("GET", "/v2/").status == 200)
            let wrong = try site.serverGet(
                "/v2/", headers: ["Authorization": ContainerRegistry.basic(Site.reader.name, "sesame")])
            #expect(wrong.status == 401 && wrong.codes == ["UNAUTHORIZED"], "\(wrong)")
            guard Tool.path("skopeo") != nil else { return }
            let tool = try ContainerTool(site)
            func copy(_ name: String, _ creds: String?) throws -> Outcome {
                tool.forget("out")
                return try tool.skopeoCopy(
                    ["-q", "--src-tls-verify=false"] + (creds.map { ["--src-creds", $0] } ?? []) + [
                        "docker://\(tool.host)/\(name):1", "dir:out",
                    ])
            }
            let read = try copy("secret/app", "\(Site.reader.name):\(Site.reader.password)")
            #expect(read.succeeded, "\(read)")
            #expect(try !copy("secret/app", nil).succeeded)
            #expect(try !copy("secret/app", "\(Site.reader.name):sesame").succeeded)
            let everybody = try copy("open/app", nil)
            #expect(everybody.succeeded, "\(everybody)")
        }
    }
}
