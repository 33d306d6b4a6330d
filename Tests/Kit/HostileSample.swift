internal import Formats

/// A file that nobody should be able to publish: what is hostile about it, for which cause it is refused, and a part of the words.
struct HostileSample: Sendable {
    var what: String
    var cause: Refusal.Cause
    var words: String
    /// As its sender calls it; empty where nobody says.
    var filename = ""
    var make: @Sendable () -> [UInt8]

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
}
