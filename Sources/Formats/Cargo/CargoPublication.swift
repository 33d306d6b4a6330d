/// What cargo says of a crate when it publishes it, held against the crate (the Cargo Book, "Registry Web API").
///
/// Cargo and the crate say the same, since cargo makes both from one manifest. Only the crate is believed; a request that says
/// something else comes from somebody else, or from a tool whose mistake nobody would notice otherwise.
enum CargoPublication {
    /// The frames of the request's body.
    static let frames = [
        Frame(name: metadata, isFile: false, limit: 4 << 20), Frame(name: "crate", isFile: true, limit: Int(Int32.max)),
    ]
    static let metadata = "metadata"

    private static let subject = "the publish request"

    static func check(_ form: Form, of release: CargoRelease) throws(Refusal) {
        guard let text = try form.value(metadata) else {
            throw refusal(.malformed, "\(subject) says nothing of the crate", "metadata", remedy: "publish with cargo")
        }
        let value = try JSONReader.read([UInt8](text).span, of: subject, within: Budget())
        guard value.object != nil else { throw refusal(.malformed, "\(subject) is not an object", "metadata") }
        try check(value, "name", is: release.name)
        try check(value, "vers", is: release.version)
        if let links = try self.text(value, "links", at: "links"), links != release.links {
            throw contradiction("links", links, release.links ?? "nothing", at: "links")
        } else if let links = release.links, value["links"].map(\.isNull) ?? true {
            throw contradiction("links", "nothing", links, at: "links")
        }
        try checkDependencies(value, of: release)
        try checkFeatures(value, of: release)
    }

    private static func check(_ value: DataValue, _ key: String, is right: String) throws(Refusal) {
        guard let text = try text(value, key, at: key) else { throw refusal(.malformed, "\(subject) has no '\(key)'", key) }
        guard NameIndex.areEqual(text, right) else {
            throw contradiction(key == "vers" ? "version" : key, text, right, at: key)
        }
    }

    // MARK: Dependencies

    private static func checkDependencies(_ value: DataValue, of release: CargoRelease) throws(Refusal) {
        var claimed: [String] = []
        for (index, element) in try elements(value, "deps", at: "deps").enumerated() {
            claimed.append(summary(of: try dependency(element, at: "deps[\(index)]")))
        }
        let right = release.dependencies.map(summary).sorted()
        claimed.sort()
        guard claimed != right else { return }
        let only = (claimed: Set(claimed).subtracting(right).min(), right: Set(right).subtracting(claimed).min())
        switch only {
        case (let text?, let other?):
            throw contradiction("dependency", text, other, at: "deps")
        case (let text?, nil):
            throw refusal(
                .ambiguous, "\(subject) has the dependency \(CargoManifest.shown(text)), and the crate's Cargo.toml has not",
                "deps")
        case (nil, let text?):
            throw refusal(
                .ambiguous, "the crate's Cargo.toml has the dependency \(CargoManifest.shown(text)), and \(subject) has not",
                "deps")
        case (nil, nil):
            throw refusal(.ambiguous, "\(subject) has a dependency more often or less often than the crate's Cargo.toml", "deps")
        }
    }

    private static func dependency(_ value: DataValue, at place: String) throws(Refusal) -> CargoDependency {
        guard value.object != nil else { throw refusal(.malformed, "a dependency is not an object", place) }
        guard let name = try text(value, "name", at: place) else { throw refusal(.malformed, "a dependency has no name", place) }
        guard let requirement = try text(value, "version_req", at: place) else {
            throw refusal(.malformed, "the dependency '\(CargoManifest.shown(name))' has no version_req", place)
        }
        var dependency = CargoDependency(name: name, requirement: requirement)
        do { dependency.requirement = try CargoRequirement.canonical(requirement) } catch {
            throw refusal(
                .malformed, "the requirement '\(CargoManifest.shown(requirement))' is not one that cargo can read: \(error.what)",
                "\(place).version_req")
        }
        if let alias = try text(value, "explicit_name_in_toml", at: place), !NameIndex.areEqual(alias, name) {
            dependency.package = name
            dependency.name = alias
        }
        let word = try text(value, "kind", at: place) ?? "normal"
        guard let kind = CargoDependency.Kind.allCases.first(where: { $0.word == word }) else {
            throw refusal(.malformed, "'\(CargoManifest.shown(word))' is not a kind of dependency", "\(place).kind")
        }
        dependency.kind = kind
        if let target = try text(value, "target", at: place) {
            do { dependency.target = try CargoPlatform.canonical(target) } catch {
                throw refusal(.malformed, "the target is not one that cargo can read: \(error.what)", "\(place).target")
            }
        }
        dependency.isOptional = try flag(value, "optional", at: place) ?? false
        dependency.usesDefaultFeatures = try flag(value, "default_features", at: place) ?? true
        for element in try elements(value, "features", at: "\(place).features") {
            guard let text = element.string else { throw refusal(.malformed, "a feature is not a text", "\(place).features") }
            dependency.features.append(text)
        }
        return dependency
    }

