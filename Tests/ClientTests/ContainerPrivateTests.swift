import Foundation
import Testing

extension Clients.Containers {
    /// Images of private owners: `hidden` and `team-*` of the suite's site, whose readers have tokens.
    @Suite struct PrivateImageTests {
        let site: Site
        let registry: ContainerRegistry
        let image: ContainerImage

        init() throws {
            site = try .current
            registry = ContainerRegistry(site, "hidden/app", token: try site.token("hidden"))
            image = try ContainerImage("hidden\n")
            try registry.push(image, as: "1")
        }

        private var paths: [String] {
            [
                "manifests/1", "manifests/\(image.digest)", "manifests/absent",
                "blobs/" + ContainerRegistry.sha256(image.blobs[1]),
                "blobs/" + ContainerRegistry.sha256(Data("absent".utf8)), "tags/list", "tags/list?n=2",
                "referrers/\(image.digest)",
                "referrers/\(image.digest)?artifactType=a/b",
            ]
        }

        /// Credentials for a while, for whoever shows a password.
        private func ticket(_ password: String?, for scope: String) throws -> Response {
            try site.serverGet(
                "/v2/token?service=container_registry&scope=\(scope)",
                headers: password.map { ["Authorization": ContainerRegistry.basic("somebody", $0)] } ?? [:])
        }

