/// How pages tell people to fetch a file. Versions are ordered as people read them, and there is nothing else to say of a file.
extension Generic {
    package func installations(of target: InstallationTarget, in repository: Repository) -> [Installation] {
        let address = "\(repository.baseURL)/\(repository.owner)/\(profile.segment)/\(PercentEncoding.path(target.path))"
        // curl calls the file as the address does, escapes and all.
        let isPlain = PercentEncoding.component(target.filename) == target.filename
        let option = isPlain ? "-fLO" : "-fL -o \(PageWords.shellWord(target.filename))"
        return [Installation("curl", ["curl \(option) \(PageWords.shellWord(address))"])]
    }
}
