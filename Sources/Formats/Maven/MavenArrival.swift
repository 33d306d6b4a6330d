/// What is to be done with a file that a client of Maven's sends: clients send checksums and metadata of their own beside the files.
public enum MavenArrival: Equatable, Sendable {
    /// It becomes public together with the others of this key: `com/example/lib/1.0.0`, with a build behind a blank for snapshots.
    ///
    /// A version is whole by `MavenPlace.isWhole`, for which a POM `standsFor` something; what comes later to one that is there already
    /// waits for nothing.
    case member(of: String, standsFor: String?)
    /// It has to be the digest of the file of this name at the same place, as that came in: one that waits, or one that is public. It is
    /// answered and forgotten, also where no such file is known.
    case checksum(of: String, Digests.Algorithm, [UInt8])
    /// It was looked at, and is answered and forgotten: the repository writes its own.
    case forgotten

    /// - Parameters:
    ///   - coordinates: what the address says: `group`, `artifact` and `version`, or for metadata whatever is there of them.
    /// - Throws: for what does not belong there, and for a checksum or metadata that is not one.
    public init(
        _ filename: String, bytes: Span<UInt8>, at coordinates: Coordinates, within budget: Budget
    ) throws(Refusal) {
        let hints = MavenPlace.Hints(coordinates)
        if let part = MavenPart.ofMetadata(filename) {
            let group = hints.group.map { $0.split { $0 == "." || $0 == "/" }.joined(separator: "/") }
            let folder = [group, hints.artifact, hints.version].compactMap { $0 }.joined(separator: "/")
            switch part {
            case .checksum(_, let algorithm): _ = try MavenPart.checksum(bytes, algorithm)
            case .signature: try MavenContents.checkSignature(bytes)
            default:
                try MavenContents.checkMetadata(bytes, in: folder, within: budget)
            }
            self = .forgotten
            return
        }
        guard let place = try hints.place(or: nil) else {
            throw Refusal(
                .placement, "'\(ASCII.line(filename))' is not in a folder of a version", at: "file name",
                remedy: "send it to GROUP/AS/FOLDERS/ARTIFACT/VERSION/FILE")
        }
        let build = place.build(of: filename)
        let key = build.isEmpty ? place.folder : "\(place.folder) \(build)"
        switch try MavenPart(filename, at: place) {
        case .checksum(let name, let algorithm): self = .checksum(of: name, algorithm, try MavenPart.checksum(bytes, algorithm))
        case .pom: self = .member(of: key, standsFor: try MavenPOM(bytes, within: budget).standsFor)
        default: self = .member(of: key, standsFor: nil)
        }
    }
}

extension Maven {
    /// What the folders above a file say, where they are laid out as a repository of Maven's: `com/example/lib/1.0.0/lib-1.0.0.jar`. Nil for
    /// other paths.
    ///
    /// - Parameter path: the components, the file's name last; the first is the group's first.
    public static func coordinates(ofPath path: [String]) -> Coordinates? {
        guard path.count >= 4 else { return nil }
        let group = path[..<(path.count - 3)].joined(separator: "/")
        guard let place = try? MavenPlace(group: group, artifact: path[path.count - 3], version: path[path.count - 2]),
            (try? MavenPart(path[path.count - 1], at: place)) != nil
        else { return nil }
        return Coordinates(["group": place.group, "artifact": place.artifact, "version": place.version])
    }
}
