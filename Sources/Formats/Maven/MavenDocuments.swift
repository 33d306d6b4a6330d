/// `maven-metadata.xml` at its three levels (maven.apache.org/ref/current/maven-repository-metadata), laid out as Maven itself writes them.
///
/// A scope is a folder that has one, and is called by its coordinates: `com.example:lib` is the folder `com/example/lib`, and
/// `com.example:lib:2.0.0-SNAPSHOT` that of a snapshot version. The plugins of the group `com.example.lib` are in the document of the
/// folder `com/example/lib`, too, whose scope is the same: one document says all that there is to say of a folder.
enum MavenDocuments {
    static let version: Slot = "version"
    static let latest: Slot = "latest"
    static let release: Slot = "release"
    static let plugin: Slot = "plugin"
    /// Whose plugin it is: the artifact.
    static let pluginOf: Slot = "plugin-of"
    static let snapshot: Slot = "snapshot"
    static let file: Slot = "file"
    /// Which file of a build it is: classifier and ending.
    static let fileKind: Slot = "file-kind"

    /// The partitions of an artifact: its versions, ascending; and the newest first, releases before snapshots.
    static let versions = "versions", newest = "newest"
    /// Those of a group's folder: its plugins by artifact, the newest of each first.
    static let plugins = "plugins"
    /// Those of a snapshot version: its builds by their POMs, the newest first; and its files by what they are, the newest of each first.
    static let builds = "builds", files = "files"

    // MARK: - Scopes

    static func scope(of place: MavenPlace) -> String { place.name }

    static func snapshotScope(of place: MavenPlace) -> String { "\(place.name):\(place.version)" }

    /// The scope of a group's folder: the group's last part is where an artifact's name would be.
    static func groupScope(of group: String) -> String {
        guard let dot = group.utf8.lastIndex(of: UInt8(ascii: ".")) else { return group }
        return "\(group[..<dot]):\(group[dot...].dropFirst())"
    }

    private static func parts(of scope: String) -> [String] { scope.split(separator: ":").map(String.init) }

    static func coordinates(of key: PartitionKey) -> Coordinates {
        let parts = parts(of: key.scope)
        guard key.name != plugins else { return Coordinates(["group": parts.joined(separator: ".")]) }
        return Coordinates(Dictionary(uniqueKeysWithValues: zip(["group", "artifact", "version"], parts)))
    }

    // MARK: - Listings and fragments

    static func listings(of facts: MavenFacts) -> [Listing] {
        let place = facts.place
        let version = ComparableVersion(place.version)
        var listings: [Listing] = []
        if facts.isPOM {
            let scope = scope(of: place)
            // Builds of one snapshot are neighbours.
            let build = facts.build?.descendingKey ?? []
            listings.append(Listing(PartitionKey(scope: scope, name: versions), sortKey: version.sortKey + build))
            listings.append(
                Listing(
                    PartitionKey(scope: scope, name: newest),
                    sortKey: SortKey.of { key in
                        key.rank(version.isPrerelease ? 1 : 0)
                        key.append(version.descendingKey + build)
                    }))
        }
        if let build = facts.build {
            let scope = snapshotScope(of: place)
            if facts.isPOM {
                listings.append(Listing(PartitionKey(scope: scope, name: builds), sortKey: build.descendingKey))
            }
            listings.append(
                Listing(
                    PartitionKey(scope: scope, name: files),
                    sortKey: SortKey.of { key in
                        key.word(facts.classifier ?? "")
                        key.word(facts.ending)
                        key.append(build.descendingKey)
                    }))
        }
        if let plugin = facts.plugin {
            // What a plugin says itself goes before what the rule says.
            listings.append(
                Listing(
                    PartitionKey(scope: groupScope(of: place.group), name: plugins),
                    sortKey: SortKey.of { key in
                        key.word(place.artifact)
                        key.rank(plugin.isDeclared ? 0 : 1)
                        key.append(version.descendingKey + (facts.build?.descendingKey ?? []))
                        key.rank(0)
                    }))
        }
        return listings
    }

    /// The artifact's own files come before those with a classifier.
    private static func kind(of facts: MavenFacts) -> [UInt8] { [UInt8](facts.classifier ?? "") + [0] + [UInt8](facts.ending) }

