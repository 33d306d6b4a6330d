import Corpus
import Formats
import Foundation
import Testing

@testable import IndexGen

/// Made-up packages on disk, which disappear with this: whoever passes their paths on must hold it.
struct MadeUpPackages {
    private let corpus: any Corpus
    private let sandbox: Sandbox

    init(_ corpus: any Corpus) throws {
        self.corpus = corpus
        sandbox = try Sandbox("corpus")
    }

    /// To be called last by who has passed paths on.
    func hold() { sandbox.hold() }

    /// Writes packages; gives their paths, in the order of their numbers.
    func write(_ numbers: Range<Int>) throws -> [String] { try numbers.map { try corpus.file($0).write(into: sandbox.path) } }
}

extension Site {
    /// Of how many segments each document of a repository consists: its compressed files by their public paths, and documents that
    /// have none by their own. As the catalog has it, and checked against the files.
    func segments(of repository: String) throws -> [String: Int] {
        let site = try IndexGen.Site(at: folder)
        let catalog = try site.openCatalog()
        defer { try? catalog.close() }
        let row = try #require(try catalog.repositories().first { $0.path == repository })
        let documents = try catalog.snapshot { snapshot in
            try snapshot.scopeIDs(of: row, onlyDirty: false).flatMap { scope in
                try snapshot.documents(repository: row.id.value, scope: scope.value).values
            }
        }
        var segments: [String: Int] = [:]
        for document in documents {
            let variants = document.artifacts.filter { $0.role == .variant }
            let packed = variants.filter { variant in [".gz", ".xz", ".zst"].contains { variant.path.hasSuffix($0) } }
            for artifact in packed { segments[artifact.path] = try count(artifact) }
            if packed.isEmpty, !document.cuts.isEmpty { segments[repository + "/" + document.path] = cuts(document)?.cuts.count }
        }
        return segments
    }

    private func cuts(_ document: DocumentRow) -> DocumentCuts? { DocumentCuts(decoding: document.cuts) }

    /// The segments of one file, each found in it where it should be.
    private func count(_ artifact: Artifact) throws -> Int {
        if artifact.segments.isEmpty { return 1 }
        let index = try #require(Self.encodings.lazy.compactMap { SegmentIndex(decoding: artifact.segments, for: $0) }.first)
        let bytes = [UInt8](try read(artifact.path))
        for entry in index.entries {
            let segment = bytes[entry.offset..<(entry.offset + entry.summary.packedSize)]
            #expect(SHA256Digest.of(Array(segment)) == entry.packed, "\(artifact.path)")
        }
        return index.entries.count
    }

    /// Every level: a file's index says which it is of.
    private static let encodings =
        (0...9).flatMap { [Encoding.gzip(level: $0), .xz(level: $0)] } + (1...22).map { .zstd(level: $0) }

    /// As the tools of the formats count them: blocks of one stream, or frames; nil for gzip, which has nothing to be counted.
    func countedSegments(of path: String) throws -> Int? {
        if path.hasSuffix(".xz") {
            let list = try Tool.succeed(["xz", "--list", "--robot", file(path)])
            let fields = list.components(separatedBy: "\n").first { $0.hasPrefix("file\t") }?.components(separatedBy: "\t")
            let numbers = try #require(fields)
            #expect(numbers[1] == "1", "one stream")
            return Int(numbers[2])
        }
        if path.hasSuffix(".zst") {
            let list = try Tool.succeed(["zstd", "-lv", file(path)])
            let line = list.components(separatedBy: "\n").first { $0.hasPrefix("# Zstandard Frames: ") }
            return try Int(#require(line).dropFirst(20))
        }
        return nil
    }
}
