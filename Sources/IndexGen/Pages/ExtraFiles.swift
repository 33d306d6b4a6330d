internal import Formats

/// A file of the site's owner that is published as it is: `artifacthub-repo.yml`, a key, `robots.txt`.
struct ExtraFile: Equatable, Sendable {
    /// Below `public/`.
    var path: String
    /// Below the site's folder.
    var source: String
    /// Where the settings name it.
    var line: Int
    var column: Int

    /// Files that there may be, and bytes that each may have: they are read anew whenever one changes.
    static let most = 1_000
    static let largest = 1 << 20
}

/// The files that the settings' `files:` names, as documents of the site.
struct ExtraFiles {
    let site: Site

    /// The catalog's memory of `stamp`.
    static let memory = "extra files"

    /// A digest of the list and of what `stat` says of each file: while it stays, nothing needs to be read.
    func stamp() throws -> [UInt8] {
        var hash = SHA256()
        for file in site.settings.files {
            let status = try FileStatus.followed(Files.join(site.root, file.source))
            let facts = status.map { "\($0.size) \($0.modified.seconds) \($0.nanoseconds) \($0.inode) \($0.device)" } ?? "missing"
            hash.update(Array("\(file.path)\u{0}\(file.source)\u{0}\(facts)\u{0}".utf8))
        }
        return hash.finish()
    }

    /// Their plans, and what is wrong with those that have none: what cannot be read, or is in the way of something else.
    func plans(in snapshot: CatalogSnapshot) throws -> (plans: [DocumentPlan], faults: [(file: ExtraFile, fault: SettingsError)])
    {
        var plans: [DocumentPlan] = []
        var faults: [(ExtraFile, SettingsError)] = []
        for file in site.settings.files {
            do {
                if let other = try snapshot.holder(near: file.path) {
                    throw SettingsError(
                        file: site.settingsFile, line: file.line, column: file.column,
                        message: "\(file.path) is in the way of \(other), which indexgen publishes; choose another path")
                }
                plans.append(DocumentPlan(path: file.path, body: [.literal(try content(of: file))]))
            } catch let error as SettingsError {
                faults.append((file, error))
            }
        }
        return (plans, faults)
    }

    private func content(of file: ExtraFile) throws -> [UInt8] {
        let path = Files.join(site.root, file.source)
        func fault(_ message: String) -> SettingsError {
            SettingsError(file: site.settingsFile, line: file.line, column: file.column, message: message)
        }
        guard let status = try FileStatus.followed(path) else {
            throw fault("\(path) is missing; put it there, or remove \(file.path) from files")
        }
        guard status.kind == .file else { throw fault("\(path) is not a regular file") }
        guard status.size <= ExtraFile.largest else {
            throw fault("\(path) has \(status.size) bytes, and \(ExtraFile.largest) may be published in this way")
        }
        do {
            return try Files.read(path)
        } catch let error as SystemError {
            throw fault("\(error)")
        }
    }
}
