internal import Formats
internal import Mustache
internal import Synchronization
internal import Templates

/// The templates of the pages for people: one for each ecosystem, `site` for the front page, and `layout` around them.
struct PageLibrary {
    /// Those that stand in place of compiled ones.
    private let own: [String: MustacheTemplate]

    /// Those that are compiled in. Where `$INDEXGEN_TEMPLATES` names a folder, each `NAME.mustache` in it stands in place of the one of
    /// that name.
    /// - Throws: `PublishingError` when the folder is not there, or one of its templates does not parse.
    init(environment: [String: String]) throws {
        guard let folder = environment["INDEXGEN_TEMPLATES"], !folder.isEmpty else {
            own = [:]
            return
        }
        guard try FileStatus.followed(folder)?.kind == .folder else {
            throw PublishingError(
                what: "INDEXGEN_TEMPLATES names \(folder), which is not a folder", remedy: "correct it, or unset it")
        }
        var own: [String: MustacheTemplate] = [:]
        for name in try Files.names(in: folder) where name.hasSuffix(Self.ending) {
            let text = String(decoding: try Files.read(Files.join(folder, name)), as: UTF8.self)
            do {
                own[String(name.dropLast(Self.ending.count))] = try MustacheTemplate(string: text)
            } catch {
                throw PublishingError(
                    what: "the template \(folder)/\(name) does not parse (\(error))",
                    remedy: "mend it, or unset INDEXGEN_TEMPLATES")
            }
        }
        self.own = own
    }

    private static let ending = ".mustache"

    /// Parsed when they are first needed, which for most types is never.
    private static let compiled = Mutex<[String: MustacheTemplate]>([:])

    private static func compiled(_ name: String) -> MustacheTemplate? {
        compiled.withLock { known in
            if let template = known[name] { return template }
            guard let text = PageTemplates.all[name] else { return nil }
            do {
                let template = try MustacheTemplate(string: String(decoding: text, as: UTF8.self))
                known[name] = template
                return template
            } catch {
                preconditionFailure("the template \(name) that was compiled in does not parse: \(error)")
            }
        }
    }

    /// The page, or nil when there is no template of that name.
    func render(_ name: String, _ values: [String: Any]) -> [UInt8]? {
        var templates = own
        // Ours stand in the layout; an owner's may stand in any of them.
        for needed in own.isEmpty ? [name, "layout", "crumbs"] : Array(PageTemplates.all.keys) where templates[needed] == nil {
            templates[needed] = Self.compiled(needed)
        }
        return MustacheLibrary(templates: templates).render(values, withTemplate: name).map { [UInt8]($0) }
    }
}
