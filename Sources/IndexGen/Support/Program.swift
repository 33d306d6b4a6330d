internal import CLinux
internal import Formats
internal import Glibc

/// Runs another program by an argument vector; no shell ever sees a word of it.
struct Program {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    struct Result {
        /// The exit status; 128 and the signal's number when a signal ended it.
        var status: Int32
        var output: [UInt8]
        var diagnostics: String
        /// It was killed because its time was over.
        var isTimedOut = false
    }

    /// What a program finds when it starts, and what bounds it.
    struct Conditions {
        /// Replaces the caller's.
        var environment: [String: String]
        /// Where it starts; nil: where the caller is.
        var folder: String?
        /// Standard input; nil: an empty one. It lies in memory as a whole, so a program that does not read it holds nobody up.
        var input: [UInt8]?
        /// What the program can read at `/dev/fd/3`: other users do not see it, as they see arguments.
        var secrets: [UInt8]?
        /// How many bytes of standard output and of standard error are kept, each from its beginning. The rest is read and dropped.
        var outputBytes = Int.max
        /// Seconds. With a limit the program gets a process group of its own, which is killed when the time is over; a program that
        /// ends before is not waited for because something that it left in the background still holds its output.
        var timeLimit: Int64?
        /// A program that says more than this on standard error is ended as if its time were over: it tries something again and again, as
        /// fast as it can. Bytes; with a time limit only.
        var mostDiagnostics = Int.max
        /// Asked several times a second; when it says so, the program is ended as if its time were over. With a time limit only.
        var isStopped: (@Sendable () -> Bool)?
    }

    let path: String
    /// Seconds that `run(_:environment:)` gives a program.
    var timeLimit = Self.standardLimit
    /// Nothing that is done for a publication takes a tenth of it.
    static let standardLimit: Int64 = 60

    init(path: String) { self.path = path }

    /// Finds a program on PATH.
    init(named name: String, environment: [String: String]) throws {
        guard let found = Self.find(name, environment: environment) else {
            throw Failure(description: "\(name) is not installed (apt-get install \(name.hasPrefix("gpg") ? "gnupg" : name))")
        }
        path = found
    }

    /// The first of PATH's folders that has the program; nil when none has.
    static func find(_ name: String, environment: [String: String]) -> String? {
        (environment["PATH"] ?? "/usr/bin:/bin").utf8.split(separator: UInt8(ascii: ":"))
            .map { Files.join(String(decoding: $0, as: UTF8.self), name) }
            .first { access($0, X_OK) == 0 }
    }

    /// Runs to its end with an empty standard input. `environment` replaces the caller's.
    func run(_ arguments: [String], environment: [String: String]) throws -> Result {
        // gpg, for one, tries for ever to lock a keyring on a full disk, and waits for ever for a lock that nobody holds.
        var result = try run(arguments, Conditions(environment: environment, timeLimit: timeLimit, mostDiagnostics: 1 << 20))
        if result.isTimedOut {
            result.diagnostics = result.diagnostics.prefix(1_000) + "\n(ended: it came to no end within \(timeLimit) seconds)"
        }
        return result
    }

    func run(_ arguments: [String], _ conditions: Conditions) throws -> Result {
        var streams = try ProgramStreams(limit: conditions.outputBytes)
        let process = try spawn(arguments, conditions, streams)
        streams.closeWriters()
        var isTimedOut = false
        do {
            isTimedOut = try !streams.collect(
                from: process, within: conditions.timeLimit, diagnosing: conditions.mostDiagnostics,
                until: conditions.isStopped)
        } catch {
            kill(process, SIGKILL)
            _ = try? wait(for: process)
            throw error
        }
        // The process is not waited for yet, so its number, which is its group's, cannot have passed to another.
        if isTimedOut { kill(-process, SIGKILL) }
        let status = try wait(for: process)
        // wait(2): the low seven bits are the signal, the next byte is the exit status.
        let signal = status & 0x7F
        return Result(
            status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal, output: streams.output,
            diagnostics: String(decoding: streams.diagnostics, as: UTF8.self), isTimedOut: isTimedOut)
    }

    private func wait(for process: pid_t) throws -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw SystemError("wait for", path) }
        }
        return status
    }

    private func spawn(_ arguments: [String], _ conditions: Conditions, _ streams: borrowing ProgramStreams) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let input = try conditions.input.map { try MemoryFile($0) }
        let secrets = try conditions.secrets.map { try MemoryFile($0) }
        defer { withExtendedLifetime((input, secrets)) {} }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input.descriptor, STDIN_FILENO)
        } else {
            posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        }
        streams.connect(&actions)
        // Last: descriptor 3 may be one of those above.
        if let secrets { posix_spawn_file_actions_adddup2(&actions, secrets.descriptor, 3) }
        // Nothing else of ours reaches it: SwiftNIO opens sockets that a child would inherit.
        posix_spawn_file_actions_addclosefrom_np(&actions, secrets == nil ? 3 : 4)
        if let folder = conditions.folder { posix_spawn_file_actions_addchdir_np(&actions, folder) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        if conditions.timeLimit != nil { detach(&attributes) }
        var vector: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] =
            conditions.environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for word in vector + variables { free(word) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, path, &actions, &attributes, &vector, &variables)
        guard code == 0 else { throw SystemError("run", path, code: code) }
        return process
    }

    /// A process group of its own, and signals as they are for a program that somebody types in.
    private func detach(_ attributes: inout posix_spawnattr_t) {
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    }
}

/// Bytes that another program can read as a file without a name.
private final class MemoryFile {
    let descriptor: Int32

    init(_ bytes: [UInt8]) throws {
        descriptor = memfd_create("indexgen", Self.closedOnExec)
        guard descriptor >= 0 else { throw SystemError("make", "a file in memory") }
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { bytes in
                uninterrupted { write(descriptor, bytes.baseAddress, bytes.count) }
            }
            guard written > 0 else { throw SystemError("write", "a file in memory") }
            rest = rest.dropFirst(written)
        }
        lseek(descriptor, 0, SEEK_SET)
    }

    deinit { close(descriptor) }

    /// MFD_CLOEXEC of linux/memfd.h.
    private static let closedOnExec: UInt32 = 1
}
