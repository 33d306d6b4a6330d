import Formats
import Foundation
import Testing

@testable import IndexGen

/// What ecosystems declare of how their files are handed out.
@Suite struct ServingTests {
    private func configuration(_ ecosystems: Ecosystems) -> String {
        NginxConfiguration(
            publicRoot: "/srv/site/public", host: "packages.example.org", prefix: "", listens: ["80"], ingest: nil,
            largestBody: 1 << 30, trustedProxies: ["127.0.0.1"], privatePatterns: ["acme"], readersFile: "/srv/site/readers",
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
        let text = configuration(Ecosystems([Debian(), RPM()]))
        #expect(!text.contains("http_accept") && !text.contains("/_indexgen/normal/"))
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
