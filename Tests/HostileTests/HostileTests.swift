import Foundation
import Glibc
import Testing

@testable import Formats
@testable import Kit

/// Every hostile file is sent to the program itself, each in a process of its own: what is refused is refused for the right cause,
/// with words that help, and leaves nothing; what is accepted is listed, escaped, once. `INDEXGEN_HOSTILE` names a file for a table of
/// what each took.
@Suite struct HostileTests {
    @Test func `hostile Debian packages`() throws {
        var shelf = HostileShelf(named: "NAME.deb")
        DebianContainers.fill(&shelf)
        DebianControls.fill(&shelf)
        try send(shelf.files, as: "debian")
    }

    @Test func `hostile RPM packages`() throws {
        var shelf = HostileShelf(named: "NAME.rpm")
        RPMHeaders.fill(&shelf)
        RPMTexts.fill(&shelf)
        try send(shelf.files, as: "rpm")
    }

    @Test func `hostile Python packages`() throws {
        var shelf = HostileShelf(named: "NAME-1.0-py3-none-any.whl")
        PyPIWheels.fill(&shelf)
        PyPIReleases.fill(&shelf)
        try send(shelf.files, as: "pypi")
    }

    @Test func `hostile Helm charts`() throws {
        var shelf = HostileShelf(named: "NAME.tgz")
        HelmCharts.fill(&shelf)
        HelmProvenances.fill(&shelf)
        try send(shelf.files, as: "helm")
    }

    @Test func `hostile Go modules`() throws {
        let good = HostileFile(
            what: "a good one", filename: "good.zip", fate: .accepted, make: { GoKit.zip().bytes }, name: GoKit.path)
        try send(HostileFile.refused(GoHostile.all, as: "module.zip") + [good], as: "goproxy", saying: ["--type", "goproxy"])
    }

    @Test func `hostile crates`() throws {
        let good = HostileFile(
            what: "a good one", filename: "web-2.0.0.crate", fate: .accepted, make: { CrateBuilder("web", "2.0.0").bytes },
            name: "web")
        try send(HostileFile.refused(CargoHostile.all, as: "crate") + [good], as: "cargo", saying: ["--type", "cargo"])
    }

    /// A guard against hangs, and no benchmark.
    private static let mostSeconds = 10.0
    private static let mostBytes = 512 << 20

