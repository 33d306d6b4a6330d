import Formats
import Foundation
import Testing

@testable import IndexGen

/// Images that come in over the network, as clients of OCI registries send them: what is answered, what is kept, and what is public then.
struct ImagePushTests {
    private let config = ImageKit.Content(#"{"architecture":"amd64","os":"linux"}"#)
    private let layer = ImageKit.Content("a layer")
    private var manifest: ImageKit.Content { ImageKit.manifest(config, [layer]) }

    private func serve(
        _ test: TestSite, _ body: (ImageKit) async throws -> Void
    ) async throws {
        let token = try test.token(rights: [.upload, .delete])
        try await LiveServer.serve(test) { try await body(ImageKit(server: $0, token: token)) }
    }

    private func code(_ reply: LiveServer.Reply) -> String {
        let object = try? JSONSerialization.jsonObject(with: Data(reply.text.utf8)) as? [String: Any]
        return (object?["errors"] as? [[String: Any]])?.first?["code"] as? String ?? ""
    }

    @Test func `an image is public, whole and by its tag, when its manifest is acknowledged`() async throws {
        let test = try TestSite.ofImages()
        try await serve(test) { kit in
            for blob in [config, layer] {
                let reply = try await kit.pushBlob(blob, to: "team/app")
                #expect(reply.status == 201 && reply.header("Docker-Content-Digest") == blob.digest)
                #expect(reply.header("Location") == "/v2/acme/team/app/blobs/\(blob.digest)")
            }
            let reply = try await kit.push(manifest, to: "team/app", as: "v1")
            #expect(reply.status == 201 && reply.header("Docker-Content-Digest") == manifest.digest, "\(reply.whole)")
        }
        for name in ["v1", manifest.digest] {
            #expect(
                try test.text("acme/container/team/app/manifests/manifest/\(name)")
                    == String(decoding: manifest.bytes, as: UTF8.self))
        }
        #expect(try test.text("acme/container/team/app/blobs/\(layer.digest)") == "a layer")
        #expect(try test.text("acme/container/team/app/tags/list") == "{\"name\":\"acme/team/app\",\"tags\":[\"v1\"]}\n")
        #expect(try test.text("acme/container/_catalog") == "{\"repositories\":[\"acme/team/app\"]}\n")
        #expect(try test.faults().isEmpty)
        let grown = try test.tree()
        try test.startOver()
        #expect(try test.tree() == grown)
    }

    @Test func `a manifest comes in once all that it names is there`() async throws {
        let test = try TestSite.ofImages()
        try await serve(test) { kit in
            try await kit.pushBlob(config, to: "app")
            let early = try await kit.push(manifest, to: "app", as: "v1")
            #expect(early.status == 400 && code(early) == "MANIFEST_BLOB_UNKNOWN", "\(early)")
            let index = ImageKit.index([manifest])
            let childless = try await kit.push(index, to: "app", as: "v1", type: ImageKit.indexType)
            #expect(childless.status == 400 && code(childless) == "MANIFEST_BLOB_UNKNOWN", "\(childless)")
            // What lies in another image is not there.
            try await kit.pushBlob(layer, to: "other")
            #expect(try await kit.push(manifest, to: "app", as: "v1").status == 400)
            #expect(try await kit.server.send("GET", "/v2/acme/app/manifests/v1").status == 404)
            try await kit.pushBlob(layer, to: "app")
            #expect(try await kit.push(manifest, to: "app").status == 201)
            #expect(try await kit.push(index, to: "app", as: "v1", type: ImageKit.indexType).status == 201)
            let pulled = try await kit.server.send("GET", "/v2/acme/app/manifests/v1")
            #expect(pulled.status == 200 && pulled.header("Content-Type") == ImageKit.indexType)
            #expect(pulled.text == String(decoding: index.bytes, as: UTF8.self))
        }
        #expect(try test.faults().isEmpty)
    }

