internal import Formats
internal import Glibc
internal import Synchronization

/// What a command says: results on standard output, everything else on standard error.
struct Console {
    enum Level { case quiet, normal, verbose }

    var level: Level
    /// Results as JSON, one object a line.
    var json: Bool

    /// A result for people; nothing with `--json`.
    func result(_ line: String) {
        if !json { Self.print(line) }
    }

    /// A result for programs; nothing without `--json`.
    func result(_ object: (inout JSONWriter) -> Void) {
        guard json else { return }
        var writer = JSONWriter()
        writer.beginObject()
        object(&writer)
        writer.endObject()
        Self.print(String(decoding: writer.bytes, as: UTF8.self))
    }

    /// Something worth knowing that is not a fault.
    func note(_ line: String) {
        if level != .quiet { Self.diagnose(line) }
    }

    func detail(_ line: String) {
        if level == .verbose { Self.diagnose(line) }
    }

    /// A fault; never suppressed.
    static func diagnose(_ line: String) {
        flush()
        write(Array("\(line)\n".utf8), to: STDERR_FILENO)
    }

    static let isOnTerminal = isatty(STDOUT_FILENO) == 1
    /// Whether somebody is there to answer a question.
    static let canAsk = isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1

    /// Wipes what stands on the terminal's current line: a progress bar, the `^C` that it shows.
    static func wipeLine() {
        if isatty(STDERR_FILENO) == 1 { write(Array("\r\u{1B}[K".utf8), to: STDERR_FILENO) }
    }

    /// The line that somebody types after a question, without blanks around it; nil at the end of the input.
    static func ask(_ question: String) -> String? {
        flush()
        write(Array("\(question) ".utf8), to: STDERR_FILENO)
        guard let line = readLine() else { return nil }
        return line.split(separator: " ").joined(separator: " ")
    }

    /// Results that wait to be written: thousands of lines go to a file or a pipe in a few calls. Faults never overtake them.
    private static let pending = Mutex<[UInt8]>([])
    private static let pendingBytes = 32 << 10

    /// Writes what waits: before anything that takes long, and at the end.
    static func flush() {
        pending.withLock { bytes in
            if !bytes.isEmpty { write(bytes, to: STDOUT_FILENO) }
            bytes.removeAll(keepingCapacity: true)
        }
    }

    private static func print(_ line: String) {
        let isFull = pending.withLock { bytes in
            bytes.append(contentsOf: line.utf8)
            bytes.append(UInt8(ascii: "\n"))
            return bytes.count >= pendingBytes
        }
        if isFull || isOnTerminal { flush() }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { bytes in
                uninterrupted { Glibc.write(descriptor, bytes.baseAddress, bytes.count) }
            }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }
}

/// A progress bar on standard error, on a terminal only: how many of how many, the rate, and the time that remains.
struct ProgressBar {
    private let total: Int
    private let isShown: Bool
    private var isDrawn = false
    private var done = 0
    private let begun = ContinuousClock.now
    private var drawn = ContinuousClock.now

    init(total: Int, console: Console) {
        self.total = total
        isShown = total > 1 && console.level == .normal && isatty(STDERR_FILENO) == 1
    }

    /// One more is done. Drawn anew ten times a second, and after lines have been printed.
    mutating func advance() {
        done += 1
        guard isShown, !isDrawn || done == total || ContinuousClock.now - drawn >= .milliseconds(100) else { return }
        let seconds = max(0.001, (ContinuousClock.now - begun) / .seconds(1))
        let rate = Double(done) / seconds
        let width = 24
        let filled = done * width / total
        let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: width - filled)
        put("\r[\(bar)] \(done)/\(total)  \(Int(rate))/s  \(Int(Double(total - done) / rate))s left\u{1B}[K")
        isDrawn = true
        drawn = .now
    }

    /// Wipes the bar, so that lines can follow.
    mutating func clear() {
        if isDrawn { put("\r\u{1B}[K") }
        isDrawn = false
    }

    private func put(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
