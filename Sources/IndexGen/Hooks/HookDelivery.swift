internal import Formats
internal import Glibc
internal import Synchronization

/// Delivers what waits in the outbox.
///
/// At least once: whoever dies between an attempt and the note that it succeeded makes the next run repeat it. The event's number lets
/// receivers tell. Deliveries of one hook go one at a time, in the order of the events; one that fails holds the later ones back until it
/// succeeds or is given up. Hooks do not wait for each other.
struct HookDelivery: Sendable {
    let site: Site
    let catalog: Catalog
    /// Of the schedule of retries: the machine's, also where `SOURCE_DATE_EPOCH` holds the catalog's still.
    var clock = Clock { Timestamp(seconds: Int64(time(nil))) }
    private let ending = Ending()

    init(site: Site, catalog: Catalog, clock: Clock? = nil) {
        self.site = site
        self.catalog = catalog
        if let clock { self.clock = clock }
    }

    private final class Ending: Sendable {
        let isHere = Atomic(false)
    }

    /// Ends the hooks that are at work, and begins no more. Their deliveries stay as they are: neither done nor failed.
    func stop() { ending.isHere.store(true, ordering: .relaxed) }

    private var isStopped: Bool { ending.isHere.load(ordering: .relaxed) }

    struct Report: Sendable {
        var delivered = 0
        var failures: [Failure] = []
    }

    struct Failure: CustomStringConvertible, Sendable {
        var hook: String
        var event: Int64
        var reason: String
        /// When it will be tried again; nil: it was given up.
        var next: Timestamp?

        var description: String {
            "hook \(hook), event \(event): \(reason)"
                + (next.map { " (again from \($0.rfc3339))" } ?? " (given up; see: indexgen hooks)")
        }
    }

    /// Makes one attempt at every delivery that is due. Blocks while hooks are at work: as long as the slowest takes for all that is due
    /// to it. Does nothing, and costs nothing, without hooks in the settings. What another process is delivering is left to it.
    ///
    /// - Parameter told: what happened, a line each; called from several threads.
    @discardableResult
    func deliverDue(_ told: @escaping @Sendable (String) -> Void = { _ in }) throws -> Report {
        let now = clock.now()
        let hooks = try site.settings.hooks.filter { try isDue($0, at: now) }
        let report = Mutex(Report())
        let fault = Mutex<(any Error)?>(nil)
        Parallel.each(hooks) { hook in
            do {
                try deliver(to: hook, at: now, told, report)
            } catch {
                fault.withLock { $0 = error }
            }
        }
        if let fault = fault.withLock({ $0 }) { throw fault }
        return report.withLock { report in
            report.failures.sort { ($0.event, $0.hook) < ($1.event, $1.hook) }
            return report
        }
    }

    /// When there will be something to do: a moment that may be past, or nil when nothing waits. Asked after `deliverDue`, a moment
    /// that is past means that another process is at it; the caller waits a second at least.
    func nextDue() throws -> Timestamp? {
        try site.settings.hooks.compactMap { try catalog.nextDelivery(of: $0.name) }.min()
    }

    private func isDue(_ hook: Hook, at now: Timestamp) throws -> Bool {
        try catalog.nextDelivery(of: hook.name).map { $0 <= now } ?? false
    }

    /// Who finds the hook busy goes away; so the one that was busy looks again after it has let go.
    private func deliver(
        to hook: Hook, at now: Timestamp, _ told: @Sendable (String) -> Void, _ report: borrowing Mutex<Report>
    ) throws {
        while try !isStopped && isDue(hook, at: now) {
            let isMine = try HookLock.tried(hook.name, of: site) {
                while !isStopped, let delivery = try catalog.dueDelivery(of: hook.name, at: now) {
                    try attempt(delivery, to: hook, told, report)
                }
            }
            if !isMine { return }
        }
    }

    private func attempt(
        _ delivery: Delivery, to hook: Hook, _ told: @Sendable (String) -> Void, _ report: borrowing Mutex<Report>
    ) throws {
        let ending = ending
        switch HookRunner(site: site, isStopped: { ending.isHere.load(ordering: .relaxed) }).run(hook, delivery) {
        case .stopped: break
        case .delivered(let said):
            try catalog.deliveryDone(delivery)
            report.withLock { $0.delivered += 1 }
            told("hook \(hook.name), event \(delivery.event): delivered\(said.isEmpty ? "" : "\n\(said)")")
        case .failed(let reason):
            let failures = delivery.failures + 1
            // By the clock of now, which is later than when this run began; a second at least, so that the run comes to its end.
            let next: Timestamp? =
                failures >= hook.attempts
                ? nil : Timestamp(seconds: clock.now().seconds + Hook.delay(after: failures))
            try catalog.deliveryFailed(delivery, reason: reason, next: next)
            report.withLock {
                $0.failures.append(Failure(hook: hook.name, event: delivery.event, reason: reason, next: next))
            }
        }
    }
}
