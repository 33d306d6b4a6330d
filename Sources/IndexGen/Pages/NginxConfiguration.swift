internal import Formats

/// The nginx configuration that serves a site: content negotiation for PyPI, cache headers by kind of file, Gitea's prefix as an alias.
///
/// To be included at `http` level. Served with nginx 1.22 in the client tests.
struct NginxConfiguration {
    let publicRoot: String
    let host: String
    /// The path of base_url: the site is served below it. Without a slash at its end.
    let prefix: String
    let listen: String
    /// Where writes go; nil: nowhere.
    let ingest: ListenAddress?
    /// Bytes that a request may bring.
    let largestBody: Int
    let ecosystems: Ecosystems

    /// Paths that caches may keep for ever, of every ecosystem.
    private var immutable: String {
        ecosystems.all.map { "\($0.profile.id)/(?:\($0.profile.immutablePaths))" }.joined(separator: "|")
    }

    /// Variables are named after the site, so that several sites fit one nginx.
    private var variable: String { "$indexgen_" + Hex.string(Array(SHA256Digest.of([UInt8](publicRoot)).prefix(4))) }

    private var quotedRoot: String {
        "\"" + publicRoot.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("$", with: "\\$") + "\""
    }

    var text: String {
        let json = "application/vnd.pypi.simple.v1+json"
        return """
            # Written by indexgen: serves \(publicRoot). Include it at http level.
            # PEP 691: a JSON range with q=0 is a refusal, any other mention of the JSON type asks for JSON.
            map $http_accept \(variable) {
                default html;
                "~*application/vnd\\.pypi\\.simple\\.(?:v1|latest)\\+json\\s*;\\s*q=0(?:\\.0*)?\\s*(?:,|$)" html;
                "~*application/vnd\\.pypi\\.simple\\.(?:v1|latest)\\+json" json;
                "~*application/vnd\\.pypi\\.simple\\.(?:v1|latest)\\+html" v1html;
            }
            # A redirect goes back the way the request came.
            map $request_uri \(variable)_base {
                default "";
                "~^/api/packages/" /api/packages;\(prefixedBase)
            }
            \(writes)server {
                listen \(listen);
                server_name \(host);
                root \(quotedRoot);
                absolute_redirect off;
                etag on;
                types { text/html html; text/plain repo key; application/xml xml; }
                default_type application/octet-stream;
            \(handover)
                # Entry points change in place: kept by caches, asked for again each time.
                location / {
                    index index.html;
                    add_header Cache-Control "no-cache";
                }
                # Clients set up for Gitea or Forgejo.
                location ^~ /api/packages/ { rewrite ^/api/packages(/.*)$ $1 last; }\(prefixed)

                # What a tool leaves behind is nobody's business.
                location ~ "/\\.(?!well-known/)" { return 404; }

                # Named by their digest or immutable by rule: any cache may keep them.
                location ~ "^/[^/]+/(?:\(immutable))" {
                    types { }
                    add_header Cache-Control "max-age=31536000, immutable";
                }

                # PyPI's simple index: one URL, HTML or JSON as the client asks.
                # Only what names are made of: $uri is decoded, and a line end in it would become a header of ours.
                location ~ "^/[0-9A-Za-z._-]+/pypi/simple(?:/[0-9A-Za-z_-]+)?$" { return 301 \(variable)_base$uri/; }
                location ~ "^/[^/]+/pypi/simple/(?:[^/]+/)?$" { rewrite ^ /_indexgen/\(variable)$uri last; }
                location ~ "^/[^/]+/pypi/simple/(?:[^/]+/)?index\\.json$" {
                    types { }
                    default_type \(json);
                    gzip_static on;
                    gzip_vary on;
                    add_header Cache-Control "no-cache" always;
                }
            \(negotiated("json", index: "index.json", type: json))
            \(negotiated("v1html", index: "index.html", type: "application/vnd.pypi.simple.v1+html"))
            \(negotiated("html", index: "index.html", type: "text/html"))
            }
            """
    }

    private var writes: String {
        ingest == nil
            ? ""
            : """
            # What changes something goes to `indexgen serve`.
            map $request_method \(variable)_writes {
                default 0;
                POST 1;
                PUT 1;
                DELETE 1;
            }

            """
    }

    private var handover: String {
        guard let ingest else { return "" }
        let rewrite = prefix.isEmpty ? "" : "\n        rewrite ^\(prefix)(/.*)$ $1 break;"
        return """

                    # Bodies pass through as they come: nginx keeps no copy of an upload.
                    client_max_body_size \(largestBody);
                    error_page 599 = @\(variable.dropFirst())_ingest;
                    if (\(variable)_writes) { return 599; }
                    location @\(variable.dropFirst())_ingest {\(rewrite)
                        proxy_pass \(ingest.proxied);
                        proxy_http_version 1.1;
                        proxy_request_buffering off;
                        proxy_set_header Connection "";
                        proxy_set_header Host $host;
                        proxy_set_header X-Real-IP $remote_addr;
                        proxy_set_header X-Request-Id $request_id;
                        # An upload with ?wait=1 is answered when it is public.
                        proxy_read_timeout 300s;
                        proxy_send_timeout 300s;
                    }
            """
    }

    private var prefixedBase: String {
        prefix.isEmpty ? "" : "\n    \"~^\(prefix)/\" \(prefix);"
    }

    private var prefixed: String {
        prefix.isEmpty ? "" : "\n    location ^~ \(prefix)/ { rewrite ^\(prefix)(/.*)$ $1 last; }"
    }

    private func negotiated(_ variant: String, index: String, type: String) -> String {
        """
            location ^~ /_indexgen/\(variant)/ {
                internal;
                alias \(quotedRoot.dropLast())/";
                index \(index);
                types { }
                default_type \(type);
                gzip_static on;
                gzip_vary on;
                add_header Vary Accept always;
                add_header Cache-Control "no-cache" always;
            }
        """
    }
}
