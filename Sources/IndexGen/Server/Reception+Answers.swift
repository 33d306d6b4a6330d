#if Serve
internal import Formats
internal import HTTPTypes
internal import HummingbirdCore
internal import Logging
internal import NIOCore

/// What becomes of an answer: its head, its body, and what is noted of it.
extension Reception {
    func head(of answer: Answer, to visit: Visit, closing: Bool) -> HTTPResponse {
        var headers = answer.headers
        if answer.status != .noContent {
            headers[.contentType] = answer.contentType
            headers[.contentLength] = "\(answer.content?.size ?? answer.body.count)"
        }
        headers[.cacheControl] = "no-store"
        headers[.requestID] = visit.sender.request
        headers[.reasonPhrase] = answer.reason
        if closing { headers[.connection] = "close" }
        return HTTPResponse(status: answer.status, headerFields: headers)
    }

    /// What is large goes out as it is read.
    func body(of answer: Answer) -> ResponseBody {
        guard let content = answer.content else { return ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)) }
        let (workers, blobs) = (workers, site.blobs)
        return ResponseBody(contentLength: content.size) { writer in
            var offset = 0
            while offset < content.size {
                let start = offset
                let bytes = try await workers.run {
                    try blobs.open(content.sha256).read(at: start, count: min(Self.portion, content.size - start))
                }
                // What was cut short is nobody's blob: the connection breaks.
                guard !bytes.isEmpty else { throw ConnectionEnds() }
                offset += bytes.count
                try await writer.write(ByteBuffer(bytes: bytes))
            }
            try await writer.finish(nil)
        }
    }

    /// Bytes that are read together.
    private static let portion = 1 << 20

    /// Into the log and the record of refused changes.
    func note(_ visit: Visit, _ answer: Answer) async {
        if answer.cause.isEmpty, visit.author == nil { return }
        var metadata: Logger.Metadata = [
            "id": "\(visit.sender.request)", "from": "\(visit.sender.address)", "method": "\(visit.request.method.rawValue)",
            "path": "\(visit.path)", "status": "\(answer.status.code)", "bytes": "\(visit.body.size)",
            "ms": "\(Int((ContinuousClock.now - visit.begun) / .milliseconds(1)))",
        ]
        if let author = visit.author { metadata["actor"] = "\(author.name)" }
        if let sha256 = visit.sha256 { metadata["sha256"] = "\(Hex.string(sha256))" }
        if !visit.newPlaces.isEmpty { metadata["new"] = "\(visit.newPlaces.joined(separator: "; "))" }
        if answer.cause.isEmpty {
            logger.info("taken", metadata: metadata)
            return
        }
        metrics.refused(answer.cause)
        metadata["cause"] = "\(answer.cause)"
        metadata["detail"] = "\(answer.detail)"
        // Only changes that somebody asked for are remembered; guesses beyond their limit are counted, and nothing more.
        if answer.cause == "guessing" { return }
        let isTold = await refusals.note(
            RefusedChange(
                at: catalog.clock.now(), author: visit.author ?? Author(name: "unknown", origin: visit.sender.address),
                method: visit.request.method.rawValue, path: visit.path, owner: visit.owner, type: visit.type,
                status: answer.status.code, detail: answer.detail, sha256: visit.sha256,
                isStranger: visit.author?.token == nil))
        let isFailure = answer.status.code >= 500 && answer.cause == "failure"
        if isTold || isFailure { logger.log(level: isFailure ? .error : .notice, "refused", metadata: metadata) }
    }
}
#endif
