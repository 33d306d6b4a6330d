import Corpus
import Formats
import Foundation
import Glibc
import Testing

/// The endpoint beside those who hold its places, with few descriptors, at its start and at its end.
@Suite(.serialized) struct EndpointTests {
    private let victim: Victim
    private let token: String

    init() throws {
        victim = try Victim(signed: false)
        token = try victim.succeed([
            "--quiet", "token", "create", "--owner", "acme", "--type", "rpm", "--can", "upload,delete",
        ]).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// `serve` on a port of the kernel's choice, with a limit of open files where one is given.
    private func serve(files: Int? = nil, _ arguments: [String] = []) throws -> (child: Victim.Child, port: Int) {
        let child = try victim.start(["serve", "--listen", "127.0.0.1:0"] + arguments)
        if let files {
            // Glibc shows it under _GNU_SOURCE only. Before the program has looked: it is still loading its libraries.
            typealias Limiter = @convention(c) (pid_t, CInt, UnsafePointer<rlimit>?, UnsafeMutablePointer<rlimit>?) -> CInt
            var limit = rlimit()
            limit.rlim_cur = rlim_t(files)
            limit.rlim_max = rlim_t(files)
            guard let symbol = dlsym(nil, "prlimit64"),
                unsafeBitCast(symbol, to: Limiter.self)(child.process, CInt(RLIMIT_NOFILE.rawValue), &limit, nil) == 0
            else { throw Victim.Failure(description: "no limit of open files: error \(errno)") }
        }
        for _ in 0..<1_000 {
            if let address = child.diagnostics.range(of: #""address":"127.0.0.1:[0-9]+""#, options: .regularExpression) {
                return (child, Int(child.diagnostics[address].dropLast().split(separator: ":").last ?? "") ?? 0)
            }
            usleep(20_000)
        }
        kill(child.process, SIGKILL)
        throw Victim.Failure(description: "serve does not say where it listens: \(child.diagnostics)")
    }

    private struct Figures: Decodable {
        var taken, refused: Int
        var first_refusal: String?
    }

    /// Good uploads, one after the other, beside a crowd.
    private func upload(_ count: Int, beside crowd: String, port: Int, from first: Int) throws -> Figures {
        let corpus = RPMCorpus(seed: 23)
        let files = try (first..<first + count).map { try corpus.file($0).write(into: victim.folder + "/packages") }
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path
        let run = try victim.run(
            program: "/usr/bin/python3",
            ["\(script)/Benchmarks/crowd.py", "http://127.0.0.1:\(port)", token, "/acme/rpm/el9/upload", crowd] + files)
        print("\(crowd): \(run.output)", terminator: "")
        return try JSONDecoder().decode(Figures.self, from: Data(run.output.utf8))
    }

    @Test(arguments: ["bodies:300", "headers:500", "idle:1000"])
    func `good uploads are all taken beside those who hold places`(crowd: String) throws {
        let (child, port) = try serve()
        let figures = try upload(12, beside: crowd, port: port, from: 0)
        #expect(figures.taken == 12 && figures.refused == 0, "\(figures.first_refusal ?? "")")
        kill(child.process, SIGTERM)
        let end = try child.wait()
        #expect(end.status == 0, "\(end.status) \(end.diagnostics.suffix(2_000))")
        #expect(try victim.run(["verify"]).status == 0)
    }

    @Test func `few descriptors are enough, and are said when there are fewer than the settings want`() throws {
        let (child, port) = try serve(files: 256)
        let figures = try upload(12, beside: "idle:60,bodies:40", port: port, from: 100)
        #expect(figures.taken == 12 && figures.refused == 0, "\(figures.first_refusal ?? "")")
        #expect(child.diagnostics.contains("fewer connections than the settings allow"))
        kill(child.process, SIGTERM)
        #expect(try child.wait().status == 0)
        #expect(try victim.run(["verify"]).status == 0)
    }

    // MARK: Faults of senders

    /// Sends bytes on a connection of its own; the status of the first answer.
    private func status(of bytes: [UInt8], port: Int) throws -> Int {
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(connection) }
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0, send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { return -1 }
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = recv(connection, &buffer, buffer.count, 0)
        let words = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).split(separator: " ")
        return words.count > 1 ? Int(words[1]) ?? 0 : 0
    }

    @Test func `a request that is not valid HTTP is the sender's fault, and not a failure of ours`() throws {
        let (child, port) = try serve()
        let package = [UInt8](try Data(contentsOf: URL(fileURLWithPath: RPMCorpus(seed: 41).file(0).write(into: victim.folder))))
        func put(_ fields: String, _ body: [UInt8] = [], version: String = "1.1", host: String = "Host: a\r\n") throws -> Int {
            let head = "PUT /acme/rpm/el9/upload HTTP/\(version)\r\n\(host)Authorization: Bearer \(token)\r\n\(fields)\r\n"
            return try status(of: [UInt8](head) + body, port: port)
        }
        func chunk(_ size: String, end: String = "\r\n") -> [UInt8] { [UInt8](size + "\r\n") + package + [UInt8](end) }
        let size = String(package.count, radix: 16)
        let chunked = "Transfer-Encoding: chunked\r\n", length = "Content-Length: \(package.count)\r\n"
        #expect(try put(chunked, chunk(size) + [UInt8]("0\r\n\r\n")) == 201)
        for bad in ["-5", "0x\(size)", "+\(size)", "zz", ""] { #expect(try put(chunked, chunk(bad)) == 400, "\(bad)") }
        #expect(try put(chunked, chunk(size, end: "XY0\r\n\r\n")) == 400)
        for coding in ["gzip, chunked", "identity", "chunked, chunked", "xchunked"] {
            let answer = try put("Transfer-Encoding: \(coding)\r\n", chunk(size) + [UInt8]("0\r\n\r\n"))
            #expect([400, 501].contains(answer), "\(coding): \(answer)")
        }
        #expect(try put("Transfer-Encoding: gzip, chunked\r\n", chunk(size) + [UInt8]("0\r\n\r\n")) == 501)
        #expect(try put(chunked, chunk(size) + [UInt8]("0\r\n\r\n"), version: "1.0") == 400)
        #expect(try put(length, package, host: "Host: a\r\nHost: b\r\n") == 400)
        #expect(try put(length, package, host: "") == 400)
        #expect(try put(length, package, version: "1.0", host: "") == 200, "HTTP/1.0 needs none")
        for many in ["9223372036854775808", "18446744073709551615", "99999999999999999999999"] {
            #expect(try [400, 413].contains(put("Content-Length: \(many)\r\n", package)), "\(many)")
        }
        // A header of its own cannot be sent from outside.
        #expect(try put(length + "Indexgen-Request-Fault: 501 x\r\nIndexgen-Reason-Phrase: x\r\n", package) == 200)
        kill(child.process, SIGTERM)
        let run = try child.wait()
        #expect(run.status == 0 && !run.diagnostics.contains(#""level":"error""#), "\(run.diagnostics)")
    }

    // MARK: Beginning

    @Test func `what cannot be listened on is said in a line with the setting's name, and ends with 3`() throws {
        let taken = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(taken) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(taken, $0, length)
                _ = listen(taken, 5)
                _ = getsockname(taken, $0, &length)
            }
        }
        let port = Int(UInt16(bigEndian: address.sin_port))
        for (listen, reason) in [
            ("127.0.0.1:\(port)", "address already in use"), ("192.0.2.77:\(port)", "cannot assign requested address"),
            ("unix:\(victim.folder)/none/s", "no such file or directory"), ("unix:\(victim.site)/indexgen.yaml", "not a socket"),
            ("unix:\(victim.site)/indexgen.yaml/s", "not a directory"), ("no-such-host.invalid:8080", "no such host"),
        ] {
            for more in [[], ["--no-generate"]] {
                let run = try victim.run(["serve", "--listen", listen] + more)
                #expect(run.status == 3)
                let lines = run.diagnostics.split(separator: "\n")
                #expect(lines.count == 1 && lines[0].hasPrefix("indexgen: cannot listen on "), "\(run.diagnostics)")
                #expect(lines.first?.contains(reason) == true && lines.first?.hasSuffix("(server.listen, or --listen)") == true)
            }
        }
        try victim.addSettings("server: {socket_group: no-such-group-here}")
        let run = try victim.run(["serve", "--listen", "unix:\(victim.folder)/s"])
        #expect(run.status == 3 && run.diagnostics.contains("no group 'no-such-group-here'"))
        #expect(!FileManager.default.fileExists(atPath: victim.folder + "/s"))
    }

    @Test func `a live socket is left to who listens, a stale one is replaced, and each removes only its own`() throws {
        let path = victim.folder + "/socket"
        func begin() throws -> Victim.Child {
            let child = try victim.start(["serve", "--listen", "unix:\(path)"])
            while !child.diagnostics.contains("\"listening\"") {
                usleep(10_000)
                guard kill(child.process, 0) == 0 else { throw Victim.Failure(description: child.diagnostics) }
            }
            return child
        }
        func mark() -> (inode: UInt64, mode: UInt32) {
            var info = stat()
            guard lstat(path, &info) == 0 else { return (0, 0) }
            return (UInt64(info.st_ino), info.st_mode & 0o7777)
        }
        var first = try begin()
        let there = mark()
        #expect(there.mode == 0o660)
        let second = try victim.run(["serve", "--listen", "unix:\(path)"])
        #expect(second.status == 3 && second.diagnostics.contains("already in use"))
        #expect(mark() == there, "the socket is still the first one's")
        kill(first.process, SIGKILL)
        _ = try first.wait()
        #expect(mark() == there, "it is stale")
        first = try begin()
        // Somebody puts another socket there; it is not for the first one to remove.
        unlink(path)
        let third = try begin()
        let others = mark()
        kill(first.process, SIGTERM)
        #expect(try first.wait().status == 0)
        #expect(mark() == others)
        kill(third.process, SIGTERM)
        #expect(try third.wait().status == 0)
        #expect(mark() == (0, 0))
    }

    // MARK: Ending

    /// For two minutes at most.
    private func wait(_ what: String, until holds: () -> Bool) throws {
        for _ in 0..<12_000 {
            if holds() { return }
            usleep(10_000)
        }
        throw Victim.Failure(description: "waited in vain: \(what)")
    }

    @Test func `it ends although bodies, headers and hooks would go on`() throws {
        try victim.addSettings(
            """
            hooks:
              - {name: endless, run: [sh, -c, 'touch begun; sleep 600'], timeout: 1h, attempts: 3}
            """)
        // What waits is published at the start, and the hook is told.
        try victim.succeed(["add", "--no-generate", RPMCorpus(seed: 31).file(0).write(into: victim.folder + "/packages")])
        let (child, port) = try serve()
        try wait("the hook begins") { FileManager.default.fileExists(atPath: victim.site + "/begun") }
        let crowd = Process()
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path
        crowd.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        let file = try RPMCorpus(seed: 29).file(0).write(into: victim.folder + "/packages")
        crowd.arguments =
            ["\(script)/Benchmarks/crowd.py", "http://127.0.0.1:\(port)", token, "/acme/rpm/el9/upload", "bodies:20,headers:20"]
            + [String](repeating: file, count: 2_000)
        crowd.standardOutput = FileHandle.nullDevice
        crowd.standardError = FileHandle.nullDevice
        try crowd.run()
        try wait("an upload is taken") { child.diagnostics.contains("\"taken\"") }
        kill(child.process, SIGTERM)
        // Waited for without a limit of time: what is shown is that it ends at all, before any of those does.
        #expect(try child.wait().status == 0)
        #expect(crowd.isRunning)
        kill(crowd.processIdentifier, SIGKILL)
        crowd.waitUntilExit()
        // What the hook did not take is still to be delivered, and has not failed.
        // The last line counts them.
        let waiting = try victim.succeed(["--json", "hooks"]).split(separator: "\n").dropLast()
        #expect(!waiting.isEmpty && waiting.allSatisfy { $0.contains(#""failures":0"#) }, "\(waiting)")
        #expect(try victim.run(["verify"]).status == 0)
    }

    // MARK: Interruptions

    @Test(.enabled(if: FaultLayer.canBeBuilt, "wants a C compiler"))
    func `an interrupted system call is not a failure`() throws {
        // A signal each millisecond, whose handler does not have calls restarted.
        let source = victim.folder + "/interrupt.c", library = victim.folder + "/interrupt.so"
        try """
        #define _GNU_SOURCE
        #include <errno.h>
        #include <signal.h>
        #include <string.h>
        #include <sys/time.h>
        static void nothing(int signal) { (void)signal; }
        __attribute__((constructor)) static void begin(void) {
            if (strcmp(program_invocation_short_name, "indexgen") != 0) return;
            struct sigaction action = {.sa_handler = nothing};
            sigaction(SIGALRM, &action, 0);
            struct itimerval each = {{0, 1000}, {0, 1000}};
            setitimer(ITIMER_REAL, &each, 0);
        }
        """.write(toFile: source, atomically: true, encoding: .utf8)
        let compiler = try #require(["cc", "clang", "gcc"].compactMap(Victim.find).first)
        let made = try victim.run(program: compiler, ["-shared", "-fPIC", "-o", library, source])
        try #require(made.status == 0, "\(made.diagnostics)")
        let environment = ["LD_PRELOAD=\(library)"]
        let corpus = RPMCorpus(seed: 31)
        let files = try (0..<20).map { try corpus.file($0).write(into: victim.folder + "/packages") }
        for arguments in [["add", "--owner", "acme", "--group", "el9"] + files, ["generate", "--all"], ["verify"], ["list"]] {
            let run = try victim.run(arguments, environment: environment)
            #expect(run.status == 0, "\(arguments[0]): \(run.diagnostics)")
        }
        let child = try victim.start(["serve", "--listen", "unix:\(victim.folder)/s"], environment: environment)
        while !child.diagnostics.contains("\"listening\"") { usleep(10_000) }
        kill(child.process, SIGTERM)
        #expect(try child.wait().status == 0, "\(child.diagnostics)")
    }
}
