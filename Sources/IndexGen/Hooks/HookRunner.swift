internal import Formats

/// Makes one attempt to deliver an event to a hook.
struct HookRunner: Sendable {
    let site: Site
    /// Asked while a hook is at work; it is ended when this says so.
    var isStopped: @Sendable () -> Bool = { false }

    enum Outcome: Equatable, Sendable {
        /// What a command said, at most 64 KiB; nothing for a webhook.
        case delivered(said: String)
        /// Why not, in one line of at most about a kilobyte. Of a webhook it is the status and nothing that its receiver says: that could be
        /// a request repeated, with the password of its address and its signature.
        case failed(String)
        /// It was ended before it was done, and has not failed.
        case stopped
    }

    /// Takes as long as the hook's time limit allows, and some seconds more for a webhook.
    func run(_ hook: Hook, _ delivery: Delivery) -> Outcome {
        do {
            switch hook.action {
            case .run(let command): return try run(command, hook, delivery)
            case .post(let url, let secretFile): return try post(to: url, signedBy: secretFile, hook, delivery)
            }
        } catch {
            return .failed("\(error)")
        }
    }

    private static let outputBytes = 64 << 10

    // MARK: Commands

    private func run(_ command: [String], _ hook: Hook, _ delivery: Delivery) throws -> Outcome {
        var environment = inherited(["PATH", "HOME", "LANG"])
        environment["INDEXGEN_SITE"] = site.root
        environment["INDEXGEN_EVENT"] = "\(delivery.event)"
        environment["INDEXGEN_OWNER"] = delivery.owner
        environment["INDEXGEN_TYPE"] = delivery.type
        environment["INDEXGEN_PARTITIONS"] = delivery.partitions
        let result = try program(command[0], environment).run(
            Array(command.dropFirst()),
            Program.Conditions(
                environment: environment, folder: site.root, input: delivery.payload, outputBytes: Self.outputBytes,
                timeLimit: hook.timeout, isStopped: isStopped))
        if result.isTimedOut, isStopped() { return .stopped }
        let said = result.diagnostics.isEmpty ? String(decoding: result.output, as: UTF8.self) : result.diagnostics
        if result.isTimedOut { return .failed(Self.line("killed after \(hook.timeout) s", said)) }
        guard result.status == 0 else { return .failed(Self.line("ended with status \(result.status)", said)) }
        return .delivered(said: said)
    }

    private func program(_ name: String, _ environment: [String: String]) throws -> Program {
        if name.utf8.contains(UInt8(ascii: "/")) { return Program(path: inSite(name)) }
        guard let path = Program.find(name, environment: environment) else {
            throw Program.Failure(description: "there is no program '\(name)' on PATH")
        }
        return Program(path: path)
    }

    private func inSite(_ path: String) -> String { path.hasPrefix("/") ? path : Files.join(site.root, path) }

    private func inherited(_ names: [String]) -> [String: String] {
        var environment = site.environment.filter { names.contains($0.key) }
        if environment["PATH"] == nil { environment["PATH"] = "/usr/local/bin:/usr/bin:/bin" }
        return environment
    }

    // MARK: Webhooks

