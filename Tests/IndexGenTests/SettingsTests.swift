import Formats
import Testing

@testable import IndexGen

@Suite struct SettingsTests {
    private func read(_ text: String) throws -> Settings {
        try SettingsFile.read([UInt8](text), named: "indexgen.yaml", for: Ecosystems([Toy()]))
    }

    @Test func `every key is optional`() throws {
        for text in ["", "# nothing", "{}", "defaults:\n"] { #expect(try read(text).owner == "packages") }
    }

    @Test func `what is set is read`() throws {
        let settings = try read(
            """
            base_url: https://packages.example.org/sub/
            defaults: {owner: acme, group: el9}
            retention: 2d
            mutable: [nightly, "sandbox-*"]
            limits: {ratio: 7, seconds: 5, index_bytes: 1000}
            private: [acme, "team-*"]
            readers: /etc/nginx/readers
            signing: {keys: [0123456789ABCDEF0123456789ABCDEF01234567]}
            server:
              anonymous: [public, "sandbox-*"]
              trusted_proxies: [10.0.0.1, "2001:db8::1"]
              quiet: 50ms
              body_timeout: 2m
              connections: 8
            toy:
              motto: hi
              groups:
                "el*": {motto: el}
                el9: {motto: nine}
            """)
        #expect(settings.baseURL == "https://packages.example.org/sub")
        #expect(settings.owner == "acme")
        #expect(["Nightly", "sandbox-7", "acme"].map(settings.isMutable) == [true, true, false])
        #expect(settings.retention == 172_800)
        #expect(settings.privatePatterns == ["acme", "team-*"] && settings.readers == .passwords("/etc/nginx/readers"))
        for owner in ["ACME", "Team-1"] {
            #expect(settings.isPrivate(owner, type: nil) && settings.isPrivate(owner, type: "rpm"))
        }
        #expect(!settings.isPrivate("acme2", type: "rpm"))
        #expect(settings.budget.ratio == 7)
        #expect(settings.seconds == 5)
        #expect(settings.budget.indexBytes == 1_000)
        #expect(settings.signingKeys.count == 1)
        #expect(
            settings.server
                == ServerSettings(
                    anonymous: ["public", "sandbox-*"],
                    trustedProxies: ["10.0.0.1", "2001:db8::1"].compactMap(NetworkRange.init),
                    quiet: .milliseconds(50),
                    atMost: .seconds(2), bodyTimeout: .seconds(120), connections: 8))
        let options = settings.options["toy"]
        #expect(options?.text("motto", for: "fedora") == "hi")
        #expect(options?.text("motto", for: "el8") == "el")
        #expect(options?.text("motto", for: "el9") == "nine")
        let coordinates = settings.coordinates(for: Toy().profile, given: Coordinates())
        #expect(coordinates["group"] == "el9")
    }