    static func fragments(of facts: MavenFacts) -> [Fragment] {
        let place = facts.place
        var fragments: [Fragment] = []
        func add(_ slot: Slot, _ text: String) { fragments.append(Fragment(slot, [UInt8](text))) }
        if facts.isPOM {
            add(version, "      <version>\(place.version)</version>\n")
            add(latest, "    <latest>\(place.version)</latest>\n")
            // The first of the newest is a snapshot only where there is no release.
            add(release, place.isSnapshot ? "" : "    <release>\(place.version)</release>\n")
        }
        if let build = facts.build {
            if facts.isPOM {
                add(
                    snapshot,
                    """
                        <snapshot>
                          <timestamp>\(build.stamp)</timestamp>
                          <buildNumber>\(build.number)</buildNumber>
                        </snapshot>

                    """)
            }
            fragments.append(Fragment(fileKind, kind(of: facts)))
            let classifier = facts.classifier.map { "        <classifier>\($0)</classifier>\n" } ?? ""
            add(
                file,
                "      <snapshotVersion>\n\(classifier)        <extension>\(facts.ending)</extension>\n"
                    + "        <value>\(facts.fileVersion)</value>\n        <updated>\(build.updated)</updated>\n      </snapshotVersion>\n"
            )
        }
        if let plugin = facts.plugin {
            add(pluginOf, place.artifact)
            var text = [UInt8]("    <plugin>\n      <name>")
            HTMLEscape.append(plugin.name.isEmpty ? place.artifact : plugin.name, to: &text)
            text.append(
                "</name>\n      <prefix>\(plugin.prefix)</prefix>\n      <artifactId>\(place.artifact)</artifactId>\n    </plugin>\n"
            )
            fragments.append(Fragment(self.plugin, text))
        }
        return fragments
    }

    // MARK: - Documents

    static func plans(for scope: Scope) -> [DocumentPlan] {
        let parts = parts(of: scope.key)
        guard let group = parts.first else { return [] }
        let folder = ([MavenPlace.folder(of: group)] + parts.dropFirst()).joined(separator: "/")
        let body = parts.count == 3 ? snapshotBody(of: scope, parts) : folderBody(of: scope, parts)
        guard !body.isEmpty else { return [] }
        return [
            DocumentPlan(
                path: "\(folder)/\(MavenPlace.metadata)", body: body,
                companions: Digests.Algorithm.allCases.map { .checksum($0, suffix: ".\($0.rawValue)") })
        ]
    }

    private static let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

    private static func literal(_ text: String) -> Piece { .literal([UInt8](text)) }

    private static func has(_ name: String, in scope: Scope) -> Bool {
        scope.partitions.contains { $0.key.name == name && $0.count > 0 }
    }

    private static func run(
        _ slot: Slot, _ name: String, of scope: Scope, distinct: Bool = false, limit: Int? = nil, firstOf: Slot? = nil
    ) -> Piece {
        let partition = PartitionKey(scope: scope.key, name: name)
        return .run(Run(slot, of: [partition], distinct: distinct, limit: limit, firstOf: firstOf))
    }

    private static func changed(_ scope: Scope) -> String {
        "    <lastUpdated>\(MavenBuild.digits(of: scope.changed))</lastUpdated>\n"
    }

    /// Of an artifact, of the plugins of a group, or of both.
    private static func folderBody(of scope: Scope, _ parts: [String]) -> [Piece] {
        var body: [Piece] = []
        if parts.count == 2, has(versions, in: scope) {
            body += [
                literal("  <groupId>\(parts[0])</groupId>\n  <artifactId>\(parts[1])</artifactId>\n  <versioning>\n"),
                run(latest, newest, of: scope, limit: 1), run(release, newest, of: scope, limit: 1),
                literal("    <versions>\n"), run(version, versions, of: scope, distinct: true),
                literal("    </versions>\n\(changed(scope))  </versioning>\n"),
            ]
        }
        if has(plugins, in: scope) {
            body += [literal("  <plugins>\n"), run(plugin, plugins, of: scope, firstOf: pluginOf), literal("  </plugins>\n")]
        }
        return body.isEmpty ? [] : [literal("\(declaration)<metadata>\n")] + body + [literal("</metadata>\n")]
    }

    private static func snapshotBody(of scope: Scope, _ parts: [String]) -> [Piece] {
        guard has(files, in: scope) else { return [] }
        return [
            literal(
                "\(declaration)<metadata modelVersion=\"1.1.0\">\n  <groupId>\(parts[0])</groupId>\n"
                    + "  <artifactId>\(parts[1])</artifactId>\n  <versioning>\n\(changed(scope))"),
            run(snapshot, builds, of: scope, limit: 1), literal("    <snapshotVersions>\n"),
            run(file, files, of: scope, firstOf: fileKind),
            literal("    </snapshotVersions>\n  </versioning>\n  <version>\(parts[2])</version>\n</metadata>\n"),
        ]
    }
}
