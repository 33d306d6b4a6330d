internal import ArgumentParser
internal import Formats

struct VerifyCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Prove the public tree against the catalog.",
        discussion: """
            indexgen verify && rsync …

            Exit code 1 says that something is damaged. What only waits to be published, or will be a fault some day, has a line and
            exit code 0, unless --strict is given.
            """)

    @ParentCommand var root: Indexgen
    @OptionGroup var here: CommonOptions

    @Flag(help: "Restore what is missing, damaged or wrongly dated, from the catalog and the blobs.")
    var repair = false

    @Flag(help: "Also pending work and warnings end with exit code 1.")
    var strict = false

    func run() throws {
        let site = try openSite()
        let catalog = try site.openCatalog()
        let console = console
        if repair {
            for fault in try Verifier(site: site, catalog: catalog).discardDamagedBlobs() {
                Console.diagnose("\(fault.path): \(fault.what)")
            }
            try catalog.countAnew()
            _ = try generate(site, catalog, everything: true)
            try SiteLock.held(for: site) { try Publisher(site: site).mend(horizon: site.clock.horizon) }
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
        show(report, console)
        if !report.faults.isEmpty {
            console.note(Words.count(report.faults.count, "fault"))
            throw ExitCodes.Ended(code: ExitCodes.refused)
        }
        console.note(
            """
            all good: \(Words.count(report.packages, "package file")), \(Words.count(report.documents, "document")), \
            \(Words.count(report.signatures, "signature")), \(Words.count(report.graced, "file")) in grace
            """
                + (report.pending.isEmpty ? "" : "; work to do: indexgen generate")
        )
        if strict, !report.pending.isEmpty || !report.warnings.isEmpty { throw ExitCodes.Ended(code: ExitCodes.refused) }
    }

    private func show(_ report: Verifier.Report, _ console: Console) {
        for fault in report.faults {
            console.result("\(fault.path): \(fault.what)")
            console.result { json in
                json.member("path", fault.path)
                json.member("fault", fault.what)
            }
        }
        for work in report.pending {
            console.result("\(work.path): \(work.what)")
            console.result { json in
                json.member("path", work.path)
                json.member("pending", work.what)
                json.member("count", work.count)
            }
        }
        for warning in report.warnings {
            // `--repair` has said them once, while it generated.
            if !repair || warning.path != "state/keyring" { console.note("warning: \(warning.path): \(warning.what)") }
            console.result { json in
                json.member("path", warning.path)
                json.member("warning", warning.what)
            }
        }
        console.result { json in
            json.member("outcome", report.faults.isEmpty ? "all good" : "faults")
            json.member("faults", report.faults.count)
            json.member("pending", report.pending.reduce(0) { $0 + $1.count })
            json.member("warnings", report.warnings.count)
            json.member("packages", report.packages)
            json.member("documents", report.documents)
            json.member("signatures", report.signatures)
            json.member("graced", report.graced)
        }
    }
}
