import Foundation
import Testing

@testable import IndexGen

/// What the documents of an npm registry say. No two versions of the corpus have the same numbers, and nobody has tagged any.
enum NPMListing {
    /// - Parameters:
    ///   - places: of tarballs, below the repository: `NAME/-/FILE`.
    ///   - paths: all of the public tree.
    ///   - text: of one of them.
    static func expect(
        _ places: [String], below repository: String, in paths: [String], _ when: String, text: (String) throws -> String
    ) throws {
        func object(_ path: String) throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(text(path).utf8)) as? [String: Any], "\(path)")
        }
        let packages = Dictionary(grouping: places) { $0.components(separatedBy: "/-/")[0] }
        for (name, wanted) in packages {
            var ascending: [String] = []
            for file in ["index.json", "corgi.json"] {
                let document = try object("\(repository)/\(name)/\(file)")
                let versions = try #require(document["versions"] as? [String: [String: Any]])
                for (version, entry) in versions {
                    let place = "\(name)/-/\(Files.name(of: name))-\(version).tgz"
                    let tarball = (entry["dist"] as? [String: Any])?["tarball"] as? String
                    #expect(tarball?.hasSuffix("/\(repository)/\(place)") == true, "\(when): \(place)")
                    #expect(wanted.contains(place), "\(when): \(place)")
                }
                #expect(versions.count == wanted.count, "\(when): \(name), \(file)")
                ascending = versions.keys.sorted { numbers($0).lexicographicallyPrecedes(numbers($1)) }
                let latest = ascending.last { !$0.contains("-") } ?? ascending.last
                let tags = document["dist-tags"] as? [String: String]
                #expect(tags == latest.map { ["latest": $0] }, "\(when): \(name), \(file)")
            }
            // In their order, each once.
            let shown = try text("\(repository)/\(name)/index.json").components(separatedBy: "\"_id\":\"\(name)@").dropFirst()
            #expect(shown.map { $0.components(separatedBy: "\"")[0] } == ascending, "\(when): \(name)")
        }
        for file in ["index.json", "corgi.json"] {
            let documents = paths.filter { $0.hasPrefix("\(repository)/") && $0.hasSuffix("/\(file)") }
            #expect(documents.sorted() == packages.keys.map { "\(repository)/\($0)/\(file)" }.sorted(), "\(when)")
        }
        let cards = packages.isEmpty ? [] : try object("\(repository)/-/all.json")["objects"] as? [[String: Any]] ?? []
        let names = cards.compactMap { ($0["package"] as? [String: Any])?["name"] as? String }
        #expect(names == packages.keys.sorted(), "\(when)")
    }

    private static func numbers(_ version: String) -> [Int] {
        version.prefix { $0 != "-" }.split(separator: ".").compactMap { Int($0) }
    }
}
