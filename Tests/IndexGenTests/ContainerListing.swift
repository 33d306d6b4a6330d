import Foundation
import Testing

@testable import Formats
@testable import IndexGen

/// What the documents of a registry say. All manifests of the corpus are indexes that are about something.
enum ContainerListing {
    /// - Parameters:
    ///   - places: of manifests, below the repository: `IMAGE/manifests/index/DIGEST`.
    ///   - paths: all of the public tree.
    ///   - text: of one of them.
    static func expect(
        _ places: [String], below repository: String, in paths: [String], _ when: String, text: (String) throws -> String
    ) throws {
        func object(_ path: String) throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(text(path).utf8)) as? [String: Any], "\(path)")
        }
        let folder = "/manifests/index/"
        let images = Dictionary(grouping: places) { $0.components(separatedBy: folder)[0] }
            .mapValues { $0.map { $0.components(separatedBy: folder)[1] }.sorted() }
        let own = paths.filter { $0.hasPrefix("\(repository)/") }
        // Who refers to something is in the list of that, each once and in order.
        var shown: [String: [String]] = [:]
        for path in own where path.contains("/referrers/") {
            let parts = path.dropFirst(repository.count + 1).components(separatedBy: "/referrers/")
            let list = try object(path)
            let digests = try #require(list["manifests"] as? [[String: Any]]).compactMap { $0["digest"] as? String }
            #expect(digests == digests.sorted() && !digests.isEmpty, "\(when): \(path)")
            shown[parts[0], default: []] += digests
            for digest in digests {
                let manifest = try object("\(repository)/\(parts[0])\(folder)\(digest)")
                #expect((manifest["subject"] as? [String: Any])?["digest"] as? String == parts[1], "\(when): \(digest)")
            }
        }
        #expect(shown.mapValues { $0.sorted() } == images, "\(when)")
        let names = try object("\(repository)/_catalog")["repositories"] as? [String]
        let owner = repository.split(separator: "/")[0]
        #expect(names == images.keys.map { "\(owner)/\($0)" }.sorted(), "\(when)")
        // A tag is in its image's list, and is the bytes of one of its manifests.
        let tagged = own.filter { $0.contains(folder) && ContainerDigest.parse(Files.name(of: $0)) == nil }
        let tags = Dictionary(grouping: tagged) { String($0.dropFirst(repository.count + 1).components(separatedBy: folder)[0]) }
        let lists = own.filter { $0.hasSuffix("/tags/list") }
        #expect(lists.sorted() == tags.keys.map { "\(repository)/\($0)/tags/list" }.sorted(), "\(when)")
        for (image, paths) in tags {
            let list = try object("\(repository)/\(image)/tags/list")
            #expect(list["name"] as? String == "\(owner)/\(image)", "\(when)")
            #expect(list["tags"] as? [String] == paths.map { Files.name(of: $0) }.sorted(), "\(when): \(image)")
            for path in paths {
                let bytes = [UInt8](try text(path))
                let digest = ContainerDigest.of(bytes.span).text
                #expect(images[image]?.contains(digest) == true, "\(when): \(path)")
            }
        }
    }
}
