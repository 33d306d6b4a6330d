/// How pages tell people to install, and order what they list.
extension Helm {
    /// By the name that the repository's page has helm give it; and, for those who do not want to keep it, by its address.
    package func installations(of target: InstallationTarget, in repository: Repository) -> [Installation] {
        let release = Self.isReleaseName(target.name) ? target.name : "--generate-name"
        let version = target.version.map { " --version \(PageWords.shellWord($0))" } ?? ""
        let chart = PageWords.shellWord("\(repository.owner)/\(target.name)"), name = PageWords.shellWord(target.name)
        let address = PageWords.shellWord("\(repository.baseURL)/\(repository.owner)/\(profile.segment)")
        return [
            Installation("helm", ["helm install \(release) \(chart)\(version)"]),
            Installation("helm, by address", ["helm install \(release) \(name) --repo \(address)\(version)"]),
        ]
    }

    /// Helm's rule for names of releases (4.2.3, `ValidateReleaseName`): parts in small letters, digits and dashes, with dots between them.
    private static func isReleaseName(_ name: String) -> Bool {
        let parts = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return name.utf8.count <= 53
            && parts.allSatisfy { part in
                part.first != UInt8(ascii: "-") && part.last != UInt8(ascii: "-") && !part.isEmpty
                    && part.allSatisfy { ASCII.isLower($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: "-") }
            }
    }

    /// By Semantic Versioning, as helm reads it. What is not a version comes first.
    package func orderKey(ofVersion version: String) -> [UInt8] {
        SortKey.of { key in
            let known = SemanticVersion(version)
            key.rank(known == nil ? 0 : 1)
            key.append(known?.sortKey ?? NaturalVersion(version).sortKey)
        }
    }

    package func isPrerelease(version: String) -> Bool {
        SemanticVersion(version)?.isPrerelease ?? NaturalVersion(version).isPrerelease
    }
}
