/// What is said of the pages for people in nginx's configuration: their policy, which lets our own script and style run there and nowhere
/// else, and the types of what they share.
struct NginxPages {
    /// Begins the names of variables: `$indexgen_1a2b3c4d`.
    let variable: String
    /// Second components of repositories' paths, with `|` between them.
    let types: String

    /// Publishers' files run nothing, whatever is in them.
    private static let strict =
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    private static let own =
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; base-uri 'none'; "
        + "form-action 'self'; frame-ancestors 'none'"

    /// Whose names end in `.html` there, are ours: no package lies at these paths.
    var map: String {
        """

        # Our own pages have a script and a style sheet; what publishers sent runs nothing.
        map $uri \(variable)_policy {
            volatile;
            default "\(Self.strict)";
            "~^/_indexgen/public/(?:index|404)\\.html$" "\(Self.own)";
            "~^/_indexgen/public/(?:-|[^/]+/-)/" "\(Self.own)";
            "~^/_indexgen/public/[^/]+/(?:(?:\(types))/)?index\\.html$" "\(Self.own)";
        }
        """
    }

    /// For the map of what caches may keep.
    static let cache = "\n    \"~^(?:200|206|304) /_indexgen/public/-/assets/\" \"max-age=31536000, immutable\";"

    static let locations = """
                # What our pages share, and the same as they say for programs.
                location ~ "^/_indexgen/public/-/assets/" { types { text/css css; text/javascript js; image/svg+xml svg; } if_modified_since before; }
                location ~ "^/_indexgen/public/(?:-/search|[^/]+/-/packages)/.+\\.json$" { types { } default_type application/json; }
                location = /_indexgen/public/feed.atom { types { } default_type application/atom+xml; }
        """
}
