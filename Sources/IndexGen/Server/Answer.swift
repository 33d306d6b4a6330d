#if Serve
internal import Formats
internal import HTTPTypes

/// What a client is told: the second of the two translators of errors (the other is `ExitCodes`).
///
/// Faults are problem details (RFC 9457), unless the ecosystem's clients expect words of their own.
struct Answer: Error {
    var status: HTTPResponse.Status
    /// Instead of the standard phrase for the status: one line of visible ASCII.
    var reason: String?
    var contentType = "application/json"
    var headers = HTTPFields()
    var body: [UInt8] = []
    /// A blob that is the body, instead of `body`.
    var content: (sha256: [UInt8], size: Int)?
    /// For metrics and the log: one word. Empty for success.
    var cause = ""
    /// For the log and the journal.
    var detail = ""

    /// 204.
    static var nothing: Answer { Answer(status: .noContent, contentType: "", body: []) }

    static func text(_ status: HTTPResponse.Status, _ text: String) -> Answer {
        Answer(status: status, contentType: "text/plain; charset=utf-8", body: [UInt8](text))
    }

    static func json(_ status: HTTPResponse.Status, _ write: (inout JSONWriter) -> Void) -> Answer {
        var writer = JSONWriter()
        writer.beginObject()
        write(&writer)
        writer.endObject()
        return Answer(status: status, body: writer.bytes)
    }

    /// - Parameter detail: what is wrong and what helps, for the sender to read.
    static func problem(
        _ status: HTTPResponse.Status, cause: String, _ detail: String, _ more: (inout JSONWriter) -> Void = { _ in }
    ) -> Answer {
        var answer = json(status) { json in
            json.member("type", "about:blank")
            json.member("title", status.reasonPhrase)
            json.member("status", status.code)
            json.member("detail", detail)
            json.member("cause", cause)
            more(&json)
        }
        answer.contentType = "application/problem+json"
        answer.cause = cause
        answer.detail = detail
        return answer
    }

    /// - Parameter ecosystem: whose repository it would be.
    static func notFound(_ ecosystem: (any Ecosystem)? = nil) -> Answer {
        let routes = ecosystem?.profile.routes.compactMap { route -> String? in
            guard case .publish = route.purpose else { return nil }
            let methods = route.methods.map(\.rawValue).joined(separator: " or ")
            return "\(methods) /OWNER/\(ecosystem?.profile.segment ?? "")/\(route.path.text)"
        }
        let detail =
            "nothing is received at this address; "
            + (routes.map { "uploads go to \($0.joined(separator: ", "))" } ?? "addresses begin with /OWNER/TYPE/")
        var answer = problem(.notFound, cause: "address", detail)
        // Some clients show nothing else.
        answer.reason = phrase(detail)
        return answer
    }

    static func methodNotAllowed(_ methods: [String]) -> Answer {
        var answer = problem(
            .methodNotAllowed, cause: "method",
            "this address takes \(methods.joined(separator: ", ")); downloads are static files"
        )
        answer.headers[.allow] = methods.joined(separator: ", ")
        return answer
    }

    static func tooLarge(limit: Int) -> Answer {
        problem(
            .contentTooLarge, cause: "size",
            "a package may have \(limit) bytes (limits.file_bytes); ask for a higher limit, or publish it elsewhere")
    }

    static func unauthorized(_ reason: String) -> Answer {
        var answer = problem(.unauthorized, cause: "credentials", reason)
        answer.headers[.wwwAuthenticate] = Credentials.challenge
        return answer
    }

    /// 403, as Gitea has it; the phrase is for twine, which shows nothing else.
    static func beyondQuota(_ refusal: Refusal) -> Answer {
        var answer = problem(.forbidden, cause: refusal.cause.rawValue, "\(refusal)")
        answer.reason = phrase("\(refusal)")
        return answer
    }

    // MARK: From errors and results

    /// The end of an upload, in the ecosystem's words where it has some.
    ///
    /// - Parameter taken: what came in; warnings and new places are part of the program's own words.
    static func of(
        _ result: UploadResult, for ecosystem: any Ecosystem, at question: Question? = nil, location: String? = nil,
        taken: Taken = Taken()
    ) -> Answer {
        var answer: Answer
        if let own = ecosystem.dialect.words(for: .upload(result), at: question) {
            answer = Answer(own)
        } else {
            switch result {
            case .created: answer = Self.taken(.created, "created", taken)
            case .unchanged: answer = Self.taken(.ok, "unchanged", taken)
            case .refused(let refusal): answer = .refusal(refusal)
            }
        }
        if case .refused(let refusal) = result {
            answer.cause = refusal.cause.rawValue
            answer.detail = "\(refusal)"
        } else if let location {
            answer.headers[.location] = location
        }
        return answer
    }

