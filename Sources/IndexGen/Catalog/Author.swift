/// Who changes something, and from where: what the journal remembers of them.
struct Author: Hashable, Sendable, ExpressibleByStringLiteral {
    /// As people read it: a login name, `ci of acme (token k3v9x2m4qd)`, `anonymous`.
    var name: String
    /// The address that the change came from; empty on the command line.
    var origin: String
    /// The handle of the token by which the change is allowed: whoever records the change looks again whether it still is one.
    var token: String?

    init(name: String, origin: String = "") {
        self.name = name
        self.origin = origin
    }

    init(stringLiteral name: String) { self.init(name: name) }
}
