import Foundation
import Glibc

/// nginx on 127.0.0.1 with the server block that `indexgen nginx` printed, as the current user, without anything of the machine's own.
final class NginxServer: Sendable {
    let port: Int
    /// The same site as seen by a client of old: whatever it accepts, the server is asked for HTML only.
    let htmlPort: Int
    let configuration: String
    private let log: String
    private let process: Process

    var url: String { "http://127.0.0.1:\(port)" }
    var htmlURL: String { "http://127.0.0.1:\(htmlPort)" }

    init(serving block: String, port: Int, in folder: String) throws {
        self.port = port
        htmlPort = try Self.freePort()
        log = folder + "/access.log"
        configuration = folder + "/nginx.conf"
        let block = block.replacingOccurrences(of: "listen \(port);", with: "listen 127.0.0.1:\(port);")
        let user = geteuid() == 0 ? "user root;\n" : ""
        let scratch = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "    \($0)_temp_path \(folder)/\($0);" }
        let text = """
            \(user)daemon off;
            master_process off;
            worker_processes 1;
            pid \(folder)/nginx.pid;
            error_log \(folder)/error.log;
            events { worker_connections 256; }
            http {
                log_format requests "$request_method $request_uri $status";
                access_log \(log) requests;
            \(scratch.joined(separator: "\n"))
            \(block)
                server {
                    listen 127.0.0.1:\(htmlPort);
                    access_log off;
                    location / {
                        proxy_set_header Accept text/html;
                        proxy_pass http://127.0.0.1:\(port);
                    }
                }
            }
            """
        try Data(text.utf8).write(to: URL(fileURLWithPath: configuration))
        guard let program = Tool.path("nginx") else { throw Failure("nginx is not installed") }
        process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["-p", folder, "-e", folder + "/error.log", "-c", configuration]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: Self.empty(folder + "/stderr"))
        try process.run()
        for _ in 0..<250 {
            if (try? HTTP.get(port: port, "/")) != nil { return }
            usleep(20_000)
        }
        kill(process.processIdentifier, SIGKILL)
        throw Failure("nginx does not answer: \((try? String(contentsOfFile: folder + "/error.log", encoding: .utf8)) ?? "")")
    }

    deinit { stop() }

    /// Not by SIGTERM: a child inherits the signals that our threads block, and a single nginx process unblocks none of them.
    private func stop() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// `METHOD PATH STATUS` of each request so far.
    var requests: [String] {
        // A line is written when its request has ended, a moment after the client has read the answer.
        usleep(100_000)
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        return text.components(separatedBy: "\n").filter { !$0.isEmpty }
    }

    /// The requests that `work` made.
    func requests(during work: () throws -> Void) rethrows -> [String] {
        let before = requests.count
        try work()
        return Array(requests.dropFirst(before))
    }

    /// A port that nobody listens on at this moment.
    static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure("no socket") }
        defer { close(descriptor) }
        var address = HTTP.loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard bound else { throw Failure("no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private static func empty(_ path: String) throws -> URL {
        try Data().write(to: URL(fileURLWithPath: path))
        return URL(fileURLWithPath: path)
    }
}

/// An answer, as it came over the wire: nothing is unpacked or followed.
struct Response: CustomStringConvertible {
    var status: Int
    /// Names in lower case; what came several times is joined with ", ".
    var headers: [String: String]
    var body: Data

    subscript(header: String) -> String? { headers[header.lowercased()] }
    var text: String { String(decoding: body, as: UTF8.self) }
    var description: String { "\(status) \(headers)" }
}

/// The least of HTTP/1.1: one request, one answer, nothing added. URLSession would unpack gzip and normalise paths.
enum HTTP {
    static func get(port: Int, _ path: String, method: String = "GET", headers: [String: String] = [:]) throws -> Response {
        var request = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
        for (name, value) in headers { request += "\(name): \(value)\r\n" }
        return try parse(exchange(port: port, Data((request + "\r\n").utf8)))
    }

    /// A request with a body.
    ///
    /// - Parameter chunked: sends it in two chunks, without saying before how long it is.
    static func send(
        port: Int, _ method: String, _ path: String, headers: [String: String], body: Data?, chunked: Bool = false
    ) throws -> Response {
        var request = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
        for (name, value) in headers { request += "\(name): \(value)\r\n" }
        guard let body else { return try parse(exchange(port: port, Data((request + "\r\n").utf8))) }
        guard chunked else {
            return try parse(exchange(port: port, Data((request + "Content-Length: \(body.count)\r\n\r\n").utf8) + body))
        }
        var bytes = Data((request + "Transfer-Encoding: chunked\r\n\r\n").utf8)
        for part in [body.prefix(body.count / 2), body.dropFirst(body.count / 2)] where !part.isEmpty {
            bytes += Data((String(part.count, radix: 16) + "\r\n").utf8) + part + Data("\r\n".utf8)
        }
        return try parse(exchange(port: port, bytes + Data("0\r\n\r\n".utf8)))
    }

    /// Sends bytes as they are and takes what comes until the server closes the connection, which may be nothing.
    ///
    /// - Parameter ending: says at once that nothing more will be sent.
    static func exchange(port: Int, _ bytes: Data, ending: Bool = false) throws -> Data {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure("no socket") }
        defer { close(descriptor) }
        var timeout = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var address = loopback(port: port)
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Failure("nobody listens on port \(port)") }
        let sent = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        guard sent == bytes.count else { throw Failure("the request was not sent") }
        if ending { shutdown(descriptor, Int32(SHUT_WR)) }
        var answer = Data()
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count >= 0 else { throw Failure("no answer from port \(port): error \(errno)") }
            if count == 0 { break }
            answer.append(contentsOf: chunk[..<count])
        }
        return answer
    }

    static func loopback(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return address
    }

    private static func parse(_ answer: Data) throws -> Response {
        guard let end = answer.range(of: Data("\r\n\r\n".utf8)) else { throw Failure("the answer has no headers") }
        let lines = String(decoding: answer[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let words = lines[0].components(separatedBy: " ")
        guard words.count > 1, let status = Int(words[1]) else { throw Failure("not an answer: \(lines[0])") }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let name = line[..<colon].lowercased()
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            headers[name] = headers[name].map { "\($0), \(value)" } ?? value
        }
        return Response(status: status, headers: headers, body: Data(answer[end.upperBound...]))
    }
}
