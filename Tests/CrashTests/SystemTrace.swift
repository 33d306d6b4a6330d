import Foundation
import Glibc

/// What a run asked of the kernel, in its order, as far as it decides what survives a power cut: which bytes and names were new, and
/// which of them had been synced at any moment. By strace.
final class SystemTrace {
    /// strace is needed.
    static let program = Victim.find("strace")
    static let isAvailable: Bool = {
        if program == nil { print("durability tests are skipped: no strace") }
        return program != nil
    }()

    private let log: String
    private let site: String

    private static let calls = [
        "write", "writev", "pwrite64", "sendto", "sendmsg", "ftruncate", "fsync", "fdatasync", "syncfs", "openat", "renameat",
        "renameat2", "rename", "linkat", "unlinkat", "mkdirat", "mkdir",
    ]

    init(_ victim: Victim) {
        log = "\(victim.folder)/trace-\(UUID().uuidString)"
        site = victim.site
    }

    /// Starts a verb; the child is the verb itself.
    func start(_ arguments: [String], of victim: Victim) throws -> Victim.Child {
        try victim.start(
            Self.program ?? "",
            ["-D", "-f", "-y", "-qq", "-s", "200", "-e", "trace=\(Self.calls.joined(separator: ","))", "-o", log, Victim.program]
                + ["--site", victim.site] + arguments,
            environment: [])
    }

    /// Runs a verb to its end.
    func run(_ arguments: [String], of victim: Victim) throws -> Victim.Run { try start(arguments, of: victim).wait() }

    /// One call that succeeded.
    struct Call {
        var name: String
        /// Paths of descriptors and names, a name that follows a folder's descriptor joined to it, as far as they are below the site.
        var paths: [String]
        var line: String
        /// Places in the order of all beginnings and ends.
        var begun: Int
        var ended: Int
    }

    /// The calls by their ends. Waits for the tracer, which ends after the program.
    func read() throws -> [Call] {
        var text = ""
        for _ in 0..<500 {
            let next = try String(contentsOfFile: log, encoding: .utf8)
            if !next.isEmpty, next == text { break }
            text = next
            usleep(100_000)
        }
        var open: [Substring: (text: String, begun: Int)] = [:]
        var calls: [Call] = []
        for (number, line) in text.split(separator: "\n").enumerated() {
            guard let blank = line.firstIndex(of: " ") else { continue }
            let thread = line[..<blank]
            var rest = String(line[blank...].drop { $0 == " " })
            var begun = number
            if rest.hasSuffix("<unfinished ...>") {
                open[thread] = (String(rest.dropLast("<unfinished ...>".count)), number)
                continue
            }
            if rest.hasPrefix("<... "), let first = open.removeValue(forKey: thread), let end = rest.range(of: "resumed>") {
                rest = first.text + rest[end.upperBound...]
                begun = first.begun
            }
            guard let bracket = rest.firstIndex(of: "("), !rest.contains(" = -1 ") else { continue }
            let name = String(rest[..<bracket])
            // What is written may look like anything.
            let arguments = name.contains("write") || name.hasPrefix("send") ? String(rest.prefix { $0 != "\"" }) : rest
            calls.append(Call(name: name, paths: paths(in: arguments), line: rest, begun: begun, ended: number))
        }
        return calls
    }

    /// `23</site/state/x>` and `"name"` behind it.
    private func paths(in line: String) -> [String] {
        var found: [String] = []
        let pattern = try? NSRegularExpression(pattern: #"(?:[0-9]+|AT_FDCWD)<([^>]*)>(?:, "([^"]*)")?|"(/[^"]*)""#)
        let all = NSRange(line.startIndex..., in: line)
        for match in pattern?.matches(in: line, range: all) ?? [] {
            let parts = (1...3).map { Range(match.range(at: $0), in: line).map { String(line[$0]) } }
            var path = parts[2] ?? parts[0] ?? ""
            if let name = parts[1] { path = name.hasPrefix("/") ? name : "\(path)/\(name)" }
            found.append(path)
        }
        return found.filter { $0 == site || $0.hasPrefix(site + "/") }
    }
}

/// Goes through a trace and knows at each call what would be lost if the power failed now.
struct UnsyncedState {
    /// Path → where its last change ended: bytes of a file, or names in a folder.
    private(set) var dirty: [String: Int] = [:]

    mutating func apply(_ call: SystemTrace.Call) {
        switch call.name {
        case "fsync", "fdatasync":
            for path in call.paths { settle(path, before: call.begun) }
        case "syncfs":
            for path in dirty.keys { settle(path, before: call.begun) }
        case "write", "pwrite64", "writev", "ftruncate":
            if let path = call.paths.first { dirty[path] = call.ended }
        case "openat":
            // A file that is opened for writing may be there already: then its folder is not changed.
            guard call.line.contains("O_EXCL"), let path = call.paths.first else { return }
            dirty[path] = call.ended
            dirty[Self.folder(path)] = call.ended
        case "renameat", "renameat2", "rename":
            guard call.paths.count == 2 else { return }
            dirty[call.paths[1]] = dirty.removeValue(forKey: call.paths[0])
            for path in call.paths { dirty[Self.folder(path)] = call.ended }
        case "linkat":
            if let target = call.paths.last { dirty[Self.folder(target)] = call.ended }
        case "unlinkat", "mkdirat", "mkdir":
            guard let path = call.paths.first else { return }
            if call.name == "unlinkat" { dirty[path] = nil }
            dirty[Self.folder(path)] = call.ended
        default: break
        }
    }

    private mutating func settle(_ path: String, before moment: Int) {
        if let changed = dirty[path], changed < moment { dirty[path] = nil }
    }

    static func folder(_ path: String) -> String { (path as NSString).deletingLastPathComponent }
}
