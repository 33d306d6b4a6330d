import Corpus
import Formats
import Foundation
import Testing

@testable import IndexGen

/// Images that lie in files, and their copies: several files that come in together.
@Suite struct BundleTests {
    private let test: TestSite
    private let images: [Image]

    /// An index of two platforms.
    private struct Image {
        var blobs: [ImageKit.Content]
        var manifests: [ImageKit.Content]
        var index: ImageKit.Content

        init(_ name: String) {
            let configs = ["amd64", "arm64"].map {
                ImageKit.Content(
                    #"{"architecture":"\#($0)","os":"linux","rootfs":{"type":"layers","diff_ids":[]},"x":"\#(name)"}"#)
            }
            let common = ImageKit.Content("what both have of \(name)")
            let layers = ["one", "two"].map { ImageKit.Content("layer \($0) of \(name)") }
            blobs = configs + [common] + layers
            manifests = zip(configs, layers).map { ImageKit.manifest($0, [common, $1]) }
            index = ImageKit.index(manifests)
        }

        var files: [ImageKit.Content] { blobs + manifests + [index] }
    }

    init() throws {
        test = try TestSite.ofImages()
        images = [Image("one"), Image("other")]
    }

    /// The files of a layout, by their paths.
    private func layout(_ named: [(Image, String?)], _ annotation: String = "org.opencontainers.image.ref.name") -> [(
        String, [UInt8]
    )] {
        let listed = named.map { image, name in
            let more = name.map { #","annotations":{"\#(annotation)":"\#($0)"}"# } ?? ""
            return
                #"{"mediaType":"\#(ImageKit.indexType)","digest":"\#(image.index.digest)","size":\#(image.index.bytes.count)\#(more)}"#
        }
        var files = [
            ("oci-layout", [UInt8](#"{"imageLayoutVersion":"1.0.0"}"#.utf8)),
            ("index.json", [UInt8](#"{"schemaVersion":2,"manifests":[\#(listed.joined(separator: ","))]}"#.utf8)),
        ]
        for file in named.flatMap(\.0.files) { files.append(("blobs/sha256/\(file.digest.dropFirst(7))", file.bytes)) }
        return files
    }

    private func folder(_ files: [(String, [UInt8])], _ name: String = "layout") throws -> String {
        let path = "\(test.folder)/inbox/\(name)"
        for (file, bytes) in files {
            try Files.makeFolder(Files.folder(of: "\(path)/\(file)"))
            try Files.replace("\(path)/\(file)", with: bytes)
        }
        return path
    }

    private func tar(_ files: [(String, [UInt8])], _ name: String = "layout.tar") throws -> String {
        let path = "\(test.folder)/inbox/\(name)"
        try Files.makeFolder(Files.folder(of: path))
        try Files.replace(path, with: CorpusArchive.tar(files.map { CorpusMember($0.0, $0.1) }))
        return path
    }

    /// What became of each path: the titles of what came in, or why it did not.
    private func add(_ paths: [String], image: String? = nil, tag: String? = nil, type: String? = nil, link: Bool = false) throws
        -> [String]
    {
        var given = Coordinates()
        given["image"] = image
        given["tag"] = tag
        var words: [String] = []
        let intake = Intake(
            site: test.site, catalog: test.catalog, owner: "acme", type: type, coordinates: given, link: link, author: "tester")
        try intake.take(
            paths,
            bundle: { _, result in
                for (title, outcome) in zip(result.bundle.titles, result.outcomes) {
                    guard let title else { continue }
                    if case .unchanged = outcome { words.append("unchanged \(title)") } else { words.append("added \(title)") }
                }
            }
        ) { _, result in
            switch result {
            case .success((_, let admission)): words.append("alone \(admission.path)")
            case .failure(let error): words.append("refused: \(error)")
            }
        }
        return words
    }

    private func tags(_ image: String, owner: String = "acme") throws -> String {
        try test.text("\(owner)/container/\(image)/tags/list").trimmingCharacters(in: .newlines)
    }

    private func expectSound(at location: SourceLocation = #_sourceLocation) throws {
        try test.generate()
        #expect(try test.faults() == [], sourceLocation: location)
        #expect(try test.stagedFiles() == [], sourceLocation: location)
        #expect(try test.site.treeFromScratch() == test.tree(), sourceLocation: location)
    }

    @Test func `an image is not a place that one could forget, and what is about an image is not one either`() throws {
        let config = ImageKit.Content("{}")
        let manifest = ImageKit.manifest(config, [])
        let signature = ImageKit.manifest(config, [], about: manifest, kind: "application/x.signature")
        for content in [manifest, signature] {
            let intake = Intake(
                site: test.site, catalog: test.catalog, owner: "acme", type: "container",
                coordinates: Coordinates(["image": "app", "tag": content.digest]), author: "tester")
            let admission = try intake.admit(
                PackageContent(
                    received: content.bytes, nil, digests: Digester.digests(of: content.bytes, [.sha256]),
                    size: content.bytes.count, modified: test.catalog.clock.now()), filename: content.digest)
            #expect(PackagePlace(of: admission).shown == "acme/container")
        }
    }

    @Test(arguments: ["folder", "tar", "link"]) func `an image comes in whole from a layout, by its tag`(form: String) throws {
        let files = layout([(images[0], "1.0")])
        let path = form == "tar" ? try tar(files) : try folder(files)
        #expect(try add([path], image: "app", link: form == "link") == ["added app:1.0"])
        try expectSound()
        #expect(try tags("app") == #"{"name":"acme/app","tags":["1.0"]}"#)
        for blob in images[0].blobs {
            #expect(try Files.read("\(test.site.publicRoot)/acme/container/app/blobs/\(blob.digest)") == blob.bytes)
        }
        for (kind, name) in [("manifest", images[0].manifests[1].digest), ("index", images[0].index.digest), ("index", "1.0")] {
            #expect(try FileStatus.of("\(test.site.publicRoot)/acme/container/app/manifests/\(kind)/\(name)") != nil)
        }
        let history = try test.catalog.history(HistoryQuery())
        #expect(try add([path], image: "app") == ["unchanged app:1.0"])
        #expect(try test.catalog.history(HistoryQuery()) == history)
        #expect(try add([path], image: "app", tag: "latest") == ["unchanged app:latest"])
        try expectSound()
        #expect(try tags("app") == #"{"name":"acme/app","tags":["1.0","latest"]}"#)
    }

    @Test func `a compressed archive is unpacked on the way, whether or not somebody says what it is`() throws {
        let path = try tar(layout([(images[0], "app:1.0")]))
        let run = try Program(named: "gzip", environment: ProcessInfo.processInfo.environment)
            .run(["-k", path], environment: ProcessInfo.processInfo.environment)
        #expect(run.status == 0)
        #expect(try add([path + ".gz"]) == ["added app:1.0"])
        #expect(try add([path + ".gz"], image: "other", type: "container") == ["added other:1.0"])
        try expectSound()
    }

    @Test func `several images of a layout have the names that it gives them, and one of them can be chosen`() throws {
        let path = try folder(
            layout([(images[0], "registry.example.org/team/app:1"), (images[1], "tool:2")], "io.containerd.image.name"))
        #expect(try add([path]) == ["added team/app:1", "added tool:2"])
        #expect(try add([path], image: "team/app", tag: "new") == ["unchanged team/app:new"])
        let one = try folder(layout([(images[0], "1"), (images[1], "2")]), "tags")
        #expect(try add([one], image: "mine", tag: "2") == ["added mine:2"])
        try expectSound()
        // Nothing of the other image.
        #expect(try FileStatus.of("\(test.site.publicRoot)/acme/container/mine/blobs/\(images[0].blobs[3].digest)") == nil)
        #expect(try tags("mine") == #"{"name":"acme/mine","tags":["2"]}"#)
    }

    @Test func `what has no name is refused, with what to say; and so is a choice that there is not`() throws {
        let tagged = try folder(layout([(images[0], "1")]), "tagged"), bare = try folder(layout([(images[0], nil)]), "bare")
        let two = try folder(layout([(images[0], "1"), (images[1], "2")]), "two")
        let named = try folder(layout([(images[0], "a:1"), (images[1], "b:2")]), "named")
        for (path, image, tag, words) in [
            (tagged, nil, nil, "say --image NAME --tag TAG"), (tagged, nil, "2", "say --image NAME --tag TAG"),
            (bare, "app", nil, "say --tag TAG"), (two, "app", "3", "none of them has the tag 3 (1, 2)"),
            (named, "c", nil, "none of them is called so (a:1, b:2)"), (named, nil, "3", "none of them is called so (a:1, b:2)"),
            (tagged, "App", nil, "small letters"),
        ] as [(String, String?, String?, String)] {
            let outcome = try add([path], image: image, tag: tag)
            #expect(outcome.count == 1 && outcome[0].hasPrefix("refused: ") && outcome[0].contains(words), "\(outcome)")
        }
        #expect(try test.catalog.repositories().isEmpty)
        #expect(try add([bare], image: "app", tag: images[0].index.digest) == ["added app@\(images[0].index.digest)"])
        #expect(try add([bare], image: "app", tag: "1") == ["unchanged app:1"])
        try expectSound()
    }

    @Test(arguments: [
        "a blob is missing", "a blob has other bytes", "a blob has another size", "a manifest has other bytes", "no JSON",
    ])
    func `of a layout that is damaged nothing comes in`(damage: String) throws {
        var files = layout([(images[0], "app:1"), (images[1], "b:1")])
        func change(_ content: ImageKit.Content, _ body: (inout [UInt8]) -> Void) throws {
            let index = try #require(files.firstIndex { $0.0.hasSuffix(content.digest.dropFirst(7)) })
            body(&files[index].1)
        }
        let layer = images[1].blobs[4]
        switch damage {
        case "a blob is missing": files.removeAll { $0.0.hasSuffix(layer.digest.dropFirst(7)) }
        case "a blob has other bytes": try change(layer) { $0[0] ^= 1 }
        case "a blob has another size": try change(layer) { $0.append(0) }
        case "a manifest has other bytes": try change(images[1].manifests[0]) { $0[$0.count - 3] ^= 1 }
        default: files[1].1 = [UInt8]("{".utf8)
        }
        let paths = [try folder(files), try tar(files)]
        let good = try tar(layout([(images[1], "good:1")]), "good.tar")
        let words = try add(paths + [good])
        #expect(
            words.count == 3 && words.prefix(2).allSatisfy { $0.hasPrefix("refused: ") } && words[2] == "added good:1", "\(words)"
        )
        try expectSound()
        #expect(try test.catalog.history(HistoryQuery()).allSatisfy { $0.name == "good" })
        #expect(try test.catalog.blobs().count == images[1].files.count)
    }

    @Test func `folders are found below others, and the files in them are not looked at for themselves`() throws {
        _ = try folder(layout([(images[0], "app:1")]), "pool/a/first")
        _ = try folder(layout([(images[1], "tool:1")]), "pool/second")
        let stray = "\(test.folder)/inbox/pool/a/readme"
        try Files.replace(stray, with: [UInt8]("x".utf8))
        let root = "\(test.folder)/inbox/pool"
        let finder = try PackageFinder(in: [root, "\(root)/second"], besides: test.site, markers: ["oci-layout"])
        #expect(finder.files.map(\.path) == ["\(root)/a/readme", "\(root)/a/first", "\(root)/second", "\(root)/second"])
        #expect(finder.files.map(\.named) == [false, false, false, true])
        #expect(finder.folders == [root])
        let words = try add(finder.files.map(\.path))
        #expect(words.filter { $0.hasPrefix("added") } == ["added app:1", "added tool:1"], "\(words)")
        #expect(words.contains("unchanged tool:1"))
        try expectSound()
    }

    @Test func `a chart becomes an image where somebody says so, with its provenance file beside it`() throws {
        let chart = "\(test.folder)/inbox/indexgen-hello-1.0.0.tgz"
        try Files.makeFolder(Files.folder(of: chart))
        let bytes = try Files.read(SampleFiles.path("helm/indexgen-hello-1.0.0.tgz"))
        try Files.replace(chart, with: bytes)
        #expect(try add([chart], type: "container") == ["added indexgen-hello:1.0.0"])
        let layer = "sha256:" + Hex.string(SHA256Digest.of(bytes))
        try expectSound()
        #expect(try Files.read("\(test.site.publicRoot)/acme/container/indexgen-hello/blobs/\(layer)") == bytes)
        #expect(try test.text("acme/container/indexgen-hello/manifests/manifest/1.0.0").contains(layer))
        #expect(try add([chart], image: "charts/hello", tag: "best", type: "container") == ["added charts/hello:best"])
        #expect(try add([chart], type: "container") == ["unchanged indexgen-hello:1.0.0"])
        // Of another archive.
        try Files.replace(chart + ".prov", with: [UInt8]("x".utf8))
        let words = try add([chart], type: "container")
        #expect(words.count == 1 && words[0].hasPrefix("refused: "), "\(words)")
        var finder = try PackageFinder(in: ["\(test.folder)/inbox"], besides: test.site)
        finder.leaveOut(".prov")
        #expect(finder.files.map(\.path) == [chart])
        try expectSound()
    }

    // MARK: Copies

    private func copy(_ files: (FileRow) -> Bool, to owner: String? = nil, _ place: [String: String] = [:], key: String? = nil)
        throws -> [String]
    {
        let row = try #require(try test.catalog.repositories(owner: "acme").first)
        let chosen = try test.catalog.snapshot { try $0.files(in: row, name: "app") }.filter(files)
        let copying = Copying(
            site: test.site, catalog: test.catalog, author: "promoter", owner: owner, coordinates: Coordinates(place))
        do {
            let consignment = try copying.consign(Copying.Lot(repository: row, files: chosen, key: key))
            let result = try test.catalog.take([consignment], blobs: test.site.blobs) { _, _ in [] }[0]
            guard case .taken(let outcomes) = result.outcome else { return ["\(result.outcome)"] }
            let counts = Dictionary(grouping: outcomes) { if case .unchanged = $0 { "unchanged" } else { "copied" } }
            return counts.map { "\($0.key) \($0.value.count)" } + result.marked.map { "\($0.kind.name) \($0.key)" }.sorted()
        } catch let refusal as Refusal {
            return ["\(refusal)"]
        }
    }

    @Test func `an image goes to another owner with all that it requires and its tags, and no byte is stored twice`() throws {
        _ = try add([folder(layout([(images[0], "app:1"), (images[0], "app:latest"), (images[1], "app:2")]))])
        try test.generate()
        let blobs = try test.blobPaths()
        #expect(try copy({ $0.version == images[0].index.digest }, to: "prod") == ["copied 8", "tag 1", "tag latest"])
        #expect(try test.blobPaths() == blobs)
        try expectSound()
        #expect(try tags("app", owner: "prod") == #"{"name":"prod/app","tags":["1","latest"]}"#)
        #expect(try FileStatus.of("\(test.site.publicRoot)/prod/container/app/blobs/\(images[1].blobs[3].digest)") == nil)
        // By its tag, that one alone; under another name, those that were given.
        #expect(try copy({ $0.version == images[0].index.digest }, to: "third", key: "1") == ["copied 8", "tag 1"])
        #expect(try copy({ $0.version == images[0].index.digest }, ["image": "best", "tag": "9"]) == ["copied 8", "tag 9"])
        #expect(try copy({ $0.version == images[0].index.digest }, ["image": "best", "tag": "9"]) == ["unchanged 8"])
        // Of all versions there is one tag each, and blobs that nothing requires stay.
        #expect(try copy({ _ in true }, to: "whole") == ["copied 16", "tag 1", "tag 2", "tag latest"])
        let words = try copy({ _ in true }, to: "none", ["tag": "1"])
        #expect(words.count == 1 && words[0].contains("tag 1 can stand for one version"), "\(words)")
        try expectSound()
        #expect(try test.catalog.repositories().map(\.owner) == ["acme", "prod", "third", "whole"])
        // A tag moves with the copy that has it.
        #expect(try copy({ $0.version == images[1].index.digest }, to: "prod", ["tag": "latest"]) == ["copied 8", "tag latest"])
        try expectSound()
        #expect(
            try test.text("prod/container/app/manifests/index/latest") == String(decoding: images[1].index.bytes, as: UTF8.self))
    }
}
