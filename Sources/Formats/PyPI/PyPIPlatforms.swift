/// The platform tags that PyPI takes, for owners who want to publish only what could go there, too.
enum PyPIPlatforms {
    /// Whether each tag of a compressed set is portable: `any`, Windows, macOS, iOS, Android, Pyodide, and Linux only with a
    /// `manylinux` or `musllinux` promise (a plain `linux_x86_64` says nothing of the libraries it needs).
    static func areAllPortable(_ set: [UInt8]) -> Bool {
        set.split(separator: UInt8(ascii: ".")).allSatisfy { isPortable(String(decoding: $0, as: UTF8.self)) }
    }

    private static let fixed: Set<String> = [
        "any", "win32", "win_amd64", "win_arm64", "win_ia64", "linux_armv6l", "linux_armv7l",
    ]

    /// `#` stands for digits, `@` for one of the architectures.
    private static let shapes: [(pattern: String, architectures: [String])] = [
        ("manylinux1_@", ["x86_64", "i686"]), ("manylinux2010_@", ["x86_64", "i686"]),
        ("manylinux2014_@", ["x86_64", "i686", "aarch64", "armv7l", "ppc64", "ppc64le", "s390x"]),
        ("manylinux_#_#_@", linux), ("musllinux_#_#_@", linux),
        (
            "macosx_#_#_@",
            ["x86_64", "arm64", "universal2", "i386", "ppc", "ppc64", "intel", "fat", "fat3", "fat64", "universal"]
        ),
        ("ios_#_#_@", ["arm64_iphoneos", "arm64_iphonesimulator", "x86_64_iphonesimulator"]),
        ("android_#_@", ["arm64_v8a", "armeabi_v7a", "x86", "x86_64"]),
        ("pyodide_#_#_@", ["wasm32"]), ("pyemscripten_#_#_@", ["wasm32"]),
    ]
    private static let linux = [
        "x86_64", "i686", "aarch64", "armv7l", "ppc64", "ppc64le", "s390x", "riscv64", "loongarch64",
    ]

    private static func isPortable(_ tag: String) -> Bool {
        fixed.contains(tag) || shapes.contains { fits(Array(tag.utf8)[...], Array($0.pattern.utf8)[...], $0.architectures) }
    }

    private static func fits(_ tag: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>, _ architectures: [String]) -> Bool {
        var tag = tag
        for byte in pattern {
            switch byte {
            case UInt8(ascii: "@"): return architectures.contains(String(decoding: tag, as: UTF8.self))
            case UInt8(ascii: "#"):
                let digits = tag.prefix(while: ASCII.isDigit)
                if digits.isEmpty { return false }
                tag = tag.dropFirst(digits.count)
            default:
                guard tag.first == byte else { return false }
                tag = tag.dropFirst()
            }
        }
        return tag.isEmpty
    }
}
