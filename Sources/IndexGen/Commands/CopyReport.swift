internal import Formats

/// What `copy` says of each file.
final class CopyReport {
    private let console: Console
    private let catalog: Catalog
    private let isRehearsal: Bool
    private(set) var isChange = false
    private(set) var isFaulty = false
    /// Places that were named as new ones.
    private var said: Set<String> = []

    init(console: Console, catalog: Catalog, isRehearsal: Bool) {
        self.console = console
        self.catalog = catalog
        self.isRehearsal = isRehearsal
    }

    /// Names the places that are not there yet. They were asked for, so nobody has to confirm them.
    func announce(_ consignment: Consignment) throws {
        for item in consignment.items where !item.isRequired {
            let place = PackagePlace(of: item.admission)
            guard said.insert(place.shown).inserted, let gap = try place.gap(in: catalog),
                said.insert("\(gap.inside) \(gap.name) \(gap.value)").inserted
            else { continue }
            console.note("new: \(place.shown)")
        }
    }

    func tell(_ consignment: Consignment, _ result: ConsignmentOutcome) {
        switch result.outcome {
        case .taken(let outcomes):
            for (item, outcome) in zip(consignment.items, outcomes) {
                say(item, outcome, besides: item.isRequired ? 0 : Self.requirements(of: item, in: consignment))
            }
            for mark in result.marked { say(mark, consignment.items[mark.item].admission) }
        case .refused(let refusals):
            for (admission, refusal) in refusals { refuse(admission.source, refusal) }
        // Only whoever came with a token can lose it.
        case .lost(let lost): refuse(consignment.items.first?.original.file.path ?? "", lost)
        }
    }

    /// How many files one is of no use without, with those that these require.
    private static func requirements(of item: Consignment.Item, in consignment: Consignment) -> Int {
        if item.admission.placement.requirements.isEmpty { return 0 }
        let paths = consignment.items.map { ($0.admission.placement.path, $0.admission.placement.requirements.map(\.path)) }
        let requirements = Dictionary(paths) { first, _ in first }
        var found: Set<PublicPath> = [], open = item.admission.placement.requirements.map(\.path)
        while let path = open.popLast() {
            if found.insert(path).inserted { open += requirements[path] ?? [] }
        }
        return found.count
    }

    func refuse(_ source: String, _ error: any Error) {
        isFaulty = true
        Console.diagnose("\(PrintableText.of(source)): \(PrintableText.of("\(error)"))")
        console.result { json in
            json.member("outcome", "refused")
            json.member("source", source)
            json.member("reason", "\(error)")
            guard let refusal = error as? Refusal else { return }
            json.member("cause", refusal.cause.rawValue)
            json.member("place", refusal.place)
            json.member("remedy", refusal.remedy)
        }
    }

    private func say(_ item: Consignment.Item, _ outcome: Outcome, besides required: Int) {
        let admission = item.admission, source = item.original.file.path
        let place = AddReport.place(of: admission)
        var word = isRehearsal ? "would copy" : "copied"
        if case .unchanged = outcome { word = "unchanged" } else { isChange = true }
        // What others require is theirs.
        if !item.isRequired, console.level != .quiet {
            var line = "\(word) \(place)"
            if case .unchanged = outcome { line += " (the same bytes are there already)" } else { line += " from \(source)" }
            if required > 0 { line += ", with \(Words.count(required, "file")) that it requires" }
            console.result(line)
        }
        for warning in admission.record.warnings where !item.isRequired {
            Console.diagnose("warning: \(PrintableText.of(source)): \(PrintableText.of("\(warning)"))")
        }
        console.result { json in
            json.member("outcome", word)
            json.member("source", source)
            json.member("owner", admission.owner)
            json.member("type", admission.type)
            json.member("name", admission.record.name)
            json.member("version", admission.record.version)
            json.member("file", Files.name(of: place))
            json.member("sha256", Hex.string(admission.upload.digests.sha256))
            json.member("size", admission.upload.size)
            json.member("path", place)
        }
    }

    private func say(_ mark: Consignment.Mark, _ admission: Admission) {
        isChange = true
        let word = isRehearsal ? "would mark" : "marked"
        let place = AddReport.place(of: admission)
        if console.level != .quiet {
            let words = [mark.kind.name, mark.key, mark.value].filter { !$0.isEmpty }.joined(separator: " ")
            console.result("\(word) \(place): \(PrintableText.of(words))")
        }
        console.result { json in
            json.member("outcome", word)
            json.member("owner", admission.owner)
            json.member("type", admission.type)
            json.member("name", admission.record.name)
            json.member("version", admission.record.version)
            json.member("path", place)
            json.member("mark", mark.kind.name)
            if !mark.key.isEmpty { json.member("key", mark.key) }
            json.member("value", mark.value)
        }
    }
}
