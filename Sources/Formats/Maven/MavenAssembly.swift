/// Deployments: mvn, Gradle and sbt send the files of a version one by one, each with its checksums, and metadata of their own last. A
/// version's POM is the list of what belongs to it, though it names nothing: besides it, the artifact itself has to be there.
///
/// Each build of a snapshot has a POM of its own. Files of a snapshot that name no build belong together by that.
package struct MavenAssembly: Assembly {
    package let listTitle = "POM"

    package func role(of name: String, at place: Coordinates) throws(Refusal) -> PartRole {
        if MavenPart.ofMetadata(name) != nil { return .ignored }
        // What has one folder above the artifact says so without a slash.
        if let group = place["group"], !group.utf8.contains(UInt8(ascii: "/")), group.utf8.contains(UInt8(ascii: ".")) {
            throw Refusal(
                .placement,
                "the group's folder '\(ASCII.line(group))' has a dot, and each part of a group is a folder of its own",
                at: "group", remedy: "send it to \(ASCII.line(group.split(separator: ".").joined(separator: "/")))")
        }
        let place = try Self.place(place, of: name)
        switch try MavenPart(name, at: place) {
        case .pom: return .list(isPublished: true)
        case .primary, .attached, .signature: return .package(list: try MavenFile(name, at: place).pomName(at: place))
        case .checksum(let file, let algorithm):
            // Once it is published, such a file has another name, and nobody knows under which the next one of its name will be.
            return place.isSnapshot && Self.namesNoBuild(file, at: place) ? .ignored : .checksum(of: file, algorithm)
        case .metadata: return .ignored
        }
    }

    private static func namesNoBuild(_ name: String, at place: MavenPlace) -> Bool {
        (try? MavenFile(name, at: place))?.build == nil
    }

    package func list(_ bytes: Span<UInt8>, named name: String, at place: Coordinates) throws(Refusal) -> PartsList {
        let place = try Self.place(place, of: name)
        let file = try MavenFile(name, at: place)
        let pom = try MavenPOM(bytes, within: Budget())
        _ = try pom.check(at: place, build: file.version(at: place))
        guard pom.standsFor != "pom" else { return PartsList() }
        let artifact = "\(place.artifact)-\(file.version(at: place)).\(Self.ending(of: pom.standsFor))"
        return PartsList(
            need: .init("\(artifact), the artifact itself") { other in
                (try? MavenPart(other, at: place)) == .primary && (try? MavenFile(other, at: place))?.build == file.build
            })
    }

    package func checksum(_ bytes: Span<UInt8>, _ algorithm: Digests.Algorithm, named name: String) throws(Refusal) -> [UInt8] {
        try MavenPart.checksum(bytes, algorithm)
    }

    /// What the artifact itself ends in, most often, by the packaging (maven.apache.org/ref/current/maven-core/artifact-handlers.html).
    private static func ending(of packaging: String) -> String {
        ["war", "ear", "rar", "aar", "hpi", "nbm", "zip"].contains(packaging) ? packaging : "jar"
    }

    private static func place(_ coordinates: Coordinates, of name: String) throws(Refusal) -> MavenPlace {
        if let place = try MavenPlace.Hints(coordinates).place(or: nil) { return place }
        throw Refusal(
            .placement, "'\(ASCII.line(name))' is not in a folder of a version", at: "file name",
            remedy: "send it to GROUP/AS/FOLDERS/ARTIFACT/VERSION/FILE")
    }

    /// Looks at what a client sends and the repository writes itself: it has to be what its name says, of the place where it is sent to.
    package func checkIgnored(_ bytes: Span<UInt8>, named name: String, at place: Coordinates) throws(Refusal) {
        let hints = MavenPlace.Hints(place)
        let group = hints.group.map { $0.split { $0 == "." || $0 == "/" }.joined(separator: "/") }
        let folder = [group, hints.artifact, hints.version].compactMap { $0 }.joined(separator: "/")
        switch MavenPart.ofMetadata(name) {
        case .checksum(_, let algorithm): _ = try MavenPart.checksum(bytes, algorithm)
        case .signature: try MavenContents.checkSignature(bytes)
        case .metadata: try MavenContents.checkMetadata(bytes, in: folder, within: Budget())
        case .pom, .primary, .attached, nil:
            if let ending = name.split(separator: ".").last, let algorithm = MavenPart.algorithm(of: String(ending)) {
                _ = try MavenPart.checksum(bytes, algorithm)
            }
        }
    }
}

extension Maven {
    package var assembly: (any Assembly)? { MavenAssembly() }

    /// What the folders above a file say, where they are laid out as a repository of Maven's: `com/example/lib/1.0.0/lib-1.0.0.jar`. Nil for
    /// other paths.
    ///
    /// - Parameter path: the components, the file's name last; the first is the group's first.
    package func coordinates(ofPath path: @autoclosure () -> [String]) -> Coordinates? {
        let path = path()
        guard path.count >= 4 else { return nil }
        let group = path[..<(path.count - 3)].joined(separator: "/")
        guard let place = try? MavenPlace(group: group, artifact: path[path.count - 3], version: path[path.count - 2]),
            (try? MavenPart(path[path.count - 1], at: place)) != nil
        else { return nil }
        return Coordinates(["group": place.group, "artifact": place.artifact, "version": place.version])
    }
}
