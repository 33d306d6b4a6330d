internal import Formats
internal import Mustache
internal import Templates

/// The templates of the pages for people: one for each ecosystem, `site` for the front page, and `layout` around them.
struct PageLibrary {
    private let library: MustacheLibrary

    /// Those that are compiled in. Where `$INDEXGEN_TEMPLATES` names a folder, each `NAME.mustache` in it stands in place of the one of
    /// that name.
    /// - Throws: `PublishingError` when the folder is not there, or one of its templates does not parse.
    init(environment: [String: String]) throws {
        guard let folder = environment["INDEXGEN_TEMPLATES"], !folder.isEmpty else {
            library = Self.compiled
            return
        }
        guard try FileStatus.followed(folder)?.kind == .folder else {
            throw PublishingError(
                what: "INDEXGEN_TEMPLATES names \(folder), which is not a folder", remedy: "correct it, or unset it")
        }
        var library = Self.compiled
        for name in try Files.names(in: folder) where name.hasSuffix(Self.ending) {
            let text = String(decoding: try Files.read(Files.join(folder, name)), as: UTF8.self)
            do {
                try library.register(text, named: String(name.dropLast(Self.ending.count)))
            } catch {
                throw PublishingError(
                    what: "the template \(folder)/\(name) does not parse (\(error))",
                    remedy: "mend it, or unset INDEXGEN_TEMPLATES")
            }
        }
        self.library = library
    }

    private static let ending = ".mustache"

    private static let compiled = MustacheLibrary(
        templates: Dictionary(
            uniqueKeysWithValues: PageTemplates.all.map { name, text in
                do {
                    return (name, try MustacheTemplate(string: String(decoding: text, as: UTF8.self)))
                } catch {
                    preconditionFailure("the template \(name) that was compiled in does not parse: \(error)")
                }
            }))

    /// The page, or nil when there is no template of that name.
    func render(_ name: String, _ values: [String: Any]) -> [UInt8]? {
        library.render(values, withTemplate: name).map { [UInt8]($0) }
    }
}
