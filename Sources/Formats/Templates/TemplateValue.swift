/// What a template is filled with. Written as literals: `["owner": "acme", "signed": true, "scopes": []]`.
package enum TemplateValue: Sendable, Equatable {
    /// Escaped where a tag does not ask for it as it is. A section of a text is rendered once, even of an empty one.
    case text(String)
    /// A section of `true` is rendered once, one of `false` not at all.
    case bool(Bool)
    /// A section of a list is rendered for each element.
    case list([TemplateValue])
    /// A section of a dictionary is rendered once, and finds its names there first.
    case dictionary([String: TemplateValue])
}

extension TemplateValue: ExpressibleByStringInterpolation {
    package init(stringLiteral text: String) { self = .text(text) }
}

extension TemplateValue: ExpressibleByBooleanLiteral {
    package init(booleanLiteral isTrue: Bool) { self = .bool(isTrue) }
}

extension TemplateValue: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: TemplateValue...) { self = .list(elements) }
}

extension TemplateValue: ExpressibleByDictionaryLiteral {
    /// Of values of the same name the last one holds.
    package init(dictionaryLiteral elements: (String, TemplateValue)...) {
        self = .dictionary(Dictionary(elements) { _, last in last })
    }
}
