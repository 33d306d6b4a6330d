internal import Formats

/// Files of any kind, of about 1 kB: file `i` is build `i / tools` of tool `i % tools`, with a name of its own. What version it belongs
/// to is for whoever sends it to say.
package struct GenericCorpus: Corpus {
    package var seed: UInt64
    package var tools: Int

    package init(seed: UInt64, tools: Int) {
        self.seed = seed
        self.tools = tools
    }

    package func file(_ index: Int) -> CorpusFile {
        let (build, tool) = index.quotientAndRemainder(dividingBy: tools)
        var shared = CorpusRandom(seed: seed, index: tool)
        var random = CorpusRandom(seed: seed ^ 0x5EED, index: index)
        let name = "\(shared.pick(CorpusWords.nouns))-\(shared.pick(CorpusWords.actions))-\(tool)"
        let system = ["linux-amd64", "linux-arm64", "darwin", "windows+x64"][build % 4]
        let text = (0..<8).map { _ in random.pick(CorpusWords.sentences) }.joined(separator: "\n")
        let (ending, bytes): (String, [UInt8]) =
            switch random.below(5) {
            case 0: (".txt", Array("\(name), build \(build) for \(system)\n\n\(text)\n".utf8))
            case 1: (".bin", [0x7F] + Array("ELF".utf8) + random.bytes(900))
            case 2: (".sh", Array("#!/bin/sh\n# Build \(build)\ncat <<'END'\n\(text)\nEND\n".utf8))
            case 3: (".json", Array("{\"name\":\"\(name)\",\"build\":\(build),\"system\":\"\(system)\"}\n".utf8))
            default:
                (
                    ".tar.gz",
                    CorpusBytes.gzip(
                        CorpusArchive.tar([
                            CorpusMember("\(name)/\(name)", random.bytes(600), isProgram: true),
                            CorpusMember("\(name)/README", "\(text)\n"),
                        ]))
                )
            }
        return CorpusFile(name: "\(name)_\(build)_\(system)\(ending)", bytes: bytes, modified: CorpusArchive.time + index)
    }
}
