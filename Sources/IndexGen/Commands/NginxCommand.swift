internal import ArgumentParser
internal import Formats

struct NginxCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "nginx", abstract: "Print the server block for this site.",
        discussion: "indexgen nginx > /etc/nginx/conf.d/packages.conf && nginx -s reload")

    @ParentCommand var root: Indexgen
    @OptionGroup var here: CommonOptions

    @ArgumentParser.Option(
        help: ArgumentHelp(
            "Address and port, or a port; may be given twice (192.0.2.1:80 and [2001:db8::1]:80). By default what base_url says.",
            valueName: "address"))
    var listen: [String] = []

    @Flag(help: "Leave writes out: nothing is sent to indexgen serve.")
    var noIngest = false

    func run() throws {
        let site = try openSite()
        warnOfLocalhost(site)
        let address = WebAddress(site.settings.baseURL)
        for listen in listen where listen.utf8.contains(where: { $0 <= 32 || ";{}\"'\\$".utf8.contains($0) }) || listen.isEmpty {
            throw UsageError(description: "'\(listen)' is no address to listen on; write 127.0.0.1:8080, [::1]:8080 or 80")
        }
        let listens = listen.isEmpty ? address.listens : listen
        var ingest: ListenAddress? = noIngest ? nil : site.settings.server.listen
        if case .network(_, let port) = ingest, listens.contains(where: { $0 == "\(port)" || $0.hasSuffix(":\(port)") }) {
            console.note(
                "nginx listens on port \(port) itself: to send writes to indexgen serve, set server.listen to another port")
            ingest = nil
        }
        if !site.settings.privateOwners.isEmpty, try FileStatus.followed(site.readersFile) == nil {
            console.note(
                "\(site.readersFile) is missing, so nobody can read what is private; make it with: htpasswd -c -B \(site.readersFile) NAME"
            )
        }
        let text = NginxConfiguration(
            publicRoot: site.publicRoot, host: address.host, prefix: address.path, listens: listens, ingest: ingest,
            largestBody: site.settings.fileBytes + Reception.formBytes,
            trustedProxies: site.settings.server.trustedProxies.map(\.description),
            privateOwners: site.settings.privateOwners, readersFile: site.readersFile, ecosystems: site.ecosystems
        ).text
        console.result(text)
        console.result { $0.member("configuration", text) }
    }
}
