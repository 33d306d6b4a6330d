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
        guard report.faults.isEmpty else {
            console.note("\(report.faults.count) faults")
            throw ExitCodes.Ended(code: ExitCodes.refused)
        }
        console.note(
            "all good: \(report.packages) package files, \(report.documents) documents, \(report.signatures) signatures, \(report.graced) files in grace"
        )
    }
}
