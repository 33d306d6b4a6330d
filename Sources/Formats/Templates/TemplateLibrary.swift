/// Templates that stand in one another, by their names.
package struct TemplateLibrary: Sendable {
    package var templates: [String: Template]

    package init(_ templates: [String: Template] = [:]) {
        self.templates = templates
    }

    /// The template filled with the value, or nil when there is none of that name.
    ///
    /// - Throws: a `TemplateFault` when templates stand in one another too deep or too often; one of them stands in itself then.
    package func render(_ name: String, _ value: TemplateValue) throws(TemplateFault) -> [UInt8]? {
        guard let template = templates[name] else { return nil }
        var renderer = TemplateRenderer(templates, value)
        try renderer.run(template, template.steps.indices)
        return renderer.output
    }
}

/// One rendering.
struct TemplateRenderer {
    /// Sections, partials, parents and blocks within one another.
    static let deepest = 256
    /// Partials and parents in one rendering: a template may stand in itself twice, so that depth alone bounds nothing.
    static let most = 1_000_000

    private let templates: [String: Template]
    /// The values of the sections around, the innermost last.
    private var values: [TemplateValue]
    /// What blocks are filled with: the outermost parent that defines one decides.
    private var definitions: [String: Definition] = [:]
    /// What each line begins with.
    private var indentation: [UInt8] = []
    private var depth = 0
    private var expansions = 0
    private(set) var output: [UInt8] = []

    private struct Definition {
        var template: Template
        var steps: Range<Int>
    }

    init(_ templates: [String: Template], _ value: TemplateValue) {
        self.templates = templates
        values = [value]
    }

    mutating func run(_ template: Template, _ steps: Range<Int>) throws(TemplateFault) {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else {
            throw TemplateFault(
                "templates stand in one another more than \(Self.deepest) deep", remedy: "look for one that stands in itself")
        }
        var index = steps.lowerBound
        while index < steps.upperBound {
            let inside = index + 1
            switch template.steps[index] {
            case .line:
                if output.isEmpty || output.last == UInt8(ascii: "\n") { output += indentation }
            case .text(let range):
                output += template.text[range]
            case .value(let path, let isEscaped):
                show(value(at: path), isEscaped: isEscaped)
            case .section(let path, let end):
                try section(of: value(at: path), template, inside..<end)
                index = end - 1
            case .inverted(let path, let end):
                switch value(at: path) {
                case nil, .bool(false), .list([]): try run(template, inside..<end)
                default: break
                }
                index = end - 1
            case .partial(let name, let blanks):
                try expand(name, blanks.map { template.text[$0] })
            case .parent(let name, let blanks, let end):
                let outer = definitions
                define(template, inside..<end)
                try expand(name, blanks.map { template.text[$0] })
                definitions = outer
                index = end - 1
            case .block(let name, let blanks, let end):
                let outer = indentation
                indentation += template.text[blanks]
                let definition = definitions[name] ?? Definition(template: template, steps: inside..<end)
                try run(definition.template, definition.steps)
                indentation = outer
                index = end - 1
            }
            index += 1
        }
    }

    private mutating func section(of value: TemplateValue?, _ template: Template, _ steps: Range<Int>) throws(TemplateFault) {
        switch value {
        case nil, .bool(false):
            break
        case .bool(true):
            try run(template, steps)
        case .list(let elements):
            for element in elements {
                values.append(element)
                try run(template, steps)
                values.removeLast()
            }
        case .some(let value):
            values.append(value)
            try run(template, steps)
            values.removeLast()
        }
    }

    private mutating func expand(_ name: String, _ blanks: ArraySlice<UInt8>?) throws(TemplateFault) {
        guard let template = templates[name] else { return }
        expansions += 1
        guard expansions <= Self.most else {
            throw TemplateFault(
                "templates stand in one another more than \(Self.most) times", remedy: "look for one that stands in itself")
        }
        let outer = indentation
        indentation = blanks.map { outer + $0 } ?? []
        try run(template, template.steps.indices)
        indentation = outer
    }

    /// Blocks that stand directly in a parent. Those of parents farther out come before them.
    private mutating func define(_ template: Template, _ steps: Range<Int>) {
        let outer = definitions
        var index = steps.lowerBound
        while index < steps.upperBound {
            guard case .block(let name, _, let end) = template.steps[index] else { return }
            definitions[name] = outer[name] ?? Definition(template: template, steps: index + 1..<end)
            index = end
        }
    }

    /// The first name is looked for from the innermost value outwards, the others only in what it names.
    private func value(at path: Template.Path) -> TemplateValue? {
        guard let first = path.first else { return values.last }
        for value in values.reversed() {
            guard case .dictionary(let named) = value, var found = named[first] else { continue }
            for name in path.dropFirst() {
                guard case .dictionary(let named) = found, let next = named[name] else { return nil }
                found = next
            }
            return found
        }
        return nil
    }

    /// Lists and dictionaries have no text.
    private mutating func show(_ value: TemplateValue?, isEscaped: Bool) {
        switch value {
        case .text(let text) where isEscaped: HTMLEscape.append(text, to: &output)
        case .text(let text): output += text.utf8
        case .bool(let isTrue): output += (isTrue ? "true" : "false").utf8
        default: break
        }
    }
}
