/// How an upload ended.
public enum UploadResult: Sendable {
    case created
    /// The same bytes were there already.
    case unchanged
    case refused(Refusal)
}

/// What a client is told, where it expects words of its own.
public struct UploadAnswer: Equatable, Sendable {
    public var status: Int
    /// The reason phrase of the status line; nil: the standard one.
    public var reason: String?
    public var contentType: String
    public var body: [UInt8]

    public init(status: Int, reason: String? = nil, contentType: String, body: [UInt8]) {
        self.status = status
        self.reason = reason
        self.contentType = contentType
        self.body = body
    }

    public static func json(_ status: Int, _ write: (inout JSONWriter) -> Void) -> UploadAnswer {
        var writer = JSONWriter()
        writer.beginObject()
        write(&writer)
        writer.endObject()
        return UploadAnswer(status: status, contentType: "application/json", body: writer.bytes)
    }
}
