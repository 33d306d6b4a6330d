internal import Formats
internal import Synchronization

/// Decides who may change what over the network. Thread-safe; blocks for the time of a point query.
///
/// Every decision asks the catalog, so that a token that another process revoked is worth nothing at the next request.
struct Authorizer: Sendable {
    enum Decision: Equatable, Sendable {
        case allowed(Author)
        /// 401: nobody is known by these credentials, or there are none; why, for the sender.
        case unknown(String)
        /// 401: the token was known, and is worth nothing any more; why. The author is for the record of refused changes.
        case ended(String, Author)
        /// 403: the token is known and good for something else; what for. The author is for the record of refused changes.
        case forbidden(String, Author)
        /// 429: too many failures from this address; seconds to wait. Nothing of it is worth recording.
        case tooMany(retryAfter: Int)
    }

    private let catalog: Catalog
    private let ecosystems: Ecosystems
    private let anonymous: [String]
    private let limit: FailureLimit
    private let askers: FailureLimit
    private let seal = Seal()

    /// - Parameters:
    ///   - anonymous: patterns of owners for whom anybody may upload; A–Z and a–z are the same.
    ///   - limit: of wrong tokens.
    ///   - askers: of requests that would need a token and have none. Some clients (dput, curl --anyauth) ask so before each file, so
    ///     it is wide.
    init(
        catalog: Catalog, ecosystems: Ecosystems, anonymous: [String], limit: FailureLimit = FailureLimit(),
        askers: FailureLimit = FailureLimit(failures: 600)
    ) {
        self.catalog = catalog
        self.ecosystems = ecosystems
        self.anonymous = anonymous
        self.limit = limit
        self.askers = askers
    }

    /// Whoever shows a right token is let in however often others have failed from the same address, which may be a proxy's. Wrong ones
    /// are told from right ones by nothing but that: a guess beyond the limit costs as much as one before it, and there are 2^160.
    ///
    /// - Parameter address: the sender's, for the journal and for the limit of failures.
    func decide(_ credentials: Credentials, from address: String, to right: Right, _ target: Target) throws -> Decision {
        switch credentials {
        case .none:
            if isOpen(to: right, target) { return .allowed(Author(name: "anonymous", origin: address)) }
            // Most clients ask for every file without a token first.
            if right == .read { return .unknown("a token is needed to read here; send it as the password, with any name") }
            return failed(
                askers, address,
                "a token is needed to \(right.rawValue) here; send it as the password, or as Authorization: Bearer")
        case .malformed(let reason): return failed(limit, address, reason)
        case .token(let text): return try decide(text, from: address, to: right, target)
        }
    }

    /// Whose credentials these are, whatever they are good for.
    func holder(_ credentials: Credentials, from address: String) throws -> Decision {
        switch credentials {
        case .none: return failed(askers, address, "a token is needed; send it as the password, or as Authorization: Bearer")
        case .malformed(let reason): return failed(limit, address, reason)
        case .token(Ticket.everybody): return .allowed(Author(name: "anonymous", origin: address))
        case .token(let text) where text.hasPrefix(Ticket.prefix): return try redeem(text, from: address) { _, _ in nil }
        case .token(let text): return try decide(text, from: address) { _ in nil }
        }
    }

    private func decide(_ text: String, from address: String, to right: Right, _ target: Target) throws -> Decision {
        // Whoever has everybody's credentials has none.
        if text == Ticket.everybody { return try decide(.none, from: address, to: right, target) }
        if text.hasPrefix(Ticket.prefix) {
            return try redeem(text, from: address) { ticket, token in
                // Another one has to be asked for.
                guard ticket.covers(right, target) else { return .unknown("these credentials were given for something else") }
                return token.covers(right, target) || isOpen(to: right, target)
                    ? nil : .forbidden(reason(token, right, target), author(of: token, from: address))
            }
        }
        return try decide(text, from: address) { token in
            token.covers(right, target) || isOpen(to: right, target) ? nil : reason(token, right, target)
        }
    }

