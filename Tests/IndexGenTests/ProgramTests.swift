import Formats
import Foundation
import Glibc
import Testing

@testable import IndexGen

@Suite struct ProgramTests {
    private let environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"]

    private func run(
        _ arguments: [String], input: [UInt8]? = nil, secrets: [UInt8]? = nil, bytes: Int = .max, limit: Int64? = nil
    ) throws -> Program.Result {
        try Program(path: "/bin/sh").run(
            arguments,
            Program.Conditions(
                environment: environment, input: input, secrets: secrets, outputBytes: bytes, timeLimit: limit))
    }

    @Test func `a program gets its input and its secrets, however long they are`() throws {
        let input = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(try run(["-c", "cat"], input: input).output == input)
        #expect(try run(["-c", "cat /dev/fd/3"], input: [1], secrets: input, limit: 60).output == input)
        #expect(try run(["-c", "cat"]).output == [])
    }

    @Test func `a program that does not read its input is not waited for`() throws {
        let result = try run(["-c", "echo done"], input: [UInt8](repeating: 7, count: 3_000_000), limit: 60)
        #expect(result.status == 0)
        #expect(result.output == Array("done\n".utf8))
    }

    @Test func `no more output is kept than was asked for, and the program comes to its end`() throws {
        let script = "head -c 5000000 /dev/zero; head -c 5000000 /dev/zero >&2; exit 7"
        let result = try run(["-c", script], bytes: 1_000, limit: 60)
        #expect(result.output.count == 1_000)
        #expect(result.diagnostics.utf8.count == 1_000)
        #expect(result.status == 7)
        #expect(!result.isTimedOut)
    }

    @Test func `what is left in the background neither delays the program nor dies with it`() throws {
        let result = try run(["-c", "sleep 600 & echo $!"], limit: 60)
        #expect(result.status == 0)
        #expect(!result.isTimedOut)
        let background = try #require(pid_t(String(decoding: result.output.dropLast(), as: UTF8.self)))
        #expect(ProcessState.isAlive(background))
        kill(background, SIGKILL)
    }

    @Test func `when the time is over the program dies with its children, and leaves no zombie`() throws {
        let result = try run(["-c", "sleep 600 & echo $$ $!; sh -c 'sleep 600'; echo never"], limit: 1)
        #expect(result.isTimedOut)
        #expect(result.status == 128 + SIGKILL)
        let processes = String(decoding: result.output, as: UTF8.self).split { " \n".contains($0) }.compactMap { pid_t($0) }
        try #require(processes.count == 2)
        // Ours is waited for; its child is the business of the init process.
        #expect(kill(processes[0], 0) == -1 && errno == ESRCH)
        ProcessState.waitForEnd(of: processes[1])
    }

    @Test func `a program has its three descriptors, and a fourth for secrets, whatever is open here`() throws {
        // As SwiftNIO opens sockets: a child would inherit it.
        let leaking = fcntl(0, F_DUPFD, 100)
        try #require(leaking >= 100)
        defer { close(leaking) }
        func open(_ secrets: [UInt8]?) throws -> [String] {
            // Each is asked for alone: whoever lists the folder has it open.
            let result = try run(
                ["-c", "d=0; while [ $d -lt 256 ]; do [ -e /proc/$$/fd/$d ] && echo $d; d=$((d+1)); done"], secrets: secrets,
                limit: 60)
            return String(decoding: result.output, as: UTF8.self).split(separator: "\n").map(String.init)
        }
        #expect(try open(nil) == ["0", "1", "2"])
        #expect(try open([1]) == ["0", "1", "2", "3"])
    }

    @Test func `a program that is not wanted any more is ended with its children`() throws {
        let result = try Program(path: "/bin/sh").run(
            ["-c", "sleep 600 & echo $!; wait"],
            Program.Conditions(environment: environment, timeLimit: 600, isStopped: { true }))
        #expect(result.isTimedOut)
    }

    @Test func `an exit status and a signal are told apart`() throws {
        #expect(try run(["-c", "exit 3"], limit: 60).status == 3)
        #expect(try run(["-c", "kill -TERM $$"], limit: 60).status == 128 + SIGTERM)
        #expect(throws: SystemError.self) {
            try Program(path: "/nonexistent/program").run([], Program.Conditions(environment: [:], timeLimit: 60))
        }
    }
}

enum ProcessState {
    /// False also for a zombie, which somebody else has to wait for.
    static func isAlive(_ process: pid_t) -> Bool {
        guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return false }
        return stat.split(separator: ")").last?.split(separator: " ").first != "Z"
    }

    static func waitForEnd(of process: pid_t) {
        while isAlive(process) { usleep(10_000) }
    }
}
