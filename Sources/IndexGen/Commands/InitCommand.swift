internal import ArgumentParser
internal import Formats
internal import FoundationEssentials

struct InitCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make a site: settings, state, a signing key, an empty public tree.",
        discussion: "indexgen init /srv/packages --base-url https://packages.example.org")

    @ParentCommand var root: Indexgen
    @OptionGroup var here: CommonOptions

    @Argument(help: "The folder; made if it is missing.")
    var dir: String?

    @Flag(help: "Make no signing key. Clients must then be told to trust the site unsigned.")
    var unsigned = false

    @Option(help: ArgumentHelp("Where clients will reach the site.", valueName: "url"))
    var baseURL: String?

    @Option(help: ArgumentHelp("The signing key's user ID.", valueName: "text"))
    var keyName = "indexgen package signing"

    func run() throws {
        let folder = URL(fileURLWithPath: dir ?? siteFolder).standardizedFileURL.path
        let settingsFile = Files.join(folder, "indexgen.yaml")
        guard try FileStatus.of(settingsFile) == nil else {
            throw UsageError(
                description: """
                    \(folder) is a site already; to have its settings written anew, move \(settingsFile) away and run this again: \
                    packages, catalog and signing key stay as they are
                    """)
        }
        let baseURL = try self.baseURL ?? ask(settingsFile)
        let settings = try text(baseURL, settingsFile)
        // A folder that was made for a service belongs to its user, and so shall what is in it.
        try Privileges.become(ownerOf: folder)
        try Files.makeFolder(Files.join(folder, "public"))
        try Files.makeFolder(Files.join(folder, "state"), mode: 0o700)
        let environment = ProcessInfo.processInfo.environment
        let keyringFolder = Files.join(folder, "state/keyring")
        if !unsigned, try FileStatus.of(keyringFolder) == nil {
            console.note("making a signing key (RSA 3072)…")
            try Keyring.create(folder: keyringFolder, userID: keyName, environment: environment)
        }
        // Last: a folder is a site once it has its settings.
        try Files.replace(settingsFile, with: [UInt8](settings))
        // Its name, the folder's in the one above, and whatever else was made on the way there, by this run or by one that was killed.
        try Folder(folder).syncFileSystem()
        let site = try Site(at: folder)
        let catalog = try site.openCatalog()
        _ = try Generator(site: site, catalog: catalog).run()
        try catalog.close()
        console.result("\(folder)")
        console.result { json in
            json.member("site", folder)
            json.member("signed", !unsigned)
            json.member("base_url", site.settings.baseURL)
        }
        if baseURL == nil { warnOfLocalhost(site) }
    }

    /// The settings, which have been read back: what could not be must not be written.
    private func text(_ baseURL: String?, _ settingsFile: String) throws -> String {
        let text = SettingsTemplate.text(baseURL: baseURL)
        _ = try SettingsFile.read([UInt8](text), named: settingsFile, for: .standard)
        return text
    }

    /// What somebody at the terminal says; nil when nobody is there or knows it yet.
    private func ask(_ settingsFile: String) throws -> String? {
        guard Console.canAsk, !console.json else { return nil }
        while true {
            let answer =
                Console.ask(
                    "Where will clients reach the site? Its address, like https://packages.example.org (nothing: say it later)\n>"
                )
            guard let answer, !answer.isEmpty else { return nil }
            do {
                _ = try text(answer, settingsFile)
                return answer
            } catch let fault as SettingsError {
                Console.diagnose(fault.message)
            }
        }
    }
}

/// The settings file that `init` writes: every key shown, all commented out but the address where it is known.
enum SettingsTemplate {
    static func text(baseURL: String?) -> String {
        var text = "# Settings of this indexgen site. Every key is optional; unknown keys are an error.\n"
        for var key in SettingsKey.site(for: .standard) {
            let isKnown = key.name == "base_url" && baseURL != nil
            if isKnown, let baseURL { key.value = "\"\(baseURL)\"" }
            text += lines(of: key, indent: isKnown ? "" : "# ")
        }
        for section in SettingsKey.sections(of: .standard) {
            text += "\n# \(section.name):\n"
            for option in section.members where option.samples.isEmpty {
                text += "#   \(option.name): …  # \(option.value): \(option.help)\n"
            }
            for scopes in section.members where !scopes.samples.isEmpty { text += lines(of: scopes, indent: "#   ") }
        }
        return text
    }

    /// A key, and below it what it holds.
    private static func lines(of key: SettingsKey, indent: String) -> String {
        let start = "\(indent)\(key.name):\(key.value.isEmpty ? "" : " " + key.value)"
        let column = max(start.utf8.count + 2, 36)
        var text = start + String(repeating: " ", count: column - start.utf8.count) + "# \(key.help)\n"
        for sample in key.samples { text += "\(indent)  \(sample)\n" }
        for member in key.members {
            // Beside samples they are for reading.
            text += lines(of: member, indent: indent + (key.samples.isEmpty ? "  " : "  # "))
        }
        return text
    }
}
