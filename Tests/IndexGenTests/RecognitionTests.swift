import Formats
import Foundation
import Testing

@testable import IndexGen
@testable import Kit

/// Which ecosystem a file is of, asked of all of them about the samples of all of them.
@Suite struct RecognitionTests {
    /// A file, and whose it is.
    private struct File {
        var type: String
        var filename: String
        var bytes: [UInt8]
    }

    private static let ecosystems = Ecosystems.standard.all

    /// The sample packages of `examples/`.
    private static func samples() throws -> [File] {
        let folder = SampleFiles.path("")
        var files: [File] = []
        for type in ecosystems.map(\.profile.id) {
            try Files.walk(folder + type) { relative, kind in
                guard kind == .file else { return }
                let path = "\(folder)\(type)/\(relative)"
                files.append(File(type: type, filename: Files.name(of: path), bytes: try Files.read(path)))
            }
        }
        return files
    }

    private static func answers(_ glimpse: Glimpse, of bytes: [UInt8]) -> [Recognition] {
        ecosystems.map { $0.recognise(glimpse, of: bytes.span) }
    }

    @Test func `each sample is surely of its own type, and less of every other one`() throws {
        let samples = try Self.samples()
        #expect(Set(samples.map(\.type)) == Set(Self.ecosystems.map(\.profile.id)))
        for file in samples {
            let answers = Self.answers(Glimpse(file.bytes.span, filename: file.filename), of: file.bytes)
            for (ecosystem, answer) in zip(Self.ecosystems, answers) {
                let type = ecosystem.profile.id
                if type == file.type, type != "generic" {
                    #expect(answer == .surely, "\(file.filename)")
                } else {
                    #expect(answer < .surely, "\(file.filename) is taken for \(type)")
                }
            }
        }
    }

    @Test func `no file is surely of two types, whatever it is called and however it lies`() {
        let sets = [
            AlpineHostile.all, ArchHostile.all, CargoHostile.all, GoHostile.all, MavenHostile.all + MavenHostile.ignored,
            NPMHostile.all,
        ]
        var seen = 0
        for sample in sets.joined() {
            let bytes = sample.make()
            // As it is sent, and as somebody might call it who does not know what it is.
            for filename in [sample.filename.split(separator: "/").last.map(String.init) ?? "", "download", "x-1.0.0.tar.gz"] {
                let answers = Self.answers(Glimpse(bytes.span, filename: filename), of: bytes)
                #expect(answers.count { $0 == .surely } <= 1, "\(sample.what) as \(filename)")
            }
            seen += 1
        }
        #expect(seen > 800)
    }

    @Test func `an archive is unpacked once, as far as the type wants to see that wants most`() throws {
        var archives: Set<String> = []
        for file in try Self.samples() {
            let glimpse = Glimpse(file.bytes.span, filename: file.filename)
            #expect(glimpse.unpacked == 0, "nobody has asked yet")
            let answers = Self.answers(glimpse, of: file.bytes)
            let alone = Self.ecosystems.map { ecosystem in
                let glimpse = Glimpse(file.bytes.span, filename: file.filename)
                _ = ecosystem.recognise(glimpse, of: file.bytes.span)
                return glimpse.unpacked
            }
            #expect(glimpse.unpacked == alone.max(), "\(file.filename)")
            guard glimpse.container == .tar else {
                #expect(glimpse.unpacked == 0, "\(file.filename)")
                continue
            }
            #expect(glimpse.unpacked > 0, "\(file.filename)")
            archives.insert(file.type)
            // The file is gone: whoever unpacks it once more answers otherwise now.
            let gone = [UInt8](repeating: 0, count: file.bytes.count)
            #expect(Self.answers(glimpse, of: gone) == answers, "\(file.filename)")
        }
        #expect(archives.isSuperset(of: ["helm", "pypi", "cargo", "npm", "arch", "alpine"]))
    }

    @Test func `a look ends at the first fault, and shows what stands before it`() {
        let tar = (0..<10).reduce(TarBuilder()) { $0.file("x/\($1)", [UInt8](repeating: UInt8($1), count: 700)) }.bytes
        for length in stride(from: 0, to: tar.count, by: 111) {
            let part = Array(tar.prefix(length))
            let glimpse = Glimpse(part.span, filename: "x.tar")
            var names: [String] = []
            for _ in 0..<2 {
                names = []
                glimpse.look(into: part.span) { member in
                    names.append(member.header.path)
                    return false
                }
            }
            // A header, its content and what fills the last block.
            let whole = (length + 1_536 - 512) / 1_536
            #expect(names == (0..<min(whole, 10)).map { "x/\($0)" }, "\(length) bytes")
        }
    }

    @Test func `a look keeps within its bounds, and goes on where another one stopped`() {
        let tar = (0..<100).reduce(TarBuilder()) { $0.file("x/\($1)", [UInt8](repeating: 65, count: 20_000)) }.bytes.gzip
        let glimpse = Glimpse(tar.span, filename: "x.tgz")
        func look(upTo count: Int = Glimpse.members, within limit: Int = Glimpse.expandedBytes, until: String = "") -> Int {
            var names: [String] = []
            glimpse.look(into: tar.span, upTo: count, within: limit) { member in
                names.append(member.header.path)
                return member.header.path == until
            }
            #expect(names == (0..<names.count).map { "x/\($0)" })
            return names.count
        }
        #expect(look(until: "x/2") == 3)
        let little = glimpse.unpacked
        #expect(little > 0 && little < 256 << 10)
        #expect(look(upTo: 2) == 2 && glimpse.unpacked == little)
        let most = look()
        // 21,000 bytes each, and what a MiB has room for.
        #expect(most > 45 && most < 54)
        #expect(look(upTo: 1_000, within: 8 << 20) == 100)
        #expect(look() == most && look(upTo: 7) == 7)
    }

    @Test func `only small dotfiles at the beginning come with their contents`() {
        let tar = TarBuilder().file(".a", "one").file(".large", [UInt8](repeating: 65, count: 300_000)).file(".b", "two")
            .file("usr/x", "three").file(".c", "four").bytes.zstd
        var found: [String: String] = [:]
        Glimpse(tar.span, filename: "").look(into: tar.span) { member in
            found[member.header.path] = String(decoding: member.content, as: UTF8.self)
            return false
        }
        #expect(found == [".a": "one", ".large": "", ".b": "two", "usr/x": "", ".c": ""])
    }
}
