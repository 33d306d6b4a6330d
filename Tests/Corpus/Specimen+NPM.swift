extension Specimen {
    static let npm: Specimen = {
        var npm = Specimen(type: "npm") { seed, names in NPMCorpus(seed: seed, packages: names) }
        npm.names = 4
        npm.hasDocumentPerName = true
        return npm
    }()
}