    @Test func `a manifest that is wrong about what it names, or stands too high above it, is refused`() async throws {
        let test = try TestSite.ofImages()
        let wrong = ImageKit.Content(
            String(decoding: manifest.bytes, as: UTF8.self).replacing("\"size\":\(layer.bytes.count)", with: "\"size\":8"))
        try await serve(test) { kit in
            for blob in [config, layer] { try await kit.pushBlob(blob, to: "app") }
            let lie = try await kit.push(wrong, to: "app", as: "v1")
            #expect(lie.status == 400 && lie.text.contains("has 7 bytes, and it says 8"), "\(lie)")
            try await kit.push(manifest, to: "app")
            var top = manifest
            var statuses: [Int] = []
            for level in 0..<10 {
                top = ImageKit.index([top], of: level == 0 ? ImageKit.manifestType : ImageKit.indexType)
                statuses.append(try await kit.push(top, to: "app", type: ImageKit.indexType).status)
            }
            #expect(statuses == Array(repeating: 201, count: 7) + Array(repeating: 400, count: 3))
        }
        #expect(try test.faults().isEmpty)
    }

    @Test func `an upload goes on after a broken range, and after a restart`() async throws {
        let test = try TestSite.ofImages()
        let token = try test.token(rights: [.upload])
        let (first, second) = ("the first half, ", "and the second")
        let blob = ImageKit.Content(first + second)
        var place = ""
        try await LiveServer.serve(test) { server in
            place = try #require(try await server.send("POST", "/v2/acme/app/blobs/uploads/", token: token).header("Location"))
            let status = try await server.send("GET", place, token: token)
            #expect(status.status == 204 && status.header("Range") == "0-0")
            let sent = try await server.send(
                "PATCH", place, token: token, [UInt8](first.utf8), headers: ["Content-Range": "0-\(first.utf8.count - 1)"])
            #expect(sent.status == 202 && sent.header("Range") == "0-\(first.utf8.count - 1)", "\(sent.whole)")
            for range in ["0-13", "17-30", "15-13", "x"] {
                let wrong = try await server.send(
                    "PATCH", place, token: token, [UInt8](second.utf8), headers: ["Content-Range": range])
                #expect(wrong.status == 416 && wrong.header("Range") == "0-\(first.utf8.count - 1)", "\(range): \(wrong.whole)")
            }
        }
        try await LiveServer.serve(test) { server in
            let status = try await server.send("GET", place, token: token)
            #expect(status.status == 204 && status.header("Range") == "0-\(first.utf8.count - 1)")
            let done = try await server.send("PUT", "\(place)?digest=\(blob.digest)", token: token, [UInt8](second.utf8))
            #expect(done.status == 201, "\(done)")
            #expect(try await server.send("GET", place, token: token).status == 404)
            #expect(try await server.send("GET", "/v2/acme/app/blobs/\(blob.digest)").text == first + second)
        }
        #expect(try Files.names(in: "\(test.folder)/state/pieces").isEmpty)
    }

