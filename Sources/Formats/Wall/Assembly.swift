/// How the files of one upload find each other where a client sends them one by one (dput, mvn): each waits until a list that has it is
/// complete, and then all come in together, or none.
///
/// Files wait by the address that they were sent to and by their sender; nothing of them is public meanwhile.
package protocol Assembly: Sendable {
    /// What lists are called, for people: `.changes file`.
    var listTitle: String { get }

    /// What a file is, by its name.
    ///
    /// - Parameter place: what the address says besides the name.
    /// - Throws: for a name that no file of an upload has. Others are safe components of a path, and do not begin with a dot.
    func role(of name: String, at place: Coordinates) throws(Refusal) -> PartRole

    /// Reads a list.
    func list(_ bytes: Span<UInt8>, named name: String, at place: Coordinates) throws(Refusal) -> PartsList

    /// Looks at a file that will be forgotten (`PartRole.ignored`).
    func checkIgnored(_ bytes: Span<UInt8>, named name: String, at place: Coordinates) throws(Refusal)

    /// The digest that a checksum file has for another file.
    func checksum(_ bytes: Span<UInt8>, _ algorithm: Digests.Algorithm, named name: String) throws(Refusal) -> [UInt8]
}

extension Assembly {
    package func checkIgnored(_ bytes: Span<UInt8>, named name: String, at place: Coordinates) throws(Refusal) {}

    /// Only for assemblies none of whose files is a checksum.
    package func checksum(_ bytes: Span<UInt8>, _ algorithm: Digests.Algorithm, named name: String) throws(Refusal) -> [UInt8] {
        preconditionFailure("what has checksums reads them")
    }
}

/// What one of several files that belong together is.
package enum PartRole: Equatable, Sendable {
    /// It is published. `list` is the name of the list that it belongs to, where its own name tells: where that is public already, it
    /// waits for nothing. Nil: it belongs to whichever list names it.
    case package(list: String? = nil)
    /// It says which files belong together, and may be a package itself.
    case list(isPublished: Bool)
    /// It has to come along, and is kept by nobody.
    case companion
    /// It has a digest of the file of this name, waiting or public. It is compared, and kept by nobody.
    case checksum(of: String, Digests.Algorithm)
    /// It is received and forgotten: an index that a client made, which is made here as well.
    case ignored
}

extension PartRole {
    /// The name of the list that a file belongs to, or is, where that can be public; nil elsewhere.
    package func list(ofFileNamed name: String) -> String? {
        switch self {
        case .package(let list): list
        case .list(isPublished: true): name
        case .list, .companion, .checksum, .ignored: nil
        }
    }
}

/// What a list says of the files that belong together.
package struct PartsList: Sendable {
    package struct Part: Equatable, Sendable {
        package var name: String
        /// Otherwise it comes along.
        package var isPackage: Bool
        /// Bytes.
        package var size: Int
        /// 32 bytes.
        package var sha256: [UInt8]
        /// 20 bytes; nil where the list does not say it.
        package var sha1: [UInt8]?
        /// 16 bytes; nil where the list does not say it.
        package var md5: [UInt8]?

        package init(name: String, isPackage: Bool, size: Int, sha256: [UInt8], sha1: [UInt8]? = nil, md5: [UInt8]? = nil) {
            self.name = name
            self.isPackage = isPackage
            self.size = size
            self.sha256 = sha256
            self.sha1 = sha1
            self.md5 = md5
        }
    }

    /// Something that has to be there under one of several names.
    package struct Need: Sendable {
        /// For people: "the jar of the version itself".
        package var what: String
        package var isMet: @Sendable (_ name: String) -> Bool

        package init(_ what: String, isMet: @escaping @Sendable (_ name: String) -> Bool) {
            self.what = what
            self.isMet = isMet
        }
    }

    /// Those that it names, with their digests.
    package var parts: [Part]
    /// Besides, one of the files that belong to it by their names.
    package var need: Need?

    package init(parts: [Part] = [], need: Need? = nil) {
        self.parts = parts
        self.need = need
    }

    /// What it says of a name.
    package func part(named name: String) -> Part? { parts.first { $0.name == name } }
}
