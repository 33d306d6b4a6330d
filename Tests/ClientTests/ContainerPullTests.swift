import Foundation
import Testing

extension Clients {
    /// Images through nginx. What is asserted of the interface itself follows the conformance suite of the OCI Distribution Specification 1.1,
    /// category by category: pull, push, discovery, management.
    @Suite(.withSite(settings: "private: [hidden, \"team-*\"]\nreaders: tokens", ingest: true)) enum Containers {}
}

extension Clients.Containers {
    /// The category "pull", which every registry has.
    @Suite struct PullTests {
        let registry: ContainerRegistry
        let image: ContainerImage

        init() throws {
            let site = try Site.current
            registry = ContainerRegistry(site, "pull/app", token: try site.token("pull"))
            image = try ContainerImage("pulled\n")
        }

        /// The same, asked by somebody without a name.
        private var everybody: ContainerRegistry { ContainerRegistry(registry.site, registry.name, token: nil) }

        @Test func `the entrance says which credentials there are, and lets everybody's ticket in`() throws {
            for (method, path) in [("GET", "/v2/"), ("HEAD", "/v2/"), ("GET", "/v2")] {
                let answer = try everybody.send(method, path)
                #expect(answer.status == 401, "\(method) \(path): \(answer)")
                let challenge = answer["www-authenticate"] ?? ""
                // One alone: some clients read several as one.
                #expect(challenge == "Bearer realm=\"\(registry.site.url)/v2/token\",service=\"container_registry\"")
                if method == "GET" { #expect(answer.codes == ["UNAUTHORIZED"], "\(answer.text)") }
            }
            let said = try registry.site.server.requests {
                let ticket = try everybody.send("GET", "/v2/token?service=container_registry&scope=repository:pull/app:pull")
                #expect(ticket.status == 200 && ticket.json["token"] as? String == "anonymous", "\(ticket) \(ticket.text)")
                #expect(ticket.json["expires_in"] as? Int == 300)
            }
            #expect(said.count == 1)
            let entered = try everybody.send("GET", "/v2/", headers: ["Authorization": "Bearer anonymous"])
            #expect(entered.status == 200, "\(entered)")
            #expect(try registry.send("GET", "/v2/").status == 200)
            let wrong = try everybody.send("GET", "/v2/", headers: ["Authorization": ContainerRegistry.basic("ci", "ixg_wrong")])
            #expect(wrong.status == 401 && wrong["www-authenticate"]?.hasPrefix("Bearer ") == true, "\(wrong)")
        }

        @Test func `blobs and manifests that are not there are missing, by digest and by tag`() throws {
            try registry.push(image, as: "there")
            let absent = ContainerRegistry.sha256(Data("absent".utf8))
            for (rest, code) in [
                ("blobs/\(absent)", "BLOB_UNKNOWN"), ("manifests/\(absent)", "MANIFEST_UNKNOWN"),
                ("manifests/absent", "MANIFEST_UNKNOWN"),
            ] {
                let answer = try everybody.get(rest)
                #expect(answer.status == 404 && answer.codes == [code], "\(rest): \(answer) \(answer.text)")
                #expect(answer["content-type"]?.hasPrefix("application/json") == true, "\(rest): \(answer)")
                let head = try everybody.head(rest)
                #expect(head.status == 404 && head.body.isEmpty, "\(rest): \(head)")
            }
            let elsewhere = everybody.beside("pull/no-such-image")
            #expect(try elsewhere.get("manifests/there").status == 404)
            #expect(try elsewhere.get("tags/list").codes == ["NAME_UNKNOWN"])
            #expect([400, 404].contains(try everybody.get("manifests/sha256:baddigeststring").status))
        }

        @Test func `blobs are there by GET and HEAD, and in ranges`() throws {
            try registry.push(image, as: "ranges")
            let blob = image.blobs[1], path = "blobs/" + ContainerRegistry.sha256(blob)
            let whole = try everybody.get(path)
            #expect(whole.status == 200 && whole.body == blob && whole["content-length"] == "\(blob.count)", "\(whole)")
            #expect(whole["docker-content-digest"] == ContainerRegistry.sha256(blob))
            #expect(whole["content-type"] == "application/octet-stream" && whole["accept-ranges"] == "bytes", "\(whole)")
            #expect(whole["cache-control"]?.contains("immutable") == true, "\(whole)")
            let head = try everybody.head(path)
            #expect(head.status == 200 && head.body.isEmpty && head["content-length"] == "\(blob.count)", "\(head)")
            for (range, bytes) in [
                ("500-1499", blob[500..<1_500]), ("500-", blob[500...]), ("-500", blob.suffix(500)),
                ("2000-50000", blob[2_000...]),
            ] {
                let part = try everybody.get(path, headers: ["Range": "bytes=\(range)"])
                #expect(
                    part.status == 206 && part.body == Data(bytes) && part["content-length"] == "\(bytes.count)",
                    "\(range): \(part)")
                let place = "bytes \(bytes.startIndex)-\(bytes.endIndex - 1)/\(blob.count)"
                #expect(part["content-range"] == place, "\(range): \(part)")
            }
            for range in ["500-0", "50000-100000"] {
                #expect(try everybody.get(path, headers: ["Range": "bytes=\(range)"]).status == 416, "\(range)")
            }
        }

        @Test func `manifests have their own media type, by tag and by digest`() throws {
            let second = try ContainerImage("arm\n", architecture: "arm64"), old = try ContainerImage("docker\n", docker: true)
            try registry.push(image)
            try registry.push(second)
            try registry.push(old)
            let index = try ContainerManifestText.index([image.descriptor("amd64"), second.descriptor("arm64")])
            let list = try ContainerManifestText([
                "schemaVersion": 2, "mediaType": ContainerManifestText.dockerList, "manifests": [old.descriptor("amd64")],
            ])
            // Tags like the kinds of manifest, too.
            let kinds = [(image.manifest, "manifest"), (index, "index"), (old.manifest, "docker"), (list, "docker-list")]
            for (manifest, tag) in kinds {
                #expect(try registry.put(manifest, as: tag).status == 201, "\(tag)")
                for reference in [tag, manifest.digest] {
                    for accept in [nil, "application/vnd.oci.image.index.v1+json", "text/html"] as [String?] {
                        let answer = try everybody.get("manifests/\(reference)", headers: accept.map { ["Accept": $0] } ?? [:])
                        #expect(answer.status == 200 && answer.body == manifest.bytes, "\(reference): \(answer)")
                        #expect(answer["content-type"] == manifest.type, "\(reference): \(answer)")
                    }
                    let head = try everybody.head("manifests/\(reference)")
                    #expect(
                        head.status == 200 && head.body.isEmpty && head["content-type"] == manifest.type, "\(reference): \(head)")
                    #expect(head["content-length"] == "\(manifest.bytes.count)", "\(reference): \(head)")
                }
                let answer = try everybody.get("manifests/\(manifest.digest)")
                #expect(answer["docker-content-digest"] == manifest.digest, "\(answer)")
                #expect(answer["cache-control"]?.contains("immutable") == true, "\(answer)")
                #expect(try everybody.get("manifests/\(tag)")["cache-control"] == "no-cache")
            }
        }
    }
}