    @Test func `an upload is its sender's, in its image, until it is given up`() async throws {
        let test = try TestSite.ofImages()
        let (own, other) = (try test.token(rights: [.upload]), try test.token(rights: [.upload]))
        try await LiveServer.serve(test) { server in
            let place = try #require(try await server.send("POST", "/v2/acme/app/blobs/uploads", token: own).header("Location"))
            for (address, token) in [(place, other), (place.replacing("/app/", with: "/b/"), own)] {
                for method in ["PATCH", "GET", "DELETE"] {
                    let reply = try await server.send(method, address, token: token, method == "PATCH" ? [1] : [])
                    #expect(reply.status == 404, "\(method) \(address): \(reply)")
                    if method == "PATCH" { #expect(code(reply) == "BLOB_UPLOAD_UNKNOWN") }
                }
            }
            #expect(try await server.send("GET", place).status == 401)
            #expect(try await server.send("DELETE", place, token: own).status == 204)
            #expect(try await server.send("GET", place, token: own).status == 404)
        }
        #expect(try Files.names(in: "\(test.folder)/state/pieces").isEmpty)
    }

    @Test func `other bytes than the digest says are refused, and leave nothing`() async throws {
        let test = try TestSite.ofImages()
        try await serve(test) { kit in
            let begun = try await kit.server.send("POST", "/v2/acme/app/blobs/uploads/", token: kit.token)
            let place = try #require(begun.header("Location"))
            _ = try await kit.server.send("PATCH", place, token: kit.token, "other bytes")
            let wrong = try await kit.server.send("PUT", "\(place)?digest=\(layer.digest)", token: kit.token)
            #expect(wrong.status == 400 && code(wrong) == "DIGEST_INVALID", "\(wrong)")
            #expect(try await kit.server.send("GET", place, token: kit.token).status == 404)
            for digest in ["sha256:12", "md5:\(String(repeating: "0", count: 32))", "x"] {
                let reply = try await kit.server.send(
                    "POST", "/v2/acme/app/blobs/uploads/?digest=\(digest)", token: kit.token, "bytes")
                #expect(reply.status == 400 && code(reply) == "DIGEST_INVALID", "\(digest): \(reply)")
            }
            let whole = try await kit.server.send(
                "POST", "/v2/acme/app/blobs/uploads/?digest=\(layer.digest)", token: kit.token, layer.bytes)
            #expect(whole.status == 201, "\(whole)")
        }
        #expect(try test.catalog.repositories().count == 1)
        #expect(try test.site.blobs.all().count == 1)
    }

    @Test func `a blob is mounted from where its sender may read`() async throws {
        let test = try TestSite.ofImages("private: [\"secret\"]\n")
        let (acme, secret) = (try test.token(rights: [.upload]), try test.token(owner: "secret", rights: [.upload]))
        let both = try test.token(owner: "*", rights: [.upload, .read])
        try await LiveServer.serve(test) { server in
            for (owner, token) in [("acme", acme), ("secret", secret)] {
                let blob = owner == "acme" ? layer : config
                let reply = try await server.send(
                    "POST", "/v2/\(owner)/from/blobs/uploads/?digest=\(blob.digest)", token: token, blob.bytes)
                #expect(reply.status == 201, "\(reply)")
            }
            func mount(_ blob: ImageKit.Content, from: String?, _ token: String) async throws -> Int {
                try await server.send(
                    "POST", "/v2/acme/to/blobs/uploads/?mount=\(blob.digest)\(from.map { "&from=\($0)" } ?? "")", token: token
                ).status
            }
            #expect(try await mount(config, from: "secret/from", acme) == 202)
            #expect(try await mount(config, from: nil, acme) == 202)
            #expect(try await mount(layer, from: "acme/nothing", acme) == 202)
            #expect(try await mount(layer, from: "elsewhere.example.org/x", acme) == 202)
            #expect(try await server.send("HEAD", "/v2/acme/to/blobs/\(config.digest)").status == 404)
            #expect(try await mount(layer, from: "acme%2Ffrom", acme) == 201)
            #expect(try await mount(config, from: "secret/from", both) == 201)
            #expect(try await server.send("GET", "/v2/acme/to/blobs/\(layer.digest)").text == "a layer")
        }
        #expect(try test.site.blobs.all().count == 2, "no byte is stored twice")
    }

    @Test func `an image of an owner can be private`() async throws {
        let test = try TestSite.ofImages("private: [acme/container/secret, \"acme/container/team/*\"]\n")
        try await serve(test) { kit in
            for image in ["open", "secret", "team/app", "secretary"] {
                for blob in [config, layer] { try await kit.pushBlob(blob, to: image) }
                #expect(try await kit.push(manifest, to: image, as: "v1").status == 201)
                let isPrivate = image == "secret" || image == "team/app"
                for address in ["manifests/v1", "blobs/\(layer.digest)", "tags/list"] {
                    let (open, known) = (
                        try await kit.server.send("GET", "/v2/acme/\(image)/\(address)"),
                        try await kit.server.send("GET", "/v2/acme/\(image)/\(address)", token: kit.token)
                    )
                    #expect(open.status == (isPrivate ? 401 : 200), "\(image)/\(address): \(open)")
                    #expect(known.status == 200, "\(image)/\(address): \(known)")
                    let asked = try await kit.server.send("GET", "/-/readers/v2/acme/\(image)/\(address)")
                    #expect(asked.status == (isPrivate ? 401 : 204), "\(image)/\(address): \(asked)")
                }
            }
            let names = try await kit.server.send("GET", "/v2/_catalog", token: "anonymous").text
            #expect(names == "{\"repositories\":[\"acme/open\",\"acme/secretary\"]}", "\(names)")
        }
    }

    @Test func `a tag moves, and is taken back`() async throws {
        let test = try TestSite.ofImages()
        let second = ImageKit.manifest(config, [layer, config])
        try await serve(test) { kit in
            for blob in [config, layer] { try await kit.pushBlob(blob, to: "app") }
            try await kit.push(manifest, to: "app", as: "v1")
            try await kit.push(manifest, to: "app", as: "latest")
            try await kit.push(second, to: "app", as: "latest")
            let index = ImageKit.index([manifest, second])
            #expect(
                try test.text("acme/container/app/manifests/manifest/latest") == String(decoding: second.bytes, as: UTF8.self))
            // A tag may become one of another kind.
            #expect(try await kit.push(index, to: "app", as: "latest", type: ImageKit.indexType).status == 201)
            #expect(try test.text("acme/container/app/manifests/index/latest") == String(decoding: index.bytes, as: UTF8.self))
            #expect(try FileStatus.of("\(test.site.publicRoot)/acme/container/app/manifests/manifest/latest") == nil)
            #expect(try test.text("acme/container/app/tags/list") == "{\"name\":\"acme/app\",\"tags\":[\"latest\",\"v1\"]}\n")
            for tag in ["latest", "v1"] {
                let gone = try await kit.server.send("DELETE", "/v2/acme/app/manifests/\(tag)", token: kit.token)
                #expect(gone.status == 202, "\(gone)")
                #expect(try await kit.server.send("GET", "/v2/acme/app/manifests/\(tag)").status == 404)
            }
            // What it stood for stays.
            #expect(try await kit.server.send("GET", "/v2/acme/app/manifests/\(second.digest)").status == 200)
            try await kit.push(manifest, to: "app", as: "v1")
        }
        #expect(try test.faults().isEmpty)
        let grown = try test.tree()
        try test.startOver()
        #expect(try test.tree() == grown)
        let history = try test.catalog.history(HistoryQuery())
        #expect(history.filter { $0.action == "mark" }.count == 5 && history.filter { $0.action == "unmark" }.count == 2)
    }

