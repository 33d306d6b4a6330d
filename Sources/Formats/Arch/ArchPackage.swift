/// What a package's `.PKGINFO` says (libalpm 13 to 16; the fields are those of makepkg 7).
struct ArchPackage {
    var name: String
    var version: String
    var architecture: String
    var base: String?
    var description: String?
    var url: String?
    var packager: String?
    /// Bytes when it is installed.
    var size: Int?
    /// Seconds since 1970.
    var built: Int?
    var lists: [List: [String]] = [:]

    /// Fields with several values.
    enum List: String, CaseIterable {
        case group, license, replaces, conflict, provides, depend, optdepend, makedepend, checkdepend

        /// Those whose values are names of packages with a version behind them, perhaps.
        var isRelation: Bool {
            switch self {
            case .group, .license, .optdepend: false
            case .replaces, .conflict, .provides, .depend, .makedepend, .checkdepend: true
            }
        }
    }

    /// Values of one list. The largest known have some hundreds.
    private static let mostValues = 16_384
    /// The last second of the year 9999.
    private static let latest = 253_402_300_799

    /// - Throws: `.malformed` for what no makepkg writes, `.ambiguous` for a field that is there twice.
    init(_ info: PackageInfo) throws(Refusal) {
        name = try info.required("pkgname")
        version = try info.required("pkgver")
        architecture = try info.required("arch")
        base = try info.value("pkgbase").map(PackageInfo.tidied)
        description = try info.value("pkgdesc").map(PackageInfo.tidied)
        url = try info.value("url").map(PackageInfo.tidied)
        packager = try info.value("packager").map(PackageInfo.tidied)
        size = try info.number("size", limit: 1 << 60)
        built = try info.number("builddate", limit: Self.latest)
        guard info.values("datahash").isEmpty else {
            throw Refusal(
                .unsupported, "it is a package of apk, for Alpine", at: ".PKGINFO, datahash",
                remedy: "publish it to an Alpine repository")
        }
        if let base, let fault = ArchFileName.fault(in: base) {
            throw info.refusal(.malformed, "the name of its base \(fault)", key: "pkgbase")
        }
        for list in List.allCases {
            let values = info.values(list.rawValue).map(PackageInfo.tidied)
            guard values.count <= Self.mostValues else {
                throw info.refusal(.limit, "there are more than \(Self.mostValues) values", key: list.rawValue)
            }
            if list.isRelation {
                for value in values {
                    guard let fault = Self.fault(inRelation: value) else { continue }
                    throw info.refusal(.malformed, "'\(value.prefix(80))' \(fault)", key: list.rawValue)
                }
            }
            lists[list] = values
        }
    }

    /// `NAME`, or `NAME` with one of `=`, `<`, `<=`, `>`, `>=` and a version behind it. Names are of packages, or of what they
    /// provide (`libfoo.so`, `ld-linux.so.2()(64bit)`), versions also of something else than packages (`libfoo.so=1-64`).
    private static func fault(inRelation text: String) -> String? {
        let bytes = Array(text.utf8)
        let marks = "<>=".utf8
        let name = bytes.prefix { !marks.contains($0) }
        let operation = bytes.dropFirst(name.count).prefix { marks.contains($0) }
        let version = bytes.dropFirst(name.count + operation.count)
        if name.isEmpty { return "has no name" }
        if name.contains(32) { return "holds a blank" }
        if operation.isEmpty { return nil }
        guard ["=", "<", "<=", ">", ">="].contains(String(decoding: operation, as: UTF8.self)) else {
            return "has an unknown comparison"
        }
        if version.isEmpty { return "has no version behind its comparison" }
        if version.contains(32) { return "holds a blank" }
        if version.contains(where: marks.contains) { return "has two comparisons" }
        return nil
    }
}
