internal import Formats

/// The nginx configuration that serves a site: its addresses and their aliases, what ecosystems declare of their files, headers
/// by kind of file, passwords for readers of private owners, writes to the ingest endpoint.
///
/// An address from outside is taken apart once, in one place, and becomes `/_indexgen/public/…`, which nobody can ask for from outside.
/// So every alias is taken once, and whatever guards an owner's files guards them under all addresses. All headers are those of
/// the server, their values chosen by maps: an `add_header` in a location would put out those above it.
///
/// To be included at `http` level. Served with nginx 1.22 in the client tests; needs 1.11.7 or later.
struct NginxConfiguration {
    let publicRoot: String
    let host: String
    /// The path of base_url: the site is served below it. Without a slash at its end.
    let prefix: String
    /// base_url without its path.
    let origin: String
    /// Addresses with ports, or ports.
    let listens: [String]
    /// Where writes go; nil: nowhere.
    let ingest: ListenAddress?
    /// Bytes that a request may bring.
    let largestBody: Int
    /// Addresses of servers in front whose word on a sender's address is taken.
    let trustedProxies: [String]
    /// Patterns of owners, or of repositories as `OWNER/TYPE`, whose files only their readers get.
    let privatePatterns: [String]
    /// These readers' passwords; nil: `ingest` is asked whether somebody's token may read.
    let readersFile: String?
    let ecosystems: Ecosystems

    var text: String {
        """
        # Written by indexgen: serves \(publicRoot). Include it at http level.
        \(maps)
        server {
        \(listens.map { "    listen \($0);" }.joined(separator: "\n"))
            server_name \(host);
            server_tokens off;
            merge_slashes on;
            absolute_redirect off;
            etag on;
            charset utf-8;
            charset_types text/plain;
            types { text/html html; text/plain repo key; application/xml xml; }
            default_type application/octet-stream;

            # Browsers run nothing of what publishers sent. No location has an add_header of its own: these hold for every answer.
            add_header X-Content-Type-Options nosniff always;
            add_header Content-Security-Policy \(variable)_policy always;
            add_header Referrer-Policy same-origin always;
            add_header Cache-Control \(variable)_cache always;
            add_header Vary \(variable)_vary always;\(headerLines.map { "\n    \($0)" }.joined())

            # A server in front says who asks; others' word is not taken.
        \(trustedProxies.map { "    set_real_ip_from \($0);" }.joined(separator: "\n"))
            real_ip_header X-Forwarded-For;
            real_ip_recursive on;
        \(handover)
        \(entry)
        \(bases.map(\.locations).joined())\(ingest.map { readers.location(handingTo: proxy(to: $0)) } ?? "")    location ^~ /_indexgen/ { internal; return 404; }

            # The public folder. Entry points change in place: kept by caches, asked for again each time.
            location ^~ /_indexgen/public/ {
                internal;
                alias "\(quoted(publicRoot))/";
                index index.html;
                error_page 301 = @\(name)_slash;\(readers.lines)

                # What a tool leaves behind is nobody's business.
                location ~ "/\\.(?!well-known/)" { return 404; }
        \((ingest == nil ? [] : commons).joined(separator: "\n"))
        \((typedFiles + fallbacks.map(\.location)).joined(separator: "\n"))
        \(NginxPages.locations)
                # Named by their digest or immutable by rule.
                location ~ "^/_indexgen/public/[^/]+/(?:\(immutable(simple)))" { types { } if_modified_since before; }
                # The key is there before an owner's first package.
                location ~ "^/_indexgen/public/[0-9A-Za-z](?:[0-9A-Za-z._-]{0,62}[0-9A-Za-z_])?/(?:\(types))/\(RootFile.key.rawValue.replacing(".", with: "\\."))$" {
                    try_files $uri /_indexgen/public/\(RootFile.key.rawValue);
                }
        \((choices.map(\.locations) + documents.map(\.locations) + absences.map(\.locations)).joined(separator: "\n"))
            }
        \(choices.flatMap { [$0.variantLocations(root: quoted(publicRoot), passwords: readers.lines), $0.mending] }
            .compactMap(\.self).joined(separator: "\n"))
        \(fallbacks.map(\.detour).joined() + absences.map(\.detours).joined())    # A folder's address ends with a slash.
            location @\(name)_slash { return 301 \(variable)_base\(variable)_path/; }
        }
        """
    }

    // MARK: Names

    /// Variables are named after the site, so that several sites fit one nginx.
    private var name: String { "indexgen_" + Hex.string(Array(SHA256Digest.of([UInt8](publicRoot)).prefix(4))) }

