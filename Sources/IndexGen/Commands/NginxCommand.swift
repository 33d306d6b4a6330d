internal import ArgumentParser
internal import Formats

struct NginxCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "nginx", abstract: "Print the server block for this site.",
        discussion: "indexgen nginx > /etc/nginx/conf.d/packages.conf && nginx -s reload")

    @ParentCommand var root: Indexgen
    @OptionGroup var here: CommonOptions

    @ArgumentParser.Option(help: ArgumentHelp("Address and port; by default the port of base_url.", valueName: "address"))
    var listen: String?

    @Flag(help: "Leave writes out: nothing is sent to indexgen serve.")
    var noIngest = false

    func run() throws {
        let site = try openSite()
        warnOfLocalhost(site)
        let address = WebAddress(site.settings.baseURL)
        if let listen, listen.utf8.contains(where: { $0 <= 32 || ";{}\"'\\$".utf8.contains($0) }) {
            throw UsageError(description: "'\(listen)' is no address to listen on; write 127.0.0.1:8080 or 80")
        }
        let listen = listen ?? String(address.port)
        var ingest: ListenAddress? = noIngest ? nil : site.settings.server.listen
        if case .network(_, let port) = ingest, listen == "\(port)" || listen.hasSuffix(":\(port)") {
            console.note(
                "nginx listens on port \(port) itself: to send writes to indexgen serve, set server.listen to another port")
            ingest = nil
        }
        let text = NginxConfiguration(
            publicRoot: site.publicRoot, host: address.host, prefix: address.path, listen: listen, ingest: ingest,
            largestBody: site.settings.fileBytes + Reception.formBytes, ecosystems: site.ecosystems
        ).text
        console.result(text)
        console.result { $0.member("configuration", text) }
    }
}

/// Host, port and path of `base_url`, whose shape the settings reader has checked.
struct WebAddress: Equatable {
    var host: String
    /// What a plain HTTP server behind this address listens on: the port that the URL names, else 80 (TLS ends in front of it).
    var port: Int
    /// Without a slash at its end.
    var path: String

    init(_ url: String) {
        let isSecure = url.hasPrefix("https://")
        let rest = url.dropFirst(isSecure ? 8 : 7)
        let authority = rest.prefix { $0 != "/" }
        path = String(rest.dropFirst(authority.count))
        let parts = authority.split(separator: ":", maxSplits: 1)
        host = parts.first.map(String.init) ?? "localhost"
        port = isSecure ? 80 : parts.dropFirst().first.flatMap { Int($0) } ?? 80
    }
}
