/// What the page of a package tells people of one of its files, besides what the catalog knows of every file (name, version, summary, size,
/// digests, dates, marks).
///
/// Text is a stranger's and is written as it is: whoever makes a page of it escapes it and bounds it (`PortraitPage`).
package struct Portrait: Equatable, Sendable {
    /// Pairs for the narrow column: licence, homepage, maintainer. Empty values are left out.
    package var facts: [Fact]
    /// Sections of the wide column, in their order. Empty ones are left out.
    package var sections: [Section]

    package init(facts: [Fact] = [], sections: [Section] = []) {
        self.facts = facts
        self.sections = sections
    }

    package struct Fact: Equatable, Sendable {
        package var label: String
        package var value: String
        /// Where the value leads; what is not an address of the web or of mail is shown as text alone.
        package var link: String?

        package init(_ label: String, _ value: String, link: String? = nil) {
            self.label = label
            self.value = value
            self.link = link
        }

        /// A value that is an address itself.
        package static func link(_ label: String, _ address: String) -> Fact { Fact(label, address, link: address) }
    }

    package struct Section: Equatable, Sendable {
        /// The anchor: lower-case letters and dashes.
        package var id: String
        package var title: String
        package var content: Content

        package init(id: String, title: String, _ content: Content) {
            self.id = id
            self.title = title
            self.content = content
        }

        /// A longer description without markup; an empty line begins a paragraph.
        package static func about(_ text: String) -> Section {
            Section(id: "about", title: "About", .prose(Array(text.utf8), .plain))
        }

        package static func readme(_ text: [UInt8], _ markup: Markup) -> Section {
            Section(id: "readme", title: "Readme", .prose(text, markup))
        }

        /// Relations to other packages by kind (`Depends`, `Requires`), in the ecosystem's own words.
        package static func dependencies(_ groups: [Group]) -> Section {
            Section(id: "dependencies", title: "Dependencies", .groups(groups))
        }

        /// The newest entry first.
        package static func changelog(_ entries: [Entry]) -> Section {
            Section(id: "changelog", title: "Changelog", .entries(entries))
        }

        /// Paths of the files in the package.
        package static func contents(_ paths: [String]) -> Section { Section(id: "contents", title: "Contents", .paths(paths)) }
    }

    package enum Content: Equatable, Sendable {
        case prose([UInt8], Markup)
        /// As it is, in a fixed width: default values of a chart, a module file.
        case verbatim([UInt8])
        case groups([Group])
        case entries([Entry])
        case paths([String])
        case table(Table)
    }

    package enum Markup: Equatable, Sendable {
        case plain, markdown, restructuredText
    }

    package struct Group: Equatable, Sendable {
        package var title: String
        package var items: [String]

        package init(_ title: String, _ items: [String]) {
            self.title = title
            self.items = items
        }
    }

    package struct Entry: Equatable, Sendable {
        package var title: String
        package var at: Timestamp?
        package var text: String

        package init(_ title: String, at: Timestamp? = nil, _ text: String) {
            self.title = title
            self.at = at
            self.text = text
        }
    }

    /// The first column names the row.
    package struct Table: Equatable, Sendable {
        package var headings: [Heading]
        /// As many cells as headings.
        package var rows: [[Cell]]

        package init(_ headings: [Heading], _ rows: [[Cell]]) {
            self.headings = headings
            self.rows = rows
        }

        package struct Heading: Equatable, Sendable {
            package var text: String
            package var isNumber: Bool

            package init(_ text: String, isNumber: Bool = false) {
                self.text = text
                self.isNumber = isNumber
            }
        }

        package struct Cell: Equatable, Sendable {
            package var text: String
            /// In small letters below it: a digest.
            package var note: String

            package init(_ text: String, note: String = "") {
                self.text = text
                self.note = note
            }
        }
    }
}

/// Lines to copy that have one client install a package.
package struct Installation: Equatable, Sendable {
    /// The client, as people call it: `apt`.
    package var client: String
    /// Complete lines without a prompt sign.
    package var lines: [String]

    package init(_ client: String, _ lines: [String]) {
        self.client = client
        self.lines = lines
    }
}

/// What lines to copy are made for.
package struct InstallationTarget: Sendable {
    package var name: String
    /// Nil: whatever is newest.
    package var version: String?
    /// The path of one of its files below `OWNER/TYPE/`; for clients that are told an address.
    package var path: String
    package var filename: String
    /// The values of its keyed marks that name the version, such as an image's tags; the newest first.
    package var tags: [String]

    package init(name: String, version: String? = nil, path: String, filename: String, tags: [String] = []) {
        self.name = name
        self.version = version
        self.path = path
        self.filename = filename
        self.tags = tags
    }
}

/// Where the files are listed that speak about a version, and how a page shows them.
package struct AttachmentSource: Sendable {
    /// The scope that lists them.
    package var scope: String
    /// Of their fragments that `section` is made of.
    package var slot: Slot
    /// A section made of these fragments, in the order of their entries; nil for none.
    package var section: @Sendable ([[UInt8]]) -> Portrait.Section?

    package init(scope: String, slot: Slot, section: @escaping @Sendable ([[UInt8]]) -> Portrait.Section?) {
        self.scope = scope
        self.slot = slot
        self.section = section
    }
}
