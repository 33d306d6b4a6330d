/// A `.deb` in a few words: `DebianFixture("Package: hello\n…").bytes`.
struct DebianFixture {
    var control: [UInt8]
    /// Name and content of each file of the control archive before `./control`.
    var before: [(String, String)] = []

    static let standard = """
        Package: hello
        Version: 1:2.10-3
        Architecture: amd64
        Maintainer: A. Person <person@example.org>
        Description: greets
         It greets the world.

        """

    init(_ control: String = standard) { self.control = Array(control.utf8) }
    init(bytes: [UInt8]) { control = bytes }

    static func stanza(
        _ name: String, _ version: String = "1.0", _ architecture: String = "amd64", extra: String = ""
    ) -> DebianFixture {
        DebianFixture("Package: \(name)\nVersion: \(version)\nArchitecture: \(architecture)\n\(extra)Description: \(name)\n")
    }

    var controlTar: [UInt8] {
        var tar = TarBuilder().folder("./")
        for (name, content) in before { tar = tar.file(name, content) }
        return tar.file("./control", control).bytes
    }

    var bytes: [UInt8] { members(("control.tar.gz", controlTar.gzip), ("data.tar.gz", TarBuilder().folder("./").bytes.gzip)) }

    /// A file of these members behind `debian-binary`.
    func members(_ members: (String, [UInt8])...) -> [UInt8] { self.members(members) }

    func members(_ members: [(String, [UInt8])]) -> [UInt8] {
        members.reduce(ArBuilder().member("debian-binary", "2.0\n")) { $0.member($1.0, $1.1) }.bytes
    }
}
