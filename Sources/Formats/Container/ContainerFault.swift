/// An error as OCI has it (Distribution Specification 1.1, "Error Codes"): `{"errors":[{"code":…,"message":…,"detail":…}]}`.
struct ContainerFault: Sendable {
    enum Code: String, CaseIterable, Sendable {
        case blobUnknown = "BLOB_UNKNOWN"
        case blobUploadInvalid = "BLOB_UPLOAD_INVALID"
        case blobUploadUnknown = "BLOB_UPLOAD_UNKNOWN"
        case digestInvalid = "DIGEST_INVALID"
        case manifestBlobUnknown = "MANIFEST_BLOB_UNKNOWN"
        case manifestInvalid = "MANIFEST_INVALID"
        case manifestUnknown = "MANIFEST_UNKNOWN"
        case nameInvalid = "NAME_INVALID"
        case nameUnknown = "NAME_UNKNOWN"
        case sizeInvalid = "SIZE_INVALID"
        case unauthorized = "UNAUTHORIZED"
        case denied = "DENIED"
        case unsupported = "UNSUPPORTED"
        case tooManyRequests = "TOOMANYREQUESTS"
        // Not of the list, but known to clients since Docker's first registry: the first of the distribution project's manifests,
        // the second of its pages, the third of what has nothing to do with the request.
        case tagInvalid = "TAG_INVALID"
        case pageInvalid = "PAGINATION_NUMBER_INVALID"
        case unknown = "UNKNOWN"
    }

    var code: Code
    var message: String
    /// Where the fault is and what helps, by names; empty where the message says it.
    var detail: [(name: String, text: String)]

    init(_ code: Code, _ message: String, detail: [(name: String, text: String)] = []) {
        self.code = code
        self.message = message
        self.detail = detail
    }

    var body: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("errors")
        json.beginArray()
        json.beginObject()
        json.member("code", code.rawValue)
        json.member("message", message)
        if !detail.isEmpty {
            json.key("detail")
            json.beginObject()
            for member in detail { json.member(member.name, member.text) }
            json.endObject()
        }
        json.endObject()
        json.endArray()
        json.endObject()
        return json.bytes
    }

    func answer(_ status: Int, headers: [String: String] = [:]) -> UploadAnswer {
        UploadAnswer(status: status, contentType: "application/json", body: body, headers: headers)
    }
}

extension ContainerFault {
    /// What a request was about, as far as its address tells.
    enum Place {
        case manifest, blob, session, opening, tags, referrers, other

        init(_ question: Question?) {
            switch question?.route {
            case ContainerRoutes.publication.text?, ContainerRoutes.removal.text?, ContainerRoutes.untagging.text?,
                ContainerRoutes.manifest.text?:
                self = .manifest
            case ContainerRoutes.blob.text?: self = .blob
            case ContainerRoutes.upload.text?: self = .session
            case ContainerRoutes.uploads.text?: self = .opening
            case ContainerRoutes.tags.text?: self = .tags
            case ContainerRoutes.referrers.text?: self = .referrers
            default: self = .other
            }
        }
    }

    /// The image that a question is about, as its address has it.
    static func image(of question: Question) -> String? {
        question.captures[ContainerPlace.image] ?? question.captures["name"]
    }

    /// The code for an end that has nothing to do with a file's content.
    static func code(ofStatus status: Int, at question: Question?) -> Code {
        let place = Place(question)
        switch status {
        case 401: return .unauthorized
        case 403: return .denied
        case 405, 501: return .unsupported
        case 429: return .tooManyRequests
        case 500...: return .unknown
        default: break
        }
        if let question, let image = image(of: question), ContainerName.fault(in: image, of: question.owner) != nil {
            return .nameInvalid
        }
        switch (status, place) {
        case (404, .manifest): return .manifestUnknown
        case (404, .blob): return .blobUnknown
        case (404, .session): return .blobUploadUnknown
        case (404, _): return .nameUnknown
        case (409, .blob) where question?.method == .delete, (409, .manifest) where question?.method == .delete: return .denied
        case (413, .session), (413, .opening), (413, .blob): return .sizeInvalid
        case (_, .manifest): return .manifestInvalid
        case (_, .session), (_, .opening): return .blobUploadInvalid
        case (_, .blob), (_, .referrers): return .digestInvalid
        default: return .unsupported
        }
    }

    /// Status and code for a file that is refused, by cause and place.
    static func end(of refusal: Refusal, at question: Question?) -> (status: Int, code: Code) {
        let place = Place(question)
        let isManifest = if case .manifest = place { true } else { false }
        let isPiece = if case .session = place { true } else if case .opening = place { true } else { false }
        switch refusal.place {
        case ContainerName.place: return (400, .nameInvalid)
        case ContainerName.tagPlace: return (400, .tagInvalid)
        case ContainerDigest.place: return (400, .digestInvalid)
        default: break
        }
        switch refusal.cause {
        case .missing: return (400, isManifest ? .manifestBlobUnknown : .blobUnknown)
        // A removal that is not allowed at the moment: the specification has no other status for it.
        case .required: return (405, .unsupported)
        case .quota: return (403, .denied)
        case .conflict: return (409, isManifest ? .manifestInvalid : .blobUploadInvalid)
        case .limit where isManifest && refusal.place != ContainerManifest.sizePlace: return (400, .manifestInvalid)
        case .limit: return (413, isManifest ? .manifestInvalid : .sizeInvalid)
        // All that can be wrong with a blob is its digest.
        case .ambiguous where !isManifest, .malformed where isPiece, .unsupported where isPiece: return (400, .digestInvalid)
        case .truncated, .malformed, .unsupported, .ambiguous, .placement:
            return (400, isManifest ? .manifestInvalid : .blobUploadInvalid)
        }
    }
}
