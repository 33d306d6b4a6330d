/// How much a package may cost to read. Every reader counts against one; what exceeds it is refused, never truncated.
package struct Budget: Equatable, Sendable {
    /// Bytes that decompression of one file may yield in all.
    package var expandedBytes = 4 << 30
    /// Expanded ÷ compressed, once more than 64 MiB came out.
    package var ratio = 200
    /// Members of one archive; files, directories and dependencies of one RPM package.
    package var entries = 1_000_000
    /// Bytes of one member that is read into memory (a control file, a METADATA), and of one string of an RPM header.
    package var memberBytes = 16 << 20
    /// Bytes of a name inside an archive.
    package var pathBytes = 4_096
    /// Bytes of an RPM header's store (rpm's own bound).
    package var headerBytes = 256 << 20
    /// Bytes of each document of an index that one package may fill: the largest known have a quarter of this, and an RPM header of
    /// one megabyte, whose files share a long directory, could fill a thousand times its size.
    package var indexBytes = 64 << 20
    /// Nesting of YAML and JSON documents.
    package var depth = 64
    /// When patience with one file ends.
    package var deadline = Deadline.never

    package init() {}
}

/// The moment at which reading a file is given up, as a question that readers ask now and then.
///
/// A count of steps would give the same answer on every machine, but no two steps cost the same: 64 KiB of xz take fifty times as
/// long as 64 KiB of stored data, and nobody could say in the settings how many steps are too many. So it is time, and since
/// `Formats` has no clock, the program brings one along. All other limits are reached first unless a machine is very slow or its
/// limits were raised; what a package is refused for hardly ever depends on this one.
///
/// Asked once for each piece that a decoder yields and for each 1,024 entries of a table: often enough, and too seldom to be measured.
package struct Deadline: Equatable, Sendable {
    package static let never = Deadline { false }

    private let isOver: @Sendable () -> Bool

    package init(isOver: @escaping @Sendable () -> Bool) { self.isOver = isOver }

    /// Budgets that differ in nothing but their clocks are equal.
    package static func == (a: Deadline, b: Deadline) -> Bool { true }

    func check(_ subject: @autoclosure () -> String, at place: @autoclosure () -> String) throws(Refusal) {
        guard isOver() else { return }
        throw Refusal(
            .limit, "\(subject()) takes longer to read than limits.seconds allows", at: place(),
            remedy: "make it smaller, or raise the limit in indexgen.yaml")
    }

    /// The same in a loop over a table: asks at each 1,024th turn.
    @inline(__always)
    func check(_ subject: @autoclosure () -> String, turn: Int, at place: @autoclosure () -> String) throws(Refusal) {
        if turn & 1_023 == 1_023 { try check(subject(), at: place()) }
    }
}
