internal import Formats

/// nginx's part of what is private: who may read it is said by a password file, or by `indexgen serve`, which knows the tokens.
struct NginxReaders {
    /// Owners, repositories as `OWNER/TYPE`, or packages as `OWNER/TYPE/NAME`, with types as settings have them.
    let patterns: [String]
    /// Nil: `indexgen serve` is asked.
    let passwords: String?
    let ecosystems: Ecosystems
    /// What the site's variables begin with.
    let variable: String

    /// Where every address comes in, as nginx took it apart: a part of a regular expression, from the path of base_url on.
    let entry: String

    /// Whether `indexgen serve` says who may read.
    var asksServe: Bool { !patterns.isEmpty && passwords == nil }

    /// What is private, as a regular expression for what follows `public`; empty where nothing is.
    var secret: String { patterns.isEmpty ? "" : "/(?:\(names))(?:/|$)" }

    private var names: String {
        patterns.map { pattern in
            let parts = pattern.split(separator: "/").map(String.init)
            let owner = Self.expression(parts[0])
            guard parts.count > 1 else { return owner }
            // Addresses have segments where settings have types.
            let segments = ecosystems.all.map(\.profile).filter { ASCII.matches(pattern: parts[1], $0.id) }.map(\.segment)
            return (["\(owner)/(?:\(segments.joined(separator: "|")))"] + parts.dropFirst(2).map(Self.expression)).joined(
                separator: "/")
        }.joined(separator: "|")
    }

    private static func expression(_ pattern: String) -> String {
        pattern.replacing(".", with: "\\.").replacing("*", with: "[^/]*").replacing("?", with: "[^/]")
    }

    /// Which requests are for something private.
    var map: String {
        if patterns.isEmpty { return "" }
        if asksServe {
            return """

                # Who may read what is private: asked of `indexgen serve` by the address as it came in, taken apart by nginx.
                map \(variable)_asked \(variable)_private {
                    default 0;
                    "~*^\(entry)(?:\(names))(?:/|$)" 1;
                }
                """
        }
        return """

            # Who may read what is private: patterns mind no case, and no file lies anywhere but below its owner's folder.
            map $uri \(variable)_realm {
                volatile;
                default off;
                "~*^/_indexgen/[a-z0-9]+\(secret)" "packages";
            }
            """
    }

    /// In each location that has files.
    var lines: String {
        if patterns.isEmpty { return "" }
        guard let passwords else {
            return """

                        auth_request /_indexgen/readers;
                """
        }
        return """

                    auth_basic \(variable)_realm;
                    auth_basic_user_file "\(passwords)";
            """
    }

    /// A line where addresses come in.
    var note: String { asksServe ? "        set \(variable)_asked $uri;\n" : "" }

    /// Asks whether somebody may read. What is open to everybody is not asked for.
    ///
    /// - Parameter proxy: lines that hand a request to `indexgen serve`.
    func location(handingTo proxy: String) -> String {
        guard asksServe else { return "" }
        return """
                location = /_indexgen/readers {
                    internal;
                    if (\(variable)_private = 0) { return 204; }
                    rewrite ^ /-/readers\(variable)_asked break;
            \(proxy)
                    proxy_pass_request_body off;
                    proxy_set_header Content-Length "";
                }

            """
    }
}
