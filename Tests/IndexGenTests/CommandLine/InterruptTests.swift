import Corpus
import Foundation
import Glibc
import Testing

@testable import IndexGen

/// Ctrl-C and `kill` while packages come in or are published: what was begun ends well, and somebody says where things stand.
@Suite struct InterruptTests {
    private let program: RunProgram
    private let files: [String]

    init() throws {
        let program = try RunProgram()
        self.program = program
        // The first 64 are more than what one transaction waits for.
        files = try (0..<130).map { try program.largePackage($0) }
    }

    /// A run of the program that a test talks to while it lasts.
    private func started(_ arguments: [String], of program: String = RunProgram.path) throws -> (
        process: Process, output: Pipe, diagnostics: Pipe
    ) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ["INDEXGEN_SITE": self.program.site, "PATH": "/usr/bin:/bin"]
        process.standardInput = FileHandle.nullDevice
        let (output, diagnostics) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = diagnostics
        try process.run()
        return (process, output, diagnostics)
    }

    /// A line of `/proc/PID/status` that holds a set of signals.
    private func signals(_ kind: String, of process: Process) throws -> UInt64 {
        let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix(kind + ":") })
        return try #require(UInt64(line.split(separator: "\t")[1], radix: 16))
    }

    /// Sends the signal once the program waits for it, and returns when it has been noticed.
    private func send(_ signal: Int32, to process: Process) throws {
        let bit = UInt64(1) << UInt64(signal - 1)
        while try signals("SigBlk", of: process) & bit == 0 { usleep(2_000) }
        kill(process.processIdentifier, signal)
        while process.isRunning, try signals("ShdPnd", of: process) & bit != 0 { usleep(2_000) }
        usleep(20_000)
    }

    /// SQLite sleeps between two attempts to begin a transaction (clock_nanosleep: 230 on x86-64, 115 on arm64).
    private func waitUntilItWaits(_ process: Process) throws {
        let tasks = "/proc/\(process.processIdentifier)/task"
        while process.isRunning {
            for task in (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? [] {
                let call = (try? String(contentsOfFile: "\(tasks)/\(task)/syscall", encoding: .utf8)) ?? ""
                if call.hasPrefix("230 ") || call.hasPrefix("115 ") { return }
            }
            usleep(2_000)
        }
    }

    private func finish(_ run: (process: Process, output: Pipe, diagnostics: Pipe)) -> RunProgram.Run {
        let output = run.output.fileHandleForReading.readDataToEndOfFile()
        let diagnostics = run.diagnostics.fileHandleForReading.readDataToEndOfFile()
        run.process.waitUntilExit()
        return RunProgram.Run(
            status: run.process.terminationReason == .exit ? run.process.terminationStatus : -run.process.terminationStatus,
            output: String(decoding: output, as: UTF8.self), diagnostics: String(decoding: diagnostics, as: UTF8.self))
    }

    @Test(arguments: [SIGINT, SIGTERM]) func `a stopped add says what is in, and saying it again completes it`(signal: Int32)
        throws
    {
        let catalog = try Site(at: program.site).openCatalog()
        var run: (process: Process, output: Pipe, diagnostics: Pipe)?
        // Nobody commits while this lasts: the signal meets the first transaction.
        try catalog.pool.writeWithoutTransaction { db in
            try db.inTransaction(.immediate) {
                let started = try started(["add", "--json"] + files)
                try waitUntilItWaits(started.process)
                try send(signal, to: started.process)
                run = started
                return .rollback
            }
        }
        try catalog.close()
        let stopped = finish(try #require(run))
        #expect(stopped.status == 128 + signal)
        let objects = try stopped.objects()
        let added = objects.filter { $0["outcome"] as? String == "added" }.count
        #expect(added > 0 && added < files.count)
        #expect(
            stopped.diagnostics.contains(
                "stopped: \(added) of 130 added, not published yet; run the same command again, or: indexgen generate"))
        let last = try #require(objects.last)
        #expect(last["outcome"] as? String == "stopped" && last["added"] as? Int == added && last["files"] as? Int == 130)
        #expect(last["published"] as? Bool == false)
        #expect(try program.run("list").lines.count == added, "what it said is in, and nothing else")
        #expect(try Files.names(in: program.site + "/public/packages").isEmpty, "nothing is published")

        let again = try program.run(["add", "--json"] + files).objects().compactMap { $0["outcome"] as? String }
        #expect(again.filter { $0 == "unchanged" }.count == added && again.filter { $0 == "added" }.count == 130 - added)
        #expect(try program.run("verify").status == 0)
    }

    @Test func `a publication that is stopped is finished by the next one`() throws {
        #expect(try program.run(["add", "--no-generate"] + files.prefix(2)).status == 0)
        let site = try Site(at: program.site)
        var run: (process: Process, output: Pipe, diagnostics: Pipe)?
        try SiteLock.held(for: site) {
            let started = try started(["generate"])
            try send(SIGINT, to: started.process)
            run = started
            // It waits for the lock, or is still on its way there; nobody else lets it go.
            while started.process.isRunning { usleep(2_000) }
        }
        let stopped = finish(try #require(run))
        #expect(stopped.status == 130)
        #expect(
            stopped.diagnostics.hasSuffix("stopped: not all is published yet; run: indexgen generate\n"), "\(stopped.diagnostics)"
        )
        let finished = try program.run("generate")
        #expect(finished.status == 0 && finished.diagnostics.hasPrefix("generated: "), "\(finished.diagnostics)")
        #expect(try program.run("verify").status == 0)
    }

    @Test func `a background job that ignores Ctrl-C goes on ignoring it`() throws {
        let catalog = try Site(at: program.site).openCatalog()
        var run: (process: Process, output: Pipe, diagnostics: Pipe)?
        try catalog.pool.writeWithoutTransaction { db in
            try db.inTransaction(.immediate) {
                let started = try started(["-c", "trap '' INT; exec \(RunProgram.path) add \(files[0])"], of: "/bin/sh")
                let bit = UInt64(1) << UInt64(SIGTERM - 1)
                while try signals("SigBlk", of: started.process) & bit == 0 { usleep(2_000) }
                kill(started.process.processIdentifier, SIGINT)
                run = started
                return .rollback
            }
        }
        try catalog.close()
        let shell = finish(try #require(run))
        #expect(shell.status == 0, "\(shell.diagnostics)")
    }
}
