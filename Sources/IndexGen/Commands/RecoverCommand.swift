internal import ArgumentParser
internal import Formats

struct RecoverCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "Take packages in again that the catalog does not know, as after restoring an older one.",
        discussion: """
            indexgen recover --dry-run
            indexgen recover
            indexgen recover --owner acme --group el9 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
            indexgen recover --forget

            Packages in the public tree come in where they lie. Of a blob that has no public name its owner must say where it belongs; each
            is listed by its SHA-256. Once nothing is left, or with --forget, the catalog counts as complete again, and prune works.
            """)

    @ParentCommand var root: Indexgen
    @OptionGroup var here: CommonOptions

    @Flag(help: "Say what is there, and change nothing.")
    var dryRun = false

    @Flag(help: "Let the rest go: the next prune deletes it.")
    var forget = false

    @Option(help: "Whose the named blobs are.")
    var owner: String?

    @Option(help: "Their type; found from the content when left out.")
    var type: String?

    @OptionGroup var place: CoordinateOptions

    @Option(help: "The name that the file had; PyPI needs it. For one blob.")
    var filename: String?

    @Argument(help: ArgumentHelp("Blobs without a public name that come in with these options.", valueName: "sha256"))
    var blobs: [String] = []

    func run() throws {
        let site = try openSite()
        let catalog = try site.openCatalog()
        let wasAhead = try catalog.ahead() != nil
        let recovery = Recovery(site: site, catalog: catalog, author: author)
        var refused = 0
        for found in try take(recovery) where !found { refused += 1 }
        if !dryRun { for taken in try takeNamed(recovery, site, catalog) where !taken { refused += 1 } }
        var left = try recovery.loose()
        if dryRun {
            // These would be in by now.
            let placed = Set(try recovery.published().map(\.admission.upload.digests.sha256))
            left.removeAll { placed.contains($0.sha256) }
        }
        for blob in left { say(blob) }
        if !dryRun, forget, !left.isEmpty {
            try catalog.doom(left.map(\.sha256))
            console.note("\(left.count) blobs are let go; delete them with: indexgen prune")
            left = []
        }
        // The tree shows the newer state: all of it is looked at.
        if !dryRun { _ = try generate(site, catalog, everything: wasAhead) }
        if !dryRun, left.isEmpty, refused == 0 {
            // What is public by now and still unknown is not named by any document any more.
            try catalog.retire(unknown: recovery.strayDocuments())
            try catalog.settle()
        }
        try catalog.close()
        console.result { json in
            json.member("outcome", dryRun ? "looked" : "done")
            json.member("refused", refused)
            json.member("unplaced", left.count)
        }
        if refused > 0 || !left.isEmpty {
            if !left.isEmpty {
                console.note(
                    "\(left.count) blobs wait for a word: take them in with --owner (and \((CoordinateOptions.names + ["filename"]).map { "--\($0)" }.joined(separator: ", "))) SHA256, or let them go with --forget"
                )
            }
            throw ExitCodes.Ended(code: ExitCodes.refused)
        }
    }

    /// For each package that its public path places, whether it is in.
    private func take(_ recovery: Recovery) throws -> [Bool] {
        let found = try recovery.published()
        if dryRun {
            for one in found { say("would recover", one.path, one.admission) }
            return []
        }
        return zip(found, try recovery.take(found)).map { one, outcome in report(outcome, one.path, one.admission) }
    }

    private func takeNamed(_ recovery: Recovery, _ site: Site, _ catalog: Catalog) throws -> [Bool] {
        if blobs.isEmpty { return [] }
        let owner = owner ?? site.settings.owner
        try site.settings.checkOwner(owner)
        if let type, site.ecosystems[type] == nil { throw UnknownType(type: type, known: site.ecosystems.names) }
        guard filename == nil || blobs.count == 1 else { throw UsageError(description: "--filename is for one blob") }
        let intake = Intake(
            site: site, catalog: catalog, owner: owner, type: type, coordinates: try place.coordinates(), link: true,
            author: author
        )
        return try blobs.map { text in
            guard let sha256 = Hex.bytes(text.utf8), sha256.count == 32, try site.blobs.status(of: sha256) != nil else {
                throw UsageError(
                    description: "there is no blob \(text); name one by its SHA-256 (see: indexgen recover --dry-run)")
            }
            do {
                let (outcome, admission) = try recovery.take(sha256, filename: filename, by: intake)
                return report(outcome, text, admission)
            } catch let refusal as Refusal {
                Console.diagnose("\(text): \(PrintableText.of("\(refusal)"))")
                return false
            }
        }
    }

    private func report(_ outcome: Outcome, _ source: String, _ admission: Admission) -> Bool {
        if case .refused(let refusal) = outcome {
            Console.diagnose("\(PrintableText.of(source)): \(PrintableText.of("\(refusal)"))")
            return false
        }
        say("recovered", source, admission)
        return true
    }

    private func say(_ word: String, _ source: String, _ admission: Admission) {
        let place = "\(admission.owner)/\(admission.segment)/\(admission.placement.path.text)"
        console.result("\(word) \(place)")
        console.result { json in
            json.member("outcome", word)
            json.member("source", source)
            json.member("path", place)
            json.member("sha256", Hex.string(admission.upload.digests.sha256))
        }
    }

    private func say(_ blob: Recovery.Loose) {
        let sha256 = Hex.string(blob.sha256)
        let words = blob.package.map { "\($0.type) \($0.name) \($0.version)" } ?? "of no type that is known by content alone"
        console.result("unplaced \(sha256) \(PrintableText.of(words))")
        console.result { json in
            json.member("outcome", "unplaced")
            json.member("sha256", sha256)
            guard let package = blob.package else { return }
            json.member("type", package.type)
            json.member("name", package.name)
            json.member("version", package.version)
        }
    }
}
