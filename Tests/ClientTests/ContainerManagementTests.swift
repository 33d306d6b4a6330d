import Foundation
import Testing

extension Clients.Containers {
    /// The category "management": what goes.
    @Suite struct ManagementTests {
        let registry: ContainerRegistry

        init() throws {
            let site = try Site.current
            registry = ContainerRegistry(site, "manage/app", token: try site.token("manage"))
        }

        @Test func `a tag goes, and the manifest stays`() throws {
            let image = try ContainerImage("tag goes\n")
            try registry.push(image, as: "goes")
            #expect(try registry.put(image.manifest, as: "stays").status == 201)
            let answer = try registry.delete("manifests/goes")
            #expect(answer.status == 202, "\(answer) \(answer.text)")
            #expect(try registry.head("manifests/goes").status == 404)
            #expect(try registry.get("manifests/stays").body == image.manifest.bytes)
            #expect(try registry.get("manifests/\(image.digest)").body == image.manifest.bytes)
            let tags = try registry.get("tags/list").texts("tags")
            #expect(tags.contains("stays") && !tags.contains("goes"), "\(tags)")
            // It is as it was asked to be.
            #expect([202, 404].contains(try registry.delete("manifests/goes").status))
        }

        @Test func `a manifest goes with its tags, then its blobs, and all may come again`() throws {
            let image = try ContainerImage("manifest goes\n")
            try registry.push(image, as: "one")
            #expect(try registry.put(image.manifest, as: "two").status == 201)
            let answer = try registry.delete("manifests/\(image.digest)")
            #expect(answer.status == 202, "\(answer) \(answer.text)")
            for tag in ["one", "two"] { #expect(try registry.head("manifests/\(tag)").status == 404, "\(tag)") }
            #expect(try registry.head("manifests/\(image.digest)").status == 404)
            #expect(try registry.delete("manifests/\(image.digest)").status == 404)
            for blob in image.blobs {
                let path = "blobs/" + ContainerRegistry.sha256(blob)
                let answer = try registry.delete(path)
                #expect(answer.status == 202, "\(answer) \(answer.text)")
                #expect(try registry.head(path).status == 404)
                let again = try registry.delete(path)
                #expect(again.status == 404 && again.codes == ["BLOB_UNKNOWN"], "\(again) \(again.text)")
            }
            try registry.push(image, as: "one")
            #expect(try registry.get("manifests/one").body == image.manifest.bytes)
        }

        @Test func `what is part of something that somebody can pull stays`() throws {
            let image = try ContainerImage("needed\n")
            try registry.push(image, as: "needed")
            let index = try ContainerManifestText.index([image.descriptor("amd64")])
            #expect(try registry.put(index, as: "index").status == 201)
            for rest in image.blobs.map({ "blobs/" + ContainerRegistry.sha256($0) }) + ["manifests/\(image.digest)"] {
                let refused = try registry.delete(rest)
                #expect(
                    [403, 405, 409].contains(refused.status) && refused.codes.count == 1, "\(rest): \(refused) \(refused.text)")
                #expect(try registry.head(rest).status == 200, "\(rest)")
            }
        }

        @Test func `a referrer that goes is not listed any more`() throws {
            let image = try ContainerImage("subject stays\n")
            try registry.push(image)
            let artifact = try ContainerImage(
                artifact: "goes", type: "application/vnd.example.one", subject: image.manifest.descriptor)
            try registry.push(artifact)
            #expect(try registry.get("referrers/\(image.digest)").manifests.count == 1)
            #expect(try registry.delete("manifests/\(artifact.digest)").status == 202)
            let list = try registry.get("referrers/\(image.digest)")
            #expect(list.status == 200 && list.manifests.isEmpty, "\(list.text)")
        }

        @Test func `a moved tag is one image or the other for those who pull meanwhile`() throws {
            let images = [try ContainerImage("moved from\n"), try ContainerImage("moved to\n")]
            for image in images { try registry.push(image, as: "moved") }
            #expect(try registry.get("manifests/moved").body == images[1].manifest.bytes)
            // From one kind to another and back: at no moment there is none.
            let index = try ContainerManifestText.index(images.map { $0.descriptor("amd64") })
            var seen: Set<Data> = []
            for round in 0..<6 {
                let (old, new) = round.isMultiple(of: 2) ? (images[1].manifest, index) : (index, images[1].manifest)
                #expect(try registry.put(new, as: "moved").status == 201)
                let answer = try registry.get("manifests/moved")
                #expect(answer.status == 200 && answer.body == new.bytes && answer["content-type"] == new.type, "\(answer)")
                #expect(answer.body != old.bytes)
                seen.insert(answer.body)
            }
            #expect(seen == [index.bytes, images[1].manifest.bytes])
            // What the tag stood for is still there.
            #expect(try registry.head("manifests/\(images[0].digest)").status == 200)
        }

        @Test func `who has no right removes nothing`() throws {
            let image = try ContainerImage("kept\n")
            try registry.push(image, as: "kept")
            let pusher = ContainerRegistry(
                registry.site, registry.name, token: try registry.site.token("manage", rights: "upload"))
            #expect(try pusher.delete("manifests/\(image.digest)").status == 403)
            for rest in ["manifests/kept", "manifests/\(image.digest)"] {
                let nobody = try ContainerRegistry(registry.site, registry.name, token: nil).delete(rest)
                #expect(nobody.status == 401 && nobody["www-authenticate"]?.contains("Bearer ") == true, "\(rest): \(nobody)")
            }
            #expect(try registry.head("manifests/kept").status == 200)
        }
    }
}
