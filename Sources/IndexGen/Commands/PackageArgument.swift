internal import Formats

/// What a verb's first arguments mean: `OWNER/TYPE NAME [VERSION]`, or an address alone, as the endpoint's DELETE takes it: a file's public
/// path, or what Gitea's users send a DELETE to.
struct PackageArgument {
    var site: Site
    var catalog: Catalog

    /// The live package files that are meant.
    ///
    /// - Parameters:
    ///   - target: `OWNER/TYPE`; or, without a name, `OWNER/TYPE/PATH…` with or without a slash or `api/packages/` before it, an address
    ///     below `base_url`, or a path of the file system below `public/`.
    /// - Throws: `UsageError`; a `Refusal` when there is no such package.
    func files(_ target: String, name: String?, version: String?) throws -> [FileRow] {
        if let name { return try files(repository(target), name: name, version: version) }
        return try files(at: path(of: target), as: target)
    }

    private func repository(_ target: String) throws -> RepositoryName {
        guard let repository = RepositoryName(argument: target), repository.type != nil else {
            let owner = RepositoryName(argument: target)?.owner ?? "acme"
            throw UsageError(
                description: "'\(PrintableText.of(target))' is not a repository; name it as OWNER/TYPE: \(owner)/rpm")
        }
        return repository
    }

    private func files(_ repository: RepositoryName, name: String, version: String?) throws -> [FileRow] {
        let files = try repository.rows(in: catalog).flatMap { row in
            try catalog.snapshot { try $0.files(in: row, name: name, version: version) }
        }
        guard !files.isEmpty else {
            let place = "\(repository.owner)/\(repository.type ?? "")"
            throw Refusal(
                .unsupported, "there is no \(name)\(version.map { " " + $0 } ?? "") in \(place)",
                remedy: "see: indexgen list \(place)")
        }
        return files
    }

    // MARK: Paths

    /// The parts of a public path, `api/packages` and what comes before the tree taken off. Those of an address are decoded.
    func path(of target: String) throws -> [String] {
        var text = target
        var isAddress = false
        let base = WebAddress(site.settings.baseURL)
        if target.hasPrefix("http://") || target.hasPrefix("https://") {
            // Whether TLS ends in front of the site is not what is asked here.
            let bare = site.settings.baseURL.drop { $0 != ":" }
            guard let root = ["http\(bare)", "https\(bare)"].first(where: { target.hasPrefix($0 + "/") }) else {
                throw UsageError(
                    description: """
                        \(PrintableText.of(target)) is not an address of this site, whose base_url is \(site.settings.baseURL); name the \
                        file as OWNER/TYPE/PATH
                        """)
            }
            isAddress = true
            text = String(target.dropFirst(root.count).prefix { $0 != "?" && $0 != "#" })
        } else if target.hasPrefix(site.publicRoot + "/") {
            text = String(target.dropFirst(site.publicRoot.count))
        } else if !base.path.isEmpty, target.hasPrefix(base.path + "/") {
            text = String(target.dropFirst(base.path.count))
        }
        var parts = text.split(separator: "/").map(String.init)
        if parts.starts(with: ["api", "packages"]) { parts.removeFirst(2) }
        return try parts.map { part in
            guard isAddress else { return part }
            guard let bytes = PercentEncoding.decoded(part.utf8), let text = String(validating: bytes, as: UTF8.self) else {
                throw UsageError(description: "\(PrintableText.of(target)) is not an address: what follows a % is not two digits")
            }
            return text
        }
    }

    private func files(at parts: [String], as target: String) throws -> [FileRow] {
        let shown = PrintableText.of(target)
        guard parts.count > 2 else {
            throw UsageError(
                description: "name a package behind '\(shown)' (OWNER/TYPE NAME), or give a file's public path (OWNER/TYPE/PATH…)"
            )
        }
        let rows = try RepositoryName(owner: parts[0], type: parts[1]).rows(in: catalog)
        // On the command line a path is mostly as it is on disk, and now and then copied from an address.
        let written = parts.dropFirst(2).joined(separator: "/")
        let decoded = PercentEncoding.decoded(written.utf8).flatMap { String(validating: $0, as: UTF8.self) }
        for candidate in [written, decoded].compactMap(\.self) {
            let files = try rows.flatMap { row in
                guard let ecosystem = site.ecosystems[row.type] else { return [FileRow]() }
                let address = PackageAddress(candidate.split(separator: "/").map(String.init), ecosystem)
                return try catalog.snapshot { try address.files(in: row, $0) }
            }
            if !files.isEmpty { return files }
        }
        throw Refusal(
            .unsupported, "there is no package file at \(shown)",
            remedy: "see the paths: indexgen --json list \(parts[0])/\(parts[1])")
    }
}

extension RepositoryName {
    init(owner: String, type: String) {
        self.owner = owner
        self.type = type
    }
}
