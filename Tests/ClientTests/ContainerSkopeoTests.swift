import Foundation
import Testing

extension Clients.Containers {
    @Suite(.needs("skopeo")) struct SkopeoTests {
        let site: Site
        let tool: ContainerTool

        init() throws {
            site = try .current
            tool = try ContainerTool(site)
        }

        private func image(_ name: String) -> String { "docker://\(tool.host)/\(name)" }

        /// An OCI layout with an image for two platforms, and one for one.
        private func layout(_ text: String) throws -> (index: ContainerManifestText, single: ContainerImage) {
            let images = try ["amd64", "arm64"].map { try ContainerImage("\(text) \($0)\n", architecture: $0) }
            let single = try ContainerImage("\(text) alone\n")
            let index = try ContainerManifestText.index(zip(images, ["amd64", "arm64"]).map { $0.descriptor($1) })
            try ContainerImage.layout(
                images + [single], [index], roots: [(index, "multi"), (single.manifest, "single")],
                in: tool.sandbox.path + "/layout")
            return (index, single)
        }

        @Test func `images of several platforms go in and come out whole, by tag and by digest`() throws {
            let (index, single) = try layout("skopeo"), creds = "ci:" + (try site.token("skopeo"))
            for tag in ["multi", "single"] {
                let copied = try tool.skopeo(
                    "copy", "-q", "--all", "--preserve-digests", "--dest-tls-verify=false", "--dest-creds", creds,
                    "oci:layout:\(tag)",
                    image("skopeo/team/app:\(tag)"))
                #expect(copied.succeeded, "\(copied)")
            }
            for (reference, manifest) in [
                (":multi", index), ("@\(index.digest)", index), (":single", single.manifest),
                ("@\(single.digest)", single.manifest),
            ] {
                tool.forget("out")
                let copied = try tool.skopeo(
                    "copy", "-q", "--all", "--src-tls-verify=false", image("skopeo/team/app" + reference), "dir:out")
                #expect(copied.succeeded, "\(copied)")
                #expect(try tool.file("out/manifest.json") == manifest.bytes, "\(reference)")
            }
            let raw = try tool.skopeo("inspect", "--raw", "--tls-verify=false", image("skopeo/team/app:multi"))
            #expect(raw.output == String(decoding: index.bytes, as: UTF8.self), "\(raw)")
            let shown = try tool.skopeo("inspect", "--tls-verify=false", image("skopeo/team/app:single"))
            #expect(
                shown.says("\"Digest\": \"\(single.digest)\"") && shown.says("\"org.opencontainers.image.version\": \"1.0\""),
                "\(shown)")
            let tags = try tool.skopeo("list-tags", "--tls-verify=false", image("skopeo/team/app"))
            #expect(tags.says("\"multi\"") && tags.says("\"single\""), "\(tags)")
        }