    /// - Parameter objection: why credentials for a while are not good for what is wanted.
    private func redeem(
        _ text: String, from address: String, unless objection: (Ticket, Token) -> Decision?
    ) throws -> Decision {
        guard let ticket = Ticket(parsing: text, key: try tickets()) else {
            return failed(limit, address, "these credentials are not of this registry; log in again")
        }
        let now = catalog.clock.now()
        guard ticket.expires > now, let token = try catalog.token(ticket.handle)?.token else {
            return .unknown("these credentials have expired")
        }
        if let fault = token.fault(at: now) {
            return .ended("\(fault); make a new one: indexgen token create", author(of: token, from: address))
        }
        if let objection = objection(ticket, token) { return objection }
        try? catalog.use(token, at: now)
        return .allowed(author(of: token, from: address))
    }

    private func author(of token: Token, from address: String) -> Author {
        var author = token.author(from: address)
        author.token = token.handle
        return author
    }

    /// The key of this site's seal: made at the first use, and kept in the catalog, where it never changes.
    private func tickets() throws -> [UInt8] {
        if let known = seal.key.withLock({ $0 }) { return known }
        let key = try catalog.memory("key of tickets", orElse: RandomBytes.make(32))
        seal.key.withLock { $0 = key }
        return key
    }

    /// Credentials for a while for whoever shows a token. Whoever shows nothing gets everybody's.
    ///
    /// - Returns: the credentials; or why there are none.
    func ticket(
        _ credentials: Credentials, from address: String, for scopes: [Ticket.Scope]
    ) throws -> (decision: Decision, ticket: String?) {
        switch credentials {
        case .none, .token(Ticket.everybody): return (.allowed(Author(name: "anonymous", origin: address)), Ticket.everybody)
        case .malformed, .token:
            let decision = try holder(credentials, from: address)
            guard case .allowed(let author) = decision, let handle = author.token else { return (decision, nil) }
            let end = Timestamp(seconds: catalog.clock.now().seconds + Int64(Ticket.validity))
            return (decision, Ticket(handle: handle, expires: end, scopes: scopes).sealed(with: try tickets()))
        }
    }

    /// - Parameter objection: why a token is not good for what is wanted.
    private func decide(_ text: String, from address: String, unless objection: (Token) -> String?) throws -> Decision {
        guard let secret = Secret(parsing: text) else {
            return failed(
                limit, address,
                text.hasPrefix(Secret.prefix)
                    ? "the token is mistyped or incomplete"
                    : "this is not a token of this registry; those begin with \(Secret.prefix)")
        }
        let found = try catalog.token(secret.handle)
        // One comparison either way, and the same answer; only a handle, which is not secret, decides what the query finds.
        let isRight = ConstantTime.areEqual(secret.hash, found?.hash ?? Self.nobody)
        guard isRight, let token = found?.token else { return failed(limit, address, "there is no such token") }
        let now = catalog.clock.now()
        // Who knows the secret does not guess: nothing is counted from here on.
        let author = author(of: token, from: address)
        if let fault = token.fault(at: now) { return .ended("\(fault); make a new one: indexgen token create", author) }
        if let objection = objection(token) { return .forbidden(objection, author) }
        // A note, not a condition.
        try? catalog.use(token, at: now)
        return .allowed(author)
    }

    /// Counts a failure, unless its sender has to wait already.
    private func failed(_ limit: FailureLimit, _ address: String, _ reason: String) -> Decision {
        if let seconds = limit.wait(for: address) { return .tooMany(retryAfter: seconds) }
        limit.fail(address)
        return .unknown(reason)
    }

    /// The hash of no secret that anybody could find.
    private static let nobody = [UInt8](repeating: 0, count: 32)

    private func isOpen(to right: Right, _ target: Target) -> Bool {
        right == .upload && anonymous.contains(where: target.isOwned)
    }

    private func reason(_ token: Token, _ right: Right, _ target: Target) -> String {
        let scope = target.scope.isEmpty ? "" : ", \(ecosystems.scopeName(of: target.type)) \(target.scope)"
        return """
            this token may \(token.rightsShown) in \(token.placesShown(ecosystems)); \
            it may not \(right.rawValue) in \(target.owner)/\(target.type)\(scope)
            """
    }
}

/// What the tickets of this process are sealed with, once it is known.
private final class Seal: Sendable {
    let key = Mutex<[UInt8]?>(nil)
}
