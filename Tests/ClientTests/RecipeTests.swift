import Foundation
import Testing

/// A server in front, made of a block of `examples/nginx/README.md` as it is printed there, with addresses and files of this machine.
final class Front: Sendable {
    let server: NginxServer
    let sandbox: Sandbox
    /// The certificate of the authority that clients must know, where the recipe ends TLS.
    let authority: String?

    var url: String { (authority == nil ? "http" : "https") + "://127.0.0.1:\(server.port)" }

    /// - Parameters:
    ///   - words: which only that block has.
    ///   - changes: what else the reader of the recipe puts in the place of something.
    init(_ words: String, before site: Site, _ changes: [(String, String)] = []) throws {
        sandbox = try Sandbox("front")
        let readme = try String(contentsOfFile: Checkout.root + "/examples/nginx/README.md", encoding: .utf8)
        let blocks = readme.components(separatedBy: "```nginx\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
        guard let block = blocks.first(where: { $0.contains(words) }) else { throw Failure("no recipe has the words \(words)") }
        let port = try NginxServer.freePort(), plain = try NginxServer.freePort()
        let hasTLS = block.contains("listen 443")
        let path = sandbox.path
        var text = block.components(separatedBy: "\n").filter { !$0.contains("http2 on;") }.joined(separator: "\n")
        for (old, new) in [
            ("listen 443 ssl;", "listen 127.0.0.1:\(port) ssl;"), ("listen 80;", "listen 127.0.0.1:\(hasTLS ? plain : port);"),
            ("127.0.0.1:8080", "127.0.0.1:\(site.server.port)"), ("/etc/ssl/private/packages.example.org.key", path + "/key.pem"),
            ("/etc/ssl/packages.example.org.pem", path + "/certificate.pem"), ("/etc/nginx/acme.htpasswd", path + "/htpasswd"),
            ("/var/cache/nginx/auth", path + "/auth"),
        ] + changes {
            text = text.replacingOccurrences(of: old, with: new)
        }
        if hasTLS {
            // An authority and a certificate: uv takes no certificate that is both.
            try sandbox.write("extensions", "subjectAltName=IP:127.0.0.1\n")
            for arguments in [
                ["req", "-x509", "-days", "2", "-subj", "/CN=authority", "-keyout", "authority.key", "-out", "authority.pem"],
                ["req", "-subj", "/CN=127.0.0.1", "-keyout", "key.pem", "-out", "request.pem"],
            ] {
                try Tool.succeed(["openssl"] + arguments + ["-newkey", "rsa:2048", "-nodes"], in: path)
            }
            try Tool.succeed(
                [
                    "openssl", "x509", "-req", "-in", "request.pem", "-CA", "authority.pem", "-CAkey", "authority.key",
                    "-CAcreateserial",
                    "-days", "2", "-extfile", "extensions", "-out", "certificate.pem",
                ], in: path)
        }
        try site.writeReaders(path + "/htpasswd")
        authority = hasTLS ? path + "/authority.pem" : nil
        server = try NginxServer(serving: text, port: port, in: sandbox.folder("nginx"))
    }
}

/// What every client does with a repository at some address, as a reader and as a publisher.
struct Customer {
    let site: Site
    /// Of the site, as clients see it.
    let url: String
    let owner: String
    var authority: String?
    var login: (name: String, password: String)?

    private var curl: [String] {
        ["curl", "--silent", "--show-error", "--write-out", "\n%{http_code}"] + (authority.map { ["--cacert", $0] } ?? [])
    }

    /// With the reader's name and password in it.
    private func withLogin(_ address: String) -> String {
        guard let login else { return address }
        return address.replacingOccurrences(of: "://", with: "://\(login.name):\(login.password)@")
    }

    /// - Returns: the status.
    func curl(_ path: String, _ arguments: String...) throws -> Int {
        let said = try Tool.run(curl + arguments + ["\(url)/\(path)"])
        return Int(said.output.components(separatedBy: "\n").last ?? "") ?? 0
    }

