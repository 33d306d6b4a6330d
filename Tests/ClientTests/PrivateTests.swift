import Foundation
import Testing

/// Owners whose packages only readers with a password get, asked for in every spelling that somebody may try.
extension Clients {
    @Suite(.withSite(settings: "private: [secret, \"team-*\"]")) struct PrivateTests {
        @Test func `no spelling of an address opens what is private`() throws { try PrivateSite(.current).tryEverything() }
        @Test func `a reader's password opens it, and nothing else does`() throws { try PrivateSite(.current).tryPasswords() }
        @Test func `what is private is not secret to its tokens, and the front page is for everybody`() throws {
            try PrivateSite(.current).tryOpenPlaces()
        }
    }

    /// The same below a path.
    @Suite(.withSite(prefix: "/pkgs", settings: "private: [secret, \"team-*\"]")) struct PrivateBelowPathTests {
        @Test func `no spelling of an address opens what is private`() throws { try PrivateSite(.current).tryEverything() }
        @Test func `a reader's password opens it, and nothing else does`() throws { try PrivateSite(.current).tryPasswords() }

        @Test func `the site is below its path and nowhere else`() throws {
            let site = try PrivateSite(.current).site
            for path in ["/open/helm/index.yaml", "/open/pypi/simple/", "/index.html", ""] {
                #expect(try site.get(path.isEmpty ? "/" : path).status == 200, "\(path)")
                for wrong in ["", "/api/packages", "/api/packages/pkgs", "/pkgs/pkgs", "/pkgsx", "/PKGS"] {
                    let answer = try HTTP.get(port: site.server.port, wrong + (path.isEmpty ? "/" : path))
                    #expect(answer.status == 404, "\(wrong + path): \(answer)")
                }
            }
            let bare = try HTTP.get(port: site.server.port, "/pkgs")
            #expect(bare.status == 301 && bare["location"] == "/pkgs/")
        }
    }
}

private struct PrivateSite {
    let site: Site
    static let owners = ["secret", "team-1"]

    init(_ site: Site) throws {
        self.site = site
        try site.writeReaders()
        for owner in Self.owners + ["open"] {
            try site.add(Checkout.samples("rpm", "1.0", "el9"), owner: owner, "--group", "el9")
            try site.add(
                Checkout.samples("debian", "1.0") + Checkout.samples("helm", "1.0") + Checkout.samples("pypi", "1.0"),
                owner: owner)
        }
    }

    private var files: [String] { get throws { try Self.owners.flatMap { try site.files(below: $0) } } }

