/// What a package's `.PKGINFO` says, as far as an index repeats it.
struct AlpinePackage {
    var name: String
    var version: String
    var architecture: String
    var description: String
    var url: String
    var license: String
    var origin: String?
    var maintainer: String?
    var commit: String?
    /// Bytes when it is installed; 0 where nobody says.
    var size: Int
    /// Seconds since 1970; nil where nobody says.
    var built: Int?
    var priority: Int?
    /// As apk writes them, one blank between; empty for none.
    var dependencies = ""
    var provides = ""
    var installIf = ""

    private static let keys: Set<String> = [
        "pkgname", "pkgver", "pkgdesc", "url", "size", "license", "arch", "depend", "install_if", "provides", "origin",
        "maintainer",
        "builddate", "commit", "provider_priority", "datahash",
    ]
    /// The last second of the year 9999.
    private static let latest = 253_402_300_799

    /// - Throws: `.malformed` for what apk could not read, or not install; `.ambiguous` for a field twice that has one value.
    static func read(_ info: PackageInfo) throws(Refusal) -> (AlpinePackage, [Warning]) {
        for field in info.fields where keys.contains(field.key) && !field.isApart {
            throw info.refusal(
                .ambiguous, "\(field.key) is not written as 'KEY = VALUE', and apk passes over it", line: field.line)
        }
        var package = try AlpinePackage(info)
        var warnings: [Warning] = []
        if let line = info.oddLine {
            warnings.append(
                Warning(
                    "a line is not 'KEY = VALUE', and apk passes over it", at: ".PKGINFO, line \(line)",
                    remedy: "write the description in one line"))
        }
        func list(_ key: String) throws(Refusal) -> String {
            let (text, odd) = try AlpineDependencies.normalised(info.values(key), key, of: info)
            guard let odd else { return text }
            guard key != "depend" else {
                throw info.refusal(
                    .malformed, "'\(odd.prefix(80))' has a version that apk does not know, and nothing could satisfy it", key: key
                )
            }
            warnings.append(
                Warning(
                    "'\(odd.prefix(80))' has a version that apk does not know, and is passed over", at: ".PKGINFO, \(key)",
                    remedy: "write a version such as 1.2.3_rc1-r0 and build the package again"))
            return text
        }
        package.dependencies = try list("depend")
        package.provides = try list("provides")
        package.installIf = try list("install_if")
        return (package, warnings)
    }

    private init(_ info: PackageInfo) throws(Refusal) {
        name = try info.required("pkgname")
        if let fault = AlpineDependencies.fault(inName: name) {
            throw info.refusal(.malformed, "the package's name \(fault)", key: "pkgname")
        }
        version = try info.required("pkgver")
        if let fault = APKVersion.fault(in: version) {
            throw info.refusal(.malformed, "the package's version \(fault)", key: "pkgver")
        }
        architecture = try info.required("arch")
        if let fault = AlpinePlace.faultInArchitecture(architecture) {
            throw info.refusal(.malformed, "the package's architecture \(fault)", key: "arch")
        }
        description = try info.value("pkgdesc") ?? ""
        url = try info.value("url") ?? ""
        license = try info.value("license") ?? ""
        origin = try info.value("origin")
        maintainer = try info.value("maintainer")
        commit = try info.value("commit")
        size = try info.number("size", limit: 1 << 60) ?? 0
        built = try info.number("builddate", limit: Self.latest)
        priority = try info.number("provider_priority", limit: Int(UInt32.max))
        guard name.utf8.count + version.utf8.count <= 250 else {
            throw Refusal(
                .limit, "name and version are longer than a file name may be", at: ".PKGINFO", remedy: "shorten the version")
        }
    }
}
