/// What clients will make of a package that is sound, and that its owner does not expect.
enum RPMWarnings {
    static func of(_ package: RPMPackage, architecture: String, in bytes: Span<UInt8>) throws(Refusal) -> [Warning] {
        var warnings: [Warning] = []
        if let right = foreign[architecture] {
            warnings.append(
                Warning(
                    "rpm knows no machine of the architecture '\(architecture)', so that neither dnf nor zypper offers the package",
                    at: RPMTagTable.name(of: RPMTag.architecture.rawValue, in: .main),
                    remedy: "build it for \(right)"))
        }
        if let label = try package.header.string(.modularityLabel, in: bytes), !label.isEmpty {
            warnings.append(
                Warning(
                    "the package belongs to the module \(XMLText.string(bytes.extracting(label))), whose metadata the repository does "
                        + "not have, so that dnf does not install it (\"No available modular metadata for modular package\")",
                    at: RPMTagTable.name(of: RPMTag.modularityLabel.rawValue, in: .main),
                    remedy: "rebuild it outside of the module, or have clients set module_hotfixes=1 for this repository"))
        }
        let parts = RPMDigests.Part.allCases.filter(package.undigested.contains).map(\.rawValue)
        if !parts.isEmpty {
            warnings.append(
                Warning(
                    "the package carries no digest of its \(parts.joined(separator: " and ")): nobody can tell whether it is damaged, and rpm 4.14 and later does not install it",
                    at: "the RPM signature", remedy: "rebuild it with rpm 4.14 or later"))
        }
        return warnings
    }

    /// What other systems call an architecture, with rpm's word for it (rpm: rpmrc.in).
    private static let foreign = [
        "all": "noarch", "any": "noarch", "none": "noarch", "independent": "noarch", "amd64": "x86_64", "x64": "x86_64",
        "x86-64": "x86_64", "arm64": "aarch64", "armhf": "armv7hl", "armel": "armv5tel", "arm": "armv7hl", "armv7": "armv7hl",
        "armv6": "armv6hl", "386": "i686", "x86": "i686", "i86pc": "i686", "ppc64el": "ppc64le", "ppc64-le": "ppc64le",
        "powerpc": "ppc", "mips64le": "mips64el", "mipsle": "mipsel", "s390-64": "s390x", "riscv": "riscv64",
        "loong64": "loongarch64",
    ]
}
