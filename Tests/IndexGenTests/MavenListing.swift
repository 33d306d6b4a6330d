import Foundation
import Testing

@testable import IndexGen

/// What the metadata of a Maven repository say, by its POMs alone. No two versions of the corpus have the same numbers.
enum MavenListing {
    /// - Parameters:
    ///   - places: of POMs, below the repository: `GROUP/…/ARTIFACT/VERSION/ARTIFACT-BUILD.pom`.
    ///   - paths: all of the public tree.
    ///   - text: of one of them.
    static func expect(
        _ places: [String], below repository: String, in paths: [String], _ when: String, text: (String) throws -> String
    ) throws {
        func folders(_ path: String, _ count: Int) -> String { path.split(separator: "/").dropLast(count).joined(separator: "/") }
        let artifacts = Dictionary(grouping: places) { folders($0, 2) }
        let snapshots = Dictionary(grouping: places.filter { folders($0, 1).hasSuffix("-SNAPSHOT") }) { folders($0, 1) }
        let documents = paths.filter { $0.hasPrefix("\(repository)/") && $0.hasSuffix("/maven-metadata.xml") }
        let wanted = (Array(artifacts.keys) + snapshots.keys).map { "\(repository)/\($0)/maven-metadata.xml" }
        #expect(documents.sorted() == wanted.sorted(), "\(when)")
        for (artifact, places) in artifacts {
            let versions = Set(places.map { Files.name(of: folders($0, 1)) }).sorted {
                numbers($0).lexicographicallyPrecedes(numbers($1))
            }
            let metadata = try text("\(repository)/\(artifact)/maven-metadata.xml")
            #expect(values("version", in: metadata) == versions, "\(when): \(artifact)")
            let releases = versions.filter { !$0.hasSuffix("-SNAPSHOT") }
            #expect(values("release", in: metadata) == Array(releases.suffix(1)), "\(when): \(artifact)")
            let latest = releases.last ?? versions.last
            #expect(values("latest", in: metadata).first == latest, "\(when): \(artifact)")
        }
        for (folder, places) in snapshots {
            let builds = places.map { Files.name(of: $0) }.sorted()
            let value = try #require(values("value", in: text("\(repository)/\(folder)/maven-metadata.xml")).first)
            #expect(builds.last?.hasSuffix("-\(value).pom") == true, "\(when): \(folder)")
        }
    }

    private static func numbers(_ version: String) -> [Int] {
        version.prefix { $0 != "-" }.split(separator: ".").compactMap { Int($0) }
    }

    private static func values(_ element: String, in metadata: String) -> [String] {
        metadata.components(separatedBy: "<\(element)>").dropFirst().map { $0.components(separatedBy: "</\(element)>")[0] }
    }
}
