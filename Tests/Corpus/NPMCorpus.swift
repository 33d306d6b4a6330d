internal import Formats

/// Tarballs of about 1 kB: file `i` is version `i / packages` of package `i % packages`. Every third package has a scope, and every fourth
/// a command; of nine versions one is a pre-release. No two versions of a package have the same numbers.
package struct NPMCorpus: Corpus {
    package var seed: UInt64
    package var packages: Int

    package init(seed: UInt64, packages: Int) {
        self.seed = seed
        self.packages = packages
    }

    package func file(_ index: Int) -> CorpusFile {
        let (release, number) = index.quotientAndRemainder(dividingBy: packages)
        var shared = CorpusRandom(seed: seed, index: number)
        var random = CorpusRandom(seed: seed ^ 0x11BA5E, index: index)
        let (noun, action) = (shared.pick(CorpusWords.nouns), shared.pick(CorpusWords.actions))
        let base = "\(noun)-\(action)-\(number)", scope = shared.pick(CorpusWords.nouns)
        let name = number % 3 == 1 ? "@\(scope)/\(base)" : base
        let version = "\(release / 60).\(release / 5 % 12).\(release % 5)" + (release % 9 == 4 ? "-rc.1" : "")
        let hasCommand = number % 4 == 2
        var fields = [
            #""name": "\#(name)""#, #""version": "\#(version)""#,
            #""description": "\#(noun) that can \#(action) & \#(shared.pick(CorpusWords.actions)), <fast>""#,
            #""keywords": ["\#(noun)", "\#(random.pick(CorpusWords.nouns))"]"#,
            #""author": "Dora Lind <dora@example.org> (https://example.org/dora)""#, #""license": "MIT""#,
            #""repository": {"type": "git", "url": "git+https://git.example.org/\#(base).git"}"#,
            #""main": "lib/index.js""#,
        ]
        if hasCommand { fields.append(#""bin": {"\#(noun)": "bin/\#(noun).js"}"#) }
        fields += needs(of: number, release, with: &random)
        let source = """
            'use strict'
            // File \(index) of corpus \(seed).
            module.exports = () => '\(random.pick(CorpusWords.actions)) each \(random.pick(CorpusWords.nouns))'

            """
        var members = [
            CorpusMember("package/LICENSE", "MIT\n"), CorpusMember("package/lib/index.js", source),
            CorpusMember("package/package.json", "{\n  " + fields.joined(separator: ",\n  ") + "\n}\n"),
            CorpusMember("package/README.md", "# \(name)\n\n\(random.pick(CorpusWords.sentences))\n"),
        ]
        if hasCommand {
            let command = Array("#!/usr/bin/env node\nconsole.log(require('..')())\n".utf8)
            members.insert(CorpusMember("package/bin/\(noun).js", command, isProgram: true), at: 1)
        }
        // As npm pack calls it.
        let filename = name.replacing("@", with: "").replacing("/", with: "-")
        return CorpusFile(
            name: "\(filename)-\(version).tgz", bytes: CorpusBytes.gzip(CorpusArchive.tar(members)),
            modified: CorpusArchive.time + index)
    }

    /// Every third package needs nothing.
    private func needs(of number: Int, _ release: Int, with random: inout CorpusRandom) -> [String] {
        guard number % 3 != 2 else { return [] }
        var fields = [
            #""dependencies": {"left-pad": "^1.\#(release).0", "@example/base": ">=1.2 <\#(2 + random.below(3))"}"#,
            #""devDependencies": {"tap": "~18.\#(random.below(9))"}"#, #""engines": {"node": ">=\#(14 + random.below(8))"}"#,
        ]
        if random.percent(30) {
            fields.append(#""peerDependencies": {"react": "16 || 17 || 18"}"#)
            fields.append(#""peerDependenciesMeta": {"react": {"optional": true}}"#)
        }
        if random.percent(20) { fields.append(#""optionalDependencies": {"fsevents": "*"}, "os": ["linux", "!win32"]"#) }
        if random.percent(20) { fields.append(#""scripts": {"postinstall": "node lib/index.js", "test": "tap"}"#) }
        return fields
    }
}
