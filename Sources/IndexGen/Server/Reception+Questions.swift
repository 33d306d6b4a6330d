#if Serve
internal import Formats
internal import HTTPTypes
internal import HummingbirdCore

extension Reception {
    /// Answers what no file can say: looks it up, and has the ecosystem word it. Changes nothing.
    ///
    /// Of private owners only those get an answer who have a right there.
    func reply(to question: Errand.Question, _ visit: inout Visit) async throws -> Answer {
        let profile = question.ecosystem.profile
        var asked = question.asked
        asked.owner = try await spelling(of: asked.owner).of(profile.id)
        let target = Target(owner: asked.owner, type: profile.id, scope: "")
        // Nothing is taken.
        defer { visit.author = nil }
        // Other questions tell nothing of what is there; who logs in shows a token in the body.
        if case .packages = question.need, site.settings.isPrivate(asked.owner, type: profile.id) {
            _ = try await authorize(.read, target, &visit)
        }
        let parameters = visit.request.uri.queryParameters
        func number(_ name: String?, _ standard: Int, in range: ClosedRange<Int>) -> Int {
            guard let name, let value = parameters[Substring(name)].flatMap({ Int($0) }), value > 0 else { return standard }
            return min(max(value, range.lowerBound), range.upperBound)
        }
        let knowledge: Knowledge
        switch question.need {
        case .nothing: knowledge = .nothing
        case .asker: knowledge = .asker(try await holder(visit.credentials, &visit).name, token: nil)
        case .login(let name, let password): knowledge = try await login(name, password, &visit)
        case .packages(let search):
            let text = parameters[Substring(search.text)].map(String.init) ?? ""
            guard text.utf8.count <= Self.longestSearch else {
                throw Answer.problem(
                    .badRequest, cause: "address", "a search has at most \(Self.longestSearch) bytes; look for a part of it")
            }
            let limit = number(search.limit, search.standardLimit, in: 1...search.mostLimit)
            let page = number(search.page, 1, in: 1...1_000_000)
            let offset = number(search.offset, (page - 1) * limit, in: 0...1_000_000_000)
            let (catalog, owner) = (catalog, asked.owner)
            knowledge = try await workers.run {
                guard let row = try catalog.repositories(owner: owner, type: profile.id).first else {
                    return .packages([], total: 0)
                }
                let (briefs, total) = try catalog.snapshot {
                    try $0.briefs(in: row, matching: text, offset: offset, limit: limit)
                }
                return .packages(briefs, total: total)
            }
        }
        return Answer(question.ecosystem.dialect.reply(to: asked, knowing: knowledge))
    }

    /// Who logs in has a token already, and sends it as the password: it is told that this is a token.
    private func login(_ name: String, _ password: String, _ visit: inout Visit) async throws -> Knowledge {
        let body = try await visit.text(limit: 1 << 16)
        guard let object = try? JSONReader.read(body.span, of: "the body", within: site.settings.budget),
            let user = object[name]?.string, let token = object[password]?.string
        else {
            throw Answer.problem(
                .badRequest, cause: "malformed", "the body is not a JSON object with the texts \(name) and \(password)")
        }
        _ = try await holder(Credentials(headers: [("authorization", "Bearer \(token)")]), &visit)
        return .asker(user, token: token)
    }

    /// A document that will be there with the first package, for clients who want it before they send that.
    func answer(_ common: Errand.Common) async throws -> Answer {
        let profile = common.ecosystem.profile
        do {
            try site.settings.checkOwner(common.owner)
        } catch {
            throw Answer.problem(.badRequest, cause: "owner", "\(error)")
        }
        let repository = try site.repository(
            owner: try await spelling(of: common.owner).of(profile.id), type: profile.id, publicKey: nil)
        let plan = common.ecosystem.commons(in: repository).first { $0.path == common.path }
        guard let plan else { throw Answer.notFound(common.ecosystem) }
        let body = plan.body.flatMap { piece -> [UInt8] in
            guard case .literal(let bytes) = piece else {
                preconditionFailure("what is common to a repository is made of literals")
            }
            return bytes
        }
        return Answer(UploadAnswer(status: 200, contentType: "application/json", body: body))
    }

    /// Bytes of a text that is looked for.
    private static let longestSearch = 256
}
#endif
