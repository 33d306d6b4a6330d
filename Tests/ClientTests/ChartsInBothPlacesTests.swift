import Foundation
import Testing

extension Clients {
    /// helm 3 and 4 with charts that came in one way and are fetched the other way.
    @Suite(
        .withSite(
            settings: """
                helm: {oci: ["both-*"]}
                container: {helm_index: ["both-*"]}
                private: ["both-hidden-*"]
                readers: tokens
                """, ingest: true), .needsHelm, .needs("gpg", "curl"))
    struct ChartsInBothPlacesTests {
        let site: Site
        let tool: ContainerTool

        init() throws {
            site = try .current
            tool = try ContainerTool(site)
        }

        /// helm 3.17 has no option for plain HTTP here; it falls back to it by this one.
        private static let plain = ["3": "--insecure", "4": "--plain-http"]

        /// Makes a key, and a chart that is signed with it, by the real client.
        ///
        /// - Returns: the path of the public key.
        private func package(_ name: String, _ version: String, by major: String) throws -> String {
            let home = try tool.sandbox.folder("gnupg")
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: home)
            let gpg = ["gpg", "--homedir", home, "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""]
            try Tool.succeed(gpg + ["--quick-generate-key", "Chart Signer <signer@example.org>", "rsa2048", "sign", "never"])
            try Tool.succeed(gpg + ["--output", home + "/secret.gpg", "--export-secret-keys"])
            try Tool.succeed(gpg + ["--output", home + "/public.gpg", "--export"])
            try tool.sandbox.write(
                "\(name)/Chart.yaml", "apiVersion: v2\nname: \(name)\nversion: \(version)\ndescription: in both places\n")
            try tool.sandbox.write("\(name)/values.yaml", "greeting: hello\n")
            try tool.sandbox.write(
                "\(name)/templates/map.yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \(name)}\ndata: {greeting: {{ .Values.greeting }}}\n")
            try tool.sandbox.write("empty", "\n")
            let packed = try tool.helm(
                major, "package", name, "--sign", "--key", "Chart Signer", "--keyring", home + "/secret.gpg",
                "--passphrase-file", tool.sandbox.path + "/empty")
            #expect(packed.succeeded, "\(packed)")
            return home + "/public.gpg"
        }

        private func delete(_ path: String, _ token: String) throws -> Curl.Answer {
            try Curl.ask(["-u", "ci:\(token)", "-X", "DELETE", site.url + path])
        }

        @Test(arguments: ["3", "4"], ["1.0.0", "1.0.0+build.7"])
        func `a chart that was pushed to the registry is pulled from the repository, and verified`(major: String, version: String)
            throws
        {
            let owner = "both-pushed-\(major)-\(version.count)", plain = try #require(Self.plain[major])
            let key = try package("web", version, by: major), token = try site.token(owner)
            #expect(try tool.helm(major, "registry", "login", tool.host, "-u", "ci", "-p", token, plain).succeeded)
            let pushed = try tool.helm(major, "push", "web-\(version).tgz", "oci://\(tool.host)/\(owner)/charts", "--plain-http")
            #expect(pushed.succeeded, "\(pushed)")
            // It is in the index as soon as the push is answered.
            let other = try ContainerTool(site)
            let added = try other.helm(major, "repo", "add", "acme", "\(site.url)/\(owner)/helm")
            #expect(added.succeeded, "\(added)")
            let found = try other.helm(major, "search", "repo", "acme/web", "--versions")
            #expect(found.says(version) && found.says("in both places"), "\(found)")
            let pulled = try other.helm(
                major, "pull", "acme/web", "--version", version, "--verify", "--keyring", key, "--destination", other.sandbox.path
            )
            #expect(pulled.succeeded && pulled.says("Chart Signer"), "\(pulled)")
            for name in ["web-\(version).tgz", "web-\(version).tgz.prov"] {
                #expect(try other.file(name) == tool.file(name))
            }
            let rendered = try other.helm(major, "template", "mine", "acme/web", "--version", version)
            #expect(rendered.says("greeting: hello"), "\(rendered)")
            // The tag goes, and the chart with it.
            let tag = version.replacingOccurrences(of: "+", with: "_")
            let removed = try delete("/v2/\(owner)/charts/web/manifests/\(tag)", token)
            #expect(removed.status == 202, "\(removed)")
            #expect(try other.helm(major, "repo", "update").succeeded)
            let gone = try other.helm(major, "search", "repo", "acme/web", "--versions")
            #expect(!gone.says(version), "\(gone)")
            #expect(try Tool.run([Tool.indexgen, "--site", site.folder, "verify"]).succeeded)
        }

