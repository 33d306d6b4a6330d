import Foundation
import Glibc
import Synchronization
import Testing

/// The same on a disk that is really full, as only root can make one.
@Suite(
    .serialized,
    .enabled(if: FaultLayer.canBeBuilt && SmallDisk.canBeMade, "a small disk can be mounted by root only, and wants cc"))
struct FullDiskTests {
    /// How many sizes of the room that is left.
    private static let levels = ProcessInfo.processInfo.environment["INDEXGEN_FAULTS"] == "all" ? 60 : 4

    @Test func `a full disk breaks no tree and loses nothing`() throws {
        let layer = try FaultLayer.built.get()
        let script = try FaultScript(layer, in: FileManager.default.temporaryDirectory.path)
        let lane = try FaultLane(script: script, layer: layer, in: FileManager.default.temporaryDirectory.path)
        let verbs = script.verbs.filter { ["first add", "second add", "generate --all"].contains($0.name) }
        let complaints = Mutex<[String]>([])
        var words: [String: Int] = [:]
        try SmallDisk.mounted(at: lane.victim.site, bytes: 24 << 20) { disk in
            for verb in verbs {
                for level in 0..<Self.levels {
                    // Little steps where there is hardly any room, large ones later: documents are small, the catalog grows by pages.
                    let free = level * level * (3 << 20) / (Self.levels * Self.levels)
                    let result = try lane.run(verb, on: disk, free: free)
                    for word in result.words { words[word, default: 0] += 1 }
                    complaints.withLock { $0 += result.complaints.map { "\(verb.name), \(free) bytes: \($0)" } }
                }
            }
        }
        print("full disk: \(words.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))")
        #expect(complaints.withLock { $0 } == [])
        #expect(words["failed"] ?? 0 > 0, "the disk was never full")
    }
}

/// A file system in memory, of a fixed size, that only one thread and the programs that it starts can see.
struct SmallDisk: Sendable {
    let path: String

    static let canBeMade: Bool = {
        let folder = FileManager.default.temporaryDirectory.path
        do {
            try mounted(at: folder, bytes: 1 << 20) { _ in }
            return true
        } catch {
            print("tests on a full disk are skipped: \(error)")
            return false
        }
    }()

    /// Runs `body` on a thread of its own, whose mounts nobody else sees and which end with it.
    static func mounted(at path: String, bytes: Int, _ body: @escaping (SmallDisk) throws -> Void) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        nonisolated(unsafe) let body = body
        let outcome = Mutex<Result<Void, any Error>?>(nil)
        let thread = Thread {
            let result = Result<Void, any Error> {
                // Glibc shows it under _GNU_SOURCE only. 0x20000: CLONE_NEWNS.
                typealias Unshare = @convention(c) (CInt) -> CInt
                guard let symbol = dlsym(nil, "unshare"), unsafeBitCast(symbol, to: Unshare.self)(0x20000) == 0,
                    mount("none", "/", nil, UInt(MS_REC | MS_PRIVATE), nil) == 0,
                    mount("tmpfs", path, "tmpfs", 0, "size=\(bytes)") == 0
                else { throw Victim.Failure(description: "no mount: \(String(cString: strerror(errno)))") }
                defer { umount2(path, Int32(MNT_DETACH)) }
                try body(SmallDisk(path: path))
            }
            outcome.withLock { $0 = result }
        }
        thread.stackSize = 8 << 20
        thread.start()
        while !thread.isFinished { usleep(10_000) }
        try outcome.withLock { $0 }?.get()
    }

    func remount(readOnly: Bool) throws {
        guard Glibc.mount("none", path, nil, UInt(MS_REMOUNT) | (readOnly ? UInt(MS_RDONLY) : 0), nil) == 0 else {
            throw Victim.Failure(description: "no remount: \(String(cString: strerror(errno)))")
        }
    }

    private var filler: String { path + "/.filler" }

    /// Takes all room but that many bytes.
    func fill(leaving bytes: Int) throws {
        var room = statvfs()
        guard statvfs(path, &room) == 0 else { throw Victim.Failure(description: "statvfs: \(errno)") }
        let size = Int(room.f_bavail) * Int(room.f_bsize) - bytes
        // A program that another test starts meanwhile must not keep it open: the room would stay taken.
        let file = open(filler, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(file) }
        guard size <= 0 || posix_fallocate(file, 0, size) == 0 else {
            throw Victim.Failure(description: "no room for \(size) bytes of \(filler)")
        }
    }

    func empty() throws { try FileManager.default.removeItem(atPath: filler) }
}
