import Foundation
import Testing

extension Clients.Containers {
    /// The category "push", manifests: each kind of content that the conformance suite sends.
    @Suite struct ManifestPushTests {
        let registry: ContainerRegistry

        init() throws {
            let site = try Site.current
            registry = ContainerRegistry(site, "manifests/app", token: try site.token("manifests"))
        }

        /// Sends a manifest, whose blobs are there, by tag and by digest, and looks at it.
        private func accept(_ manifest: ContainerManifestText, as tag: String, subject: String? = nil) throws {
            for reference in [manifest.digest, tag] {
                let answer = try registry.put(manifest, as: reference)
                #expect(
                    answer.status == 201 && answer["docker-content-digest"] == manifest.digest, "\(tag): \(answer) \(answer.text)"
                )
                #expect(answer["oci-subject"] == subject, "\(tag): \(answer)")
                let got = try registry.send("GET", ContainerRegistry.path(try #require(answer["location"])))
                #expect(got.status == 200 && got.body == manifest.bytes && got["content-type"] == manifest.type, "\(tag): \(got)")
                #expect(try registry.head("manifests/\(reference)").status == 200, "\(reference)")
            }
            let tagged = try registry.get("manifests/\(tag)")
            #expect(tagged.status == 200 && tagged.body == manifest.bytes, "\(tag): \(tagged)")
        }

        private func sendBlobs(_ images: ContainerImage...) throws {
            for blob in images.flatMap(\.blobs) { #expect(try registry.push(blob).status == 201) }
        }

        @Test func `images, indexes and indexes of indexes are taken`() throws {
            let images = try (0..<3).map { try ContainerImage("image \($0)\n", architecture: $0 == 0 ? "amd64" : "arm64") }
            for image in images { try sendBlobs(image) }
            for (number, image) in images.enumerated() { try accept(image.manifest, as: "image-\(number)") }
            let first = try ContainerManifestText.index([images[0].descriptor("amd64"), images[1].descriptor("arm64")])
            let second = try ContainerManifestText.index([images[0].descriptor("amd64"), images[2].descriptor("arm64")])
            try accept(first, as: "index")
            try accept(second, as: "second")
            try accept(try ContainerManifestText.index([first.descriptor, second.descriptor]), as: "nested")
            try accept(try ContainerManifestText.index([]), as: "empty")
        }

        @Test func `artifacts, with and without files, and fields of anybody's own are taken`() throws {
            let artifact = try ContainerImage(artifact: "an artifact", type: "application/vnd.example.one")
            try sendBlobs(artifact)
            try accept(artifact.manifest, as: "artifact")
            let bare = try ContainerManifestText([
                "schemaVersion": 2, "mediaType": ContainerManifestText.image, "artifactType": "application/vnd.example.one",
                "config": ContainerManifestText.descriptor(Data("{}".utf8), ContainerManifestText.empty),
                "layers": [ContainerManifestText.descriptor(Data("{}".utf8), ContainerManifestText.empty)],
            ])
            try accept(bare, as: "bare")
            let image = try ContainerImage("fields\n", more: ["x-of-my-own": ["a": 1], "annotations": ["x": "y"]])
            try sendBlobs(image)
            try accept(image.manifest, as: "fields")
            let index = try ContainerManifestText.index(
                [artifact.manifest.descriptor], more: ["artifactType": "application/vnd.example.one"])
            try accept(index, as: "artifact-index")
            let none = try ContainerImage("no layers\n", more: ["layers": [Any]()])
            try sendBlobs(none)
            try accept(none.manifest, as: "no-layers")
        }

        @Test func `data in descriptors and layers that are elsewhere are taken`() throws {
            let image = try ContainerImage("data\n")
            try sendBlobs(image)
            var config = ContainerManifestText.descriptor(image.blobs[0], ContainerManifestText.config)
            config["data"] = image.blobs[0].base64EncodedString()
            let layer = ContainerManifestText.descriptor(image.blobs[1], ContainerManifestText.layer)
            func manifest(_ layers: [[String: Any]]) throws -> ContainerManifestText {
                try ContainerManifestText([
                    "schemaVersion": 2, "mediaType": ContainerManifestText.image, "config": config, "layers": layers,
                ])
            }
            try accept(try manifest([layer]), as: "data")
            let elsewhere = ["", "+gzip"].map { kind -> [String: Any] in
                let digest = ContainerRegistry.sha256(Data("elsewhere\(kind)".utf8))
                return [
                    "mediaType": "application/vnd.oci.image.layer.nondistributable.v1.tar\(kind)", "digest": digest,
                    "size": 123_456,
                    "urls": ["https://store.example.org/\(digest)"],
                ]
            }
            try accept(try manifest(elsewhere + [layer]), as: "elsewhere")
        }

        @Test func `a manifest of nearly four megabytes is taken`() throws {
            let long = String(repeating: "A", count: 10_000)
            let annotations = Dictionary(uniqueKeysWithValues: (0..<390).map { ("large-\($0)", long) })
            let image = try ContainerImage("large\n", more: ["annotations": annotations])
            try sendBlobs(image)
            try accept(image.manifest, as: "large")
            let tooLarge = try ContainerImage(
                "large\n", more: ["annotations": annotations.merging(["a": String(repeating: long, count: 60)]) { $1 }])
            let refused = try registry.put(tooLarge.manifest, as: "too-large")
            #expect(refused.status == 413 || refused.status == 400, "\(refused)")
            #expect(refused.codes.count == 1, "\(refused.text.prefix(200))")
        }

        @Test func `what is said by the longer digest is taken by it`() throws {
            let image = try ContainerImage("sha512\n", sha512: true)
            for blob in image.blobs { #expect(try registry.push(blob, as: ContainerRegistry.sha512(blob)).status == 201) }
            let digest = ContainerRegistry.sha512(image.manifest.bytes)
            let answer = try registry.put(image.manifest, as: digest)
            #expect(answer.status == 201 && answer["docker-content-digest"] == digest, "\(answer) \(answer.text)")
            let got = try registry.get("manifests/\(digest)")
            #expect(got.status == 200 && got.body == image.manifest.bytes && got["docker-content-digest"] == digest, "\(got)")
            let index = try ContainerManifestText.index([
                ContainerManifestText.descriptor(image.manifest.bytes, ContainerManifestText.image, sha512: true)
            ])
            #expect(try registry.put(index, as: ContainerRegistry.sha512(index.bytes)).status == 201)
        }

        @Test func `what is about something else says so, also before that is there`() throws {
            let image = try ContainerImage("subject\n")
            try sendBlobs(image)
            let artifact = try ContainerImage(
                artifact: "about", type: "application/vnd.example.one", subject: image.manifest.descriptor)
            try sendBlobs(artifact)
            try accept(artifact.manifest, as: "about", subject: image.digest)
            try accept(image.manifest, as: "subject")
            let index = try ContainerManifestText.index(
                [artifact.manifest.descriptor], more: ["subject": image.manifest.descriptor])
            try accept(index, as: "index-about", subject: image.digest)
        }

        @Test func `a manifest is taken when all that it names is there, and with its own digest and type`() throws {
            let image = try ContainerImage("refused\n")
            var refused = try registry.put(image.manifest, as: "refused")
            #expect(refused.status == 400 || refused.status == 404, "\(refused)")
            #expect(refused.codes == ["MANIFEST_BLOB_UNKNOWN"], "\(refused.text)")
            let index = try ContainerManifestText.index([image.descriptor("amd64")])
            refused = try registry.put(index, as: "refused")
            #expect(refused.codes == ["MANIFEST_BLOB_UNKNOWN"], "\(refused.text)")
            try sendBlobs(image)
            refused = try registry.put(image.manifest, as: ContainerRegistry.sha256(Data("other".utf8)))
            #expect(refused.status == 400 && refused.codes == ["DIGEST_INVALID"], "\(refused) \(refused.text)")
            #expect(try registry.put(image.manifest, as: "sha256:baddigeststring").status == 400)
            refused = try registry.put(image.manifest, as: "refused", type: ContainerManifestText.index)
            #expect(refused.status == 400 && refused.codes == ["MANIFEST_INVALID"], "\(refused) \(refused.text)")
            let words = try registry.send(
                "PUT", registry.at("manifests/refused"), headers: ["Content-Type": ContainerManifestText.image],
                body: Data("{".utf8))
            #expect(words.status == 400 && words.codes == ["MANIFEST_INVALID"], "\(words) \(words.text)")
            #expect(try registry.put(image.manifest, as: "not%20a%20tag").status == 400)
            #expect(try registry.head("manifests/refused").status == 404)
            #expect(try registry.head("manifests/\(image.digest)").status == 404)
            for name in ["manifests/blobs", "manifests/App", "manifests/app/uploads/x"] {
                let other = registry.beside(name)
                let answer = try other.put(image.manifest, as: "a")
                #expect([400, 404].contains(answer.status) && answer.codes.count == 1, "\(name): \(answer) \(answer.text)")
            }
        }
    }
}
