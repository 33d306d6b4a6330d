/// How pages tell people to use an artifact, and order what they list.
extension Maven {
    /// Builds name a version, so the newest is named where none is asked for.
    package func installations(of target: InstallationTarget, in repository: Repository) -> [Installation] {
        // `com/example/lib/1.0.0/lib-1.0.0.pom`.
        let version = target.version ?? target.path.split(separator: "/").dropLast().last.map(String.init) ?? ""
        let parts = target.name.split(separator: ":", omittingEmptySubsequences: false)
        // Nothing of it needs escaping, in XML and in Gradle's language.
        let isPlain = "\(target.name)\(version)".utf8.allSatisfy { ASCII.isAlphanumeric($0) || "._-+~:".utf8.contains($0) }
        guard parts.count == 2, isPlain, !version.isEmpty else { return [] }
        let elements = "<groupId>\(parts[0])</groupId><artifactId>\(parts[1])</artifactId><version>\(version)</version>"
        return [
            Installation("Maven", ["<dependency>\(elements)</dependency>"]),
            Installation("Gradle", ["implementation(\"\(target.name):\(version)\")"]),
        ]
    }

    /// As Maven orders versions.
    package func orderKey(ofVersion version: String) -> [UInt8] { ComparableVersion(version).sortKey }

    /// Snapshots, and what is called alpha, beta, milestone or rc: Maven itself takes these for releases, people do not.
    package func isPrerelease(version: String) -> Bool {
        let version = ComparableVersion(version)
        return version.isPrerelease || Self.isEarly(version.items)
    }

    private static func isEarly(_ items: [ComparableVersion.Item]) -> Bool {
        items.contains { item in
            switch item {
            case .number: false
            case .word(let word): word < .release
            case .list(let items): isEarly(items)
            }
        }
    }
}