    /// A dependency in one line, for comparison and for people. Not its registry: the same one may have several addresses.
    private static func summary(of dependency: CargoDependency) -> String {
        var text = "\(dependency.name) \(dependency.requirement)"
        if let package = dependency.package { text += ", package \(package)" }
        if dependency.kind != .normal { text += ", kind \(dependency.kind.word)" }
        if let target = dependency.target { text += ", target \(target)" }
        if dependency.isOptional { text += ", optional" }
        if !dependency.usesDefaultFeatures { text += ", without default features" }
        if !dependency.features.isEmpty { text += ", features \(dependency.features.sorted().joined(separator: " "))" }
        return text
    }

    // MARK: Features

    private static func checkFeatures(_ value: DataValue, of release: CargoRelease) throws(Refusal) {
        var claimed: [String: [String]] = [:]
        if let features = value["features"], !features.isNull {
            guard let members = features.object else { throw refusal(.malformed, "the features are not an object", "features") }
            for member in members {
                let place = "features.\(CargoManifest.shown(member.name))"
                guard let values = member.value.array else { throw refusal(.malformed, "a feature is not a list", place) }
                var texts: [String] = []
                for value in values {
                    guard let text = value.string else {
                        throw refusal(.malformed, "a feature has something other than texts", place)
                    }
                    texts.append(text)
                }
                claimed[member.name] = texts.sorted()
            }
        }
        var right: [String: [String]] = [:]
        for feature in release.features { right[feature.name] = feature.values.sorted() }
        guard claimed != right else { return }
        let names = Set(claimed.keys).union(right.keys).filter { claimed[$0] != right[$0] }
        guard let name = names.min() else { return }
        func shown(_ values: [String]?) -> String { values.map { "[\($0.joined(separator: ", "))]" } ?? "nothing" }
        throw contradiction(
            "feature \(CargoManifest.shown(name))", shown(claimed[name]), shown(right[name]), at: "features")
    }

    // MARK: Values

    private static func text(_ value: DataValue, _ key: String, at place: String) throws(Refusal) -> String? {
        guard let member = value[key], !member.isNull else { return nil }
        guard let text = member.string else { throw refusal(.malformed, "'\(key)' is not a text", place) }
        return text
    }

    private static func flag(_ value: DataValue, _ key: String, at place: String) throws(Refusal) -> Bool? {
        guard let member = value[key], !member.isNull else { return nil }
        guard let flag = member.bool else { throw refusal(.malformed, "'\(key)' is not true or false", place) }
        return flag
    }

    private static func elements(_ value: DataValue, _ key: String, at place: String) throws(Refusal) -> [DataValue] {
        guard let member = value[key], !member.isNull else { return [] }
        guard let elements = member.array else { throw refusal(.malformed, "'\(key)' is not a list", place) }
        return elements
    }

    private static func contradiction(_ what: String, _ claimed: String, _ right: String, at place: String) -> Refusal {
        refusal(
            .ambiguous,
            "\(subject) says \(what) '\(CargoManifest.shown(claimed))', the crate's Cargo.toml says '\(CargoManifest.shown(right))'",
            place,
            remedy: "publish with cargo, which takes both from one manifest")
    }

    private static func refusal(
        _ cause: Refusal.Cause, _ what: String, _ place: String, remedy: String = "correct the request, or publish with cargo"
    ) -> Refusal {
        Refusal(cause, what, at: "metadata, \(place)", remedy: remedy)
    }
}
