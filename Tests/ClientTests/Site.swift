import Formats
import Foundation
import Testing

/// A site behind nginx, made by the real program. Tests share it and keep apart by owner, so one key and one server do.
final class Site: Sendable {
    let sandbox: Sandbox
    let server: NginxServer
    let isSigned: Bool
    /// What stands between the server's address and the owners, as in `/mirror`.
    let prefix: String
    var url: String { server.url + prefix }
    var folder: String { sandbox.path + "/site" }
    var publicRoot: String { folder + "/public" }

    /// Where uploads go, if anywhere.
    let ingest: Ingest?

    /// - Parameters:
    ///   - settings: what else belongs into `indexgen.yaml`.
    ///   - takesUploads: with `indexgen serve` behind nginx.
    init(signed: Bool = true, prefix: String = "", settings: String = "", ingest takesUploads: Bool = false) throws {
        isSigned = signed
        self.prefix = prefix
        sandbox = try Sandbox("site")
        let port = try NginxServer.freePort(), ingestPort = try NginxServer.freePort()
        let folder = sandbox.path + "/site"
        try Tool.succeed(
            [Tool.indexgen, "init", folder, "--base-url", "http://127.0.0.1:\(port)\(prefix)"] + (signed ? [] : ["--unsigned"]))
        let listen = takesUploads ? "server: {listen: '127.0.0.1:\(ingestPort)'}\n" : ""
        // Groups of either compression, and groups for dnf alone.
        let standard = try String(contentsOfFile: folder + "/indexgen.yaml", encoding: .utf8)
        try Data(
            (standard
                + "\n\(settings)\n\(listen)rpm:\n  groups:\n    \"gz*\": {compression: gz}\n    \"dnf*\": {superseded_signatures: 32}\n")
                .utf8
        )
        .write(to: URL(fileURLWithPath: folder + "/indexgen.yaml"))
        server = try NginxServer(
            serving: Tool.succeed([Tool.indexgen, "--site", folder, "--quiet", "nginx"] + (takesUploads ? [] : ["--no-ingest"])),
            port: port,
            in: sandbox.folder("nginx"))
        ingest = takesUploads ? try Ingest(site: folder, port: ingestPort, in: sandbox) : nil
    }

    /// Makes a token for everything of an owner.
    func token(_ owner: String, rights: String = "upload,delete") throws -> String {
        let said = try Tool.succeed(
            [Tool.indexgen, "--site", folder, "--quiet", "token", "create", "--owner", owner, "--can", rights])
        return said.trimmingCharacters(in: .whitespacesAndNewlines).components(separatedBy: "\n").last ?? ""
    }

    /// The password of readers of private owners.
    static let reader = (name: "reader", password: "open-sesame")

    /// Lets the reader in, and nobody else.
    func writeReaders(_ path: String? = nil) throws {
        try Data("\(Self.reader.name):{PLAIN}\(Self.reader.password)\n".utf8)
            .write(to: URL(fileURLWithPath: path ?? folder + "/readers.htpasswd"))
    }

    /// Runs a verb, which must succeed.
    @discardableResult
    func indexgen(_ arguments: String...) throws -> String {
        try Tool.succeed([Tool.indexgen, "--site", folder] + arguments)
    }

    func add(_ files: [String], owner: String, _ options: String...) throws {
        try Tool.succeed([Tool.indexgen, "--site", folder, "add", "--owner", owner] + options + files)
    }

    func get(_ path: String, headers: [String: String] = [:]) throws -> Response {
        try HTTP.get(port: server.port, prefix + path, headers: headers)
    }

    // MARK: The public tree

    func file(_ path: String) -> String { "\(publicRoot)/\(path)" }

    func read(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: file(path))) }

    /// Puts other bytes in a public file's place. The file is made anew: what is linked to it (a blob) keeps its bytes.
    func replace(_ path: String, _ change: (inout Data) -> Void) throws {
        var bytes = try read(path)
        change(&bytes)
        try FileManager.default.removeItem(atPath: file(path))
        try bytes.write(to: URL(fileURLWithPath: file(path)))
    }

    /// Files below a public folder, as paths relative to the root.
    func files(below path: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: file(path)).sorted().map { "\(path)/\($0)" }.filter {
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: file($0), isDirectory: &isFolder) && !isFolder.boolValue
        }
    }

    static func sha256(_ bytes: Data) -> String { Hex.string(SHA256.of([UInt8](bytes))) }
}

/// Flips a bit in the middle: same size, other digest.
func flipMiddle(_ bytes: inout Data) {
    if !bytes.isEmpty { bytes[bytes.count / 2] ^= 1 }
}

/// Sleeps until the clock shows another second: times in indexes have no finer grain.
func nextSecond() {
    let now = Int(Date().timeIntervalSince1970)
    while Int(Date().timeIntervalSince1970) == now { usleep(20_000) }
}
