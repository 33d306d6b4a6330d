/// One dependency as the index lists it.
struct RPMDependency: Sendable {
    /// The comparison that the sense flags spell (rpm: RPMSENSE_LESS 2, GREATER 4, EQUAL 8); `none` for any other mixture.
    enum Relation: UInt8, Sendable {
        case none, less, greater, equal, lessOrEqual, greaterOrEqual

        init(flags: UInt64) {
            switch flags & 0xF {
            case 2: self = .less
            case 4: self = .greater
            case 8: self = .equal
            case 10: self = .lessOrEqual
            case 12: self = .greaterOrEqual
            default: self = .none
            }
        }

        var word: StaticString {
            switch self {
            case .none: ""
            case .less: "LT"
            case .greater: "GT"
            case .equal: "EQ"
            case .lessOrEqual: "LE"
            case .greaterOrEqual: "GE"
            }
        }
    }

    var name: Range<Int>
    var relation: Relation
    /// `[epoch:]version[-release]`, unsplit; often empty.
    var version: Range<Int>
    /// Must be there before the package's scripts run.
    var isPrerequisite = false
}

/// All dependencies of a package, chosen and ordered as createrepo_c does (src/parsehdr.c, with the legacy weak dependencies that
/// every distribution builds in).
struct RPMDependencies: Sendable {
    var provides: [RPMDependency] = []
    var requires: [RPMDependency] = []
    var conflicts: [RPMDependency] = []
    var obsoletes: [RPMDependency] = []
    var suggests: [RPMDependency] = []
    var enhances: [RPMDependency] = []
    var recommends: [RPMDependency] = []
    var supplements: [RPMDependency] = []

    /// Sense flags (rpm: include/rpm/rpmds.h).
    private enum Sense {
        /// PREREQ, SCRIPT_PRE, SCRIPT_POST, PRETRANS, POSTTRANS: needed while the transaction runs. createrepo_c 1.2.5 counts
        /// these (0.17.3 not the last two), and neither SCRIPT_PREUN nor SCRIPT_POSTUN nor INTERP.
        static let prerequisite: UInt64 = 1 << 6 | 1 << 9 | 1 << 10 | 1 << 7 | 1 << 5
        static let missingOK: UInt64 = 1 << 19
        static let strong: UInt64 = 1 << 27
    }

    private struct Tags {
        let name: RPMTag, flags: RPMTag, version: RPMTag
    }

    /// - Parameter files: the paths of the package's own primary files.
    init(_ header: RPMHeader, _ bytes: Span<UInt8>, files: RPMNameTable, within budget: Budget) throws(Refusal) {
        let entries = budget.entries
        // All kinds together: their tables may share one place in the store.
        var total = 0
        // Every set is read with the same loop; `keep` says what becomes of an entry.
        func read(
            _ tags: Tags, _ keep: (RPMDependency, UInt64) throws(Refusal) -> Void
        ) throws(Refusal) {
            guard header.has(tags.name), header.has(tags.flags), header.has(tags.version) else { return }
            var names = try header.strings(tags.name, in: bytes), versions = try header.strings(tags.version, in: bytes)
            let flags = try header.numbers(tags.flags, in: bytes)
            total += min(names.count, flags.count)
            guard total <= entries else {
                throw Refusal(
                    .limit, "the package has \(total) dependencies or more, and no more than \(entries) are read",
                    at: "tag \(tags.name.rawValue) of the RPM header", remedy: "rebuild the package with fewer")
            }
            var i = 0
            while i < flags.count, let name = try names.next(in: bytes), let version = try versions.next(in: bytes) {
                let sense = flags.value(at: i, in: bytes)
                i += 1
                try budget.deadline.check("the list of dependencies", turn: i, at: "tag \(tags.name.rawValue) of the RPM header")
                try keep(RPMDependency(name: name, relation: .init(flags: sense), version: version), sense)
            }
        }

        func all(_ tags: Tags) throws(Refusal) -> [RPMDependency] {
            var kept: [RPMDependency] = []
            try read(tags) { (dependency, _) throws(Refusal) in
                if Self.hasNumericEpoch(dependency, bytes) { kept.append(dependency) }
            }
            return kept
        }

        var provided = RPMNameTable()
        var scratch: [UInt8] = []
        let hasRequires = header.has(.requireName)
        try read(Tags(name: .provideName, flags: .provideFlags, version: .provideVersion)) { (dependency, _) throws(Refusal) in
            guard Self.hasNumericEpoch(dependency, bytes) else { return }
            if hasRequires {
                Self.spell(dependency, bytes, into: &scratch)
                provided.set(scratch.span, 0)
            }
            provides.append(dependency)
        }
        conflicts = try all(Tags(name: .conflictName, flags: .conflictFlags, version: .conflictVersion))
        obsoletes = try all(Tags(name: .obsoleteName, flags: .obsoleteFlags, version: .obsoleteVersion))

        var lastKept = RPMNameTable()
        var highestC: RPMDependency?
        try read(Tags(name: .requireName, flags: .requireFlags, version: .requireVersion)) { (entry, sense) throws(Refusal) in
            var dependency = entry
            let name = bytes.extracting(dependency.name)
            // What rpm itself must be able to do is not a package's business.
            if name.has("rpmlib(") { return }
            if !name.isEmpty, name[0] == UInt8(ascii: "/"), files.value(name) != nil { return }
            Self.spell(dependency, bytes, into: &scratch)
            if provided.value(scratch.span) != nil { return }
            dependency.isPrerequisite = sense & Sense.prerequisite != 0
            if let last = lastKept.value(name), Self.isSame(requires[last], dependency, bytes) { return }
            guard Self.hasNumericEpoch(dependency, bytes) else { return }
            if sense & Sense.missingOK != 0 {
                dependency.isPrerequisite = false
                recommends.append(dependency)
                return
            }
            if name.has("libc.so.6") {
                if let highest = highestC {
                    if RPMCLibrary.isLower(bytes.extracting(highest.name), than: name) { highestC = dependency }
                } else {
                    highestC = dependency
                }
                return
            }
            lastKept.set(name, requires.count)
            requires.append(dependency)
        }
        if let highestC { requires.append(highestC) }

        suggests = try all(Tags(name: .suggestName, flags: .suggestFlags, version: .suggestVersion))
        enhances = try all(Tags(name: .enhanceName, flags: .enhanceFlags, version: .enhanceVersion))
        recommends += try all(Tags(name: .recommendName, flags: .recommendFlags, version: .recommendVersion))
        supplements = try all(Tags(name: .supplementName, flags: .supplementFlags, version: .supplementVersion))

        // SUSE's weak dependencies of before rpm 4.12.
        let oldSuggests = Tags(name: .oldSuggestsName, flags: .oldSuggestsFlags, version: .oldSuggestsVersion)
        try read(oldSuggests) { (dependency, sense) throws(Refusal) in
            guard Self.hasNumericEpoch(dependency, bytes) else { return }
            if sense & Sense.strong != 0 { recommends.append(dependency) } else { suggests.append(dependency) }
        }
        let oldEnhances = Tags(name: .oldEnhancesName, flags: .oldEnhancesFlags, version: .oldEnhancesVersion)
        try read(oldEnhances) { (dependency, sense) throws(Refusal) in
            guard Self.hasNumericEpoch(dependency, bytes) else { return }
            if sense & Sense.strong != 0 { supplements.append(dependency) } else { enhances.append(dependency) }
        }
    }

