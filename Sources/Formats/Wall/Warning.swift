/// What is worth knowing about a package that is taken all the same: clients live with it, or some of them do.
///
/// `description` is the sentence that a user reads after the file's name. Travels in `PackageRecord.warnings`; never kept in the catalog.
package struct Warning: Equatable, Sendable, CustomStringConvertible {
    /// What will surprise somebody, as a clause: "no machine has the architecture 'amd64'".
    package var what: String
    /// Where: a member, a field, a tag. Empty when the whole file is meant.
    package var place: String
    /// What helps: "write x86_64 and rebuild the package".
    package var remedy: String

    package init(_ what: String, at place: String = "", remedy: String) {
        self.what = what
        self.place = place
        self.remedy = remedy
    }

    /// One line, whatever is quoted in it.
    package var description: String {
        ASCII.line(place.isEmpty ? "\(what); \(remedy)" : "\(what) at \(place); \(remedy)")
    }

    /// `{"file": …, "what": …, "place": …, "remedy": …}`, as `add --json` and the answer to an upload show it.
    ///
    /// - Parameter file: as its sender calls it.
    package func write(about file: String, to json: inout JSONWriter) {
        json.beginObject()
        json.member("file", file)
        json.member("what", what)
        if !place.isEmpty { json.member("place", place) }
        json.member("remedy", remedy)
        json.endObject()
    }
}
