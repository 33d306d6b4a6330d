import Foundation
import Testing

/// pip and uv from a Python environment, with no settings, cache or index but the one given.
struct Python {
    /// `INDEXGEN_CLIENTS_VENV`, when it has pip and uv.
    static let folder = ProcessInfo.processInfo.environment["INDEXGEN_CLIENTS_VENV"].flatMap { path in
        ["python", "pip", "uv", "twine"].allSatisfy { FileManager.default.isExecutableFile(atPath: "\(path)/bin/\($0)") }
            ? path : nil
    }

    let sandbox: Sandbox
    let index: String
    private let bin: String

    /// - Parameter htmlOnly: Through a server that never negotiates.
    init(_ site: Site, owner: String, htmlOnly: Bool = false) throws {
        sandbox = try Sandbox("python")
        bin = try #require(Self.folder) + "/bin"
        index = "\(htmlOnly ? site.server.htmlURL : site.server.url)\(site.prefix)/\(owner)/pypi/simple/"
    }

    /// What Accept pip sends.
    static let accept =
        "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01"

    func pip(_ arguments: String...) throws -> Outcome {
        try Tool.run([bin + "/pip"] + arguments, environment: environment, in: sandbox.path)
    }

    func uv(_ arguments: String...) throws -> Outcome {
        try Tool.run([bin + "/uv"] + arguments, environment: environment, in: sandbox.path)
    }

    /// Uploads a file with twine.
    func twine(_ file: String, to address: String, token: String) throws -> Outcome {
        try Tool.run(
            [
                bin + "/twine", "upload", "--non-interactive", "--verbose", "--repository-url", address, "--username",
                "__token__",
                "--password", token, file,
            ], environment: environment, in: sandbox.path)
    }

    func python(_ arguments: String...) throws -> Outcome {
        try Tool.run([bin + "/python"] + arguments, environment: environment, in: sandbox.path)
    }

    /// Installs into the sandbox's folder `target` with pip.
    func install(_ requirements: String...) throws -> Outcome {
        try Tool.run(
            [bin + "/pip", "install", "--target", "target", "--index-url", index] + requirements, environment: environment,
            in: sandbox.path)
    }

    /// The version that lies in `target`.
    var installed: String? {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: sandbox.path + "/target")) ?? []
        return names.first { $0.hasSuffix(".dist-info") }.map {
            $0.replacingOccurrences(of: "indexgen_hello-", with: "").replacingOccurrences(of: ".dist-info", with: "")
        }
    }

    private var environment: [String: String] {
        [
            "PIP_CONFIG_FILE": "/dev/null", "PIP_NO_CACHE_DIR": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1",
            "PIP_RETRIES": "0", "UV_NO_CONFIG": "1", "UV_NO_CACHE": "1", "UV_PYTHON_DOWNLOADS": "never",
            "UV_PYTHON": bin + "/python",
        ]
    }
}