    /// What may stand before an owner, right or wrong.
    private var heads: [String] {
        let aliases = ["", "/api/packages"]
        let inside = ["public", "html", "json", "v1html", "normal"].map { "/_indexgen/\($0)" }
        let once =
            aliases + inside + [
                "/api/packages/api/packages", "/api/packages/api/packages/api/packages", "/pkgs", "/pkgs/pkgs",
                "/api/packages/pkgs",
                "/pkgs/api/packages", "/API/packages", "/Api/Packages", "/%61pi/packages", "/api%2fpackages",
                "/api%2Fpackages%2F",
                "/api//packages/", "//api/packages", "/./api/packages", "/api/./packages", "/api/packages/.",
                "/x/../api/packages",
                "/api/packages/api/packages/../..", "/open/..", "/open/helm/../..", "/api/packages/open/..", "/api/packages%00",
                "/api/packages;", "/api\\packages", "/v2", "/-", "/-/packages", "/%5findexgen/public", "/_indexgen%2fpublic",
                "/api/packages/_indexgen/public", "/_indexgen/public/_indexgen/public",
            ]
        return once.flatMap { [site.prefix + $0, $0] }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// Spellings of `OWNER/TYPE/…`.
    private func spellings(_ path: String) -> [String] {
        let parts = path.split(separator: "/").map(String.init)
        let owner = parts[0], rest = parts.dropFirst().joined(separator: "/")
        let first = String(format: "%%%02x", owner.utf8.first ?? 0) + owner.dropFirst()
        let each = owner.utf8.map { String(format: "%%%02X", $0) }.joined()
        return [
            path, "\(owner.uppercased())/\(rest)", "\(owner.capitalized)/\(rest)", "\(first)/\(rest)", "\(each)/\(rest)",
            "\(owner)%2f\(rest)", path.replacingOccurrences(of: "/", with: "%2F"), path.replacingOccurrences(of: "/", with: "//"),
            path.replacingOccurrences(of: "/", with: "/./"), "\(owner)/../\(path)", "./\(path)", "%2e/\(path)",
            "x/%2e%2e/\(path)",
            "\(owner)./\(rest)", "\(owner)%20/\(rest)", "\(owner);x/\(rest)", "\(owner)%00/\(rest)", "\(owner)\\\(rest)",
            "open/../\(path)", "open/%2e%2e/\(path)", "open/helm/..%2f..%2f\(path)", "\(path)/", "\(path)/.", "\(path)%20",
            "\(path)?a=b",
            "\(path)?/open/", "\(path)#x", "\(path);x", "\(path)%00", "\(path)%0a", "\(path)/../\(parts.last ?? "")",
            path.replacingOccurrences(of: ".", with: "%2e"), path.uppercased(),
        ]
    }

    /// Asks without a password, and fails where anything but a refusal comes, or a redirect to what is none.
    private func ask(_ address: String, _ secrets: Set<Data>) throws {
        var address = address
        for _ in 0..<4 {
            let answer = try HTTP.get(port: site.server.port, address)
            #expect(!secrets.contains(answer.body), "\(address)")
            guard [301, 302, 307, 308].contains(answer.status), let next = answer["location"], next.hasPrefix("/") else {
                #expect([400, 401, 403, 404].contains(answer.status), "\(address): \(answer)")
                return
            }
            address = next
        }
        Issue.record("\(address) leads in a circle")
    }

    func tryEverything() throws {
        let files = try files
        // What open owners have as well (keys, empty lists) is not secret by its bytes.
        let open = Set(try site.files(below: "open").map { try site.read($0) })
        let secrets = Set(try files.map { try site.read($0) }).subtracting(open)
        #expect(!secrets.isEmpty)
        let addresses =
            files
            + Self.owners.flatMap { owner in
                [
                    "\(owner)", "\(owner)/", "\(owner)/rpm", "\(owner)/rpm/", "\(owner)/rpm.repo", "\(owner)/pypi/simple",
                    "\(owner)/helm/",
                ]
                    + ["\(owner)/pypi/simple/", "\(owner)/pypi/simple/indexgen-hello", "\(owner)/pypi/simple/indexgen-hello/"]
                    + ["\(owner)/pypi/simple/Indexgen_Hello/", "\(owner)/rpm/el9/package/indexgen-hello/1.0-1.el9/x86_64"]
                    + [
                        "\(owner)/debian/pool/stable/main/indexgen-hello_1.0-1_amd64.deb",
                        "\(owner)/helm/indexgen-hello-1.0%2B0.tgz",
                    ]
                    + ["\(owner)/nothing", "\(owner)/pypi/simple/nothing/", "\(owner)/rpm/repository.key"]
            }
        for path in addresses {
            for spelling in spellings(path) {
                for head in [site.prefix, site.prefix + "/api/packages"] { try ask("\(head)/\(spelling)", secrets) }
            }
            for head in heads { try ask("\(head)/\(path)", secrets) }
        }
        for path in ["secret/helm/index.yaml", "team-1/pypi/simple/indexgen-hello/"] {
            for head in heads { for spelling in spellings(path) { try ask("\(head)/\(spelling)", secrets) } }
        }
    }

    func tryPasswords() throws {
        func header(_ name: String, _ password: String) -> [String: String] {
            ["Authorization": "Basic " + Data("\(name):\(password)".utf8).base64EncodedString()]
        }
        let right = header(Site.reader.name, Site.reader.password)
        for path in try files {
            for head in ["", "/api/packages"] {
                let answer = try site.get("\(head)/\(path)", headers: right)
                #expect(try answer.status == 200 && answer.body == site.read(path), "\(path): \(answer)")
                // Caches that many use keep nothing of it.
                #expect(answer["cache-control"]?.hasPrefix("private, ") == true, "\(path): \(answer)")
                let refused = try site.get("\(head)/\(path)")
                #expect(refused.status == 401 && refused["www-authenticate"]?.hasPrefix("Basic ") == true, "\(path): \(refused)")
                #expect(refused["cache-control"] == "private, no-cache" && refused["x-content-type-options"] == "nosniff")
            }
        }
        for wrong in [
            header("reader", "sesame"), header("", ""), header("x", Site.reader.password), ["Authorization": "Bearer x"],
        ] {
            #expect(try site.get("/secret/helm/index.yaml", headers: wrong).status == 401)
        }
        let page = try site.get("/secret/pypi/simple/indexgen-hello/", headers: right)
        #expect(page.status == 200 && page["vary"] == "Accept, Accept-Encoding" && page["cache-control"] == "private, no-cache")
    }

    func tryOpenPlaces() throws {
        let front = try site.get("/")
        #expect(
            front.status == 200 && front.text.contains("open") && !Self.owners.contains { front.text.contains($0) },
            "\(front.text)")
        for path in try site.files(below: "open") { #expect(try site.get("/" + path).status == 200, "\(path)") }
        // An owner whose name only begins like a private one is open.
        try site.add(Checkout.samples("helm", "1.0.0"), owner: "secrets")
        #expect(try site.get("/secrets/helm/index.yaml").status == 200)
    }
}
