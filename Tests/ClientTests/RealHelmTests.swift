import Foundation
import Testing

extension Trait where Self == ConditionTrait {
    /// Runs only with real helm clients: `INDEXGEN_HELM` has a folder `3` and a folder `4` with a `helm` in each (`make test-deps`).
    static var needsHelm: Self { .enabled(if: Helms.folder != nil, "INDEXGEN_HELM names no folder with 3/helm and 4/helm") }
}

/// The real clients, each with a home of its own.
enum Helms {
    static let folder = ProcessInfo.processInfo.environment["INDEXGEN_HELM"].flatMap { path in
        ["3", "4"].allSatisfy { FileManager.default.isExecutableFile(atPath: "\(path)/\($0)/helm") } ? path : nil
    }
}

extension Clients {
    /// helm 3.17 and 4.1 against a site behind nginx.
    @Suite(.needsHelm) struct RealHelmTests {
        let site: Site
        let sandbox: Sandbox

        init() throws {
            site = try .current
            sandbox = try Sandbox("helm")
        }

        private func helm(_ major: String, _ arguments: String...) throws -> Outcome {
            let home = sandbox.path + "/home-\(major)"
            return try Tool.run(
                [try #require(Helms.folder) + "/\(major)/helm"] + arguments,
                environment: ["HELM_CACHE_HOME": home + "/c", "HELM_CONFIG_HOME": home + "/f", "HELM_DATA_HOME": home + "/d"],
                in: sandbox.path)
        }

        /// A chart packaged by the real client.
        private func package(_ name: String, _ version: String, more: String = "") throws -> String {
            try sandbox.write("\(name)/Chart.yaml", "apiVersion: v2\nname: \(name)\nversion: \(version)\n\(more)")
            try sandbox.write("\(name)/values.yaml", "a: 1\n")
            let packaged = try helm("4", "package", name, "-d", "charts")
            #expect(packaged.succeeded, "\(packaged)")
            return "\(sandbox.path)/charts/\(name)-\(version).tgz"
        }

        @Test(arguments: ["3", "4"], ["", "/api/packages"])
        func `a repository is added, searched and pulled from`(major: String, prefix: String) throws {
            let owner = "real-helm-\(major)\(prefix.isEmpty ? "" : "-p")"
            try site.add([package("one", "1.2.3"), package("one", "1.3.0-rc.1"), package("two", "v2.0.0")], owner: owner)
            let added = try helm(major, "repo", "add", "acme", "\(site.server.url)\(prefix)/\(owner)/helm")
            #expect(added.succeeded, "\(added)")
            let found = try helm(major, "search", "repo", "acme/", "--versions")
            #expect(found.says("acme/one") && found.says("1.2.3") && !found.says("rc.1") && found.says("acme/two"), "\(found)")
            let pulled = try helm(major, "pull", "acme/one", "--version", "1.2.3")
            #expect(pulled.succeeded && sandbox.has("one-1.2.3.tgz"), "\(pulled)")
            let shown = try helm(major, "show", "chart", "acme/two")
            #expect(shown.says("version: v2.0.0"), "\(shown)")
        }

        @Test(arguments: ["3", "4"], ["", "/api/packages"])
        func `a chart with a plus in its version is a dependency like any other`(major: String, prefix: String) throws {
            let owner = "real-plus-\(major)\(prefix.isEmpty ? "" : "-p")"
            try site.add([package("pim", "1.0.0+0023")], owner: owner)
            let url = "\(site.server.url)\(prefix)/\(owner)/helm"
            #expect(try helm(major, "repo", "add", "acme", url).succeeded)
            for (name, repository) in [("byname", "\"@acme\""), ("byaddress", url)] {
                try sandbox.write(
                    "\(name)/Chart.yaml",
                    "apiVersion: v2\nname: \(name)\nversion: 0.1.0\ndependencies:\n- {name: pim, version: 1.0.0+0023, repository: \(repository)}\n"
                )
                let updated = try helm(major, "dependency", "update", name)
                #expect(updated.succeeded, "\(updated)")
                let rendered = try helm(major, "template", "r", name)
                #expect(rendered.succeeded, "\(rendered)")
            }
            let pulled = try helm(major, "pull", "acme/pim", "--version", "1.0.0+0023")
            #expect(pulled.succeeded, "\(pulled)")
        }

        @Test(arguments: ["3", "4"])
        func `what helm refuses is refused, and what it packs is listed`(major: String) throws {
            let owner = "real-judge-\(major)"
            let forms: [(String, [(String, String)])] = [
                ("plain", [("web/Chart.yaml", "1.0.0")]), ("dot", [("./Chart.yaml", "1.0.1")]),
                ("dotted", [("./web/Chart.yaml", "1.0.2")]),
                ("doubled", [("web//Chart.yaml", "1.0.3")]), ("deep", [("a/b/Chart.yaml", "1.0.4")]),
                ("dots", [("web/Chart.yaml", "1.0.5"), ("web/..x", "")]),
                ("zero", [("web/Chart.yaml", "1.0.6-007")]), ("four", [("web/Chart.yaml", "1.0.7.1")]),
                ("lenient", [("web/Chart.yaml", "v1.1")]),
                ("capital", [("web/Chart.yaml", "V1.0.8")]), ("build", [("web/Chart.yaml", "1.0.9+007")]),
            ]
            for (name, files) in forms {
                let script = """
                    import io, json, sys, tarfile
                    with tarfile.open(sys.argv[1], 'w:gz') as t:
                        for path, version in json.loads(sys.argv[2]):
                            b = ('apiVersion: v2\\nname: web\\nversion: ' + version + '\\n').encode()
                            i = tarfile.TarInfo(path); i.size = len(b); t.addfile(i, io.BytesIO(b))
                    """
                let list = String(
                    decoding: try JSONSerialization.data(withJSONObject: files.map { [$0.0, $0.1] }), as: UTF8.self)
                let file = "\(sandbox.path)/\(name).tgz"
                try Tool.succeed(["/usr/bin/python3", "-c", script, file, list])
                let judged = try helm(major, "show", "chart", file)
                let added = try Tool.run([Tool.indexgen, "--site", site.folder, "add", "--owner", owner, "--type", "helm", file])
                #expect(added.succeeded == judged.succeeded, "\(name): \(judged) \(added)")
            }
        }
    }
}
