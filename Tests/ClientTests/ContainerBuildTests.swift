import Foundation
import Testing

extension Clients.Containers {
    /// podman and buildah, which keep images themselves.
    @Suite(.needs("buildah", "podman"), .needsImageStore) struct BuildTests {
        let site: Site
        let tool: ContainerTool

        init() throws {
            site = try .current
            tool = try ContainerTool(site)
        }

        @Test func `an image is built, pushed after a login, and pulled by others`() throws {
            try tool.build("built", as: "localhost/app:1.0")
            let token = try site.token("build"), name = "\(tool.host)/build/app:1.0"
            let wrong = try tool.buildah("login", "--tls-verify=false", "-u", "ci", "-p", "ixg_wrong", tool.host)
            #expect(!wrong.succeeded && wrong.says("invalid username/password"), "\(wrong)")
            let login = try tool.buildah("login", "--tls-verify=false", "-u", "ci", "-p", token, tool.host)
            #expect(login.succeeded && login.says("Login Succeeded"), "\(login)")
            let pushed = try tool.buildah("push", "-q", "--tls-verify=false", "localhost/app:1.0", "docker://\(name)")
            #expect(pushed.succeeded, "\(pushed)")
            // Somebody else, without a login.
            let other = try ContainerTool(site)
            let pulled = try other.podman("pull", "-q", "--tls-verify=false", name)
            #expect(pulled.succeeded, "\(pulled)")
            let shown = try other.podman(
                "image", "inspect", "--format", "{{index .Labels \"org.opencontainers.image.version\"}}", name)
            #expect(shown.output.trimmingCharacters(in: .whitespacesAndNewlines) == "1.0", "\(shown)")
            let fetched = try other.buildah("pull", "-q", "--tls-verify=false", "docker://\(name)")
            #expect(fetched.succeeded, "\(fetched)")
        }

        @Test func `podman logs in, pushes what it pulled under another name, and finds tags`() throws {
            try tool.build("podman", as: "localhost/pod:1")
            let token = try site.token("podman")
            let login = try tool.podman("login", "--tls-verify=false", "-u", "ci", "-p", token, tool.host)
            #expect(login.succeeded, "\(login)")
            for tag in ["1", "2"] {
                let pushed = try tool.podman(
                    "push", "-q", "--tls-verify=false", "localhost/pod:1", "\(tool.host)/podman/app:\(tag)")
                #expect(pushed.succeeded, "\(pushed)")
            }
            let found = try tool.podman("search", "--tls-verify=false", "--list-tags", "\(tool.host)/podman/app")
            #expect(found.succeeded && found.says("/podman/app  1") && found.says("/podman/app  2"), "\(found)")
            let out = try tool.podman("logout", tool.host)
            #expect(out.succeeded, "\(out)")
            let refused = try tool.podman("push", "-q", "--tls-verify=false", "localhost/pod:1", "\(tool.host)/podman/app:3")
            #expect(!refused.succeeded, "\(refused)")
        }

        @Test func `an image for two platforms is made of what was pushed, and pushed whole`() throws {
            let token = try site.token("platforms")
            let login = try tool.buildah("login", "--tls-verify=false", "-u", "ci", "-p", token, tool.host)
            #expect(login.succeeded, "\(login)")
            try tool.build("one platform", as: "localhost/one:1")
            try tool.build("another platform", as: "localhost/two:1")
            for arguments in [
                ["create", "localhost/both"], ["add", "localhost/both", "localhost/one:1"],
                ["add", "--arch", "arm64", "localhost/both", "localhost/two:1"],
            ] {
                let made = try tool.buildahManifest(arguments)
                #expect(made.succeeded, "\(made)")
            }
            let name = "\(tool.host)/platforms/app:both"
            let pushed = try tool.buildahManifest(["push", "--all", "--tls-verify=false", "localhost/both", "docker://\(name)"])
            #expect(pushed.succeeded, "\(pushed)")
            let index = try site.serverGet("/v2/platforms/app/manifests/both")
            #expect(index["content-type"] == ContainerManifestText.index && index.manifests.count == 2, "\(index) \(index.text)")
            let other = try ContainerTool(site)
            let pulled = try other.podman("pull", "-q", "--tls-verify=false", "--arch", "arm64", name)
            #expect(pulled.succeeded, "\(pulled)")
        }

        @Test func `a tag that moved is pulled anew`() throws {
            let token = try site.token("moves"), name = "\(tool.host)/moves/app:latest"
            let login = try tool.buildah("login", "--tls-verify=false", "-u", "ci", "-p", token, tool.host)
            #expect(login.succeeded, "\(login)")
            let other = try ContainerTool(site)
            var ids: [String] = []
            for text in ["first", "second"] {
                try tool.build(text, as: "localhost/moves:\(text)")
                let pushed = try tool.buildah("push", "-q", "--tls-verify=false", "localhost/moves:\(text)", "docker://\(name)")
                #expect(pushed.succeeded, "\(pushed)")
                let pulled = try other.podman("pull", "-q", "--tls-verify=false", name)
                #expect(pulled.succeeded, "\(pulled)")
                ids.append(pulled.output)
            }
            #expect(Set(ids).count == 2, "\(ids)")
        }
    }

