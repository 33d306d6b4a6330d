/// What is looked at in files that say something of where they belong, besides POMs and archives.
enum MavenContents {
    // MARK: - Gradle's module metadata

    static let longestModule = 16 << 20

    /// Gradle Module Metadata (github.com/gradle/gradle, gradle-module-metadata-1.1): JSON, of the component at this place.
    ///
    /// - Throws: `.ambiguous` where it is of another one.
    static func checkModule(_ bytes: Span<UInt8>, at place: MavenPlace, within budget: Budget) throws(Refusal) {
        let subject = "the .module file"
        guard bytes.count <= longestModule else {
            throw Refusal(.limit, "\(subject) has more than \(longestModule >> 20) MiB", remedy: "make it smaller")
        }
        let module = try JSONReader.read(bytes, of: subject, within: budget)
        guard let format = module["formatVersion"]?.string, let component = module["component"], component.object != nil else {
            throw Refusal(
                .malformed, "\(subject) has no formatVersion or no component", remedy: "send what Gradle's maven-publish writes")
        }
        guard format.hasPrefix("1.") else {
            throw Refusal(
                .unsupported, "\(subject) is of the format '\(format)'", at: "formatVersion",
                remedy: "publish with another Gradle")
        }
        // A part of a module that is published beside it says where the whole is, and whose it is.
        if component["url"] != nil { return }
        for (member, expected) in [("group", place.group), ("module", place.artifact), ("version", place.version)] {
            let value = component[member]?.string
            guard value != expected else { continue }
            throw Refusal(
                .ambiguous, "\(subject) has the \(member) '\(value ?? "")', and its address says '\(expected)'",
                at: "component.\(member)", remedy: "publish it where it belongs")
        }
    }

    // MARK: - Signatures

    static let longestSignature = 1 << 20

    /// An armored OpenPGP signature, by its first and last line. Whether it is good is for clients to find out: they know whom they trust.
    static func checkSignature(_ bytes: Span<UInt8>) throws(Refusal) {
        guard bytes.count <= longestSignature else {
            throw Refusal(.limit, "the signature has more than \(longestSignature >> 20) MiB", remedy: "send a detached one")
        }
        let text = bytes.copied()
        let isWhole = text.firstRange(of: [UInt8]("\n-----END PGP SIGNATURE-----")) != nil
        guard text.starts(with: "-----BEGIN PGP SIGNATURE-----".utf8), isWhole else {
            throw Refusal(
                .malformed, "the .asc file is not an armored OpenPGP signature", remedy: "sign with gpg --armor --detach-sign")
        }
    }

    // MARK: - Metadata that clients send

    static let longestMetadata = 16 << 20

    /// Reads a `maven-metadata.xml` that a client sends, of whatever level: it is of the folder that it is sent to. Nothing of it is kept.
    ///
    /// - Parameter folder: `com/example/demo/lib`, of which it is the metadata.
    /// - Throws: `.ambiguous` where it is of another folder; for what is not XML or not metadata.
    static func checkMetadata(_ bytes: Span<UInt8>, in folder: String, within budget: Budget) throws(Refusal) {
        let leaves: Set = ["metadata/groupId", "metadata/artifactId", "metadata/version"]
        let xml = try MavenXML(
            bytes, of: MavenPlace.metadata, root: "metadata", longest: longestMetadata, within: budget, wanted: leaves.contains)
        // Those of a group name its plugins alone.
        guard let group = try xml.text("metadata/groupId") else { return }
        var folders = [MavenPlace.folder(of: group)]
        if let artifact = try xml.text("metadata/artifactId") {
            folders = ["\(folders[0])/\(artifact)"]
            // Old clients say the version at the level of the artifact, too.
            if let version = try xml.text("metadata/version") { folders.append("\(folders[0])/\(version)") }
        }
        guard folders.contains(folder) else {
            throw Refusal(
                .ambiguous, "\(MavenPlace.metadata) is of \(folders[folders.count - 1]), and its address says \(folder)",
                remedy: "send it to the folder that it is of")
        }
    }
}
