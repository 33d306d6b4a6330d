import Foundation
import Testing

extension Clients {
    /// Wheels with odd metadata: what is listed can be installed by somebody and stops nobody, what everybody takes is listed.
    @Suite(.needsPython) struct OddWheelTests {
        let site: Site

        init() throws { site = try .current }

        /// What pip or uv would take, and is refused here all the same: two readers could see two packages in it.
        static let stricter: Set<String> = []

        private struct Verdict: Decodable {
            var key, pip, uv: String
            var strict: Bool
        }

        @Test func `pip, uv and packaging agree with what is taken`() throws {
            let bin = try #require(Python.folder) + "/bin"
            let sandbox = try Sandbox("odd")
            defer { sandbox.hold() }
            let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/odd-wheels.py"
            try Tool.succeed([bin + "/python", script, "make", sandbox.path + "/wheels"])
            var taken: [String: Bool] = [:]
            let added = try Tool.run([
                Tool.indexgen, "--site", site.folder, "--json", "add", "--owner", "odd", "--type", "pypi",
                sandbox.path + "/wheels",
            ])
            for line in added.lines(startingWith: "{") {
                let object = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                guard let source = object["source"] as? String, source.hasSuffix("-2.0-py3-none-any.whl") else { continue }
                taken[(source as NSString).deletingLastPathComponent.components(separatedBy: "/").last ?? ""] =
                    object["outcome"] as? String == "added"
            }
            #expect(taken.count >= 60, "\(added)")
            let environment = [
                "PIP_CONFIG_FILE": "/dev/null", "PIP_NO_CACHE_DIR": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1",
                "UV_NO_CONFIG": "1",
                "UV_NO_CACHE": "1", "UV_PYTHON_DOWNLOADS": "never", "UV_PYTHON": bin + "/python", "PIP_NO_INPUT": "1",
            ]
            var verdicts = 0
            let judged = try Tool.run(
                [bin + "/python", script, "judge", sandbox.path + "/wheels", bin], environment: environment, seconds: 900)
            for line in judged.lines(startingWith: "{") {
                let verdict = try JSONDecoder().decode(Verdict.self, from: Data(line.utf8))
                verdicts += 1
                let stops = verdict.pip == "stops" || verdict.uv == "stops"
                let installs = verdict.pip == "installs" || verdict.uv == "installs"
                let expected = installs && !stops && !Self.stricter.contains(verdict.key)
                #expect(taken[verdict.key] == expected, "\(verdict)")
                // What packaging takes without a word, and both install, is never refused.
                if verdict.strict, verdict.pip == "installs", verdict.uv == "installs" {
                    #expect(taken[verdict.key] == true, "\(verdict)")
                }
            }
            #expect(verdicts == taken.count, "\(judged)")
            // From the site itself, whatever is listed leaves the project installable for both.
            let python = try Python(site, owner: "odd")
            for key in ["authorlatin", "padname", "needswords", "needsstar", "wheelsecond", "recordprose", "pythonwords"] {
                let pip = try python.install("--upgrade", key)
                let uv = try python.uv("pip", "install", "--target", "uv", "--index-url", python.index, key)
                #expect(pip.succeeded && uv.succeeded, "\(key): \(pip) \(uv)")
            }
        }
    }
}
