internal import Formats

extension SettingsFile {
    /// The mapping below `files:`, of public paths to files of the site's folder.
    func files(_ node: SettingsNode) throws -> [ExtraFile] {
        var files: [ExtraFile] = []
        if node.isNull { return [] }
        guard let mapping = node.mapping else {
            throw error(
                node,
                "a mapping of public paths to files belongs here: {acme/helm/artifacthub-repo.yml: extras/artifacthub-repo.yml}")
        }
        for (key, value) in mapping {
            let path = try text(key), source = try text(value)
            try check(path, at: key)
            let parts = source.split(separator: "/", omittingEmptySubsequences: false)
            guard !source.isEmpty, !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }), parts[0] != "state",
                parts[0] != "public", source != "indexgen.yaml"
            else {
                throw error(
                    value,
                    "'\(source)' is not a file that can be published; name one in the site's folder, such as extras/robots.txt, but not below state/ or public/"
                )
            }
            for other in files where other.path == path || other.path.hasPrefix(path + "/") || path.hasPrefix(other.path + "/") {
                throw error(key, "'\(path)' and '\(other.path)' are in each other's way; keep one")
            }
            files.append(
                ExtraFile(path: path, source: source, line: value.line, column: value.column))
        }
        guard files.count <= ExtraFile.most else { throw error(node, "there are \(files.count) files; \(ExtraFile.most) can be") }
        return files
    }

    /// A path that nginx serves, and that is in nobody's way: neither in that of what is generated nor in that of packages.
    private func check(_ path: String, at node: SettingsNode) throws {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let isSafe = parts.enumerated().allSatisfy { index, part in
            !part.isEmpty && part.utf8.count <= 200
                && (!part.hasPrefix(".") || index == 0 && part == ".well-known" && parts.count > 1)
                && part.utf8.allSatisfy { ASCII.isAlphanumeric($0) || "._-+~@".utf8.contains($0) }
        }
        guard isSafe, parts.count <= 16 else {
            throw error(
                node,
                "'\(path)' is not a public path; write names of letters, digits and ._-+~@ with / between them, such as acme/helm/artifacthub-repo.yml"
            )
        }
        let taken = "'\(path)' is a path of what indexgen itself publishes; choose another"
        if ["index.html", "api", "v2", "-", "_indexgen"].contains(ASCII.lowered(parts[0])) { throw error(node, taken) }
        // Keys and RPM's repository files lie at several levels, and nginx derives more of them.
        if let last = parts.last, last == RootFile.key.rawValue || last.hasSuffix(".repo") { throw error(node, taken) }
        guard parts.count > 1, parts[0] != ".well-known" else { return }
        do {
            try OwnerName.check(parts[0])
        } catch let fault as OwnerName.Invalid {
            throw error(node, fault.description)
        }
        if parts.last == "index.html" || parts[1] == "-" { throw error(node, taken) }
        guard let profile = known[parts[1]]?.profile else { return }
        let rest = parts.dropFirst(2)
        guard !rest.isEmpty else { throw error(node, taken) }
        if profile.ownsEveryName {
            throw error(
                node,
                "'\(path)' lies where \(profile.title) packages and their indexes may be; choose a path that does not begin with \(parts[0])/\(parts[1])"
            )
        }
        let below = rest.joined(separator: "/")
        let isPackage = profile.suffixes.contains { ASCII.lowered(below).hasSuffix($0) }
        let isImmutable = try Regex("^(?:\(profile.immutablePaths))").firstMatch(in: below) != nil
        if isPackage || isImmutable || rest.contains(where: profile.ownNames.contains) { throw error(node, taken) }
    }
}
