internal import Formats

/// What became of the files of a request.
enum Taking: Sendable {
    case taken(Taken)
    /// One of several files that belong together is kept; these are missing, where that is known.
    case waiting(missing: [String])
}

/// Files that are in the catalog now.
struct Taken: Sendable {
    var outcomes: [Outcome] = []
    var files: [Admission] = []
    /// The owners, groups and distributions that were made for them, in their ecosystem's words.
    var newPlaces: [String] = []

    static func += (taken: inout Taken, more: Taken) {
        taken.outcomes += more.outcomes
        taken.files += more.files
        taken.newPlaces += more.newPlaces.filter { !taken.newPlaces.contains($0) }
    }
}

extension Reception {
    /// A file that dput sends: it waits until all that its `.changes` lists are there, and then all are taken or none.
    func takePart(_ received: Received, of upload: Errand.Upload, by intake: Intake) async throws -> Taking {
        let destination = Incoming.Destination(
            owner: upload.owner, type: upload.ecosystem.profile.id, distribution: upload.coordinates["distribution"] ?? "",
            component: upload.coordinates["component"] ?? "",
            sender: intake.actor.token == nil ? "\(intake.actor.name) from \(intake.actor.origin)" : intake.actor.name)
        let file = received.files[0]
        let type = upload.ecosystem.profile.id
        let quotas = site.settings.quotas(owner: upload.owner, type: type)
        let receipt = try await workers.run { [site, catalog] in
            // What is no package waits for nothing.
            if upload.ecosystem.announces(filename: file.filename ?? "") {
                _ = try intake.recognised(file.content, filename: file.filename ?? "")
            }
            if let lost = try catalog.lost(intake.actor) { throw lost }
            return try Incoming(site: site).receive(
                file.content, name: file.filename ?? "", for: destination,
                beside: { try quotas.map { try ($0, catalog.usage(owner: upload.owner, type: $0.isOfRepository ? type : nil)) } })
        }
        switch receipt {
        case .waiting(let missing): return .waiting(missing: missing)
        case .complete(let uploads):
            var taken = Taken()
            for upload in uploads { taken += try await take(upload, by: intake) }
            return .taken(taken)
        }
    }

    private func take(_ upload: Incoming.Upload, by intake: Intake) async throws -> Taken {
        let result: Result<Taken, any Error>
        do {
            let group = try await workers.run {
                try upload.packages.map { try intake.admit($0.content, filename: $0.name) }
            }
            result = .success(try await commit(group))
        } catch let refusal as Refusal {
            result = .failure(refusal.inside(upload.name))
        } catch let lost as RightLost {
            result = .failure(lost)
        }
        // What failed for another reason (no room, say) waits for the `.changes` file to be sent again.
        try await workers.run { [site] in try Incoming(site: site).remove(upload) }
        return try result.get()
    }
}
