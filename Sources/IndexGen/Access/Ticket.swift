internal import CCrypto
internal import Formats

/// Credentials for a while, which a client was given in exchange for a token: `ixt_…`. They say whose token it was, until when they are
/// worth something, and for what, under a seal that only this site can make; nothing is kept of them. The token itself is asked about at every
/// use: when it ends, they do.
struct Ticket: Equatable, Sendable {
    /// Of the token; empty: everybody's.
    var handle: String
    /// The first moment at which it is worth nothing.
    var expires: Timestamp
    /// What it was asked for; empty: for nothing but to show that somebody is known.
    var scopes: [Scope]

    static let prefix = "ixt_"
    /// What everybody has who has no token. It is told apart from all others by its letters, so that a web server may hand it out.
    static let everybody = "anonymous"
    /// Seconds.
    static let validity = 300
    /// Scopes that one may have, and bytes of each.
    static let mostScopes = 16
    static let longestScope = 300

    /// `repository:acme/app:pull,push`
    struct Scope: Equatable, Sendable {
        /// `acme/app`
        var name: String
        var actions: [String]

        /// Nil for what no client asks for.
        init?(_ text: String) {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, text.utf8.count <= Ticket.longestScope, !text.utf8.contains(where: ASCII.isControl),
                !text.contains(" ")
            else { return nil }
            name = parts[1]
            actions = parts[2].split(separator: ",").map(String.init)
        }

        fileprivate var text: String { "repository:\(name):\(actions.joined(separator: ","))" }
    }

    /// Whether it was asked for this.
    func covers(_ right: Right, _ target: Target) -> Bool {
        let action =
            switch right {
            case .read: "pull"
            case .upload: "push"
            case .delete: "delete"
            }
        return scopes.contains { scope in
            let parts = scope.name.split(separator: "/", maxSplits: 1).map(String.init)
            return parts.count == 2 && ASCII.lowered(parts[0]) == ASCII.lowered(target.owner)
                && (target.scope.isEmpty || parts[1] == target.scope)
                && (scope.actions.contains(action) || scope.actions.contains("*")
                    // Who may change something may read it, and what is pushed again takes the place of what was there.
                    || (right == .read && scope.actions.contains("push")) || (right == .delete && scope.actions.contains("push")))
        }
    }

    /// - Parameter key: 32 bytes.
    func sealed(with key: [UInt8]) -> String {
        let text = "\(handle)\n\(expires.seconds)\n" + scopes.map(\.text).joined(separator: "\n")
        let body = Array(text.utf8)
        return Self.prefix + Hex.string(Self.seal(of: body, key)) + Hex.string(body)
    }

    /// Nil for what was not sealed with this key.
    init?(parsing text: String, key: [UInt8]) {
        guard text.hasPrefix(Self.prefix), let bytes = Hex.bytes(text.utf8.dropFirst(Self.prefix.utf8.count)), bytes.count > 32
        else { return nil }
        let body = Array(bytes.dropFirst(32))
        guard ConstantTime.areEqual(Array(bytes.prefix(32)), Self.seal(of: body, key)) else { return nil }
        let lines = String(decoding: body, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init)
        guard lines.count >= 3, let end = Int64(lines[1]) else { return nil }
        handle = lines[0]
        expires = Timestamp(seconds: end)
        scopes = lines.dropFirst(2).compactMap(Scope.init)
    }

    init(handle: String, expires: Timestamp, scopes: [Scope]) {
        self.handle = handle
        self.expires = expires
        self.scopes = scopes
    }

    /// HMAC-SHA-256 (RFC 2104).
    private static func seal(of body: [UInt8], _ key: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 0
        let made = key.withUnsafeBytes { key in
            HMAC(EVP_sha256(), key.baseAddress, Int32(key.count), body, body.count, &digest, &count)
        }
        precondition(made != nil && count == 32, "SHA-256 is there")
        return digest
    }
}
