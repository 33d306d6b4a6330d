#if Serve
internal import Formats
internal import HTTPTypes

extension Reception {
    /// Sets or takes back a mark of a package or of one of its versions. Who may publish it may do that: nothing is lost by it.
    func mark(_ marking: Errand.Marking, _ visit: inout Visit) async throws -> Answer {
        let profile = marking.ecosystem.profile
        var marking = marking
        marking.owner = try await spelling(of: marking.owner).of(profile.id)
        let (name, version) = (marking.name, marking.version)
        // One file of a package stands for all of them.
        let limit = marking.kind.subject == .package && version == nil ? 1 : nil
        let files = try await files(of: marking.owner, profile) {
            try $1.files(in: $0, name: name, version: version, limit: limit)
        }
        let place = Target(owner: marking.owner, type: profile.id, scope: marking.ecosystem.scope(ofPackage: name))
        let author = try await authorize(.upload, files, of: marking.ecosystem, alsoAt: files.isEmpty ? place : nil, &visit)
        guard !files.isEmpty else {
            let what = [name, version].compactMap(\.self).joined(separator: " ")
            throw Answer.problem(
                .notFound, cause: "address",
                "there is no \(what) in \(marking.owner)/\(profile.id); see: indexgen list \(marking.owner)/\(profile.id)")
        }
        visit.sha256 = files.count == 1 && marking.kind.subject != .package ? files[0].sha256 : nil
        let change: MarkChange
        do {
            change = MarkChange(
                kind: marking.kind, key: marking.key, value: marking.isSet ? try await value(of: marking, &visit) : nil,
                customs: profile.customs)
            try marking.kind.vet(key: change.key, value: change.value)
        } catch let refusal as Refusal {
            throw Answer.problem(.badRequest, cause: refusal.cause.rawValue, "\(refusal)")
        }
        let (catalog, site) = (catalog, site)
        let marked: [FileRow]
        do {
            marked = try await workers.run { [marking] in
                try catalog.mark(files, change, author: author, render: site.rendering(marking.ecosystem))
            }
        } catch let refusal as Refusal {
            if refusal.cause == .required { return .of(.refused(refusal), for: marking.ecosystem, at: visit.asked) }
            throw Answer.problem(.notFound, cause: refusal.cause.rawValue, "\(refusal)")
        }
        try await publication.follow(
            RepositoryRow.path(owner: marking.owner, segment: profile.segment), isChange: !marked.isEmpty,
            waiting: visit.waits || marking.waits, until: gate)
        return marking.confirmation.map { Answer($0) } ?? .nothing
    }

    private func value(of marking: Errand.Marking, _ visit: inout Visit) async throws -> String {
        switch marking.value {
        case .none: return ""
        case .jsonBody:
            let body = try await visit.text(limit: Self.longestValue)
            guard case .string(let text)? = try? JSONReader.read(body.span, of: "the body", within: site.settings.budget) else {
                throw Refusal(.malformed, "the body is not a text in JSON", remedy: "send it in double quotes")
            }
            return text
        }
    }

    /// Bytes of a mark's value in a request.
    private static let longestValue = 4_096

    /// Takes a publish request without a file: it says marks alone.
    func state(_ received: Received, of upload: Errand.Upload, by intake: Intake, _ visit: inout Visit) async throws -> Answer {
        let ecosystem = upload.ecosystem
        guard let form = received.form, let name = upload.name else {
            throw Refusal(.malformed, "the request brings no file", remedy: "send the package with it")
        }
        let (catalog, site, owner) = (catalog, site, upload.owner)
        let isChange = try await workers.run {
            let statements = try ecosystem.profile.resolved(ecosystem.dialect.statements(in: form, isAlone: true))
            guard let row = try catalog.repositories(owner: owner, type: ecosystem.profile.id).first else { return Bool?.none }
            return try catalog.state(
                statements, of: name, in: row, author: intake.author, customs: ecosystem.profile.customs,
                render: site.rendering(ecosystem))
        }
        guard let isChange else {
            throw Answer.problem(
                .notFound, cause: "address",
                "there is no \(name) in \(owner)/\(ecosystem.profile.id), and the request brings no file of it")
        }
        try await publication.follow(
            RepositoryRow.path(owner: owner, segment: ecosystem.profile.segment), isChange: isChange,
            waiting: visit.waits || upload.waits, until: gate)
        return .of(isChange ? .created : .unchanged, for: ecosystem)
    }
}
#endif