    /// curl, twine and uv send packages with a token; one of them is larger than what nginx takes by itself (1 MiB).
    func publish() throws {
        let token = try site.token(owner)
        let user = ["-u", "ci:\(token)"]
        let sandbox = try Sandbox("publish")
        defer { sandbox.hold() }
        func send(_ arguments: [String], _ path: String) throws {
            let said = try Tool.run(curl + user + arguments + ["\(url)/\(owner)/\(path)"])
            #expect(said.output.hasSuffix("\n201"), "\(said)")
        }
        for rpm in try Checkout.samples("rpm", "1.0", "el9") { try send(["--upload-file", rpm], "rpm/el9/upload?wait=1") }
        for deb in try Checkout.samples("debian", "1.0") {
            try send(["--upload-file", deb], "debian/pool/stable/main/upload?wait=1")
        }
        try sandbox.write("large/Chart.yaml", "apiVersion: v2\nname: large\nversion: 1.0.0\n")
        var noise = Data(count: 3 << 20)
        for index in noise.indices { noise[index] = .random(in: 0...255) }
        try noise.write(to: URL(fileURLWithPath: sandbox.path + "/large/noise"))
        try Tool.succeed(["tar", "-C", sandbox.path, "-czf", sandbox.path + "/large.tgz", "large"])
        try send(["--data-binary", "@\(sandbox.path)/large.tgz"], "helm/api/charts?wait=1")
        let bin = try #require(Python.folder) + "/bin"
        let trust = authority.map { ["REQUESTS_CA_BUNDLE": $0, "SSL_CERT_FILE": $0] } ?? [:]
        let wheels = try Checkout.samples("pypi", "1.1")
        let twine = try Tool.run(
            [
                bin + "/twine", "upload", "--non-interactive", "--repository-url", "\(url)/\(owner)/pypi/?wait=1", "-u",
                "__token__", "-p",
                token, wheels[0],
            ], environment: trust, in: sandbox.path)
        #expect(twine.succeeded, "\(twine)")
        let uv = try Tool.run(
            [
                bin + "/uv", "publish", "--publish-url", "\(url)/\(owner)/pypi/?wait=1", "--token", token, "--trusted-publishing",
                "never",
                wheels[1],
            ], environment: trust.merging(["UV_NO_CONFIG": "1", "UV_NO_CACHE": "1"]) { $1 }, in: sandbox.path)
        #expect(uv.succeeded, "\(uv)")
        #expect(try curl("\(owner)/helm/api/charts", "-u", "ci:ixg_wrong", "--data-binary", "@\(sandbox.path)/large.tgz") == 401)
    }

