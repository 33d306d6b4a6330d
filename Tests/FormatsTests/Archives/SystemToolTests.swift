import Foundation
import Testing

@testable import Formats
@testable import Kit

/// Runs a tool of the machine in a folder of its own; the tests below are skipped where the tool is missing.
enum Tool {
    static func find(_ name: String) -> String? {
        ["/usr/bin/", "/bin/", "/usr/local/bin/"].map { $0 + name }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    static func has(_ names: String...) -> Bool { names.allSatisfy { find($0) != nil } }

    /// Its standard output; nil when it fails.
    static func run(_ name: String, _ arguments: [String], in folder: URL) throws -> [UInt8]? {
        guard let path = find(name) else { return nil }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? [UInt8](bytes) : nil
    }

    static func inFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("archives-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }
}

extension URL {
    func put(_ name: String, _ bytes: [UInt8]) throws {
        let file = appendingPathComponent(name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }

    func get(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: appendingPathComponent(name))) }
}

@Suite struct SystemToolTests {
    @Test(
        .enabled(if: Tool.has("gzip", "xz", "zstd", "bzip2"), "gzip, xz, zstd and bzip2 are needed"),
        arguments: [("gzip", Encoding.gzip(level: 9)), ("xz", .xz(level: 6)), ("zstd", .zstd(level: 7))])
    func `the tools accept what our encoders make`(tool: String, encoding: Encoding) throws {
        try Tool.inFolder { folder in
            for content in [[], CodecTests.text] as [[UInt8]] {
                try folder.put("x\(encoding.suffix)", encoding.encode(content.span))
                #expect(try Tool.run(tool, ["-t", "x\(encoding.suffix)"], in: folder) != nil)
                #expect(try Tool.run(tool, ["-dc", "x\(encoding.suffix)"], in: folder) == content)
            }
        }
    }

    @Test(
        .enabled(if: Tool.has("gzip", "xz", "zstd", "bzip2"), "gzip, xz, zstd and bzip2 are needed"),
        arguments: [
            ("gzip", ["-c", "x"], Codec.gzip), ("bzip2", ["-c", "x"], .bzip2), ("xz", ["-c", "x"], .xz),
            ("xz", ["-9ec", "-C", "sha256", "x"], .xz),
            ("xz", ["-c", "--block-size=20000", "-T2", "x"], .xz), ("xz", ["-c", "--format=lzma", "x"], .lzma),
            ("zstd", ["-c", "x"], .zstd),
            ("zstd", ["-c", "--ultra", "-22", "x"], .zstd), ("zstd", ["-c", "--long=27", "--no-check", "x"], .zstd),
        ])
    func `our decoders read what the tools make`(tool: String, arguments: [String], codec: Codec) throws {
        try Tool.inFolder { folder in
            try folder.put("x", CodecTests.text)
            let packed = try #require(try Tool.run(tool, arguments, in: folder))
            #expect(Codec.recognise(packed.span) == codec)
            #expect(try CodecTests.expand(packed) == CodecTests.text)
        }
    }

    @Test(.enabled(if: Tool.has("tar"), "tar is needed"), arguments: ["v7", "ustar", "oldgnu", "gnu", "posix"])
    func `our reader sees in GNU tar's archives what was put there`(format: String) throws {
        try Tool.inFolder { folder in
            // v7 has room for 99 bytes; the others for more, each in its way.
            let deep = format == "v7" ? "short" : String(repeating: "long-folder-name/", count: 9) + "é"
            try folder.put("in/a", Array("text".utf8))
            try folder.put("in/\(deep)", [UInt8](repeating: 7, count: 1_000))
            try FileManager.default.createSymbolicLink(
                atPath: folder.appendingPathComponent("in/link").path, withDestinationPath: "a")
            let arguments = ["--format=\(format)", "--sort=name", "-cf", "x.tar", "-C", "in", "."]
            try #require(try Tool.run("tar", arguments, in: folder) != nil)
            let bytes = try folder.get("x.tar")
            let found = try TarTests.scan(bytes)
            let files = found.filter { $0.member.kind == .file }
            #expect(files.map(\.member.path).sorted() == ["a", deep].sorted())
            #expect(files.first { $0.member.path == deep }?.bytes == [UInt8](repeating: 7, count: 1_000))
            #expect(found.first { $0.member.kind == .symbolicLink }?.member.link == "a")
            #expect(found.first?.member.path == "" && found.first?.member.kind == .directory)
        }
    }

