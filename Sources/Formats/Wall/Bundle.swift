/// How several files of an ecosystem come as one: an archive of them, a folder, or a file from which others are made.
///
/// All of them come in together or not at all.
package protocol Bundles: Sendable {
    /// The name of a file that lies directly in every folder which is a bundle, and in no other.
    var marker: String { get }

    /// What a file's name has behind that of a bundle which it goes along with: `.prov`. Nil where there are none.
    var suffix: String? { get }

    /// Whether a file is a bundle, from its content. Cheap; must not trust a byte.
    ///
    /// - Parameter isAsked: whether somebody said that it is of this ecosystem; otherwise what others take is not ours.
    func recognise(_ glimpse: Glimpse, of bytes: Span<UInt8>, isAsked: Bool) -> BundleForm

    /// The files, none of them before those that it requires.
    ///
    /// - Parameters:
    ///   - bytes: of the file or, where its form is `packed`, of what is packed in it.
    ///   - companion: the file with `suffix` that lies beside it; nil where there is none.
    ///   - given: what its sender says of their place. It chooses among several, or names what has no name.
    func parts(of bytes: Span<UInt8>, with companion: [UInt8]?, at given: Coordinates, within budget: Budget) throws(Refusal)
        -> [BundlePart]

    /// The same for a folder.
    func parts(of folder: any BundleFolder, at given: Coordinates, within budget: Budget) throws -> [BundlePart]
}

package enum BundleForm: Equatable, Sendable {
    /// It is no bundle.
    case none
    /// Parts are ranges of it.
    case plain
    /// Parts are ranges of what is compressed in it.
    case packed
}

/// A file of a bundle.
package struct BundlePart: Equatable, Sendable {
    package enum Content: Equatable, Sendable {
        /// Of the bundle's bytes.
        case range(Range<Int>)
        /// A file in the bundle's folder, by its path there.
        case file(String)
        /// What is not in the bundle as it is, but made from it.
        case bytes([UInt8])
    }

    /// As the ecosystem's clients would send it.
    package var filename: String
    /// All that its ecosystem has.
    package var coordinates: Coordinates
    package var content: Content
    /// What people call what it completes (`app:1.2`); nil for what belongs to others.
    package var title: String?

    package init(filename: String, coordinates: Coordinates, content: Content, title: String? = nil) {
        self.filename = filename
        self.coordinates = coordinates
        self.content = content
        self.title = title
    }
}

/// The files of a folder, for whoever must not read files.
package protocol BundleFolder {
    /// Bytes of a file, links followed; nil where there is none.
    func size(of path: String) throws -> Int?

    /// - Throws: a `Refusal` for a file that is missing, or has more bytes than `limit`.
    func content(of path: String, limit: Int) throws -> [UInt8]
}
