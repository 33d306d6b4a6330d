import Foundation
import Testing

extension Clients.Containers {
    /// Images that come from files, and their copies, as skopeo pulls them.
    @Suite(.needs("skopeo")) struct FilesTests {
        let site: Site
        let tool: ContainerTool

        init() throws {
            site = try .current
            tool = try ContainerTool(site)
        }

        private func pull(_ name: String) throws -> Data {
            tool.forget("out")
            let pulled = try tool.skopeo(
                "copy", "-q", "--all", "--src-tls-verify=false", "docker://\(tool.host)/\(name)", "dir:out")
            #expect(pulled.succeeded, "\(pulled)")
            return try tool.file("out/manifest.json")
        }

        @Test func `an image from a layout is pulled whole, and so is its copy under another owner and name`() throws {
            let images = try ["amd64", "arm64"].map { try ContainerImage("files \($0)\n", architecture: $0) }
            let index = try ContainerManifestText.index(zip(images, ["amd64", "arm64"]).map { $0.descriptor($1) })
            let layout = tool.sandbox.path + "/layout"
            try ContainerImage.layout(images, [index], roots: [(index, "1.0")], in: layout)
            try site.add([layout], owner: "files", "--image", "team/app")
            #expect(try pull("files/team/app:1.0") == index.bytes)
            try site.indexgen("copy", "files/container", "team/app", "1.0", "--to", "files-prod")
            #expect(try pull("files-prod/team/app:1.0") == index.bytes)
            try site.indexgen("copy", "files/container", "team/app", "1.0", "--image", "best", "--tag", "stable")
            #expect(try pull("files/best:stable") == index.bytes)
            #expect(try pull("files/best@\(index.digest)") == index.bytes)
            let tags = try tool.skopeo("list-tags", "--tls-verify=false", "docker://\(tool.host)/files/best")
            #expect(tags.says("\"stable\"") && !tags.says("\"1.0\""), "\(tags)")
        }

        @Test func `what skopeo saves as an archive of docker or of OCI comes back as the image that it was`() throws {
            let image = try ContainerImage("archived\n")
            let layout = tool.sandbox.path + "/layout"
            try ContainerImage.layout([image], [], roots: [(image.manifest, "1")], in: layout)
            for (form, name) in [("oci-archive", "saved.tar:app:1"), ("docker-archive", "docker.tar:docker.io/library/app:2")] {
                let saved = try tool.skopeo("copy", "-q", "oci:layout:1", "\(form):\(name)")
                #expect(saved.succeeded, "\(saved)")
            }
            try site.add(["saved.tar", "docker.tar"].map { "\(tool.sandbox.path)/\($0)" }, owner: "archives")
            // skopeo compresses layers on the way into the archive, so the manifest is another one than the layout's.
            let raw = try tool.skopeo("inspect", "--raw", "oci-archive:saved.tar:app:1")
            #expect(raw.succeeded, "\(raw)")
            let pulled = try #require(String(data: pull("archives/app:1"), encoding: .utf8))
            #expect(raw.says(pulled), "\(raw)")
            _ = try pull("archives/app:2")
            let shown = try tool.skopeo("inspect", "--tls-verify=false", "docker://\(tool.host)/archives/app:2")
            #expect(shown.says("\"org.opencontainers.image.version\": \"1.0\""), "\(shown)")
        }
    }
}