    private var variable: String { "$" + name }

    /// A path for the inside of quotes.
    private func quoted(_ path: String) -> String {
        path.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("$", with: "\\$")
    }

    /// For a regular expression in quotes.
    private func escaped(_ text: String) -> String { text.replacing(".", with: "\\.").replacing("+", with: "\\+") }

    private var types: String { ecosystems.all.map(\.profile.segment).joined(separator: "|") }

    /// Paths that caches may keep for ever, of every ecosystem.
    private var immutable: String { immutable(ecosystems.all) }

    private func immutable(_ ecosystems: [any Ecosystem]) -> String {
        ecosystems.map { "\($0.profile.segment)/(?:\($0.profile.immutablePaths))" }.joined(separator: "|")
    }

    /// The alias for clients that were set up for Gitea, as the site's path may end with it already.
    private var giteaPrefix: String { prefix.hasSuffix("/api/packages") ? "" : "api/packages/" }

    private var readers: NginxReaders {
        NginxReaders(
            patterns: privatePatterns, passwords: readersFile.map(quoted), ecosystems: ecosystems, variable: variable,
            entry: head)
    }

    // MARK: What ecosystems declare

    /// Those whose addresses are files and nothing more.
    private var simple: [any Ecosystem] { ecosystems.all.filter { !NginxAbsence.isNeeded(by: $0.profile) } }

    private var absences: [NginxAbsence] {
        ecosystems.all.compactMap {
            NginxAbsence(
                $0, site: name, root: quoted(publicRoot), proxy: ingest.map(proxy(to:)),
                hasPasswords: !privatePatterns.isEmpty && readersFile != nil)
        }
    }

    /// A site below the same component has it for itself.
    private var bases: [NginxBase] {
        ecosystems.all.compactMap { ecosystem in
            guard let base = ecosystem.profile.siteBase, prefix != "/\(base)" else { return nil }
            return NginxBase(
                ecosystem: ecosystem, base: base, variable: variable, prefix: prefix, origin: origin, readers: readers,
                root: quoted(publicRoot), proxy: ingest.map(proxy(to:)))
        }
    }

    /// What addresses say of their bytes, by the header's name.
    private var declaredHeaders: [(name: String, lines: [String])] {
        var headers: [(name: String, lines: [String])] = []
        for profile in ecosystems.all.map(\.profile) {
            for case .header(let name, let paths) in profile.serving {
                let line =
                    "    \"~^(?:200|206|304) /_indexgen/public/[^/]+/\(profile.segment)/(?:\(paths))$\" $1;\n"
                if let index = headers.firstIndex(where: { $0.name == name }) {
                    headers[index].lines.append(line)
                } else {
                    headers.append((name, [line]))
                }
            }
        }
        return headers
    }

    private var headerMaps: [String] {
        declaredHeaders.enumerated().map { number, header in
            """
            # The value is in the address.
            map "$status $uri" \(variable)_header\(number) {
                volatile;
                default "";
            \(header.lines.joined())}
            """
        } + bases.flatMap(\.maps)
    }

    private var headerLines: [String] {
        declaredHeaders.enumerated().map { number, header in
            "add_header \(header.name) \(variable)_header\(number) always;"
        } + bases.flatMap(\.headerLines)
    }

    private var choices: [NginxChoice] {
        let all = ecosystems.all.flatMap { ecosystem in
            ecosystem.profile.serving.compactMap { serving in
                if case .choice(let choice) = serving { (type: ecosystem.profile.segment, choice: choice) } else { nil }
            }
        }
        return all.enumerated().map { index, item in
            // The first one has the plain names.
            NginxChoice(
                choice: item.choice, type: item.type, site: variable,
                variable: index == 0 ? variable : "\(variable)_\(item.type)",
                workshop: index == 0 ? "normal" : "normal\(item.type)")
        }
    }

    private var documents: [NginxDocument] {
        ecosystems.all.flatMap { ecosystem in
            ecosystem.profile.serving.compactMap { serving in
                guard case .document(let choice) = serving else { return nil }
                let type = ecosystem.profile.segment
                return NginxDocument(choice: choice, type: type, site: variable, variable: "\(variable)_\(type)_file")
            }
        }
    }

    private var fallbacks: [NginxFallback] {
        ecosystems.all.flatMap { ecosystem in
            let type = ecosystem.profile.segment
            return ecosystem.profile.serving.enumerated().compactMap { number, serving -> NginxFallback? in
                guard case .fallback(let paths, let from, let to) = serving else { return nil }
                return NginxFallback(paths: paths, from: from, to: to, type: type, name: "\(name)_\(type)\(number)")
            }
        }
    }

