@testable import Formats
@testable import Kit

/// A file that somebody sends who means no good, or who has a tool that means well: what is hostile about it, and what must become
/// of it.
struct HostileFile: Sendable {
    enum Fate: Equatable, Sendable {
        case accepted
        case refused(Refusal.Cause)
    }

    var what: String
    /// As its sender calls it.
    var filename: String
    var fate: Fate
    /// Made when needed: some are large.
    var make: @Sendable () -> [UInt8]
    /// Further arguments of `add`.
    var arguments: [String] = []
    /// Where clients see an accepted one.
    var name: String
}

extension HostileFile {
    /// Samples of a reader's own tests, each as a file of this name unless it has one.
    static func refused(_ samples: [HostileSample], as filename: String) -> [HostileFile] {
        samples.map { sample in
            HostileFile(
                what: sample.what, filename: sample.filename.isEmpty ? filename : sample.filename, fate: .refused(sample.cause),
                make: sample.make, name: "")
        }
    }
}

/// A list of hostile files that is written one after the other. Each gets a package name of its own, `hostile17`, so that none is
/// refused for another's sake.
struct HostileShelf {
    private(set) var files: [HostileFile] = []
    /// `NAME` stands for the package's name.
    var pattern: String

    init(named pattern: String) { self.pattern = pattern }

    mutating func refused(
        _ cause: Refusal.Cause, _ what: String, as filename: String? = nil, with arguments: [String] = [],
        _ make: @escaping @Sendable (_ name: String) -> [UInt8]
    ) {
        add(.refused(cause), what, filename, arguments, make)
    }

    mutating func accepted(
        _ what: String, as filename: String? = nil, with arguments: [String] = [],
        _ make: @escaping @Sendable (_ name: String) -> [UInt8]
    ) {
        add(.accepted, what, filename, arguments, make)
    }

    mutating func add(
        _ fate: HostileFile.Fate, _ what: String, _ filename: String? = nil, _ arguments: [String] = [],
        _ make: @escaping @Sendable (_ name: String) -> [UInt8]
    ) {
        let name = "hostile\(files.count)"
        files.append(
            HostileFile(
                what: what, filename: (filename ?? pattern).replacing("NAME", with: name), fate: fate, make: { make(name) },
                arguments: arguments, name: name))
    }
}
