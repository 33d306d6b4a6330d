import Corpus
import Foundation
import Testing

/// helm's index, by a reader of YAML that is not ours and by helm's rules.
extension Clients {
    @Suite(.needs("python3")) struct HelmTests {
        let site: Site

        init() throws { site = try .current }

        static let hasYAML = (try? Tool.run(["/usr/bin/python3", "-c", "import yaml"]).succeeded) ?? false

        /// The index as JSON, by PyYAML with every scalar left as text. A mapping with the same key twice is an error.
        static let reader = """
            import json, sys, yaml
            class Loader(yaml.BaseLoader): pass
            def mapping(loader, node):
                keys = [key.value for key, _ in node.value]
                assert len(keys) == len(set(keys)), keys
                return {loader.construct_object(k, True): loader.construct_object(v, True) for k, v in node.value}
            Loader.add_constructor('tag:yaml.org,2002:map', mapping)
            print(json.dumps(yaml.load(open(sys.argv[1], 'rb'), Loader)))
            """

        func index(_ owner: String) throws -> [String: Any] {
            let text = try Tool.succeed(["/usr/bin/python3", "-c", Self.reader, site.file("\(owner)/helm/index.yaml")])
            return try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        }

        @Test(.enabled(if: hasYAML, "python3-yaml is not installed"))
        func `the index lists every chart as helm reads it, newest first, with its digest`() throws {
            try site.add(Checkout.samples("helm"), owner: "helm")
            let index = try index("helm")
            #expect(index["apiVersion"] as? String == "v1")
            let stamp = try #require(index["generated"] as? String)
            #expect(stamp.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[-+]\d\d:\d\d)/) != nil, "\(stamp)")
            let entries = try #require(index["entries"] as? [String: [[String: Any]]])
            #expect(Set(entries.keys) == ["indexgen-hello", "indexgen-hello-v1"])
            #expect(entries["indexgen-hello"]?.compactMap { $0["version"] as? String } == ["1.1.0", "1.0.0"])
            let newest = try #require(entries["indexgen-hello"]?.first)
            #expect(newest["apiVersion"] as? String == "v2" && newest["appVersion"] as? String == "1.1.0")
            #expect(newest["description"] as? String == "Says hello: a sample chart")
            #expect(
                newest["kubeVersion"] as? String == ">=1.20.0-0" && newest["keywords"] as? [String] == ["sample", "greeting"])
            let old = try #require(entries["indexgen-hello-v1"]?.first)
            #expect(
                old["apiVersion"] as? String == "v1" && old["appVersion"] as? String == "0.9"
                    && old["deprecated"] as? String == "true")
            for chart in entries.values.joined() {
                let address = try #require((chart["urls"] as? [String])?.first)
                let resolved = try #require(URL(string: address, relativeTo: URL(string: "\(site.url)/helm/helm/")))
                #expect(resolved.host == "127.0.0.1")
                let answer = try site.get(resolved.path)
                #expect(answer.status == 200 && chart["digest"] as? String == Site.sha256(answer.body), "\(chart)")
            }
        }

        @Test(.needsShared) func `the index of the samples obeys helm's rules`() throws {
            try site.add(Checkout.samples("helm"), owner: "helm-rules")
            let check = try Tool.run([
                "/usr/bin/python3", try #require(Shared.folder) + "/tools/check_helm_index.py",
                site.file("helm-rules/helm/index.yaml"), Checkout.samples + "/helm",
            ])
            #expect(check.succeeded, "\(check)")
        }

        @Test(.needsShared) func `the index of charts from many hands obeys helm's rules`() throws {
            let shared = try #require(Shared.folder)
            let charts = "\(shared)/fixtures/helm/charts"
            // Some are refused, as helm refuses them; the check knows which.
            _ = try Tool.run([Tool.indexgen, "--site", site.folder, "add", "--owner", "helm-many", "--type", "helm", charts])
            let check = try Tool.run([
                "/usr/bin/python3", shared + "/tools/check_helm_index.py", site.file("helm-many/helm/index.yaml"), charts,
                "--golden", "\(shared)/fixtures/helm/golden/charts.index.yaml",
            ])
            #expect(check.succeeded, "\(check)")
        }

        @Test func `a chart's file cannot change and its index is asked for again`() throws {
            try site.add(Checkout.samples("helm", "1.0.0"), owner: "helm-cache")
            let chart = try site.get("/helm-cache/helm/indexgen-hello-1.0.0.tgz")
            #expect(chart.status == 200 && chart["cache-control"]?.contains("immutable") == true, "\(chart)")
            #expect(chart["content-encoding"] == nil)
            let index = try site.get("/helm-cache/helm/index.yaml", headers: ["Accept-Encoding": "gzip"])
            #expect(index.status == 200 && index["cache-control"] == "no-cache", "\(index)")
            // Only where the settings ask for it.
            #expect(try site.get("/helm-cache/helm/api/charts").status == 404)
        }

        @Test func `ChartMuseum's addresses for reading are files`() throws {
            let site = try Site(signed: false, settings: "helm: {chart_list: true}")
            let build = site.sandbox.path + "/build.tgz"
            try Data(HelmCorpus.chart(named: "indexgen-hello", version: "1.2.0+7")).write(to: URL(fileURLWithPath: build))
            try site.add(Checkout.samples("helm") + [build], owner: "acme")
            func json(_ address: String) throws -> Any {
                let answer = try Curl.ask(["--write-out", "\n%{content_type}\n%{http_code}", "\(site.url)\(address)"])
                #expect(answer.status == 200, "\(address): \(answer)")
                var lines = answer.body.components(separatedBy: "\n")
                #expect(lines.popLast() == "application/json", "\(address): \(answer)")
                // Whoever asks for the head alone is told the same.
                #expect(try Curl.ask(["--head", "\(site.url)\(address)"]).status == 200, "\(address)")
                return try JSONSerialization.jsonObject(with: Data(lines.joined(separator: "\n").utf8))
            }
            func versions(_ entries: Any?) -> [String]? { (entries as? [[String: Any]])?.compactMap { $0["version"] as? String } }
            let newestFirst = ["1.2.0+7", "1.1.0", "1.0.0"]
            for prefix in ["/acme/helm", "/api/packages/acme/helm"] {
                for address in ["/api/charts", "/api/charts/"] {
                    let charts = try json(prefix + address) as? [String: Any]
                    #expect(versions(charts?["indexgen-hello"]) == newestFirst)
                }
                for address in ["/api/charts/indexgen-hello", "/api/charts/indexgen-hello/"] {
                    #expect(try versions(json(prefix + address)) == newestFirst)
                }
                for (address, version) in [("1.1.0", "1.1.0"), ("1.2.0+7", "1.2.0+7"), ("1.2.0%2B7", "1.2.0+7")] {
                    let entry = try json("\(prefix)/api/charts/indexgen-hello/\(address)") as? [String: Any]
                    #expect(entry?["version"] as? String == version && entry?["name"] as? String == "indexgen-hello")
                    let chart = try #require((entry?["urls"] as? [String])?.first)
                    #expect(try Curl.ask(["--head", "\(site.url)\(prefix)/\(chart)"]).status == 200, "\(chart)")
                }
                for address in ["nobody", "nobody/1.0.0", "indexgen-hello/9.9.9", "indexgen-hello/1.1.0/more"] {
                    for options in [[], ["--head"]] {
                        let answer = try Curl.ask(options + ["\(site.url)\(prefix)/api/charts/\(address)"])
                        #expect(answer.status == 404, "\(address): \(answer)")
                    }
                }
            }
            let version = try site.get("/acme/helm/api/charts/indexgen-hello/1.1.0")
            #expect(version["cache-control"] == "no-cache" && version["vary"]?.contains("Accept,") != true, "\(version)")
        }
    }
}
