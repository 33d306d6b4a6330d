internal import ArgumentParser
internal import Formats

struct VerifyCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Prove the public tree against the catalog.", discussion: "indexgen verify && rsync …")

    @ParentCommand var root: Indexgen
    @OptionGroup var here: CommonOptions

    @Flag(help: "Restore what is missing or damaged, from the catalog and the blobs.")
    var repair = false

    func run() throws {
        let site = try openSite()
        let catalog = try site.openCatalog()
        let console = console
        if repair {
            for fault in try Verifier(site: site, catalog: catalog).discardDamagedBlobs() {
                Console.diagnose("\(fault.path): \(fault.what)")
            }
            _ = try generate(site, catalog, everything: true)
        }
        let report = try Verifier(site: site, catalog: catalog).run()
        if console.level == .verbose {
            let plus = try catalog.snapshot { try $0.expectedFiles() }.filter { $0.path.utf8.contains(UInt8(ascii: "+")) }.count
            if plus > 0 {
                console.detail(
                    "names of files with a plus sign: \(plus); on storage that reads it as a blank, zypper and yum do not find them (README, \"Deploying elsewhere\")"
                )
            }
        }
        try catalog.close()
        for fault in report.faults {
            console.result("\(fault.path): \(fault.what)")
            console.result { json in
                json.member("path", fault.path)
                json.member("fault", fault.what)
            }
        }
        console.result { json in
            json.member("outcome", report.faults.isEmpty ? "all good" : "faults")
            json.member("faults", report.faults.count)
            json.member("packages", report.packages)
            json.member("documents", report.documents)
            json.member("signatures", report.signatures)
            json.member("graced", report.graced)
        }
        guard report.faults.isEmpty else {
            console.note(Words.count(report.faults.count, "fault"))
            throw ExitCodes.Ended(code: ExitCodes.refused)
        }
        console.note(
            """
            all good: \(Words.count(report.packages, "package file")), \(Words.count(report.documents, "document")), \
            \(Words.count(report.signatures, "signature")), \(Words.count(report.graced, "file")) in grace
            """)
    }
}
