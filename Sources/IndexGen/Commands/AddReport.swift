internal import Formats

/// What `add` says of each file, and how many there were of which kind.
final class AddReport {
    private let console: Console
    private let ecosystems: Ecosystems
    private var progress: ProgressBar
    /// Named on the command line: these must be packages.
    private let named: Set<String>
    private let folders: [String: String]
    /// Folders of the command line in which no package was found so far, in their order.
    private var emptyFolders: [String]
    private let total: Int
    private(set) var taken = 0
    /// Of those, the files that were in already.
    private var unchanged = 0
    private var refused = 0
    /// Refusals of a place, said once for all files that would have gone there.
    private var saidPlaces: Set<String> = []
    /// The files that are still to be read.
    var rest: [String]
    /// Whether a package came in whose ecosystem publishes the site's address.
    private(set) var namesAddress = false

    init(_ finder: PackageFinder, site: Site, console: Console) {
        let found = finder.files
        self.console = console
        ecosystems = site.ecosystems
        // What was named is asked for, also where it must not come in.
        total = found.count + finder.own.count { $0.named }
        rest = found.map(\.path)
        progress = ProgressBar(total: found.count, console: console)
        named = Set(found.filter { $0.named }.map(\.path))
        folders = Dictionary(found.compactMap { file in file.folder.map { (file.path, $0) } }) { first, _ in first }
        emptyFolders = finder.folders
        for own in finder.own { passOver(own) }
    }

    var isFaulty: Bool { refused > 0 || !emptyFolders.isEmpty }

    // MARK: While files come in

    func tell(_ path: String, _ result: Result<(Outcome, Admission), any Error>) {
        // Lines for a file or a pipe leave the bar alone.
        if Console.isOnTerminal || Self.speaksUp(result) { progress.clear() }
        report(path, result)
        progress.advance()
    }

    /// A bundle that came in whole: a line for each thing that people have a name for, an object for each file.
    func tell(_ path: String, _ result: BundleOutcome) {
        if Console.isOnTerminal || !result.bundle.admissions.allSatisfy(\.record.warnings.isEmpty) { progress.clear() }
        isPackage(path)
        taken += 1
        let words = zip(result.bundle.admissions, result.outcomes).map { Self.word($1, $0) }
        if words.allSatisfy({ $0 == "unchanged" }) { unchanged += 1 }
        for (index, (admission, word)) in zip(result.bundle.admissions, words).enumerated() {
            let title = result.bundle.titles[index]
            say(
                word, path, admission,
                line: title.map { Self.line(word, "\(admission.owner)/\(admission.segment)/\($0)") })
        }
        progress.advance()
    }

    private static func word(_ outcome: Outcome, _ admission: Admission) -> String {
        switch outcome {
        case .added: admission.settlement.replaced == nil ? "added" : "replaced"
        case .returned: "returned"
        case .unchanged: admission.settlement.isMarked ? "marked" : "unchanged"
        case .refused: "refused"
        }
    }

    private static func line(_ word: String, _ place: String) -> String {
        "\(word) \(place)\(word == "unchanged" || word == "marked" ? " (the same bytes are there already)" : "")"
    }

    /// A file that was not opened: it looks as it did when it came in.
    func tellUnchanged(_ path: String, _ entry: SeenFiles.Entry) {
        isPackage(path)
        taken += 1
        unchanged += 1
        if console.level != .quiet {
            console.result("unchanged \(entry.place) (size, time and inode are those of the last time)")
        }
        console.result { json in
            json.member("source", path)
            json.member("outcome", "unchanged")
            json.member("trusted", "mtime")
            json.member("sha256", Hex.string(entry.sha256))
            json.member("size", entry.mark.size)
            json.member("path", entry.place)
        }
    }

    func note(_ line: String) {
        progress.clear()
        console.note(line)
    }

    /// Whether somebody at the terminal says yes.
    func ask(_ line: String) -> Bool {
        progress.clear()
        Console.flush()
        return Interruption.ending(farewell(isPublished: false)) {
            ["y", "yes"].contains(ASCII.lowered(Console.ask("\(line)\nmake it? [y/N]") ?? ""))
        }
    }

    // MARK: At the end

    func finish() {
        progress.clear()
        Console.flush()
        if Interruption.signal != nil { return }
        for folder in emptyFolders {
            Console.diagnose("\(PrintableText.of(folder)): no packages found in this folder")
            console.result { json in
                json.member("source", folder)
                json.member("outcome", "empty")
            }
        }
        if refused > 0 { console.note("\(Words.number(refused)) of \(Words.count(total, "file")) refused") }
    }

    func sayStopped(isPublished: Bool) {
        Console.wipeLine()
        farewell(isPublished: isPublished)()
    }

