import Testing

@testable import Formats
@testable import Kit

/// How clients of registries are told of each end (OCI Distribution Specification 1.1, "Error Codes").
@Suite struct ContainerDialectTests {
    enum Place: CaseIterable {
        case put, delete, untag, pull, blob, deleteBlob, open, session, tags, referrers, other

        func question(image: String = "team/app", owner: String = "acme") -> Question? {
            func question(_ pattern: PathPattern, _ method: Route.Method, _ captures: [String: String]) -> Question {
                Question(owner: owner, route: pattern.text, method: method, captures: captures)
            }
            let digest = ContainerBuilder.digest("x")
            switch self {
            case .put: return question(ContainerRoutes.publication, .put, ["image": image, "tag": "1.0"])
            case .delete: return question(ContainerRoutes.removal, .delete, ["name": image, "version": digest])
            case .untag: return question(ContainerRoutes.untagging, .delete, ["name": image, "key": "1.0"])
            case .pull: return question(ContainerRoutes.manifest, .get, ["name": image, "filename": "1.0"])
            case .blob: return question(ContainerRoutes.blob, .get, ["name": image, "filename": digest])
            case .deleteBlob: return question(ContainerRoutes.blob, .delete, ["name": image, "filename": digest])
            case .open: return question(ContainerRoutes.uploads, .post, ["image": image])
            case .session: return question(ContainerRoutes.upload, .put, ["image": image, "session": "s"])
            case .tags: return question(ContainerRoutes.tags, .get, ["name": image])
            case .referrers: return question(ContainerRoutes.referrers, .get, ["name": image, "filename": digest])
            case .other: return nil
            }
        }
    }

    private static func answer(_ end: End, at question: Question?) throws -> (
        status: Int, code: String, message: String, detail: DataValue?
    ) {
        let answer = try #require(ContainerDialect().words(for: end, at: question))
        #expect(answer.contentType == "application/json")
        let value = try JSONReader.read(answer.body.span, of: "the answer", within: Budget())
        let errors = try #require(value["errors"]?.array)
        #expect(value.object?.count == 1 && errors.count == 1)
        let error = try #require(errors.first)
        return (answer.status, try #require(error["code"]?.string), try #require(error["message"]?.string), error["detail"])
    }

    /// By place: the codes for 404 and for other faults of the request.
    private static let codes: [(place: Place, missing: String, wrong: String)] = [
        (.put, "MANIFEST_UNKNOWN", "MANIFEST_INVALID"), (.delete, "MANIFEST_UNKNOWN", "MANIFEST_INVALID"),
        (.untag, "MANIFEST_UNKNOWN", "MANIFEST_INVALID"), (.pull, "MANIFEST_UNKNOWN", "MANIFEST_INVALID"),
        (.blob, "BLOB_UNKNOWN", "DIGEST_INVALID"),
        (.deleteBlob, "BLOB_UNKNOWN", "DIGEST_INVALID"), (.open, "NAME_UNKNOWN", "BLOB_UPLOAD_INVALID"),
        (.session, "BLOB_UPLOAD_UNKNOWN", "BLOB_UPLOAD_INVALID"), (.tags, "NAME_UNKNOWN", "UNSUPPORTED"),
        (.referrers, "NAME_UNKNOWN", "DIGEST_INVALID"), (.other, "NAME_UNKNOWN", "UNSUPPORTED"),
    ]

    @Test func `each fault keeps its status and has the code of its place`() throws {
        #expect(Self.codes.count == Place.allCases.count)
        for (place, missing, wrong) in Self.codes {
            func code(_ status: Int) throws -> String {
                let answer = try Self.answer(.fault(status, "words for people"), at: place.question())
                #expect(answer.status == status && answer.message == "words for people" && answer.detail == nil)
                return answer.code
            }
            #expect(try code(404) == missing, "\(place)")
            #expect(try code(400) == wrong, "\(place)")
            #expect(try code(411) == wrong && code(415) == wrong && code(416) == wrong, "\(place)")
            #expect(try code(401) == "UNAUTHORIZED" && code(403) == "DENIED" && code(405) == "UNSUPPORTED", "\(place)")
            #expect(
                try code(429) == "TOOMANYREQUESTS" && code(500) == "UNKNOWN" && code(503) == "UNKNOWN" && code(507) == "UNKNOWN")
            #expect(try code(409) == ([.delete, .untag, .deleteBlob].contains(place) ? "DENIED" : wrong), "\(place)")
            let isPiece = [.open, .session, .blob, .deleteBlob].contains(place)
            #expect(try code(413) == (isPiece ? "SIZE_INVALID" : wrong), "\(place)")
        }
    }