        @Test(arguments: ["3", "4"], ["1.0.0", "1.0.0+build.7"])
        func `a chart that was sent to the repository is pulled from the registry, and verified`(major: String, version: String)
            throws
        {
            let owner = "both-sent-\(major)-\(version.count)"
            let key = try package("web", version, by: major), token = try site.token(owner)
            let archive = "web-\(version).tgz"
            let sent = try Curl.ask(
                [
                    "-u", "ci:\(token)", "-F", "chart=@\(tool.sandbox.path)/\(archive)", "-F",
                    "prov=@\(tool.sandbox.path)/\(archive).prov", "\(site.url)/\(owner)/helm/api/charts?wait=1",
                ])
            #expect(sent.status == 201, "\(sent)")
            let other = try ContainerTool(site)
            try other.sandbox.folder("got")
            let address = "oci://\(tool.host)/\(owner)/web"
            let pulled = try other.helmPull(major, address, ["--version", version, "--verify", "--keyring", key])
            #expect(pulled.succeeded && pulled.says("Chart Signer"), "\(pulled)")
            for name in [archive, archive + ".prov"] { #expect(try other.file("got/\(name)") == tool.file(name)) }
            let shown = try other.helm(major, "show", "chart", address, "--version", version, "--plain-http")
            #expect(shown.says("version: \(version)") && shown.says("in both places"), "\(shown)")
            let rendered = try other.helm(major, "template", "mine", address, "--version", version, "--plain-http")
            #expect(rendered.says("greeting: hello"), "\(rendered)")
            if major == "4" {
                // helm 3 asks a cluster for its version also for that.
                let installed = try other.helm(
                    major, "install", "mine", address, "--version", version, "--plain-http", "--dry-run=client")
                #expect(installed.says("greeting: hello"), "\(installed)")
            }
            let tag = version.replacingOccurrences(of: "+", with: "_")
            #expect(try site.serverGet("/v2/\(owner)/web/tags/list").texts("tags") == [tag])
            // It cannot be deleted there; where it was sent it can.
            let refused = try delete("/v2/\(owner)/web/manifests/\(tag)", token)
            #expect(refused.status == 405 && refused.says("\(owner)/helm web \(version)"), "\(refused)")
            let shownFile = try site.indexgen("show", "\(owner)/container", "web")
            #expect(shownFile.contains("here for \(owner)/helm web \(version)"), "\(shownFile)")
            let removed = try delete("/\(owner)/helm/api/charts/web/\(version)?wait=1", token)
            #expect(removed.status == 200, "\(removed)")
            other.forget("got/\(archive)")
            let absent = try other.helmPull(major, address, ["--version", version])
            #expect(!absent.succeeded, "\(absent)")
            #expect(try Tool.run([Tool.indexgen, "--site", site.folder, "verify"]).succeeded)
        }

        @Test func `what is there for another is refused in the words of its clients`() throws {
            let owner = "both-words", token = try site.token(owner)
            _ = try package("web", "1.0.0", by: "4")
            try site.add(["\(tool.sandbox.path)/web-1.0.0.tgz"], owner: owner, "--type", "container")
            #expect(try site.get("/\(owner)/helm/web-1.0.0.tgz").status == 200)
            let refused = try delete("/\(owner)/helm/api/charts/web/1.0.0", token)
            #expect(
                refused.status == 409 && refused.says("web-1.0.0.tgz is here for \(owner)/container web sha256:"), "\(refused)")
        }

        @Test func `a private owner's chart is private in both places`() throws {
            let owner = "both-hidden-1", token = try site.token(owner, rights: "upload,read")
            _ = try package("web", "1.0.0", by: "4")
            try site.add(["\(tool.sandbox.path)/web-1.0.0.tgz"], owner: owner)
            for path in ["/\(owner)/helm/web-1.0.0.tgz", "/v2/\(owner)/web/manifests/1.0.0"] {
                #expect(try Curl.ask(["\(site.url)\(path)"]).status == 401, "\(path)")
                let read = try Curl.ask(["-u", "ci:\(token)", "--output", "/dev/null", "\(site.url)\(path)"])
                #expect(read.status == 200, "\(path): \(read)")
            }
        }
    }
}
