internal import Formats

/// Builds tiny RPM files in memory: a lead, a signature header, a main header and a few payload bytes.
///
///     var rpm = RPMBuilder(name: "tool", version: "1.0", release: "1")
///     rpm.requires = [("bash", 12, "4.0")]
///     let file = rpm.build()
struct RPMBuilder {
    /// Name, sense flags, version.
    typealias Dependency = (name: String, flags: UInt32, version: String)

    enum Value {
        case int16([UInt16])
        case int32([UInt32])
        case int64([UInt64])
        case string([UInt8])
        case strings([[UInt8]])
        case translated([[UInt8]])
        case binary([UInt8])

        static func text(_ text: String) -> Value { .string(Array(text.utf8)) }
        static func texts(_ texts: [String]) -> Value { .strings(texts.map { Array($0.utf8) }) }
    }

    /// A file: directory with a slash at its end, base name, mode, flags.
    struct File {
        var directory: String
        var base: [UInt8]
        var mode: UInt16 = 0o100644
        var flags: UInt32 = 0

        init(_ directory: String, _ base: String, mode: UInt16 = 0o100644, flags: UInt32 = 0) {
            self.directory = directory
            self.base = Array(base.utf8)
            self.mode = mode
            self.flags = flags
        }
    }

    var name: String
    var version: String
    var release: String
    var epoch: UInt32?
    var architecture = "x86_64"
    var isSource = false
    /// Whole paths instead of directories and base names, as rpm 3 wrote them.
    var hasOldFileNames = false
    var summary: [UInt8] = Array("A tool".utf8)
    var files: [File] = []
    var provides: [Dependency] = []
    var requires: [Dependency] = []
    var conflicts: [Dependency] = []
    var obsoletes: [Dependency] = []
    var recommends: [Dependency] = []
    var suggests: [Dependency] = []
    var supplements: [Dependency] = []
    var enhances: [Dependency] = []
    var oldSuggests: [Dependency] = []
    var oldEnhances: [Dependency] = []
    /// Newest first.
    var changelog: [(date: UInt32, author: String, text: String)] = []
    /// Tags to add, or to put in place of what the builder would write; nil leaves one out.
    var tags: [UInt32: Value?] = [:]
    /// The same for the signature header.
    var signatureTags: [UInt32: Value?] = [:]
    /// Whether the file carries the digests that rpm writes. What is changed in a file afterwards makes them wrong.
    var hasDigests = true
    var payload: [UInt8] = Array("payload".utf8)

    init(name: String = "tool", version: String = "1.0", release: String = "1") {
        self.name = name
        self.version = version
        self.release = release
    }

