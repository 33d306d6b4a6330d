import Foundation
import Glibc

/// A scratch folder that disappears with its owner: whoever passes only its path on must hold it until the path is no more needed.
final class Sandbox: Sendable {
    let path: String

    /// To be called last by who has passed the path on.
    func hold() { withExtendedLifetime(self) {} }

    init(_ label: String = "sandbox") throws {
        var template = Array((FileManager.default.temporaryDirectory.path + "/indexgen-\(label)-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure("no scratch folder: error \(errno)") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // Clients change to users of their own; they must be able to look in.
        chmod(path, 0o755)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// A folder in here, made with those above it.
    @discardableResult
    func folder(_ name: String) throws -> String {
        try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: true)
        return "\(path)/\(name)"
    }

    /// A file in here; the folders above it are made.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        let file = "\(path)/\(name)"
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        return file
    }

    func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }

    func text(_ name: String) throws -> String { try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) }
}

/// Why a test cannot go on.
struct Failure: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

/// What a program said and how it ended.
struct Outcome: CustomStringConvertible, Sendable {
    var command: String
    var status: Int32
    /// Standard output and standard error, as they came.
    var output: String

    var succeeded: Bool { status == 0 }

    func says(_ text: String) -> Bool { output.localizedCaseInsensitiveContains(text) }

    /// The lines of output that begin with `prefix`.
    func lines(startingWith prefix: String) -> [String] {
        output.components(separatedBy: "\n").filter { $0.hasPrefix(prefix) }
    }

    var description: String { "\(command) ended with \(status):\n\(output)" }
}

/// Programs on this machine.
enum Tool {
    static let folders =
        (ProcessInfo.processInfo.environment["PATH"] ?? "").components(separatedBy: ":") + ["/usr/sbin", "/sbin"]

    static func path(_ name: String) -> String? {
        folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// The program under test, built beside the test runner.
    static let indexgen =
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path + "/indexgen"

    /// Runs a program to its end, at most two minutes (or `seconds`), with nothing of our own environment but the path: what is set up for this
    /// user (proxies, pip's or dnf's settings) must not reach the client under test.
    ///
    /// - Parameter input: standard input; nothing when left out.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], in folder: String? = nil, input: String? = nil,
        seconds: Int = 120
    ) throws -> Outcome {
        guard let name = arguments.first, let program = name.hasPrefix("/") ? name : path(name) else {
            throw Failure("\(arguments.first ?? "nothing") is not installed")
        }
        let sink = try Sandbox("output")
        defer { sink.hold() }
        let file = try sink.write("output", "")
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        process.arguments = ["--kill-after=5", "\(seconds)", program] + arguments.dropFirst()
        process.environment = [
            "PATH": folders.joined(separator: ":"), "HOME": sink.path, "LC_ALL": "C.UTF-8", "TZ": "UTC", "no_proxy": "*",
        ].merging(environment) { $1 }
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        process.standardInput =
            try input.map { try FileHandle(forReadingFrom: URL(fileURLWithPath: sink.write("input", $0))) }
            ?? FileHandle.nullDevice
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        process.waitUntilExit()
        try handle.close()
        let output = String(decoding: try Data(contentsOf: URL(fileURLWithPath: file)), as: UTF8.self)
        return Outcome(command: arguments.joined(separator: " "), status: process.terminationStatus, output: output)
    }

    /// Runs a program that must succeed, and gives back what it said.
    @discardableResult
    static func succeed(_ arguments: [String], environment: [String: String] = [:], in folder: String? = nil) throws -> String {
        let outcome = try run(arguments, environment: environment, in: folder)
        guard outcome.succeeded else { throw Failure(outcome.description) }
        return outcome.output
    }
}

/// Where this checkout's files are.
enum Checkout {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    static let samples = root + "/examples/packages/dist"

    /// The sample packages of a type whose file names contain all of the given texts.
    static func samples(_ type: String, _ parts: String...) throws -> [String] {
        let found = try FileManager.default.contentsOfDirectory(atPath: "\(samples)/\(type)").sorted()
            .filter { file in parts.allSatisfy { file.contains($0) } }
        guard !found.isEmpty else { throw Failure("no sample package of \(type) is named like \(parts)") }
        return found.map { "\(samples)/\(type)/\($0)" }
    }
}
