#if Serve
internal import Glibc
internal import HTTPTypes
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypesHTTP1

/// HTTP/1.1 as this endpoint speaks it. Status lines may hold a phrase of our own: twine shows its user the phrase, and SwiftNIO sends the
/// standard one for every code that it knows. What is happening on a connection is told to the gate, and faults of a request's head that
/// nobody sees later are noted.
struct PhrasedHTTP1Channel: ServerChildChannel {
    private let http1: HTTP1Channel
    private let gate: Gate

    init(_ http1: HTTP1Channel, gate: Gate) {
        self.http1 = http1
        self.gate = gate
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        http1.setup(channel: channel, logger: logger).flatMapThrowing { [gate] value in
            let connection = gate.connection(of: channel) ?? gate.opened(channel)
            let pipeline = channel.pipeline.syncOperations
            let codec = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
            try pipeline.addHandler(RequestLineHandler(connection), position: .before(codec))
            try pipeline.addHandler(FirstBytesHandler(connection), position: .first)
            // A connection that comes while the server ends is handed to nobody. SwiftNIO (2.101) stops the process where the two ends of such
            // a one go before it is closed.
            channel.closeFuture.whenComplete { _ in withExtendedLifetime(value) {} }
            return value
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async { await http1.handle(value: value, logger: logger) }
}

/// Sees a request begin.
private final class FirstBytesHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let connection: Connection

    init(_ connection: Connection) { self.connection = connection }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        connection.bytesCame()
        context.fireChannelRead(data)
    }
}

/// Moves the phrase from a header of the program's own, which never leaves it, into the status line; and a fault of the request's head,
/// which later steps do not see any more, into another header of its own, which never comes from outside.
private final class RequestLineHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let connection: Connection

    init(_ connection: Connection) { self.connection = connection }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        connection.requestBegan()
        head.headers.remove(name: HTTPField.Name.requestFault.rawName)
        if let fault = RequestFault(head) { head.headers.add(name: HTTPField.Name.requestFault.rawName, value: fault.rawValue) }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        var part = unwrapOutboundIn(data)
        if case .head(var head) = part, let phrase = head.headers.first(name: HTTPField.Name.reasonPhrase.rawName) {
            head.headers.remove(name: HTTPField.Name.reasonPhrase.rawName)
            head.status = .custom(code: head.status.code, reasonPhrase: phrase)
            part = .head(head)
        }
        context.write(wrapOutboundOut(part), promise: promise)
        if case .end = part { connection.answerEnded() }
    }
}

/// What is wrong with a request's head although it can be parsed: another program could understand it differently (RFC 9112, sections 3.2,
/// 6.1 and 6.3).
enum RequestFault: String {
    case hosts = "400 a request has one Host field"
    case oldChunks = "400 HTTP/1.0 knows no Transfer-Encoding"
    case coding = "501 of the transfer codings only chunked is known here"
    case length = "400 the Content-Length is not a number of bytes that anybody could send"

    init?(_ head: HTTPRequestHead) {
        let codings = head.headers[canonicalForm: "transfer-encoding"].map { $0.lowercased() }
        let hosts = head.headers["host"].count
        let isNew = head.version.major > 1 || (head.version.major == 1 && head.version.minor >= 1)
        if hosts > 1 || (hosts == 0 && isNew) {
            self = .hosts
        } else if !codings.isEmpty, !isNew {
            self = .oldChunks
        } else if !codings.isEmpty, codings != ["chunked"] {
            self = .coding
        } else if head.headers["content-length"].contains(where: { Int($0) == nil }) {
            self = .length
        } else {
            return nil
        }
    }

    var answer: Answer {
        let words = rawValue.split(separator: " ", maxSplits: 1)
        let status: HTTPResponse.Status = words[0] == "501" ? .notImplemented : .badRequest
        return .problem(status, cause: "request", String(words[1]))
    }
}

extension HTTPField.Name {
    /// A name that is known to be one.
    static func known(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is a token") }
        return name
    }

    static let reasonPhrase = known("Indexgen-Reason-Phrase")
    static let requestFault = known("Indexgen-Request-Fault")
    static let requestID = known("X-Request-Id")
    static let realIP = known("X-Real-IP")
    static let forwardedFor = known("X-Forwarded-For")
}
#endif
