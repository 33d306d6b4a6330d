import Formats
import Foundation
import Testing

@testable import IndexGen

/// What ecosystems declare of how their files are handed out.
@Suite struct ServingTests {
    private func configuration(
        _ ecosystems: Ecosystems, below prefix: String = "", ingest: Bool = false, readers: String? = "/srv/site/readers"
    ) -> String {
        NginxConfiguration(
            publicRoot: "/srv/site/public", host: "packages.example.org", prefix: prefix, origin: "https://packages.example.org",
            listens: ["80"], ingest: ingest ? .network(host: "127.0.0.1", port: 8080) : nil,
            largestBody: 1 << 30, trustedProxies: ["127.0.0.1"], privatePatterns: ["acme"], readersFile: readers,
            ecosystems: ecosystems
        ).text
    }

    @Test func `variants have names of their own, which fit into addresses`() {
        let choices = Ecosystems.standard.all.flatMap(\.profile.serving).compactMap { serving in
            if case .choice(let choice) = serving { choice } else { nil }
        }
        let names = choices.flatMap { $0.variants.map(\.name) }
        #expect(!names.isEmpty && Set(names).count == names.count)
        // `public` and `normal` are folders of the configuration's own.
        #expect(names.allSatisfy { $0.allSatisfy { $0.isLowercase || $0.isNumber } && !["public", "normal"].contains($0) })
        #expect(choices.allSatisfy { $0.standard.mediaRange == nil })
        #expect(choices.allSatisfy { $0.variants.dropLast().allSatisfy { $0.mediaRange != nil } })
    }

    @Test func `two ecosystems may each have a choice`() throws {
        let text = configuration(Ecosystems([PyPI(), Toy(serving: Toy.servings)]))
        let maps = text.components(separatedBy: "\n").filter { $0.hasPrefix("map $http_accept ") }
        #expect(maps.count == 2 && Set(maps).count == 2, "\(maps)")
        #expect(text.contains("\"~*application/vnd\\.toy\\+json\" short;"))
        #expect(text.contains("location ^~ /_indexgen/short/ {") && text.contains("location ^~ /_indexgen/long/ {"))
        // Readers of private owners are asked for their password wherever an answer comes from.
        #expect(text.components(separatedBy: "auth_basic_user_file").count == 1 + 1 + 3 + 2)
        for workshop in ["normal", "normaltoy"] {
            #expect(text.components(separatedBy: "location ^~ /_indexgen/\(workshop)/ {").count == 2)
        }
        #expect(text.contains("toy/(?:.+/list)$\" { types { } default_type text/plain; }"))
    }

    @Test func `what nobody declares is not there`() {
        for ingest in [false, true] {
            let text = configuration(Ecosystems([Debian(), RPM()]), ingest: ingest)
            #expect(!text.contains("http_accept") && !text.contains("/_indexgen/normal/"))
            for word in ["PATCH", "WWW-Authenticate", "_absent", "_closed", "_chooses", "_header0", "/v2", "error_page 404"] {
                #expect(!text.contains(word), "\(word)")
            }
        }
    }