    @Test func `what an image needs stays while it does, and goes after the grace period`() async throws {
        let test = try TestSite.ofImages()
        let index = ImageKit.index([manifest])
        try await serve(test) { kit in
            for blob in [config, layer] { try await kit.pushBlob(blob, to: "app") }
            try await kit.pushBlob(ImageKit.Content("nobody's"), to: "app")
            try await kit.push(manifest, to: "app")
            try await kit.push(index, to: "app", as: "v1", type: ImageKit.indexType)
            for address in ["blobs/\(layer.digest)", "manifests/\(manifest.digest)"] {
                let reply = try await kit.server.send("DELETE", "/v2/acme/app/\(address)", token: kit.token)
                #expect(reply.status == 405 && code(reply) == "UNSUPPORTED", "\(address): \(reply)")
            }
            test.time.advance(90_000)
            let pruner = Pruner(site: test.site, catalog: test.catalog)
            #expect(try pruner.releaseParts(rehearsing: true).map(\.sha256) == [SHA256Digest.of([UInt8]("nobody's".utf8))])
            #expect(try pruner.releaseParts(rehearsing: false).count == 1)
            for address in ["manifests/\(index.digest)", "manifests/\(manifest.digest)"] {
                #expect(try await kit.server.send("DELETE", "/v2/acme/app/\(address)", token: kit.token).status == 202)
            }
            #expect(try await kit.server.send("GET", "/v2/acme/app/manifests/v1").status == 404)
            #expect(try pruner.releaseParts(rehearsing: false).isEmpty, "the image went just now")
            // What comes back needs what it needed.
            #expect(try await kit.push(manifest, to: "app", as: "v1").status == 201)
            #expect(
                try await kit.server.send("DELETE", "/v2/acme/app/manifests/\(manifest.digest)", token: kit.token).status == 202)
            test.time.advance(90_000)
            #expect(try pruner.releaseParts(rehearsing: false).count == 2)
            #expect(try await kit.push(manifest, to: "app", as: "v1").status == 400)
        }
        #expect(try test.faults().isEmpty)
    }

    @Test func `what only a deleted image needed stays for as long as the settings say, also when nothing else is left of that`()
        async throws
    {
        let test = try TestSite.ofImages("container:\n  keep_untagged_days: 3\n")
        let index = ImageKit.index([manifest])
        let pruner = Pruner(site: test.site, catalog: test.catalog)
        try await serve(test) { kit in
            for blob in [config, layer] { try await kit.pushBlob(blob, to: "app") }
            try await kit.push(manifest, to: "app")
            try await kit.push(index, to: "app", as: "v1", type: ImageKit.indexType)
            test.time.advance(10 * 86_400)
            #expect(
                try await kit.server.send("DELETE", "/v2/acme/app/manifests/\(index.digest)", token: kit.token).status == 202)
        }
        /// What a run of `indexgen prune` lets go: manifests, parts, and what is deleted for good.
        func prune() throws -> [Int] {
            let counts = try [pruner.retire(rehearsing: false).files.count, pruner.releaseParts(rehearsing: false).count]
            try test.generate()
            return try counts + [pruner.run(rehearsing: false).packages.count]
        }
        #expect(try prune() == [0, 0, 1])
        test.time.advance(2 * 86_400)
        #expect(try prune() == [0, 0, 0], "the manifest below it is untagged since two days")
        test.time.advance(2 * 86_400)
        #expect(try prune() == [1, 0, 1])
        #expect(try prune() == [0, 0, 0], "its layers are needed by nothing since just now")
        test.time.advance(90_000)
        #expect(try prune() == [0, 2, 2])
        #expect(try test.faults().isEmpty)
        #expect(try test.site.blobs.all().isEmpty)
    }

    @Test func `prune takes back the tags that the settings keep no longer, and then what they stood for`() async throws {
        let test = try TestSite.ofImages(
            """
            container:
              keep_tags: 2
              keep_tags_like: ["release-*"]
              keep_untagged_days: 3
              images: {"kept": {keep_tags: 0, keep_untagged_days: 0}}

            """)
        let manifests = (0..<5).map { ImageKit.manifest(config, [ImageKit.Content("layer \($0)")]) }
        let signature = ImageKit.manifest(config, [], about: manifests[4], kind: "application/x.signature")
        let pruner = Pruner(site: test.site, catalog: test.catalog)
        try await serve(test) { kit in
            for image in ["app", "kept"] {
                try await kit.pushBlob(config, to: image)
                for (number, manifest) in manifests.enumerated() {
                    try await kit.pushBlob(ImageKit.Content("layer \(number)"), to: image)
                    let tag = number == 0 ? "release-1" : "v\(number)"
                    #expect(try await kit.push(manifest, to: image, as: tag).status == 201)
                    test.time.advance(60)
                }
                // What belongs to another manifest neither counts nor goes before it.
                #expect(try await kit.push(signature, to: image).status == 201)
                let attached = manifests[4].digest.replacing(":", with: "-") + ".sig"
                #expect(try await kit.push(manifests[1], to: image, as: attached).status == 201)
            }
            let rehearsed = try pruner.retire(rehearsing: true)
            #expect(rehearsed.marks.map(\.mark.key) == ["v2", "v1"] && rehearsed.marks.allSatisfy { $0.mark.name == "app" })
            #expect(rehearsed.files.isEmpty)
            #expect(try pruner.retire(rehearsing: false).marks.count == 2)
            #expect(try pruner.retire(rehearsing: false).marks.isEmpty)
            try test.generate()
            let list = try test.text("acme/container/app/tags/list")
            #expect(list.contains("v3") && list.contains("v4") && list.contains("release-1") && !list.contains("v2"))
            // The manifest can be pulled by its digest for a while.
            #expect(try await kit.server.send("GET", "/v2/acme/app/manifests/\(manifests[2].digest)").status == 200)
            test.time.advance(4 * 86_400)
            let gone = try pruner.retire(rehearsing: false)
            #expect(gone.files.map(\.version) == [manifests[2].digest], "that of v1 has another tag")
            #expect(try pruner.releaseParts(rehearsing: false).isEmpty, "its layer was needed until now")
            #expect(
                try await kit.server.send("DELETE", "/v2/acme/app/manifests/\(manifests[4].digest)", token: kit.token).status
                    == 202)
            #expect(try pruner.retire(rehearsing: true).files.map(\.version) == [signature.digest])
        }
        try test.generate()
        #expect(try test.faults().isEmpty)
        let grown = try test.tree()
        try test.startOver()
        #expect(try test.tree() == grown)
    }

    @Test func `referrers are listed with their subject, whichever came first`() async throws {
        let test = try TestSite.ofImages()
        let signature = ImageKit.manifest(config, [], about: manifest, kind: "application/x.signature")
        let list = ImageKit.manifest(config, [], about: manifest, kind: "application/x.sbom")
        try await serve(test) { kit in
            for blob in [config, layer] { try await kit.pushBlob(blob, to: "app") }
            let reply = try await kit.push(signature, to: "app")
            #expect(reply.status == 201 && reply.header("OCI-Subject") == manifest.digest, "\(reply.whole)")
            try await kit.push(manifest, to: "app", as: "v1")
            try await kit.push(list, to: "app")
            let all = try await kit.server.send("GET", "/v2/acme/app/referrers/\(manifest.digest)")
            #expect(all.status == 200 && all.text.contains(signature.digest) && all.text.contains(list.digest))
            let some = try await kit.server.send(
                "GET", "/v2/acme/app/referrers/\(manifest.digest)?artifactType=application/x.sbom")
            #expect(!some.text.contains(signature.digest) && some.text.contains(list.digest))
            #expect(some.header("OCI-Filters-Applied") == "artifactType")
            #expect(try test.text("acme/container/app/referrers/\(manifest.digest)") == all.text)
        }
    }

    @Test func `credentials for a while are as good as the token, for what they were asked for`() async throws {
        let test = try TestSite.ofImages("private: [\"acme\"]\n")
        let token = try test.token(rights: [.upload])
        try await LiveServer.serve(test) { server in
            let challenge = try await server.send("GET", "/v2/")
            #expect(challenge.status == 401)
            #expect(
                challenge.header("WWW-Authenticate")
                    == "Bearer realm=\"http://127.0.0.1:8080/v2/token\",service=\"container_registry\"")
            func ticket(_ scope: String, _ token: String?) async throws -> (Int, String?) {
                let reply = try await server.send("GET", "/v2/token?service=container_registry&scope=\(scope)", token: token)
                let object = try? JSONSerialization.jsonObject(with: Data(reply.text.utf8)) as? [String: Any]
                return (reply.status, object?["token"] as? String)
            }
            #expect(try await ticket("repository:acme/app:pull", "ixg_wrong").0 == 401)
            #expect(try await ticket("repository:acme/app:pull", nil) == (200, "anonymous"))
            let (_, push) = try await ticket("repository:acme/app:pull,push", token)
            #expect(try await server.send("GET", "/v2/", token: push).status == 200)
            #expect(try await server.send("POST", "/v2/acme/app/blobs/uploads/", token: push).status == 202)
            let elsewhere = try await server.send("POST", "/v2/acme/other/blobs/uploads/", token: push)
            #expect(elsewhere.status == 401)
            #expect(elsewhere.header("WWW-Authenticate")?.contains("scope=\"repository:acme/other:pull,push\"") == true)
            #expect(try await server.send("GET", "/v2/acme/app/tags/list?n=1", token: "anonymous").status == 401)
            #expect(try await server.send("GET", "/v2/acme/app/tags/list?n=1", token: push).status == 404)
            test.time.advance(Int64(Ticket.validity) + 1)
            #expect(try await server.send("POST", "/v2/acme/app/blobs/uploads/", token: push).status == 401)
        }
    }
}
