internal import Formats
internal import FoundationEssentials

/// What a request's headers say about who sends it; the token itself is not looked at yet. Prints without it.
enum Credentials: Equatable, Sendable, CustomStringConvertible {
    case none
    /// A token as it was sent. Hostile; at most `Credentials.limit` bytes, without control characters.
    case token(String)
    /// Headers that no client sends; why, without a word out of them.
    case malformed(String)

    /// Headers of clients' own that hold a bare token, in lower case: GitLab's three, NuGet's, and what curl users write.
    static let headers: Set<String> = ["private-token", "deploy-token", "job-token", "x-nuget-apikey", "x-api-key"]

    /// What a 401 says in `WWW-Authenticate`. Basic alone: it is the one scheme that curl, twine, uv, dput and helm all answer, and some
    /// of them read no further than the first.
    static let challenge = #"Basic realm="indexgen""#

    /// Bytes that a header with credentials may have.
    static let limit = 4_096

    /// Looks at `Authorization` and at clients' own headers; names in any case. The same token twice is one, two are malformed.
    ///
    /// Takes `Basic` (the password is the token, whatever the user's name: pip and twine send `__token__`; without a password the name
    /// is the token), `Bearer`, `token` (Gitea's), and a bare `ixg_…` (cargo, gem).
    init(headers: [(name: String, value: String)]) {
        var found = Credentials.none
        for (name, value) in headers {
            let one: Credentials
            switch ASCII.lowered(name) {
            case "authorization": one = Self.authorization(value)
            case let name where Self.headers.contains(name): one = Self.bare(value)
            default: continue
            }
            if case .malformed = one {
                self = one
                return
            }
            guard found == .none || found == one else {
                self = .malformed("the request holds two different credentials; send one")
                return
            }
            found = one
        }
        self = found
    }

    private static func authorization(_ value: String) -> Credentials {
        guard value.utf8.count <= limit else { return bare(value) }
        let bytes = Array(trimmed(value).utf8)
        let scheme = bytes.prefix { $0 != UInt8(ascii: " ") }
        let rest = trimmed(String(decoding: bytes.dropFirst(scheme.count), as: UTF8.self))
        if rest.isEmpty, scheme.starts(with: Secret.prefix.utf8) { return bare(value) }
        switch ASCII.lowered(String(decoding: scheme, as: UTF8.self)) {
        case "basic": return basic(rest)
        case "bearer", "token": return bare(rest)
        default: return .malformed("the Authorization header has another scheme than Basic, Bearer or token")
        }
    }

    private static func basic(_ text: String) -> Credentials {
        guard let decoded = Data(base64Encoded: text), let pair = String(validating: decoded, as: UTF8.self) else {
            return .malformed("what follows Basic is not NAME:PASSWORD in base64")
        }
        let parts = pair.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { return .malformed("what follows Basic is not NAME:PASSWORD in base64") }
        return bare(parts[1].isEmpty ? parts[0] : parts[1])
    }

    private static func bare(_ text: String) -> Credentials {
        guard text.utf8.count <= limit else { return .malformed("the header with the token has more than \(limit) bytes") }
        let token = trimmed(text)
        guard !token.isEmpty else { return .malformed("the header for the token is there, but the token is empty") }
        guard !token.utf8.contains(where: ASCII.isControl) else { return .malformed("the token holds a control character") }
        return .token(token)
    }

    /// Without spaces and tabs at both ends; a password pasted with its line break is one, too.
    private static func trimmed(_ text: String) -> String {
        let blanks = Array(" \t\r\n".utf8)
        let rest = text.utf8.drop(while: blanks.contains)
        return String(decoding: rest.reversed().drop(while: blanks.contains).reversed(), as: UTF8.self)
    }

    var description: String {
        switch self {
        case .none: "none"
        case .token: "token"
        case .malformed(let reason): "malformed: \(reason)"
        }
    }
}
