/// What tests have to know of an ecosystem: the one list of types that they keep.
package struct Specimen: Sendable {
    /// What documents know a file by.
    package enum Mention: Sendable {
        case name, version
        /// SHA-256, in hexadecimal digits.
        case digest
    }

    package var type: String
    /// Made-up packages of so many names, where the type has many versions of one.
    package var corpus: @Sendable (_ seed: UInt64, _ names: Int) -> any Corpus
    /// How many names give some hundred packages documents of many segments.
    package var names = 1
    /// Whether documents list the versions of one name, so that they are longest where there is but one.
    package var hasDocumentPerName = false
    /// Whether some hundred packages of one name still make no document of many segments.
    package var hasSmallDocuments = false
    package var hasCompressedDocuments = true
    package var mention = Mention.name

    /// Whether the content of its packages tells their type; otherwise it has to be said.
    package var isRecognised = true
    /// Whether files lie under their digests, so that no two can have one place.
    package var isNamedByContent = false
    /// What has to be said of a package's place at least: the coordinates without a default.
    package var home: [String: String] = [:]
    /// Coordinates that random operations spread packages over: those of one name in ascending order of versions. One empty dictionary
    /// where an ecosystem has nothing of the kind.
    package var destinations: [[String: String]] = [[:]]
    /// What the folders of a package file say of its place.
    package var coordinates: @Sendable (_ path: String) -> [String: String] = { _ in [:] }

    /// Whether a document names other documents of its scope; paths below the repository.
    package var isRoot: @Sendable (_ path: String) -> Bool = { _ in false }
    /// Whether a document names documents of any scope.
    package var isList: @Sendable (_ path: String) -> Bool = { _ in false }

    /// What `--type` has to say.
    package var spokenType: String? { isRecognised ? nil : type }

    /// In the order of `Ecosystems.standard`.
    package static let all = [rpm, debian, helm, pypi, goproxy, cargo, npm, maven, arch, alpine, container, generic]

    /// - Throws: for a type that is not in the list.
    package static func of(_ type: String) throws -> Specimen {
        guard let specimen = all.first(where: { $0.type == type }) else {
            throw CorpusFault(
                description: "\(type) is not one of the types with made-up packages: \(all.map(\.type).joined(separator: ", "))")
        }
        return specimen
    }

    private static func parts(of path: String) -> [String] { path.split(separator: "/").map(String.init) }
}

extension Specimen {
    private static let rpm: Specimen = {
        var rpm = Specimen(type: "rpm") { seed, _ in RPMCorpus(seed: seed) }
        rpm.destinations = [["group": "el9"], ["group": "gz9"], ["group": "fedora/41"]]
        rpm.isRoot = { parts(of: $0).last == "repomd.xml" }
        rpm.isList = { $0.hasSuffix(".repo") }
        return rpm
    }()

    private static let debian: Specimen = {
        var debian = Specimen(type: "debian") { seed, _ in DebianCorpus(seed: seed) }
        debian.destinations = [
            ["distribution": "stable", "component": "main"], ["distribution": "stable", "component": "extra"],
            ["distribution": "testing", "component": "main"],
        ]
        debian.isRoot = { parts(of: $0).last == "Release" }
        return debian
    }()

    private static let helm: Specimen = {
        var helm = Specimen(type: "helm") { seed, names in HelmCorpus(seed: seed, charts: names) }
        helm.names = 7
        helm.hasCompressedDocuments = false
        return helm
    }()

    private static let pypi: Specimen = {
        var pypi = Specimen(type: "pypi") { seed, names in PyPICorpus(seed: seed, projects: names) }
        pypi.names = 4
        pypi.hasDocumentPerName = true
        pypi.isList = { ["simple/index.html", "simple/index.json"].contains($0) }
        return pypi
    }()

    private static let goproxy: Specimen = {
        var goproxy = Specimen(type: "goproxy") { seed, names in GoCorpus(seed: seed, modules: names) }
        goproxy.names = 4
        goproxy.hasDocumentPerName = true
        goproxy.hasSmallDocuments = true
        goproxy.hasCompressedDocuments = false
        goproxy.mention = .version
        return goproxy
    }()

    private static let cargo: Specimen = {
        var cargo = Specimen(type: "cargo") { seed, names in CargoCorpus(seed: seed, crates: names) }
        cargo.names = 4
        cargo.hasDocumentPerName = true
        cargo.hasSmallDocuments = true
        cargo.mention = .digest
        return cargo
    }()

    private static let generic: Specimen = {
        var generic = Specimen(type: "generic") { seed, names in GenericCorpus(seed: seed, tools: names) }
        generic.names = 4
        generic.hasSmallDocuments = true
        generic.hasCompressedDocuments = false
        generic.isRecognised = false
        generic.home = ["package": "tool", "version": "1.9.0"]
        generic.destinations = [
            ["package": "tool", "version": "1.9.0"], ["package": "tool", "version": "1.10.0"],
            ["package": "tool", "version": "2.0"], ["package": "Other+tool", "version": "2024.05~1"],
        ]
        generic.coordinates = { path in
            let folders = parts(of: path).suffix(3).dropLast()
            guard folders.count == 2, let package = folders.first, let version = folders.last else { return [:] }
            return ["package": package, "version": version]
        }
        generic.isRoot = { path in parts(of: path).count == 2 && ["index.html", "index.json"].contains(parts(of: path).last) }
        generic.isList = { $0 == "index.json" }
        return generic
    }()
}
