import Corpus
import Formats
import Foundation
import Testing

@testable import IndexGen

/// Every verb's `--json` against the tables of `IndexGen.docc/JSON.md`.
@Suite struct JSONContractTests {
    /// One table: the members of one kind of line.
    private struct Shape {
        var kinds: [String: Set<String>] = [:]
        var optional: Set<String> = []

        /// Why the object is not of this shape; nil when it is.
        func fault(of object: [String: any Sendable]) -> String? {
            for (name, value) in object {
                guard let kinds = kinds[name] else { return "'\(name)' is not in the table" }
                if !kinds.contains(Self.kind(of: value)) { return "'\(name)' is \(Self.kind(of: value)), not \(kinds.sorted())" }
            }
            let missing = Set(kinds.keys).subtracting(object.keys).subtracting(optional)
            return missing.isEmpty ? nil : "\(missing.sorted()) are missing"
        }

        private static func kind(of value: any Sendable) -> String {
            switch value {
            case is NSNull: return "null"
            case is String: return "text"
            case is [any Sendable]: return "list"
            case let number as NSNumber: return String(cString: number.objCType) == "c" ? "flag" : "number"
            default: return "\(type(of: value))"
            }
        }
    }

    private let shapes: [String: [Shape]]

    init() throws {
        let page =
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().path + "/Sources/IndexGen/IndexGen.docc/JSON.md"
        var shapes: [String: [Shape]] = [:]
        var verb = ""
        for line in try String(contentsOfFile: page, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("## ") {
                verb = String(line.dropFirst(3))
                shapes[verb] = []
            }
            guard line.hasPrefix("| ") else { continue }
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            if cells[0] == "member" {
                shapes[verb]?.append(Shape())
            } else if cells[0].hasPrefix("`"), let last = shapes[verb]?.indices.last {
                let name = String(cells[0].drop { $0 == "`" }.prefix { $0 != "`" })
                shapes[verb]?[last].kinds[name] = Set(cells[1].components(separatedBy: " or "))
                if cells[0].hasSuffix("?") { shapes[verb]?[last].optional.insert(name) }
            }
        }
        self.shapes = shapes
    }

    /// Runs a verb and holds each line of its output against the page.
    ///
    /// - Returns: the lines.
    @discardableResult
    private func hold(
        _ program: RunProgram, _ verb: String, _ arguments: String..., code: Int32 = 0, or other: Int32? = nil,
        at location: SourceLocation = #_sourceLocation
    ) throws -> [[String: any Sendable]] {
        let run = try program.run(["--json"] + verb.split(separator: " ").map(String.init) + arguments)
        #expect(run.status == code || run.status == other, "\(verb): \(run.diagnostics)", sourceLocation: location)
        let objects = try run.objects()
        let known =
            try #require(shapes[verb], "\(verb) is not on the page", sourceLocation: location) + (shapes["any verb"] ?? [])
        for object in objects {
            let faults = known.map { $0.fault(of: object) }
            #expect(faults.contains(nil), "\(verb): \(object): \(faults.compactMap(\.self))", sourceLocation: location)
        }
        return objects
    }

    @Test func `what stands in two repositories keeps to the table of show`() throws {
        let program = try RunProgram(settings: "container: {helm_index: [packages]}\n")
        let chart = try program.package(HelmCorpus(seed: 1, charts: 1))
        try hold(program, "add", "--type", "container", "--new", chart)
        let file = try #require(try hold(program, "list", "packages/helm").first)
        #expect(try hold(program, "show", "/\(file["path"] ?? "")").contains { $0["here_for"] != nil })
        let image = try #require(file["name"] as? String)
        #expect(try hold(program, "show", "packages/container", image).contains { $0["also_at"] != nil })
        try hold(program, "add", "--type", "helm", chart)
        #expect(try hold(program, "show", "/\(file["path"] ?? "")").contains { $0["same_as"] != nil })
        try hold(program, "add", "--type", "container", "--image", "other", "--new", chart)
        #expect(try hold(program, "show", "packages/container", "other").contains { $0["not_in"] != nil })
    }