    /// Name, relation and version without anything between: the form in which a requirement is looked for among the provides.
    private static func spell(_ dependency: RPMDependency, _ bytes: Span<UInt8>, into scratch: inout [UInt8]) {
        scratch.removeAll(keepingCapacity: true)
        scratch.append(bytes.extracting(dependency.name))
        scratch.append(dependency.relation.word)
        scratch.append(bytes.extracting(dependency.version))
    }

    private static func isSame(_ a: RPMDependency, _ b: RPMDependency, _ bytes: Span<UInt8>) -> Bool {
        guard a.relation == b.relation, a.isPrerequisite == b.isPrerequisite, a.version.count == b.version.count else {
            return false
        }
        for i in 0..<a.version.count where bytes[a.version.lowerBound + i] != bytes[b.version.lowerBound + i] { return false }
        return true
    }

    /// Dependencies whose version has an epoch that is not a number are left out.
    private static func hasNumericEpoch(_ dependency: RPMDependency, _ bytes: Span<UInt8>) -> Bool {
        RPMEpochVersionRelease(dependency.version, bytes) != nil
    }
}

/// `[epoch:]version[-release]`, split where rpm splits it: at the first colon and at the first dash after it.
struct RPMEpochVersionRelease: Sendable {
    /// Empty where none is written, which means 0.
    let epoch: Range<Int>
    let version: Range<Int>
    /// Empty where there is none.
    let release: Range<Int>

    /// Nil where the epoch is not a number.
    init?(_ range: Range<Int>, _ bytes: Span<UInt8>) {
        var colon: Int?
        var dash: Int?
        for i in range {
            if bytes[i] == UInt8(ascii: ":"), colon == nil {
                colon = i
                dash = nil
            } else if bytes[i] == UInt8(ascii: "-"), dash == nil {
                dash = i
            }
        }
        if let colon {
            // What C's strtol takes: white space, a sign, digits.
            var i = range.lowerBound
            while i < colon, bytes[i] == 32 || 9...13 ~= bytes[i] { i += 1 }
            if i < colon, bytes[i] == UInt8(ascii: "+") || bytes[i] == UInt8(ascii: "-") { i += 1 }
            let digits = i
            while i < colon, ASCII.isDigit(bytes[i]) { i += 1 }
            guard i == colon, i > digits || colon == range.lowerBound else { return nil }
            epoch = range.lowerBound..<colon
        } else {
            epoch = range.lowerBound..<range.lowerBound
        }
        let start = colon.map { $0 + 1 } ?? range.lowerBound
        version = start..<(dash ?? range.upperBound)
        release = (dash.map { $0 + 1 } ?? range.upperBound)..<range.upperBound
    }
}

/// Requirements on the C library: of all `libc.so.6(…)` only the highest version is listed, since it implies the others.
enum RPMCLibrary {
    /// Order: no parentheses, then `()`, then parentheses without a version, then by the version in them.
    static func isLower(_ a: Span<UInt8>, than b: Span<UInt8>) -> Bool {
        let left = rank(a), right = rank(b)
        if left.rank != right.rank { return left.rank < right.rank }
        return left.rank == 4 && RPMVersion.compare(a.extracting(left.version), b.extracting(right.version)) < 0
    }

    private static func rank(_ name: Span<UInt8>) -> (rank: Int, version: Range<Int>) {
        func first(_ byte: UInt8, from start: Int) -> Int? {
            var i = start
            while i < name.count, name[i] != byte { i += 1 }
            return i < name.count ? i : nil
        }
        guard let open = first(UInt8(ascii: "("), from: 0) else { return (0, 0..<0) }
        guard let close = first(UInt8(ascii: ")"), from: open) else { return (1, 0..<0) }
        guard close > open + 1 else { return (2, 0..<0) }
        var digit = open + 1
        while digit < close, !ASCII.isDigit(name[digit]) { digit += 1 }
        return digit < close ? (4, digit..<close) : (3, 0..<0)
    }
}
