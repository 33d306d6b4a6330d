import Foundation
import Testing

/// Everything that the real clients have to say. One after another: they share a site, a server and two cores.
@Suite(.serialized, .clients, .withSite) enum Clients {}

extension Trait where Self == ConditionTrait {
    /// Runs only where it was asked for: these tests need nginx and start other people's programs.
    static var clients: Self {
        .enabled("set INDEXGEN_CLIENTS=1 to run the tests with real clients; they need nginx") {
            ProcessInfo.processInfo.environment["INDEXGEN_CLIENTS"] != nil && Tool.path("nginx") != nil
        }
    }

    /// Runs only when all of these programs are here; the reason names those that are not.
    static func needs(_ tools: String...) -> Self {
        let missing = tools.filter { Tool.path($0) == nil }
        return .enabled(if: missing.isEmpty, "not installed: \(missing.joined(separator: ", "))")
    }

    /// Runs only with the folder of fixtures that is not part of the project.
    static var needsShared: Self { .enabled(if: Shared.folder != nil, "INDEXGEN_SHARED names no folder") }

    /// Runs only with a Python environment that has pip, uv and packaging.
    static var needsPython: Self {
        .enabled(if: Python.folder != nil, "INDEXGEN_CLIENTS_VENV names no Python environment with pip and uv")
    }
}

/// Fixtures and checks from outside of the project.
enum Shared {
    static let folder = ProcessInfo.processInfo.environment["INDEXGEN_SHARED"].flatMap {
        FileManager.default.fileExists(atPath: $0 + "/tools") ? $0 : nil
    }
}

/// Makes the site before the first of a suite's tests and takes it down after the last.
struct SiteTrait: SuiteTrait, TestScoping {
    @TaskLocal static var site: Site?

    var signed = true
    var prefix = ""
    var settings = ""
    var ingest = false

    func provideScope(for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void) async throws {
        try await Self.$site.withValue(
            Site(signed: signed, prefix: prefix, settings: settings, ingest: ingest), operation: function)
    }
}

extension Trait where Self == SiteTrait {
    /// The site that most suites share.
    static var withSite: Self { SiteTrait() }

    /// A site of the suite's own.
    static func withSite(signed: Bool = true, prefix: String = "", settings: String = "", ingest: Bool = false) -> Self {
        SiteTrait(signed: signed, prefix: prefix, settings: settings, ingest: ingest)
    }
}

extension Site {
    /// The site of the running test.
    static var current: Site {
        get throws { try #require(SiteTrait.site) }
    }
}
