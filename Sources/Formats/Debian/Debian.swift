/// Debian's package archives, as apt, debootstrap and mirrors read them.
package struct Debian: Ecosystem {
    package init() {}

    package let profile = EcosystemProfile(
        id: "debian", title: "Debian", suffixes: [".deb", ".udeb", ".ddeb"], digests: [.md5], revision: 1, customs: 2,
        coordinates: [
            .init("distribution", standard: DebianPlacement.standardDistribution, help: "such as bookworm"),
            .init("component", standard: DebianPlacement.standardComponent, help: "such as main"),
        ],
        scopesKey: "distributions",
        options: [
            RepositoryOption("origin", .text, "Origin in Release; the owner's name by default. Clients stop when it changes."),
            RepositoryOption("label", .text, "Label in Release; the owner's name by default. Clients stop when it changes."),
            RepositoryOption(
                "suite", .text, "Suite in Release; the distribution's name by default, with '-' for each '/' (bookworm-updates)."),
            RepositoryOption(
                "codename", .text,
                "Codename in Release; the distribution's name by default, up to its first '/'. Clients stop when it changes."),
            RepositoryOption("version", .text, "Version in Release, as in Debian's 12.5."),
            RepositoryOption("description", .text, "Description in Release, one line."),
            RepositoryOption(
                "architectures", .list, "Architectures that have an index even while they have no package."
            ) { word in
                DebianPackage.isArchitecture([UInt8](word))
                    ? nil : "'\(word)' is not an architecture; write Debian's word for it, such as amd64"
            },
            DebianAliases.option,
            RepositoryOption(
                "valid_for_days", .number(0...36_500),
                "Days after the last change until clients call Release expired; 0 is never."),
            RepositoryOption("not_automatic", .flag, "Install from here only when asked to (NotAutomatic)."),
            RepositoryOption("but_automatic_upgrades", .flag, "With not_automatic: still upgrade what was installed from here."),
            RepositoryOption(
                "compression", .choices(["gz", "xz", "zst"]),
                "Compressed forms of each index: gz, xz, zst; gz and xz by default. The plain form is always there."),
        ], validityOption: "valid_for_days", immutablePaths: "dists/.+/by-hash/|pool/",
        // Gitea's flat pool, for packages that are named like their sources. A public path has one folder more, or two.
        aliases: [
            PathAlias(
                "debian/pool/([^/]+(?:/[^/]+)?)/([^/]+)/((lib[^/_]?|[^/_])[^/_]*)_(?:0:)?([^/_:]+_[^/_]+\\.u?deb)",
                is: "debian/pool/$1/$2/$4/$3/$3_$5"),
            PathAlias(
                "debian/pool/([^/]+(?:/[^/]+)?)/([^/]+)/((lib[^/_]?|[^/_])[^/_]*)_([1-9][0-9]*):([^/_:]+_[^/_]+\\.u?deb)",
                is: "debian/pool/$1/$2/$4/$3/epoch-$5/$3_$6"),
        ],
        routes: [
            Route([.put], path: "pool/{distribution+}/{component}/upload", .publish(.file)),
            Route([.put], path: "upload/{distribution+}/{component}/{filename}", .publish(.part)),
            Route(removing: "pool/{distribution+}/{component}/{name}/{version}/{architecture}"),
        ],
        ownNames: ["dists", "pool", "upload"])

    package func recognise(_ glimpse: Glimpse, of bytes: Span<UInt8>) -> Recognition {
        guard glimpse.container == .ar else { return .no }
        // deb(5): the first member must have this name, so its header always begins here.
        if bytes.has("debian-binary", at: 8) { return .surely }
        let name = ASCII.lowered(glimpse.filename)
        return DebianPackage.Kind.allCases.contains { name.hasSuffix($0.suffix) } ? .perhaps : .no
    }

    package func objection(to filename: String) -> Refusal? {
        let name = ASCII.lowered(filename)
        func refusal(_ what: String, _ remedy: String) -> Refusal { Refusal(.unsupported, what, at: "its name", remedy: remedy) }
        if name.hasSuffix(".changes") {
            return refusal(
                "it lists the files of an upload and is not a package itself",
                "give the .deb files that it lists, or upload it with dput, which sends them along")
        }
        if name.hasSuffix(".buildinfo") {
            return refusal("it says how packages were built and is not a package itself", "give the .deb files beside it")
        }
        let isTarball = [".orig.tar.", ".orig-", ".debian.tar."].contains { name.contains($0) } && name.contains(".tar.")
        guard name.hasSuffix(".dsc") || name.hasSuffix(".diff.gz") || isTarball else { return nil }
        return refusal(
            "it is Debian source, and this registry takes binary packages only",
            "build it with dpkg-buildpackage -b, and give the .deb files that come of it")
    }

    package func inspect(
        _ upload: Upload, bytes: Span<UInt8>, in repository: Repository, within budget: Budget
    ) throws(Refusal) -> PackageRecord {
        let package = try DebianPackage(bytes, within: budget)
        return PackageRecord(
            name: package.name, nameIdentity: ASCII.lowered(package.name), version: package.versionText,
            versionIdentity: package.version.canonical, architecture: package.architecture,
            summary: package.summary, facts: package.stanza.bytes,
            portrait: repository.hasPages ? DebianPortrait.of(package) : nil, warnings: package.warnings)
    }

    package func place(_ record: PackageRecord, of upload: Upload, in repository: Repository) throws(Refusal) -> Placement {
        let place = try DebianPlacement(upload.coordinates)
        if let holder = DebianAliases.holder(of: place.distribution, in: repository.options) {
            throw Refusal(
                .placement, "'\(place.distribution)' is a second name of the distribution '\(holder)' by the settings (aliases)",
                at: "distribution", remedy: "name the distribution itself")
        }
        return try place.placement(of: DebianPackage(facts: record.facts), from: upload)
    }

    /// The control stanza, what apt needs to fetch the file, and the blank line that ends a stanza. SHA-256 is what apt trusts;
    /// MD5 is for old tools that know nothing newer (debootstrap, simple-cdd), as in Debian's own indexes.
    package func fragments(
        of record: PackageRecord, from upload: Upload, at placement: Placement, annotations: Annotations,
        in repository: Repository
    ) -> [Fragment] {
        var stanza = record.facts
        stanza.reserveCapacity(stanza.count + placement.path.text.utf8.count + 192)
        stanza.append("Filename: ")
        stanza.append(placement.path.text)
        stanza.append("\nSize: ")
        stanza.append(decimal: upload.size)
        stanza.append("\nMD5sum: ")
        stanza.append(hex: upload.digests.md5)
        stanza.append("\nSHA256: ")
        stanza.append(hex: upload.digests.sha256)
        stanza.append("\n\n")
        return [Fragment("stanza", stanza)]
    }

    package func documents(for scope: Scope, in repository: Repository) -> [DocumentPlan] {
        let indexes = indexes(of: scope, in: repository)
        return names(of: scope, in: repository).flatMap { name in
            indexes.plans(for: scope.key, at: name, encodings: encodings(for: scope.key, in: repository))
        }
    }

    package func roots(for scope: Scope, over leaves: [PublishedDocument], in repository: Repository) -> [DocumentPlan] {
        let indexes = indexes(of: scope, in: repository)
        guard !indexes.components.isEmpty else { return [] }
        return names(of: scope, in: repository).map { name in
            let release = DebianRelease(
                distribution: scope.key, name: name, customs: scope.customs, changed: scope.changed, indexes: indexes,
                owner: repository.owner, options: repository.options)
            let folder = "dists/\(name)"
            return DocumentPlan(
                path: "\(folder)/Release", body: [.literal(release.bytes(over: leaves))],
                // InRelease last: apt asks for it first and looks no further.
                companions: repository.publicKey == nil
                    ? [] : [.detached(path: "\(folder)/Release.gpg"), .clearsigned(path: "\(folder)/InRelease")])
        }
    }

    /// The distribution's own name and its second ones: each has all documents.
    private func names(of scope: Scope, in repository: Repository) -> [String] {
        [scope.key] + DebianAliases.of(scope.key, in: repository.options)
    }

    package func commons(in repository: Repository) -> [DocumentPlan] {
        guard let key = repository.publicKey else { return [] }
        return [DocumentPlan(path: "repository.key", body: [.literal(key)])]
    }

    /// Partitions are named `COMPONENT[/debian-installer]/ARCHITECTURE`, and a component has no slash.
    package func coordinates(of partition: PartitionKey) -> Coordinates {
        let component = partition.name.utf8.prefix { $0 != UInt8(ascii: "/") }
        return Coordinates(["distribution": partition.scope, "component": String(decoding: component, as: UTF8.self)])
    }

    package func particulars(of scope: Scope) -> [String: String] {
        ["components": DebianIndexes(scope, published: []).components.joined(separator: " ")]
    }

    private func indexes(of scope: Scope, in repository: Repository) -> DebianIndexes {
        DebianIndexes(scope, published: repository.options.list("architectures", for: scope.key) ?? [])
    }

    /// Plain first: it is what the others are made of, and what Release must list.
    private func encodings(for distribution: String, in repository: Repository) -> [Encoding] {
        let chosen = repository.options.list("compression", for: distribution) ?? ["gz", "xz"]
        return [.plain]
            + [("gz", Encoding.gzip(level: 9)), ("xz", .xz(level: 6)), ("zst", .zstd(level: 15))]
            .filter { chosen.contains($0.0) }.map(\.1)
    }
}
