internal import Formats

/// Indexes of about 700 bytes without manifests, each about one of some subjects that are nowhere: file `i` is the statement
/// number `i / subjects` about subject `i % subjects`. Which image they belong to is for whoever sends them to say.
package struct ContainerCorpus: Corpus {
    package var seed: UInt64
    package var subjects: Int

    package init(seed: UInt64, subjects: Int) {
        self.seed = seed
        self.subjects = subjects
    }

    package func file(_ index: Int) -> CorpusFile {
        let (statement, number) = index.quotientAndRemainder(dividingBy: subjects)
        var shared = CorpusRandom(seed: seed, index: number)
        var random = CorpusRandom(seed: seed ^ 0x0C1, index: index)
        let subject = Hex.string(shared.bytes(32)), size = 400 + shared.below(4_000)
        let name = "\(shared.pick(CorpusWords.nouns))-\(shared.pick(CorpusWords.actions))-\(number)"
        var json = JSONWriter()
        json.beginObject()
        json.member("schemaVersion", 2)
        json.member("mediaType", "application/vnd.oci.image.index.v1+json")
        json.member("artifactType", "application/vnd.example.\(random.pick(CorpusWords.actions)).v1+json")
        json.key("manifests")
        json.beginArray()
        json.endArray()
        json.key("subject")
        json.beginObject()
        json.member("mediaType", "application/vnd.oci.image.manifest.v1+json")
        json.member("digest", "sha256:\(subject)")
        json.member("size", size)
        json.endObject()
        json.key("annotations")
        json.beginObject()
        json.member("org.opencontainers.image.title", name)
        json.member("org.opencontainers.image.description", random.pick(CorpusWords.sentences))
        json.member("org.opencontainers.image.version", "\(index)")
        json.member("org.opencontainers.image.authors", random.pick(CorpusWords.people))
        json.endObject()
        json.endObject()
        return CorpusFile(name: "\(name)-\(statement).json", bytes: json.bytes, modified: CorpusArchive.time + index)
    }
}