    @Test(arguments: [
        ("colour: red", 1, 1, "unknown key 'colour'"),
        ("defaults:\n  owner: acme\n  shade: 1", 3, 3, "unknown key 'shade'"),
        ("toy:\n  groups:\n    el9:\n      size: 1", 4, 7, "unknown key 'size'"),
        ("retention: soon", 1, 12, "not a duration"),
        ("limits: {seconds: 0}", 1, 19, "whole number"),
        ("limits: {ratio: none}", 1, 17, "whole number"),
        ("base_url: packages.example.org", 1, 11, "not an address"),
        ("base_url: 'http://x/a;b'", 1, 11, "not an address"),
        ("base_url: 'http://x/$uri'", 1, 11, "not an address"),
        ("base_url: 'http://user:pw@h.example'", 1, 11, "holds a user or a password"),
        ("base_url: 'http://user@h.example/x'", 1, 11, "holds a user or a password"),
        ("base_url: 'http://'", 1, 11, "not an address"),
        ("base_url: 'http://:80'", 1, 11, "not an address"),
        ("base_url: 'http://h:0'", 1, 11, "port"),
        ("base_url: 'http://h:65536'", 1, 11, "port"),
        ("base_url: 'http://h:80:80'", 1, 11, "port"),
        ("base_url: 'http://[::1'", 1, 11, "not an address"),
        ("base_url: 'http://[::1]x'", 1, 11, "not an address"),
        ("base_url: 'http://[127.0.0.1]'", 1, 11, "not an address"),
        ("base_url: 'http://::1/x'", 1, 11, "not an address"),
        ("base_url: 'http://h/a/../b'", 1, 11, "path"),
        ("base_url: 'http://h//b'", 1, 11, "path"),
        ("base_url: 'http://h/%61'", 1, 11, "path"),
        ("base_url: 'http://h/_indexgen'", 1, 11, "path"),
        ("private: acme", 1, 10, "list"),
        ("private: [a/b/c]", 1, 10, "pattern of these"), ("private: [a/nope]", 1, 10, "'nope' in 'a/nope' is not a type"),
        ("readers: etc/", 1, 10, "path of a file"),
        ("defaults: {owner: Index.HTML}", 1, 19, "the site uses this name itself"),
        ("defaults: {owner: ../x}", 1, 19, "cannot be an owner"),
        ("toy: [1]", 1, 6, "mapping"),
        ("signing: {keys: [abc]}", 1, 17, "not a key fingerprint"),
        ("retention: 200ms", 1, 12, "whole seconds"),
        ("retention: -1d", 1, 12, "not a duration"),
        ("server:\n  port: 1", 2, 3, "unknown key 'port'"),
        ("server: {quiet: 2}", 1, 17, "not a duration; write a number and ms, s, m, h or d"),
        ("server: {trusted_proxies: [proxy.example]}", 1, 27, "is not an IPv4 or IPv6 address"),
        ("server: {connections: 0}", 1, 23, "whole number"),
        ("hooks: {run: [x]}", 1, 8, "list of hooks"),
        ("hooks:\n  - {run: [x], when: now}", 2, 16, "unknown key 'when'"),
        ("hooks:\n  - {name: x}", 2, 5, "either 'run"),
        ("hooks:\n  - {run: [x], url: 'https://x'}", 2, 5, "either 'run"),
        ("hooks:\n  - run: make it", 2, 10, "list belongs here"),
        ("hooks:\n  - {run: []}", 2, 11, "program and its arguments"),
        ("hooks:\n  - {run: [bin/x]}\n  - {run: [x]}", 3, 5, "a hook 'x' already"),
        ("hooks:\n  - {name: a b, run: [x]}", 2, 12, "cannot be a hook's name"),
        ("hooks:\n  - {run: ['bin/a b']}", 2, 5, "write 'name:'"),
        ("hooks:\n  - {url: example.org}", 2, 11, "not an address"),
        ("hooks:\n  - {url: 'ftp://example.org'}", 2, 11, "not an address"),
        ("hooks:\n  - {url: 'https://a b/'}", 2, 11, "not an address"),
        ("hooks:\n  - {url: 'https:///x'}", 2, 11, "not an address"),
        ("hooks:\n  - {run: [x], secret_file: y}", 2, 29, "a command needs none"),
        ("hooks:\n  - {run: [x], timeout: 2h}", 2, 25, "1s to 1h"),
        ("hooks:\n  - {run: [x], timeout: 0s}", 2, 25, "1s to 1h"),
        ("hooks:\n  - {run: [x], attempts: 0}", 2, 26, "from 1 to 100"),
        ("hooks:\n  - {run: [x], for: acme/toy}", 2, 21, "list of OWNER/TYPE"),
        ("hooks:\n  - {run: [x], for: [acme]}", 2, 22, "not an OWNER/TYPE"),
        ("hooks:\n  - {run: [x], for: [acme/tyo]}", 2, 22, "no type matches 'tyo'; there are toy"),
        ("files: [x]", 1, 8, "mapping of public paths"),
        ("files:\n  a/../b: x", 2, 3, "not a public path"), ("files:\n  /x: x", 2, 3, "not a public path"),
        ("files:\n  acme/.git/x: x", 2, 3, "not a public path"), ("files:\n  'a b': x", 2, 3, "not a public path"),
        ("files:\n  index.html: x", 2, 3, "publishes"), ("files:\n  acme/index.html: x", 2, 3, "publishes"),
        ("files:\n  acme/toy: x", 2, 3, "publishes"), ("files:\n  acme/toy/x.toy: x", 2, 3, "publishes"),
        ("files:\n  acme/toy/main/pool/x: x", 2, 3, "publishes"), ("files:\n  acme/-/x: x", 2, 3, "publishes"),
        ("files:\n  v2/x: x", 2, 3, "publishes"), ("files:\n  -x/y: x", 2, 3, "cannot be an owner"),
        ("files:\n  x: ../y", 2, 6, "not a file that can be published"),
        ("files:\n  x: /etc/passwd", 2, 6, "not a file that can"),
        ("files:\n  x: state/keyring/k", 2, 6, "not a file that can"),
        ("files:\n  x: indexgen.yaml", 2, 6, "not a file that can"),
        ("files:\n  acme/x: y\n  acme/x/z: y", 3, 3, "each other's way"),
        ("retention: 1h\ntoy: \u{1}", 2, 6, "U+1: control characters are not allowed"),
    ])
    func `a fault is named with line and column`(text: String, line: Int, column: Int, message: String) throws {
        let error = #expect(throws: SettingsError.self) { try read(text) }
        #expect(error?.line == line)
        #expect(error?.column == column)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test func `hooks are read`() throws {
        let hooks = try read(
            """
            hooks:
              - {run: [hooks/purge.sh, "a b"], timeout: 10m, attempts: 3, for: [acme/toy, "b*/*"]}
              - {url: "https://user:word@chat.example.org:8443/x?y=z", secret_file: state/secret}
              - {name: plain, url: "http://127.0.0.1"}
            """
        ).hooks
        #expect(
            hooks == [
                Hook(
                    name: "purge.sh", action: .run(["hooks/purge.sh", "a b"]), patterns: ["acme/toy", "b*/*"], timeout: 600,
                    attempts: 3),
                Hook(
                    name: "chat.example.org",
                    action: .post(url: "https://user:word@chat.example.org:8443/x?y=z", secretFile: "state/secret")),
                Hook(name: "plain", action: .post(url: "http://127.0.0.1", secretFile: nil)),
            ])
        #expect(try read("hooks:").hooks.isEmpty && read("hooks: []").hooks.isEmpty)
    }

    @Test func `broken YAML and doubled keys are faults with a place`() {
        #expect(throws: SettingsError.self) { try read("a: [") }
        #expect(throws: SettingsError.self) { try read("retention: 1h\nretention: 2h") }
    }

    @Test func `the settings file that init writes is read back`() throws {
        let text = SettingsTemplate.text(baseURL: "http://127.0.0.1:8080")
        let settings = try SettingsFile.read([UInt8](text), named: "indexgen.yaml", for: .standard)
        #expect(settings.baseURL == "http://127.0.0.1:8080")
    }

    @Test(arguments: [
        ("http://localhost", "localhost", 80, ""), ("http://127.0.0.1:8080/pkg", "127.0.0.1", 8080, "/pkg"),
        ("https://x.example", "x.example", 80, ""), ("https://x.example:8443/a/b", "x.example", 80, "/a/b"),
        ("http://[::1]:8080", "[::1]", 8_080, ""), ("http://[2001:db8::1]/p", "[2001:db8::1]", 80, "/p"),
    ])
    func `the address is taken apart`(url: String, host: String, port: Int, path: String) {
        #expect(WebAddress.fault(in: url) == nil)
        let address = WebAddress(url)
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.path == path)
    }

    @Test(arguments: [
        ("http://127.0.0.1:8080", ["127.0.0.1:8080"]), ("http://127.1.2.3", ["127.1.2.3:80"]),
        ("http://localhost:81/x", ["127.0.0.1:81", "[::1]:81"]), ("http://[::1]:8080", ["[::1]:8080"]),
        ("https://x.example:8443", ["80", "[::]:80"]), ("http://127.example:8080", ["8080", "[::]:8080"]),
        ("http://192.0.2.1:8080", ["8080", "[::]:8080"]), ("http://[2001:db8::1]", ["80", "[::]:80"]),
    ])
    func `nginx listens where the address says, and a loopback address stays one`(url: String, listens: [String]) {
        #expect(WebAddress(url).listens == listens)
    }
}
