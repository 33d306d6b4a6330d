internal import Formats
internal import Glibc

extension SettingsFile {
    func fillServer(_ server: inout ServerSettings, from node: SettingsNode) throws {
        for (key, value) in try members(of: node, known: SettingsKey.server.map(\.name)) {
            switch key {
            case "listen":
                let text = try text(value)
                guard let address = ListenAddress(text) else { throw error(value, ListenAddress.fault(text)) }
                server.listen = address
            case "socket_mode": server.socketMode = try mode(value)
            case "socket_group": server.socketGroup = try group(value)
            case "anonymous": server.anonymous = try list(value)
            case "trusted_proxies":
                server.trustedProxies = try list(value).map { text in
                    guard let range = NetworkRange(text) else {
                        throw error(value, "'\(text)' is not an IPv4 or IPv6 address, nor a network such as 10.0.0.0/8")
                    }
                    return range
                }
            case "quiet": server.quiet = try duration(value)
            case "at_most": server.atMost = try duration(value)
            case "body_timeout":
                server.bodyTimeout = try duration(value)
                guard server.bodyTimeout >= .seconds(1) else { throw error(value, "at least a second belongs here") }
            case "connections": server.connections = try number(value, in: 1...100_000)
            default: preconditionFailure("the key was checked against the known ones")
            }
        }
    }

    /// `0660`, in quotes or not: YAML's own reading of the number does not matter.
    private func mode(_ node: SettingsNode) throws -> mode_t {
        let text = try text(node)
        guard let mode = mode_t(text, radix: 8), mode <= 0o777, mode & 0o600 == 0o600 else {
            throw error(node, "'\(text)' is not the mode of a socket; write 0660, or 0600 for its owner alone")
        }
        return mode
    }

    private func group(_ node: SettingsNode) throws -> String {
        let text = try text(node)
        guard !text.isEmpty, text.utf8.count <= 64,
            text.utf8.allSatisfy({ ASCII.isAlphanumeric($0) || "._-$@".utf8.contains($0) })
        else { throw error(node, "the name or the number of a group belongs here: www-data") }
        return text
    }

    /// `"sandbox-*": {bytes: 10 GiB, files: 1000}`; patterns are of owners or of repositories.
    func quotas(_ node: SettingsNode) throws -> [Quota] {
        try members(of: node, known: nil).map { pattern, value in
            let parts = pattern.split(separator: "/", omittingEmptySubsequences: false)
            guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else {
                throw error(value, "'\(pattern)' is not OWNER or OWNER/TYPE; '*' in it stands for anything: \"sandbox-*\"")
            }
            if parts.count == 2 {
                guard known.all.contains(where: { ASCII.matches(pattern: String(parts[1]), $0.profile.id) }) else {
                    throw error(value, "no type matches '\(parts[1])'; there are \(known.names)")
                }
            }
            var quota = Quota(pattern: pattern)
            for (key, value) in try members(of: value, known: SettingsKey.quota.map(\.name)) {
                if key == "bytes" {
                    quota.bytes = try bytes(value)
                } else {
                    quota.files = try number(value, in: 0...1_000_000_000)
                }
            }
            guard quota.bytes != nil || quota.files != nil else {
                throw error(value, "a quota has bytes, files or both: {bytes: 10 GiB, files: 1000}")
            }
            return quota
        }
    }

    /// `1048576`, `500 MiB`, `10GiB`.
    private func bytes(_ node: SettingsNode) throws -> Int {
        let text = try text(node)
        let digits = text.utf8.prefix { 48...57 ~= $0 }
        let unit = String(decoding: text.utf8.dropFirst(digits.count).drop { $0 == 32 }, as: UTF8.self)
        let shifts = ["": 0, "B": 0, "KiB": 10, "MiB": 20, "GiB": 30, "TiB": 40]
        guard let count = Int(String(decoding: digits, as: UTF8.self)), let shift = shifts[unit], count <= 1 << (60 - shift)
        else {
            throw error(node, "'\(text)' is not a number of bytes; write 1048576, 500 MiB or 10 GiB")
        }
        return count << shift
    }
}
