@testable import Formats

/// Whole package files, on the way that an upload takes. The first line of the input is the file's name.
extension FuzzTarget {
    static let packages = [
        // With its digests, and again without: hardly any mutation comes past them.
        FuzzTarget("rpm") { (bytes) throws(BrokenPromise) in
            let sound = try package(RPM(), bytes)
            return try package(RPM(checksDigests: false), bytes) || sound
        },
        // The main header alone, without the weight of lead, signature and payload.
        FuzzTarget("rpm-header") { (bytes) throws(BrokenPromise) in
            try package(RPM(checksDigests: false), [UInt8]("x.rpm\n") + Wrapping.rpm(header: bytes))
        },
        FuzzTarget("deb") { (bytes) throws(BrokenPromise) in try package(Debian(), bytes) },
        FuzzTarget("wheel") { (bytes) throws(BrokenPromise) in try package(PyPI(), bytes) },
        FuzzTarget("sdist") { (bytes) throws(BrokenPromise) in try package(PyPI(), compressed(bytes)) },
        // Charts, and their provenance files.
        FuzzTarget("chart") { (bytes) throws(BrokenPromise) in try package(Helm(), compressed(bytes)) },
        FuzzTarget("module") { (bytes) throws(BrokenPromise) in try package(Go(), bytes) },
        FuzzTarget("crate") { (bytes) throws(BrokenPromise) in try package(Cargo(), compressed(bytes)) },
        // Tarballs, and attestations.
        FuzzTarget("npm") { (bytes) throws(BrokenPromise) in
            let isText = parts(of: bytes).content.first == UInt8(ascii: "{")
            return try package(NPM(), isText ? bytes : compressed(bytes))
        },
        // POMs and jars that say themselves where they belong.
        FuzzTarget("maven") { (bytes) throws(BrokenPromise) in try package(Maven(), bytes) },
        // Packages, and signatures of some.
        FuzzTarget("pacman") { (bytes) throws(BrokenPromise) in
            let isSignature = parts(of: bytes).name.suffix(4).elementsEqual(".sig".utf8)
            return try package(Arch(), isSignature ? bytes : compressed(bytes))
        },
        // Whole, or what .PKGINFO says without its datahash, as no mutation comes past that.
        FuzzTarget("apk") { (bytes) throws(BrokenPromise) in
            let (name, content) = parts(of: bytes)
            let isText = Codec.recognise(content.span) == .none && !content.span.has("ADB")
            return try package(Alpine(), isText ? name + [10] + Wrapping.apk(info: content) : bytes)
        },
        FuzzTarget("container") { (bytes) throws(BrokenPromise) in
            try package(Container(), bytes, at: Coordinates(["image": "team/app", "tag": "1.0"]))
        },
        // Layouts, and archives of docker save.
        FuzzTarget("image-archive") { (bytes) throws(BrokenPromise) in
            let tar = TarRepair.withChecksums(bytes)
            let files = try read { (budget) throws(Refusal) in try ImageLayout.read(tar: tar.span, within: budget) }
            guard let files else { return false }
            var isBehindBlobs: Set<String> = []
            for file in files {
                if case .range(let range) = file.content {
                    try promise(range.lowerBound >= 0 && range.upperBound <= tar.count, "a file outside of the archive")
                }
                let image = file.image ?? ""
                try check(path: image.isEmpty ? "x" : image)
                if file.isManifest {
                    isBehindBlobs.insert(image)
                } else {
                    try promise(!isBehindBlobs.contains(image), "a blob behind a manifest that may name it")
                }
            }
            return true
        },
    ]

    /// Mutations rarely make a valid gzip file: a bare tar is taken as well, set right and wrapped.
    private static func compressed(_ input: [UInt8]) -> [UInt8] {
        let (name, content) = parts(of: input)
        guard Codec.recognise(content.span) == .none, !content.span.has("-----"), !content.span.has("PK") else { return input }
        return name + [10] + Encoding.gzip(level: 0).encode(TarRepair.withChecksums(content).span)
    }

    private static func parts(of input: [UInt8]) -> (name: [UInt8], content: [UInt8]) {
        guard let end = input.firstIndex(of: 10) else { return ([], input) }
        return (Array(input[..<end]), Array(input[(end + 1)...]))
    }

