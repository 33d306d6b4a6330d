internal import ArgumentParser
internal import Formats

struct HooksCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "hooks", abstract: "Show what hooks have not been told yet, and try again.",
        discussion: "indexgen hooks retry 12")

    enum Action: String, ExpressibleByArgument, CaseIterable {
        case list, deliver, retry, forget
    }

    @ParentCommand var root: Indexgen
    @OptionGroup var here: CommonOptions

    @Argument(
        help: ArgumentHelp(
            """
            list: what waits and what was given up; deliver: try what is due; retry: try what failed, now; forget: drop what was \
            given up or is for hooks that are gone.
            """))
    var action: Action = .list

    @Argument(help: "For retry and forget: only this one; all when left out.")
    var event: Int64?

    func run() throws {
        if event != nil, [.list, .deliver].contains(action) {
            throw UsageError(description: "only 'retry' and 'forget' take an event's number")
        }
        let site = try openSite()
        let catalog = try site.openCatalog()
        let console = console
        if let event, try !catalog.deliveries().contains(where: { $0.event == event }) {
            try catalog.close()
            throw Refusal(
                .unsupported, "no delivery of an event \(event) waits or was given up", remedy: "see: indexgen hooks list")
        }
        switch action {
        case .list: try list(site, catalog)
        case .forget:
            let count = try catalog.forgetDeliveries(of: event, hooks: site.settings.hooks.map(\.name))
            console.note("forgotten: \(Self.deliveries(count))")
            console.result { $0.member("forgotten", count) }
        case .retry, .deliver:
            let again = try action == .retry ? catalog.retryDeliveries(of: event) : 0
            if action == .retry { console.note("again: \(Self.deliveries(again))") }
            let report = try HookDelivery(site: site, catalog: catalog).deliverDue { console.detail($0) }
            for failure in report.failures { Console.diagnose("\(failure)") }
            console.note("delivered: \(report.delivered), failed: \(report.failures.count)")
            console.result { json in
                json.member("again", again)
                json.member("delivered", report.delivered)
                json.member("failed", report.failures.count)
            }
            try catalog.close()
            if !report.failures.isEmpty { throw ExitCodes.Ended(code: ExitCodes.refused) }
            return
        }
        try catalog.close()
    }

    private static func deliveries(_ count: Int) -> String { Words.count(count, "delivery", "deliveries") }

    private func list(_ site: Site, _ catalog: Catalog) throws {
        let hooks = Set(site.settings.hooks.map(\.name))
        let console = console
        let deliveries = try catalog.deliveries()
        let dead = deliveries.count { $0.isDead }
        defer {
            console.note("\(Self.deliveries(deliveries.count - dead)) waiting, \(dead) given up")
            console.result { json in
                json.member("hooks", hooks.count)
                json.member("waiting", deliveries.count - dead)
                json.member("dead", dead)
            }
        }
        for delivery in deliveries {
            let state = delivery.isDead ? "dead" : hooks.contains(delivery.hook) ? "pending" : "unknown hook"
            let place = delivery.owner.isEmpty ? "the site" : "\(delivery.owner)/\(delivery.type)"
            let history =
                delivery.failures == 0
                ? "" : ", failed \(Words.count(delivery.failures, "time")): \(delivery.lastError)"
            let next = delivery.isDead || delivery.failures == 0 ? "" : ", again from \(delivery.next.rfc3339)"
            console.result("\(delivery.event) \(delivery.hook) (\(place), \(delivery.at.rfc3339)): \(state)\(next)\(history)")
            console.result { json in
                json.member("event", delivery.event)
                json.member("hook", delivery.hook)
                json.member("state", state)
                json.member("at", delivery.at.rfc3339)
                json.member("owner", delivery.owner)
                json.member("type", delivery.type)
                json.member("failures", delivery.failures)
                if !delivery.isDead, delivery.failures > 0 { json.member("next", delivery.next.rfc3339) }
                if !delivery.lastError.isEmpty { json.member("error", delivery.lastError) }
            }
        }
    }
}
