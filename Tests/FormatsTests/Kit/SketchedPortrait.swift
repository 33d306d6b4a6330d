import Testing

@testable import Formats

/// A portrait as tests ask it.
struct SketchedPortrait {
    let portrait: Portrait

    /// - Throws: where there is none.
    init(_ portrait: Portrait?) throws { self.portrait = try #require(portrait) }

    /// `LABEL: VALUE`, in their order.
    var facts: [String] { portrait.facts.map { "\($0.label): \($0.value)" } }

    func link(_ label: String) -> String? { portrait.facts.first { $0.label == label }?.link }

    var sections: [String] { portrait.sections.map(\.id) }

    private func content(_ id: String) -> Portrait.Content? { portrait.sections.first { $0.id == id }?.content }

    var about: String? {
        guard case .prose(let text, .plain) = content("about") else { return nil }
        return String(decoding: text, as: UTF8.self)
    }

    /// `TITLE: ITEM, ITEM`, in their order.
    var dependencies: [String] {
        guard case .groups(let groups) = content("dependencies") else { return [] }
        return groups.map { "\($0.title): \($0.items.joined(separator: ", "))" }
    }

    var changelog: [Portrait.Entry] { if case .entries(let entries) = content("changelog") { entries } else { [] } }

    var contents: [String] { if case .paths(let paths) = content("contents") { paths } else { [] } }

    /// Headings and rows, cells with `|` between and their notes in brackets.
    func table(_ id: String) -> [String] {
        guard case .table(let table) = content(id) else { return [] }
        let rows = table.rows.map { row in row.map { $0.note.isEmpty ? $0.text : "\($0.text) [\($0.note)]" } }
        return ([table.headings.map(\.text)] + rows).map { $0.joined(separator: " | ") }
    }
}

/// The line for each client.
func lines(_ installations: [Installation]) -> [String] {
    installations.flatMap { installation in installation.lines.map { "\(installation.client): \($0)" } }
}

/// Whether keys ascend as strictly as these versions do.
func ascend(_ ecosystem: any Ecosystem, _ versions: [String]) -> Bool {
    let keys = versions.map(ecosystem.orderKey)
    return zip(keys, keys.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) }
}
