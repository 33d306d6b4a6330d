import Formats
import Foundation
import Testing

@testable import IndexGen

/// Images for tests of what serves them: manifests and blobs as bytes, and the requests by which they come in.
struct ImageKit {
    static let manifestType = "application/vnd.oci.image.manifest.v1+json"
    static let indexType = "application/vnd.oci.image.index.v1+json"

    struct Content {
        var bytes: [UInt8]
        var digest: String { "sha256:" + Hex.string(SHA256Digest.of(bytes)) }

        init(_ text: String) { bytes = [UInt8](text.utf8) }

        fileprivate func described(as type: String, _ more: String = "") -> String {
            #"{"mediaType":"\#(type)","digest":"\#(digest)","size":\#(bytes.count)\#(more)}"#
        }
    }

    static func manifest(_ config: Content, _ layers: [Content], about subject: Content? = nil, kind: String? = nil) -> Content {
        let listed = layers.map { $0.described(as: "application/vnd.oci.image.layer.v1.tar+gzip") }.joined(separator: ",")
        let more =
            (kind.map { #","artifactType":"\#($0)""# } ?? "")
            + (subject.map { #","subject":\#($0.described(as: manifestType))"# } ?? "")
        return Content(
            #"{"schemaVersion":2,"mediaType":"\#(manifestType)","config":"#
                + config.described(as: "application/vnd.oci.image.config.v1+json") + #","layers":[\#(listed)]\#(more)}"#)
    }

    static func index(_ manifests: [Content], of type: String = manifestType) -> Content {
        let listed = manifests.map { $0.described(as: type) }.joined(separator: ",")
        return Content(#"{"schemaVersion":2,"mediaType":"\#(indexType)","manifests":[\#(listed)]}"#)
    }

    let server: LiveServer
    let token: String

    @discardableResult
    func pushBlob(_ blob: Content, to image: String) async throws -> LiveServer.Reply {
        let begun = try await server.send("POST", "/v2/acme/\(image)/blobs/uploads/", token: token)
        let place = try #require(begun.header("Location"), "\(begun)")
        return try await server.send("PUT", "\(place)?digest=\(blob.digest)", token: token, blob.bytes)
    }

    @discardableResult
    func push(_ manifest: Content, to image: String, as tag: String? = nil, type: String = manifestType) async throws
        -> LiveServer.Reply
    {
        try await server.send(
            "PUT", "/v2/acme/\(image)/manifests/\(tag ?? manifest.digest)", token: token, manifest.bytes, type: type)
    }
}

extension TestSite {
    /// A site of images, and nothing else.
    static func ofImages(_ settings: String = "") throws -> TestSite {
        try TestSite(settings: "base_url: \"http://127.0.0.1:8080\"\n\(settings)", of: Container())
    }
}
