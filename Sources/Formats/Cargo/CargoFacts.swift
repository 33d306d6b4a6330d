/// What the catalog keeps of a crate for its line of the index to be written again without it: the whole `CargoRelease`.
///
/// Written by `FactsWriter`. A dependency begins with a byte for its kind (bits 0 and 1), optional (2) and default features (3).
enum CargoFacts {
    private static let revision: UInt8 = 1
    private static let subject = "a crate"

    static func encoded(_ release: CargoRelease) -> [UInt8] {
        var writer = FactsWriter(revision: revision)
        writer.text(release.name)
        writer.text(release.version)
        writer.text(release.links)
        writer.text(release.rustVersion)
        writer.number(release.dependencies.count)
        for dependency in release.dependencies {
            writer.byte(
                dependency.kind.rawValue | (dependency.isOptional ? 4 : 0) | (dependency.usesDefaultFeatures ? 8 : 0))
            writer.text(dependency.name)
            writer.text(dependency.package)
            writer.text(dependency.requirement)
            writer.text(dependency.target)
            writer.text(dependency.registryIndex)
            writer.texts(dependency.features)
        }
        writer.number(release.features.count)
        for feature in release.features {
            writer.text(feature.name)
            writer.texts(feature.values)
        }
        return writer.bytes
    }

    /// - Throws: for bytes that this revision of the program did not write.
    static func release(_ facts: [UInt8]) throws(Refusal) -> CargoRelease {
        var reader = try FactsReader(facts, revision: revision, of: subject)
        var release = CargoRelease(name: try reader.text(), version: try reader.text())
        release.links = try reader.optionalText()
        release.rustVersion = try reader.optionalText()
        for _ in 0..<(try reader.number()) {
            let flags = try reader.byte()
            guard let kind = CargoDependency.Kind(rawValue: flags & 3), flags < 16 else { throw FactsReader.damaged(subject) }
            var dependency = CargoDependency(name: try reader.text(), requirement: "")
            dependency.kind = kind
            dependency.isOptional = flags & 4 != 0
            dependency.usesDefaultFeatures = flags & 8 != 0
            dependency.package = try reader.optionalText()
            dependency.requirement = try reader.text()
            dependency.target = try reader.optionalText()
            dependency.registryIndex = try reader.optionalText()
            dependency.features = try reader.texts()
            release.dependencies.append(dependency)
        }
        for _ in 0..<(try reader.number()) {
            release.features.append(CargoFeature(name: try reader.text(), values: try reader.texts()))
        }
        try reader.finish()
        return release
    }
}