    /// One line of a text, without what is before and behind it.
    private func line(_ start: String, in text: String) -> String? {
        text.components(separatedBy: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.first { $0.hasPrefix(start) }
    }

    @Test func `an address is one of several files, each with its type, and says what is missing`() throws {
        let toy = Toy(serving: [
            .alternatives(
                Alternatives(
                    remark: "Boxes.", paths: "(.+/boxes/)([^/]+)",
                    folders: [("red", "application/red"), ("blue", "application/blue")])),
            .header(name: "X-Box", paths: ".+/boxes/[^/]+/(x[0-9]+)"), .header(name: "X-Box", paths: "lids/(x[0-9]+)"),
            .missing(paths: "lids/.+", type: "application/json", body: #"{"a":"it's \"gone\""}"#),
            .missing(paths: "none/.+", type: "text/plain", body: "nothing", status: 200),
        ])
        let text = configuration(Ecosystems([Debian(), toy]))
        let head = "location ~ \"^/_indexgen/public/[^/]+/toy"
        #expect(text.contains("\(head)/(?:(.+/boxes/)red/([^/]+))$\" { types { } default_type application/red; try_files $uri @"))
        let blue = "if (-f \"/srv/site/public/$1/$2blue/$3\") { rewrite"
        #expect(text.contains(blue) && text.contains(" /_indexgen/public/$1/$2blue/$3 last; }"))
        // The first that is there: in the order in which they are declared.
        let red = try #require(text.range(of: "$1/$2red/$3\")"))
        #expect(try red.lowerBound < #require(text.range(of: "$1/$2blue/$3\")")).lowerBound)
        // One header, one map, with a line for each place.
        #expect(text.components(separatedBy: "add_header X-Box ").count == 2)
        #expect(text.contains("/toy/(?:.+/boxes/[^/]+/(x[0-9]+))$\" $1;") && text.contains("/toy/(?:lids/(x[0-9]+))$\" $1;"))
        #expect(line("return 404 '{", in: text) == #"return 404 '{"a":"it\'s \\"gone\\""}';"#)
        #expect(line("return 200 'nothing'", in: text) != nil)
        // Its immutable files are looked for like its others; nobody else's are.
        #expect(text.contains("\(head)/(?:.+/pool/)\" { types { } if_modified_since before; try_files $uri @"))
        #expect(!text.contains("|toy/(?:.+/pool/))\" { types { } if_modified_since before; }"))
        // There is nobody to ask.
        #expect(!text.contains("/_indexgen/toyserve") && !text.contains("proxy_pass"))
    }

    @Test func `what is not a file yet is asked for, and is missing where nobody answers`() throws {
        let text = configuration(Ecosystems([Container()]), ingest: true, readers: nil)
        let ask = try #require(line("rewrite \"^/_indexgen/public(/[^/]+/container/(?:[^/]+(?:/[^/]+)*/manifests/", in: text))
        #expect(ask.hasSuffix(" /_indexgen/containerserve$1 last;"))
        let service = try #require(text.components(separatedBy: "location ^~ /_indexgen/containerserve/ {").last)
        #expect(service.hasPrefix("\n        internal;\n        error_page 502 504 = @"))
        // Pages, by parameters that are declared; uploads, which are no files.
        #expect(text.contains("~^(?:GET|HEAD) /v2/[^/]+/[^/]+(?:/[^/]+)*/tags/list/? (?:.*&)?(?:n|last)=\" 1;"))
        #expect(text.contains("~^(?:GET|HEAD) /v2/[^/]+/[^/]+(?:/[^/]+)*/blobs/uploads/[^/]+/?$\" 1;"))
        #expect(text.contains("~^(?:GET|HEAD) /v2/_catalog/?$\" 1;") && text.contains("    PATCH 1;\n"))
        #expect(!text.contains("/tags/list/?$\" 1;") && !text.contains("/manifests/[^/]+/?$\" 1;"))
    }

    @Test func `a base is behind the host whatever the path is, and readers are asked by the owner's address`() throws {
        let text = configuration(Ecosystems([Debian(), Container()]), below: "/pkgs", ingest: true, readers: nil)
        #expect(text.contains("    location ^~ /v2/ {\n"))
        #expect(text.contains("rewrite \"^/v2/([^/]+)/(.+)$\" /_indexgen/public/$1/container/$2 last;"))
        #expect(text.contains("_asked \"/pkgs/$1/container/$2\"; }"))
        // Handed over, it keeps the base and loses the path.
        let base = try #require(text.range(of: "rewrite \"^(/v2(?:/.*)?)$\" $1 break;"))
        #expect(try base.lowerBound < #require(text.range(of: "rewrite \"^/pkgs(/.*)$\" $1 break;")).lowerBound)
        // Who would have both at one address has the path.
        let below = configuration(Ecosystems([Debian(), Container()]), below: "/v2", ingest: true, readers: nil)
        #expect(
            !below.contains("location ^~ /v2/ {\n        if") && below.components(separatedBy: "location ^~ /v2/ {").count == 2)
    }

    @Test func `whoever shows no credentials is told which there are, and gets everybody's ticket`() throws {
        let bearer = "'Bearer realm=\"https://packages.example.org/v2/token\",service=\"container_registry\"';"
        let tokens = configuration(Ecosystems([Container()]), ingest: true, readers: nil)
        #expect(tokens.contains(bearer) && !tokens.contains("'Basic "))
        #expect(tokens.contains("location = /v2/ {\n        if ($http_authorization) { return 599; }"))
        #expect(tokens.contains("\"token\":\"anonymous\"") && tokens.contains("\"issued_at\":\"$time_iso8601\""))
        #expect(tokens.components(separatedBy: "add_header WWW-Authenticate ").count == 2)
        // A reader's password is asked for before tickets, which it does not get.
        let both = configuration(Ecosystems([Container()]), ingest: true)
        let password = try #require(both.range(of: "'Basic realm=\"packages\"';"))
        #expect(try password.lowerBound < #require(both.range(of: bearer)).lowerBound)
        #expect(both.contains("satisfy any;") && both.contains("auth_request /_indexgen/v2entrance;"))
        // With nobody to ask there are passwords alone; `return` would come before them.
        let passwords = configuration(Ecosystems([Container()]))
        let entrance = try #require(
            passwords.components(separatedBy: "location = /v2/ {").last?.components(separatedBy: "}\n").dropFirst().first)
        #expect(entrance.contains("auth_basic \"packages\";") && !entrance.contains("return"), "\(entrance)")
        #expect(!passwords.contains("WWW-Authenticate") && !passwords.contains("anonymous"))
    }
}

extension Toy {
    /// A short and a long form of an index, and a list without an ending.
    static let servings: [Serving] = [
        .choice(
            FolderChoice(
                remark: "The toys' index.", folder: "shelves", names: "a-z", rule: "JSON for those who ask for it.",
                variants: [
                    .init("short", ending: "json", type: "application/vnd.toy+json", mediaRange: #"application/vnd\.toy\+json"#),
                    .init("long", ending: "html", type: "text/html"),
                ],
                spelling: .init(
                    remark: "Small letters.", mendable: "(?=[^/]*[A-Z])[A-Za-z]{1,6}", example: (name: "a", spelling: "A"),
                    runs: 1))), .files(paths: ".+/list", type: "text/plain"),
    ]
}
