/// The dependencies of a manifest: of the three kinds, for all machines and for some.
enum CargoDependencies {
    private static let keys: [(key: String, kind: CargoDependency.Kind)] = [
        ("dependencies", .normal), ("dev-dependencies", .development), ("build-dependencies", .build),
    ]

    /// Bytes of an index's address.
    private static let longestAddress = 2_048

    /// In the order of their kinds and then of the manifest; those for some machines last.
    static func all(in root: CargoTable) throws(Refusal) -> [CargoDependency] {
        var dependencies: [CargoDependency] = []
        try append(tablesOf: root, for: nil, to: &dependencies)
        guard let targets = try root.table("target") else { return dependencies }
        for member in targets.members {
            let name = CargoManifest.shown(member.name)
            let target = try CargoTable(member.value, at: targets.place(of: "'\(name)'"))
            let platform: String
            do { platform = try CargoPlatform.canonical(member.name) } catch {
                throw target.refusal(
                    .malformed, "the target '\(name)' is not one that cargo can read: \(error.what)",
                    remedy: "write a target's name or a condition such as cfg(unix)")
            }
            try append(tablesOf: target, for: platform, to: &dependencies)
        }
        return dependencies
    }

    private static func append(
        tablesOf parent: CargoTable, for target: String?, to dependencies: inout [CargoDependency]
    ) throws(Refusal) {
        for (key, kind) in keys {
            guard let table = try parent.table(key) else { continue }
            for member in table.members {
                if let dependency = try dependency(member, kind, in: table) {
                    dependencies.append(dependency)
                    dependencies[dependencies.count - 1].target = target
                }
            }
        }
    }

    /// Nil for one that is there for the author's own tests: by path or from git alone. Cargo leaves them out when it packages.
    private static func dependency(
        _ member: DataMember, _ kind: CargoDependency.Kind, in parent: CargoTable
    ) throws(Refusal) -> CargoDependency? {
        let place = parent.place(of: CargoManifest.shown(member.name))
        guard CargoName.isDependency(member.name) else {
            throw CargoTable.refusal(.malformed, "the name of a dependency is not one that cargo takes", at: place)
        }
        var dependency = CargoDependency(name: member.name, requirement: "*")
        dependency.kind = kind
        if let text = member.value.string {
            dependency.requirement = try requirement(text, at: place)
            return dependency
        }
        guard let members = member.value.object else {
            throw CargoTable.refusal(.malformed, "a version or a table is expected", at: place)
        }
        let table = CargoTable(members, at: place)
        guard try table.value("workspace") == nil else { throw table.inherited() }
        let version = try table.text("version")
        if version == nil, let source = try source(of: table) {
            if kind == .development { return nil }
            throw table.refusal(
                .unsupported, "the dependency has no version, and nobody else has its \(source)",
                remedy: "give it a version, and package the crate again")
        }
        guard try table.value("artifact") == nil else {
            throw table.refusal(
                .unsupported, "dependencies on programs are not stable in cargo, and have no form in the index", "artifact",
                remedy: "depend on a library")
        }
        if let version { dependency.requirement = try requirement(version, at: table.place(of: "version")) }
        dependency.features = try table.texts("features") ?? []
        dependency.isOptional = try table.flag("optional") ?? false
        dependency.usesDefaultFeatures = try table.flag("default-features") ?? true
        if dependency.isOptional, kind == .development {
            throw table.refusal(.malformed, "a dependency for tests cannot be optional", "optional")
        }
        if let package = try table.text("package"), !NameIndex.areEqual(package, member.name) {
            guard CargoName.isDependency(package) else {
                throw table.refusal(.malformed, "the name of a dependency is not one that cargo takes", "package")
            }
            dependency.package = package
        }
        dependency.registryIndex = try registryIndex(of: table)
        return dependency
    }

    /// Where a dependency is that has no version.
    private static func source(of table: CargoTable) throws(Refusal) -> String? {
        for key in ["path", "git"] where try table.text(key) != nil { return key }
        return nil
    }

    private static func requirement(_ text: String, at place: String) throws(Refusal) -> String {
        do { return try CargoRequirement.canonical(text) } catch {
            throw CargoTable.refusal(
                .malformed, "the requirement '\(CargoManifest.shown(text))' is not one that cargo can read: \(error.what)",
                at: place,
                remedy: "write it as 1.2, >=1.2, <2 or *")
        }
    }

    /// The address of the index, as cargo writes it where its author wrote a registry's name.
    private static func registryIndex(of table: CargoTable) throws(Refusal) -> String? {
        guard let address = try table.text("registry-index") else {
            guard try table.value("registry") == nil else {
                throw table.refusal(
                    .unsupported, "the registry is named, and the name means nothing to others", "registry",
                    remedy: "package the crate with cargo package, which writes the registry's address")
            }
            return nil
        }
        let isPrintable = address.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "\"") }
        let scheme = address.utf8.prefix { $0 != UInt8(ascii: ":") }
        let isScheme = scheme.first.map(ASCII.isLetter) ?? false
        guard address.utf8.count <= longestAddress, isPrintable, isScheme,
            scheme.allSatisfy({ ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "+") }),
            address.utf8.dropFirst(scheme.count).starts(with: "://".utf8), address.utf8.count > scheme.count + 3
        else { throw table.refusal(.malformed, "the address of a registry's index is not a URL", "registry-index") }
        return address
    }
}
