import Formats
import Foundation
import Glibc
import Testing

@testable import IndexGen

/// What a hook was told.
struct ToldEvent: Decodable, Equatable {
    struct Change: Decodable, Equatable {
        var action, name, version, path, sha256, at, actor: String
        var reason: String?
        var partitions: [String]
    }

    var event: Int64
    var at, owner, type, base_url: String
    var partitions: [String]
    var changes: [Change]
    var written, placed, removed, purge: [String]
    var truncated: Bool
}

extension TestSite {
    /// A hook that keeps every event that it gets in a file of its own, in the site's folder `told`.
    static let keeper = """
        hooks:
          - name: keeper
            run: [sh, -c, 'mkdir -p told; cat > "told/.$$"; mv "told/.$$" "told/$INDEXGEN_EVENT.$$"']
        """

    /// A site with a hook that is a shell script.
    convenience init(hook script: String, more: String = "") throws {
        try self.init(settings: "hooks:\n  - {name: probe, run: [sh, probe.sh]\(more.isEmpty ? "" : ", " + more)}")
        try Files.replace(folder + "/probe.sh", with: [UInt8](script))
    }

    var delivery: HookDelivery { HookDelivery(site: site, catalog: catalog, clock: time.clock) }

    /// The events that the keeper got, those of the site's own pages among them; in order, one that came twice twice.
    func told() throws -> [ToldEvent] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/told")) ?? []
        return try names.map { name in
            try JSONDecoder().decode(ToldEvent.self, from: Data(Files.read("\(self.folder)/told/\(name)")))
        }.sorted { $0.event < $1.event }
    }

    /// Those of repositories.
    func toldOfPackages() throws -> [ToldEvent] { try told().filter { !$0.owner.isEmpty } }

    /// The lines of a file in the site's folder; none when there is no such file.
    func lines(_ name: String) -> [String] {
        (try? text(of: name))?.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init) ?? []
    }

    private func text(of name: String) throws -> String { String(decoding: try Files.read("\(folder)/\(name)"), as: UTF8.self) }
}

/// A web server on the loopback address, in Python: a program of its own, so that what arrives is what was sent.
final class LoopbackServer {
    let folder: String
    let url: String
    private let process = Process()

    struct Request: Decodable {
        var method, path, body: String
        var headers: [String: String]
    }

    static let isHere = (try? Program(named: "python3", environment: ProcessInfo.processInfo.environment)) != nil
    static let reason: Comment = "python3 is not installed"

    /// - Parameter script: the program, which is given `arguments` and says in its first line of output where it listens; nil for one that
    ///   writes every request down.
    init(script: String? = nil, arguments: [String] = []) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("indexgen-loopback-\(UUID().uuidString)").path
        try Files.makeFolder(folder)
        let file = script ?? folder + "/server.py"
        if script == nil { try Files.replace(file, with: [UInt8](Self.recorder)) }
        try Files.replace(folder + "/output", with: [])
        process.executableURL = URL(
            fileURLWithPath: try Program(named: "python3", environment: ProcessInfo.processInfo.environment).path)
        process.arguments = [file] + (script == nil ? [folder] : arguments)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: folder + "/output"))
        try process.run()
        var address: Substring?
        while address == nil, process.isRunning {
            usleep(10_000)
            let lines = String(decoding: try Files.read(folder + "/output"), as: UTF8.self).split(separator: "\n")
            address = lines.first?.split(separator: " ").last
        }
        url = String(try #require(address, "the server does not start")).trimmingCharacters(in: ["/"])
    }

    deinit {
        // Not SIGTERM: it is blocked in what is started by a thread of Dispatch.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// What the program printed after its first line.
    func output() throws -> [String] {
        String(decoding: try Files.read(folder + "/output"), as: UTF8.self).split(separator: "\n").dropFirst().map(String.init)
    }

    func requests() throws -> [Request] { try output().map { try JSONDecoder().decode(Request.self, from: Data($0.utf8)) } }

    /// What it answers from now on: a status, and where to a redirect leads; `echo` has it repeat the request's header instead.
    func answer(_ status: Int, location: String = "") throws {
        try Files.replace(folder + "/answer", with: [UInt8]("\(status) \(location)"))
    }

    private static let recorder = """
        import http.server, json, os, sys

        class Recorder(http.server.BaseHTTPRequestHandler):
            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                print(json.dumps({"method": self.command, "path": self.path, "body": body,
                                  "headers": {k.lower(): v for k, v in self.headers.items()}}), flush=True)
                answer = sys.argv[1] + "/answer"
                status, location = open(answer).read().split(" ", 1) if os.path.exists(answer) else ("200", "")
                said = b"my answer"
                if location == "echo":
                    location, said = "", str(self.headers).encode()
                self.send_response(int(status))
                if location:
                    self.send_header("Location", location)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            do_GET = do_POST = do_PURGE = answer

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
        print("listening on http://127.0.0.1:%d/" % server.server_port, flush=True)
        server.serve_forever()
        """
}
