internal import Formats

extension SettingsFile {
    /// The list below `hooks:`. Names are unique, since deliveries are remembered by them.
    func hooks(_ node: SettingsNode) throws -> [Hook] {
        if node.isNull { return [] }
        guard let sequence = node.sequence else { throw error(node, "a list of hooks belongs here: - run: [program, argument]") }
        var hooks: [Hook] = []
        for item in sequence {
            let hook = try hook(item)
            guard !hooks.contains(where: { $0.name == hook.name }) else {
                throw error(item, "there is a hook '\(hook.name)' already; give each a name of its own")
            }
            hooks.append(hook)
        }
        guard hooks.count <= Hook.most else { throw error(node, "there are \(hooks.count) hooks; \(Hook.most) can be") }
        return hooks
    }

    private func hook(_ node: SettingsNode) throws -> Hook {
        var name: String?
        var command: [String]?
        var address: String?
        var secretFile: (path: String, node: SettingsNode)?
        var hook = Hook(name: "", action: .run([]))
        for (key, value) in try members(of: node, known: SettingsKey.hook.map(\.name)) {
            switch key {
            case "name": name = try hookName(text(value), at: value)
            case "run": command = try self.command(value)
            case "url": address = try self.address(value)
            case "secret_file": secretFile = try (text(value), value)
            case "for": hook.patterns = try patterns(value)
            case "timeout":
                hook.timeout = try seconds(value)
                guard (1...3_600).contains(hook.timeout) else { throw error(value, "a hook may take from 1s to 1h") }
            default: hook.attempts = try number(value, in: 1...100)
            }
        }
        switch (command, address) {
        case (let command?, nil):
            if let secretFile { throw error(secretFile.node, "a secret signs what is posted to a url; a command needs none") }
            hook.action = .run(command)
            hook.name = try name ?? hookName(Files.name(of: command[0]), at: node)
        case (nil, let address?):
            hook.action = .post(url: address, secretFile: secretFile?.path)
            hook.name = try name ?? hookName(host(of: address), at: node)
        default: throw error(node, "a hook has either 'run: [program, argument]' or 'url: https://…'")
        }
        return hook
    }

    private func hookName(_ text: String, at node: SettingsNode) throws -> String {
        let bytes = text.utf8
        guard let first = bytes.first, ASCII.isAlphanumeric(first), bytes.count <= 64,
            bytes.allSatisfy({ ASCII.isAlphanumeric($0) || "._-".utf8.contains($0) })
        else {
            throw error(
                node, "'\(text)' cannot be a hook's name; write 'name:' with 1 to 64 letters, digits, '.', '_' or '-'")
        }
        return text
    }

    private func command(_ node: SettingsNode) throws -> [String] {
        let words = try list(node)
        guard let program = words.first, !program.isEmpty else {
            throw error(node, "a program and its arguments belong here: [program, argument]")
        }
        return words
    }

    private func address(_ node: SettingsNode) throws -> String {
        let url = try text(node)
        let isAddress =
            ["https://", "http://"].contains { url.hasPrefix($0) && url.utf8.count > $0.utf8.count } && !host(of: url).isEmpty
        guard isAddress, url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"\"\\<>^`{|}".utf8.contains($0) }) else {
            throw error(node, "'\(url)' is not an address; write it as https://example.org/path")
        }
        return url
    }

    private func host(of url: String) -> String {
        let rest = url.utf8.drop { $0 != UInt8(ascii: "/") }.dropFirst(2)
        let authority = rest.prefix { !"/?#".utf8.contains($0) }
        let host = authority.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false).last ?? authority
        return String(decoding: host.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)
    }

    private func patterns(_ node: SettingsNode) throws -> [String] {
        guard let items = node.sequence, !items.isEmpty else {
            throw error(node, "a list of OWNER/TYPE belongs here: [acme/rpm, \"beta/*\"]")
        }
        return try items.map { item in
            let pattern = try text(item)
            let parts = pattern.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
                throw error(item, "'\(pattern)' is not an OWNER/TYPE; '*' in it stands for anything: acme/*")
            }
            guard known.all.contains(where: { ASCII.matches(pattern: parts[1], $0.profile.id) }) else {
                throw error(item, "no type matches '\(parts[1])'; there are \(known.names)")
            }
            return pattern
        }
    }
}
