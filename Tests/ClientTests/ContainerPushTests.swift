import Foundation
import Testing

extension Clients.Containers {
    /// The category "push", blobs.
    @Suite struct BlobPushTests {
        let registry: ContainerRegistry

        init() throws {
            let site = try Site.current
            registry = ContainerRegistry(site, "push/app", token: try site.token("push"))
        }

        /// A content that nothing else has, of so many bytes.
        private func content(_ text: String, _ size: Int = 512) -> Data {
            Data((text + "\n").utf8) + Data((text.utf8.count + 1..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 + $0 >> 8) })
        }

        /// Looks whether a blob is there, by GET and HEAD, and at the Location that an answer gave.
        private func isThere(_ blob: Data, as digest: String, _ answer: Response) throws {
            #expect(answer.status == 201, "\(answer) \(answer.text)")
            #expect(answer["docker-content-digest"] == digest, "\(answer)")
            let place = ContainerRegistry.path(try #require(answer["location"], "\(answer)"))
            for address in [place, registry.at("blobs/\(digest)")] {
                let got = try registry.send("GET", address)
                #expect(got.status == 200 && got.body == blob && got["content-length"] == "\(blob.count)", "\(address): \(got)")
                let head = try registry.send("HEAD", address)
                #expect(
                    head.status == 200 && head["content-length"] == "\(blob.count)" && head.body.isEmpty, "\(address): \(head)")
            }
        }

        private static let digests: [(String, @Sendable (Data) -> String)] = [
            ("sha256", ContainerRegistry.sha256), ("sha512", ContainerRegistry.sha512),
        ]

