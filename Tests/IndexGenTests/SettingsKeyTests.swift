import Formats
import Foundation
import Testing

@testable import IndexGen

/// Reader, template and README have the same keys, from one table.
@Suite struct SettingsKeyTests {
    private static let keys = SettingsKey.site(for: .standard) + SettingsKey.sections(of: .standard)

    private static func read(_ text: String) throws -> Settings {
        try SettingsFile.read([UInt8](text.utf8), named: "indexgen.yaml", for: .standard)
    }

    /// A settings file that holds one key and nothing behind it.
    private static func file(_ key: SettingsKey, _ member: String?) -> String {
        guard let member else { return "\(key.name):" }
        return switch key.between {
        case "[]": "\(key.name): [{\(member): }]"
        case let name?: "\(key.name): {\(name): {\(member): }}"
        case nil: "\(key.name): {\(member): }"
        }
    }

    private static func isUnknown(_ text: String) -> Bool {
        do {
            _ = try read(text)
            return false
        } catch let fault as SettingsError {
            return fault.message.contains("unknown key")
        } catch {
            return false
        }
    }

    @Test func `every key that is listed is read, and no other`() {
        for key in Self.keys {
            #expect(!Self.isUnknown(Self.file(key, nil)), "\(key.name)")
            for member in key.members { #expect(!Self.isUnknown(Self.file(key, member.name)), "\(key.name) \(member.name)") }
            if !key.members.isEmpty { #expect(Self.isUnknown(Self.file(key, "misspelt")), "\(key.name)") }
        }
        #expect(Self.isUnknown("misspelt:"))
        #expect(Set(Self.keys.map(\.name)).count == Self.keys.count)
    }

    @Test func `init writes every key with what it says, and what it writes holds when it is let in`() throws {
        let text = SettingsTemplate.text(baseURL: nil)
        for key in Self.keys {
            #expect(text.contains("# \(key.name):"), "\(key.name)")
            for member in key.members {
                #expect(text.contains(" \(member.name):") && text.contains(member.help), "\(key.name) \(member.name)")
            }
        }
        // The site's own keys; what ecosystems' options may be is told in words.
        let own = text.components(separatedBy: "\n\n").first ?? ""
        let lines = own.split(separator: "\n").dropFirst().map { String($0.dropFirst(2)) }
        let open = lines.joined(separator: "\n").replacing("FINGERPRINT", with: "0123456789ABCDEF0123456789ABCDEF01234567")
        var settings = try Self.read(open), plain = try Self.read("")
        #expect(settings.baseURL == "https://packages.example.org" && settings.quotas.count == 2 && settings.hooks.count == 2)
        #expect(settings.files.count == 2 && settings.signingKeys.count == 1 && settings.namedDefaults.contains("distribution"))
        // All that is not an example is what holds anyway.
        #expect(settings.retention == plain.retention)
        #expect(settings.owner == plain.owner && settings.readers == plain.readers && settings.mutable == plain.mutable)
        #expect(settings.privatePatterns == plain.privatePatterns)
        for limit in SettingsKey.limits { #expect(settings[keyPath: limit.path] == plain[keyPath: limit.path], "\(limit.name)") }
        settings.server.socketGroup = nil
        plain.server.socketGroup = nil
        #expect(settings.server == plain.server)
    }

    @Test func `the README has the table of all keys`() throws {
        var table = ["| Key | Value | |", "| --- | --- | --- |"]
        func add(_ key: SettingsKey, _ prefix: String) {
            let value = key.value.isEmpty ? "" : "`\(key.value)`"
            table.append("| `\(prefix)\(key.name)` | \(value) | \(key.help.replacing("*", with: "\\*")) |")
            let between = key.between.map { $0 == "[]" ? "[]." : ".\($0)." } ?? "."
            for member in key.members { add(member, "\(prefix)\(key.name)\(between)") }
        }
        for key in Self.keys { add(key, "") }
        let readme = String(decoding: try Files.read("\(EcosystemContractTests.project)/README.md"), as: UTF8.self)
        let lines = readme.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let there = lines.drop { $0 != table[0] }.prefix { $0.hasPrefix("|") }
        #expect(Array(there) == table, "the table of settings in README.md has to be:\n\(table.joined(separator: "\n"))")
    }
}