    func build() -> [UInt8] {
        let header = Self.header(region: 63, entries())
        var tags: [UInt32: Value] = [1_000: .int32([UInt32(header.count + payload.count)]), 1_007: .int32([1_234])]
        if hasDigests {
            tags[269] = .text(Hex.string(SHA1.of(header)))
            tags[273] = .text(Hex.string(SHA256.of(header)))
            tags[1_004] = .binary(MD5.of(header + payload))
        }
        for (tag, value) in signatureTags { tags[tag] = value }
        let signature = Self.header(region: 62, tags.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        var file: [UInt8] = [0xED, 0xAB, 0xEE, 0xDB, 3, 0, 0, isSource ? 1 : 0, 0, 1]
        var label = Array("\(name)-\(version)-\(release)".utf8.prefix(65))
        label += [UInt8](repeating: 0, count: 66 - label.count)
        file += label
        file += [0, 1, 0, 5]
        file += [UInt8](repeating: 0, count: 16)
        file += signature
        while file.count % 8 != 0 { file.append(0) }
        return file + header + payload
    }

    /// SHA-256 in hexadecimal.
    var payloadDigest: String { Hex.string(SHA256.of(payload)) }

    private func entries() -> [(UInt32, Value)] {
        var entries: [UInt32: Value] = [
            100: .texts(["C"]), 1_000: .text(name), 1_001: .text(version), 1_002: .text(release), 1_004: .translated([summary]),
            1_005: .translated([Array("It does <this> & \"that\".\n\tTwice.".utf8)]), 1_006: .int32([1_700_000_000]),
            1_007: .text("builder.example.org"), 1_009: .int32([4_096]), 1_014: .text("MIT"),
            1_016: .translated([Array("Tools".utf8)]),
            1_021: .text("linux"), 1_022: .text(architecture), 1_124: .text("cpio"), 1_125: .text("gzip"),
        ]
        if let epoch { entries[1_003] = .int32([epoch]) }
        if hasDigests {
            entries[5_092] = .texts([payloadDigest])
            entries[5_093] = .int32([8])
        }
        if isSource { entries[1_106] = .int32([1]) } else { entries[1_044] = .text("\(name)-\(version)-\(release).src.rpm") }
        if !files.isEmpty {
            entries[1_028] = .int32(files.map { _ in 1 })
            entries[1_030] = .int16(files.map(\.mode))
            // createrepo_c 1.2.5 lists no files at all where the digests are missing.
            entries[1_035] = .texts(files.map { _ in "" })
            entries[1_037] = .int32(files.map(\.flags))
            if hasOldFileNames {
                entries[1_027] = .strings(files.map { Array($0.directory.utf8) + $0.base })
            } else {
                var directories: [String] = []
                entries[1_116] = .int32(
                    files.map { file in
                        if let index = directories.firstIndex(of: file.directory) { return UInt32(index) }
                        directories.append(file.directory)
                        return UInt32(directories.count - 1)
                    })
                entries[1_117] = .strings(files.map(\.base))
                entries[1_118] = .texts(directories)
            }
        }
        func add(_ dependencies: [Dependency], _ name: UInt32, _ flags: UInt32, _ version: UInt32) {
            guard !dependencies.isEmpty else { return }
            entries[name] = .texts(dependencies.map(\.name))
            entries[flags] = .int32(dependencies.map(\.flags))
            entries[version] = .texts(dependencies.map(\.version))
        }
        add(provides, 1_047, 1_112, 1_113)
        add(requires, 1_049, 1_048, 1_050)
        add(conflicts, 1_054, 1_053, 1_055)
        add(obsoletes, 1_090, 1_114, 1_115)
        add(recommends, 5_046, 5_048, 5_047)
        add(suggests, 5_049, 5_051, 5_050)
        add(supplements, 5_052, 5_054, 5_053)
        add(enhances, 5_055, 5_057, 5_056)
        add(oldSuggests, 1_156, 1_158, 1_157)
        add(oldEnhances, 1_159, 1_161, 1_160)
        if !changelog.isEmpty {
            entries[1_080] = .int32(changelog.map(\.date))
            entries[1_081] = .texts(changelog.map(\.author))
            entries[1_082] = .texts(changelog.map(\.text))
        }
        for (tag, value) in tags { entries[tag] = value }
        return entries.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// A header: magic, counts, index with the region first, store with the region's trailer last.
    static func header(region: UInt32, _ entries: [(UInt32, Value)]) -> [UInt8] {
        var store: [UInt8] = []
        var index: [UInt8] = []
        for (tag, value) in entries {
            let (kind, width, count, data) = encode(value)
            while store.count % width != 0 { store.append(0) }
            index += big(tag) + big(kind) + big(UInt32(store.count)) + big(UInt32(count))
            store += data
        }
        let count = UInt32(entries.count + 1)
        let trailer = big(region) + big(UInt32(7)) + big(0 &- 16 &* count) + big(UInt32(16))
        let first = big(region) + big(UInt32(7)) + big(UInt32(store.count)) + big(UInt32(16))
        return [0x8E, 0xAD, 0xE8, 1, 0, 0, 0, 0] + big(count) + big(UInt32(store.count + 16)) + first + index + store + trailer
    }

    private static func encode(_ value: Value) -> (kind: UInt32, width: Int, count: Int, data: [UInt8]) {
        switch value {
        case .int16(let numbers): (3, 2, numbers.count, numbers.flatMap(big))
        case .int32(let numbers): (4, 4, numbers.count, numbers.flatMap(big))
        case .int64(let numbers): (5, 8, numbers.count, numbers.flatMap(big))
        case .string(let text): (6, 1, 1, text + [0])
        case .binary(let bytes): (7, 1, bytes.count, bytes)
        case .strings(let texts): (8, 1, texts.count, texts.flatMap { $0 + [0] })
        case .translated(let texts): (9, 1, texts.count, texts.flatMap { $0 + [0] })
        }
    }

    private static func big<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        stride(from: Number.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> Number($0)) }
    }
}