    /// containerd asks by HEAD first, and falls back to GET where that says no digest.
    @Suite(.needsContainerd) struct ContainerdTests {
        @Test func `an image is pulled by everybody, pushed with a token, and refused when it was tampered with`() throws {
            let site = try Site.current, token = try site.token("ctr"), host = "127.0.0.1:\(site.server.port)"
            let registry = ContainerRegistry(site, "ctr/app", token: token)
            let images = try ["amd64", "arm64"].map { try ContainerImage("ctr \($0)\n", architecture: $0) }
            for image in images { try registry.push(image) }
            let index = try ContainerManifestText.index(zip(images, ["amd64", "arm64"]).map { $0.descriptor($1) })
            #expect(try registry.put(index, as: "1").status == 201)
            let containerd = try Containerd()
            let said = try site.server.requests {
                let pulled = try containerd.ctr("content", "fetch", "--plain-http", "--all-platforms", "\(host)/ctr/app:1")
                #expect(pulled.succeeded, "\(pulled)")
            }
            #expect(said.first == "HEAD /v2/ctr/app/manifests/1 200", "\(said)")
            let kept = try containerd.ctr("content", "ls", "-q")
            for digest in [index.digest] + images.map(\.digest) { #expect(kept.says(digest), "\(kept)") }
            let pushed = try containerd.ctr(
                "images", "push", "--plain-http", "--user", "ci:\(token)", "\(host)/ctr/copy:2", "\(host)/ctr/app:1")
            #expect(pushed.succeeded, "\(pushed)")
            #expect(try registry.beside("ctr/copy").get("manifests/2").body == index.bytes)
            let wrong = try containerd.ctr(
                "images", "push", "--plain-http", "--user", "ci:ixg_wrong", "\(host)/ctr/copy:3", "\(host)/ctr/app:1")
            #expect(!wrong.succeeded, "\(wrong)")

            let fresh = try Containerd()
            let path = "ctr/container/app/blobs/" + ContainerRegistry.sha256(images[0].blobs[1])
            let right = try site.read(path)
            try site.replace(path, flipMiddle)
            let refused = try fresh.ctr("content", "fetch", "--plain-http", "--all-platforms", "\(host)/ctr/app:1")
            #expect(!refused.succeeded && refused.says("digest"), "\(refused)")
            try site.replace(path) { $0 = right }
            let absent = try fresh.ctr("content", "fetch", "--plain-http", "\(host)/ctr/app:absent")
            #expect(!absent.succeeded && absent.says("not found"), "\(absent)")
        }
    }
}