    /// curl does it: TLS, proxies and the machine's certificates are its trade. Address and signature reach it through a descriptor,
    /// since the address of a chat's webhook is a secret, and everybody on the machine sees arguments.
    private func post(to url: String, signedBy secretFile: String?, _ hook: Hook, _ delivery: Delivery) throws -> Outcome {
        var headers = [
            "Content-Type: application/json", "X-Indexgen-Event: \(delivery.event)",
            // Without this, curl would wait a second for leave to send a long body.
            "Expect:",
        ]
        if let secretFile {
            let signature = Self.signature(of: delivery.payload, key: try secret(secretFile))
            // The second is the name under which many receivers look for it.
            headers += ["X-Indexgen-Signature: \(signature)", "X-Hub-Signature-256: \(signature)"]
        }
        // Nobody reads what it answers, but for the status.
        var settings = "url = \(Self.quoted(url))\noutput = \"/dev/null\"\n"
        for header in headers { settings += "header = \(Self.quoted(header))\n" }
        let environment = inherited([
            "PATH", "LANG", "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY",
            "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE",
        ])
        let result = try Program(named: "curl", environment: environment).run(
            [
                "--disable", "--silent", "--show-error", "--globoff", "--proto", "=https,http", "--max-time", "\(hook.timeout)",
                "--user-agent", "indexgen", "--data-binary", "@-", "--config", "/dev/fd/3", "--write-out",
                "%{stderr}\\n%{http_code}",
            ],
            Program.Conditions(
                environment: environment, input: delivery.payload, secrets: Array(settings.utf8), outputBytes: Self.outputBytes,
                timeLimit: hook.timeout + 5, isStopped: isStopped))
        if result.isTimedOut, isStopped() { return .stopped }
        let code = result.diagnostics.split(separator: "\n").last.flatMap { Int($0) } ?? 0
        if result.status == 0, (200..<300).contains(code) { return .delivered(said: "") }
        if result.status == 0, code > 0 { return .failed("HTTP \(code); its receiver knows why") }
        let diagnostics = result.diagnostics.split(separator: "\n").first { $0.hasPrefix("curl:") } ?? "curl did not end in time"
        return .failed(Self.line(Self.scrubbed(String(diagnostics), of: url), ""))
    }

    /// What curl says, without what the address holds besides its host: names, passwords, paths and queries are often secrets.
    static func scrubbed(_ words: String, of url: String) -> String {
        let rest = url.utf8.drop { $0 != UInt8(ascii: "/") }.dropFirst(2)
        let authority = rest.prefix { !"/?#".utf8.contains($0) }
        var secrets = [String(decoding: rest.dropFirst(authority.count).dropFirst(), as: UTF8.self)]
        secrets += secrets[0].split { "/?&=#".contains($0) }.map(String.init)
        if let at = authority.lastIndex(of: UInt8(ascii: "@")) {
            let user = String(decoding: authority[..<at], as: UTF8.self)
            secrets += [user] + user.split(separator: ":").map(String.init)
        }
        secrets += secrets.compactMap { PercentEncoding.decoded($0.utf8) }.compactMap { String(validating: $0, as: UTF8.self) }
        return secrets.filter { !$0.isEmpty }.sorted { $0.count > $1.count }.reduce(words) {
            replaced($0, $1, by: "…")
        }
    }

    /// `sha256=` and the HMAC-SHA256 of the bytes in lower-case hexadecimal.
    static func signature(of bytes: [UInt8], key: [UInt8]) -> String {
        "sha256=\(Hex.string(HMACSHA256.code(for: bytes, key: key)))"
    }

    /// The file's bytes; a newline at the end, which an editor makes, is none of them.
    private func secret(_ file: String) throws -> [UInt8] {
        let path = inSite(file)
        var bytes = try Files.read(path)
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard !bytes.isEmpty else { throw Program.Failure(description: "the secret file \(path) is empty") }
        return bytes
    }

    /// A value in curl's settings.
    private static func quoted(_ text: String) -> String {
        "\"" + replaced(replaced(text, "\\", by: "\\\\"), "\"", by: "\\\"") + "\""
    }

    /// Byte by byte: to whoever reads them, equal bytes are the same secret.
    private static func replaced(_ text: String, _ old: String, by new: String) -> String {
        String(decoding: Array(text.utf8).replacing(Array(old.utf8), with: Array(new.utf8)), as: UTF8.self)
    }

    /// One line: what happened, and the end of what was said.
    private static func line(_ what: String, _ said: String) -> String {
        let blank = UInt8(ascii: " ")
        var words = said.utf8.suffix(900).map { ASCII.isControl($0) ? blank : $0 }[...].drop { $0 == blank }
        while words.last == blank { words.removeLast() }
        let text = String(decoding: words, as: UTF8.self)
        return text.isEmpty ? what : "\(what): \(text)"
    }
}
