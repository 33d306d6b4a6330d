import Foundation
import Glibc

/// A folder with a site, the files that are sent to it, and canaries around them.
final class Sandbox: Sendable {
    let folder: String
    var site: String { folder + "/site" }
    var incoming: String { folder + "/incoming" }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    struct Run: Sendable {
        /// Negative: the signal that ended it.
        var status: Int32
        var output: String
        var diagnostics: [UInt8]
        var seconds: Double
        var processorSeconds: Double
        /// The largest resident size in bytes. The kernel counts what the test's own process had when it started this one, so this is
        /// an upper bound.
        var peak: Int
        /// The same as `/proc` had it last, a millisecond before the end at most: without the test's own.
        var seen: Int
    }

    /// Built beside the test runner.
    private static let program =
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path + "/indexgen"

    init(settings: String = "") throws {
        var template = Array((FileManager.default.temporaryDirectory.path + "/indexgen-hostile-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(description: "no scratch folder: error \(errno)") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        for name in ["incoming", "home", "tmp", "work", "etc"] { mkdir("\(folder)/\(name)", 0o755) }
        for name in ["etc/passwd", "x", "work/x", "home/x", "incoming/canary"] {
            try Data("canary\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        let made = try run(["init", "--unsigned"])
        guard made.status == 0 else { throw Failure(description: String(decoding: made.diagnostics, as: UTF8.self)) }
        if !settings.isEmpty {
            let file = site + "/indexgen.yaml"
            try (String(contentsOfFile: file, encoding: .utf8) + "\n" + settings + "\n")
                .write(toFile: file, atomically: true, encoding: .utf8)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Puts a file where it can be sent from.
    func receive(_ name: String, _ bytes: [UInt8]) throws -> String {
        let path = "\(incoming)/\(name)"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard descriptor >= 0 else { throw Failure(description: "cannot create \(path): error \(errno)") }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Failure(description: "cannot write \(path): error \(errno)") }
            rest = rest.dropFirst(count)
        }
        return path
    }

    /// Everything below a folder, but for what lies below `except`: kind, size, inode and time of each.
    func listing(of root: String, except: [String] = []) -> [String: String] {
        var found: [String: String] = [:]
        var pending = [root]
        while let folder = pending.popLast() {
            guard let stream = opendir(folder) else { continue }
            defer { closedir(stream) }
            while let entry = readdir(stream) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                let path = "\(folder)/\(name)"
                var info = stat()
                if name == "." || name == ".." || except.contains(path) || lstat(path, &info) != 0 { continue }
                let isFolder = info.st_mode & S_IFMT == S_IFDIR
                if isFolder { pending.append(path) }
                found[path] =
                    isFolder
                    ? "folder \(info.st_mode)"
                    : "\(info.st_mode) \(info.st_size) \(info.st_ino) \(info.st_mtim.tv_sec).\(info.st_mtim.tv_nsec)"
            }
        }
        return found
    }

    func run(_ arguments: [String]) throws -> Run {
        let name = "\(folder)/tmp/run-\(UUID().uuidString)"
        defer { for suffix in [".out", ".err"] { unlink(name + suffix) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, name + ".out", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, name + ".err", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let environment = [
            "PATH=\(path)", "SOURCE_DATE_EPOCH=1700000000", "HOME=\(folder)/home", "TMPDIR=\(folder)/tmp", "LC_ALL=C.UTF-8",
        ]
        // `env` brings it into a folder of its own, where a relative path would leave something behind.
        let starter = "/usr/bin/env"
        var words = ([starter, "-C", folder + "/work", Self.program, "--site", site] + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup($0) } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var process: pid_t = 0
        let begun = ContinuousClock.now
        let code = posix_spawn(&process, starter, &actions, nil, &words, &variables)
        guard code == 0 else { throw Failure(description: "\(Self.program) does not start: error \(code)") }
        var state: Int32 = 0
        var usage = rusage()
        var seen = 0
        while true {
            seen = max(seen, Self.highWater(of: process))
            let ended = wait4(process, &state, WNOHANG, &usage)
            if ended == process { break }
            guard ended == 0 || errno == EINTR else { throw Failure(description: "wait4: error \(errno)") }
            if ContinuousClock.now - begun > .seconds(60) { kill(process, SIGKILL) }
            usleep(1_000)
        }
        let elapsed = ContinuousClock.now - begun
        let signal = state & 0x7F
        return Run(
            status: signal == 0 ? (state >> 8) & 0xFF : -signal,
            output: String(decoding: try Data(contentsOf: URL(fileURLWithPath: name + ".out")), as: UTF8.self),
            diagnostics: Array(try Data(contentsOf: URL(fileURLWithPath: name + ".err"))), seconds: elapsed / .seconds(1),
            processorSeconds: Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
                + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6,
            peak: usage.ru_maxrss << 10, seen: seen)
    }

    private static func highWater(of process: pid_t) -> Int {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kibibytes = line.split(separator: " ").dropFirst().compactMap({ Int($0.filter(\.isNumber)) }).first
        else { return 0 }
        return kibibytes << 10
    }
}
