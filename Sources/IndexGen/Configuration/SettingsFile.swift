internal import Formats

/// A fault in `indexgen.yaml`: file, line, column, and what would be right.
struct SettingsError: Error, CustomStringConvertible {
    var file: String
    var line: Int
    var column: Int
    var message: String

    /// One line, whatever is quoted in it.
    var description: String { ASCII.line("\(file):\(line):\(column): \(message)") }
}

/// Reads `indexgen.yaml`. Every key is optional, every unknown key an error.
struct SettingsFile {
    private let file: String
    let known: Ecosystems

    static func read(_ bytes: [UInt8], named file: String, for ecosystems: Ecosystems) throws -> Settings {
        let reader = SettingsFile(file: file, known: ecosystems)
        var settings = Settings()
        settings.digest = SHA256Digest.of(bytes)
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw SettingsError(file: file, line: 1, column: 1, message: "the file is not UTF-8")
        }
        if let root = try SettingsNodeReader.root(of: bytes, named: file), !root.isNull { try reader.fill(&settings, from: root) }
        return settings
    }

    private func fill(_ settings: inout Settings, from root: SettingsNode) throws {
        let ecosystems = Dictionary(uniqueKeysWithValues: known.all.map { ($0.profile.id, $0.profile) })
        let keys = SettingsKey.site(for: known).map(\.name) + ecosystems.keys.sorted()
        for (key, value) in try members(of: root, known: keys) {
            switch key {
            case "base_url":
                settings.baseURL = try baseURL(value)
                settings.isBaseURLSet = true
            case "defaults": try fillDefaults(&settings, from: value)
            case "private": settings.privatePatterns = try privatePatterns(value)
            case "readers": settings.readers = try text(value) == "tokens" ? .tokens : .passwords(path(value))
            case "signing":
                for (_, list) in try members(of: value, known: SettingsKey.signing.map(\.name)) {
                    settings.signingKeys = try self.list(list)
                    for fingerprint in settings.signingKeys
                    where fingerprint.utf8.count < 16 || Hex.bytes(fingerprint.utf8) == nil {
                        throw error(list, "'\(fingerprint)' is not a key fingerprint; write it as gpg prints it, without spaces")
                    }
                }
            case "retention": settings.retention = try seconds(value)
            case "pages": settings.hasPages = try flag(value)
            case "segment_bytes": settings.segmentBytes = try number(value, in: 1 << 10...1 << 26)
            case "mutable": settings.mutable = try list(value)
            case "limits": try fillLimits(&settings, from: value)
            case "server": try fillServer(&settings.server, from: value)
            case "quotas": settings.quotas = try quotas(value)
            case "hooks": settings.hooks = try hooks(value)
            case "files": settings.files = try files(value)
            default:
                guard let profile = ecosystems[key] else { preconditionFailure("the key was checked against the known ones") }
                settings.options[key] = try options(of: profile, from: value)
            }
        }
    }

    private func fillDefaults(_ settings: inout Settings, from node: SettingsNode) throws {
        for (key, value) in try members(of: node, known: SettingsKey.defaults(for: known).map(\.name)) {
            let text = try text(value)
            settings.namedDefaults.insert(key)
            if key == "owner" {
                do {
                    try OwnerName.check(text)
                } catch let fault as OwnerName.Invalid {
                    throw error(value, fault.description)
                }
                settings.owner = text
            } else {
                settings.coordinates[key] = text
            }
        }
    }

    /// Names in which `*` stands for any run of characters and `?` for any one:
    /// owners, or repositories by their types' identifiers. A type that nobody knows would leave open what was meant.
    private func privatePatterns(_ node: SettingsNode) throws -> [String] {
        try list(node).map { pattern in
            let parts = pattern.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            let isPattern = parts.allSatisfy { part in
                !part.isEmpty && part.utf8.allSatisfy { ASCII.isAlphanumeric($0) || ".-_*?".utf8.contains($0) }
            }
            // Where all of a package is below a folder of its name, packages may be private, too.
            let hasFolders = parts.count < 3 || known[ASCII.lowered(parts[1])]?.hasPackagesForScopes ?? false
            guard isPattern, hasFolders else {
                let folders = known.all.first(where: \.hasPackagesForScopes).map { " or acme/\($0.profile.id)/NAME" } ?? ""
                throw error(
                    node,
                    "'\(pattern)' is not an owner, a repository or a pattern of these; write acme, \"team-*\", acme/npm\(folders)"
                )
            }
            guard parts.count >= 2 else { return pattern }
            let type = known[ASCII.lowered(parts[1])]?.profile.id ?? ASCII.lowered(parts[1])
            guard known.all.contains(where: { ASCII.matches(pattern: type, $0.profile.id) }) else {
                throw error(node, "'\(parts[1])' in '\(pattern)' is not a type; known: \(known.names)")
            }
            return ([parts[0], type] + parts.dropFirst(2)).joined(separator: "/")
        }
    }

    private func ownerPatterns(_ node: SettingsNode) throws -> [String] {
        let patterns = try list(node)
        for pattern in patterns { if let fault = OwnerPattern.fault(in: pattern) { throw error(node, fault) } }
        return patterns
    }

    /// A file's path: absolute, or below the site's folder.
    private func path(_ node: SettingsNode) throws -> String {
        let path = try text(node)
        guard !path.isEmpty, !path.hasSuffix("/") else { throw error(node, "the path of a file belongs here") }
        return path
    }

    private func fillLimits(_ settings: inout Settings, from node: SettingsNode) throws {
        for (key, value) in try members(of: node, known: SettingsKey.limits.map(\.name)) {
            guard let limit = SettingsKey.limits.first(where: { $0.name == key }) else {
                preconditionFailure("the key was checked against the known ones")
            }
            settings[keyPath: limit.path] = try number(value, in: 1...(key == "seconds" ? 86_400 : 1 << 50))
        }
    }

    private func options(of profile: EcosystemProfile, from node: SettingsNode) throws -> Options {
        var options = Options()
        let keys = profile.options.map(\.key)
        for (key, value) in try members(of: node, known: keys + [profile.scopesKey].compactMap(\.self)) {
            if key == profile.scopesKey {
                for (pattern, inner) in try members(of: value, known: nil) {
                    var values: [String: Options.Value] = [:]
                    for (key, value) in try members(of: inner, known: keys) {
                        values[key] = try option(key, of: profile, from: value)
                    }
                    options.patterns.append((pattern, values))
                }
            } else {
                options.general[key] = try option(key, of: profile, from: value)
            }
        }
        return options
    }

    private func option(_ key: String, of profile: EcosystemProfile, from node: SettingsNode) throws -> Options.Value {
        guard let option = profile.options.first(where: { $0.key == key }) else {
            preconditionFailure("the key was checked against the known ones")
        }
        switch option.kind {
        case .text: return .text(try text(node))
        case .flag: return .flag(try flag(node))
        case .number(let range): return .number(try number(node, in: range))
        case .list:
            for item in node.sequence ?? [] {
                if let fault = try option.check(text(item)) { throw error(item, fault) }
            }
            return .list(try list(node))
        case .choices(let words):
            for item in node.sequence ?? [] {
                let word = try text(item)
                guard words.contains(word) else {
                    throw error(item, "'\(word)' is not a value of '\(key)'; it takes \(words.joined(separator: ", "))")
                }
            }
            return .list(try list(node))
        case .choice(let words):
            let word = try text(node)
            guard words.contains(word) else {
                throw error(node, "'\(word)' is not a value of '\(key)'; it takes \(words.joined(separator: ", "))")
            }
            return .text(word)
        }
    }

    // MARK: Nodes

    /// The members of a mapping in file order; `known` nil allows any key.
    func members(of node: SettingsNode, known: [String]?) throws -> [(String, SettingsNode)] {
        if node.isNull { return [] }
        guard let mapping = node.mapping else { throw error(node, "a mapping (key: value) belongs here") }
        return try mapping.map { key, value in
            let name = try text(key)
            if let known, !known.contains(name) {
                throw error(key, "unknown key '\(name)'; known here: \(known.joined(separator: ", "))")
            }
            return (name, value)
        }
    }

    func text(_ node: SettingsNode) throws -> String {
        guard let scalar = node.scalar, !scalar.string.utf8.contains(where: { ASCII.isControl($0) }) else {
            throw error(node, "one line of text belongs here")
        }
        return scalar.string
    }

    private func flag(_ node: SettingsNode) throws -> Bool {
        switch try text(node) {
        case "true": true
        case "false": false
        case let other: throw error(node, "'\(other)' is neither true nor false")
        }
    }

    func number(_ node: SettingsNode, in range: ClosedRange<Int>) throws -> Int {
        guard let number = Int(try text(node)), range.contains(number) else {
            throw error(node, "a whole number from \(range.lowerBound) to \(range.upperBound) belongs here")
        }
        return number
    }

    func list(_ node: SettingsNode) throws -> [String] {
        guard let sequence = node.sequence else { throw error(node, "a list belongs here: [a, b]") }
        return try sequence.map { try text($0) }
    }

    /// `200ms`, `90s`, `30m`, `24h`, `7d`.
    func duration(_ node: SettingsNode) throws -> Duration {
        let text = try text(node)
        guard let duration = DurationText.parse(text) else {
            throw error(node, "'\(text)' is not a duration; write a number and \(DurationText.units): 24h")
        }
        return duration
    }

    /// A duration of whole seconds.
    func seconds(_ node: SettingsNode) throws -> Int64 {
        let duration = try duration(node).components
        guard duration.attoseconds == 0 else { throw error(node, "a duration of whole seconds belongs here") }
        return duration.seconds
    }

    private func baseURL(_ node: SettingsNode) throws -> String {
        var url = try text(node)
        while url.hasSuffix("/") { url.removeLast() }
        if let fault = WebAddress.fault(in: url) { throw error(node, fault) }
        return url
    }

    func error(_ node: SettingsNode, _ message: String) -> SettingsError {
        SettingsError(file: file, line: node.line, column: node.column, message: message)
    }
}
