import Formats
import Foundation
import Testing

@testable import IndexGen

/// The program itself, as people and scripts call it.
@Suite struct TokenCommandTests {
    private let site: String
    private let program: Program

    init() throws {
        let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path
        program = try Program(named: "indexgen", environment: ["PATH": folder])
        site = FileManager.default.temporaryDirectory.appendingPathComponent("indexgen-token-\(UUID().uuidString)").path
        #expect(try run("init", "--unsigned").status == 0)
    }

    private func run(_ arguments: String...) throws -> (status: Int32, output: String, diagnostics: String) {
        let result = try program.run(arguments, environment: ["INDEXGEN_SITE": site, "USER": "bob"])
        return (result.status, String(decoding: result.output, as: UTF8.self), result.diagnostics)
    }

    private func object(_ line: String) throws -> [String: any Sendable] {
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: any Sendable])
    }

    @Test func `a token is made, listed and revoked, and its secret is nowhere but on the one line`() throws {
        defer { try? FileManager.default.removeItem(atPath: site) }
        // While somebody has the catalog open, what is written stays in its write-ahead log.
        let witness = try Site(at: site).openCatalog()
        let made = try run(
            "token", "create", "--owner", "acme", "--type", "rpm", "--group", "el9*", "--group", "fedora", "--can",
            "upload,delete",
            "--name", "ci of acme")
        #expect(made.status == 0)
        let text = String(made.output.dropLast())
        let secret = try #require(Secret(parsing: text))
        #expect(made.output == text + "\n", "alone on standard output")
        #expect(made.diagnostics.contains("token \(secret.handle) may upload and delete in acme/rpm, group el9* or fedora"))
        let second = try run("token", "create", "--json", "--expires", "never")
        let other = try object(second.output)
        let otherText = try #require(other["token"] as? String)
        #expect(Secret(parsing: otherText)?.handle == other["handle"] as? String)
        #expect(other["expires"] is NSNull && other["owner"] as? String == "packages")

        var outputs = [made.diagnostics, second.diagnostics]
        let listed = try run("token", "list")
        #expect(listed.output.split(separator: "\n").count == 3)
        #expect(listed.output.contains("\(secret.handle)  ci of acme  upload and delete  acme/rpm, group el9* or fedora"))
        // Whoever pastes the whole token does not see it again.
        for argument in [text, secret.handle, "a" + text] {
            let revoked = try run("token", "revoke", argument)
            #expect(revoked.status == (argument.hasPrefix("a") ? 1 : 0))
            outputs += [revoked.output, revoked.diagnostics]
        }
        let json = try run("token", "list", "--json").output
        #expect(try json.split(separator: "\n").map { try object(String($0))["state"] as? String } == ["revoked", "valid"])
        outputs += [listed.output, json, try run("history").output, try run("--verbose", "token", "list").diagnostics]

        let hidden = [secret, try #require(Secret(parsing: otherText))].flatMap { secret in
            // The secret half, and the token's own bytes in other guises.
            [
                String(secret.revealed.dropFirst(15).prefix(32)),
                Data(secret.revealed.utf8).base64EncodedString().dropLast(8).description,
            ]
        }
        for output in outputs {
            for word in hidden { #expect(!output.contains(word)) }
        }
        var holders: [String] = []
        try Files.walk(site) { path, kind in
            guard kind == .file else { return }
            let bytes = Data(try Files.read("\(site)/\(path)"))
            if bytes.range(of: Data(secret.handle.utf8)) != nil { holders.append(path) }
            for word in hidden { #expect(bytes.range(of: Data(word.utf8)) == nil, "\(path) holds a secret") }
        }
        #expect(holders.contains("state/catalog.sqlite-wal"), "the search finds what is there")
        try witness.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        try witness.close()
        let catalog = Data(try Files.read(site + "/state/catalog.sqlite"))
        #expect(catalog.range(of: Data(secret.handle.utf8)) != nil)
        for word in hidden { #expect(catalog.range(of: Data(word.utf8)) == nil) }
    }

    @Test(arguments: [
        (["--type", "foo"], "'foo' is not a type"), (["--group", "x"], "name it with --type"),
        (["--type", "helm", "--group", "x"], "helm has no group"), (["--can", "upload,,"], "--can takes"),
        (["--can", ""], "--can takes"), (["--expires", "0d"], "not a time to live"),
        (["--expires", "soon"], "not a time to live"),
        (["--owner", "a/b"], "matches no owner"), (["--owner", ""], "matches no owner"), (["--name", "a\nb"], "one line"),
        (["--type", "rpm", "--group", "a\nb"], "one line"),
    ])
    func `what cannot be meant is refused`(arguments: [String], message: String) throws {
        defer { try? FileManager.default.removeItem(atPath: site) }
        let result = try program.run(["token", "create"] + arguments, environment: ["INDEXGEN_SITE": site])
        #expect(result.status == 2)
        #expect(result.output.isEmpty)
        #expect(result.diagnostics.contains(message), "\(result.diagnostics)")
        #expect(try run("token", "list").output.isEmpty)
    }

    @Test func `history shows what was done and what was refused`() throws {
        defer { try? FileManager.default.removeItem(atPath: site) }
        let site = try Site(at: site)
        let catalog = try site.openCatalog()
        try catalog.remember([
            RefusedChange(
                at: Timestamp(seconds: 1_800_000_000), author: Author(name: "ci\u{1B}[31m", origin: "2001:db8::1"), method: "PUT",
                path: "/acme/rpm/el8/upload", owner: "acme", type: "rpm", status: 403, detail: "this token may not\u{7}")
        ])
        try catalog.close()
        #expect(try run("history").output.isEmpty)
        let shown = try run("history", "acme", "--refused").output
        #expect(shown.contains("2027-01-15T08:00:00Z  403     PUT /acme/rpm/el8/upload"))
        #expect(!shown.utf8.contains(0x1B) && shown.contains(#"ci\u{1B}[31m"#) && shown.contains(#"not\u{7}"#))
        let json = try run("history", "--refused", "--json", "--limit", "1").output
        #expect(!json.utf8.contains(0x1B))
        let entry = try object(json)
        #expect(entry["from"] as? String == "2001:db8::1" && entry["status"] as? Int == 403)
        #expect(entry["actor"] as? String == "ci\u{1B}[31m" && entry["sha256"] == nil)
        #expect(try run("history", "--refused", "--since", "2027-01-16").output.isEmpty)
        #expect(try !run("history", "--refused", "--since", "2027-01-15").output.isEmpty)
        #expect(try !run("history", "--refused", "--since", "2027-01-15T09:00:00+01:00").output.isEmpty)
        for arguments in [["--since", "x"], ["--limit", "0"], ["--refused", "acme", "hello"]] {
            #expect(try program.run(["history"] + arguments, environment: ["INDEXGEN_SITE": self.site]).status == 2)
        }
    }
}
