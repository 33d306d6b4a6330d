/// A template as it is compiled: Mustache (1.4, with the optional inheritance) without lambdas and without names that are values.
///
/// Tags: `{{name}}` escaped for HTML, `{{{name}}}` and `{{&name}}` as it is; sections `{{#name}}…{{/name}}` and inverted ones `{{^name}}…{{/name}}`;
/// names with dots, and `.` for the value itself; comments `{{! … }}`; partials `{{> name}}`; `{{< parent}}{{$block}}…{{/block}}{{/parent}}`;
/// other delimiters by `{{=<% %>=}}`. A name that there is no value for is rendered as nothing, as is a partial that there is no template for.
/// A tag that stands alone on its line takes the line with it, unless it is one that shows a value.
package struct Template: Sendable {
    /// Sections, blocks and parents within one another in one template.
    static let deepest = 64

    let text: [UInt8]
    let steps: [Step]

    /// - Parameter text: the template in UTF-8; a byte order mark is passed over.
    /// - Throws: a `TemplateFault` with line and column.
    package init(_ text: [UInt8]) throws(TemplateFault) {
        if let fault = UTF8Fault.first(in: text.span) {
            throw TemplateFault("it is not UTF-8", at: fault.offset, in: text, remedy: "save it as UTF-8")
        }
        var parser = TemplateParser(text)
        steps = try parser.parsed()
        self.text = text
    }

    /// The program: what is inside of a section, a parent or a block follows its step, and ends before the step `end`. Ranges are of `text`.
    enum Step: Sendable {
        /// A line of the template begins, and is not left out: where what surrounds the template is indented, it is here.
        case line
        case text(Range<Int>)
        case value(Path, isEscaped: Bool)
        case section(Path, end: Int)
        case inverted(Path, end: Int)
        /// `indentation` is nil when it stands within a line: then its lines are not indented.
        case partial(String, indentation: Range<Int>?)
        /// What is inside are blocks, each the definition of one.
        case parent(String, indentation: Range<Int>?, end: Int)
        /// A place that a definition of that name fills; what is inside is what it holds otherwise.
        case block(String, indentation: Range<Int>, end: Int)
    }

    /// Names with dots between them; `.` alone has none.
    typealias Path = [String]
}

/// Why a template cannot be used.
package struct TemplateFault: Error, Equatable, CustomStringConvertible {
    /// Begins with the place: `line 3, column 14: `, both from 1; columns count bytes. Without one where it came up in rendering.
    package var what: String
    package var remedy: String

    init(_ what: String, remedy: String) {
        self.what = what
        self.remedy = remedy
    }

    init(_ what: String, at offset: Int, in text: [UInt8], remedy: String) {
        self.init("\(XMLEncoding.place(of: offset, in: text.span)): \(what)", remedy: remedy)
    }

    package var description: String { "\(what); \(remedy)" }
}