    @Test func `every verb keeps to its tables`() throws {
        let hooks = "base_url: http://localhost:8080\nhooks:\n  - {name: broken, run: [\"false\"]}\n"
        let program = try RunProgram(settings: hooks)
        #expect(try hold(program, "init", program.folder + "/other", "--unsigned").count == 1)
        let packages = program.folder + "/packages"
        for corpus in [DebianCorpus(seed: 1), RPMCorpus(seed: 1), PyPICorpus(seed: 1, projects: 1)] as [any Corpus] {
            _ = try program.package(corpus)
        }
        try Files.replace(packages + "/README", with: [UInt8]("x".utf8))
        try Files.replace(packages + "/broken.deb", with: [UInt8]("x".utf8))
        try Files.makeFolder(program.folder + "/empty")
        let outcomes = try hold(program, "add", packages, program.folder + "/empty", code: 1).map { $0["outcome"] as? String }
        #expect(Set(outcomes) == ["added", "skipped", "refused", "empty"])
        #expect(try hold(program, "add", "--trust-mtime", packages, code: 1).contains { $0["outcome"] as? String == "unchanged" })
        #expect(try hold(program, "add", "--trust-mtime", packages, code: 1).contains { $0["trusted"] != nil })
        #expect(try hold(program, "generate").count == 1)
        #expect(try hold(program, "hooks list").contains { $0["event"] != nil })
        // It fails again where its second of waiting is over by now.
        #expect(try hold(program, "hooks deliver", or: 1).count == 1)
        #expect(try hold(program, "hooks retry", code: 1).count == 1)
        #expect(try hold(program, "hooks forget").count == 1)
        let listed = try hold(program, "list")
        #expect(listed.count == 3)
        let wheel = try #require(listed.first { $0["type"] as? String == "pypi" })
        let (name, version) = try (#require(wheel["name"] as? String), #require(wheel["version"] as? String))
        #expect(try hold(program, "show", "packages/pypi", name).count == 1)
        #expect(try hold(program, "yank", "packages/pypi", name, version).count == 1)
        #expect(try hold(program, "show", "/\(wheel["path"] ?? "")").contains { $0["yanked"] != nil })
        #expect(try hold(program, "yank", "packages/pypi", name, version, "--undo").count == 1)
        #expect(try hold(program, "mark", "yanked", "packages/pypi", name, version, "--value", "torn").count == 1)
        #expect(try hold(program, "show", "packages/pypi", name).contains { $0["marks"] != nil })
        #expect(try hold(program, "unmark", "yanked", "packages/pypi", name, version).count == 1)
        #expect(try hold(program, "yank", "packages/pypi", name, version).count == 1)
        #expect(try hold(program, "copy", "packages/pypi", name, "--to", "prod", "--dry-run").count == 2)
        #expect(try hold(program, "copy", "packages/pypi", name, "--to", "prod").count == 2)
        #expect(try hold(program, "copy", "packages/pypi", name, "--to", "prod").count == 1)
        #expect(try hold(program, "copy", "packages", "--to", "a:b", code: 2).count == 1)
        #expect(try hold(program, "remove", "packages/pypi", name).count == 1)
        #expect(try hold(program, "add", packages, code: 1).contains { $0["outcome"] as? String == "returned" })
        #expect(try hold(program, "history").count >= 5)
        #expect(try hold(program, "verify").count == 1)
        try Files.replace(program.site + "/public/stray", with: [1])
        #expect(try hold(program, "verify", code: 1).count == 2)
        let recovery = try hold(program, "recover", "--dry-run")
        #expect(recovery.count == 1 && recovery[0]["unplaced"] as? Int == 0, "nothing is lost")
        #expect(try hold(program, "nginx").count == 1)
        let token = try #require(try hold(program, "token create").first?["handle"] as? String)
        #expect(try hold(program, "token list").count == 1)
        #expect(try hold(program, "token revoke", token).count == 1)
        try prune(program)
    }

    private func prune(_ program: RunProgram) throws {
        let name = try #require(try program.run("--json", "list", "packages/debian").objects()[0]["name"] as? String)
        #expect(try program.run("remove", "packages/debian", name).status == 0)
        let later = ["SOURCE_DATE_EPOCH": "\(Int(Date().timeIntervalSince1970) + 400_000)"]
        #expect(try hold(program, "prune", "--dry-run").count == 1, "the grace period is not over, and it says so")
        for arguments in [["--dry-run"], []] {
            let run = try program.run(["--json", "prune"] + arguments, environment: later)
            let objects = try run.objects()
            #expect(run.status == 0 && !objects.isEmpty, "\(run.diagnostics)")
            let known = try #require(shapes["prune"])
            for object in objects { #expect(known.contains { $0.fault(of: object) == nil }, "\(object)") }
        }
    }

    @Test func `what was refused over the network has its table`() throws {
        let program = try RunProgram()
        let catalog = try Site(at: program.site).openCatalog()
        try catalog.remember([
            RefusedChange(
                at: .init(seconds: 1_800_000_000), author: Author(name: "ci", origin: "192.0.2.1"), method: "PUT",
                path: "/a/rpm/upload",
                owner: "a", type: "rpm", status: 403, detail: "no")
        ])
        try catalog.close()
        #expect(try hold(program, "history", "--refused").count == 1)
    }

    @Test func `a fault that ends a verb is an object, whatever the verb`() throws {
        let program = try RunProgram()
        for (verb, arguments, code) in [
            ("init", [program.site], 2), ("add", ["--frob"], 2), ("add", ["--owner", "a/b", "x"], 2), ("generate", ["nobody"], 2),
            ("list", ["nobody"], 2), ("show", ["nobody/rpm", "x"], 2), ("remove", ["a"], 2), ("yank", ["a/rpm"], 2),
            ("history", ["--limit", "0"], 2), ("verify", ["--frob"], 2), ("prune", ["x"], 2),
            ("token create", ["--type", "foo"], 2),
            ("token list", ["x"], 2), ("token revoke", ["x"], 1), ("hooks retry", ["99"], 1), ("hooks list", ["99"], 2),
            ("nginx", ["--listen", ";"], 2), ("serve", ["--listen", "x"], 2), ("token crate", [], 2), ("frobnicate", [], 2),
        ] as [(String, [String], Int32)] {
            for isLast in [false, true] {
                let words = verb.split(separator: " ").map(String.init) + arguments
                let run = try program.run(isLast ? words + ["--json"] : ["--json"] + words)
                let objects = try run.objects()
                #expect(run.status == code && objects.count == 1, "\(verb): \(run)")
                #expect(objects.first?["error"] is String && objects.first?["exit"] as? Int == Int(code), "\(verb): \(objects)")
                #expect(!run.diagnostics.isEmpty)
            }
        }
        let nowhere = try program.run("--json", "--site", program.folder, "list")
        #expect(try nowhere.objects().first?["exit"] as? Int == 3)
        #expect(try program.run("list", "nobody").output.isEmpty, "without --json standard output has results only")
        #expect(try program.run("--json", "--version").output.hasPrefix("indexgen "))
    }

    @Test func `every verb is on the page`() {
        let verbs = VerbNames.all.flatMap { verb in
            verb == "hooks" ? HooksCommand.Action.allCases.map { "hooks \($0.rawValue)" } : [verb]
        }
        #expect(Set(shapes.keys) == Set(verbs + ["any verb"]))
    }
}
