import Foundation
import Testing

extension Clients.Containers {
    /// helm 3 and 4 with charts as OCI artifacts.
    @Suite(.needsHelm, .needs("gpg")) struct HelmPushTests {
        let site: Site
        let tool: ContainerTool

        init() throws {
            site = try .current
            tool = try ContainerTool(site)
        }

        /// helm 3.17 has no option for plain HTTP here; it falls back to it by this one.
        private static let plain = ["3": "--insecure", "4": "--plain-http"]

        private func write(_ name: String, _ version: String) throws {
            try tool.sandbox.write("\(name)/Chart.yaml", "apiVersion: v2\nname: \(name)\nversion: \(version)\n")
            try tool.sandbox.write("\(name)/values.yaml", "a: 1\n")
        }

        @Test(arguments: ["3", "4"]) func `a chart is pushed after a login, and pulled by everybody`(major: String) throws {
            let owner = "oci-helm-\(major)", plain = try #require(Self.plain[major]), token = try site.token(owner)
            try write("web", "1.0.0+build.1")
            #expect(try tool.helm(major, "package", "web").succeeded)
            let wrong = try tool.helm(major, "registry", "login", tool.host, "-u", "ci", "-p", "ixg_wrong", plain)
            #expect(!wrong.succeeded && wrong.says("unauthorized"), "\(wrong)")
            let refused = try tool.helm(
                major, "push", "web-1.0.0+build.1.tgz", "oci://\(tool.host)/\(owner)/charts", "--plain-http")
            #expect(!refused.succeeded, "\(refused)")
            let login = try tool.helm(major, "registry", "login", tool.host, "-u", "ci", "-p", token, plain)
            #expect(login.succeeded, "\(login)")
            let pushed = try tool.helm(
                major, "push", "web-1.0.0+build.1.tgz", "oci://\(tool.host)/\(owner)/charts", "--plain-http")
            #expect(pushed.succeeded && pushed.says("Digest: sha256:"), "\(pushed)")
            #expect(try site.serverGet("/v2/\(owner)/charts/web/tags/list").texts("tags") == ["1.0.0_build.1"])
            let other = try ContainerTool(site)
            try other.sandbox.folder("got")
            for version in [["--version", "1.0.0+build.1"], []] {
                other.forget("got/web-1.0.0+build.1.tgz")
                let pulled = try other.helmPull(major, "oci://\(tool.host)/\(owner)/charts/web", version)
                #expect(pulled.succeeded, "\(pulled)")
                #expect(try other.file("got/web-1.0.0+build.1.tgz") == tool.file("web-1.0.0+build.1.tgz"))
            }
            let shown = try other.helm(major, "show", "chart", "oci://\(tool.host)/\(owner)/charts/web", "--plain-http")
            #expect(shown.says("version: 1.0.0+build.1"), "\(shown)")
            let absent = try other.helmPull(major, "oci://\(tool.host)/\(owner)/charts/web", ["--version", "9.9.9"])
            #expect(!absent.succeeded, "\(absent)")
            // The file was replaced: its digest is in the manifest.
            let layer = "\(owner)/container/charts/web/blobs/" + ContainerRegistry.sha256(try tool.file("web-1.0.0+build.1.tgz"))
            try site.replace(layer, flipMiddle)
            let tampered = try ContainerTool(site)
            try tampered.sandbox.folder("got")
            let stopped = try tampered.helmPull(major, "oci://\(tool.host)/\(owner)/charts/web", ["--version", "1.0.0+build.1"])
            #expect(!stopped.succeeded, "\(stopped)")
        }

        @Test(arguments: ["3", "4"]) func `a chart's provenance goes with it, and is verified`(major: String) throws {
            let owner = "oci-prov-\(major)", plain = try #require(Self.plain[major]), token = try site.token(owner)
            let home = try tool.sandbox.folder("gnupg")
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: home)
            let gpg = ["gpg", "--homedir", home, "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""]
            try Tool.succeed(gpg + ["--quick-generate-key", "Chart Signer <signer@example.org>", "rsa2048", "sign", "never"])
            try Tool.succeed(gpg + ["--output", home + "/secret.gpg", "--export-secret-keys"])
            try Tool.succeed(gpg + ["--output", home + "/public.gpg", "--export"])
            try write("signed", "1.0.0")
            try tool.sandbox.write("empty", "\n")
            let packed = try tool.helm(
                major, "package", "signed", "--sign", "--key", "Chart Signer", "--keyring", home + "/secret.gpg",
                "--passphrase-file",
                tool.sandbox.path + "/empty")
            #expect(packed.succeeded, "\(packed)")
            #expect(try tool.helm(major, "registry", "login", tool.host, "-u", "ci", "-p", token, plain).succeeded)
            let pushed = try tool.helm(major, "push", "signed-1.0.0.tgz", "oci://\(tool.host)/\(owner)/charts", "--plain-http")
            #expect(pushed.succeeded, "\(pushed)")
            let other = try ContainerTool(site)
            try other.sandbox.folder("got")
            let pulled = try other.helmPull(
                major, "oci://\(tool.host)/\(owner)/charts/signed",
                ["--version", "1.0.0", "--verify", "--keyring", home + "/public.gpg"])
            #expect(pulled.succeeded && pulled.says("Chart Signer"), "\(pulled)")
            #expect(try other.file("got/signed-1.0.0.tgz.prov") == tool.file("signed-1.0.0.tgz.prov"))
        }
    }

