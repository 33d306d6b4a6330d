/// Builds a chart archive: `HelmChartBuilder("web", "1.0.0").with("appVersion: 1.10\n").bytes`.
struct HelmChartBuilder {
    var name: String
    var yaml: String
    var files: [(String, String)] = []

    init(_ name: String, _ version: String) {
        self.name = name
        yaml = "apiVersion: v2\nname: \(name)\nversion: \(version)\n"
    }

    init(yaml: String) {
        name = "chart"
        self.yaml = yaml
    }

    func with(_ lines: String) -> HelmChartBuilder {
        var copy = self
        copy.yaml += lines
        return copy
    }

    func file(_ path: String, _ content: String) -> HelmChartBuilder {
        var copy = self
        copy.files.append((path, content))
        return copy
    }

    var bytes: [UInt8] {
        var tar = TarBuilder().file("\(name)/Chart.yaml", yaml)
        for (path, content) in files { tar = tar.file("\(name)/\(path)", content) }
        return tar.bytes.gzip
    }
}
