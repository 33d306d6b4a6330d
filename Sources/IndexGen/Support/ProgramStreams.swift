internal import CLinux
internal import Glibc

/// What a program that runs writes to its standard output and standard error.
struct ProgramStreams: ~Copyable {
    private(set) var output: [UInt8] = []
    private(set) var diagnostics: [UInt8] = []
    private let limit: Int
    private var outputPipe: Pipe
    private var diagnosticsPipe: Pipe

    /// - Parameter limit: how many bytes are kept of each.
    init(limit: Int) throws {
        let output = try Pipe()
        let diagnostics = try Pipe()
        self.limit = limit
        outputPipe = output
        diagnosticsPipe = diagnostics
    }

    func connect(_ actions: inout posix_spawn_file_actions_t) {
        posix_spawn_file_actions_adddup2(&actions, outputPipe.writer, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, diagnosticsPipe.writer, STDERR_FILENO)
    }

    /// To be called once the program has them.
    mutating func closeWriters() {
        outputPipe.closeWriter()
        diagnosticsPipe.closeWriter()
    }

    /// Reads both streams, whichever has something (a program that fills one while the other is read would wait for ever): to their
    /// ends, or with a limit in seconds until the program has ended.
    ///
    /// - Parameter most: bytes of standard error, beyond which its time is over.
    /// - Parameter isStopped: says that its time is over before that.
    /// - Returns: false when the time was over first.
    mutating func collect(
        from process: pid_t, within seconds: Int64?, diagnosing most: Int, until isStopped: (@Sendable () -> Bool)? = nil
    ) throws -> Bool {
        var diagnosed = 0
        let end = seconds.map { ContinuousClock.now + .seconds($0) }
        // Becomes readable when the process ends. A kernel that has none (before 5.3) leaves the ends of the streams to go by.
        let ending = end == nil ? -1 : pidfd_open(process, 0)
        defer { if ending >= 0 { close(ending) } }
        var polled = [outputPipe.reader, diagnosticsPipe.reader, ending].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        var hasEnded = false
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while polled[0].fd >= 0 || polled[1].fd >= 0 || polled[2].fd >= 0 {
            let rest = end.map { max(0, min(($0 - .now) / .milliseconds(1), isStopped == nil ? 1_000_000 : 200)).rounded(.up) }
            let ready = poll(&polled, nfds_t(polled.count), hasEnded ? 0 : rest.map { Int32($0) } ?? -1)
            if ready < 0 {
                if errno == EINTR { continue }
                throw SystemError("poll", "a program's output")
            }
            if ready == 0, hasEnded { return true }
            if let end, ContinuousClock.now >= end || isStopped?() == true { return hasEnded }
            for index in 0..<2 where polled[index].fd >= 0 && polled[index].revents != 0 {
                let count = read(polled[index].fd, &buffer, buffer.count)
                if count > 0 {
                    if index == 1 { diagnosed += count }
                    if end != nil, diagnosed > most { return hasEnded }
                    keep(buffer[..<count], of: index)
                } else if count == 0 || errno != EINTR {
                    // poll skips negative descriptors.
                    polled[index].fd = -1
                }
            }
            if polled[2].fd >= 0, polled[2].revents != 0 {
                hasEnded = true
                polled[2].fd = -1
            }
        }
        return true
    }

    private mutating func keep(_ bytes: ArraySlice<UInt8>, of stream: Int) {
        if stream == 0 {
            output += bytes.prefix(limit - output.count)
        } else {
            diagnostics += bytes.prefix(limit - diagnostics.count)
        }
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