        @Test func `nothing is told to those who may not read, under any address`() throws {
            let stranger = try site.token("somebody-else", rights: "upload,delete,read")
            let none: [[String: String]] = [[:], ["Authorization": "Bearer anonymous"]]
            // Guesses are slowed down: few of them are made.
            for wrong in ["Bearer ixt_00", ContainerRegistry.basic("ci", "ixg_wrong")] {
                #expect(
                    try site.serverGet("/v2/hidden/app/manifests/1", headers: ["Authorization": wrong]).status == 401, "\(wrong)")
            }
            for path in paths {
                for address in [
                    "/v2/hidden/app/\(path)", "/hidden/container/app/\(path)", "/v2/HIDDEN/app/\(path)",
                    "/v2//hidden/./app/\(path)",
                ] {
                    for headers in none {
                        let answer = try site.serverGet(address, headers: headers)
                        #expect([400, 401, 404].contains(answer.status), "\(address): \(answer)")
                        #expect(
                            !answer.text.contains(image.digest) && answer.body != image.blobs[1], "\(address): \(answer.text)")
                        if address.hasPrefix("/v2/hidden") {
                            #expect(
                                answer.status == 401 && answer.codes == ["UNAUTHORIZED"],
                                "\(address) \(headers): \(answer) \(answer.text)")
                            #expect(answer["www-authenticate"] != nil, "\(address): \(answer)")
                        }
                    }
                    let refused = try site.serverGet(address, headers: ["Authorization": ContainerRegistry.basic("ci", stranger)])
                    #expect([400, 401, 403, 404].contains(refused.status), "\(address): \(refused)")
                }
            }
            // Not a word of it in lists for everybody.
            #expect(try !site.serverGet("/v2/_catalog", headers: ["Authorization": "Bearer anonymous"]).text.contains("hidden/"))
            #expect(try site.serverGet("/v2/hidden/_catalog").status == 401)
        }

        @Test func `readers get everything, with a password and with a ticket`() throws {
            let token = try site.token("hidden", rights: "read")
            let given = try ticket(token, for: "repository:hidden/app:pull")
            let bearer = try #require(given.json["token"] as? String, "\(given) \(given.text)")
            #expect(given.json["expires_in"] as? Int ?? 0 >= 60 && bearer != token)
            for credentials in [ContainerRegistry.basic("ci", token), "Bearer \(bearer)", "Bearer \(token)"] {
                for path in paths {
                    let answer = try site.serverGet("/v2/hidden/app/\(path)", headers: ["Authorization": credentials])
                    #expect(
                        answer.status
                            == (path.contains("absent") || path.contains(ContainerRegistry.sha256(Data("absent".utf8)))
                                ? 404 : 200),
                        "\(path): \(answer)")
                }
                let manifest = try site.serverGet("/v2/hidden/app/manifests/1", headers: ["Authorization": credentials])
                #expect(
                    manifest.body == image.manifest.bytes && manifest["cache-control"]?.hasPrefix("private") == true,
                    "\(manifest)")
                let entered = try site.serverGet("/v2/", headers: ["Authorization": credentials])
                #expect(entered.status == 200, "\(entered)")
            }
            // A ticket is for what it was asked for.
            let other = try #require(try ticket(token, for: "repository:hidden/other:pull").json["token"] as? String)
            #expect(try site.serverGet("/v2/hidden/app/manifests/1", headers: ["Authorization": "Bearer \(other)"]).status == 401)
            // A reader does not push, whatever the ticket was asked for.
            let push = try #require(try ticket(token, for: "repository:hidden/app:pull,push").json["token"] as? String)
            let refused = try HTTP.send(
                port: site.server.port, "POST", "/v2/hidden/app/blobs/uploads/", headers: ["Authorization": "Bearer \(push)"],
                body: Data())
            #expect(refused.status == 403 && refused.codes == ["DENIED"], "\(refused) \(refused.text)")
            let wrong = try ticket("ixg_wrong", for: "repository:hidden/app:pull")
            #expect(wrong.status == 401 && wrong["www-authenticate"] != nil, "\(wrong)")
        }

        @Test func `a blob is not mounted out of an image that the sender may not read`() throws {
            let other = ContainerRegistry(site, "mounting/app", token: try site.token("mounting"))
            let digest = ContainerRegistry.sha256(image.blobs[1])
            for query in ["mount=\(digest)&from=hidden/app", "mount=\(digest)"] {
                let answer = try other.send("POST", other.at("blobs/uploads/?\(query)"), body: Data())
                #expect(answer.status == 202, "\(query): \(answer)")
            }
            #expect(try other.head("blobs/\(digest)").status == 404)
        }

        @Test(.needs("skopeo")) func `skopeo pulls with the right password alone`() throws {
            let tool = try ContainerTool(site), token = try site.token("hidden", rights: "read")
            func copy(_ options: String...) throws -> Outcome {
                tool.forget("out")
                return try tool.skopeoCopy(
                    ["-q", "--src-tls-verify=false"] + options + ["docker://\(tool.host)/hidden/app:1", "dir:out"])
            }
            for outcome in [try copy(), try copy("--src-creds", "ci:ixg_wrong")] {
                #expect(
                    !outcome.succeeded
                        && (outcome.says("unauthorized") || outcome.says("authentication required")
                            || outcome.says("invalid username")),
                    "\(outcome)")
            }
            let pulled = try copy("--src-creds", "ci:\(token)")
            #expect(try pulled.succeeded && tool.file("out/manifest.json") == image.manifest.bytes, "\(pulled)")
        }

        @Test(.needs("podman"), .needsImageStore) func `podman pulls after a login alone`() throws {
            let tool = try ContainerTool(site), token = try site.token("hidden", rights: "read"),
                name = "\(tool.host)/hidden/app:1"
            let refused = try tool.podman("pull", "-q", "--tls-verify=false", name)
            #expect(!refused.succeeded, "\(refused)")
            let login = try tool.podman("login", "--tls-verify=false", "-u", "reader", "-p", token, tool.host)
            #expect(login.succeeded, "\(login)")
            let pulled = try tool.podman("pull", "-q", "--tls-verify=false", name)
            #expect(pulled.succeeded, "\(pulled)")
        }

        @Test(.needsContainerd) func `containerd pulls with the right password alone`() throws {
            let containerd = try Containerd(), token = try site.token("hidden", rights: "read")
            let name = "127.0.0.1:\(site.server.port)/hidden/app:1"
            for options in [[], ["--user", "ci:ixg_wrong"]] {
                let refused = try containerd.fetch(name, options)
                #expect(!refused.succeeded, "\(refused)")
            }
            let pulled = try containerd.fetch(name, ["--user", "ci:\(token)"])
            #expect(pulled.succeeded, "\(pulled)")
        }

        @Test(.needsPython, .needsOras) func `oras pulls with the right password alone`() throws {
            let tool = try ContainerTool(site), token = try site.token("hidden", rights: "read")
            let artifact = try ContainerImage(artifact: "hidden file", type: "text/plain")
            try registry.push(artifact, as: "artifact")
            let right = try Oras.run(arguments: [tool.host, token, "discover", "hidden/app:artifact"], in: tool.sandbox)
            #expect((right["manifests"] as? [Any])?.isEmpty == true, "\(right)")
            #expect(throws: Failure.self) {
                try Oras.run(arguments: [tool.host, "-", "discover", "hidden/app:artifact"], in: tool.sandbox)
            }
        }

        @Test(.needsHelm, arguments: ["3", "4"]) func `helm pulls after a login alone`(major: String) throws {
            let tool = try ContainerTool(site), token = try site.token("team-\(major)", rights: "upload,read")
            try tool.sandbox.write("web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n")
            #expect(try tool.helm(major, "package", "web").succeeded)
            try tool.sandbox.folder("got")
            let chart = "oci://\(tool.host)/team-\(major)/web"
            let login = ["registry", "login", tool.host, "-u", "ci", "-p", token, major == "3" ? "--insecure" : "--plain-http"]
            #expect(
                try tool.helm(major, login[0], login[1], login[2], login[3], login[4], login[5], login[6], login[7]).succeeded)
            let pushed = try tool.helm(major, "push", "web-1.0.0.tgz", "oci://\(tool.host)/team-\(major)", "--plain-http")
            #expect(pushed.succeeded, "\(pushed)")
            let pulled = try tool.helmPull(major, chart, ["--version", "1.0.0"])
            #expect(pulled.succeeded, "\(pulled)")
            #expect(try tool.helm(major, "registry", "logout", tool.host).succeeded)
            tool.forget("got/web-1.0.0.tgz")
            let refused = try tool.helmPull(major, chart, ["--version", "1.0.0"])
            #expect(!refused.succeeded, "\(refused)")
        }
    }
}

extension ContainerTool {
    func skopeoCopy(_ arguments: [String]) throws -> Outcome {
        try Tool.run(
            ["skopeo", "--insecure-policy", "copy"] + arguments,
            environment: ["HOME": sandbox.path, "XDG_RUNTIME_DIR": sandbox.path + "/run", "TMPDIR": sandbox.path],
            in: sandbox.path)
    }
}

extension Containerd {
    func fetch(_ name: String, _ options: [String]) throws -> Outcome {
        try Tool.run(
            ["ctr", "--address", sandbox.path + "/socket", "content", "fetch", "--plain-http"] + options + [name],
            in: sandbox.path)
    }
}
