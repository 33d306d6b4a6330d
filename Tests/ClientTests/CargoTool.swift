import Foundation
import Testing

extension Trait where Self == ConditionTrait {
    /// Runs only with a cargo that reads sparse registries.
    static var needsCargo: Self {
        .enabled(if: CargoTool.minor >= 74, "not installed: cargo 1.74 or later (Debian: cargo-web)")
    }

    /// Runs only where crates can be compiled and linked.
    static var needsCompiler: Self { .needs("rustc", "cc") }
}

/// cargo with a home of its own, which knows one registry, `t`.
struct CargoTool {
    /// The second number of cargo's version, 0 without a cargo.
    static let minor: Int = {
        guard let said = try? Tool.run(["cargo", "--version"], environment: toolchain), said.succeeded else { return 0 }
        let numbers = said.output.components(separatedBy: " ").dropFirst().first?.components(separatedBy: ".") ?? []
        return numbers.count > 1 ? Int(numbers[1]) ?? 0 : 0
    }()

    /// What rustup needs where cargo comes from it, as HOME is another one here.
    private static let toolchain: [String: String] = {
        let environment = ProcessInfo.processInfo.environment
        let home = environment["RUSTUP_HOME"] ?? (environment["HOME"] ?? "") + "/.rustup"
        return FileManager.default.fileExists(atPath: home) ? ["RUSTUP_HOME": home] : [:]
    }()

    let sandbox: Sandbox
    let registry: String
    var token: String?

    /// - Parameter prefix: what stands before the owner, as in `/api/packages`.
    init(_ site: Site, owner: String, below prefix: String = "", token: String?) throws {
        sandbox = try Sandbox("cargo")
        registry = "\(site.url)\(prefix)/\(owner)/cargo/"
        self.token = token
        try sandbox.write(
            "home/config.toml",
            """
            [registry]
            global-credential-providers = ["cargo:token"]
            [registries.t]
            index = "sparse+\(registry)"
            [net]
            retry = 0

            """)
    }

    /// Writes a crate into the folder of its name, in the place of one that is there.
    ///
    /// - Parameters:
    ///   - requires: the body of `[dependencies]`, one `NAME = "REQUIREMENT"` a line, each from the registry.
    ///   - more: further tables of Cargo.toml.
    ///   - main: makes a program of it, with this source.
    func write(_ name: String, _ version: String, requires: [String: String] = [:], more: String = "", main: String? = nil) throws
    {
        try? FileManager.default.removeItem(atPath: "\(sandbox.path)/\(name)")
        let dependencies = requires.map { "\($0) = { version = \"\($1)\", registry = \"t\" }\n" }.sorted().joined()
        try sandbox.write(
            "\(name)/Cargo.toml",
            """
            [package]
            name = "\(name)"
            version = "\(version)"
            edition = "2021"
            license = "MIT"
            description = "says its version"

            [dependencies]
            \(dependencies)
            \(more)

            """)
        try sandbox.write(
            main == nil ? "\(name)/src/lib.rs" : "\(name)/src/main.rs",
            main ?? "pub fn version() -> &'static str { env!(\"CARGO_PKG_VERSION\") }\n")
    }

    /// Runs cargo in the folder of a crate.
    func run(in crate: String, _ arguments: String...) throws -> Outcome {
        var environment = Self.toolchain
        environment["CARGO_HOME"] = sandbox.path + "/home"
        environment["CARGO_TARGET_DIR"] = sandbox.path + "/target"
        environment["CARGO_TERM_COLOR"] = "never"
        environment["CARGO_REGISTRIES_T_TOKEN"] = token
        return try Tool.run(["cargo"] + arguments, environment: environment, in: "\(sandbox.path)/\(crate)", seconds: 300)
    }

    /// Publishes the crate of a folder, without compiling it first.
    func publish(_ crate: String) throws -> Outcome {
        try run(in: crate, "publish", "--registry", "t", "--allow-dirty", "--no-verify")
    }

    /// Writes a crate and publishes it, which must succeed.
    func publish(_ name: String, _ version: String, requires: [String: String] = [:]) throws {
        try write(name, version, requires: requires)
        let published = try publish(name)
        #expect(published.succeeded && published.says("Published \(name) v\(version)"), "\(published)")
    }

    /// Forgets what was downloaded and what was chosen by a crate.
    func forget(_ crate: String) throws {
        try? FileManager.default.removeItem(atPath: sandbox.path + "/home/registry")
        try? FileManager.default.removeItem(atPath: "\(sandbox.path)/\(crate)/Cargo.lock")
    }

    /// The version of a package that a crate's lock file has.
    func locked(_ package: String, by crate: String) throws -> String? {
        let lines = try sandbox.text("\(crate)/Cargo.lock").components(separatedBy: "\n")
        let next = lines.firstIndex(of: "name = \"\(package)\"").map { $0 + 1 }
        return next.map { lines[$0].replacingOccurrences(of: "version = ", with: "").replacingOccurrences(of: "\"", with: "") }
    }
}
