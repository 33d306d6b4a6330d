internal import Foundation

/// Runs another program by an argument vector; no shell ever sees a word of it.
struct Program {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    struct Result {
        var status: Int32
        var output: [UInt8]
        var diagnostics: String
    }

    var path: String

    /// Finds a program on PATH.
    init(named name: String, environment: [String: String]) throws {
        for folder in (environment["PATH"] ?? "/usr/bin:/bin").utf8.split(separator: UInt8(ascii: ":")) {
            let candidate = Files.join(String(decoding: folder, as: UTF8.self), name)
            if access(candidate, X_OK) == 0 {
                path = candidate
                return
            }
        }
        throw Failure(description: "\(name) is not installed (apt-get install \(name == "gpg" ? "gnupg" : name))")
    }

    /// Runs to its end with an empty standard input. `environment` replaces the caller's.
    func run(_ arguments: [String], environment: [String: String]) throws -> Result {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        let diagnostics = Pipe()
        process.standardOutput = output
        process.standardError = diagnostics
        try process.run()
        // The diagnostics of the programs used here fit a pipe's buffer; the output is drained first.
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        let messages = diagnostics.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus, output: [UInt8](bytes), diagnostics: String(decoding: messages, as: UTF8.self))
    }
}
