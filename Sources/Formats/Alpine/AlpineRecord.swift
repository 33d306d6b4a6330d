/// A package's record in APKINDEX: the lines of apk index (2.14.10 and 3.0.6), in its order.
///
/// `A:` is the architecture of the index, whatever the package's own is: apk fetches `REPOSITORY/A/P-V.apk`. It is kept as byte
/// 0, and filled in for each index (`Run.filling`).
struct AlpineRecord {
    private let package: AlpinePackage
    private let control: [UInt8]
    private let size: Int

    /// What apk writes the first fields into, up to `k:`.
    private static let headLimit = 2_048

    init(_ package: AlpinePackage, control sha1: [UInt8], size: Int) {
        self.package = package
        control = sha1
        self.size = size
    }

    /// With the blank line that ends a record.
    var bytes: [UInt8] {
        get throws(Refusal) {
            var text: [UInt8] = []
            func field(_ letter: Character, _ value: String?) {
                guard let value else { return }
                text.append("\(letter):\(value)\n")
            }
            text.append("C:Q1")
            text.append(base64: control)
            text.append("\n")
            field("P", package.name)
            field("V", package.version)
            field("A", "\u{0}")
            field("S", String(size))
            field("I", String(package.size))
            field("T", package.description)
            field("U", package.url)
            field("L", package.license)
            field("o", package.origin)
            field("m", package.maintainer)
            field("t", package.built.flatMap { $0 == 0 ? nil : String($0) })
            field("c", package.commit)
            field("k", package.priority.flatMap { $0 == 0 ? nil : String($0) })
            guard text.count + package.architecture.utf8.count < Self.headLimit else {
                throw Refusal(
                    .limit,
                    "its description, address, license and names have more than apk's \(Self.headLimit) bytes for a record",
                    at: ".PKGINFO", remedy: "shorten the description")
            }
            for (letter, list) in [("D", package.dependencies), ("p", package.provides), ("i", package.installIf)]
                as [(Character, String)]
            where !list.isEmpty { field(letter, list) }
            text.append("\n")
            return text
        }
    }
}
