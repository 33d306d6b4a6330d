import Formats

/// The template filled with the value, with others beside it by their names.
func rendered(_ template: String, _ value: TemplateValue = [:], with partials: [String: String] = [:]) throws -> String {
    var library = TemplateLibrary()
    for (name, text) in partials { library.templates[name] = try Template(Array(text.utf8)) }
    library.templates[""] = try Template(Array(template.utf8))
    return String(decoding: try library.render("", value) ?? [], as: UTF8.self)
}
