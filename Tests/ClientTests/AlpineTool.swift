import Formats
import Foundation
import Testing

@testable import Kit

extension Trait where Self == ConditionTrait {
    /// Runs only with a real apk: neither Debian nor PyPI has one.
    static var needsAPK: Self {
        .enabled(
            if: APKTool.program != nil, "INDEXGEN_APK names no apk (apk-tools 2.14 or 3); the strict reader stands in for it")
    }
}

/// What reads a repository as apk does, with a folder of keys of its own: a real apk, or the strict reader for machines without one.
struct APKTool {
    /// `INDEXGEN_APK`, such as `/sbin/apk`.
    static let program = ProcessInfo.processInfo.environment["INDEXGEN_APK"].flatMap {
        FileManager.default.isExecutableFile(atPath: $0) ? $0 : nil
    }

    let sandbox: Sandbox
    /// The address above the branches.
    let base: String
    let scope: String
    private let site: Site
    private let owner: String
    private var keys: String { sandbox.path + "/keys" }

    /// - Parameters:
    ///   - scope: `BRANCH/REPOSITORY`.
    ///   - prefix: what stands before the owner, as in `/api/packages`.
    ///   - isTrusting: takes the key that the repository offers, under its own name.
    init(
        _ site: Site, owner: String, _ scope: String = "v3.22/main", below prefix: String = "", isTrusting: Bool = true
    ) throws {
        sandbox = try Sandbox("apk")
        self.site = site
        self.owner = owner
        self.scope = scope
        base = "\(site.url)\(prefix)/\(owner)/alpine"
        try sandbox.folder("keys")
        if isTrusting {
            let name = try Self.keyFile(site, owner: owner)
            let key = try site.get("\(prefix)/\(owner)/alpine/\(name)")
            #expect(key.status == 200, "\(key)")
            try trust(key.text, as: name)
        }
    }

    /// What the key of an owner's indexes has to be called.
    static func keyFile(_ site: Site, owner: String) throws -> String {
        let names = try site.files(below: "\(owner)/alpine").filter { $0.hasSuffix(".rsa.pub") }
        #expect(names.count == 1, "\(names)")
        return (try #require(names.first) as NSString).lastPathComponent
    }

    func trust(_ key: String, as name: String) throws { try sandbox.write("keys/\(name)", key) }

    /// Fetches the index of an architecture and what is asked for, `NAME` or `NAME=VERSION`, or all of it, with the strict reader.
    ///
    /// - Returns: an outcome with a line `NAME-VERSION` for each package that is right.
    func read(_ wanted: String? = nil, for architecture: String = "x86_64") throws -> Outcome {
        try Tool.run(
            ["python3", "\(Checkout.root)/Tests/Kit/apk-reader.py", keys, "\(base)/\(scope)", architecture]
                + (wanted.map { [$0] } ?? []))
    }

    /// Runs the real apk in a root of its own.
    func run(_ arguments: String...) throws -> Outcome {
        let root = sandbox.path + "/root"
        let isNew = !FileManager.default.fileExists(atPath: root)
        try sandbox.folder("root")
        let common = [
            "--root", root, "--arch", "x86_64", "--keys-dir", keys, "--repository", "\(base)/\(scope)", "--no-progress",
        ]
        // Version 3 knows `--initdb` with `add` alone.
        return try Tool.run([try #require(Self.program)] + common + (isNew ? ["--initdb"] : []) + arguments)
    }

    /// `NAME-VERSION` of each package that the real apk has installed, sorted.
    func installed() throws -> [String] {
        try run("info", "-v").output.components(separatedBy: "\n").filter { !$0.isEmpty && !$0.hasPrefix("WARNING") }.sorted()
    }

    func forget() throws { try? FileManager.default.removeItem(atPath: sandbox.path + "/root") }
}

/// Packages of apk, as abuild makes them.
enum AlpineFile {
    /// Writes `NAME-VERSION.apk` with one file, `usr/share/NAME`.
    ///
    /// - Parameter more: further lines of `.PKGINFO`.
    /// - Returns: its path.
    static func write(
        _ name: String, _ version: String, _ architecture: String = "x86_64", more: [String] = [], greeting: String = "hello",
        into folder: String
    ) throws -> String {
        let content = Array("\(greeting) from \(version)\n".utf8)
        var builder = AlpineBuilder(name, version, architecture)
        builder.files = TarBuilder().folder("usr/").folder("usr/share/")
            .pax([("APK-TOOLS.checksum.SHA1", Hex.string(SHA1.of(content)))]).file("usr/share/\(name)", content)
        let lines = [
            "pkgdesc = says hello from \(version)", "url = https://example.org/\(name)", "builddate = 1767225600",
            "license = MIT", "origin = \(name)",
        ]
        for line in lines + more { builder = builder.with(line) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = "\(folder)/\(name)-\(version).apk"
        try Data(builder.bytes).write(to: URL(fileURLWithPath: path))
        return path
    }
}
