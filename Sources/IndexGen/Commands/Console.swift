internal import Formats
internal import Glibc

/// What a command says: results on standard output, everything else on standard error.
struct Console {
    enum Level { case quiet, normal, verbose }

    var level: Level
    /// Results as JSON, one object a line.
    var json: Bool

    /// A result for people; nothing with `--json`.
    func result(_ line: String) {
        if !json { Self.write(line + "\n", to: STDOUT_FILENO) }
    }

    /// A result for programs; nothing without `--json`.
    func result(_ object: (inout JSONWriter) -> Void) {
        guard json else { return }
        var writer = JSONWriter()
        writer.beginObject()
        object(&writer)
        writer.endObject()
        Self.write(String(decoding: writer.bytes, as: UTF8.self) + "\n", to: STDOUT_FILENO)
    }

    /// Something worth knowing that is no fault.
    func note(_ line: String) {
        if level != .quiet { Self.diagnose(line) }
    }

    func detail(_ line: String) {
        if level == .verbose { Self.diagnose(line) }
    }

    /// A fault; never suppressed.
    static func diagnose(_ line: String) {
        write(line + "\n", to: STDERR_FILENO)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }
}

/// A progress bar on standard error, on a terminal only: how many of how many, the rate, and the time that remains.
struct ProgressBar {
    private let total: Int
    private let isShown: Bool
    private var done = 0
    private let start: UInt64
    private var last: UInt64 = 0

    init(total: Int, console: Console) {
        self.total = total
        isShown = total > 1 && console.level == .normal && isatty(STDERR_FILENO) == 1
        start = Self.milliseconds
    }

    mutating func advance() {
        done += 1
        guard isShown else { return }
        let now = Self.milliseconds
        guard now - last >= 100 || done == total else { return }
        last = now
        let rate = Double(done) * 1000 / Double(max(1, now - start))
        let remaining = rate > 0 ? Int(Double(total - done) / rate) : 0
        let width = 24
        let filled = done * width / total
        let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: width - filled)
        FileDescriptorText.write("\r[\(bar)] \(done)/\(total)  \(Int(rate))/s  \(remaining)s left\u{1B}[K")
    }

    /// Wipes the bar, so that lines can follow.
    func clear() {
        if isShown { FileDescriptorText.write("\r\u{1B}[K") }
    }

    private static var milliseconds: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
    }

    private enum FileDescriptorText {
        static func write(_ text: String) {
            let bytes = Array(text.utf8)
            _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
        }
    }
}
