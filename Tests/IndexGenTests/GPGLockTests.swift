import Formats
import Foundation
import Glibc
import Testing

@testable import IndexGen

/// Locks that nobody holds hold nobody up, those that somebody holds stay, and gpg never has more than its time.
@Suite struct GPGLockTests {
    private var machine: String {
        var name = utsname()
        uname(&name)
        return withUnsafeBytes(of: &name.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    private func lock(_ process: Int32, on machine: String? = nil) -> [UInt8] {
        let number = String(process)
        return Array((String(repeating: " ", count: max(0, 10 - number.count)) + "\(number)\n\(machine ?? self.machine)\n").utf8)
    }

    @Test func `stale locks are swept, and the site is signed`() throws {
        let test = try TestSite(signed: true)
        let keyring = test.site.keyring
        try Files.makeFolder(keyring + "/public-keys.d", mode: 0o700)
        let contents: [(String, [UInt8])] = [
            // As a power cut leaves them.
            ("gnupg_spawn_agent_sentinel.lock", []), ("private-keys-v1.d/ABCD.key.lock", []),
            ("public-keys.d/pubring.db.lock", [0, 0]),
            // A process that has nothing to do with it: this one.
            ("pubring.kbx.lock", lock(getpid())), (".#lk0x00005581.\(machine).\(getpid())", lock(getpid())),
            // Number 1, which is always there; and no number at all.
            ("trustdb.gpg.lock", lock(1)), (".#lk0x00005582.\(machine).x", Array("what".utf8)),
            ("pubring.gpg.lock", lock(getpid(), on: "elsewhere.example")),
        ]
        for (name, bytes) in contents { try Files.replace("\(keyring)/\(name)", with: bytes) }
        try test.add([test.toy("a", "1")])
        try test.generate()
        #expect(try test.faults() == [])
        for (name, _) in contents { #expect(try FileStatus.of("\(keyring)/\(name)") == nil, "\(name)") }
    }

    @Test func `a lock that a running gpg holds stays`() throws {
        let test = try TestSite(signed: true)
        let stub = test.folder + "/gpg"
        try FileManager.default.copyItem(atPath: "/bin/sleep", toPath: stub)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: stub)
        process.arguments = ["60"]
        try process.run()
        defer { kill(process.processIdentifier, SIGKILL) }
        let path = test.site.keyring + "/pubring.kbx.lock"
        try Files.replace(path, with: lock(process.processIdentifier))
        try GPGLocks(in: test.site.keyring).sweep()
        #expect(try FileStatus.of(path) != nil)
        // That process began after this lock was made, so it is not its own.
        try Files.setModified(path, Timestamp(seconds: 1_000_000_000))
        try GPGLocks(in: test.site.keyring).sweep()
        #expect(try FileStatus.of(path) == nil)
        try Files.replace(path, with: lock(process.processIdentifier))
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try GPGLocks(in: test.site.keyring).sweep()
        #expect(try FileStatus.of(path) == nil)
    }

    @Test func `a gpg that comes to no end is ended with all that it started`() throws {
        let test = try TestSite(signed: true)
        let bin = test.folder + "/bin"
        _ = try script("gpg", "echo $$ >> \(test.folder)/pids\nsleep 600 & echo $! >> \(test.folder)/pids\nwait", in: bin)
        _ = try script("gpgconf", "sleep 600", in: bin)
        let environment = ["PATH": "\(bin):/usr/bin:/bin"]
        do {
            _ = try Keyring.open(folder: test.site.keyring, keys: [], environment: environment, timeLimit: 1)
            Issue.record("it came to an end")
        } catch let failure as Keyring.Failure {
            #expect(failure.description.contains("no end within 1 seconds"), "\(failure)")
            #expect(failure.description.contains("fuser") && failure.description.contains(".lock"), "\(failure)")
        }
        let pids = try String(contentsOfFile: test.folder + "/pids", encoding: .utf8)
            .split(separator: "\n").compactMap { Int32($0) }
        #expect(pids.count == 2)
        for pid in pids {
            // Whoever inherits it may not have looked yet.
            for _ in 0..<200 where kill(pid, 0) == 0 { usleep(10_000) }
            let stat = (try? Files.read("/proc/\(pid)/stat")).map { String(decoding: $0, as: UTF8.self) } ?? ""
            #expect(stat.isEmpty || stat.contains(") Z"), "\(stat)")
        }
    }

    private func script(_ name: String, _ text: String, in folder: String, shell: String = "/bin/sh") throws -> String {
        try Files.makeFolder(folder)
        let path = "\(folder)/\(name)"
        try Files.replace(path, with: Array("#!\(shell)\n\(text)\n".utf8), mode: 0o755)
        return path
    }
}
