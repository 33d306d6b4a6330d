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
    }

    let path: String
    /// A program that takes longer is ended: gpg, for one, tries for ever to lock a keyring on a full disk.
    var patience = Duration.seconds(300)
    /// The same for one that says more than this on its standard error, which tries as fast as it can.
    private static let words = 1 << 20

    /// Finds a program on PATH.
    init(named name: String, environment: [String: String]) throws {
        for folder in (environment["PATH"] ?? "/usr/bin:/bin").utf8.split(separator: UInt8(ascii: ":")) {
            let candidate = Files.join(String(decoding: folder, as: UTF8.self), name)
            if access(candidate, X_OK) == 0 {
                path = candidate
                return
            }
        }
        throw Failure(description: "\(name) is not installed (apt-get install \(name.hasPrefix("gpg") ? "gnupg" : name))")
    }

    /// Runs to its end with an empty standard input. `environment` replaces the caller's.
    func run(_ arguments: [String], environment: [String: String]) throws -> Result {
        var output = try Pipe()
        var diagnostics = try Pipe()
        let process = try spawn(arguments, environment: environment, output: output, diagnostics: diagnostics)
        output.closeWriter()
        diagnostics.closeWriter()
        let (bytes, messages) = try drain(output.reader, diagnostics.reader, of: process)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw SystemError("wait for", path) }
        }
        // wait(2): the low seven bits are the signal, the next byte is the exit status.
        let signal = status & 0x7F
        return Result(
            status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal, output: bytes,
            diagnostics: String(decoding: messages, as: UTF8.self))
    }

    private func spawn(
        _ arguments: [String], environment: [String: String], output: borrowing Pipe, diagnostics: borrowing Pipe
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output.writer, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, diagnostics.writer, STDERR_FILENO)
        var vector: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] =
            environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for word in vector + variables { free(word) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, path, &actions, nil, &vector, &variables)
        guard code == 0 else { throw SystemError("run", path, code: code) }
        return process
    }

    /// Reads both streams to their ends, whichever has something: a program that fills one while the other is read would wait for ever.
    private func drain(_ first: Int32, _ second: Int32, of process: pid_t) throws -> ([UInt8], [UInt8]) {
        let end = ContinuousClock.now + patience
        var polled = [
            pollfd(fd: first, events: Int16(POLLIN), revents: 0), pollfd(fd: second, events: Int16(POLLIN), revents: 0),
        ]
        var results: [[UInt8]] = [[], []]
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while polled.contains(where: { $0.fd >= 0 }) {
            let left = ContinuousClock.now.duration(to: end) / .milliseconds(1)
            if left <= 0 || results[1].count > Self.words {
                kill(process, SIGKILL)
                results[1] = Array(results[1].prefix(1_000)) + Array("\n(ended: it came to no end)".utf8)
                break
            }
            guard poll(&polled, nfds_t(polled.count), Int32(left) + 1) >= 0 else {
                if errno == EINTR { continue }
                throw SystemError("poll", path)
            }
            for index in polled.indices where polled[index].fd >= 0 && polled[index].revents != 0 {
                let count = read(polled[index].fd, &buffer, buffer.count)
                if count > 0 {
                    results[index] += buffer[..<count]
                } else if count == 0 || errno != EINTR {
                    // poll skips negative descriptors.
                    polled[index].fd = -1
                }
            }
        }
        return (results[0], results[1])
    }

    /// A pipe whose ends close with it and do not leak into other programs.
    private struct Pipe: ~Copyable {
        let reader: Int32
        let writer: Int32
        private var isWriterOpen = true

        init() throws {
            var ends: [Int32] = [0, 0]
            guard pipe2(&ends, O_CLOEXEC) == 0 else { throw SystemError("make", "a pipe") }
            reader = ends[0]
            writer = ends[1]
        }

        mutating func closeWriter() {
            close(writer)
            isWriterOpen = false
        }

        deinit {
            close(reader)
            if isWriterOpen { close(writer) }
        }
    }
}
