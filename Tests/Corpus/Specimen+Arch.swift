extension Specimen {
    /// Databases list the newest version of each name alone, so that it takes many names to make them long.
    static let arch: Specimen = {
        var arch = Specimen(type: "arch") { seed, names in ArchCorpus(seed: seed, names: names) }
        arch.names = 40
        arch.destinations = [["repository": "core"], ["repository": "extra/testing"], ["repository": ""]]
        return arch
    }()
}
