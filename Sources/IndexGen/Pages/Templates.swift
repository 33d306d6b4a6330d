internal import Formats
internal import Foundation
internal import Mustache

/// The templates of the pages for people: `templates/ID.mustache` for each ecosystem, `site.mustache`, and `layout.mustache` around them.
struct Templates {
    private let library: MustacheLibrary

    /// Finds the templates: `$INDEXGEN_TEMPLATES`, then beside the program (where `swift build` puts them), then `../share/indexgen`.
    /// Nil when they are nowhere: a site works without its pages for people.
    static func find(environment: [String: String]) throws -> Templates? {
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path
        let places = [
            environment["INDEXGEN_TEMPLATES"], "\(program)/indexgen_Templates.resources/pages",
            "\(program)/../share/indexgen/templates",
        ]
        for place in places.compactMap(\.self) where try FileStatus.followed("\(place)/site.mustache") != nil {
            return try Templates(folder: place)
        }
        return nil
    }

    private init(folder: String) throws {
        var templates: [String: MustacheTemplate] = [:]
        for name in try Files.names(in: folder) where name.hasSuffix(".mustache") {
            let text = String(decoding: try Files.read(Files.join(folder, name)), as: UTF8.self)
            do {
                templates[String(name.dropLast(".mustache".count))] = try MustacheTemplate(string: text)
            } catch {
                throw PublishingError(
                    what: "the template \(folder)/\(name) does not parse (\(error))",
                    remedy: "mend it, or unset INDEXGEN_TEMPLATES")
            }
        }
        library = MustacheLibrary(templates: templates)
    }

    /// The page, or nil when there is no template of that name.
    func render(_ name: String, _ values: [String: Any]) -> [UInt8]? {
        library.render(values, withTemplate: name).map { [UInt8]($0) }
    }
}
