/// How web servers hand out some of a repository's files, where that differs from the site's rule: a content type by the ending, none for
/// packages, one answer for everybody. Rendered as nginx's locations; object stores get the same as metadata.
package enum Serving: Sendable {
    /// Files of one content type, whatever their names end in.
    ///
    /// - Parameters:
    ///   - paths: below `OWNER/TYPE/`; a regular expression (PCRE) for the whole of them.
    ///   - type: `application/json`.
    case files(paths: String, type: String)
    /// Folders whose address is answered with one of several files, as the client's `Accept` says.
    case choice(FolderChoice)
    /// Addresses that are folders, too, answered with one of the files in the folder, as the client's `Accept` says.
    case document(DocumentChoice)
    /// Files that are looked for at another address where they are not at their own. Their bytes never change.
    ///
    /// - Parameters:
    ///   - paths: below `OWNER/TYPE/`; a regular expression (PCRE) for the whole of them.
    ///   - from: the same with captures, at most 7.
    ///   - to: the other address, below `OWNER/TYPE/`, with `$1` to `$7` for the captures.
    case fallback(paths: String, from: String, to: String)
    /// Addresses that are answered with the first of several files that is there; each has a content type of its own.
    case alternatives(Alternatives)
    /// What an address says of the bytes there, in a header.
    ///
    /// - Parameters:
    ///   - name: of the header.
    ///   - paths: below `OWNER/TYPE/`; a regular expression (PCRE) for the whole of them, with one capture: the value.
    case header(name: String, paths: String)
    /// What is said where there is no file, instead of the server's own page.
    ///
    /// - Parameters:
    ///   - paths: below `OWNER/TYPE/`; a regular expression (PCRE) for the whole of an address.
    ///   - type: of the body.
    ///   - body: without quotes of the one kind (`'`) and dollar signs.
    ///   - status: 404, or 200 for what is empty rather than missing.
    case missing(paths: String, type: String, body: String, status: Int = 404)
}

/// Addresses of which nothing but the file that is there says what kind of thing they are.
package struct Alternatives: Sendable {
    /// What it is, for the reader of a configuration; one line.
    package var remark: String
    /// Below `OWNER/TYPE/`; a regular expression (PCRE) for the whole of an address, in two captures: the folder with the slash at its end,
    /// and the name in it.
    package var paths: String
    /// Folders in that folder, in the order in which they are looked at, and the content type of the files in each.
    package var folders: [(name: String, type: String)]

    package init(remark: String, paths: String, folders: [(name: String, type: String)]) {
        precondition(!folders.isEmpty, "a file is somewhere")
        self.remark = remark
        self.paths = paths
        self.folders = folders
    }
}

/// Documents that lie in a folder of their own name, since more lies below it: `NAME` is answered with `NAME/FILE`.
package struct DocumentChoice: Sendable {
    /// What it is, for the reader of a configuration; one line.
    package var remark: String
    /// Below `OWNER/TYPE/`; a regular expression (PCRE) for the whole of an address, decoded, a slash at its end aside.
    package var paths: String
    /// Tried in this order; the last one answers everybody else. Where there are several, answers vary by `Accept`.
    package var variants: [Variant]
    /// An address that is one.
    package var sample: String

    package init(remark: String, paths: String, variants: [Variant], sample: String) {
        precondition(!variants.isEmpty, "somebody has to answer everybody")
        self.remark = remark
        self.paths = paths
        self.variants = variants
        self.sample = sample
    }

    package struct Variant: Sendable {
        /// In the document's folder, perhaps with a gzip twin beside it.
        package var file: String
        package var type: String
        /// A media range that asks for it: a regular expression (PCRE). Nil: none does.
        package var mediaRange: String?

        package init(file: String, type: String, mediaRange: String? = nil) {
            self.file = file
            self.type = type
            self.mediaRange = mediaRange
        }
    }
}

/// A folder whose address, and those of the folders in it, are answered with the same index in one of several media types.
package struct FolderChoice: Sendable {
    /// What it is, for the reader of a configuration; one line.
    package var remark: String
    /// Below `OWNER/TYPE/`: `simple`.
    package var folder: String
    /// What the names of the folders in it consist of: a character class without its brackets.
    package var names: String
    /// How `Accept` chooses, for the reader of a configuration; one line.
    package var rule: String
    /// Tried in this order; the last one answers everybody else.
    package var variants: [Variant]
    /// Other spellings of the folders' names, redirected to the one that is there; nil where there are none.
    package var spelling: Spelling?

    package init(
        remark: String, folder: String, names: String, rule: String, variants: [Variant], spelling: Spelling? = nil
    ) {
        precondition(!variants.isEmpty, "somebody has to answer everybody")
        self.remark = remark
        self.folder = folder
        self.names = names
        self.rule = rule
        self.variants = variants
        self.spelling = spelling
    }

    /// The variant for clients that ask for nothing that is there.
    package var standard: Variant { variants[variants.count - 1] }

    package struct Variant: Sendable {
        /// Small letters and digits; unique among the variants of all ecosystems.
        package var name: String
        /// The ending of `index.ENDING`, which has a gzip twin beside it.
        package var ending: String
        package var type: String
        /// A media range that asks for it: a regular expression (PCRE). Nil: none does.
        package var mediaRange: String?
        /// Whether `;q=0` behind the range refuses the variant.
        package var canBeRefused: Bool
        /// Whether the file has this type also at its own address, instead of the one of its ending.
        package var keepsType: Bool

        package init(
            _ name: String, ending: String, type: String, mediaRange: String? = nil, canBeRefused: Bool = false,
            keepsType: Bool = false
        ) {
            self.name = name
            self.ending = ending
            self.type = type
            self.mediaRange = mediaRange
            self.canBeRefused = canBeRefused
            self.keepsType = keepsType
        }
    }

    /// Names that mean the same when capitals are small letters, and each run of `-`, `_` and `.` is one dash.
    package struct Spelling: Sendable {
        /// What is mended, and within which bounds; one line.
        package var remark: String
        /// A regular expression (PCRE) for names that are mended, a slash at their end aside.
        package var mendable: String
        /// A name that redirects lead to, as an example: `some-name`; and a spelling of it.
        package var example: (name: String, spelling: String)
        /// How many runs of separators are mended in one pass over a name.
        package var runs: Int

        package init(remark: String, mendable: String, example: (name: String, spelling: String), runs: Int) {
            self.remark = remark
            self.mendable = mendable
            self.example = example
            self.runs = runs
        }
    }
}
