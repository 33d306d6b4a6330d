extension Specimen {
    /// Indexes have name and version apart, and no file's name.
    static let alpine: Specimen = {
        var alpine = Specimen(type: "alpine") { seed, names in AlpineCorpus(seed: seed, names: names) }
        alpine.names = 7
        alpine.destinations = [
            ["branch": "v3.22", "repository": "main"], ["branch": "v3.22", "repository": "community"],
            ["branch": "edge", "repository": "main"],
        ]
        alpine.mention = .version
        // They are gzip alone, which gives its bytes back no faster than the catalog does: nothing is taken over unrendered.
        alpine.hasSmallDocuments = true
        return alpine
    }()
}
