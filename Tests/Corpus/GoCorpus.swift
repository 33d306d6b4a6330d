internal import Formats

/// Module zips of about 1.5 kB: file `i` is version `i / modules` of module `i % modules`. Every fourth module is one of `/v2`, every
/// third has capitals in its path; of twelve versions one is a pre-release and one a pseudo-version.
package struct GoCorpus: Corpus {
    package var seed: UInt64
    package var modules: Int

    package init(seed: UInt64, modules: Int) {
        self.seed = seed
        self.modules = modules
    }

    package func file(_ index: Int) -> CorpusFile {
        let (release, module) = index.quotientAndRemainder(dividingBy: modules)
        var shared = CorpusRandom(seed: seed, index: module)
        var random = CorpusRandom(seed: seed ^ 0x5EED, index: index)
        let (noun, action) = (shared.pick(CorpusWords.nouns), shared.pick(CorpusWords.actions))
        let isSecond = module % 4 == 3
        let name = "\(module % 3 == 1 ? noun.uppercased() : noun)-\(action)-\(module)"
        let path = "go.example.org/\(shared.pick(CorpusWords.nouns))/\(name)" + (isSecond ? "/v2" : "")
        let version = "v\(isSecond ? 2 : 1).\(release / 5).\(release % 5)" + suffix(of: release, with: &random)

        var mod = shared.percent(15) ? "// Deprecated: use go.example.org/\(noun) instead.\n" : ""
        mod += "module \(path)\n\ngo 1.2\(shared.below(4))\n"
        if shared.percent(60) {
            mod += "\nrequire (\n"
            for number in 0...shared.below(4) {
                mod += "\tgo.example.org/base/\(shared.pick(CorpusWords.nouns))\(number) v1.\(release / 7).\(number)\n"
            }
            mod += ")\n"
        }
        // Of an earlier version, so that none retracts itself.
        if release > 0, random.percent(20) {
            let earlier = "v\(isSecond ? 2 : 1).\((release - 1) / 5).\((release - 1) % 5)"
            mod += "\nretract \(earlier) // \(random.pick(CorpusWords.actions)) lost data\n"
        }
        let root = "\(path)@\(version)"
        let source = """
            // Package \(noun) can \(action).
            package \(noun)

            // Build is file \(index) of corpus \(seed).
            const Build = "\(version)"

            func Greeting() string { return "\(random.pick(CorpusWords.actions)) each \(random.pick(CorpusWords.nouns))" }

            """
        let members = [
            CorpusMember("\(root)/LICENSE", "MIT\n"), CorpusMember("\(root)/README.md", readme(name, with: &random)),
            CorpusMember("\(root)/go.mod", mod), CorpusMember("\(root)/\(noun).go", source),
            CorpusMember("\(root)/internal/\(action)/\(action).go", "package \(action)\n"),
        ]
        return CorpusFile(
            name: "\(name)\(isSecond ? "-v2" : "")@\(version).zip", bytes: CorpusArchive.zip(members),
            modified: CorpusArchive.time + index)
    }

    /// The numbers alone tell versions apart.
    private func suffix(of release: Int, with random: inout CorpusRandom) -> String {
        switch release % 12 {
        case 4: return "-rc.1"
        case 7:
            let moment = "202311\(10 + release % 18)\(10 + random.below(14))\(10 + random.below(50))\(10 + random.below(50))"
            return "-0.\(moment)-\(CorpusBytes.sha1(random.bytes(8)).prefix(12))"
        default: return ""
        }
    }

    private func readme(_ name: String, with random: inout CorpusRandom) -> String {
        "# \(name)\n\n\((0..<3).map { _ in random.pick(CorpusWords.sentences) }.joined(separator: "\n"))\n"
    }
}
