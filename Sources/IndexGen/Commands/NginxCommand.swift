internal import ArgumentParser
internal import Formats

struct NginxCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "nginx", abstract: "Print the server block for this site.",
        discussion: "indexgen nginx > /etc/nginx/conf.d/packages.conf && nginx -s reload")

    @ParentCommand var root: Indexgen
    @OptionGroup var here: CommonOptions

    @Option(
        help: ArgumentHelp(
            "Address and port, or a port; may be given twice (192.0.2.1:80 and [2001:db8::1]:80). By default what base_url says.",
            valueName: "address"))
    var listen: [String] = []

    @Flag(help: "Leave writes out: nothing is sent to indexgen serve.")
    var noIngest = false

    /// As nginx's `listen` takes it; nil for what is neither a port nor an address with or without one.
    private static func place(_ text: String) -> String? {
        if let port = Int(text) { return (1...65_535).contains(port) ? "\(port)" : nil }
        switch ListenAddress(text) {
        case .network(_, let port): return port == 0 ? nil : text.hasPrefix(":") ? "\(port)" : text
        case .socket: return text
        case nil: return !text.contains(":") && NetworkAddress.isAddress(text) ? text : nil
        }
    }

    func run() throws {
        let site = try openSite()
        warnOfLocalhost(site)
        let address = WebAddress(site.settings.baseURL)
        var listens = listen.isEmpty ? address.listens : []
        for text in listen {
            guard let place = Self.place(text) else {
                throw UsageError(description: "'\(text)' is not an address to listen on; write 127.0.0.1:8080, [::1]:8080 or 80")
            }
            if !listens.contains(place) { listens.append(place) }
        }
        var ingest: ListenAddress? = noIngest ? nil : site.settings.server.listen
        if case .network(_, let port) = ingest, listens.contains(where: { $0 == "\(port)" || $0.hasSuffix(":\(port)") }) {
            console.note(
                "nginx listens on port \(port) itself: to send writes to indexgen serve, set server.listen to another port")
            ingest = nil
        }
        if !site.settings.privatePatterns.isEmpty {
            if let file = site.readersFile {
                if try FileStatus.followed(file) == nil {
                    console.note(
                        "\(file) is missing, so nobody can read what is private; make it with: htpasswd -c -B \(file) NAME")
                }
            } else if ingest == nil {
                throw UsageError(
                    description:
                        "readers: tokens wants indexgen serve to be asked; leave out --no-ingest, and set server.listen to an address of its own"
                )
            }
        }
        for profile in site.ecosystems.all.map(\.profile) {
            guard let base = profile.siteBase, address.path == "/\(base)" else { continue }
            console.note(
                "the path of base_url is /\(base), where clients of \(profile.title) look for it, so they find nothing; choose another path"
            )
        }
        let text = NginxConfiguration(
            publicRoot: site.publicRoot, host: address.host, prefix: address.path,
            origin: String(site.settings.baseURL.dropLast(address.path.count)), listens: listens, ingest: ingest,
            largestBody: site.settings.fileBytes + FormReceiver.otherBytes,
            trustedProxies: site.settings.server.trustedProxies.map(\.description),
            privatePatterns: site.settings.privatePatterns, readersFile: site.readersFile, ecosystems: site.ecosystems
        ).text
        console.result(text)
        console.result { $0.member("configuration", text) }
    }
}
