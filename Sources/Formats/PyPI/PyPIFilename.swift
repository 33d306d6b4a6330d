/// What a distribution file's name says (binary distribution format; source distribution format, PEP 625, and its past).
///
/// A stored file is never renamed, since lock files and signatures refer to names: old spellings with capitals and dots are
/// taken.
struct PyPIFilename: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        case wheel(WheelTags)
        /// With the archive's ending, `.tar.gz` or `.zip`.
        case sourceArchive(ending: String)
    }

    /// The parts of a wheel's name after its version.
    struct WheelTags: Equatable, Sendable {
        /// Empty, or a number and anything behind it.
        var build: [UInt8]
        /// Compressed sets of tags: `py2.py3`, `none`, `manylinux_2_17_x86_64.manylinux2014_x86_64`.
        var python, abi, platform: [UInt8]
    }

    var kind: Kind
    /// A wheel's name and version (`typing_extensions-4.13.2`); all of a source archive's name but the ending. As written.
    var stem: [UInt8]

    /// The longest file name that common file systems take is 255 bytes; `.metadata` is still to be added.
    static let longest = 240

    /// - Throws: `.malformed` for a name that installers could not read, `.unsupported` for the formats that PEP 527 and PEP 715
    ///   retired.
    init(_ filename: String) throws(Refusal) {
        let bytes = Array(filename.utf8)
        guard bytes.count <= Self.longest else {
            throw Self.refusal("the file name has \(bytes.count) bytes, more than \(Self.longest)", remedy: "shorten it")
        }
        // Everything a project name, a version and a tag may hold. No `/`, no control character, nothing a shell would read.
        let allowed = Array("._+-!".utf8)
        guard let first = bytes.first, ASCII.isAlphanumeric(first),
            bytes.allSatisfy({ ASCII.isAlphanumeric($0) || allowed.contains($0) })
        else {
            throw Self.refusal(
                "the file name holds something other than ASCII letters, digits and . _ + - !",
                remedy: "give it the name its build tool gave it")
        }
        if let stem = Self.without(".whl", bytes) {
            self = try Self.wheel(stem)
        } else if let stem = Self.without(".tar.gz", bytes) {
            self.init(kind: .sourceArchive(ending: ".tar.gz"), stem: Array(stem))
        } else if let stem = Self.without(".zip", bytes) {
            self.init(kind: .sourceArchive(ending: ".zip"), stem: Array(stem))
        } else {
            throw Refusal(
                .unsupported, "this is neither a wheel nor a source archive by its name", at: "file name",
                remedy: "build a wheel (.whl) or a source archive (.tar.gz)")
        }
    }

    private init(kind: Kind, stem: [UInt8]) {
        self.kind = kind
        self.stem = stem
    }

    /// `NAME-VERSION(-BUILD)?-PYTHON-ABI-PLATFORM`, the ending cut off.
    private static func wheel(_ stem: ArraySlice<UInt8>) throws(Refusal) -> PyPIFilename {
        let parts = stem.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        if let dashed = dashedName(parts) { throw dashed }
        guard parts.count == 5 || parts.count == 6 else {
            throw refusal(
                "a wheel's name has 5 or 6 parts between dashes, this one has \(parts.count)",
                remedy: "name it NAME-VERSION[-BUILD]-PYTHON-ABI-PLATFORM.whl")
        }
        guard parts[0].allSatisfy({ ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") }),
            !holdsDoubledUnderscore(parts[0]), PyPIProjectName.normalised(parts[0]) != nil
        else {
            throw refusal(
                "the project's name in the wheel's name is not valid", remedy: "write it with letters, digits, single _ and .")
        }
        guard PEP440(parts[1]) != nil else {
            throw refusal("the version in the wheel's name is not valid", remedy: "give the project a version by PEP 440")
        }
        let build = parts.count == 6 ? Array(parts[2]) : []
        guard parts.count == 5 || build.first.map(ASCII.isDigit) == true else {
            throw refusal("the wheel's build number does not start with a digit", remedy: "build it with a number as build tag")
        }
        let tags = parts.suffix(3).map { Array($0) }
        guard tags.allSatisfy(isTagSet) else {
            throw refusal(
                "the wheel's tags are not valid", remedy: "write each tag with letters, digits and _, . between alternatives")
        }
        return PyPIFilename(
            kind: .wheel(WheelTags(build: build, python: tags[0], abi: tags[1], platform: tags[2])),
            stem: parts[0] + [UInt8(ascii: "-")] + parts[1])
    }

    /// A name whose project holds dashes (`scipy-openblas32-0.3.26-py3-none-any.whl`): everything from the second part on would be
    /// taken for something else. Told by the version, which then stands further behind.
    private static func dashedName(_ parts: [ArraySlice<UInt8>]) -> Refusal? {
        guard parts.count > 5, PEP440(parts[1]) == nil,
            let version = parts.indices.first(where: { $0 > 1 && $0 <= parts.count - 4 && PEP440(parts[$0]) != nil })
        else { return nil }
        let name = Array(parts[..<version].joined(separator: [UInt8(ascii: "_")]))
        let right = Array(([name[...]] + parts[version...]).joined(separator: [UInt8(ascii: "-")]))
        return refusal(
            "the project's name in the wheel's name holds a dash, so installers read '"
                + String(decoding: parts[1], as: UTF8.self) + "' as the version",
            remedy: "write a dash in the name as _: "
                + String(decoding: right, as: UTF8.self) + ".whl")
    }

    /// What tells this file from the others of its project and version: equal for two spellings of one thing, so that
    /// `Foo-1.0.tar.gz` and `foo-1.0.0.tar.gz`, or `-py2.py3-` and `-py3.py2-`, cannot both come in.
    var identity: String {
        switch kind {
        case .sourceArchive(let ending): return "sdist" + ending
        case .wheel(let tags):
            // A build number is compared as a number and the rest as text.
            let digits = tags.build.prefix(while: ASCII.isDigit)
            let build = digits.drop { $0 == 48 } + tags.build[digits.endIndex...]
            let sets = [tags.python, tags.abi, tags.platform].map { set in
                set.map { ASCII.lowered($0) }.split(separator: UInt8(ascii: "."))
                    .map { String(decoding: $0, as: UTF8.self) }.sorted().joined(separator: ".")
            }
            let number = (tags.build.isEmpty ? "" : "0") + ASCII.lowered(String(decoding: build, as: UTF8.self))
            return "wheel/\(number)/\(sets.joined(separator: "-"))"
        }
    }

    /// For listings: `cp311-cp311-manylinux_2_17_x86_64` or `sdist`.
    var architecture: String {
        switch kind {
        case .sourceArchive: "sdist"
        case .wheel(let tags):
            [tags.python, tags.abi, tags.platform].map { String(decoding: $0, as: UTF8.self) }.joined(separator: "-")
        }
    }

    private static func isTagSet(_ set: [UInt8]) -> Bool {
        set.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { tag in
            !tag.isEmpty && tag.allSatisfy { ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "_") }
        }
    }

    private static func holdsDoubledUnderscore(_ bytes: ArraySlice<UInt8>) -> Bool {
        zip(bytes, bytes.dropFirst()).contains { $0 == UInt8(ascii: "_") && $1 == UInt8(ascii: "_") }
    }

    /// The bytes before an ending. Nil when it is missing, or nothing stands before it.
    static func without(_ ending: StaticString, _ bytes: [UInt8]) -> ArraySlice<UInt8>? {
        let length = ending.utf8CodeUnitCount
        guard bytes.count > length, bytes.span.has(ending, at: bytes.count - length) else { return nil }
        return bytes[..<(bytes.count - length)]
    }

    private static func refusal(_ what: String, remedy: String) -> Refusal {
        Refusal(.malformed, what, at: "file name", remedy: remedy)
    }
}
