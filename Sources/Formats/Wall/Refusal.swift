/// Why a package file cannot be taken: what is wrong, where, and what its owner can do about it.
///
/// The only error that leaves `Formats`. `description` is the sentence a user reads after the file's name.
package struct Refusal: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kind of fault; callers branch on this and never on the words.
    package enum Cause: String, Sendable {
        /// The file ends before a structure that it announces.
        case truncated
        /// Bytes that the format does not allow.
        case malformed
        /// A budget was used up: bytes, entries, depth or expansion ratio.
        case limit
        /// A valid file of a kind that cannot be indexed.
        case unsupported
        /// Two readers could see two different packages in it, or its name and its content disagree.
        case ambiguous
        /// A coordinate (group, distribution, component) that cannot be part of a path.
        case placement
        /// The same identity, path or version is taken by other bytes.
        case conflict
        /// A file that it requires is not here; the place is that file's path.
        case missing
        /// Files that are here require it, so it cannot go.
        case required
        /// Its owner has as much as it may have.
        case quota
    }

    package var cause: Cause
    /// What is wrong, as a clause: "control.tar.zst is truncated".
    package var what: String
    /// Where: a member, a field, a byte offset. Empty when the whole file is meant.
    package var place: String
    /// What helps: "rebuild the package".
    package var remedy: String

    package init(_ cause: Cause, _ what: String, at place: String = "", remedy: String) {
        self.cause = cause
        self.what = what
        self.place = place
        self.remedy = remedy
    }

    /// One line, whatever is quoted in it: the names inside a package could hold a terminal's control sequences.
    package var description: String {
        ASCII.line(place.isEmpty ? "\(what); \(remedy)" : "\(what) at \(place); \(remedy)")
    }

    /// The same fault seen from one container further out: the outer place is put before the inner one.
    package func inside(_ container: String) -> Refusal {
        var outer = self
        outer.place = place.isEmpty ? container : "\(container), \(place)"
        return outer
    }
}
