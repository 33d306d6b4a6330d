/// The ecosystems that a program works with: an explicit list, in the order in which they are asked to recognise a file.
public struct Ecosystems: Sendable {
    /// Every ecosystem this program knows. A new one is a folder and a line here.
    public static let standard = Ecosystems([
        RPM(), Debian(), Helm(), PyPI(), Go(), Cargo(), NPM(), Maven(), Arch(), Alpine(), Generic(),
    ])

    public let all: [any Ecosystem]

    public init(_ all: [any Ecosystem]) { self.all = all }

    /// The ecosystem with this identifier, or with this component of public paths.
    public subscript(id: String) -> (any Ecosystem)? {
        all.first { $0.profile.id == id || $0.profile.segment == id }
    }

    /// The identifiers, for messages: `rpm, debian`.
    public var names: String { all.map(\.profile.id).joined(separator: ", ") }

    /// The ecosystem whose packages are named like this; a hint only.
    public func named(like filename: String) -> (any Ecosystem)? {
        all.first { $0.announces(filename: filename) }
    }
}