        @Test(arguments: [0, 1]) func `a blob comes in one request, in two, and as a stream`(algorithm: Int) throws {
            let (name, digest) = Self.digests[algorithm]
            let one = content("one \(name)")
            let address = registry.at("blobs/uploads/?digest=" + digest(one))
            try isThere(one, as: digest(one), registry.send("POST", address, body: one))
            let two = content("two \(name)")
            try isThere(two, as: digest(two), registry.push(two, as: digest(two)))
            let stream = content("stream \(name)", 100_000)
            let sent = try registry.send(
                "PATCH", registry.begin(), headers: ["Content-Type": "application/octet-stream"], body: stream, chunked: true)
            #expect(sent.status == 202, "\(sent) \(sent.text)")
            let place = ContainerRegistry.path(try #require(sent["location"]))
            try isThere(stream, as: digest(stream), registry.finish(place, as: digest(stream)))
        }

        @Test(arguments: [0, 1], [false, true])
        func `a blob comes in chunks, and one that does not follow is refused and sent again`(
            algorithm: Int, last: Bool
        ) throws {
            let (name, digest) = Self.digests[algorithm]
            let blob = content("chunks \(name) \(last)", 3_000)
            let begun = try registry.send("POST", registry.at("blobs/uploads/"), headers: ["Content-Length": "0"])
            #expect(begun.status == 202, "\(begun)")
            var place = ContainerRegistry.path(try #require(begun["location"]))
            let chunks = [0..<1_000, 1_000..<2_000, 2_000..<3_000]
            for (number, chunk) in chunks.enumerated() {
                func send(_ range: Range<Int>, _ isLast: Bool) throws -> Response {
                    let headers = ["Content-Range": "\(range.lowerBound)-\(range.upperBound - 1)"]
                    if isLast { return try registry.finish(place, as: digest(blob), blob[range], headers: headers) }
                    return try registry.send("PATCH", place, headers: headers, body: blob[range])
                }
                // One too far, or from the beginning.
                let wrong = number == 2 ? chunks[0] : chunks[number + 1]
                let refused = try send(wrong, last && wrong == chunks[2])
                #expect(refused.status == 416, "\(number): \(refused) \(refused.text)")
                let status = try registry.send("GET", place)
                #expect(status.status == 204, "\(status)")
                place = ContainerRegistry.path(try #require(status["location"], "\(status)"))
                #expect(status["range"] == "0-\(max(chunk.lowerBound - 1, 0))", "\(status)")
                let sent = try send(chunk, last && number == 2)
                if last && number == 2 {
                    try isThere(blob, as: digest(blob), sent)
                    return
                }
                #expect(sent.status == 202 && sent["range"] == "0-\(chunk.upperBound - 1)", "\(sent) \(sent.text)")
                place = ContainerRegistry.path(try #require(sent["location"], "\(sent)"))
            }
            try isThere(blob, as: digest(blob), registry.finish(place, as: digest(blob)))
        }

        @Test func `a blob is mounted from another image, and sent where it is not there`() throws {
            let other = registry.beside("push/other"), blob = content("mounted"), digest = ContainerRegistry.sha256(blob)
            #expect(try other.push(blob).status == 201)
            let mounted = try registry.send("POST", registry.at("blobs/uploads/?mount=\(digest)&from=push/other"))
            try isThere(blob, as: digest, mounted)
            // Without a word of where it is, a registry may look or not.
            let anonymous = content("mounted by nobody")
            #expect(try other.push(anonymous).status == 201)
            let answer = try registry.send(
                "POST", registry.at("blobs/uploads/?mount=" + ContainerRegistry.sha256(anonymous)))
            #expect([201, 202].contains(answer.status), "\(answer)")
            let missing = content("not mounted")
            let begun = try registry.send(
                "POST", registry.at("blobs/uploads/?mount=\(ContainerRegistry.sha256(missing))&from=push/other"))
            #expect(begun.status == 202, "\(begun)")
            let place = ContainerRegistry.path(try #require(begun["location"]))
            try isThere(
                missing, as: ContainerRegistry.sha256(missing),
                registry.finish(place, as: ContainerRegistry.sha256(missing), missing))
        }

        @Test func `an upload is cancelled, and is not there any more`() throws {
            let place = try registry.begin()
            #expect(try registry.send("PATCH", place, body: content("cancelled")).status == 202)
            #expect(try registry.send("DELETE", place).status == 204)
            for method in ["GET", "DELETE"] {
                let answer = try registry.send(method, place)
                #expect(answer.status == 404 && answer.codes == ["BLOB_UPLOAD_UNKNOWN"], "\(method): \(answer) \(answer.text)")
            }
            #expect(try registry.send("PATCH", place, body: content("late")).status == 404)
        }

        @Test(arguments: [0, 1]) func `a digest that is not that of the bytes is refused in each way of sending`(algorithm: Int)
            throws
        {
            let (name, digest) = Self.digests[algorithm]
            let blob = content("wrong \(name)"), promised = digest(content("right \(name)"))
            var answers = [
                try registry.send("POST", registry.at("blobs/uploads/?digest=\(promised)"), body: blob),
                try registry.push(blob, as: promised),
            ]
            let place = try registry.begin()
            let sent = try registry.send("PATCH", place, headers: ["Content-Range": "0-\(blob.count - 1)"], body: blob)
            #expect(sent.status == 202)
            answers.append(try registry.finish(ContainerRegistry.path(sent["location"] ?? place), as: promised))
            let streamed = try registry.send("PATCH", registry.begin(), body: blob, chunked: true)
            answers.append(try registry.finish(ContainerRegistry.path(streamed["location"] ?? ""), as: promised))
            for answer in answers {
                #expect(answer.status == 400 && answer.codes == ["DIGEST_INVALID"], "\(answer) \(answer.text)")
            }
            #expect(try registry.head("blobs/\(promised)").status == 404)
            for word in ["sha256:baddigeststring", "md5:0123", "nothing"] {
                #expect(try registry.push(blob, as: word).status == 400, "\(word)")
            }
        }

        @Test(arguments: [0, 1]) func `blobs of no bytes and of two are like others`(algorithm: Int) throws {
            let (_, digest) = Self.digests[algorithm]
            for blob in [Data(), Data("{}".utf8)] {
                try isThere(blob, as: digest(blob), registry.push(blob, as: digest(blob)))
            }
        }

        @Test func `who has no right is told so, and how to get one`() throws {
            let blob = content("without a right")
            let nobody = ContainerRegistry(registry.site, "push/app", token: nil)
            let answer = try nobody.send("POST", nobody.at("blobs/uploads/"), body: Data())
            #expect(answer.status == 401 && answer.codes == ["UNAUTHORIZED"], "\(answer) \(answer.text)")
            #expect(answer["www-authenticate"]?.contains("scope=\"repository:push/app:pull,push\"") == true, "\(answer)")
            let stranger = ContainerRegistry(registry.site, "push/app", token: try registry.site.token("stranger"))
            let refused = try stranger.send("POST", stranger.at("blobs/uploads/"), body: Data())
            #expect(refused.status == 403 && refused.codes == ["DENIED"], "\(refused) \(refused.text)")
            // An upload is its beginner's.
            let place = try registry.begin()
            #expect([401, 403, 404].contains(try stranger.send("PATCH", place, body: blob).status))
            #expect(try registry.send("PATCH", place, body: blob).status == 202)
        }
    }
}
