/// The ecosystems that a program works with: an explicit list, in the order in which they are asked to recognise a file.
package struct Ecosystems: Sendable {
    /// Every ecosystem this program knows. A new one is a folder and a line here.
    package static let standard = Ecosystems([
        RPM(), Debian(), Helm(), PyPI(), Go(), Cargo(), NPM(), Maven(), Arch(), Alpine(), Container(),
        Generic(),
    ])

    package let all: [any Ecosystem]

    /// By identifier and by component of public paths: every file asks, and a profile is large.
    private let known: [String: any Ecosystem]

    package init(_ all: [any Ecosystem]) {
        self.all = all
        let names = all.flatMap { ecosystem in
            Set([ecosystem.profile.id, ecosystem.profile.segment]).map { ($0, ecosystem) }
        }
        known = Dictionary(names) { first, _ in first }
    }

    /// The ecosystem with this identifier, or with this component of public paths.
    package subscript(id: String) -> (any Ecosystem)? { known[id] }

    /// The identifiers, for messages: `rpm, debian`.
    package var names: String { all.map(\.profile.id).joined(separator: ", ") }

    /// The ecosystem whose packages are named like this; a hint only.
    package func named(like filename: String) -> (any Ecosystem)? {
        all.first { $0.announces(filename: filename) }
    }
}
