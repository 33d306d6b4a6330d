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
        let target = Target(
            owner: asked.owner, type: profile.id,
            scope: question.ecosystem.scope(ofPackage: profile.scope(naming: asked.captures) ?? ""))
        // Nothing is taken.
        defer { visit.author = nil }
        // Other questions tell nothing of what is there; who logs in shows a token in the body.
        if question.need.isAboutContent,
            site.settings.isPrivate(asked.owner, type: profile.id, path: asked.captures["name"])
        {
            _ = try await authorize(.read, target, &visit)
        }
        let parameters = visit.request.uri.queryParameters
        func number(_ name: String?, _ standard: Int, in range: ClosedRange<Int>) -> Int {
            guard let name, let value = parameters[Substring(name)].flatMap({ Int($0) }), value > 0 else { return standard }
            return min(max(value, range.lowerBound), range.upperBound)
        }
        let knowledge: Knowledge
        var content: (sha256: [UInt8], size: Int)?
        let (catalog, owner) = (catalog, asked.owner)
        /// What the owner's repository says, if there is one.
        func look<Result: Sendable>(
            else nothing: Result, _ body: @escaping @Sendable (CatalogSnapshot, RepositoryRow) throws -> Result
        ) async throws -> Result {
            try await workers.run {
                try catalog.snapshot { snapshot in
                    guard let row = try snapshot.repository(owner: owner, type: profile.id) else { return nothing }
                    return try body(snapshot, row)
                }
            }
        }
        let captures = asked.captures
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
            knowledge = try await look(else: .packages([], total: 0)) { snapshot, row in
                let (briefs, total) = try snapshot.briefs(in: row, matching: text, offset: offset, limit: limit)
                return .packages(briefs, total: total)
            }
        case .file(let mark):
            let name = captures["name"] ?? "", version = captures["filename"] ?? ""
            let path = Self.path(of: asked)
            let found = try await look(else: nil) { snapshot, row in
                try snapshot.stored(at: path, in: row) ?? snapshot.stored(version, of: name, markedBy: mark, in: row)
            }
            knowledge = .file(found?.file)
            content = found.map { ($0.sha256, $0.file.size) }
        case .keys(let mark):
            let name = captures["name"] ?? ""
            knowledge = .keys(try await look(else: nil) { try $0.keys(ofMarks: mark, of: name, in: $1) })
        case .entries(let slot, let scope):
            let key = captures.reduce(scope) { $0.replacing("{\($1.key)}", with: $1.value) }
            knowledge = .entries(try await look(else: []) { try $0.fragments(in: slot, ofScope: key, in: $1) })
        case .names:
            knowledge = .names(try await names(ofType: profile.id, &visit))
        case .entrance:
            _ = try await holder(visit.credentials, &visit)
            knowledge = .nothing
        case .ticket:
            knowledge = try await ticket(&visit)
        }
        var answer = Answer(question.ecosystem.dialect.reply(to: asked, knowing: knowledge))
        if answer.status == .ok { answer.content = content }
        return answer
    }

    /// The address of a question, below `OWNER/TYPE/`: its route with what stands in its places.
    private static func path(of question: Formats.Question) -> String {
        question.captures.reduce(question.route) { path, capture in
            ["", "+", "*"].reduce(path) { $0.replacing("{\(capture.key)\($1)}", with: capture.value) }
        }
    }

    /// Credentials for a while, for what the query asks for.
    private func ticket(_ visit: inout Visit) async throws -> Knowledge {
        let text = (visit.request.uri.query ?? "").split(separator: "&").filter { $0.hasPrefix("scope=") }
            .compactMap { PercentEncoding.decoded(Substring($0.dropFirst(6)).replacing("+", with: " ").utf8) }
            .map { String(decoding: $0, as: UTF8.self) }
        // Several may stand in one parameter, with blanks between them.
        let scopes = text.flatMap { $0.split(separator: " ") }.compactMap { Ticket.Scope(String($0)) }
        guard scopes.count <= Ticket.mostScopes else {
            throw Answer.problem(
                .badRequest, cause: "address", "credentials are for at most \(Ticket.mostScopes) scopes; ask for fewer")
        }
        let (authorizer, address, credentials) = (authorizer, visit.sender.address, visit.credentials)
        let (decision, ticket) = try await workers.run { try authorizer.ticket(credentials, from: address, for: scopes) }
        _ = try admit(decision, &visit)
        guard let ticket else { preconditionFailure("whoever is let in has credentials") }
        return .ticket(ticket, seconds: Ticket.validity, from: catalog.clock.now())
    }

    /// The names of packages that whoever asks may read.
    private func names(ofType type: String, _ visit: inout Visit) async throws -> [String] {
        let (authorizer, address, credentials) = (authorizer, visit.sender.address, visit.credentials)
        let (catalog, settings) = (catalog, site.settings)
        return try await workers.run {
            let packages = try catalog.snapshot { try $0.packages(ofType: type) }
            var mayRead: [String: Bool] = [:]
            return try packages.filter { package in
                guard settings.isPrivate(package.owner, type: type, path: package.name) else { return true }
                if let known = mayRead[package.owner] { return known }
                let target = Target(owner: package.owner, type: type, scope: "")
                var isAllowed = false
                if credentials != .none, case .allowed = try authorizer.decide(credentials, from: address, to: .read, target) {
                    isAllowed = true
                }
                mayRead[package.owner] = isAllowed
                return isAllowed
            }.map { "\($0.owner)/\($0.name)" }
        }
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
