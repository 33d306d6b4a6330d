/// What a page says of a package, by its package.json in the form in which npm's registry has it.
enum NPMPortrait {
    /// Dependencies and other entries of lists, characters of a fact.
    private static let mostDependencies = 500
    private static let mostEntries = 30
    private static let longestFact = 400

    static func portrait(of facts: NPMFacts.Package, readme: (filename: String, text: String)?) -> Portrait {
        let package = DataValue.object(facts.members)
        var portrait = Portrait(facts: self.facts(of: package))
        let files = PageWords.count(Int64(facts.fileCount), "file", "files")
        portrait.facts.append(.init("Unpacked", "\(PageWords.size(Int64(facts.unpackedSize))), \(files)"))
        if let readme { portrait.sections.append(.readme([UInt8](readme.text), markup(of: readme.filename))) }
        let groups = groups(of: package)
        if !groups.isEmpty { portrait.sections.append(.dependencies(groups)) }
        return portrait
    }

    private static func facts(of package: DataValue) -> [Portrait.Fact] {
        var facts: [Portrait.Fact] = []
        func add(_ label: String, _ value: String?, link: String? = nil) {
            guard let value, !value.isEmpty else { return }
            let shown = String(String.UnicodeScalarView(value.unicodeScalars.prefix(longestFact)))
            facts.append(.init(label, shown, link: link))
        }
        add("Licence", licence(package))
        let engines = (package["engines"]?.object ?? []).prefix(mostEntries)
        for engine in engines where engine.name == "node" { add("Node", node(engine.value.string ?? "")) }
        let others: [String] = engines.compactMap { engine in
            guard engine.name != "node", let range = engine.value.string else { return nil }
            return range == "*" ? engine.name : "\(engine.name) \(range)"
        }
        add("Engines", joined(others))
        add("Module", kind(of: package))
        add("Commands", package["bin"]?.object?.prefix(mostEntries).map(\.name).joined(separator: ", "))
        for system in ["os", "cpu", "libc"] {
            let texts = package[system]?.array?.compactMap(\.string) ?? [package[system]?.string ?? ""]
            add(system == "os" ? "Systems" : system == "cpu" ? "Processors" : "C library", joined(texts))
        }
        if let author = package["author"] { add("Author", name(of: author), link: mail(of: author)) }
        add("Maintainers", joined((package["maintainers"]?.array ?? []).compactMap(name(of:))))
        if let home = package["homepage"]?.string { add("Homepage", home, link: home) }
        if let address = package["repository"]?["url"]?.string {
            let (shown, link) = repository(address)
            add("Sources", shown, link: link)
        }
        if let address = package["bugs"]?["url"]?.string {
            add("Issues", address, link: address)
        } else if let address = package["bugs"]?["email"]?.string {
            add("Issues", address, link: "mailto:\(address)")
        }
        add("Keywords", joined((package["keywords"]?.array ?? []).compactMap(\.string)))
        return facts
    }

    private static func joined(_ texts: [String]) -> String {
        texts.prefix(mostEntries).filter { !$0.isEmpty }.joined(separator: ", ")
    }

    /// An expression; or what old packages have: an object, or a list of them.
    private static func licence(_ package: DataValue) -> String {
        func name(_ value: DataValue) -> String? { value.string ?? value["type"]?.string ?? value["name"]?.string }
        if let license = package["license"], let name = name(license) { return name }
        return joined((package["licenses"]?.array ?? []).compactMap(name))
    }

    /// `20 and later` for `>=20`; what says more stays as it is.
    private static func node(_ range: String) -> String {
        let number = range.utf8.dropFirst(2).drop { $0 == 32 }
        guard range.utf8.starts(with: ">=".utf8), !number.isEmpty,
            number.allSatisfy({ ASCII.isDigit($0) || $0 == UInt8(ascii: ".") })
        else { return range }
        return "\(Substring(number)) and later"
    }

    /// How it is imported, where package.json says anything of it.
    private static func kind(of package: DataValue) -> String {
        var words: [String] = []
        if package["type"]?.string == "module" {
            words.append("ES modules")
        } else if package["module"]?.string != nil {
            words += ["CommonJS", "ES modules"]
        } else if package["main"] != nil || package["exports"] != nil {
            words.append("CommonJS")
        }
        if package["types"]?.string != nil || package["typings"]?.string != nil { words.append("types") }
        return words.joined(separator: ", ")
    }

    private static func name(of person: DataValue) -> String? { person["name"]?.string ?? person["email"]?.string }

    private static func mail(of person: DataValue) -> String? {
        person["url"]?.string ?? person["email"]?.string.map { "mailto:\($0)" }
    }

    /// Addresses of git as those of the pages that hosts have there; others are no links.
    private static func repository(_ address: String) -> (shown: String, link: String?) {
        var text = Array(address.utf8)[...]
        if text.starts(with: "git+".utf8) { text = text.dropFirst(4) }
        if text.suffix(4).elementsEqual(".git".utf8) { text = text.dropLast(4) }
        let shown = String(decoding: text, as: UTF8.self)
        for scheme in ["git://", "ssh://git@", "git@"] where text.starts(with: scheme.utf8) {
            let rest = text.dropFirst(scheme.utf8.count)
            for host in ["github.com", "gitlab.com", "bitbucket.org", "codeberg.org"] where rest.starts(with: host.utf8) {
                // `git@HOST:PATH`, otherwise with a slash.
                let path = rest.dropFirst(host.utf8.count)
                guard path.first == UInt8(ascii: "/") || path.first == UInt8(ascii: ":") else { continue }
                let page = "https://\(host)/\(String(decoding: path.dropFirst(), as: UTF8.self))"
                return (page, page)
            }
        }
        return (shown, shown)
    }

    /// npm takes a readme without an ending for Markdown.
    private static func markup(of filename: String) -> Portrait.Markup {
        let name = ASCII.lowered(filename)
        return name.hasSuffix(".rst") ? .restructuredText : name.hasSuffix(".txt") ? .plain : .markdown
    }

    // MARK: - Dependencies

    private static let kinds = [
        ("dependencies", "Always"), ("optionalDependencies", "Optional"), ("peerDependencies", "Peer"),
        ("devDependencies", "Development"),
    ]

    private static func groups(of package: DataValue) -> [Portrait.Group] {
        var groups: [Portrait.Group] = []
        var left = mostDependencies
        for (key, title) in kinds {
            let members = (package[key]?.object ?? []).prefix(left)
            let isPeer = key == "peerDependencies"
            var optional: Set<String> = []
            if isPeer {
                for member in (package["peerDependenciesMeta"]?.object ?? []) where member.value["optional"]?.bool == true {
                    optional.insert(member.name)
                }
            }
            var items: [String] = []
            for member in members {
                guard let range = member.value.string else { continue }
                let isOptional = isPeer && optional.contains(member.name)
                items.append("\(member.name) \(range)\(isOptional ? ", optional" : "")")
            }
            left -= items.count
            if !items.isEmpty { groups.append(.init(title, items)) }
        }
        let bundled = (package["bundleDependencies"]?.array ?? []).prefix(left).compactMap(\.string)
        if !bundled.isEmpty { groups.append(.init("In the package", bundled)) }
        return groups
    }
}