    private var typedFiles: [String] {
        simple.flatMap { ecosystem in
            ecosystem.profile.serving.compactMap { serving in
                guard case .files(let paths, let type) = serving else { return nil }
                let files = "^/_indexgen/public/[^/]+/\(ecosystem.profile.segment)/(?:\(paths))$"
                return "        location ~ \"\(files)\" { types { } default_type \(type); }"
            }
        }
    }

    // MARK: Maps

    private var maps: String {
        let secret = readers.secret
        let privateCaches =
            secret.isEmpty
            ? ""
            : """

                "~*^(?:200|206|304) /_indexgen/public(?=\(secret))/[^/]+/(?:\(immutable))" "private, max-age=31536000, immutable";
                "~*^[0-9]+ /_indexgen/[a-z0-9]+\(secret)" "private, no-cache";
            """
        let handed =
            ingest == nil
            ? ""
            : """

            # What changes something goes to `indexgen serve`.
            map $request_method \(variable)_writes {
                default 0;
                POST 1;
                PUT 1;\(patches ? "\n    PATCH 1;" : "")
                DELETE 1;
            }\(questions.isEmpty ? "" : asked)\(choosy.isEmpty ? "" : askedOfSome)
            """
        return """
            \((choices.map(\.accept) + documents.compactMap(\.accept)).joined(separator: "\n"))
            # A redirect goes back the way the request came.
            map $request_uri \(variable)_base {
                default "\(prefix)";\(giteaPrefix.isEmpty ? "" : "\n    \"~^\(escaped(prefix))/api/packages/\" \(prefix)/api/packages;")
            }
            # Below the public folder.
            map $uri \(variable)_path {
                volatile;
                default "";
                "~^/_indexgen/[a-z0-9]+(?<\(name)_rest>/.*)$" \(variable)_rest;
            }
            # What any cache may keep for ever, and what it asks for again.
            map "$status $uri" \(variable)_cache {
                volatile;
                default "";\(privateCaches)\(NginxPages.cache)
                "~^(?:200|206|304) /_indexgen/public/[^/]+/(?:\(immutable))" "max-age=31536000, immutable";
                "~^[0-9]+ /_indexgen/" no-cache;
            }
            # In one line: nginx before 1.23 as a cache in front keeps one.
            map $uri \(variable)_vary {
                volatile;
                default "";
            \((choices.map(\.vary) + documents.compactMap(\.vary)).joined(separator: "\n"))
            }\(NginxPages(variable: variable, types: types).map)\(headerMaps.map { "\n\($0)" }.joined())\(readers.map)\(handed)
            """
    }

    // MARK: Locations

    /// Where every address comes in: the path of base_url and the alias are taken off, each once; what is known by another address is
    /// found.
    private var entry: String {
        // Possessive: what was taken off is not put back.
        let head = "^\(escaped(prefix))/" + (giteaPrefix.isEmpty ? "" : "(?:\(giteaPrefix))?+")
        let aliases = ecosystems.all.flatMap(\.profile.aliases).map { alias in
            // The owner is one capture more.
            let target = stride(from: 8, through: 1, by: -1).reduce(alias.target) { text, number in
                text.replacing("$\(number)", with: "$\(number + 1)")
            }
            return "        rewrite \"\(head)([^/]+)/\(alias.path)$\" \"/_indexgen/public/$1/\(target)\" last;\n"
        }
        let body = """
            {
            \(readers.note)        if ($uri ~ "[\\x00-\\x1f\\x7f]") { return 404; }
            \(aliases.joined())        rewrite "\(head)(.*)$" /_indexgen/public/$1 last;
                    return 404;
                }
            """
        if prefix.isEmpty {
            return
                "    # Addresses, with and without Gitea's and Forgejo's prefix, which is taken off once.\n    location / \(body)"
        }
        return """
                # Addresses, below the path of base_url alone, with and without Gitea's and Forgejo's prefix, which is taken off once.
                location / { return 404; }
                location = \(prefix) { return 301 \(prefix)/; }
                location ^~ \(prefix)/ \(body)
            """
    }

    /// Whether something is changed in pieces.
    private var patches: Bool {
        ecosystems.all.contains { $0.profile.routes.contains { $0.methods.contains(.patch) } }
    }

