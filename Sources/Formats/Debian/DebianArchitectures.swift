/// Names of architectures that other systems use, and Debian's for the same machines: no apt asks for an index of the others.
enum DebianArchitectures {
    private static let foreign = [
        "noarch": "all", "any": "all", "none": "all", "386": "i386", "i486": "i386", "i586": "i386", "i686": "i386",
        "x86": "i386",
        "x86_64": "amd64", "x86-64": "amd64", "x64": "amd64", "aarch64": "arm64", "arm": "armhf", "arm6": "armhf",
        "arm7": "armhf",
        "armv6": "armhf", "armv6l": "armhf", "armv6hl": "armhf", "armv7": "armhf", "armv7l": "armhf", "armv7hl": "armhf",
        "ppc64le": "ppc64el", "ppc64": "ppc64el", "mips64le": "mips64el", "mipsle": "mipsel", "loongarch64": "loong64",
        "riscv": "riscv64", "riscv64gc": "riscv64", "armhfp": "armhf", "arm64ec": "arm64", "arm64v8": "arm64", "s390": "s390x",
        "powerpc64le": "ppc64el", "win32": "i386", "amd64v1": "amd64",
    ]

    /// Debian's word for an architecture that no machine of Debian has; nil for all others.
    static func right(for architecture: String) -> String? { foreign[architecture] }

    static func warnings(about architecture: String) -> [Warning] {
        guard let right = right(for: architecture) else { return [] }
        return [
            Warning(
                "dpkg knows no machine of the architecture '\(architecture)', so that no apt asks for its packages",
                at: "field Architecture", remedy: "write \(right) and rebuild the package")
        ]
    }
}
