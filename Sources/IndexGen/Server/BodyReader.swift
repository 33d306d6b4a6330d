internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore

/// A request's body, read as it comes: its size is known before it comes where the sender says it, and kept while it comes where not.
struct BodyReader {
    private var chunks: RequestBody.AsyncIterator
    private let declared: Int?
    private var limit = Int.max
    private let begun = ContinuousClock.now
    private(set) var size = 0
    private(set) var isAtEnd = false

    /// Bytes that are handed on together: the digests and the disk take them on another thread.
    private static let portion = 256 << 10
    /// A sender may take this long, and beyond it must keep a pace.
    private static let leisure = Duration.seconds(60)
    private static let slowest = 4 << 10

    /// To be made once for a request, whether its body is wanted or not.
    init(_ request: Request) {
        chunks = request.body.makeAsyncIterator()
        declared = request.headers[.contentLength].flatMap { Int($0) }
        isAtEnd = declared ?? 0 == 0 && request.headers[.transferEncoding] == nil
    }

    /// - Parameter limit: bytes that the body may have.
    /// - Throws: 413 when the sender says that it has more.
    mutating func bound(to limit: Int) throws(Answer) {
        self.limit = limit
        if let declared, declared > limit { throw .tooLarge(limit: limit) }
    }

    /// The next bytes; nil at the end.
    mutating func next() async throws -> [UInt8]? {
        if isAtEnd { return nil }
        var portion: [UInt8] = []
        while portion.count < Self.portion {
            guard let chunk = try await chunks.next() else {
                isAtEnd = true
                break
            }
            size += chunk.readableBytes
            guard size <= limit else { throw Answer.tooLarge(limit: limit) }
            if portion.isEmpty { portion.reserveCapacity(min(Self.portion + chunk.readableBytes, declared ?? Self.portion)) }
            portion.append(contentsOf: chunk.readableBytesView)
            let patience = Self.leisure + .seconds(size / Self.slowest)
            guard ContinuousClock.now - begun < patience else {
                throw Answer.problem(
                    .requestTimeout, cause: "slow", "the body came at less than \(Self.slowest) bytes a second; send it again")
            }
        }
        if isAtEnd, let declared, size != declared {
            throw Answer.problem(
                .badRequest, cause: "truncated", "the body ended after \(size) of \(declared) bytes; send it again")
        }
        return portion.isEmpty ? nil : portion
    }

    /// Reads on and forgets what comes, for a while: a sender that still sends would lose its answer if the connection went away.
    /// - Returns: whether the end was reached.
    mutating func drain() async -> Bool {
        let begun = ContinuousClock.now
        var drained = 0
        while !isAtEnd, drained < 64 << 20, ContinuousClock.now - begun < .seconds(10) {
            guard let chunk = try? await chunks.next() else { return false }
            drained += chunk.readableBytes
        }
        return isAtEnd
    }
}