    @Test(.enabled(if: Tool.has("tar"), "tar is needed"))
    func `GNU tar lists what our test kit builds`() throws {
        try Tool.inFolder { folder in
            let tar = TarBuilder().folder("d/").file("d/a", "x").pax([("path", TarTests.long)]).file("s", "y").long("gnu/name")
                .file("s", "z")
            try folder.put("x.tar.xz", tar.bytes.xz)
            let listing = try #require(try Tool.run("tar", ["-tf", "x.tar.xz"], in: folder))
            #expect(listing.text == "d/\nd/a\n\(TarTests.long)\ngnu/name\n")
        }
    }

    @Test(.enabled(if: Tool.has("ar"), "ar is needed"))
    func `binutils' ar and our reader agree`() throws {
        try Tool.inFolder { folder in
            try folder.put("x.deb", ArBuilder().member("debian-binary", "2.0\n").member("control.tar", "odd").bytes)
            #expect(try Tool.run("ar", ["t", "x.deb"], in: folder)?.text == "debian-binary\ncontrol.tar\n")
            try folder.put("one", [1])
            try folder.put("two", [1, 2])
            try #require(try Tool.run("ar", ["rcD", "y.a", "one", "two"], in: folder) != nil)
            #expect(try ArTests.names(try folder.get("y.a")) == ["one", "two"])
        }
    }

    /// Writes with Python: seekable, streaming (descriptors), 64-bit, with folders and a name beyond ASCII.
    static let script = """
        import sys, zipfile
        class Stream:
            def __init__(self, f): self.f = f
            def write(self, b): return self.f.write(b)
            def flush(self): self.f.flush()
        def fill(z):
            z.mkdir('d') if hasattr(z, 'mkdir') else z.writestr('d/', b'')
            z.writestr('d/a', b'text ' * 100)
            z.writestr('é', b'stored', zipfile.ZIP_STORED)
            with z.open('wide', 'w', force_zip64=True) as f: f.write(b'wide')
        with zipfile.ZipFile('plain.zip', 'w', zipfile.ZIP_DEFLATED) as z: fill(z)
        with open('stream.zip', 'wb') as f, zipfile.ZipFile(Stream(f), 'w', zipfile.ZIP_DEFLATED) as z: fill(z)
        with zipfile.ZipFile('plain.zip', 'a', zipfile.ZIP_DEFLATED) as z: z.comment = b'comment'
        """

    @Test(.enabled(if: Tool.has("python3"), "python3 is needed"), arguments: ["plain.zip", "stream.zip"])
    func `our reader sees in Python's zip files what was put there`(name: String) throws {
        try Tool.inFolder { folder in
            try #require(try Tool.run("python3", ["-c", Self.script], in: folder) != nil)
            let bytes = try folder.get(name)
            let zip = try Zip(bytes.span, subject: name, within: Budget())
            #expect(zip.members.map(\.name) == ["d/", "d/a", "é", "wide"])
            #expect(try ZipTests.contents(bytes) == ["", String(repeating: "text ", count: 100), "stored", "wide"])
        }
    }

    @Test(.enabled(if: Tool.has("python3"), "python3 is needed"))
    func `Python reads what our test kit builds`() throws {
        try Tool.inFolder { folder in
            try folder.put("x.zip", ZipTests.two.with { $0.isWide = true }.bytes)
            let script = "import zipfile; z = zipfile.ZipFile('x.zip'); assert z.testzip() is None; print(*z.namelist())"
            #expect(try Tool.run("python3", ["-c", script], in: folder)?.text == "x/__init__.py x-1.dist-info/METADATA\n")
        }
    }
}
