import Foundation

/// curl without settings of anybody's, for what has no client of its own.
enum Curl {
    struct Answer: CustomStringConvertible, Sendable {
        var status: Int
        var body: String

        func says(_ text: String) -> Bool { body.localizedCaseInsensitiveContains(text) }
        var description: String { "\(status): \(body)" }
    }

    /// - Returns: the last status and the body; 0 where no answer came.
    static func ask(_ arguments: [String]) throws -> Answer {
        let said = try Tool.run(["curl", "--disable", "--silent", "--show-error", "--write-out", "\n%{http_code}"] + arguments)
        let lines = said.output.components(separatedBy: "\n")
        return Answer(status: Int(lines.last ?? "") ?? 0, body: lines.dropLast().joined(separator: "\n"))
    }

    /// Sends a file with PUT.
    ///
    /// - Parameter token: nothing is said of who sends it where this is nil.
    static func put(_ file: String, to address: String, token: String?) throws -> Answer {
        try ask((token.map { ["-u", "ci:\($0)"] } ?? []) + ["--upload-file", file, address])
    }
}
