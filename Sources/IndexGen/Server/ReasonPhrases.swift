internal import HTTPTypes
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypesHTTP1

/// HTTP/1.1 whose status lines may hold a phrase of our own: twine shows its user the phrase, and SwiftNIO sends the standard one for
/// every code that it knows.
struct PhrasedHTTP1Channel: ServerChildChannel {
    private let http1: HTTP1Channel

    init(_ http1: HTTP1Channel) { self.http1 = http1 }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        http1.setup(channel: channel, logger: logger).flatMapThrowing { value in
            let pipeline = channel.pipeline.syncOperations
            let codec = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
            try pipeline.addHandler(ReasonPhraseHandler(), position: .before(codec))
            return value
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async { await http1.handle(value: value, logger: logger) }
}

/// Moves the phrase from a header of the program's own, which never leaves it, into the status line.
private final class ReasonPhraseHandler: ChannelOutboundHandler {
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        var part = unwrapOutboundIn(data)
        if case .head(var head) = part, let phrase = head.headers.first(name: HTTPField.Name.reasonPhrase.rawName) {
            head.headers.remove(name: HTTPField.Name.reasonPhrase.rawName)
            head.status = .custom(code: head.status.code, reasonPhrase: phrase)
            part = .head(head)
        }
        context.write(wrapOutboundOut(part), promise: promise)
    }
}

extension HTTPField.Name {
    /// A name that is known to be one.
    static func known(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is a token") }
        return name
    }

    static let reasonPhrase = known("Indexgen-Reason-Phrase")
    static let requestID = known("X-Request-Id")
    static let realIP = known("X-Real-IP")
    static let forwardedFor = known("X-Forwarded-For")
}