    /// Where every address comes in: the path of base_url and the alias; then an ecosystem's own base.
    private var head: String { "\(escaped(prefix))/" + (giteaPrefix.isEmpty ? "" : "(?:\(giteaPrefix))?") }

    /// A route's addresses: regular expressions.
    private func addresses(of route: Route, _ profile: EcosystemProfile) -> [String] {
        let path = route.path.regularExpression
        return ["\(head)[^/]+/\(profile.segment)/\(path)"]
            + bases.filter { $0.ecosystem.profile.id == profile.id }.map { "/\($0.base)/[^/]+/\(path)" }
    }

    /// The addresses of questions: regular expressions.
    private var questions: [String] {
        ecosystems.all.flatMap { ecosystem in
            ecosystem.profile.routes.flatMap { route -> [String] in
                guard route.methods.contains(.get), route.turn == .always else { return [] }
                switch route.purpose {
                case .ask, .session: return addresses(of: route, ecosystem.profile)
                case .publish, .remove, .mark, .common: return []
                }
            }
        } + bases.flatMap(\.questions)
    }

    /// The addresses of files that are asked for with parameters, with the parameters' names: regular expressions.
    private var choosy: [String] {
        ecosystems.all.flatMap { ecosystem in
            ecosystem.profile.routes.flatMap { route -> [String] in
                guard case .ask = route.purpose, route.methods.contains(.get), route.turn == .withParameters else { return [] }
                return addresses(of: route, ecosystem.profile).map {
                    "\($0)/? (?:.*&)?(?:\(route.parameters.joined(separator: "|")))="
                }
            }
        }
    }

    /// Hands over what is asked for before there is a file.
    private var first: String {
        guard let ingest, !commons.isEmpty else { return "" }
        return """
                location @\(name)_first {
                    rewrite "^/_indexgen/public(/.*)$" $1 break;
            \(proxy(to: ingest))
                }

            """
    }

    private func proxy(to ingest: ListenAddress) -> String {
        """
                proxy_pass \(ingest.proxied);
                proxy_http_version 1.1;
                proxy_set_header Connection "";
                proxy_set_header Host $host;
                proxy_set_header X-Real-IP $remote_addr;
                proxy_set_header X-Forwarded-For $remote_addr;
                proxy_set_header X-Request-Id $request_id;
                proxy_hide_header X-Content-Type-Options;
        """
    }

    /// Documents that clients want before a repository's first package.
    private var commons: [String] {
        ecosystems.all.flatMap { ecosystem in
            ecosystem.profile.routes.compactMap { route in
                guard case .common = route.purpose else { return nil }
                let path = "^/_indexgen/public/[^/]+/\(ecosystem.profile.segment)/\(route.path.regularExpression)$"
                return
                    "        location ~ \"\(path)\" { types { } default_type application/json; try_files $uri @\(name)_first; }"
            }
        }
    }

    private var asked: String {
        """

        # What no file can answer, too: searches and the like.
        map "$request_method $uri" \(variable)_asks {
            default 0;
        \(questions.map { "    \"~^(?:GET|HEAD) \($0)/?$\" 1;" }.joined(separator: "\n"))
        }
        """
    }

    private var askedOfSome: String {
        """

        # What is a file for those who want all of it.
        map "$request_method $uri $args" \(variable)_chooses {
            default 0;
        \(choosy.map { "    \"~^(?:GET|HEAD) \($0)\" 1;" }.joined(separator: "\n"))
        }
        """
    }

    private var handover: String {
        guard let ingest else { return "" }
        let own = bases.map { "\n        rewrite \"^(/\($0.base)(?:/.*)?)$\" $1 break;" }.joined()
        let rewrite =
            prefix.isEmpty ? "" : "\(own)\n        rewrite \"^\(escaped(prefix))(/.*)$\" $1 break;\n        return 404;"
        return """

                # Bodies pass through as they come: nginx keeps no copy of an upload. Who sends has a token, which serve checks.
                client_max_body_size \(largestBody);
                error_page 599 = @\(name)_ingest;
                if (\(variable)_writes) { return 599; }\(questions.isEmpty ? "" : "\n    if (\(variable)_asks) { return 599; }")\(choosy.isEmpty ? "" : "\n    if (\(variable)_chooses) { return 599; }")
                location @\(name)_ingest {\(rewrite)
            \(proxy(to: ingest))
                    proxy_request_buffering off;
                    # An upload with ?wait=1 is answered when it is public.
                    proxy_read_timeout 300s;
                    proxy_send_timeout 300s;
                }
            \(first)
            """
    }
}