    /// curl, pip, uv, apt, dnf and, where it is installed, helm fetch what was published.
    func install() throws {
        let reader = login.map { ["-u", "\($0.name):\($0.password)"] } ?? []
        let index = try Tool.run(curl + reader + ["\(url)/\(owner)/helm/index.yaml"])
        #expect(index.output.hasSuffix("\n200") && index.says("large-1.0.0.tgz"), "\(index)")
        if login != nil { #expect(try curl("\(owner)/helm/index.yaml") == 401) }
        try installWithPython()
        try installWithApt()
        try installWithDnf()
        if let helm = Helm.program { try pull(with: helm) } else { print("not tried: helm, which is not here (INDEXGEN_HELM)") }
    }

    private func installWithPython() throws {
        let bin = try #require(Python.folder) + "/bin"
        let sandbox = try Sandbox("install")
        defer { sandbox.hold() }
        let index = withLogin("\(url)/\(owner)/pypi/simple/")
        let pip = try Tool.run(
            [bin + "/pip", "install", "--target", "target", "--index-url", index] + (authority.map { ["--cert", $0] } ?? [])
                + ["indexgen-hello"],
            environment: ["PIP_CONFIG_FILE": "/dev/null", "PIP_NO_CACHE_DIR": "1", "PIP_NO_INPUT": "1", "PIP_RETRIES": "0"],
            in: sandbox.path)
        #expect(pip.succeeded && sandbox.has("target/indexgen_hello-1.1.dist-info"), "\(pip)")
        let uv = try Tool.run(
            [bin + "/uv", "pip", "install", "--target", "other", "--default-index", index, "indexgen-hello"],
            environment: [
                "UV_NO_CONFIG": "1", "UV_NO_CACHE": "1", "UV_PYTHON_DOWNLOADS": "never", "UV_PYTHON": bin + "/python",
            ].merging(authority.map { ["SSL_CERT_FILE": $0] } ?? [:]) { $1 }, in: sandbox.path)
        #expect(uv.succeeded && sandbox.has("other/indexgen_hello-1.1.dist-info"), "\(uv)")
    }

    private func installWithApt() throws {
        let apt = try Apt(site, owner: "none", keyed: false)
        let trust = try apt.sandbox.write("key.asc", site.get("/repository.key").text)
        try apt.sandbox.write(
            "etc/sources.list", "deb [arch=amd64 signed-by=\(trust)] \(url)/\(owner)/debian stable main\n")
        if let authority { try apt.sandbox.write("etc/apt.conf.d/tls.conf", "Acquire::https::CaInfo \"\(authority)\";\n") }
        if let login {
            try apt.sandbox.write(
                "etc/auth.conf.d/acme.conf", "machine \(url)/\(owner)/ login \(login.name) password \(login.password)\n")
        }
        let update = try apt.update()
        #expect(update.succeeded && update.complaints.isEmpty, "\(update)")
        let install = try apt.run("apt-get", "install", "indexgen-hello")
        #expect(install.succeeded, "\(install)")
    }

    private func installWithDnf() throws {
        let dnf = try Dnf(site, owner: owner, groups: [])
        try dnf.sandbox.write("key.asc", site.get("/repository.key").text)
        try dnf.sandbox.write(
            "repos/acme.repo",
            """
            [acme]
            name=acme
            baseurl=\(url)/\(owner)/rpm/el9
            gpgcheck=0
            repo_gpgcheck=1
            gpgkey=file://\(dnf.sandbox.path)/key.asc
            \(authority.map { "sslcacert=\($0)" } ?? "")
            \(login.map { "username=\($0.name)\npassword=\($0.password)" } ?? "")

            """)
        let install = try dnf.run("install", "indexgen-hello")
        #expect(install.succeeded && dnf.sandbox.has("root/usr/share/indexgen-hello/greeting"), "\(install)")
    }

    private func pull(with helm: String) throws {
        let sandbox = try Sandbox("helm")
        defer { sandbox.hold() }
        let homes = ["HELM_CACHE_HOME": "cache", "HELM_CONFIG_HOME": "config", "HELM_DATA_HOME": "data"].mapValues {
            "\(sandbox.path)/\($0)"
        }
        let added = try Tool.run(
            [helm, "repo", "add", "acme", "\(url)/\(owner)/helm"] + (authority.map { ["--ca-file", $0] } ?? [])
                + (login.map { ["--username", $0.name, "--password", $0.password] } ?? []), environment: homes)
        #expect(added.succeeded, "\(added)")
        let pulled = try Tool.run([helm, "pull", "acme/large"], environment: homes, in: sandbox.path)
        #expect(pulled.succeeded && sandbox.has("large-1.0.0.tgz"), "\(pulled)")
    }

    enum Helm {
        /// Of `INDEXGEN_HELM`, or on the PATH; nil where there is none.
        static let program = Helms.folder.map { "\($0)/4/helm" } ?? Tool.path("helm")
    }
}

/// Each recipe of `examples/nginx`, with every client.
extension Clients {
    @Suite(
        .withSite(settings: "private: [hidden]", ingest: true), .needs("curl", "openssl", "apt-get", "dnf", "tar"), .needsPython)
    struct RecipeTests {
        let site: Site

        init() throws {
            site = try .current
            try site.writeReaders()
        }

        @Test func `TLS in front of the block`() throws {
            let front = try Front("ssl_certificate", before: site)
            let customer = Customer(site: site, url: front.url, owner: "tls", authority: front.authority)
            try customer.publish()
            try customer.install()
        }

        @Test func `a stranger's wrong tokens keep nobody else out`() throws {
            let front = try Front("ssl_certificate", before: site)
            let chart = try #require(try Checkout.samples("helm", "hello-1.0.0").first)
            let customer = Customer(site: site, url: front.url, owner: "guessed", authority: front.authority)
            func send(_ token: String, from address: String, _ more: String...) throws -> Int {
                let said = try Tool.run(
                    [
                        "curl", "--silent", "--write-out", "\n%{http_code}", "--cacert", front.authority ?? "", "--interface",
                        address, "-u", "ci:\(token)",
                    ]
                        + more + ["--data-binary", "@\(chart)", "\(front.url)/guessed/helm/api/charts"])
                return Int(said.output.components(separatedBy: "\n").last ?? "") ?? 0
            }
            // Whatever they say of themselves.
            for number in 0..<14 {
                let claim = "X-Forwarded-For: 127.0.0.5, 192.0.2.\(number)"
                #expect(
                    try [401, 429].contains(
                        send("ixg_guess\(number)", from: "127.0.0.3", "-H", claim, "-H", "X-Real-IP: 127.0.0.5")))
            }
            #expect(try send(site.token(customer.owner), from: "127.0.0.5") == 201)
            #expect(try site.indexgen("history", "guessed").contains("127.0.0.5"))
        }