    private struct Reading: Equatable {
        var record: PackageRecord
        var words: [String] {
            [record.name, record.nameIdentity, record.version, record.versionIdentity, record.architecture, record.summary]
        }

        static func == (a: Reading, b: Reading) -> Bool {
            a.words == b.words && a.record.facts == b.record.facts && a.record.fragments == b.record.fragments
                && a.record.sidecars == b.record.sidecars
        }
    }

    /// - Parameter place: of the file, where it does not say it itself.
    static func package(
        _ ecosystem: any Ecosystem, _ input: [UInt8], at place: Coordinates = Coordinates()
    ) throws(BrokenPromise) -> Bool {
        let (name, bytes) = parts(of: input)
        // What arrives is the last component of a path.
        let filename = String(decoding: name.split(separator: UInt8(ascii: "/")).last ?? [], as: UTF8.self)
        let upload = Wrapping.upload(named: filename, of: bytes, at: place)
        let repository = Repository(owner: "acme", type: ecosystem.profile.id, baseURL: "https://packages.example.org")
        let recognitions = Ecosystems.standard.all.map { $0.recognise(bytes.span, filename: filename) }

        let reading = try read { (budget) throws(Refusal) in
            Reading(record: try ecosystem.inspect(upload, bytes: bytes.span, in: repository, within: budget))
        }
        guard let reading else { return false }
        let record = reading.record
        if ecosystem.announces(filename: filename) {
            let recognised = zip(Ecosystems.standard.all, recognitions).first { $0.0.profile.id == ecosystem.profile.id }
            try promise(recognised?.1 != .no, "a package that would not have been recognised")
        }
        for word in reading.words { try check(line: word, "the record") }
        for word in reading.words.prefix(4) { try promise(!word.isEmpty, "the record lacks a name or version") }

        let placing = Result { () throws(Refusal) in try ecosystem.place(record, of: upload, in: repository) }
        let placement: Placement
        switch placing {
        case .success(let place): placement = place
        case .failure(let refusal):
            try check(refusal)
            return false
        }
        try check(path: placement.path.text)
        try check(line: placement.identity, "the identity")
        for sidecar in record.sidecars {
            let beside = Result { () throws(Refusal) in try sidecar.place.path(beside: placement.path) }
            switch beside {
            case .success(let path): try check(path: path.text)
            case .failure(let refusal):
                try check(refusal)
                return false
            }
        }
        for listing in placement.listings {
            try promise(!listing.sortKey.isEmpty, "an entry without a sort key")
            try check(line: listing.partition.scope + listing.partition.name, "a partition")
            let scope = Scope(
                key: listing.partition.scope, changed: upload.received,
                partitions: [Partition(key: listing.partition, count: 1)])
            let plans = ecosystem.documents(for: scope, in: repository) + ecosystem.roots(for: scope, over: [], in: repository)
            for plan in plans { try check(path: plan.path) }
        }
        for annotations in [Annotations(), Annotations(yanked: "<\"broken\"\n& gone>")] {
            let fragments =
                record.fragments
                + ecosystem.fragments(of: record, from: upload, at: placement, annotations: annotations, in: repository)
            try check(fragments, of: ecosystem.profile.id, facts: record.facts)
        }
        return true
    }

