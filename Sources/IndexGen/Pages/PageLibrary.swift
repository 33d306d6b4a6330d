internal import Formats
internal import Synchronization
internal import Templates

/// The templates of the pages for people: one for each ecosystem, `site` for the front page, and `layout` around them.
struct PageLibrary {
    /// Those that stand in place of compiled ones.
    private let own: [String: Template]

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
        var own: [String: Template] = [:]
        for name in try Files.names(in: folder) where name.hasSuffix(Self.ending) {
            let text = try Files.read(Files.join(folder, name))
            do throws(TemplateFault) {
                own[String(name.dropLast(Self.ending.count))] = try Template(text)
            } catch {
                throw PublishingError(
                    what: "the template \(folder)/\(name) does not parse: \(error.what)",
                    remedy: "\(error.remedy), or unset INDEXGEN_TEMPLATES")
            }
        }
        self.own = own
    }

    /// Of the texts of the templates that stand in place of compiled ones; empty where there are none.
    static func digestOfOwn(environment: [String: String]) throws -> [UInt8] {
        guard let folder = environment["INDEXGEN_TEMPLATES"], !folder.isEmpty else { return [] }
        var digest = SHA256()
        for name in try Files.names(in: folder).sorted() where name.hasSuffix(ending) {
            let text = try Array(name.utf8) + [0] + Files.read(Files.join(folder, name))
            text.withUnsafeBytes { digest.update($0) }
        }
        return digest.finish()
    }

    private static let ending = ".mustache"

    /// Parsed when they are first needed, which for most types is never.
    private static let compiled = Mutex<[String: Template]>([:])

    private static func compiled(_ name: String) -> Template? {
        compiled.withLock { known in
            if let template = known[name] { return template }
            guard let text = PageTemplates.all[name] else { return nil }
            do {
                let template = try Template(text)
                known[name] = template
                return template
            } catch {
                preconditionFailure("the template \(name) that was compiled in does not parse: \(error)")
            }
        }
    }

    /// The page, or nil when there is no template of that name.
    ///
    /// - Throws: `PublishingError` when templates of one's own stand in one another without end.
    func render(_ name: String, _ values: TemplateValue) throws -> [UInt8]? {
        var templates = own
        // Ours stand in the layout; an owner's may stand in any of them.
        for needed in own.isEmpty ? [name, "layout", "crumbs"] : Array(PageTemplates.all.keys) where templates[needed] == nil {
            templates[needed] = Self.compiled(needed)
        }
        do throws(TemplateFault) {
            return try TemplateLibrary(templates).render(name, values)
        } catch {
            throw PublishingError(
                what: "the template \(name)\(Self.ending) cannot be filled: \(error.what)",
                remedy: "\(error.remedy), or unset INDEXGEN_TEMPLATES")
        }
    }
}
