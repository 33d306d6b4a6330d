#if Serve
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
    /// - Parameters:
    ///   - repository: whose change it is: `OWNER/TYPE`.
    ///   - waiting: return when all changes until now are public.
    ///   - gate: nobody is waited for any longer once it ends.
    /// - Throws: an `Answer` when that is not to be.
    func follow(_ repository: String, isChange: Bool, waiting: Bool, until gate: Gate) async throws {
        switch self {
        case .here(let scheduler):
            guard waiting else {
                if isChange { await scheduler.noteChange() }
                return
            }
            do {
                try await scheduler.published(repository)
            } catch let error where NoRoom.isReason(of: error) {
                throw Answer.problem(
                    .init(code: 507, reasonPhrase: "Insufficient Storage"), cause: "room",
                    "the package is taken and safe, but it is not public yet: the disk is full, and the registry tries again once it is not"
                )
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
                guard ContinuousClock.now - begun < Self.patience, !gate.isEnding else {
                    throw Answer.problem(
                        .init(code: 504, reasonPhrase: "Gateway Timeout"), cause: "generation",
                        "the package is taken and safe, but no other process has made the indexes until now")
                }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }
}
#endif
