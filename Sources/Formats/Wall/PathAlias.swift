/// Another address of a public file, which web servers answer with that file: addresses that clients of other registries have in
/// their scripts, or that a client makes up.
package struct PathAlias: Equatable, Sendable {
    /// Below `OWNER/`, decoded; a regular expression (PCRE) for the whole of it, without anchors. Must match no public path.
    package var path: String
    /// Below `OWNER/`: what is published. `$1` to `$8` stand for the captures.
    package var target: String

    package init(_ path: String, is target: String) {
        self.path = path
        self.target = target
    }
}