    @Test func `a name that cannot be one has its code wherever it is`() throws {
        for place in Place.allCases where place != .other {
            for status in [400, 404] {
                #expect(
                    try Self.answer(.fault(status, "x"), at: place.question(image: "Team/App")).code == "NAME_INVALID", "\(place)"
                )
            }
            #expect(try Self.answer(.fault(401, "x"), at: place.question(image: "Team/App")).code == "UNAUTHORIZED")
        }
    }

    @Test func `each refusal has a code and a status`() throws {
        func refused(_ cause: Refusal.Cause, _ place: String = "", at there: Place) throws -> String {
            let refusal = Refusal(cause, "something is wrong", at: place, remedy: "mend it")
            let answer = try Self.answer(.upload(.refused(refusal)), at: there.question())
            #expect(answer.message == "\(refusal)" && answer.detail?["remedy"]?.string == "mend it")
            #expect(answer.detail?["place"]?.string == (place.isEmpty ? nil : place))
            return "\(answer.status) \(answer.code)"
        }
        for cause in [Refusal.Cause.truncated, .malformed, .unsupported, .ambiguous, .placement] {
            #expect(try refused(cause, "layers[0]", at: .put) == "400 MANIFEST_INVALID", "\(cause)")
        }
        for there in [Place.put, .session, .open] {
            #expect(try refused(.placement, ContainerName.place, at: there) == "400 NAME_INVALID")
            #expect(try refused(.placement, ContainerName.tagPlace, at: there) == "400 TAG_INVALID")
            #expect(try refused(.malformed, ContainerDigest.place, at: there) == "400 DIGEST_INVALID")
            #expect(try refused(.ambiguous, ContainerDigest.place, at: there) == "400 DIGEST_INVALID")
            #expect(try refused(.quota, at: there) == "403 DENIED")
        }
        for there in [Place.session, .open] {
            #expect(try refused(.malformed, ContainerBuilder.digest("x"), at: there) == "400 DIGEST_INVALID")
            #expect(try refused(.unsupported, at: there) == "400 DIGEST_INVALID")
            #expect(try refused(.ambiguous, at: there) == "400 DIGEST_INVALID")
            #expect(try refused(.limit, at: there) == "413 SIZE_INVALID")
            #expect(try refused(.truncated, at: there) == "400 BLOB_UPLOAD_INVALID")
            #expect(try refused(.conflict, at: there) == "409 BLOB_UPLOAD_INVALID")
        }
        #expect(try refused(.limit, ContainerManifest.sizePlace, at: .put) == "413 MANIFEST_INVALID")
        #expect(try refused(.limit, "line 1", at: .put) == "400 MANIFEST_INVALID", "too deep is not too large")
        #expect(try refused(.conflict, at: .put) == "409 MANIFEST_INVALID")
        #expect(try refused(.required, at: .delete) == "405 UNSUPPORTED")
        #expect(try refused(.required, at: .deleteBlob) == "405 UNSUPPORTED")
    }

    @Test func `a manifest that names what is not there is told which blob`() throws {
        let digest = ContainerBuilder.digest("layer")
        for path in ["app/blobs/\(digest)", "app/manifests/index/\(digest)"] {
            let refusal = Refusal(.missing, "it requires a file that is not here", at: path, remedy: "send that first")
            let answer = try Self.answer(.upload(.refused(refusal)), at: Place.put.question())
            #expect(answer.status == 400 && answer.code == "MANIFEST_BLOB_UNKNOWN" && answer.detail?["digest"]?.string == digest)
        }
    }

    @Test func `what inspection refuses has the codes of the specification`() throws {
        func code(_ bytes: [UInt8], _ tag: String, _ image: String = "app") throws -> String {
            let found = try #require(refusal { () throws(Refusal) in _ = try ContainerShelf.record(bytes, image, tag) })
            let answer = try Self.answer(.upload(.refused(found)), at: Place.put.question())
            return "\(answer.status) \(answer.code)"
        }
        let bytes = ContainerBuilder().bytes
        #expect(try code([], "1.0") == "400 MANIFEST_INVALID")
        #expect(try code(bytes, ".x") == "400 TAG_INVALID")
        #expect(try code(bytes, "sha256:00") == "400 DIGEST_INVALID")
        #expect(try code(bytes, ContainerBuilder.digest("x")) == "400 DIGEST_INVALID")
        #expect(try code(bytes, "1.0", "App") == "400 NAME_INVALID")
        #expect(try code(bytes + [UInt8](repeating: 32, count: 5 << 20), "1.0") == "413 MANIFEST_INVALID")
        let twice = ContainerBuilder.descriptor("a/b", "x").replacing("\"size\":1", with: "\"size\":2")
        let both = ContainerBuilder().with("layers", "[\(twice),\(ContainerBuilder.descriptor("a/b", "x"))]")
        #expect(try code(both.bytes, "1.0") == "400 MANIFEST_INVALID", "its place is a digest, and its fault is not")
    }

    // MARK: Receipts

    @Test func `who sent something is told where it is`() throws {
        let image = ContainerBuilder().bytes
        for tag in ["1.0", ContainerDigest.of(image).text, ContainerDigest.of(image, by: .sha512).text] {
            let record = try ContainerShelf.record(image, "team/app", tag)
            let question = try #require(Place.put.question())
            let answer = try #require(ContainerDialect().receipt(for: record, at: "", to: question))
            #expect(answer.status == 201 && answer.body == [])
            #expect(
                answer.headers == [
                    "Docker-Content-Digest": record.version, "Location": "/v2/acme/team/app/manifests/\(record.version)",
                ])
        }
        let subject = ContainerBuilder.descriptor(ContainerKind.manifest.mediaType, "subject")
        let record = try ContainerShelf.record(ContainerBuilder().with("subject", subject).bytes, "team/app", "1.0")
        let answer = ContainerDialect().receipt(for: record, at: "", to: try #require(Place.put.question()))
        #expect(answer?.headers["OCI-Subject"] == ContainerBuilder.digest("subject"))
        let digest = ContainerDigest.of([7]).text
        let blob = try ContainerShelf.record([7], "team/app", nil, named: digest)
        for place in [Place.open, .session] {
            let question = try #require(place.question())
            let answer = ContainerDialect().receipt(for: blob, at: "", to: question)
            #expect(answer?.status == 201)
            #expect(answer?.headers == ["Docker-Content-Digest": digest, "Location": "/v2/acme/team/app/blobs/\(digest)"])
        }
        for result in [UploadResult.created, .unchanged] {
            #expect(ContainerDialect().words(for: .upload(result), at: nil)?.status == 201)
        }
    }

    @Test func `a manifest comes by its own type`() throws {
        for kind in ContainerKind.allCases {
            let record = try ContainerShelf.record(ContainerBuilder(kind).bytes)
            func objection(_ type: String) -> Refusal? { ContainerDialect().objection(toContentType: type, of: record) }
            for type in [kind.mediaType, "\(kind.mediaType); charset=utf-8", " \(kind.mediaType.uppercased()) ;x=y", "", " "] {
                #expect(objection(type) == nil, "\(type)")
            }
            let others = ContainerKind.allCases.filter { $0 != kind }.map(\.mediaType)
            for type in others + [
                "application/json", "application/octet-stream", "x", "\(kind.mediaType)x", ";\(kind.mediaType)x\n",
            ] where type != ";" {
                guard ContainerKind.essence(of: type) != "" else { continue }
                let found = try #require(objection(type), "\(type)")
                #expect(
                    found.cause == .ambiguous && found.what.contains(kind.mediaType)
                        && !"\(found)".utf8.contains(where: ASCII.isControl))
                #expect(try Self.answer(.upload(.refused(found)), at: Place.put.question()).code == "MANIFEST_INVALID")
            }
        }
        let blob = try ContainerShelf.record([7], "app", nil, named: ContainerDigest.of([7]).text)
        #expect(ContainerDialect().objection(toContentType: "image/png", of: blob) == nil)
    }

    // MARK: Challenges

    @Test func `who has to log in is told of tokens, and for what`() {
        func challenges(_ place: Place, image: String = "team/app", owner: String = "acme") -> [String]? {
            ContainerDialect().challenges(at: place.question(image: image, owner: owner), base: "https://example.org")
        }
        let bearer = #"Bearer realm="https://example.org/v2/token",service="container_registry""#
        for place in Place.allCases where place != .other {
            #expect(challenges(place) == [bearer + #",scope="repository:acme/team/app:pull,push""#], "\(place)")
            // Nothing that was sent can end a header, or begin a parameter.
            for image in ["a\",x=\"", "a\r\nb", "App", "a b"] { #expect(challenges(place, image: image) == [bearer]) }
            for owner in ["a\"", "a\r\n", "é", "a b", "a,b"] { #expect(challenges(place, owner: owner) == [bearer]) }
        }
        #expect(challenges(.other) == [bearer])
        let entrance = Question(owner: "", route: "", method: .get, captures: [:])
        #expect(ContainerDialect().challenges(at: entrance, base: "https://example.org") == [bearer])
    }
}