    private static func check(_ fragments: [Fragment], of type: String, facts: [UInt8]) throws(BrokenPromise) {
        switch type {
        case "rpm":
            try promise(fragments.count == 3, "\(fragments.count) fragments")
            for fragment in fragments { try WellFormed.xml(fragment.bytes) }
        case "debian":
            for fragment in fragments { try WellFormed.stanza(fragment.bytes, of: facts) }
        case "helm":
            if !fragments.isEmpty { try WellFormed.helm(fragments) }
        case "maven":
            // The others are names, which no document has alone.
            for fragment in fragments where ["version", "latest", "plugin", "snapshot", "file"].contains(fragment.slot) {
                try WellFormed.xml(fragment.bytes)
            }
        case "arch":
            for fragment in fragments where fragment.slot != "name" {
                // Whole members of a tar.
                try promise(fragment.bytes.count >= 1_536 && fragment.bytes.count % 512 == 0, "not members of a tar")
            }
        case "alpine":
            for fragment in fragments { try WellFormed.record(fragment.bytes) }
        case "goproxy":
            for fragment in fragments where fragment.slot == "info" { try WellFormed.json(fragment.bytes) }
        case "cargo":
            for fragment in fragments {
                try promise(fragment.bytes.last == 10 && fragment.bytes.dropLast().allSatisfy { $0 != 10 }, "more than a line")
                try WellFormed.json(Array(fragment.bytes.dropLast()))
            }
        case "container":
            // A manifest is published as it came.
            for fragment in fragments where fragment.slot != "manifest" { try WellFormed.json(fragment.bytes) }
        case "npm":
            // Members of an object that others stand in front of or behind, one text, or an object.
            for fragment in fragments {
                switch fragment.slot.name {
                case "full", "abbreviated", "time": try WellFormed.json([UInt8]("{".utf8) + fragment.bytes + [UInt8]("}".utf8))
                case "top": try WellFormed.json([UInt8](#"{"name":"""#.utf8) + fragment.bytes + [UInt8]("}".utf8))
                case "moment", "choice", "name":
                    try WellFormed.json([UInt8]("[".utf8) + fragment.bytes + [UInt8]("]".utf8))
                default: try WellFormed.json(fragment.bytes)
                }
            }
        default:
            for fragment in fragments {
                if fragment.slot.name.hasSuffix("html") {
                    try WellFormed.html(line: fragment.bytes)
                } else {
                    try WellFormed.json(fragment.bytes)
                }
            }
        }
    }
}

/// The least that must stand around an inner text, for it to be read the way that a package's is.
enum Wrapping {
    static func upload(named filename: String, of bytes: [UInt8], at place: Coordinates = Coordinates()) -> Upload {
        func digest(_ count: Int) -> [UInt8] { [UInt8](repeating: 0x5A, count: count) }
        return Upload(
            filename: filename, size: bytes.count,
            digests: Digests(sha256: digest(32), sha1: digest(20), md5: digest(16), sha512: digest(64)),
            modified: Timestamp(seconds: 1_767_225_600), received: Timestamp(seconds: 1_767_225_601), coordinates: place)
    }

    /// Lead, a signature that says nothing, and this header.
    static func rpm(header: [UInt8]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 96)
        bytes.replaceSubrange(0..<6, with: [0xED, 0xAB, 0xEE, 0xDB, 3, 0])
        bytes[79] = 5
        // One entry, of the reserved space (1008), with eight bytes.
        bytes += [0x8E, 0xAD, 0xE8, 0x01, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 8]
        bytes += [0, 0, 0x03, 0xF0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 8] + [UInt8](repeating: 0, count: 8)
        return bytes + header
    }

    static func deb(control: [UInt8]) -> [UInt8] {
        var bytes = [UInt8]("!<arch>\n")
        for (name, content) in [
            ("debian-binary", [UInt8]("2.0\n")), ("control.tar", tar(["control": control])), ("data.tar", []),
        ] {
            bytes += [UInt8](padded(name, 16) + padded("0", 12) + padded("0", 6) + padded("0", 6))
            bytes += [UInt8](padded("100644", 8) + padded(String(content.count), 10) + "`\n")
            bytes += content
            if content.count % 2 == 1 { bytes.append(10) }
        }
        return bytes
    }

    static func apk(info: [UInt8]) -> [UInt8] {
        let data = Encoding.gzip(level: 0).encode((TarOutput.file("usr", [1], modified: 0) + TarOutput.end).span)
        let text = info + [UInt8]("\ndatahash = \(Hex.string(SHA256.of(data)))\n".utf8)
        // The control member has no end mark.
        return Encoding.gzip(level: 0).encode(TarOutput.file(".PKGINFO", text, modified: 0).span) + data
    }

    private static func tar(_ files: [String: [UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (name, content) in files {
            var header = [UInt8](repeating: 0, count: 512)
            header.replaceSubrange(0..<name.utf8.count, with: name.utf8)
            let size = String(content.count, radix: 8)
            header.replaceSubrange(124..<(124 + size.utf8.count), with: size.utf8)
            header[156] = UInt8(ascii: "0")
            bytes += header + content + [UInt8](repeating: 0, count: -content.count & 511)
        }
        return TarRepair.withChecksums(bytes + [UInt8](repeating: 0, count: 1_024))
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: width - text.utf8.count)
    }
}