    private func send(_ files: [HostileFile], as type: String, saying options: [String] = []) throws {
        #expect(files.count >= 200)
        #expect(Set(files.map(\.what)).count == files.count, "each says what is hostile about it, in words of its own")
        let sandbox = try Sandbox(settings: "rpm: {compression: gz, changelog_limit: -1}\nhelm: {index: json}")
        let around = sandbox.listing(of: sandbox.folder, except: [sandbox.site, sandbox.incoming])
        var accepted: [HostileFile] = []
        var table: [String] = []
        for file in files {
            let path = try sandbox.receive(file.filename, file.make())
            let before = sandbox.listing(of: sandbox.site + "/public")
            let run = try sandbox.run(["--json", "add"] + options + file.arguments + ["--", path])
            unlink(path)
            let reply = Reply(run)
            table.append("\(type)\t\(file.what)\t\(reply.fate)\t\(run.processorSeconds)\t\(run.seen >> 20)\t\(reply.reason)")
            // On a busy machine the wall's clock counts what others do: then the processor's decides, and a minute ends it all.
            let isQuick = run.seconds < Self.mostSeconds || (run.processorSeconds < Self.mostSeconds && run.status >= 0)
            #expect(isQuick, "\(type), \(file.what): \(run.seconds) s, \(run.processorSeconds) s of the processor")
            // Not what the kernel counts for the process: that begins with the memory of whoever started it.
            #expect(run.seen < Self.mostBytes, "\(type), \(file.what): \(run.seen >> 20) MiB")
            #expect(reply.fate == "\(file.fate)", "\(type), \(file.what): \(reply.reason) \(run.status)")
            check(run, reply, of: file)
            if reply.isRefusal { #expect(sandbox.listing(of: sandbox.site + "/public") == before, "\(type), \(file.what)") }
            if run.status == 0 { accepted.append(file) }
            let left = sandbox.listing(of: sandbox.site + "/state/staging").filter { !$0.value.hasPrefix("folder") }
            #expect(left.isEmpty, "\(type), \(file.what): \(left.keys)")
        }
        #expect(sandbox.listing(of: sandbox.folder, except: [sandbox.site, sandbox.incoming]) == around)
        #expect(sandbox.listing(of: sandbox.incoming).keys.map { $0.hasSuffix("/canary") } == [true])
        let verified = try sandbox.run(["verify"])
        #expect(verified.status == 0, "\(String(decoding: verified.diagnostics, as: UTF8.self)) \(verified.output)")
        try StrictReaders.check(sandbox, type, count: accepted.count)
        try listings(sandbox)
        try keep(table, of: type)
    }

    /// A folder as a sender might leave it: pipes, links, names that are no text.
    @Test func `a folder of odd things`() throws {
        let sandbox = try Sandbox()
        let folder = sandbox.incoming + "/odd"
        mkdir(folder, 0o755)
        mkdir(folder + "/folder.rpm", 0o755)
        mkfifo(folder + "/pipe.rpm", 0o644)
        symlink("/dev/zero", folder + "/zero.rpm")
        symlink("/nowhere", folder + "/dangling.rpm")
        symlink("loop.rpm", folder + "/loop.rpm")
        symlink(sandbox.folder + "/etc/passwd", folder + "/link.rpm")
        for name in ["\u{1b}[2J.rpm", "a\nadded b.rpm", ".hidden.rpm"] { _ = try sandbox.receive("odd/\(name)", [1, 2, 3]) }
        let latin1 = (folder + "/J").utf8CString.dropLast() + [CChar(bitPattern: 0xFC)] + ".rpm".utf8CString
        latin1.withUnsafeBufferPointer { _ = $0.baseAddress.map { close(creat($0, 0o644)) } }

        let around = sandbox.listing(of: sandbox.folder, except: [sandbox.site])
        let whole = try sandbox.run(["add", folder])
        let lines = String(decoding: whole.diagnostics, as: UTF8.self).split(separator: "\n")
        // Of the two odd names, the one in Latin-1, the link to a text, and a line at the end; nothing else is a package's file.
        #expect(whole.status == 1 && (5...6).contains(lines.count), "\(lines)")
        #expect(lines.contains { $0.contains("not UTF-8") && $0.contains("rename it") }, "\(lines)")
        let each = ["pipe.rpm", "zero.rpm", "dangling.rpm", "loop.rpm", "folder.rpm", "link.rpm"]
        for name in each {
            let run = try sandbox.run(["add", "\(folder)/\(name)"])
            #expect(run.status == 1, "\(name): \(String(decoding: run.diagnostics, as: UTF8.self))")
            #expect(run.diagnostics.allSatisfy { $0 >= 32 && $0 != 127 || $0 == 10 })
            #expect(run.seconds < 60)
        }
        #expect(sandbox.listing(of: sandbox.folder, except: [sandbox.site]) == around)
        #expect(try sandbox.run(["verify"]).status == 0)
    }

    /// What a person and a program are told.
    private func check(_ run: Sandbox.Run, _ reply: Reply, of file: HostileFile) {
        let said = String(decoding: run.diagnostics, as: UTF8.self)
        for (text, isForPeople) in [(said, true), (run.output, false)] {
            let controls = text.unicodeScalars.filter { $0 != "\n" && ($0.value < 32 || 127...159 ~= $0.value) }
            #expect(controls.isEmpty, "\(file.what): \(text.debugDescription)")
            #expect(!isForPeople || !text.unicodeScalars.contains(where: Self.isMark), "\(file.what): \(text.debugDescription)")
        }
        guard case .refused = file.fate else {
            #expect(run.status == 0, "\(file.what): \(said)")
            return
        }
        #expect(run.status == 1, "\(file.what): \(run.status) \(said)")
        // The file's name, what is wrong and where, what helps; the next line counts. Nothing else gets a line.
        let lines = said.split(separator: "\n")
        #expect(lines.count <= 3 && run.diagnostics.count < 4_096, "\(file.what): \(said)")
        #expect(lines.first?.hasPrefix(Reply.shown(file.filename, in: lines.first ?? "")) == true, "\(file.what): \(said)")
        // Where the whole file is meant, its name is place enough.
        let isWhole = ["it is named like", "its content is", "the file is empty"].contains { said.contains(": \($0)") }
        #expect((isWhole || !reply.place.isEmpty) && !reply.remedy.isEmpty, "\(file.what): \(said)")
        #expect(lines.first?.contains("; ") == true, "\(file.what): \(said)")
    }

    /// Marks that turn the direction of what follows.
    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        [0x200E, 0x200F, 0x061C].contains(scalar.value) || 0x202A...0x202E ~= scalar.value || 0x2066...0x2069 ~= scalar.value
    }

    /// Nothing that was accepted can speak to a terminal later.
    private func listings(_ sandbox: Sandbox) throws {
        for arguments in [["list"], ["--json", "list"]] {
            let run = try sandbox.run(arguments)
            #expect(run.status == 0)
            let isClean = run.output.utf8.allSatisfy { $0 >= 32 && $0 != 127 || $0 == 9 || $0 == 10 }
            #expect(isClean, "\(arguments)")
        }
    }

    private func keep(_ table: [String], of type: String) throws {
        guard let path = ProcessInfo.processInfo.environment["INDEXGEN_HOSTILE"] else { return }
        try (table.joined(separator: "\n") + "\n").write(toFile: "\(path).\(type)", atomically: true, encoding: .utf8)
    }
}

/// The one line of JSON that `add` says about a file.
struct Reply {
    var fate: String
    var reason = ""
    var place = ""
    var remedy = ""
    var isRefusal: Bool { fate != "accepted" }

    init(_ run: Sandbox.Run) {
        let lines = run.output.split(separator: "\n")
        guard lines.count == 1, let object = try? JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
        else {
            fate = "\(lines.count) lines: \(run.output.prefix(500))"
            return
        }
        func text(_ key: String) -> String { object[key] as? String ?? "" }
        fate = text("outcome") == "refused" ? "refused(Formats.Refusal.Cause.\(text("cause")))" : "accepted"
        if text("outcome") != "refused", text("outcome") != "added" { fate = text("outcome") }
        reason = text("reason")
        place = text("place")
        remedy = text("remedy")
    }

    /// The part of a line up to and with the file's name, if it is in there in printable form.
    static func shown(_ filename: String, in line: Substring) -> String {
        let letters = filename.unicodeScalars.filter { $0.isASCII && $0.properties.isAlphabetic }.prefix(4)
        guard let name = line.range(of: ": ") else { return filename }
        return line[..<name.lowerBound].unicodeScalars.contains { letters.contains($0) }
            ? String(line[..<name.lowerBound]) : filename
    }
}