        @Test func `only some networks may even try to write`() throws {
            let front = try Front("limit_except", before: site, [("192.0.2.0/24", "127.0.0.2/32")])
            let chart = try #require(try Checkout.samples("helm", "hello-1.0.0").first)
            let customer = Customer(site: site, url: front.url, owner: "limited")
            let user = "ci:" + (try site.token("limited"))
            let send = ["-u", user, "--data-binary", "@\(chart)"]
            for (address, owner, status) in [
                ("127.0.0.1", "limited", 403), ("127.0.0.1", "LIMITED", 403), ("127.0.0.2", "limited", 201),
            ] {
                let said = try Tool.run(
                    ["curl", "--silent", "--write-out", "\n%{http_code}", "--interface", address] + send + [
                        "\(front.url)/\(owner)/helm/api/charts?wait=1"
                    ])
                #expect(said.output.hasSuffix("\n\(status)"), "\(said)")
            }
            #expect(try customer.curl("limited/helm/index.yaml") == 200)
            #expect(try customer.curl("api/packages/limited/helm/index.yaml", "--head") == 200)
        }

        @Test func `a password for the whole site, and tokens for writes`() throws {
            let front = try Front("auth_basic_user_file", before: site)
            let customer = Customer(site: site, url: front.url, owner: "whole", login: Site.reader)
            try customer.publish()
            try customer.install()
            #expect(try customer.curl("") == 401)
        }

        @Test func `a service that is asked for each read`() throws {
            let port = try NginxServer.freePort()
            let word = Data("\(Site.reader.name):\(Site.reader.password)".utf8).base64EncodedString()
            let sandbox = try Sandbox("service")
            let service = try NginxServer(
                serving: """
                    server {
                        listen 127.0.0.1:\(port);
                        location / {
                            if ($http_authorization = "Basic \(word)") { return 200; }
                            add_header WWW-Authenticate 'Basic realm="packages"' always;
                            return 401;
                        }
                    }
                    """, port: port, in: sandbox.folder("nginx"))
            let front = try Front("auth_request", before: site, [("127.0.0.1:9000", "127.0.0.1:\(port)")])
            let customer = Customer(site: site, url: front.url, owner: "asked", login: Site.reader)
            try customer.publish()
            try customer.install()
            // The answer is kept for a minute; nobody else gets it.
            let asked = service.requests.count
            for _ in 0..<3 {
                #expect(try customer.curl("asked/helm/index.yaml", "-u", "\(Site.reader.name):\(Site.reader.password)") == 200)
            }
            #expect(service.requests.count <= asked + 1)
            #expect(try customer.curl("asked/helm/index.yaml") == 401)
        }

        @Test func `private owners by the settings alone, and behind TLS`() throws {
            let direct = Customer(site: site, url: site.url, owner: "hidden", login: Site.reader)
            try direct.publish()
            try direct.install()
            let front = try Front("ssl_certificate", before: site)
            try Customer(site: site, url: front.url, owner: "hidden", authority: front.authority, login: Site.reader).install()
        }
    }

    @Suite(.withSite(prefix: "/pkgs", ingest: true), .needs("curl", "apt-get", "dnf", "tar"), .needsPython)
    struct PathRecipeTests {
        @Test func `a path of another site's server`() throws {
            let site = try Site.current
            let front = try Front("location /pkgs/", before: site)
            let customer = Customer(site: site, url: front.url + "/pkgs", owner: "path")
            try customer.publish()
            try customer.install()
            #expect(try Customer(site: site, url: front.url, owner: "path").curl("path/helm/index.yaml") == 404)
            #expect(try Customer(site: site, url: site.server.url, owner: "path").curl("path/rpm/el9/upload", "-X", "PUT") == 404)
        }
    }
}
