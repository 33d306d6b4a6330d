/// An address below `OWNER/TYPE/` to which an ecosystem's clients send requests, and what they want there.
///
/// All that can be a file is one, and has no route. Routes are tried in their order; the first whose path and method match is the one.
package struct Route: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    package enum Purpose: Sendable {
        /// Packages come in.
        ///
        /// `fields` names the fields of a form that `Dialect.check` reads, besides the files; what others hold is dropped as it comes. With
        /// `withBLAKE2` files get `Digests.blake2b256`, which costs as much as the other digests together.
        case publish(Body, fields: Set<String> = [], withBLAKE2: Bool = false)
        /// Packages go. Captures: `name` (needed), `version`, `architecture`, and coordinates; `filename` stands for the version that has
        /// this file, in its architecture.
        ///
        /// `confirmation` is what clients of this route read in an answer to a removal; nil: nothing (204).
        case remove(confirmation: UploadAnswer? = nil)
        /// A mark of this name (`MarkKind`) is set or taken back. Captures: `name`, for versions and files `version`, for kinds with keys
        /// `key`.
        case mark(String, isSet: Bool, value: MarkValue = .none, confirmation: UploadAnswer? = nil)
        /// A document of `Ecosystem.commons` that clients want before they send the first package. Where its file is not there yet, it is
        /// answered as it will be.
        case common
        /// Somebody asks what no file can say.
        case ask(Question.Need)
        /// A package comes in pieces, over several requests.
        case session(SessionStep)
    }

    /// A step of an upload in pieces. All but the first have the capture `session`: what the first one was answered with.
    package enum SessionStep: Sendable {
        /// An upload begins. Where the query has the whole digest of what the body brings (`digest`), it is over with this request; where it names a
        /// file that is here already (`mount`, of another package as `from` says), nothing is sent at all.
        case open
        /// The next bytes; a header Content-Range says which.
        case append
        /// The last bytes, and the digest of all (`digest` of the query).
        case finish
        case status
        case cancel
    }

    /// Where a mark's value is in a request.
    package enum MarkValue: Equatable, Sendable {
        /// Nowhere: it is empty.
        case none
        /// The body is a JSON string.
        case jsonBody
    }

    /// What the body of a request is that brings packages.
    package enum Body: Equatable, Sendable {
        /// A package file.
        case file
        /// `multipart/form-data` (RFC 7578): these fields hold files, taken in this order and all or none; what other fields say is
        /// checked by `Dialect.check`.
        case form(files: [String])
        /// Such a form or, with any other content type, the file of its first field alone.
        case fileOrForm(files: [String])
        /// Frames, each behind its length: one of them is the file, the others are for `Dialect.check` what a form's fields are.
        case frames([Frame])
        /// A JSON document that carries files as base64 texts in this member (npm's `_attachments`). What is left of it is the form's field
        /// `document`. Attachments whose names have one of the endings `texts` come as they are, not in base64. Without a file it says marks
        /// alone (`Dialect.statements`), of the package in the capture `name`.
        case document(attachments: String, texts: [String] = [])
        /// One of several files that belong together; the last to arrive has all of them taken, all or none.
        case part

        /// The name of the field that has what is left of a document without its files.
        package static let document = "document"
    }

    package var methods: [Method]
    /// Below `OWNER/TYPE/`. A capture called `filename` is the file's name, every other one a coordinate where packages come in.
    package var path: PathPattern
    package var purpose: Purpose
    /// Whether its clients look for what they changed as soon as they are answered: the answer comes when the change is public.
    package var waits: Bool
    /// Names of parameters of the query that a question may have.
    package var parameters: [String]
    /// When what has an address is asked for here, though it is a file.
    package var turn: Turn

    package enum Turn: Equatable, Sendable {
        /// Always: there is no file.
        case always
        /// Where the query has one of the parameters, and where there is no file yet.
        case withParameters
        /// Where there is no file yet: what came in is there for its sender before it is public.
        case withoutFile
    }

    package init(
        _ methods: [Method], path: PathPattern, _ purpose: Purpose, waits: Bool = false, parameters: [String] = [],
        turn: Turn = .always
    ) {
        self.methods = methods
        self.path = path
        self.purpose = purpose
        self.waits = waits
        self.parameters = parameters
        self.turn = turn
    }

    /// A route by which packages go: they are asked to by DELETE.
    package init(removing path: PathPattern, confirmation: UploadAnswer? = nil) {
        self.init([.delete], path: path, .remove(confirmation: confirmation))
    }
}

