#if Serve
internal import Formats
internal import Synchronization

/// What the endpoint counts, as Prometheus reads it (text format 0.0.4).
final class Metrics: Sendable {
    private struct Counts {
        var uploads: [String: Int] = [:]
        var removals = 0
        var refusals: [String: Int] = [:]
        var receivedBytes = 0
        var durations = Histogram([0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60])
        var generations = Histogram([0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60])
        var failedGenerations = 0
        var lastGeneration: Int64 = 0
        var open = 0
        /// Why the last run could not sign.
        var signingFault: String?
    }

    private let counts = Mutex(Counts())
    private let clock: Clock

    init(clock: Clock) { self.clock = clock }

    func began() { counts.withLock { $0.open += 1 } }

    func ended() { counts.withLock { $0.open -= 1 } }

    func received(_ bytes: Int) { counts.withLock { $0.receivedBytes += bytes } }

    func uploaded(_ type: String, in duration: Duration) {
        counts.withLock {
            $0.uploads[type, default: 0] += 1
            $0.durations.add(duration / .seconds(1))
        }
    }

    func removed() { counts.withLock { $0.removals += 1 } }

    /// - Parameter cause: one of the words of `Answer.cause`, never a text of a client's.
    func refused(_ cause: String) { counts.withLock { $0.refusals[cause, default: 0] += 1 } }

    func generated(in duration: Duration) {
        let now = clock.now().seconds
        counts.withLock {
            $0.generations.add(duration / .seconds(1))
            $0.lastGeneration = now
            $0.signingFault = nil
        }
    }

    func generationFailed(_ error: any Error) {
        counts.withLock {
            $0.failedGenerations += 1
            $0.signingFault = (error as? Keyring.Failure)?.description
        }
    }

    /// Why the last run of generation could not sign; nil when it could, or failed for something else.
    var signingFault: String? { counts.withLock { $0.signingFault } }

    /// - Parameters:
    ///   - queue: uploads that wait for the catalog.
    ///   - keys: of the keyring.
    func text(queue: Int, keys: [SigningKey] = []) -> String {
        let counts = counts.withLock { $0 }
        var page = Page()
        page.family("indexgen_uploads_total", "counter", "Uploads that were acknowledged.")
        for (type, count) in counts.uploads.sorted(by: { $0.key < $1.key }) { page.line("{type=\"\(type)\"}", count) }
        page.family("indexgen_removals_total", "counter", "Removals that were acknowledged.")
        page.line("", counts.removals)
        page.family("indexgen_refusals_total", "counter", "Requests that were refused or failed, by cause.")
        for (cause, count) in counts.refusals.sorted(by: { $0.key < $1.key }) { page.line("{cause=\"\(cause)\"}", count) }
        page.family("indexgen_received_bytes_total", "counter", "Bytes of request bodies.")
        page.line("", counts.receivedBytes)
        page.family("indexgen_open_requests", "gauge", "Requests that wait for their answer.")
        page.line("", counts.open)
        page.family("indexgen_commit_queue", "gauge", "Uploads that wait for the catalog.")
        page.line("", queue)
        page.family("indexgen_upload_seconds", "histogram", "From a request's first byte to the acknowledgement.")
        page.histogram(counts.durations)
        page.family("indexgen_generation_seconds", "histogram", "Runs that brought the public tree up to date.")
        page.histogram(counts.generations)
        page.family("indexgen_generation_failures_total", "counter", "Runs that failed; each is tried again.")
        page.line("", counts.failedGenerations)
        page.family("indexgen_last_generation_timestamp_seconds", "gauge", "End of the last run that succeeded.")
        page.line("", Int(counts.lastGeneration))
        page.family(
            "indexgen_key_expiry_timestamp_seconds", "gauge",
            "When a signing key signs no more; no line for one that always does.")
        for key in keys where !key.isUnused {
            if let expires = key.expires { page.line("{fingerprint=\"\(key.fingerprint)\"}", Int(expires.seconds)) }
        }
        return page.text
    }

    /// Cumulative buckets, as Prometheus wants them.
    private struct Histogram {
        let bounds: [Double]
        var counts: [Int]
        var sum = 0.0

        init(_ bounds: [Double]) {
            self.bounds = bounds
            counts = Array(repeating: 0, count: bounds.count + 1)
        }

        mutating func add(_ value: Double) {
            counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
            sum += value
        }
    }

    private struct Page {
        var text = ""
        private var name = ""

        mutating func family(_ name: String, _ kind: String, _ help: String) {
            self.name = name
            text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
        }

        mutating func line(_ labels: String, _ value: Int) { text += "\(name)\(labels) \(value)\n" }

        mutating func histogram(_ histogram: Histogram) {
            var total = 0
            for (bound, count) in zip(histogram.bounds, histogram.counts) {
                total += count
                text += "\(name)_bucket{le=\"\(bound)\"} \(total)\n"
            }
            total += histogram.counts.last ?? 0
            text += "\(name)_bucket{le=\"+Inf\"} \(total)\n\(name)_sum \(histogram.sum)\n\(name)_count \(total)\n"
        }
    }
}
#endif
