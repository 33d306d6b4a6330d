import Corpus
import Foundation
import Glibc
import Testing

@testable import IndexGen

/// `add --trust-mtime` leaves files closed that look as they did; and nothing else.
@Suite struct TrustTimesTests {
    private let program: RunProgram
    private let folder: String

    init() throws {
        program = try RunProgram()
        folder = program.folder + "/packages"
        for index in 0..<5 { _ = try program.package(DebianCorpus(seed: 6), index) }
    }

    private func outcomes(_ arguments: String...) throws -> [String] {
        let run = try program.run(["add", "--json", "--trust-mtime"] + arguments + [folder])
        return try run.objects().map { "\($0["outcome"] ?? "")\($0["trusted"] == nil ? "" : " closed")" }
    }

    /// Other bytes of the same length, written into the same file, with its time put back: only who opens it could know.
    private func forge(_ name: String) throws {
        var info = stat()
        try #require(stat("\(folder)/\(name)", &info) == 0)
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: "\(folder)/\(name)"))
        try file.seek(toOffset: UInt64(info.st_size) - 1)
        let last = try #require(try file.read(upToCount: 1)?.first)
        try file.seek(toOffset: UInt64(info.st_size) - 1)
        try file.write(contentsOf: Data([last ^ 1]))
        try file.close()
        try #require(utimensat(AT_FDCWD, "\(folder)/\(name)", [info.st_atim, info.st_mtim], 0) == 0)
    }

    @Test func `files that look as they did are not opened`() throws {
        #expect(try outcomes() == Array(repeating: "added", count: 5))
        for name in try Files.names(in: folder) { try forge(name) }
        // Were one of them opened, its bytes would be refused.
        #expect(try outcomes() == Array(repeating: "unchanged closed", count: 5))
        let plain = try program.run("add", folder)
        #expect(plain.status == 1 && plain.diagnostics.contains("exists with other bytes"), "without the option they are read")
    }

    @Test func `a file that was touched, replaced or grew is read again`() throws {
        _ = try outcomes()
        let names = try Files.names(in: folder)
        let time = timespec(tv_sec: 1_700_000_000, tv_nsec: 5)
        #expect(utimensat(AT_FDCWD, "\(folder)/\(names[0])", [time, time], 0) == 0)
        let bytes = try Files.read("\(folder)/\(names[1])")
        let status = try #require(try FileStatus.of("\(folder)/\(names[1])"))
        try Files.replace("\(folder)/\(names[1])", with: bytes)
        try Files.setModified("\(folder)/\(names[1])", status.modified)
        #expect(try outcomes().sorted() == ["unchanged", "unchanged"] + Array(repeating: "unchanged closed", count: 3))
        #expect(try outcomes() == Array(repeating: "unchanged closed", count: 5), "now they are known again")
        // A nanosecond is enough.
        let later = timespec(tv_sec: 1_700_000_000, tv_nsec: 6)
        #expect(utimensat(AT_FDCWD, "\(folder)/\(names[0])", [later, later], 0) == 0)
        #expect(try outcomes().filter { $0 == "unchanged" }.count == 1)
    }

    @Test func `a file that was modified just now is not trusted, nor one of tomorrow`() throws {
        let names = try Files.names(in: folder)
        for (name, offset) in [(names[0], 0), (names[1], 86_400)] {
            let time = timespec(tv_sec: Glibc.time(nil) + offset, tv_nsec: 0)
            #expect(utimensat(AT_FDCWD, "\(folder)/\(name)", [time, time], 0) == 0)
        }
        _ = try outcomes()
        #expect(try outcomes().filter { $0 == "unchanged" }.count == 2)
    }

    @Test func `what was removed from the site comes back, and another place is another question`() throws {
        _ = try outcomes()
        let there = try program.run("--json", "list").objects()
        let name = try #require(there[0]["name"] as? String)
        #expect(try program.run("remove", "packages/debian", name).status == 0)
        #expect(try outcomes().filter { $0 == "returned" }.count == 1)
        #expect(try outcomes("--distribution", "trixie") == Array(repeating: "added", count: 5))
        #expect(try outcomes("--owner", "other") == Array(repeating: "added", count: 5))
        #expect(try outcomes("--distribution", "trixie") == Array(repeating: "unchanged closed", count: 5))
    }

    @Test func `the memory is a cache: damaged or gone, files are read`() throws {
        _ = try outcomes()
        let cache = program.site + "/state/seen"
        var bytes = try Files.read(cache)
        bytes[bytes.count / 2] ^= 1
        try Files.replace(cache, with: bytes)
        #expect(try outcomes() == Array(repeating: "unchanged", count: 5))
        #expect(try outcomes() == Array(repeating: "unchanged closed", count: 5))
        try Files.remove(cache)
        #expect(try outcomes() == Array(repeating: "unchanged", count: 5))
        #expect(try program.run("verify").status == 0, "the cache is nothing that verify minds")
    }

    @Test func `without the option nothing is remembered`() throws {
        #expect(try program.run("add", folder).status == 0)
        #expect(try FileStatus.of(program.site + "/state/seen") == nil)
        #expect(try outcomes() == Array(repeating: "unchanged", count: 5))
    }
}