    /// What is in, what is not, and the next command.
    private func farewell(isPublished: Bool) -> @Sendable () -> Void {
        let (console, added, unchanged, total, refused) = (console, taken - unchanged, unchanged, total, refused)
        return {
            let faults =
                (unchanged > 0 ? ", \(Words.number(unchanged)) there already" : "")
                + (refused > 0 ? ", \(Words.number(refused)) refused" : "")
            Console.diagnose(
                added == 0
                    ? "stopped: none of \(Words.count(total, "file")) added\(faults); run the same command again"
                    : """
                    stopped: \(Words.number(added)) of \(Words.number(total)) added\(faults), not published yet; run the same command \
                    again, or: indexgen generate
                    """)
            console.result { json in
                json.member("outcome", "stopped")
                json.member("added", added)
                json.member("unchanged", unchanged)
                json.member("refused", refused)
                json.member("files", total)
                json.member("published", isPublished)
            }
        }
    }

    // MARK: Lines

    /// Whether something goes to standard error.
    private static func speaksUp(_ result: Result<(Outcome, Admission), any Error>) -> Bool {
        switch result {
        case .success((.refused, _)), .failure: true
        case .success((_, let admission)): !admission.record.warnings.isEmpty
        }
    }

    private func isPackage(_ path: String) {
        guard !emptyFolders.isEmpty, let folder = folders[path] else { return }
        emptyFolders.removeAll { $0 == folder }
    }

    private func report(_ path: String, _ result: Result<(Outcome, Admission), any Error>) {
        switch result {
        case .success((.refused(let refusal), _)): refuse(path, refusal)
        case .success((let outcome, let admission)): tell(Self.word(outcome, admission), path, admission)
        case .failure(let refusal as Refusal):
            // A stray README in a folder of packages is not a fault; a file named like a package, or named by hand, must be one.
            if refusal.cause == .unsupported, !named.contains(path), ecosystems.named(like: Files.name(of: path)) == nil {
                return skip(path)
            }
            refuse(path, refusal)
        case .failure(let error): refuse(path, error)
        }
    }

    private func skip(_ path: String) {
        console.note("\(PrintableText.of(path)): skipped, not a package")
        console.result { json in
            json.member("source", path)
            json.member("outcome", "skipped")
        }
    }

    /// A file inside the site: refused when it was named, left out when it was found.
    private func passOver(_ own: PackageFinder.Found) {
        let reason = "it is inside this site"
        if own.named { refused += 1 }
        Console.diagnose("\(PrintableText.of(own.path)): skipped, \(reason)")
        console.result { json in
            json.member("source", own.path)
            json.member("outcome", own.named ? "refused" : "skipped")
            if own.named { json.member("reason", reason) }
        }
    }

    /// The admission's public path.
    static func place(of admission: Admission) -> String { "\(admission.owner)/\(admission.segment)/\(admission.path)" }

    private func tell(_ outcome: String, _ path: String, _ admission: Admission) {
        isPackage(path)
        taken += 1
        if outcome == "unchanged" { unchanged += 1 }
        say(outcome, path, admission, line: Self.line(outcome, Self.place(of: admission)))
    }

    /// Warnings are said with `--quiet`, too: nobody else will tell the sender.
    private func say(_ outcome: String, _ path: String, _ admission: Admission, line: String?) {
        let warnings = admission.record.warnings
        for warning in warnings {
            Console.diagnose("warning: \(PrintableText.of(path)): \(PrintableText.of("\(warning)"))")
        }
        if ecosystems[admission.type]?.profile.namesAddress ?? false { namesAddress = true }
        let place = Self.place(of: admission)
        if let line, console.level != .quiet { console.result(line) }
        console.result { json in
            json.member("source", path)
            json.member("outcome", outcome)
            json.member("owner", admission.owner)
            json.member("type", admission.type)
            json.member("name", admission.record.name)
            json.member("version", admission.record.version)
            json.member("file", Files.name(of: place))
            json.member("sha256", Hex.string(admission.upload.digests.sha256))
            json.member("size", admission.upload.size)
            json.member("path", place)
            if warnings.isEmpty { return }
            json.key("warnings")
            json.beginArray()
            for warning in warnings { warning.write(about: path, to: &json) }
            json.endArray()
        }
    }

    private func refuse(_ path: String, _ error: any Error) {
        isPackage(path)
        refused += 1
        let refusal = error as? Refusal
        if refusal?.cause != .placement || saidPlaces.insert("\(error)").inserted || console.level == .verbose {
            Console.diagnose("\(PrintableText.of(path)): \(PrintableText.of("\(error)"))")
        }
        console.result { json in
            json.member("source", path)
            json.member("outcome", "refused")
            json.member("reason", "\(error)")
            guard let refusal else { return }
            json.member("cause", refusal.cause.rawValue)
            json.member("place", refusal.place)
            json.member("remedy", refusal.remedy)
        }
    }
}
