internal import Formats

/// RPMs of about 10 kB with some 35 files each. Four packages in a row come from one source: the program, its libraries, its
/// headers and its documentation.
package struct RPMCorpus: Corpus {
    package var seed: UInt64

    package init(seed: UInt64) { self.seed = seed }

    private typealias Dependency = (name: String, flags: Int, version: String)
    private typealias File = (folder: String, name: String, mode: Int, flags: Int)

    /// Sense flags: less, greater, equal; found by the dependency generator; rpmlib; scripts.
    private enum Sense {
        static let less = 2, greater = 4, equal = 8, interpreter = 256, afterInstall = 1_024
        static let foundRequired = 1 << 14, foundProvided = 1 << 15, rpmlib = 1 << 24, config = 1 << 28
    }

    private enum Mode {
        static let file = 0o100644, program = 0o100755, folder = 0o040755, link = 0o120777
    }

    package func file(_ index: Int) -> CorpusFile {
        let (group, part) = index.quotientAndRemainder(dividingBy: 4)
        var shared = CorpusRandom(seed: seed ^ 0x5EED, index: group)
        var random = CorpusRandom(seed: seed, index: index)
        let stem = shared.pick(CorpusWords.nouns)
        let base =
            shared.pick(["", "", "lib", "python3-", "perl-", "rust-"]) + "\(stem)-\(shared.pick(CorpusWords.actions))\(group)"
        let version =
            "\(shared.below(12)).\(shared.below(40))"
            + shared.pick(["", "", ".\(shared.below(20))", "~rc\(shared.below(9))", "^git\(shared.below(99))"])
        let release = "\(1 + shared.below(8))." + ["el8", "el9", "fc41"][group % 3]
        let epoch = shared.percent(20) ? shared.below(3) : nil
        let sharedArchitecture = shared.pick(["x86_64", "x86_64", "aarch64", "noarch"])
        let architecture = part == 3 ? "noarch" : sharedArchitecture
        let name = base + ["", "-libs", "-devel", "-doc"][part]
        let full = (epoch.map { "\($0):" } ?? "") + "\(version)-\(release)"
        let built = CorpusArchive.time + random.below(30_000_000)

        var header = CorpusRPMHeader()
        header.texts(100, ["C"])
        header.text(1_000, name)
        header.text(1_001, version)
        header.text(1_002, release)
        if let epoch { header.numbers(1_003, [epoch]) }
        header.translated(1_004, "\(stem.capitalizedWord) tools & <libraries> for \(base)")
        header.translated(1_005, (0...random.below(4)).map { _ in random.pick(CorpusWords.sentences) }.joined(separator: "\n"))
        header.numbers(1_006, [built])
        header.text(1_007, "builder\(group % 40).example.org")
        header.text(1_011, "Example & Co.")
        header.text(1_014, random.pick(["MIT", "GPL-3.0-or-later", "BSD-3-Clause AND MIT", "Apache-2.0"]))
        header.text(1_015, random.pick(CorpusWords.people))
        header.translated(1_016, "Applications/System")
        header.text(1_020, "https://\(stem).example.org/?from=rpm&n=\(index)")
        header.text(1_021, "linux")
        header.text(1_022, architecture)
        header.text(1_044, "\(base)-\(version)-\(release).src.rpm")
        header.text(1_064, "4.18.0")
        header.text(1_124, "cpio")
        header.text(1_126, "9")
        header.text(1_132, "\(architecture)-example-linux")
        header.text(5_062, "utf-8")
        add(files(of: name, stem: stem, part: part, with: &random), to: &header, built: built, with: &random)
        addDependencies(
            to: &header, name: name, base: base, stem: stem, part: part, version: version, full: full, architecture: architecture,
            with: &random)
        addChangelog(to: &header, version: version, built: built, with: &random)

        let payload = CorpusRPMFile.payload(random.bytes(2_048))
        let isZstd = group % 2 == 1
        let compressed = isZstd ? Encoding.zstd(level: 3).encode(payload.span) : CorpusBytes.gzip(payload)
        header.text(1_125, isZstd ? "zstd" : "gzip")
        header.texts(5_092, [CorpusBytes.sha256(compressed)])
        header.numbers(5_093, [8])
        let label = "\(name)-\(version)-\(release)"
        return CorpusFile(
            name: "\(label).\(architecture).rpm",
            bytes: CorpusRPMFile.bytes(
                label: label, header: header.bytes(region: 63), payload: compressed, expanded: payload.count),
            modified: built + 7_200)
    }

    private func files(of name: String, stem: String, part: Int, with random: inout CorpusRandom) -> [File] {
        var files: [File] = [
            ("/usr/share/", name, Mode.folder, 0), ("/usr/share/licenses/\(name)/", "LICENSE & terms", Mode.file, 128),
            ("/var/log/", "\(name).log", Mode.file, 64),
        ]
        switch part {
        case 0:
            files += [("/usr/bin/", name, Mode.program, 0), ("/etc/", "\(name).conf", Mode.file, 1 | 16)]
            if random.percent(30) { files.append(("/usr/lib/systemd/system/", "\(name).service", Mode.file, 0)) }
        case 1: files.append(("/usr/lib64/", "lib\(stem).so.1", Mode.link, 0))
        default: break
        }
        let folder = ["/usr/share/\(name)/data/", "/usr/lib64/\(name)/", "/usr/include/\(name)/", "/usr/share/doc/\(name)/"][part]
        let (front, back) = [("part-", ".dat"), ("modul_č", ".py"), ("icon", ".svg"), ("page", ".1.gz")][random.below(4)]
        // Half of the packages have few files, a tenth has many: 35 on average.
        let count =
            switch random.below(10) {
            case 0..<5: random.within(2..<16)
            case 5..<9: random.within(16..<56)
            default: random.within(56..<190)
            }
        for number in 0..<count {
            files.append(
                (number % 3 == 0 ? "/usr/share/\(name)/" : folder, "\(front)\(number)\(back)", Mode.file, number % 7 == 0 ? 2 : 0)
            )
        }
        return files.sorted { ($0.folder + $0.name).utf8.lexicographicallyPrecedes(($1.folder + $1.name).utf8) }
    }

    private func add(_ files: [File], to header: inout CorpusRPMHeader, built: Int, with random: inout CorpusRandom) {
        var folders: [String] = []
        var places: [Int] = []
        for file in files {
            if let place = folders.firstIndex(of: file.folder) {
                places.append(place)
            } else {
                places.append(folders.count)
                folders.append(file.folder)
            }
        }
        let ones = files.map { _ in 1 }
        let sizes = files.map { $0.mode == Mode.file || $0.mode == Mode.program ? random.below(90_000) : 4_096 }
        header.numbers(1_009, [sizes.reduce(0, +)])
        header.numbers(1_028, sizes)
        header.shorts(1_030, files.map(\.mode))
        header.shorts(1_033, files.map { _ in 0 })
        header.numbers(1_034, files.map { _ in built })
        header.texts(
            1_035,
            files.map { file in
                // Any 64 digits do: nobody unpacks these packages.
                file.mode == Mode.folder || file.mode == Mode.link ? "" : Hex.string(random.bytes(32))
            })
        header.texts(1_036, files.map { $0.mode == Mode.link ? "target.so.1.0" : "" })
        header.numbers(1_037, files.map(\.flags))
        for tag: UInt32 in [1_039, 1_040] { header.texts(tag, files.map { _ in "root" }) }
        header.numbers(1_045, files.map { _ in -1 })
        header.numbers(1_095, ones)
        header.numbers(1_096, Array(1...files.count))
        header.texts(1_097, files.map { _ in "" })
        header.numbers(1_116, places)
        header.texts(1_117, files.map(\.name))
        header.texts(1_118, folders)
        header.numbers(5_011, [8])
    }

    private func addDependencies(
        to header: inout CorpusRPMHeader, name: String, base: String, stem: String, part: Int, version: String, full: String,
        architecture: String, with random: inout CorpusRandom
    ) {
        let isa = ["x86_64": "(x86-64)", "aarch64": "(aarch-64)"][architecture] ?? ""
        var provides: [Dependency] = [(name, Sense.equal, full)]
        if !isa.isEmpty { provides.append((name + isa, Sense.equal, full)) }
        var requires: [Dependency] = [
            ("rpmlib(CompressedFileNames)", Sense.less | Sense.equal | Sense.rpmlib, "3.0.4-1"),
            ("rpmlib(FileDigests)", Sense.less | Sense.equal | Sense.rpmlib, "4.6.0-1"),
            ("rpmlib(PayloadFilesHavePrefix)", Sense.less | Sense.equal | Sense.rpmlib, "4.0-1"),
        ]
        switch part {
        case 0:
            provides.append(("config(\(name))", Sense.equal | Sense.config, full))
            requires += [
                ("config(\(name))", Sense.equal | Sense.config, full), ("/bin/sh", Sense.interpreter | Sense.afterInstall, ""),
            ]
        case 1: provides.append(("lib\(stem).so.1()(64bit)", Sense.foundProvided, ""))
        case 2:
            provides.append(("pkgconfig(\(stem))", Sense.equal | Sense.foundProvided, version))
            requires += [(base + "-libs" + isa, Sense.equal, full), ("/usr/bin/pkg-config", Sense.foundRequired, "")]
        default: break
        }
        if !isa.isEmpty {
            for symbol in ["", "GLIBC_2.14", "GLIBC_2.2.5", "GLIBC_2.34"].prefix(random.within(1..<5)) {
                requires.append(("libc.so.6(\(symbol))(64bit)", Sense.foundRequired, ""))
            }
            requires.append(("rtld(GNU_HASH)", Sense.foundRequired, ""))
        }
        for _ in 0..<random.within(1..<12) {
            let other = random.pick(CorpusWords.nouns)
            let forms: [Dependency] = [
                (other, 0, ""), ("\(other)-libs", Sense.greater | Sense.equal, "1.\(random.below(9))"),
                (other, Sense.less, "1:9.0-1"), ("lib\(other).so.2()(64bit)", Sense.foundRequired, ""),
                ("/usr/bin/\(other)", Sense.foundRequired, ""), ("(\(other) >= 2.0 with \(other) < 3)", 0, ""),
            ]
            requires.append(random.pick(forms))
        }
        add(provides, 1_047, 1_112, 1_113, to: &header)
        add(requires, 1_049, 1_048, 1_050, to: &header)
        if random.percent(12) { add([("\(stem)-legacy", Sense.less, "2.0")], 1_054, 1_053, 1_055, to: &header) }
        if random.percent(15) { add([("\(name)-old", Sense.less, full)], 1_090, 1_114, 1_115, to: &header) }
        if random.percent(25) { add([("\(stem)-doc", 0, ""), ("\(stem)-extras", 0, "")], 5_046, 5_048, 5_047, to: &header) }
        if random.percent(15) { add([("bash-completion", Sense.greater | Sense.equal, "2.0")], 5_049, 5_051, 5_050, to: &header) }
    }

    private func add(_ list: [Dependency], _ names: UInt32, _ flags: UInt32, _ versions: UInt32, to header: inout CorpusRPMHeader)
    {
        let list = list.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        header.texts(names, list.map(\.name))
        header.numbers(flags, list.map(\.flags))
        header.texts(versions, list.map(\.version))
    }

    /// Newest first, at noon as rpm writes them.
    private func addChangelog(to header: inout CorpusRPMHeader, version: String, built: Int, with random: inout CorpusRandom) {
        let count = random.below(16)
        guard count > 0 else { return }
        var day = built / 86_400
        var days: [Int] = []
        var authors: [String] = []
        var texts: [String] = []
        for entry in 0..<count {
            days.append(day * 86_400 + 43_200)
            authors.append("\(random.pick(CorpusWords.people)) - \(version)-\(count - entry)")
            texts.append(
                (0...random.below(3)).map { _ in
                    "- \(random.pick(["Fix CVE-2024-\(1_000 + random.below(9_000))", "Update to <the latest> release", "Rebuild for new libraries"]))"
                }.joined(separator: "\n"))
            day -= random.within(1..<200)
        }
        header.numbers(1_080, days)
        header.texts(1_081, authors)
        header.texts(1_082, texts)
    }
}

extension String {
    fileprivate var capitalizedWord: String { prefix(1).uppercased() + dropFirst() }
}