    /// A fault in the words that an ecosystem's clients show, where it has some: twine shows the phrase of the status line and nothing
    /// else, `helm cm-push` the member `error`.
    ///
    /// - Parameters:
    ///   - question: what was asked for, where that is known.
    ///   - baseURL: the site's.
    func worded(for ecosystem: (any Ecosystem)?, at question: Question? = nil, of baseURL: String = "") -> Answer {
        var answer = self
        if status == .unauthorized,
            let challenges = ecosystem?.dialect.challenges(
                at: question, base: String(baseURL.dropLast(WebAddress(baseURL).path.utf8.count)))
        {
            answer.headers[values: .wwwAuthenticate] = challenges
        }
        // What went wrong inside is for the log alone.
        guard contentType == "application/problem+json", status != .internalServerError,
            let own = ecosystem?.dialect.words(for: .fault(status.code, detail), at: question)
        else { return answer }
        answer.reason = own.reason.map(Self.phrase)
        answer.contentType = own.contentType
        answer.body = own.body
        answer.add(own.headers)
        return answer
    }

    private mutating func add(_ own: [String: String]) {
        for (name, value) in own {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
    }

    private static func taken(_ status: HTTPResponse.Status, _ outcome: String, _ taken: Taken) -> Answer {
        json(status) { json in
            json.member("outcome", outcome)
            if !taken.newPlaces.isEmpty {
                json.key("new")
                json.beginArray()
                for place in taken.newPlaces { json.value(place) }
                json.endArray()
            }
            guard taken.files.contains(where: { !$0.record.warnings.isEmpty }) else { return }
            json.key("warnings")
            json.beginArray()
            for file in taken.files {
                for warning in file.record.warnings { warning.write(about: file.source, to: &json) }
            }
            json.endArray()
        }
    }

    /// A file is kept until the others that belong to it are here.
    static func waiting(_ taking: Taking) -> Answer {
        json(.created) { json in
            json.member("outcome", "waiting")
            json.key("missing")
            json.beginArray()
            if case .waiting(let missing) = taking { for name in missing { json.value(name) } }
            json.endArray()
        }
    }

    private static func refusal(_ refusal: Refusal) -> Answer {
        problem(
            [.conflict, .missing, .required].contains(refusal.cause) ? .conflict : .badRequest, cause: refusal.cause.rawValue,
            "\(refusal)"
        ) { json in
            json.member("what", refusal.what)
            if !refusal.place.isEmpty { json.member("place", refusal.place) }
            json.member("remedy", refusal.remedy)
        }
    }

    init(_ own: UploadAnswer) {
        status = HTTPResponse.Status(code: own.status)
        reason = own.reason.map(Self.phrase)
        contentType = own.contentType
        body = own.body
        add(own.headers)
    }

    private init(status: HTTPResponse.Status, contentType: String = "application/json", body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// What went wrong with no fault of the sender: no room, or something that only the log may know.
    ///
    /// - Parameter hasRoom: whether the disk has any room. Where it has none, whatever failed did so for that.
    init(failure error: any Error, request: String, hasRoom: Bool) {
        switch error {
        case let answer as Answer: self = answer
        case let lost as RightLost: self = .unauthorized("\(lost)")
        case is FormMemory.Full:
            self = Gate.busy("memory", "too many forms are coming at once; send it again later")
        case let refusal as Refusal where refusal.cause == .quota: self = .beyondQuota(refusal)
        case let error where NoRoom.isReason(of: error) || !hasRoom:
            self = .noRoom
            detail += " (\(error))"
        default:
            self = .problem(
                .internalServerError, cause: "failure",
                "the registry could not do it; nothing of your upload is kept, so send it again later. Its operator finds the reason in the log by \(request)"
            )
            detail = "\(error)"
        }
    }

    static var noRoom: Answer {
        .problem(
            HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage"), cause: "room",
            "the registry has no room for this; nothing of it is kept. Tell its operator, and send it again later")
    }

    /// A reason phrase (RFC 9112, section 4): one line of visible ASCII, of a length that clients show.
    private static func phrase(_ text: String) -> String {
        String(decoding: text.utf8.prefix(400).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
#endif