    @Suite(.needsPython, .needsOras) struct OrasTests {
        let site: Site
        let tool: ContainerTool

        init() throws {
            site = try .current
            tool = try ContainerTool(site)
        }

        private func oras(_ token: String, _ arguments: String...) throws -> [String: Any] {
            try Oras.run(arguments: [tool.host, token] + arguments, in: tool.sandbox)
        }

        @Test func `an artifact is pushed, something is attached to it, and that is discovered`() throws {
            let token = try site.token("oras")
            try tool.sandbox.write("hello.txt", "hello\n")
            try tool.sandbox.write("sbom.json", "{\"spdxVersion\":\"SPDX-2.3\"}\n")
            let pushed = try oras(token, "push", "oras/hello:1", "hello.txt")
            #expect(pushed["status"] as? Int == 201, "\(pushed)")
            let attached = try oras(token, "attach", "oras/hello:1", "sbom.json", "sbom")
            let digest = ContainerRegistry.sha256(try site.serverGet("/v2/oras/hello/manifests/1").body)
            #expect(attached["status"] as? Int == 201 && attached["subject"] as? String == digest, "\(attached)")
            let found = try oras("-", "discover", "oras/hello:1")["manifests"] as? [[String: Any]] ?? []
            #expect(found.count == 1, "\(found)")
            let sbom = ContainerRegistry.sha256(try site.serverGet("/v2/oras/hello/manifests/sbom").body)
            #expect(found.first?["digest"] as? String == sbom)
            try tool.sandbox.folder("got")
            _ = try oras("-", "pull", "oras/hello:sbom", "got")
            #expect(try tool.sandbox.text("got/sbom.json") == tool.sandbox.text("sbom.json"))
            #expect(try oras("-", "tags", "oras/hello")["tags"] as? [String] == ["1", "sbom"])
            #expect(try oras("-", "tags", "oras/hello", "1")["tags"] as? [String] == ["1"])
        }

        @Test func `a file comes in chunks`() throws {
            let token = try site.token("oras")
            try tool.sandbox.write("long.txt", String(repeating: "0123456789abcde\n", count: 400))
            let pushed = try oras(token, "chunks", "oras/long:1", "long.txt")
            #expect(pushed["status"] as? Int == 201, "\(pushed)")
            try tool.sandbox.folder("got")
            _ = try oras("-", "pull", "oras/long:1", "got")
            #expect(try tool.sandbox.text("got/long.txt") == tool.sandbox.text("long.txt"))
        }
    }

    /// Signatures as cosign and others keep them: as what is about an image, and under a tag made of its digest.
    @Suite struct SignatureTests {
        @Test func `a signature is found by what it is about, and by the tag of older tools`() throws {
            let site = try Site.current
            let registry = ContainerRegistry(site, "signed/app", token: try site.token("signed"))
            let everybody = ContainerRegistry(site, "signed/app", token: nil)
            let image = try ContainerImage("signed\n")
            try registry.push(image, as: "1")
            let type = "application/vnd.dev.cosign.artifact.sig.v1+json"
            let payload =
                #"{"critical":{"image":{"docker-manifest-digest":"\#(image.digest)"},"type":"cosign container image signature"}}"#
            let signature = try ContainerImage(
                artifact: payload, type: type, subject: image.manifest.descriptor,
                annotations: ["dev.cosignproject.cosign/signature": "c2lnbmF0dXJl"])
            let tag = image.digest.replacingOccurrences(of: ":", with: "-") + ".sig"
            try registry.push(signature, as: tag)
            let found = try everybody.get(
                "referrers/\(image.digest)?artifactType=\(type.replacingOccurrences(of: "+", with: "%2B"))")
            let entry = try #require(found.manifests.first, "\(found.text)")
            #expect(found.manifests.count == 1 && entry["digest"] as? String == signature.digest, "\(found.text)")
            #expect((entry["annotations"] as? [String: String])?["dev.cosignproject.cosign/signature"] == "c2lnbmF0dXJl")
            #expect(try everybody.get("manifests/\(tag)").body == signature.manifest.bytes)
            let blob = "blobs/" + ContainerRegistry.sha256(Data(payload.utf8))
            #expect(try everybody.get(blob).text == payload)
            // The fallback of clients for registries without a list: an index under the digest as a tag.
            let fallback = try ContainerManifestText.index([signature.manifest.descriptor])
            let plainTag = image.digest.replacingOccurrences(of: ":", with: "-")
            #expect(try registry.put(fallback, as: plainTag).status == 201)
            #expect(try everybody.get("manifests/\(plainTag)").manifests.count == 1)
        }
    }
}

extension ContainerTool {
    /// Pulls a chart over plain HTTP into the folder `got`.
    func helmPull(_ major: String, _ address: String, _ options: [String]) throws -> Outcome {
        let home = sandbox.path + "/helm-\(major)"
        return try Tool.run(
            [try #require(Helms.folder) + "/\(major)/helm", "pull", address, "--plain-http", "--destination", "got"] + options,
            environment: [
                "HOME": home, "HELM_CACHE_HOME": home + "/c", "HELM_CONFIG_HOME": home + "/f", "HELM_DATA_HOME": home + "/d",
            ],
            in: sandbox.path)
    }
}
