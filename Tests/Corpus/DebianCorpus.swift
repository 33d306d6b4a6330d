internal import Formats

/// Binary packages of 2–4 kB: 60 % amd64, 40 % all; members in xz (45 %), gzip (45 %), zstd (8 %) and plain (2 %).
package struct DebianCorpus: Corpus {
    package var seed: UInt64

    package init(seed: UInt64) { self.seed = seed }

    private static let sections = [
        "admin", "database", "devel", "doc", "graphics", "libs", "mail", "net", "python", "text", "utils", "web",
    ]

    package func file(_ index: Int) -> CorpusFile {
        var random = CorpusRandom(seed: seed, index: index)
        let source = source(of: index)
        let name = name(of: index)
        // Every hundredth is for amd64, so that "one more" after a round number is not one of two indexes.
        let isAll = random.percent(40) && index % 100 != 0
        let architecture = isAll ? "all" : "amd64"
        var upstream = "\(random.below(12)).\(random.below(30))"
        if random.percent(40) { upstream += ".\(random.below(20))" }
        upstream += random.pick(["", "", "", "", "", "", "", "+dfsg1", "~rc2", "+git20240518.1a2b3c4"])
        let revision = "-\(1 + random.below(4))" + (random.percent(10) ? "+deb12u1" : "")
        let epoch = random.percent(7) ? "1:" : ""

        var files = [
            CorpusMember("./", nil), CorpusMember("./usr/", nil), CorpusMember("./usr/share/", nil),
            CorpusMember("./usr/share/doc/", nil), CorpusMember("./usr/share/doc/\(name)/", nil),
            CorpusMember(
                "./usr/share/doc/\(name)/copyright", "License: MIT\n" + CorpusWords.sentences.joined(separator: "\n") + "\n"),
            CorpusMember("./usr/share/\(name)/", nil),
        ]
        for number in 0..<random.within(1..<8) {
            let content = String(repeating: "key\(number) = \(index)\n", count: random.within(1..<12))
            files.append(CorpusMember("./usr/share/\(name)/\(random.pick(CorpusWords.nouns))\(number).conf", content))
        }
        if !isAll {
            files.append(CorpusMember("./usr/bin/", nil))
            files.append(CorpusMember("./usr/bin/\(name)", [0x7F] + Array("ELF".utf8) + random.bytes(200), isProgram: true))
        }
        let size = files.reduce(0) { $0 + (($1.content?.count ?? 0) + 1_023) / 1_024 } + files.count
        let sums = files.compactMap { file in file.content.map { "\(CorpusBytes.md5($0))  \(file.path.dropFirst(2))\n" } }

        let control = control(
            index, name: name, source: source, version: epoch + upstream + revision, architecture: architecture, size: size,
            with: &random)
        let members = [CorpusMember("./", nil), CorpusMember("./control", control), CorpusMember("./md5sums", sums.joined())]
        let encoding: Encoding =
            switch random.below(100) {
            case 0..<45: .xz(level: 0)
            case 45..<90: .gzip(level: 6)
            case 90..<98: .zstd(level: 3)
            default: .plain
            }
        let suffix = encoding.suffix
        let deb = CorpusArchive.ar([
            ("debian-binary", Array("2.0\n".utf8)),
            ("control.tar\(suffix)", encoding.encode(CorpusArchive.tar(members).span)),
            ("data.tar\(suffix)", encoding.encode(CorpusArchive.tar(files).span)),
        ])
        return CorpusFile(
            name: "\(name)_\(upstream)\(revision)_\(architecture).deb", bytes: deb, modified: CorpusArchive.time + index)
    }

    private func source(of index: Int) -> String {
        var random = CorpusRandom(seed: seed ^ 0x5EED, index: index)
        return random.pick(["", "", "lib", "python-", "golang-"])
            + "\(random.pick(CorpusWords.nouns))-\(random.pick(CorpusWords.actions))\(index)"
    }

    private func name(of index: Int) -> String {
        source(of: index) + ["", "", "", "-dev", "-common", "-doc", "-utils", "-data"][index % 8]
    }

    private func control(
        _ index: Int, name: String, source: String, version: String, architecture: String, size: Int,
        with random: inout CorpusRandom
    ) -> String {
        // What others need is always an earlier package, so that any beginning of the corpus is closed.
        func dependency(_ random: inout CorpusRandom) -> String {
            self.name(of: random.below(max(1, index)))
                + random.pick(["", " (>= \(random.below(9)).\(random.below(20)))", " | mail-transport-agent"])
        }
        var text = "Package: \(name)\n"
        if source != name { text += "Source: \(source)\n" }
        text +=
            "Version: \(version)\nArchitecture: \(architecture)\nMaintainer: \(random.pick(CorpusWords.people))\nInstalled-Size: \(size)\n"
        let needs = (0..<random.below(9)).map { _ in dependency(&random) }
        if !needs.isEmpty { text += "Depends: \(needs.joined(separator: ", "))\n" }
        for (field, chance) in [("Pre-Depends", 10), ("Recommends", 20), ("Suggests", 15)] where random.percent(chance) {
            text += "\(field): \(dependency(&random))\n"
        }
        if random.percent(10) { text += "Breaks: \(name)-old (<< 2.0~)\nReplaces: \(name)-old (<< 2.0~)\n" }
        if random.percent(10) {
            text += "Provides: virtual-\(random.pick(CorpusWords.nouns)), \(source)-abi (= \(random.below(9)))\n"
        }
        text += "Section: \(random.pick(Self.sections))\nPriority: optional\n"
        if random.percent(40) { text += "Multi-Arch: foreign\n" }
        if random.percent(70) { text += "Homepage: https://\(random.pick(CorpusWords.nouns)).example.org/\(source)\n" }
        text += "Description: \(random.pick(CorpusWords.actions)) each \(random.pick(CorpusWords.nouns)) of \(source)\n"
        for paragraph in 0..<random.below(4) {
            if paragraph > 0 { text += " .\n" }
            for _ in 0..<random.within(1..<6) { text += " \(random.pick(CorpusWords.sentences))\n" }
        }
        return text
    }
}