/// What somebody asks of a repository that no file can answer.
package struct Question: Sendable {
    /// What has to be looked up for the answer.
    package enum Need: Equatable, Sendable {
        case nothing
        /// Whoever asks must have a token, and is told who they are.
        case asker
        /// The body is a JSON object with these members: a name, and a token in place of a password. Whoever has it is told so.
        case login(name: String, password: String)
        /// A search: the packages that have a text in their names or summaries, in the order of their names, a page at a time.
        case packages(Search)
        /// The content of the file of the package `name` that the capture `filename` names: at the address's own path, or the first of the version
        /// that is called so, or that a mark of this name with that key stands for.
        case file(markedBy: String? = nil)
        /// The keys of the marks of this name that the package `name` has.
        case keys(ofMarks: String)
        /// The fragments in this slot of the entries of a scope's partition without a name. The scope's key is a text in which captures stand
        /// in braces: `{name}@{filename}`.
        case entries(Slot, ofScope: String)
        /// The names of all packages of the type that whoever asks may read, with their owners.
        case names
        /// Whoever asks shows any credentials that are worth something, be it those of everybody; or is told how to get some.
        case entrance
        /// Whoever asks is given credentials for a while: in exchange for a token, or those of everybody.
        case ticket

        /// Whether the answer says anything of what a repository has.
        package var isAboutContent: Bool {
            switch self {
            case .packages, .file, .keys, .entries: true
            // Names are those that whoever asks may read.
            case .nothing, .asker, .login, .names, .entrance, .ticket: false
            }
        }
    }

    /// By which parameters of its query a search is asked for; nil: it has no such parameter.
    package struct Search: Equatable, Sendable {
        package var text: String
        package var limit: String
        package var page: String?
        package var offset: String?
        /// How many are answered to whoever does not say it; and the most.
        package var standardLimit: Int
        package var mostLimit: Int

        package init(
            text: String, limit: String, page: String? = nil, offset: String? = nil, standardLimit: Int, mostLimit: Int
        ) {
            self.text = text
            self.limit = limit
            self.page = page
            self.offset = offset
            self.standardLimit = standardLimit
            self.mostLimit = mostLimit
        }
    }

    /// Whose repository it is, as its owner writes it.
    package var owner: String
    /// The pattern of the route by which it was asked, as it is written.
    package var route: String
    package var method: Route.Method
    /// What stands in the places of the route's path.
    package var captures: [String: String]
    /// Of the route's parameters those that the query has.
    package var parameters: [String: String]

    package init(
        owner: String, route: String, method: Route.Method, captures: [String: String], parameters: [String: String] = [:]
    ) {
        self.owner = owner
        self.route = route
        self.method = method
        self.captures = captures
        self.parameters = parameters
    }
}

/// What was looked up for a question.
package enum Knowledge: Sendable {
    case nothing
    /// Who asks, as the site's tokens name it; for a login also the token that was sent.
    case asker(String, token: String?)
    /// Some of the packages that match, in the order of their names, and how many match in all.
    case packages([Brief], total: Int)
    /// A file that the answer brings, if it is 200; nil: there is none.
    case file(StoredFile?)
    /// In byte order; nil: there is no such package.
    case keys([String]?)
    /// In the order of the entries.
    case entries([[UInt8]])
    /// `OWNER/NAME`, in byte order.
    case names([String])
    /// Credentials for a while, for so many seconds from the moment on.
    case ticket(String, seconds: Int, from: Timestamp)
}

/// A file that is in the catalog.
package struct StoredFile: Equatable, Sendable {
    /// Below `OWNER/TYPE/`.
    package var path: String
    /// As people write it.
    package var version: String
    package var size: Int

    package init(path: String, version: String, size: Int) {
        self.path = path
        self.version = version
        self.size = size
    }
}

/// A package as somebody sees it who looks for one.
package struct Brief: Equatable, Sendable {
    package var name: String
    /// Those of its files, in the order in which its ecosystem lists them; at least one.
    package var versions: [Version]

    package init(name: String, versions: [Version]) {
        self.name = name
        self.versions = versions
    }

    package struct Version: Equatable, Sendable {
        /// As people write it.
        package var version: String
        package var summary: String
        package var annotations: Annotations
        /// When it came in first.
        package var received: Timestamp

        package init(
            version: String, summary: String, annotations: Annotations = Annotations(),
            received: Timestamp = Timestamp(seconds: 0)
        ) {
            self.received = received
            self.version = version
            self.summary = summary
            self.annotations = annotations
        }
    }
}
