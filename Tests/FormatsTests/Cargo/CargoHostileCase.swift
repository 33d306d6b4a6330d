import Testing

@testable import Formats
@testable import Kit

/// A crate that must not come in: what it is refused for, and words that name the fault.
struct HostileCrate: CustomTestStringConvertible, Sendable {
    var what: String
    var cause: Refusal.Cause
    var words: String
    var filename = ""
    var make: @Sendable () -> [UInt8]

    var testDescription: String { what }

    init(
        _ what: String, _ cause: Refusal.Cause, _ words: String, as filename: String = "",
        _ make: @escaping @Sendable () -> [UInt8]
    ) {
        self.what = what
        self.cause = cause
        self.words = words
        self.filename = filename
        self.make = make
    }

    /// One whose Cargo.toml has these lines more.
    static func lines(_ what: String, _ cause: Refusal.Cause, _ words: String, _ lines: String) -> HostileCrate {
        HostileCrate(what, cause, words) { CrateBuilder("web", "1.0.0").with(lines).bytes }
    }

    /// One with this Cargo.toml.
    static func toml(_ what: String, _ cause: Refusal.Cause, _ words: String, _ text: String) -> HostileCrate {
        HostileCrate(what, cause, words) { CrateBuilder("web", "1.0.0").manifest(text).bytes }
    }

    /// One with this name.
    static func named(_ name: String, _ words: String) -> HostileCrate {
        HostileCrate("the name \(name.debugDescription.prefix(60))", .malformed, words) {
            var crate = CrateBuilder(name, "1.0.0")
            crate.folder = "x-1"
            return crate.bytes
        }
    }

    /// One with this version.
    static func versioned(_ version: String, _ words: String) -> HostileCrate {
        HostileCrate("the version \(version.debugDescription.prefix(60))", .malformed, words) {
            var crate = CrateBuilder("web", version)
            crate.folder = "x-1"
            return crate.bytes
        }
    }

    /// One with these members besides Cargo.toml.
    static func tar(
        _ what: String, _ cause: Refusal.Cause, _ words: String, _ change: @escaping @Sendable (TarBuilder) -> TarBuilder
    ) -> HostileCrate {
        HostileCrate(what, cause, words) { change(CrateBuilder("web", "1.0.0").tar).bytes.gzip }
    }

    func check() throws {
        let fault = refusal { () throws(Refusal) in _ = try CargoShelf.record(make(), named: filename) }
        let refused = try #require(fault, "\(what) is taken")
        #expect(refused.cause == cause, "\(what): \(refused)")
        #expect("\(refused)".contains(words), "\(what): \(refused)")
        #expect(!refused.remedy.isEmpty && !refused.place.isEmpty, "\(what): \(refused)")
        #expect("\(refused)".utf8.allSatisfy { !ASCII.isControl($0) }, "\(what)")
        #expect("\(refused)".utf8.count < 4_096, "\(what)")
    }
}