        @Test func `Docker's own media types are kept`() throws {
            _ = try layout("docker")
            let creds = "ci:" + (try site.token("skopeo-docker"))
            for (tag, type) in [("multi", ContainerManifestText.dockerList), ("single", ContainerManifestText.docker)] {
                let copied = try tool.skopeo(
                    "copy", "-q", "--all", "--format", "v2s2", "--dest-tls-verify=false", "--dest-creds", creds,
                    "oci:layout:\(tag)",
                    image("skopeo-docker/app:\(tag)"))
                #expect(copied.succeeded, "\(copied)")
                let answer = try site.serverGet("/v2/skopeo-docker/app/manifests/\(tag)")
                #expect(
                    answer.status == 200 && answer["content-type"] == type && answer.json["mediaType"] as? String == type,
                    "\(answer)")
                tool.forget("out")
                let back = try tool.skopeo(
                    "copy", "-q", "--all", "--src-tls-verify=false", image("skopeo-docker/app:\(tag)"), "dir:out")
                #expect(try back.succeeded && tool.file("out/manifest.json") == answer.body, "\(back)")
            }
        }

        @Test func `an image is copied within the site, synchronised, and deleted`() throws {
            let (_, single) = try layout("sync"), creds = "ci:" + (try site.token("sync"))
            for tag in ["a", "b"] {
                let copied = try tool.skopeo(
                    "copy", "-q", "--preserve-digests", "--dest-tls-verify=false", "--dest-creds", creds, "oci:layout:single",
                    image("sync/app:\(tag)"))
                #expect(copied.succeeded, "\(copied)")
            }
            let said = try site.server.requests {
                let moved = try tool.skopeo(
                    "copy", "-q", "--preserve-digests", "--src-tls-verify=false", "--dest-tls-verify=false", "--dest-creds",
                    creds,
                    image("sync/app:a"),
                    image("sync/other:a"))
                #expect(moved.succeeded, "\(moved)")
            }
            // The layer is here already.
            #expect(said.contains { $0.contains("mount=sha256") && $0.hasSuffix(" 201") }, "\(said)")
            let synchronised = try tool.skopeo(
                "sync", "--src", "docker", "--dest", "dir", "--src-tls-verify=false", "\(tool.host)/sync/app", "copy")
            #expect(synchronised.succeeded, "\(synchronised)")
            for tag in ["a", "b"] { #expect(try tool.file("copy/app:\(tag)/manifest.json") == single.manifest.bytes) }
            let back = try tool.skopeo(
                "sync", "--preserve-digests", "--src", "dir", "--dest", "docker", "--dest-tls-verify=false", "--dest-creds",
                creds, "copy",
                "\(tool.host)/sync/again")
            #expect(back.succeeded, "\(back)")
            #expect(try site.serverGet("/v2/sync/again/app/manifests/a").body == single.manifest.bytes)
            let deleted = try tool.skopeo("delete", "--tls-verify=false", "--creds", creds, image("sync/app:a"))
            #expect(deleted.succeeded, "\(deleted)")
            // It asks for the digest to go, and all tags with it.
            #expect(try site.serverGet("/v2/sync/app/manifests/b").status == 404)
            #expect(try site.serverGet("/v2/sync/other/manifests/a").status == 200)
        }

        @Test func `what was tampered with is refused, and so is what is not there`() throws {
            let (index, single) = try layout("tampered"), creds = "ci:" + (try site.token("tampered"))
            for tag in ["multi", "single"] {
                #expect(
                    try tool.skopeo(
                        "copy", "-q", "--all", "--preserve-digests", "--dest-tls-verify=false", "--dest-creds", creds,
                        "oci:layout:\(tag)",
                        image("tampered/app:\(tag)")
                    ).succeeded)
            }
            func copy(_ reference: String) throws -> Outcome {
                tool.forget("out")
                return try tool.skopeo(
                    "copy", "-q", "--all", "--src-tls-verify=false", image("tampered/app" + reference), "dir:out")
            }
            let folder = "tampered/container/app"
            let layer = "\(folder)/blobs/" + ContainerRegistry.sha256(single.blobs[1])
            let cases = [
                (layer, ":single"), ("\(folder)/manifests/manifest/\(single.digest)", "@\(single.digest)"),
                ("\(folder)/manifests/index/\(index.digest)", "@\(index.digest)"),
            ]
            for (path, reference) in cases {
                let right = try site.read(path)
                try site.replace(path, flipMiddle)
                let refused = try copy(reference)
                #expect(
                    !refused.succeeded && (refused.says("digest") || refused.says("match") || refused.says("invalid")),
                    "\(refused)")
                try site.replace(path) { $0 = right }
                let taken = try copy(reference)
                #expect(taken.succeeded, "\(taken)")
            }
            let absent = try copy(":absent")
            #expect(!absent.succeeded && absent.says("manifest unknown"), "\(absent)")
            let nothing = try tool.skopeo("inspect", "--tls-verify=false", image("tampered/no-such-image:1"))
            #expect(!nothing.succeeded && nothing.says("unknown"), "\(nothing)")
        }

        @Test func `who may not push is refused`() throws {
            _ = try layout("refused")
            for creds in ["ci:ixg_wrong", "ci:" + (try site.token("somebody-else"))] {
                let refused = try tool.skopeo(
                    "copy", "-q", "--preserve-digests", "--dest-tls-verify=false", "--dest-creds", creds, "oci:layout:single",
                    image("refused/app:1"))
                #expect(
                    !refused.succeeded
                        && (refused.says("unauthorized") || refused.says("denied") || refused.says("invalid username")),
                    "\(refused)")
            }
            let nobody = try tool.skopeo("copy", "-q", "--dest-tls-verify=false", "oci:layout:single", image("refused/app:1"))
            #expect(!nobody.succeeded, "\(nobody)")
            #expect(try site.serverGet("/v2/refused/app/manifests/1").status == 404)
        }
    }
}

extension Site {
    /// What is at an address of the host, whatever the site's own path is.
    func serverGet(_ path: String, headers: [String: String] = [:]) throws -> Response {
        try HTTP.get(port: server.port, path, headers: headers)
    }
}
