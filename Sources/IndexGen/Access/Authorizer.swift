internal import Formats

/// Decides who may change what over the network. Thread-safe; blocks for the time of a point query.
///
/// Every decision asks the catalog, so that a token that another process revoked is worth nothing at the next request.
struct Authorizer: Sendable {
    enum Decision: Equatable, Sendable {
        case allowed(Actor)
        /// 401: nobody is known by these credentials, or there are none; why, for the sender.
        case unknown(String)
        /// 403: the token is known and good for something else; what for. The actor is for the record of refused changes.
        case forbidden(String, Actor)
        /// 429: too many failures from this address; seconds to wait. Nothing was compared, and nothing is worth recording.
        case tooMany(retryAfter: Int)
    }

    private let catalog: Catalog
    private let ecosystems: Ecosystems
    private let anonymous: [String]
    private let limit: FailureLimit

    /// - Parameter anonymous: patterns of owners for whom anybody may upload; A–Z and a–z are the same.
    init(catalog: Catalog, ecosystems: Ecosystems, anonymous: [String], limit: FailureLimit = FailureLimit()) {
        self.catalog = catalog
        self.ecosystems = ecosystems
        self.anonymous = anonymous
        self.limit = limit
    }

    /// - Parameter address: the sender's, for the journal and for the limit of failures.
    func decide(_ credentials: Credentials, from address: String, to right: Right, _ target: Target) throws -> Decision {
        switch credentials {
        case .none:
            if isOpen(to: right, target) { return .allowed(Actor(name: "anonymous", origin: address)) }
            return .unknown("a token is needed to \(right.rawValue) here; send it as the password, or as Authorization: Bearer")
        case .malformed(let reason):
            if let seconds = limit.wait(for: address) { return .tooMany(retryAfter: seconds) }
            limit.fail(address)
            return .unknown(reason)
        case .token(let text):
            if let seconds = limit.wait(for: address) { return .tooMany(retryAfter: seconds) }
            return try decide(text, from: address, to: right, target)
        }
    }

    private func decide(_ text: String, from address: String, to right: Right, _ target: Target) throws -> Decision {
        guard let secret = Secret(parsing: text) else {
            limit.fail(address)
            return .unknown(
                text.hasPrefix(Secret.prefix)
                    ? "the token is mistyped or incomplete"
                    : "this is no token of this registry; those begin with \(Secret.prefix)")
        }
        let found = try catalog.token(secret.handle)
        // One comparison either way, and the same answer; only a handle, which is no secret, decides what the query finds.
        let isRight = ConstantTime.areEqual(secret.hash, found?.hash ?? Self.nobody)
        guard isRight, let token = found?.token else {
            limit.fail(address)
            return .unknown("there is no such token")
        }
        let now = catalog.clock.now()
        // Who knows the secret does not guess: nothing is counted from here on.
        if let fault = token.fault(at: now) { return .unknown("\(fault); make a new one: indexgen token create") }
        let actor = token.actor(from: address)
        guard token.covers(right, target) || isOpen(to: right, target) else {
            return .forbidden(reason(token, right, target), actor)
        }
        // A note, not a condition.
        try? catalog.use(token, at: now)
        return .allowed(actor)
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
