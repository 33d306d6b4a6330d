#if Serve
internal import Formats
internal import HTTPTypes

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
    /// One of several files that belong together: it waits until all are there, and then all are taken or none.
    func takePart(
        _ received: Received, of upload: Errand.Upload, for target: Target, by intake: Intake, _ visit: inout Visit
    ) async throws -> Taking {
        guard let assembly = upload.ecosystem.assembly else { preconditionFailure("a route of parts has an assembly") }
        let file = received.files[0], name = file.filename ?? ""
        let role = try assembly.role(of: name, at: upload.coordinates)
        let type = upload.ecosystem.profile.id
        var destination = Incoming.Destination(
            owner: upload.owner, ecosystem: upload.ecosystem, assembly: assembly, place: upload.coordinates,
            sender: intake.author.token == nil ? "\(intake.author.name) from \(intake.author.origin)" : intake.author.name)
        switch role {
        case .ignored:
            try await workers.run {
                guard file.content.size <= Self.longestText else {
                    throw Refusal(
                        .limit, "\(name) has more than \(Self.longestText) bytes", remedy: "send what the tool itself wrote")
                }
                try file.content.withBytes { try assembly.checkIgnored($0, named: name, at: upload.coordinates) }
            }
            // A client's own index comes last: whoever reads what was made here instead finds what was sent before.
            try await publication.follow(
                RepositoryRow.path(owner: upload.owner, segment: upload.ecosystem.profile.segment), isChange: true,
                waiting: true, until: gate)
            return .taken(Taken())
        case .checksum(let name, let algorithm):
            try await compare(file, with: name, algorithm, at: destination, upload)
            return .taken(Taken())
        case .package, .list, .companion: break
        }
        if let list = role.list(ofFileNamed: name) {
            destination.live = try await workers.run { [catalog] in
                try catalog.liveNames(in: upload.folder, owner: upload.owner, type: type)
            }
            // What belongs to something that is public waits for nothing.
            if destination.live.contains(list) {
                return try await takeFiles(received, of: upload, for: target, by: intake, &visit)
            }
        }
        let quotas = site.settings.quotas(owner: upload.owner, type: type)
        let receipt = try await workers.run { [site, catalog, destination] in
            // What could not come in waits for nothing, and keeps nothing else from coming in.
            if upload.ecosystem.announces(filename: name) { _ = try intake.recognised(file.content, filename: name) }
            if case .package = role { try intake.inspect(file.content, filename: name) }
            if let lost = try catalog.lost(intake.author) { throw lost }
            return try Incoming(site: site).receive(
                file.content, name: name, for: destination,
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

    /// Bytes of a file that is read and forgotten.
    private static let longestText = 16 << 20

    /// Holds a checksum that a client sends against the file that it is of.
    private func compare(
        _ file: Received.File, with name: String, _ algorithm: Digests.Algorithm, at destination: Incoming.Destination,
        _ upload: Errand.Upload
    ) async throws {
        let path = Files.join(upload.folder, name)
        let (said, digests) = try await workers.run { [site, catalog] in
            guard file.content.size <= 4_096 else {
                throw Refusal(.limit, "a checksum of more than 4096 bytes", remedy: "send the checksum alone")
            }
            let said = try file.content.withBytes {
                try destination.assembly.checksum($0, algorithm, named: file.filename ?? "")
            }
            let waiting = try Incoming(site: site).digests(of: name, for: destination)
            let there = try waiting ?? catalog.digests(at: path, owner: destination.owner, type: destination.type)
            return (said, there)
        }
        guard let digests else {
            throw Answer.problem(
                .notFound, cause: "address", "there is no \(name) that this could be a checksum of; send it first")
        }
        guard digests[algorithm] == said else {
            throw Refusal(
                .malformed, "\(name) has the \(algorithm.rawValue) \(Hex.string(digests[algorithm])), not \(Hex.string(said))",
                remedy: "send the file again: it arrived damaged, or is not the one that was meant")
        }
    }

    private func take(_ upload: Incoming.Upload, by intake: Intake) async throws -> Taken {
        let result: Result<Taken, any Error>
        do {
            let group = try await workers.run { [catalog] in
                // They come in as one: what is said of their arrival is the same.
                let now = catalog.clock.now()
                return try upload.packages.map { name, content in
                    do {
                        return try intake.admit(content, filename: name, received: now)
                    } catch let refusal as Refusal {
                        throw upload.packages.count > 1 && name != upload.name ? refusal.inside(name) : refusal
                    }
                }
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
#endif
