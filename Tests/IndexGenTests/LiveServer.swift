import Dispatch
import Formats
import Foundation
import Glibc
import Testing

@testable import IndexGen

/// The endpoint of a test's site, on a socket in its folder; stopped by who began it.
final class LiveServer: Sendable {
    private let path: String
    private let task: Task<Void, any Error>

    struct Reply: CustomStringConvertible, Sendable {
        var status: Int
        var text: String
        /// All of it, with its headers.
        var whole: String
        var description: String { "\(status) \(text)" }

        /// The first header of this name.
        func header(_ name: String) -> String? {
            let head = whole.components(separatedBy: "\r\n\r\n")[0].components(separatedBy: "\r\n").dropFirst()
            return head.first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
                .map { String($0.dropFirst(name.count + 1)).trimmingCharacters(in: .whitespaces) }
        }
    }

    init(_ test: TestSite) {
        path = "\(test.folder)/s"
        let server = IngestServer(site: test.site, address: .socket(path: path), generates: true)
        task = Task { try await server.run() }
    }

    /// Has a server for as long as `body` takes.
    static func serve(_ test: TestSite, _ body: (LiveServer) async throws -> Void) async throws {
        let server = LiveServer(test)
        do {
            try await body(server)
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    func stop() async {
        task.cancel()
        _ = await task.result
    }

    /// One request on a connection of its own.
    ///
    /// - Parameter token: as a client sends it; nil: none.
    func send(
        _ method: String, _ target: String, token: String? = nil, _ body: [UInt8] = [], type: String = "application/json",
        headers: [String: String] = [:]
    ) async throws -> Reply {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: \(type)\r\n"
        if let token { head += "Authorization: Bearer \(token)\r\n" }
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if !body.isEmpty || method != "GET" { head += "Content-Length: \(body.count)\r\n" }
        let request = [UInt8]("\(head)\r\n".utf8) + body
        // The server wants the threads of the cooperative pool.
        let answer: [UInt8] = try await withCheckedThrowingContinuation { done in
            DispatchQueue.global().async { [path] in done.resume(with: Result { try Self.exchange(request, at: path) }) }
        }
        let whole = String(decoding: answer, as: UTF8.self)
        let parts = whole.components(separatedBy: "\r\n\r\n")
        return Reply(
            status: Int(whole.split(separator: " ").dropFirst().first ?? "") ?? 0,
            text: parts.dropFirst().joined(separator: "\r\n\r\n"), whole: whole)
    }

    func send(_ method: String, _ target: String, token: String? = nil, _ body: String) async throws -> Reply {
        try await send(method, target, token: token, [UInt8](body.utf8))
    }

    private struct Silent: Error {}

    private static func exchange(_ request: [UInt8], at path: String) throws -> [UInt8] {
        let descriptor = try connected(to: path)
        defer { close(descriptor) }
        var sent = 0
        while sent < request.count {
            let count = request[sent...].withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            // Who is refused early reads no more.
            if count <= 0 { break }
            sent += count
        }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count <= 0 { break }
            answer += buffer[..<count]
        }
        if answer.isEmpty { throw Silent() }
        return answer
    }

    private static func connected(to path: String) throws -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        // Until it listens, which may take as long as other tests have all threads; ten minutes at most.
        for _ in 0..<60_000 {
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            let code = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            if code == 0 { return descriptor }
            close(descriptor)
            usleep(10_000)
        }
        throw Silent()
    }
}

extension TestSite {
    /// A token for everything of an owner's, as its holder has it.
    func token(owner: String = "acme", rights: Set<Right> = [.upload, .delete], name: String = "ci") throws -> String {
        let secret = Secret()
        try catalog.add(
            Token(
                handle: secret.handle, name: name, owner: owner, type: "*", scopes: ["*"], rights: rights,
                created: site.clock.now(), expires: nil), hash: secret.hash)
        return secret.revealed
    }

    /// Everything below a folder of the site's state.
    func stateFiles(_ folder: String) throws -> [String] {
        var paths: [String] = []
        guard try FileStatus.of("\(site.state)/\(folder)") != nil else { return [] }
        try Files.walk("\(site.state)/\(folder)") { path, _ in paths.append(path) }
        return paths.sorted()
    }
}
