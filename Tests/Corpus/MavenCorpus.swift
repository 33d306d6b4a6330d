internal import Formats

/// POMs of BOMs, of about 1 kB: file `i` is version `i / artifacts` of artifact `i % artifacts`; of twelve versions one is a pre-release, and
/// one a build of a snapshot. With `hasJars`, POMs of jars and those jars take turns.
package struct MavenCorpus: Corpus {
    package var seed: UInt64
    package var artifacts: Int
    package var hasJars: Bool

    package init(seed: UInt64, artifacts: Int, hasJars: Bool = false) {
        self.seed = seed
        self.artifacts = artifacts
        self.hasJars = hasJars
    }

    package func file(_ index: Int) -> CorpusFile {
        let number = hasJars ? index / 2 : index
        let (release, artifact) = number.quotientAndRemainder(dividingBy: artifacts)
        var shared = CorpusRandom(seed: seed, index: artifact)
        var random = CorpusRandom(seed: seed ^ 0x3A5E4, index: number)
        let group = "org.example.\(shared.pick(CorpusWords.nouns))"
        let name = "\(shared.pick(CorpusWords.nouns))-\(shared.pick(CorpusWords.actions))-\(artifact)"
        let (version, build) = version(of: release)
        let isJar = hasJars && index % 2 == 1
        return CorpusFile(
            name: "\(name)-\(build).\(isJar ? "jar" : "pom")",
            bytes: isJar
                ? jar(group, name, version, number) : Array(pom(group, name, version, release, with: &random).utf8),
            modified: CorpusArchive.time + index)
    }

    /// As the POM has it, and as files are named.
    private func version(of release: Int) -> (version: String, build: String) {
        let numbers = "\(release / 60).\(release / 6 % 10).\(release % 6)"
        switch release % 12 {
        case 4: return ("\(numbers)-rc-1", "\(numbers)-rc-1")
        case 7:
            let two = (10 + release % 18, 10 + release % 14)
            return ("\(numbers)-SNAPSHOT", "\(numbers)-202611\(two.0).\(two.1)0000-\(1 + release % 3)")
        default: return (numbers, numbers)
        }
    }

    private func pom(
        _ group: String, _ name: String, _ version: String, _ release: Int, with random: inout CorpusRandom
    ) -> String {
        var text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <project xmlns="http://maven.apache.org/POM/4.0.0">
              <modelVersion>4.0.0</modelVersion>
              <groupId>\(group)</groupId>
              <artifactId>\(name)</artifactId>
              <version>\(version)</version>
              <packaging>\(hasJars ? "jar" : "pom")</packaging>
              <description><![CDATA[\(random.pick(CorpusWords.sentences))]]></description>
              <dependencyManagement>
                <dependencies>

            """
        for number in 0...random.below(6) {
            text += """
                      <dependency>
                        <groupId>\(group)</groupId>
                        <artifactId>\(random.pick(CorpusWords.nouns))-\(number)</artifactId>
                        <version>\(release / 7).\(number)</version>
                      </dependency>

                """
        }
        return text + "    </dependencies>\n  </dependencyManagement>\n</project>\n"
    }

    /// It says where it belongs, as Maven's own do.
    private func jar(_ group: String, _ name: String, _ version: String, _ number: Int) -> [UInt8] {
        CorpusArchive.zip([
            CorpusMember("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\n\r\n"),
            CorpusMember(
                "META-INF/maven/\(group)/\(name)/pom.properties", "version=\(version)\ngroupId=\(group)\nartifactId=\(name)\n"),
            CorpusMember("org/example/build.txt", "file \(number) of corpus \(seed)\n"),
        ])
    }
}
