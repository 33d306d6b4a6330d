internal import Formats

/// A template that was rendered once with holes in it, for pages that are made by the thousand.
struct PageFrame {
    private enum Part {
        case text(ArraySlice<UInt8>)
        case hole(String)
    }

    private let parts: [Part]

    /// - Parameter holes: names of values that each page has of its own.
    /// - Returns: nil when there is no template of that name.
    init?(_ template: String, _ values: [String: TemplateValue], holes: [String], in templates: PageLibrary) throws {
        var values = values
        // No text of a template has these bytes, and nothing escapes them.
        for hole in holes { values[hole] = .text("\u{1}\(hole)\u{2}") }
        guard let page = try templates.render(template, .dictionary(values)) else { return nil }
        var parts: [Part] = []
        var rest = page[...]
        while let start = rest.firstIndex(of: 1), let end = rest[start...].firstIndex(of: 2) {
            parts.append(.text(rest[..<start]))
            parts.append(.hole(String(decoding: rest[rest.index(after: start)..<end], as: UTF8.self)))
            rest = rest[rest.index(after: end)...]
        }
        parts.append(.text(rest))
        self.parts = parts
    }

    /// The page with these in its holes, as they are: whoever made them has escaped them.
    func page(_ fillings: [String: [UInt8]]) -> [UInt8] {
        var page: [UInt8] = []
        page.reserveCapacity(fillings.reduce(4_096) { $0 + $1.value.count })
        for part in parts {
            switch part {
            case .text(let text): page += text
            case .hole(let name): page += fillings[name] ?? []
            }
        }
        return page
    }
}
