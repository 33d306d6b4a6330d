internal import Formats

/// Wheels and source distributions of about 1.4 kB. File `i` belongs to project `i % projects`; a project's releases have three
/// wheels and a source distribution each.
package struct PyPICorpus: Corpus {
    package var seed: UInt64
    package var projects: Int

    package init(seed: UInt64, projects: Int) {
        self.seed = seed
        self.projects = projects
    }

    private static let tags = [
        ("py3-none", ["any"]), ("cp311-cp311", ["manylinux_2_17_x86_64", "manylinux2014_x86_64"]), ("cp312-cp312", ["win_amd64"]),
    ]

    package func file(_ index: Int) -> CorpusFile {
        let project = index % projects
        let (release, kind) = (index / projects).quotientAndRemainder(dividingBy: 4)
        var random = CorpusRandom(seed: seed, index: project)
        let (first, second) = (random.pick(CorpusWords.nouns), random.pick(CorpusWords.actions))
        // Names as people write them, each with the normal form `noun-verb-number`.
        let name = ["\(first)-\(second)-\(project)", "\(first)_\(second)_\(project)", "\(first).\(second)-\(project)"][
            project % 3]
        let escaped = "\(first)_\(second)_\(project)"
        let version = "\(release / 10).\(release % 10)" + ["", ".1", "rc1", ".post2", "a3"][(project + release) % 5]
        let requires = [nil, ">=3.8", ">=3.9,<4", "~=3.10"][(project + release) % 4]
        var metadata = """
            Metadata-Version: 2.\(1 + project % 4)
            Name: \(name)
            Version: \(version)
            Summary: \(first) that can \(second)
            Home-page: https://example.org/\(escaped)
            Author: Dora Lind
            Author-email: dora@example.org
            License: MIT
            Classifier: Programming Language :: Python :: 3
            Classifier: Operating System :: OS Independent

            """
        if let requires { metadata += "Requires-Python: \(requires)\n" }
        if project % 3 == 0 {
            metadata += "Provides-Extra: test\nRequires-Dist: attrs>=22\nRequires-Dist: pytest; extra == \"test\"\n"
        }
        metadata += "Description-Content-Type: text/markdown\n\n# \(name)\n\n\(random.pick(CorpusWords.sentences))\n"
        let module = CorpusMember("\(escaped).py", "\"\"\"File \(index) of corpus \(seed).\"\"\"\n__version__ = \"\(version)\"\n")

        var file = CorpusFile(name: "", bytes: [], modified: CorpusArchive.time + index)
        if kind == 3 {
            let root = "\(escaped)-\(version)"
            let setup = "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n"
            let contents = [
                CorpusMember("\(root)/PKG-INFO", metadata), CorpusMember("\(root)/pyproject.toml", setup),
                CorpusMember("\(root)/\(module.path)", module.content),
            ]
            file.name = "\(root).tar.gz"
            file.bytes = CorpusBytes.gzip(CorpusArchive.tar(contents))
        } else {
            let (interpreter, platforms) = Self.tags[kind]
            let information = "\(escaped)-\(version).dist-info"
            var wheel = "Wheel-Version: 1.0\nGenerator: indexgen-corpus 1\nRoot-Is-Purelib: \(kind == 0)\n"
            for platform in platforms { wheel += "Tag: \(interpreter)-\(platform)\n" }
            var members = [
                module, CorpusMember("\(information)/METADATA", metadata), CorpusMember("\(information)/WHEEL", wheel),
            ]
            var record = ""
            for member in members {
                let content = member.content ?? []
                record += "\(member.path),sha256=\(Self.base64(SHA256.of(content))),\(content.count)\n"
            }
            members.append(CorpusMember("\(information)/RECORD", record + "\(information)/RECORD,,\n"))
            file.name = "\(escaped)-\(version)-\(interpreter)-\(platforms.joined(separator: ".")).whl"
            file.bytes = CorpusArchive.zip(members)
        }

        var line = JSONWriter()
        line.beginObject()
        line.member("filename", file.name)
        line.member("hash", "sha256=" + CorpusBytes.sha256(file.bytes))
        line.member("upload_timestamp", file.modified)
        line.member("uploaded_by", "dora")
        if let requires { line.member("requires_python", requires) }
        if kind != 3 { line.member("core_metadata", "sha256=" + CorpusBytes.sha256(Array(metadata.utf8))) }
        line.endObject()
        file.listing = line.bytes + [UInt8(ascii: "\n")]
        return file
    }

    /// RECORD's form: URL-safe, without padding.
    private static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            let bits = (0..<3).reduce(0) { $0 << 8 | (start + $1 < bytes.count ? Int(bytes[start + $1]) : 0) }
            for place in 0...part.count { text.append(alphabet[bits >> (18 - 6 * place) & 63]) }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
