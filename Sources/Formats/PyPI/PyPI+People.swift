/// How pages tell people to install, and order what they list.
extension PyPI {
    package func installations(of target: InstallationTarget, in repository: Repository) -> [Installation] {
        let index = PageWords.shellWord("\(repository.baseURL)/\(repository.owner)/\(profile.segment)/simple/")
        let project = PageWords.shellWord(target.version.map { "\(target.name)==\($0)" } ?? target.name)
        return [
            Installation("pip", ["python3 -m pip install --index-url \(index) \(project)"]),
            Installation("uv", ["uv pip install --default-index \(index) \(project)"]),
        ]
    }

    /// By PEP 440. What is not a version comes first.
    package func orderKey(ofVersion version: String) -> [UInt8] {
        SortKey.of { key in
            let known = PEP440(version)
            key.rank(known == nil ? 0 : 1)
            key.append(known?.sortKey ?? NaturalVersion(version).sortKey)
        }
    }

    package func isPrerelease(version: String) -> Bool { PEP440(version)?.isPrerelease ?? NaturalVersion(version).isPrerelease }
}
