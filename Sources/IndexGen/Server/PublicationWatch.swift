internal import Formats
internal import HTTPTypes

/// How a change becomes public, seen from an upload: by this process's scheduler, or by somebody else's runs.
enum PublicationWatch: Sendable {
    case here(Scheduler)
    /// Another process generates (`serve --no-generate`); this one can only look.
    case elsewhere(Catalog, Workers)

    /// How long an upload waits for another process.
    private static let patience = Duration.seconds(60)

    /// Called when a change is durable.
    ///
    /// - Parameter repository: whose change it is: `OWNER/TYPE`.
    /// - Parameter waiting: return when all changes until now are public.
    /// - Throws: an `Answer` when that is not to be.
    func follow(_ repository: String, isChange: Bool, waiting: Bool) async throws {
        switch self {
        case .here(let scheduler):
            guard waiting else {
                if isChange { await scheduler.noteChange() }
                return
            }
            do {
                try await scheduler.published(repository)
            } catch {
                throw Answer.problem(
                    .internalServerError, cause: "generation",
                    "the package is taken and safe, but it is not public yet: the indexes could not be made, and the registry tries again; its operator finds the reason in the log"
                )
            }
        case .elsewhere(let catalog, let workers):
            guard waiting else { return }
            let begun = ContinuousClock.now
            while try await workers.run({ try catalog.isBehind(repository) }) {
                guard ContinuousClock.now - begun < Self.patience else {
                    throw Answer.problem(
                        .init(code: 504, reasonPhrase: "Gateway Timeout"), cause: "generation",
                        "the package is taken and safe, but no other process has made the indexes within \(Self.patience)")
                }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }
}
