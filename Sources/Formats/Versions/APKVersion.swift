/// Versions of apk's packages and their order: `1.2.3b_rc1_p2~1a2b-r4`.
///
/// Numbers with dots between, a letter, suffixes (`_alpha _beta _pre _rc` before the version itself, `_cvs _svn _git _hg _p`
/// behind it), each with a number perhaps, a commit's hash, and a revision. Source: apk-package(5), and apk-tools 3.0.6
/// (version.c), which 2.14 agrees with.
package struct APKVersion: VersionOrder, Equatable {
    package let sortKey: [UInt8]
    /// Without zeros in front of numbers, but for those behind dots, which apk compares as texts.
    package let canonical: String

    /// Bytes of a version.
    package static let lengthLimit = 200

    /// Nil for what `fault` names.
    package init?(_ text: String) {
        var reader = Reader(rest: Array(text.utf8)[...])
        guard text.utf8.count <= Self.lengthLimit, (try? reader.read()) != nil else { return nil }
        sortKey = reader.key.bytes
        canonical = String(decoding: reader.spelled, as: UTF8.self)
    }

    /// What is wrong with a version, as a clause; nil: nothing.
    package static func fault(in text: String) -> String? {
        guard text.utf8.count <= lengthLimit else { return "has more than \(lengthLimit) bytes" }
        var reader = Reader(rest: Array(text.utf8)[...])
        do {
            try reader.read()
            return nil
        } catch {
            return error.what
        }
    }

    private struct Fault: Error {
        var what: String
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>
        var key = SortKey()
        /// What was read, as `canonical` has it.
        var spelled: [UInt8] = []
        private var last = Part.number

        init(rest: ArraySlice<UInt8>) { self.rest = rest }

        /// In the order in which they may follow each other.
        private enum Part: Int { case number, letter, suffix, suffixNumber, hash, revision }

        /// What stands next, in the order of newness; those before the end make a version older.
        private enum Step: UInt8 {
            case earlySuffix = 1
            case end, revision, hash, suffixNumber, lateSuffix, letter, number
        }

        private static let early = ["alpha", "beta", "pre", "rc"]
        private static let late = ["cvs", "svn", "git", "hg", "p"]

        mutating func read() throws(Fault) {
            try appendNumber("begins without a number")
            while let byte = rest.first {
                switch byte {
                case UInt8(ascii: "."): try dotted()
                case UInt8(ascii: "_"): try suffix()
                case UInt8(ascii: "~"): try hash()
                case UInt8(ascii: "-"): try revision()
                case let byte where ASCII.isLower(byte):
                    guard last.rawValue <= Part.number.rawValue else { throw Fault(what: "has a letter where none belongs") }
                    key.rank(Step.letter)
                    key.rank(byte)
                    spelled.append(byte)
                    rest = rest.dropFirst()
                    last = .letter
                case let byte where ASCII.isDigit(byte):
                    guard last == .suffix else { throw Fault(what: "has a number where none belongs") }
                    key.rank(Step.suffixNumber)
                    try appendNumber("has a suffix without its number")
                    last = .suffixNumber
                default:
                    throw Fault(
                        what: ASCII.isControl(byte) || byte >= 0x80
                            ? "holds a character that a version cannot have" : "holds '\(UnicodeScalar(byte))'")
                }
            }
            key.rank(Step.end)
        }

        private mutating func dotted() throws(Fault) {
            guard last == .number else { throw Fault(what: "has a dot where none belongs") }
            rest = rest.dropFirst()
            let digits = rest.prefix(while: ASCII.isDigit)
            key.rank(Step.number)
            spelled.append(UInt8(ascii: "."))
            guard digits.first == UInt8(ascii: "0") else { return try appendNumber("has a dot without a number behind it") }
            // As a text, and so before all others: those have a digit at least.
            key.rank(0)
            key.word(digits)
            spelled += digits
            rest = rest.dropFirst(digits.count)
        }

        private mutating func suffix() throws(Fault) {
            guard last.rawValue <= Part.suffixNumber.rawValue else { throw Fault(what: "has a '_' where none belongs") }
            rest = rest.dropFirst()
            let word = String(decoding: rest.prefix(while: ASCII.isLower), as: UTF8.self)
            if let place = Self.early.firstIndex(of: word) {
                key.rank(Step.earlySuffix)
                key.rank(UInt8(place))
            } else if let place = Self.late.firstIndex(of: word) {
                key.rank(Step.lateSuffix)
                key.rank(UInt8(place))
            } else {
                throw Fault(what: "has the unknown suffix '_\(word)'")
            }
            spelled.append(UInt8(ascii: "_"))
            spelled.append(word)
            rest = rest.dropFirst(word.utf8.count)
            last = .suffix
        }

        private mutating func hash() throws(Fault) {
            guard last.rawValue < Part.hash.rawValue else { throw Fault(what: "has a '~' where none belongs") }
            rest = rest.dropFirst()
            let digits = rest.prefix { ASCII.isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0) }
            guard !digits.isEmpty else { throw Fault(what: "has a '~' without a hash behind it") }
            key.rank(Step.hash)
            key.word(digits)
            spelled.append(UInt8(ascii: "~"))
            spelled += digits
            rest = rest.dropFirst(digits.count)
            last = .hash
        }

        private mutating func revision() throws(Fault) {
            guard last.rawValue < Part.revision.rawValue, rest.dropFirst().first == UInt8(ascii: "r") else {
                throw Fault(what: "has a '-' that is not part of a revision at its end (-r1)")
            }
            rest = rest.dropFirst(2)
            key.rank(Step.revision)
            spelled.append("-r" as StaticString)
            try appendNumber("has a revision without its number")
            last = .revision
        }

        private mutating func appendNumber(_ fault: String) throws(Fault) {
            let digits = rest.prefix(while: ASCII.isDigit)
            guard !digits.isEmpty else { throw Fault(what: fault) }
            let number = digits.drop { $0 == UInt8(ascii: "0") }
            // What apk counts in 64 bits.
            guard number.count < 20 else { throw Fault(what: "has a number of more than 19 digits") }
            key.number(number)
            spelled += number.isEmpty ? [UInt8(ascii: "0")] : number
            rest = rest.dropFirst(digits.count)
        }
    }
}
