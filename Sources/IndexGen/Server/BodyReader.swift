#if Serve
internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore
internal import NIOHTTP1

/// A request's body, read as it comes: its size is known before it comes where the sender says it, and kept while it comes where not.
struct BodyReader {
    private var chunks: RequestBody.AsyncIterator
    /// Nil where it is not said.
    let declared: Int?
    private let connection: Connection
    private var limit = Int.max
    private(set) var size = 0
    private(set) var isAtEnd = false

    /// Bytes that are handed on together: the digests and the disk take them on another thread.
    private static let portion = 256 << 10

    /// To be made once for a request, whether its body is wanted or not.
    init(_ request: Request, on connection: Connection) {
        chunks = request.body.makeAsyncIterator()
        self.connection = connection
        let length = request.headers[.contentLength]
        declared = length.flatMap { Int($0) }
        isAtEnd = (length == nil || declared == 0) && request.headers[.transferEncoding] == nil
    }

    /// - Parameter limit: bytes that the body may have.
    /// - Throws: 413 when the sender says that it has more.
    mutating func bound(to limit: Int) throws(Answer) {
        self.limit = limit
        if let declared, declared > limit { throw .tooLarge(limit: limit) }
    }

    /// The next bytes; nil at the end.
    ///
    /// - Throws: the answer for a sender whose body is too large, too slow, broken off or no HTTP.
    mutating func next() async throws -> [UInt8]? {
        if isAtEnd { return nil }
        var portion: [UInt8] = []
        while portion.count < Self.portion {
            guard let chunk = try await chunk() else {
                isAtEnd = true
                break
            }
            size += chunk.readableBytes
            guard size <= limit else { throw Answer.tooLarge(limit: limit) }
            if portion.isEmpty { portion.reserveCapacity(min(Self.portion + chunk.readableBytes, declared ?? Self.portion)) }
            portion.append(contentsOf: chunk.readableBytesView)
        }
        if isAtEnd, let declared, size != declared {
            throw Answer.problem(
                .badRequest, cause: "truncated", "the body ended after \(size) of \(declared) bytes; send it again")
        }
        return portion.isEmpty ? nil : portion
    }

    /// Only while its sender is waited for does the time count against it.
    private mutating func chunk() async throws -> ByteBuffer? {
        connection.awaitsBody()
        let result: Result<ByteBuffer?, any Error>
        do {
            result = .success(try await chunks.next())
        } catch {
            result = .failure(error)
        }
        let count = if case .success(let chunk?) = result { chunk.readableBytes } else { 0 }
        try connection.bodyCame(count)
        do {
            return try result.get()
        } catch is HTTPParserError {
            throw Answer.problem(
                .badRequest, cause: "request", "the body is not valid HTTP (its chunks, say); send it with another client")
        } catch {
            throw Answer.problem(.badRequest, cause: "truncated", "the connection broke after \(size) bytes; send it again")
        }
    }

    /// Reads on and forgets what comes, for a while: a sender that still sends would lose its answer if the connection went away.
    mutating func drain() async {
        connection.throwsAwayTheRest()
        let begun = ContinuousClock.now
        var drained = 0
        while !isAtEnd, drained < 64 << 20, ContinuousClock.now - begun < .seconds(10) {
            guard let chunk = try? await chunks.next() else { return }
            drained += chunk.readableBytes
        }
    }
}
#endif
