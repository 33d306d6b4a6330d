extension Specimen {
    static let maven: Specimen = {
        var maven = Specimen(type: "maven") { seed, names in MavenCorpus(seed: seed, artifacts: names) }
        maven.names = 4
        maven.hasDocumentPerName = true
        maven.hasSmallDocuments = true
        maven.hasCompressedDocuments = false
        maven.mention = .version
        return maven
    }()
}
