/// What a client is told, where it expects words of its own.
package struct UploadAnswer: Equatable, Sendable {
    package var status: Int
    /// The reason phrase of the status line; nil: the standard one.
    package var reason: String?
    package var contentType: String
    package var body: [UInt8]
    /// Further headers by their names. Values are one line of visible ASCII.
    package var headers: [String: String]

    package init(
        status: Int, reason: String? = nil, contentType: String, body: [UInt8] = [], headers: [String: String] = [:]
    ) {
        self.status = status
        self.reason = reason
        self.contentType = contentType
        self.body = body
        self.headers = headers
    }

    package static func json(_ status: Int, _ write: (inout JSONWriter) -> Void) -> UploadAnswer {
        var writer = JSONWriter()
        writer.beginObject()
        write(&writer)
        writer.endObject()
        return UploadAnswer(status: status, contentType: "application/json", body: writer.bytes)
    }
}
