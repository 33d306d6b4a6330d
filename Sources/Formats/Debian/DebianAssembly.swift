/// Debian uploads: dput and dput-ng send what a `.changes` file lists, that file last, but any order will do.
struct DebianAssembly: Assembly {
    let listTitle = ".changes file"

    func role(of name: String, at place: Coordinates) throws(Refusal) -> PartRole {
        switch try DebianChanges.kind(of: name) {
        case .package: .package()
        case .buildInformation: .companion
        case .changes: .list(isPublished: false)
        }
    }

    func list(_ bytes: Span<UInt8>, named name: String, at place: Coordinates) throws(Refusal) -> PartsList {
        PartsList(
            parts: try DebianChanges(bytes).files.map { file in
                PartsList.Part(
                    name: file.name, isPackage: file.kind == .package, size: file.size, sha256: file.sha256, sha1: file.sha1,
                    md5: file.md5)
            })
    }
}

extension Debian {
    package var assembly: (any Assembly)? { DebianAssembly() }
}
