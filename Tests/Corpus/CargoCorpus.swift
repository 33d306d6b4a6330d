internal import Formats

/// Crates of about 1 kB: file `i` is version `i / crates` of crate `i % crates`. They depend on crates of crates.io, some only for a
/// feature or on some machines.
package struct CargoCorpus: Corpus {
    package var seed: UInt64
    package var crates: Int

    package init(seed: UInt64, crates: Int) {
        self.seed = seed
        self.crates = crates
    }

    package func file(_ index: Int) -> CorpusFile {
        let (release, crate) = index.quotientAndRemainder(dividingBy: crates)
        var shared = CorpusRandom(seed: seed, index: crate)
        var random = CorpusRandom(seed: seed ^ 0x5EED, index: index)
        let (noun, action) = (shared.pick(CorpusWords.nouns), shared.pick(CorpusWords.actions))
        let name = crate % 3 == 1 ? "\(noun)_\(action)_\(crate)" : "\(noun)-\(action)-\(crate)"
        let version =
            "\(release / 60).\(release / 5 % 12).\(release % 5)"
            + (release % 9 == 4 ? "-rc.1" : release % 9 == 7 ? "+build.\(random.below(90))" : "")
        let root = "\(name)-\(version)"
        let manifest = package(name, version, noun, action, with: &shared) + needs(of: crate, release, with: &random)
        let source = """
            //! \(noun) can \(action).

            /// File \(index) of corpus \(seed).
            pub fn greeting() -> &'static str {
                "\(random.pick(CorpusWords.actions)) each \(random.pick(CorpusWords.nouns))"
            }

            """
        let members = [
            CorpusMember("\(root)/Cargo.toml", "# As cargo wrote it.\n" + manifest),
            CorpusMember("\(root)/Cargo.toml.orig", manifest),
            CorpusMember("\(root)/README.md", "# \(name)\n\n\(random.pick(CorpusWords.sentences))\n"),
            CorpusMember("\(root)/src/lib.rs", source),
        ]
        return CorpusFile(
            name: "\(root).crate", bytes: CorpusBytes.gzip(CorpusArchive.tar(members)), modified: CorpusArchive.time + index)
    }

    private func package(
        _ name: String, _ version: String, _ noun: String, _ action: String, with shared: inout CorpusRandom
    ) -> String {
        var text = """
            [package]
            edition = "2021"
            name = "\(name)"
            version = "\(version)"
            authors = ["Dora Lind <dora@example.org>"]
            description = "\(noun) that can \(action) & \(shared.pick(CorpusWords.actions))"
            readme = "README.md"
            license = "MIT OR Apache-2.0"
            repository = "https://git.example.org/\(name)"

            """
        if shared.percent(50) { text += "rust-version = \"1.\(60 + shared.below(30))\"\n" }
        if shared.percent(10) { text += "links = \"\(noun)\"\n" }
        return text + "\n[lib]\nname = \"\(noun)\"\npath = \"src/lib.rs\"\n"
    }

    /// Every third crate needs nothing.
    private func needs(of crate: Int, _ release: Int, with random: inout CorpusRandom) -> String {
        guard crate % 3 != 2 else { return "\n[features]\ndefault = []\n" }
        var text = """

            [dependencies.log]
            version = "0.4.\(release)"

            [dependencies.serde]
            version = "1.0, <\(2 + random.below(3))"
            features = ["derive"]
            optional = true
            default-features = false

            [dev-dependencies.tempfile]
            version = "3"

            """
        if random.percent(40) {
            text += "\n[build-dependencies.compiler]\nversion = \"~1.\(random.below(20))\"\npackage = \"cc\"\n"
        }
        if random.percent(40) {
            text += "\n[target.'cfg(windows)'.dependencies.winapi]\nversion = \"=0.3.\(random.below(10))\"\n"
        }
        text += "\n[features]\ndefault = [\"std\"]\nstd = []\n"
        // Features of either generation.
        return text + (crate % 2 == 0 ? "full = [\"std\", \"serde\"]\n" : "full = [\"dep:serde\", \"serde?/std\"]\n")
    }
}
