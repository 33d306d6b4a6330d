internal import Formats

/// Something that is told of publications: a setting.
struct Hook: Equatable, Sendable {
    enum Action: Equatable, Sendable {
        /// A program and its arguments. A program with a slash lies below the site (or is absolute), others are looked for on PATH.
        case run([String])
        /// - secretFile: whose content keys the signature; relative to the site. Nil: what is posted is not signed.
        case post(url: String, secretFile: String?)
    }

    /// Unique among the settings' hooks. Its deliveries are remembered by it.
    var name: String
    var action: Action
    /// `OWNER/TYPE`, where `*` stands for anything; empty: all publications.
    var patterns: [String] = []
    /// How long one attempt may take, in seconds.
    var timeout: Int64 = 30
    /// After how many failures a delivery is given up.
    var attempts = 8

    /// How many hooks a site can have: each may have a thread at work.
    static let most = 32

    /// Whether it is told of publications of a repository. The site's own publications have an empty owner and type.
    func matches(owner: String, type: String) -> Bool {
        let repository = ASCII.lowered("\(owner)/\(type)")
        return patterns.isEmpty || patterns.contains { ASCII.matches(pattern: ASCII.lowered($0), repository) }
    }

    /// How many seconds after a failure the next attempt is due.
    /// - Parameter failures: how many there were, from 1.
    static func delay(after failures: Int) -> Int64 { delays[max(0, min(failures, delays.count) - 1)] }

    private static let delays: [Int64] = [1, 5, 30, 120, 600, 3_600, 21_600]
}
