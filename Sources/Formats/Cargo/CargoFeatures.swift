/// Whether a release's features fit its dependencies, by the rules of cargo's resolver (`build_feature_map`, 1.95).
///
/// A line of the index that breaks them is passed over by cargo: the release would not be there.
enum CargoFeatures {
    static func check(_ release: CargoRelease) throws(Refusal) {
        for dependency in release.dependencies {
            for feature in dependency.features where !isName(feature) {
                throw CargoTable.refusal(
                    .malformed, "'\(CargoManifest.shown(feature))' is not the name of a feature",
                    at: "dependency \(dependency.name), features")
            }
        }
        // Whether there is an optional one among those of a name.
        var optional: [String: Bool] = [:]
        for dependency in release.dependencies {
            optional[dependency.name] = dependency.isOptional || optional[dependency.name] ?? false
        }
        var names: Set<String> = []
        var explicit: Set<String> = []
        for feature in release.features {
            guard isName(feature.name) else {
                throw CargoTable.refusal(
                    .malformed, "'\(CargoManifest.shown(feature.name))' is not a name that cargo takes for a feature",
                    at: "features")
            }
            names.insert(feature.name)
            for value in feature.values {
                if case .dependency(let name) = Value(value) { explicit.insert(name) }
            }
        }
        // An optional dependency is a feature by itself, unless one asks for it with `dep:`.
        let implicit = Set(optional.keys.filter { optional[$0] == true && !names.contains($0) && !explicit.contains($0) })
        var used = implicit
        for feature in release.features {
            for value in feature.values {
                if let fault = fault(in: Value(value), names.union(implicit), optional, &used) {
                    throw CargoTable.refusal(
                        .malformed, "the feature includes '\(CargoManifest.shown(value))', \(fault)",
                        at: "features.\(feature.name)")
                }
            }
        }
        let unused = optional.keys.filter { optional[$0] == true && !used.contains($0) }.min()
        if let unused {
            throw CargoTable.refusal(
                .ambiguous, "a feature has the name of the optional dependency '\(unused)', which no feature includes",
                at: "features.\(unused)", remedy: "include dep:\(unused), or rename the feature")
        }
    }

    private enum Value {
        case feature(String)
        case dependency(String)
        case remote(String, feature: String, isWeak: Bool)

        init(_ text: String) {
            if let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")) {
                let name = text[..<slash], feature = String(text[text.utf8.index(after: slash)...])
                let isWeak = name.utf8.last == UInt8(ascii: "?")
                self = .remote(String(isWeak ? name.dropLast() : name), feature: feature, isWeak: isWeak)
            } else if text.utf8.starts(with: "dep:".utf8) {
                self = .dependency(String(text.dropFirst(4)))
            } else {
                self = .feature(text)
            }
        }
    }

    private static func fault(
        in value: Value, _ features: Set<String>, _ optional: [String: Bool], _ used: inout Set<String>
    ) -> String? {
        switch value {
        case .feature(let name):
            if features.contains(name) { return nil }
            switch optional[name] {
            case true: return "an optional dependency that is not a feature, since another one includes it with dep:"
            case false: return "a dependency that is not optional"
            case nil: return "which is neither a feature nor a dependency"
            }
        case .dependency(let name):
            used.insert(name)
            switch optional[name] {
            case true: return nil
            case false: return "and the dependency is not optional"
            case nil: return "and there is no such dependency"
            }
        case .remote(let name, let feature, let isWeak):
            used.insert(name)
            if feature.utf8.contains(UInt8(ascii: "/")) { return "which has two slashes" }
            if name.utf8.starts(with: "dep:".utf8) { return "which has both dep: and a slash" }
            if !isName(feature) { return "which does not end in the name of a feature" }
            guard let isOptional = optional[name] else { return "and there is no such dependency" }
            return isWeak && !isOptional ? "and the dependency is not optional" : nil
        }
    }

    /// Cargo's `validate_feature_name`.
    private static func isName(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, text.utf8.count <= 255 else { return false }
        return (first == "_" || ("0"..."9").contains(first) || first.properties.isXIDStart)
            && text.unicodeScalars.allSatisfy { $0 == "-" || $0 == "+" || $0 == "." || $0.properties.isXIDContinue }
    }
}
