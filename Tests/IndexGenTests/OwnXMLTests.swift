import Formats
import Foundation
import Testing

@testable import IndexGen

/// What we publish as XML, read by a parser that is not ours.
@Suite struct OwnXMLTests {
    @Test func `the lists of an RPM group are XML that says what the catalog says`() throws {
        let site = try RealSite(settings: "rpm: {compression: gz}\n", signed: false)
        try site.addCorpora(0..<12)
        try site.generate()
        let lists = try site.everyFile().filter { $0.hasSuffix(".xml.gz") || $0.hasSuffix("repomd.xml") }
        #expect(lists.count == 4)
        let row = try #require(try site.catalog.repositories(owner: "acme", type: "rpm").first)
        let known = try site.catalog.snapshot { try $0.files(in: row) }
        for path in lists {
            let bytes = try Files.read(site.site.publicRoot + "/" + path)
            let codec: Codec = path.hasSuffix(".gz") ? .gzip : .none
            let text = try Decompression.expand(bytes.span, codec, subject: path, limit: 16 << 20, within: Budget())
            var packages = 0
            var digests: Set<String> = []
            var isDigest = false
            try XMLReader.read(text.span, of: path, within: Budget()) { (event) throws(Refusal) in
                switch event {
                case .start(let name, let attributes):
                    #expect(name.namespace.hasPrefix("http://linux.duke.edu/metadata/"), "\(name)")
                    if name.local == "package" { packages += 1 }
                    for attribute in attributes where attribute.name.local == "pkgid" { digests.insert(attribute.value) }
                    isDigest = name.local == "checksum"
                case .text(let text): if isDigest { digests.insert(String(decoding: text, as: UTF8.self)) }
                case .end: isDigest = false
                }
            }
            if path.hasSuffix("repomd.xml") {
                #expect(digests.count >= 3)
            } else {
                #expect(packages == known.count, "\(path)")
                #expect(digests == Set(known.map { Hex.string($0.sha256) }), "\(path)")
            }
        }
    }
}
