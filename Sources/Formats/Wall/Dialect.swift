/// How the clients of an ecosystem speak, and how they are spoken to: what they say beside the files that they send, what they are told
/// however a request of theirs ends, and what they are answered when they ask.
package protocol Dialect: Sendable {
    /// Holds what a sender said in a form against what the file says. The file is right; a form that contradicts it is refused, and so
    /// is one that the ecosystem's own server would not take.
    func check(_ form: Form, of record: PackageRecord, upload: Upload) throws(Refusal)

    /// What a publish request says of marks, from the fields of its form. Those that are as it says stay as they are; versions that are not
    /// there are passed over.
    ///
    /// - Parameter isAlone: whether the request brings no file.
    func statements(in form: Form, isAlone: Bool) throws(Refusal) -> [MarkStatement]

    /// How a client is told of an end; nil: in the program's words (201, or 200 for what was there already; problem details of RFC 9457).
    func words(for end: End) -> UploadAnswer?

    /// The same where it is known what was asked for; nil: it was at no route's address.
    func words(for end: End, at question: Question?) -> UploadAnswer?

    /// How a client is told that a package is in, where that says more than the end itself; nil: as `words`.
    ///
    /// - Parameters:
    ///   - path: where it lies, below `OWNER/TYPE/`.
    ///   - question: where it was sent.
    func receipt(for record: PackageRecord, at path: String, to question: Question) -> UploadAnswer?

    /// What is wrong with the content type that a file was sent with; nil: nothing.
    func objection(toContentType type: String, of record: PackageRecord) -> Refusal?

    /// What a 401 says in `WWW-Authenticate` to whoever asked at this address, a header for each; nil: as everywhere on the site.
    ///
    /// - Parameter base: the site's public address without a path.
    func challenges(at question: Question?, base: String) -> [String]?

    /// The answer to a question that came by one of the profile's routes. It holds no token but the one by which somebody logs in.
    func reply(to question: Question, knowing knowledge: Knowledge) -> UploadAnswer
}

extension Dialect {
    package func check(_ form: Form, of record: PackageRecord, upload: Upload) throws(Refusal) {}

    package func statements(in form: Form, isAlone: Bool) throws(Refusal) -> [MarkStatement] { [] }

    package func words(for end: End) -> UploadAnswer? { nil }

    package func words(for end: End, at question: Question?) -> UploadAnswer? { words(for: end) }

    package func receipt(for record: PackageRecord, at path: String, to question: Question) -> UploadAnswer? { nil }

    package func objection(toContentType type: String, of record: PackageRecord) -> Refusal? { nil }

    package func challenges(at question: Question?, base: String) -> [String]? { nil }

    /// Only for ecosystems of whose routes none is asked.
    package func reply(to question: Question, knowing knowledge: Knowledge) -> UploadAnswer {
        preconditionFailure("an ecosystem that is asked has an answer")
    }
}

/// The dialect of clients that send files alone and read statuses, or of people with curl.
package struct PlainDialect: Dialect {
    package init() {}
}

/// How a request ends.
package enum End: Sendable {
    case upload(UploadResult)
    /// With a fault that has nothing to do with a package: no right, no such address, no room. The status, 4xx or 5xx, stays, and so do
    /// headers; the text says what is wrong and what helps, for the sender to read.
    case fault(Int, String)
}

/// How an upload ended.
package enum UploadResult: Sendable {
    case created
    /// The same bytes were there already.
    case unchanged
    case refused(Refusal)
}
