internal import Formats

/// Charts of about 1 kB: file `i` is version `i / charts` of chart `i % charts`.
package struct HelmCorpus: Corpus {
    package var seed: UInt64
    package var charts: Int
    /// Bytes of noise in each chart, for files that are not small.
    package var ballast = 0

    package init(seed: UInt64, charts: Int) {
        self.seed = seed
        self.charts = charts
    }

    /// A chart of nothing but its metadata.
    package static func chart(named name: String, version: String) -> [UInt8] {
        let yaml = "apiVersion: v2\nname: \(name)\nversion: \(version)\n"
        return CorpusBytes.gzip(CorpusArchive.tar([CorpusMember("\(name)/Chart.yaml", yaml)]))
    }

    package func file(_ index: Int) -> CorpusFile {
        let chart = index % charts
        let release = index / charts
        var random = CorpusRandom(seed: seed, index: chart)
        let name = "\(random.pick(CorpusWords.nouns))-\(random.pick(CorpusWords.actions))-\(chart)"
        let version = "\(1 + release / 50).\(release / 5 % 10).\(release % 5)" + (release % 9 == 4 ? "-rc.1" : "")
        var chartFile = """
            apiVersion: v2
            name: \(name)
            version: \(version)
            appVersion: "\(release).\(random.below(10))"
            description: "\(random.pick(CorpusWords.nouns)) for \(name): \(random.pick(CorpusWords.actions)) & more"
            type: \(random.percent(20) ? "library" : "application")
            home: https://charts.example.org/\(name)
            icon: https://charts.example.org/\(name)/icon.svg
            keywords:
              - \(random.pick(CorpusWords.nouns))
              - \(random.pick(CorpusWords.nouns))
            sources:
              - https://git.example.org/\(name)
            maintainers:
              - name: Dora Lind
                email: dora@example.org

            """
        if random.percent(20) { chartFile += "kubeVersion: \">=1.25.0-0\"\n" }
        var members: [CorpusMember] = []
        if random.percent(30) {
            chartFile += "dependencies:\n"
            for dependency in ["common", "redis"] {
                chartFile += "  - name: \(dependency)\n    version: 2.x.x\n    repository: https://charts.example.org/base\n"
                chartFile += "    condition: \(dependency).enabled\n"
                members.append(
                    CorpusMember(
                        "\(name)/charts/\(dependency)/Chart.yaml", "apiVersion: v2\nname: \(dependency)\nversion: 2.0.1\n"))
            }
        }
        if random.percent(40) {
            chartFile += "annotations:\n  category: Tools\n  example.org/changes: |\n    - what changed in \(version)\n"
        }
        members.insert(CorpusMember("\(name)/Chart.yaml", chartFile), at: 0)
        members += [
            CorpusMember(
                "\(name)/values.yaml", "replicas: \(1 + release % 3)\nimage:\n  repository: apps/\(name)\n  tag: \"\(version)\"\n"
            ),
            CorpusMember(
                "\(name)/templates/map.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n"),
            CorpusMember(
                "\(name)/README.md",
                "# \(name)\n\n\((0..<4).map { _ in random.pick(CorpusWords.sentences) }.joined(separator: "\n"))\n"),
        ]
        if ballast > 0 {
            members.append(CorpusMember("\(name)/files/noise.bin", random.bytes(ballast)))
        }
        return CorpusFile(
            name: "\(name)-\(version).tgz", bytes: CorpusBytes.gzip(CorpusArchive.tar(members)),
            modified: CorpusArchive.time + index)
    }
}
