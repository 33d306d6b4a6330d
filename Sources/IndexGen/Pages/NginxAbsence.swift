internal import Formats

/// nginx's part of an ecosystem whose addresses are more than files: an address stands for one of several files, `indexgen serve` is asked for
/// what is not a file yet, and what is nowhere is told in the words of the ecosystem's clients.
///
/// Nothing of this is said before readers of private owners are asked who they are: what decides (`rewrite`, `if`) leads to another
/// location that asks them again, and what answers (`return`) is reached when all files were looked for, which comes after.
struct NginxAbsence {
    private let ecosystem: any Ecosystem
    /// What the site's names begin with.
    private let site: String
    /// The public folder, for the inside of quotes.
    private let root: String
    /// Lines that hand a request to `indexgen serve`; nil where there is none.
    private let proxy: String?
    /// Whether readers have passwords, of which `indexgen serve` knows nothing.
    private let hasPasswords: Bool

    /// - Returns: nil where all that an address means is a file.
    init?(_ ecosystem: any Ecosystem, site: String, root: String, proxy: String?, hasPasswords: Bool) {
        guard Self.isNeeded(by: ecosystem.profile) else { return nil }
        self.ecosystem = ecosystem
        self.site = site
        self.root = root
        self.proxy = proxy
        self.hasPasswords = hasPasswords
    }

    static func isNeeded(by profile: EcosystemProfile) -> Bool {
        let declared = profile.serving.contains { serving in
            switch serving {
            case .alternatives, .missing: true
            case .files, .choice, .document, .fallback, .header: false
            }
        }
        return declared || !turns(of: profile).isEmpty
    }

    /// The addresses that `indexgen serve` answers where there is no file.
    private static func turns(of profile: EcosystemProfile) -> [String] {
        profile.routes.compactMap { route in
            guard case .ask = route.purpose, route.methods.contains(.get), route.turn != .always else { return nil }
            return route.path.regularExpression
        }
    }

    private struct Missing {
        var paths: String
        var type: String
        var body: String
        var status: Int
    }

    private var type: String { ecosystem.profile.segment }
    private var turns: [String] { proxy == nil ? [] : Self.turns(of: ecosystem.profile) }

    private var missing: [Missing] {
        ecosystem.profile.serving.compactMap { serving in
            guard case .missing(let paths, let type, let body, let status) = serving else { return nil }
            return Missing(paths: paths, type: type, body: body, status: status)
        }
    }

    /// What is said to those who may not read, beside how to log in; nil: what nginx says.
    private var closed: UploadAnswer? {
        ecosystem.dialect.words(for: .fault(401, "this is for its readers alone; log in with a right to read it"), at: nil)
    }

    private var absent: String { "@\(site)_\(type)_absent" }
    private var shut: String { "@\(site)_\(type)_closed" }

    // MARK: Locations

    /// Inside the location of the public folder, behind all other locations there.
    var locations: String {
        let repository = "^/_indexgen/public/[^/]+/\(type)"
        var lines = [
            "# \(type): an address may be more than a file.", "location ~ \"\(repository)/\" {",
            "    error_page 301 = @\(site)_slash;",
        ]
        if closed != nil { lines.append("    error_page 401 = \(shut);") }
        // Also what went between two looks at it.
        lines += ["    error_page 404 = \(absent);", "    recursive_error_pages on;"]
        for serving in ecosystem.profile.serving {
            guard case .alternatives(let alternatives) = serving else { continue }
            lines += self.lines(of: alternatives, in: repository)
        }
        for serving in ecosystem.profile.serving {
            guard case .files(let paths, let type) = serving else { continue }
            lines.append(
                "    location ~ \"\(repository)/(?:\(paths))$\" { types { } default_type \(type); try_files $uri \(absent); }")
        }
        lines.append(
            "    location ~ \"\(repository)/(?:\(ecosystem.profile.immutablePaths))\" "
                + "{ types { } if_modified_since before; try_files $uri \(absent); }")
        let others = missing.map(\.paths) + turns
        if !others.isEmpty {
            lines.append("    location ~ \"\(repository)/(?:\(others.joined(separator: "|")))$\" { try_files $uri \(absent); }")
        }
        lines.append("}")
        return lines.map { "        \($0)" }.joined(separator: "\n")
    }

    /// Each kind at its own address, and the one address that leads to the first that is there.
    private func lines(of alternatives: Alternatives, in repository: String) -> [String] {
        let kinds = alternatives.folders.map { folder in
            // The first capture ends with a slash, and the second one follows.
            let paths = alternatives.paths.replacing("/)(", with: "/)\(folder.name)/(")
            return
                "    location ~ \"\(repository)/(?:\(paths))$\" { types { } default_type \(folder.type); try_files $uri \(absent); }"
        }
        let address = "^/_indexgen/public/([^/]+/\(type))/(?:\(alternatives.paths))$"
        let choice = alternatives.folders.map { folder in
            "        if (-f \"\(root)/$1/$2\(folder.name)/$3\") "
                + "{ rewrite \"\(address)\" /_indexgen/public/$1/$2\(folder.name)/$3 last; }"
        }
        return ["    # \(alternatives.remark)"] + kinds + ["    location ~ \"\(address)\" {"] + choice + [
            "        try_files $uri \(absent);", "    }",
        ]
    }

    /// Beside the location of the public folder.
    var detours: String {
        var lines: [String] = []
        if let closed {
            lines.append(
                "location \(shut) { types { } default_type \(closed.contentType); return 401 \(Nginx.quoted(closed.body)); }")
        }
        let service = "/_indexgen/\(type)serve"
        lines += ["# What is not a file\(turns.isEmpty ? "" : " yet").", "location \(absent) {"]
        if !turns.isEmpty {
            lines.append(
                "    rewrite \"^/_indexgen/public(/[^/]+/\(type)/(?:\(turns.joined(separator: "|"))))$\" \(service)$1 last;")
        }
        lines += missing.enumerated().map { number, missing in
            "    rewrite \"^(?:/_indexgen/public)?(/[^/]+/\(type)/(?:\(missing.paths)))$\" /_indexgen/\(type)\(number)$1 last;"
        }
        lines += ["    return 404;", "}"]
        if let proxy, !turns.isEmpty {
            // Where nobody is there to say more, it is missing; and for readers whose passwords say nothing there.
            lines += [
                "location ^~ \(service)/ {", "    internal;", "    error_page \(hasPasswords ? "401 " : "")502 504 = \(absent);",
                "    recursive_error_pages on;", "    rewrite \"^\(service)(/.*)$\" $1 break;",
            ]
            if hasPasswords { lines.append("    proxy_intercept_errors on;") }
            lines += proxy.split(separator: "\n").map { String($0.dropFirst(4)) }
            lines.append("}")
        }
        lines += missing.enumerated().flatMap { number, missing in
            [
                "location ^~ /_indexgen/\(type)\(number)/ {", "    internal;", "    types { }",
                "    default_type \(missing.type);",
                "    return \(missing.status) \(Nginx.quoted(Array(missing.body.utf8)));", "}",
            ]
        }
        return lines.map { "    \($0)\n" }.joined()
    }
}

/// How things are written for nginx.
enum Nginx {
    /// JSON or text as it is, in quotes. A dollar sign, which has no escape in a configuration, is written as JSON may write it.
    static func quoted(_ body: [UInt8]) -> String {
        let text = String(decoding: body, as: UTF8.self)
            .replacing("$", with: "\\u0024").replacing("\\", with: "\\\\").replacing("'", with: "\\'")
        return "'\(text)'"
    }
}
