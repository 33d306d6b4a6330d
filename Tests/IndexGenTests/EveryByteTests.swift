import Corpus
import Formats
import Foundation
import Glibc
import Testing

@testable import IndexGen

/// `verify` names exactly the file that was touched, whatever was done to it, and `verify --repair` brings the tree back.
@Suite struct EveryByteTests {
    private let real: RealSite
    private let whole: [String: String]
    private let paths: [String]

    init() throws {
        real = try RealSite(signed: false)
        try real.addCorpora()
        try real.generate()
        #expect(try real.faults() == [])
        whole = try real.tree()
        // A link to a folder has no bytes of its own.
        let root = real.site.publicRoot
        paths = try real.everyFile().filter { Files.target(ofLink: "\(root)/\($0)") == nil }
    }

    private func full(_ path: String) -> String { "\(real.site.publicRoot)/\(path)" }

    /// Does something to one file after the other; each time exactly that one is named. Then to all at once, and they are restored.
    private func expectFound(
        _ what: String, _ paths: [String]? = nil, _ damage: (_ file: String, _ content: [UInt8]) throws -> Void
    )
        throws
    {
        for path in paths ?? self.paths {
            let original = try Files.read(full(path))
            try damage(full(path), original)
            #expect(try Set(real.faults().map(\.path)) == [path], "\(path) \(what)")
            try Files.replace(full(path), with: original)
        }
        for path in self.paths { try damage(full(path), Files.read(full(path))) }
        #expect(try Set(real.faults().map(\.path)) == Set(self.paths), "all \(what)")
        try real.repair()
        #expect(try real.faults() == [], "\(what)")
        #expect(try real.tree() == whole, "\(what)")
    }

    /// Replaces the file: overwritten, a package would take its blob with it.
    private func flip(_ file: String, _ content: [UInt8], at position: Int) throws {
        var content = content
        content[position] ^= 0x20
        try Files.replace(file, with: content)
    }

    @Test func `one changed byte, wherever it is`() throws {
        var random = CorpusRandom(seed: 4, index: 0)
        try expectFound("changed at its beginning") { try flip($0, $1, at: 0) }
        try expectFound("changed in its middle") { try flip($0, $1, at: $1.count / 2) }
        try expectFound("changed at its end") { try flip($0, $1, at: $1.count - 1) }
        try expectFound("changed somewhere") { try flip($0, $1, at: Int.random(in: 0..<$1.count, using: &random)) }
    }

    @Test func `every byte of little documents`() throws {
        // All of them at once: whoever has ended begins again.
        let little = try paths.filter { try FileStatus.of(full($0))?.size ?? 0 <= 256 }
        #expect(little.count >= 2)
        let contents = try Dictionary(uniqueKeysWithValues: little.map { ($0, try Files.read(full($0))) })
        for position in 0..<(contents.values.map(\.count).max() ?? 0) {
            for (path, content) in contents { try flip(full(path), content, at: position % content.count) }
            #expect(try Set(real.faults().map(\.path)) == Set(little), "byte \(position)")
        }
    }

    @Test func `shorter, longer, gone, not readable, or a link to the same`() throws {
        try expectFound("cut") { try Files.replace($0, with: Array($1.dropLast())) }
        try expectFound("longer") { try Files.replace($0, with: $1 + [0]) }
        try expectFound("gone") { file, _ in try Files.remove(file) }
        let twin = real.folder + "/twin"
        try expectFound("a link") { file, content in
            try Files.replace("\(twin)-\(Files.name(of: file))", with: content)
            try Files.remove(file)
            #expect(symlink("\(twin)-\(Files.name(of: file))", file) == 0)
        }
        try expectFound("not readable") { file, content in
            // A file of its own: a document may have a second name.
            try Files.replace(file, with: content)
            #expect(chmod(file, 0) == 0)
        }
        // The blob itself.
        let package = try #require(paths.first { $0.hasSuffix(".rpm") })
        #expect(chmod(full(package), 0) == 0)
        #expect(try real.faults().map(\.path) == [package])
        try real.repair()
        #expect(try real.faults() == [])
    }

    @Test func `what does not belong there`() throws {
        #expect(Glibc.rename(full(paths[0]), full("stranger")) == 0)
        #expect(try Set(real.faults().map(\.path)) == [paths[0], "stranger"])
        #expect(mkfifo(full("acme/pipe"), 0o644) == 0)
        #expect(symlink("/etc", full("acme/rpm/link")) == 0)
        try real.repair()
        // Nobody knows whose they are: they are named, and left alone.
        #expect(try Set(real.faults().map(\.path)) == ["stranger", "acme/pipe", "acme/rpm/link"])
    }

    @Test func `a signature is named alone, and so is what it signs`() throws {
        let signed = try RealSite()
        try signed.addCorpora(0..<1)
        try signed.generate()
        let whole = try signed.tree()
        let names = ["InRelease", "Release", "Release.gpg", "repomd.xml", "repomd.xml.asc"]
        let paths = try signed.everyFile().filter { names.contains(Files.name(of: $0)) }
        #expect(paths.count == names.count)
        for path in paths {
            let file = "\(signed.site.publicRoot)/\(path)"
            let original = try Files.read(file)
            try flip(file, original, at: original.count / 2)
            #expect(try Set(signed.faults().map(\.path)) == [path])
            try Files.replace(file, with: original)
        }
        for path in paths {
            try flip("\(signed.site.publicRoot)/\(path)", Files.read("\(signed.site.publicRoot)/\(path)"), at: 0)
        }
        try signed.repair()
        #expect(try signed.faults() == [])
        #expect(try signed.tree() == whole)
    }

    @Test func `a blob with other bytes, or without any, is named with its package`() throws {
        let package = try #require(paths.first { $0.hasSuffix(".rpm") })
        let blob = real.site.blobs.path(of: SHA256Digest.of(try Files.read(full(package))))
        let content = try Files.read(blob)
        // A file of its own: the public one is whole.
        try flip(blob, content, at: 3)
        #expect(try real.faults().map(\.path) == [package])
        try real.repair()
        #expect(try real.faults().map(\.path) == [package], "its content is lost to the store")
        #expect(try real.tree() == whole, "what is public stays")
        // Gone from both: everything else is restored all the same.
        let document = try #require(paths.first { $0.hasSuffix("repomd.xml") })
        for path in [package, document] { try Files.remove(full(path)) }
        try real.repair()
        #expect(try real.faults().map(\.path) == [package])
        // The package heals it when it comes again.
        let inbox = try Files.names(in: real.folder + "/inbox").map { "\(real.folder)/inbox/\($0)" }
        try real.add(inbox)
        try real.generate()
        #expect(try real.faults() == [])
        #expect(try real.tree() == whole)
    }
}
