/// Python distribution files in memory, right in all that a test does not say otherwise.
enum PyPIKit {
    static let wheelFile = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"

    static func metadata(_ name: String, _ version: String, _ more: String = "") -> String {
        "Metadata-Version: 2.1\nName: \(name)\nVersion: \(version)\n\(more)\nThe description.\nName: not-a-field\n"
    }

    /// A wheel's members; `folder` is the `.dist-info` folder without its ending.
    static func wheel(
        _ name: String, _ version: String, _ more: String = "", folder: String? = nil, wheelFile: String = wheelFile
    ) -> ZipBuilder {
        let folder = (folder ?? "\(name)-\(version)") + ".dist-info"
        return ZipBuilder().file("\(name)/__init__.py", "x = 1\n").file("\(folder)/METADATA", metadata(name, version, more))
            .file("\(folder)/WHEEL", wheelFile).file("\(folder)/RECORD", "\(folder)/RECORD,,\n")
    }

    static func sdist(_ name: String, _ version: String, _ more: String = "", folder: String? = nil) -> TarBuilder {
        let folder = folder ?? "\(name)-\(version)"
        return TarBuilder().folder("\(folder)/").file("\(folder)/setup.py", "\n")
            .file("\(folder)/PKG-INFO", metadata(name, version, more))
    }
}
