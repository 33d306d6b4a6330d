internal import CLinux
internal import Formats
internal import Glibc
internal import Synchronization

/// Where a run's time goes, for `--verbose`: CPU and elapsed seconds of each kind of work, over all threads.
///
/// Work is measured where it is done and nowhere else: what is measured inside something else counts there only. Off, it costs one
/// comparison; on, about a microsecond for each piece of work.
enum Meter {
    enum Part: Int, CaseIterable, Sendable {
        /// Package files and published segments, from disk to memory.
        case read
        /// Reading packages' metadata, making fragments, putting documents together (with the catalog's rows that they come from).
        case render
        case compress
        case digest
        /// Blobs, documents and links into the public tree, made durable.
        case write
        /// With the processes of gpg that have ended.
        case sign
        case catalog
        /// Everything else: start, settings, waiting for other threads.
        case other
    }

    struct Seconds: Sendable {
        var cpu = 0.0
        var elapsed = 0.0

        static func - (left: Seconds, right: Seconds) -> Seconds {
            Seconds(cpu: left.cpu - right.cpu, elapsed: left.elapsed - right.elapsed)
        }

        static func += (left: inout Seconds, right: Seconds) {
            left.cpu += right.cpu
            left.elapsed += right.elapsed
        }
    }

    private static let isOn = Atomic(false)
    private static let threads = Mutex<[ThreadMeter]>([])

    static func turnOn() { isOn.store(true, ordering: .relaxed) }

    static func measure<Result>(_ part: Part, _ body: () throws -> Result) rethrows -> Result {
        guard isOn.load(ordering: .relaxed) else { return try body() }
        let meter = current()
        meter.begin(part)
        defer { meter.end() }
        return try body()
    }

    /// A table of the run so far; nil when nothing was measured.
    static func report() -> String? {
        guard isOn.load(ordering: .relaxed) else { return nil }
        let sums = threads.withLock { meters in
            meters.reduce(into: Array(repeating: Seconds(), count: Part.allCases.count)) { sums, meter in
                for part in Part.allCases { sums[part.rawValue] += meter.sums[part.rawValue] }
            }
        }
        let total = Seconds(cpu: processSeconds(RUSAGE_SELF) + processSeconds(RUSAGE_CHILDREN), elapsed: sinceStart())
        var measured = 0.0
        var lines = [row("", "CPU s", "elapsed s")]
        for part in Part.allCases where part != .other {
            let seconds = sums[part.rawValue]
            measured += seconds.cpu
            lines.append(row("\(part)", decimal(seconds.cpu), decimal(seconds.elapsed)))
        }
        lines.append(row("other", decimal(max(0, total.cpu - measured)), ""))
        lines.append(row("total", decimal(total.cpu), decimal(total.elapsed)))
        return lines.joined(separator: "\n")
    }

    private static func row(_ name: String, _ cpu: String, _ elapsed: String) -> String {
        let columns = [cpu, elapsed].map { String(repeating: " ", count: max(0, 11 - $0.count)) + $0 }.joined()
        return name + String(repeating: " ", count: 10 - name.count) + columns
    }

    /// With three decimals.
    private static func decimal(_ seconds: Double) -> String {
        let thousandths = Int((seconds * 1_000).rounded())
        let rest = "\(thousandths % 1_000)"
        return "\(thousandths / 1_000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }

    // MARK: Clocks

    fileprivate static func now() -> Seconds {
        Seconds(cpu: seconds(CLOCK_THREAD_CPUTIME_ID), elapsed: seconds(CLOCK_MONOTONIC))
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    fileprivate static func processSeconds(_ who: __rusage_who) -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(who.rawValue), &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }

    private static let started = seconds(CLOCK_MONOTONIC)
    private static func sinceStart() -> Double { seconds(CLOCK_MONOTONIC) - started }

    // MARK: Threads

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        precondition(pthread_key_create(&key, nil) == 0, "a process has room for one more thread-local value")
        _ = started
        return key
    }()

    /// This thread's own; it lives as long as the process.
    private static func current() -> ThreadMeter {
        if let known = pthread_getspecific(key) { return Unmanaged<ThreadMeter>.fromOpaque(known).takeUnretainedValue() }
        let meter = ThreadMeter()
        threads.withLock { $0.append(meter) }
        pthread_setspecific(key, Unmanaged.passUnretained(meter).toOpaque())
        return meter
    }
}

/// One thread's sums. Unchecked, and without a lock, since it is written at every turn: by its own thread alone, and read by others when that
/// has done its work.
private final class ThreadMeter: @unchecked Sendable {
    private(set) var sums = Array(repeating: Meter.Seconds(), count: Meter.Part.allCases.count)
    private var parts: [Meter.Part] = []
    private var mark = Meter.Seconds()
    private var children = 0.0

    func begin(_ part: Meter.Part) {
        charge()
        parts.append(part)
        if part == .sign { children = Meter.processSeconds(RUSAGE_CHILDREN) }
    }

    func end() {
        charge()
        if parts.removeLast() == .sign {
            sums[Meter.Part.sign.rawValue].cpu += Meter.processSeconds(RUSAGE_CHILDREN) - children
        }
    }

    private func charge() {
        let now = Meter.now()
        if let part = parts.last { sums[part.rawValue] += now - mark }
        mark = now
    }
}
