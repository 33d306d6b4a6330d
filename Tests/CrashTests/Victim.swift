import Foundation
import Glibc

/// The program under test on a site of its own, which may be killed at any moment.
final class Victim: Sendable {
    let folder: String
    var site: String { folder + "/site" }
    var tree: PublicTree { PublicTree(root: site + "/public") }

    struct Run: Sendable {
        /// Negative: the signal that ended it.
        var status: Int32
        var output: String
        var diagnostics: String

        var isKilled: Bool { status == -SIGKILL }
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Built beside the test runner.
    static let programs = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path
    static let program = programs + "/indexgen"

    /// A program on PATH.
    static func find(_ name: String) -> String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").map { "\($0)/\(name)" }
            .first { access($0, X_OK) == 0 }
    }

    /// A folder for packages and a site, with neither in it yet.
    init(emptyIn parent: String) throws {
        var template = Array((parent + "/indexgen-crash-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(description: "no scratch folder: error \(errno)") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try FileManager.default.createDirectory(atPath: folder + "/packages", withIntermediateDirectories: false)
    }

    convenience init(signed: Bool = true, settings: String = "") throws {
        try self.init(emptyIn: FileManager.default.temporaryDirectory.path)
        let made = try run(["init"] + (signed ? [] : ["--unsigned"]))
        guard made.status == 0 else { throw Failure(description: made.diagnostics) }
        if !settings.isEmpty { try addSettings(settings) }
    }

    func addSettings(_ settings: String) throws {
        let file = site + "/indexgen.yaml"
        try (String(contentsOfFile: file, encoding: .utf8) + "\n" + settings + "\n")
            .write(toFile: file, atomically: true, encoding: .utf8)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Another site with the same key.
    convenience init(twinOf other: Victim) throws {
        try self.init(signed: false)
        try FileManager.default.removeItem(atPath: site + "/indexgen.yaml")
        try FileManager.default.copyItem(atPath: other.site + "/indexgen.yaml", toPath: site + "/indexgen.yaml")
        let keyring = other.site + "/state/keyring"
        if FileManager.default.fileExists(atPath: keyring) {
            try FileManager.default.createDirectory(
                atPath: site + "/state/keyring", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            for name in try FileManager.default.contentsOfDirectory(atPath: keyring)
            where !name.hasPrefix("S.") && !name.hasPrefix(".#") {
                try FileManager.default.copyItem(atPath: "\(keyring)/\(name)", toPath: "\(site)/state/keyring/\(name)")
            }
        }
    }

    /// Runs a verb to its end, or kills it after some microseconds. The clock stands still, so that trees can be compared.
    func run(_ arguments: [String], killedAfter microseconds: UInt32? = nil, environment: [String] = []) throws -> Run {
        let child = try start(arguments, environment: environment)
        if let microseconds {
            usleep(microseconds)
            kill(child.process, SIGKILL)
        }
        return try child.wait()
    }

    /// Runs a verb that must succeed.
    @discardableResult
    func succeed(_ arguments: [String]) throws -> String {
        let run = try run(arguments)
        guard run.status == 0 else { throw Failure(description: "\(arguments) ended with \(run.status): \(run.diagnostics)") }
        return run.output
    }

    /// Runs a verb that must succeed; how many microseconds it takes here and now.
    func duration(of arguments: [String]) throws -> UInt32 {
        let begin = ContinuousClock.now
        try succeed(arguments)
        return UInt32((ContinuousClock.now - begin) / .microseconds(1))
    }

    /// Runs another program to its end, with the same surroundings.
    func run(program: String, _ arguments: [String], environment: [String] = []) throws -> Run {
        try start(program, arguments, environment: environment).wait()
    }

    func start(_ arguments: [String], environment: [String] = []) throws -> Child {
        try start(Self.program, ["--site", site] + arguments, environment: environment)
    }

    func start(_ program: String, _ arguments: [String], environment additions: [String]) throws -> Child {
        let name = "\(folder)/run-\(UUID().uuidString)"
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, name + ".out", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, name + ".err", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let environment = ["PATH=\(path)", "SOURCE_DATE_EPOCH=1700000000", "HOME=\(folder)", "LC_ALL=C.UTF-8"] + additions
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup($0) } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var process: pid_t = 0
        let status = posix_spawn(&process, program, &actions, nil, &words, &variables)
        guard status == 0 else { throw Failure(description: "\(program) does not start: error \(status)") }
        return Child(process: process, name: name)
    }

    struct Child: Sendable {
        let process: pid_t
        fileprivate let name: String

        /// What it has said on standard error so far.
        var diagnostics: String { (try? String(contentsOfFile: name + ".err", encoding: .utf8)) ?? "" }

        func wait() throws -> Run {
            var state: Int32 = 0
            while waitpid(process, &state, 0) < 0 {
                if errno != EINTR { throw Failure(description: "waitpid: error \(errno)") }
            }
            let signal = state & 0x7F
            defer { for suffix in [".out", ".err"] { unlink(name + suffix) } }
            return Run(
                status: signal == 0 ? (state >> 8) & 0xFF : -signal,
                output: try String(contentsOfFile: name + ".out", encoding: .utf8),
                diagnostics: try String(contentsOfFile: name + ".err", encoding: .utf8))
        }
    }
}
