/// Files of any kind below a name and a version that their sender gives them, as Gitea's and GitLab's generic packages; and, what
/// those lack, lists of them with digests, and `latest`. See the page Generic of the documentation.
///
/// A name is a scope, and its versions are the partitions: so `latest` follows from what a scope knows of itself. The list of all
/// names is one more scope.
package struct Generic: Ecosystem {
    package init() {}

    package let profile = EcosystemProfile(
        id: "generic", title: "Generic", suffixes: [], digests: [.md5, .sha512], revision: 1,
        coordinates: [
            .init("package", standard: "", help: "the name that its files are below"),
            .init("version", standard: "", help: "such as 1.2.3"),
        ],
        hasOneSpelling: true, immutablePaths: GenericDocuments.immutablePaths, serving: GenericDocuments.serving,
        // Gitea's.
        routes: [
            Route([.put], path: "{package}/{version}/{filename}", .publish(.file)),
            Route(removing: "{name}/{version}"),
        ],
        ownNames: ["index.json", "SHA256SUMS", "SHA256SUMS.asc", "latest"])

    /// Whatever a file is, nothing in it says that it is meant to be published as it is.
    package func recognise(_ bytes: Span<UInt8>, filename: String) -> Recognition { .no }

    package func inspect(
        _ upload: Upload, bytes: Span<UInt8>, in repository: Repository, within budget: Budget
    ) throws(Refusal) -> PackageRecord {
        let name = try GenericName(upload)
        return PackageRecord(
            name: name.package, nameIdentity: ASCII.lowered(name.package), version: name.version,
            versionIdentity: ASCII.lowered(name.version), architecture: "", summary: "")
    }

    /// Files are listed by name. In the list of names, spellings of one name are neighbours.
    package func place(_ record: PackageRecord, of upload: Upload, in repository: Repository) throws(Refusal) -> Placement {
        let name = try GenericName(upload)
        return try Placement(
            identity: name.identity, path: upload.placed(name.path),
            listings: [
                Listing(PartitionKey(scope: name.package, name: name.version), sortKey: [UInt8](name.filename) + [0]),
                Listing(
                    GenericDocuments.names, sortKey: [UInt8](ASCII.lowered(name.package)) + [0] + [UInt8](name.package) + [0],
                    shared: true),
            ])
    }

    package func fragments(
        of record: PackageRecord, from upload: Upload, at placement: Placement, annotations: Annotations,
        in repository: Repository
    ) -> [Fragment] {
        GenericEntry(upload, at: placement.path.text).fragments
    }

    package func documents(for scope: Scope, in repository: Repository) -> [DocumentPlan] {
        scope.key.isEmpty
            ? [GenericDocuments.list(scope)] : GenericDocuments.versions(of: scope, isSigned: repository.publicKey != nil)
    }

    /// The lists of a name, over those of its versions.
    package func roots(for scope: Scope, over leaves: [PublishedDocument], in repository: Repository) -> [DocumentPlan] {
        scope.key.isEmpty ? [] : GenericDocuments.name(scope)
    }

    package func commons(in repository: Repository) -> [DocumentPlan] {
        guard let key = repository.publicKey else { return [] }
        return [DocumentPlan(path: "repository.key", body: [.literal(key)])]
    }

    /// A package's scope is its name, and a version's partition is called like it. The list of names is nobody's place.
    package func coordinates(of partition: PartitionKey) -> Coordinates {
        partition.scope.isEmpty ? Coordinates() : Coordinates(["package": partition.scope, "version": partition.name])
    }
}
