import Foundation
import Glibc
import Testing

extension Trait where Self == ConditionTrait {
    /// Runs only where buildah and podman can keep images: they want to be root, or to make a user namespace.
    static var needsImageStore: Self {
        .enabled("buildah cannot keep images here: \(ContainerTool.storeFault ?? "")") { ContainerTool.storeFault == nil }
    }

    /// Runs only where containerd can be started.
    static var needsContainerd: Self {
        .enabled("containerd cannot be started here: \(Containerd.fault ?? "")") { Containerd.fault == nil }
    }

    /// Runs only with oras-py in the Python environment (`make test-deps`).
    static var needsOras: Self {
        .enabled(
            if: Python.folder.map(Oras.isInstalled) ?? false, "the Python environment INDEXGEN_CLIENTS_VENV has no oras")
    }
}

/// skopeo, podman, buildah and helm with a home of their own, against a site.
struct ContainerTool {
    let site: Site
    let sandbox: Sandbox
    /// Host and port, as clients name registries.
    var host: String { "127.0.0.1:\(site.server.port)" }

    init(_ site: Site) throws {
        self.site = site
        sandbox = try Sandbox("container")
        try sandbox.folder("run")
        try sandbox.write("auth.json", "{}")
    }

    private static func environment(_ sandbox: Sandbox) -> [String: String] {
        [
            "HOME": sandbox.path, "XDG_RUNTIME_DIR": sandbox.path + "/run", "TMPDIR": sandbox.path,
            "REGISTRY_AUTH_FILE": sandbox.path + "/auth.json",
        ]
    }

    private static func storage(_ sandbox: Sandbox) -> [String] {
        ["--root", sandbox.path + "/storage", "--runroot", sandbox.path + "/runroot", "--storage-driver", "vfs"]
    }

    private func run(_ arguments: [String]) throws -> Outcome {
        try Tool.run(arguments, environment: Self.environment(sandbox), in: sandbox.path)
    }

    /// - Parameter verb: its options may follow.
    func skopeo(_ verb: String, _ arguments: String...) throws -> Outcome {
        try run(["skopeo", "--insecure-policy", verb] + arguments)
    }

    func buildah(_ arguments: String...) throws -> Outcome { try run(["buildah"] + Self.storage(sandbox) + arguments) }

    func buildahManifest(_ arguments: [String]) throws -> Outcome {
        try run(["buildah"] + Self.storage(sandbox) + ["manifest"] + arguments)
    }

    func podman(_ arguments: String...) throws -> Outcome {
        try run(["podman"] + Self.storage(sandbox) + ["--cgroup-manager", "cgroupfs", "--events-backend", "none"] + arguments)
    }

    func helm(_ major: String, _ arguments: String...) throws -> Outcome {
        let home = sandbox.path + "/helm-\(major)"
        return try Tool.run(
            [try #require(Helms.folder) + "/\(major)/helm"] + arguments,
            environment: [
                "HOME": home, "HELM_CACHE_HOME": home + "/c", "HELM_CONFIG_HOME": home + "/f", "HELM_DATA_HOME": home + "/d",
                "GNUPGHOME": sandbox.path + "/gnupg",
            ], in: sandbox.path)
    }

    /// Builds an image from nothing, with a file that says this.
    func build(_ text: String, as name: String) throws {
        try sandbox.write("context/motd", text)
        let begun = try buildah("from", "scratch")
        guard begun.succeeded else { throw Failure("\(begun)") }
        let container = begun.output.trimmingCharacters(in: .whitespacesAndNewlines)
        for arguments in [
            ["copy", container, "context/motd", "/etc/motd"],
            ["config", "--label", "org.opencontainers.image.version=1.0", "--cmd", "/bin/app", container],
            ["commit", "--quiet", container, name], ["rm", container],
        ] {
            let done = try run(["buildah"] + Self.storage(sandbox) + arguments)
            guard done.succeeded else { throw Failure("\(done)") }
        }
    }

    /// What a folder of skopeo's has, by name.
    func file(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: "\(sandbox.path)/\(path)")) }

    func forget(_ path: String) { try? FileManager.default.removeItem(atPath: "\(sandbox.path)/\(path)") }

    /// Why buildah cannot work here; nil where it can.
    static let storeFault: String? = {
        guard Tool.path("buildah") != nil, Tool.path("podman") != nil else { return "not installed: buildah, podman" }
        guard let sandbox = try? Sandbox("probe"), (try? sandbox.folder("run")) != nil,
            (try? sandbox.write("auth.json", "{}")) != nil
        else {
            return "no scratch folder"
        }
        defer { sandbox.hold() }
        do {
            let probe = try Tool.run(
                ["buildah"] + storage(sandbox) + ["from", "scratch"], environment: environment(sandbox), in: sandbox.path)
            return probe.succeeded ? nil : probe.output
        } catch {
            return "\(error)"
        }
    }()
}

/// containerd with folders of its own, and its client. It keeps content; it runs nothing.
final class Containerd: Sendable {
    let sandbox: Sandbox
    private let process: Process

    init() throws {
        sandbox = try Sandbox("containerd")
        process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(Tool.path("containerd")))
        process.arguments = [
            "--root", sandbox.path + "/root", "--state", sandbox.path + "/state", "--address", sandbox.path + "/socket",
            "--config",
            "/dev/null", "--log-level", "error",
        ]
        process.standardInput = FileHandle.nullDevice
        let log = try FileHandle(forWritingTo: URL(fileURLWithPath: sandbox.write("log", "")))
        process.standardOutput = log
        process.standardError = log
        try process.run()
        for _ in 0..<500 {
            if process.isRunning, let version = try? ctr("version"), version.succeeded { return }
            if !process.isRunning { break }
            usleep(20_000)
        }
        stop()
        throw Failure((try? sandbox.text("log")) ?? "it does not answer")
    }

    deinit { stop() }

    private func stop() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    func ctr(_ arguments: String...) throws -> Outcome {
        try Tool.run(["ctr", "--address", sandbox.path + "/socket"] + arguments, in: sandbox.path)
    }

    /// Why it cannot be started here; nil where it can.
    static let fault: String? = {
        guard Tool.path("containerd") != nil, Tool.path("ctr") != nil else { return "not installed: containerd" }
        do {
            _ = try Containerd()
            return nil
        } catch {
            return "\(error)"
        }
    }()
}

/// oras-py, driven by a script of its own (`oras-client.py`).
enum Oras {
    static func isInstalled(in folder: String) -> Bool {
        (try? Tool.run(["\(folder)/bin/python", "-c", "import oras"]))?.succeeded ?? false
    }

    /// - Returns: what it printed, a JSON object.
    static func run(arguments: [String], in sandbox: Sandbox) throws -> [String: Any] {
        let script = Checkout.root + "/Tests/ClientTests/oras-client.py"
        let outcome = try Tool.run(
            [try #require(Python.folder) + "/bin/python", script] + arguments,
            environment: ["HOME": sandbox.path, "DOCKER_CONFIG": sandbox.path], in: sandbox.path)
        guard outcome.succeeded, let line = outcome.output.split(separator: "\n").last,
            let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        else { throw Failure("\(outcome)") }
        return object
    }
}
