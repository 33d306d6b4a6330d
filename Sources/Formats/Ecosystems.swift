/// Every ecosystem this program knows. A new one is a folder and a line here.
public enum Ecosystems {
    public static let all: [any Ecosystem] = [RPM()]

    /// The ecosystem with this identifier.
    public static subscript(id: String) -> (any Ecosystem)? {
        all.first { $0.profile.id == id }
    }
}
