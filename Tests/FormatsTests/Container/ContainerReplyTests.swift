import Testing

@testable import Formats
@testable import Kit

/// What clients are answered who ask, and on the way of an upload in pieces.
@Suite struct ContainerReplyTests {
    private static func ask(
        _ pattern: PathPattern, _ captures: [String: String], _ parameters: [String: String] = [:], _ knowledge: Knowledge,
        method: Route.Method = .get
    ) -> UploadAnswer {
        let question = Question(owner: "acme", route: pattern.text, method: method, captures: captures, parameters: parameters)
        return ContainerDialect().reply(to: question, knowing: knowledge)
    }

    private static func text(_ answer: UploadAnswer) -> String { String(decoding: answer.body, as: UTF8.self) }

    // MARK: Tags

    private static let all = ["1.0", "1.1", "a", "b", "latest"]

    /// The tags of a page, and where the next begins.
    private static func page(n: String?, last: String?, of tags: [String] = all) throws -> (tags: [String], link: String?) {
        var parameters: [String: String] = [:]
        parameters["n"] = n
        parameters["last"] = last
        let answer = ask(ContainerRoutes.tags, ["name": "team/app"], parameters, .keys(tags))
        #expect(answer.status == 200 && answer.contentType == "application/json")
        let value = try JSONReader.read(answer.body.span, of: "the answer", within: Budget())
        #expect(value["name"]?.string == "acme/team/app")
        return (try #require(value["tags"]?.array).compactMap(\.string), answer.headers["Link"])
    }

    @Test func `tags come in pages`() throws {
        let cases: [(n: String?, last: String?, tags: [String], next: String?)] = [
            (nil, nil, Self.all, nil), ("5", nil, Self.all, nil), ("6", nil, Self.all, nil),
            ("4", nil, ["1.0", "1.1", "a", "b"], "n=4&last=b"),
            ("1", nil, ["1.0"], "n=1&last=1.0"), ("2", "1.0", ["1.1", "a"], "n=2&last=a"), ("2", "a", ["b", "latest"], nil),
            ("1", "b", ["latest"], nil), ("3", "latest", [], nil), (nil, "a", ["b", "latest"], nil), (nil, "latest", [], nil),
            (nil, "z", [], nil), (nil, "", Self.all, nil), ("2", "", ["1.0", "1.1"], "n=2&last=1.1"),
            ("2", "1.05", ["1.1", "a"], "n=2&last=a"),
            ("0", nil, [], nil), ("0", "a", [], nil), ("00", nil, [], nil), ("02", "a", ["b", "latest"], nil),
            (String(repeating: "9", count: 50), nil, Self.all, nil),
        ]
        for (n, last, tags, next) in cases {
            let page = try Self.page(n: n, last: last)
            #expect(page.tags == tags, "n=\(n ?? "-") last=\(last ?? "-")")
            #expect(
                page.link == next.map { "</v2/acme/team/app/tags/list?\($0)>; rel=\"next\"" }, "n=\(n ?? "-") last=\(last ?? "-")"
            )
        }
        #expect(try Self.page(n: nil, last: nil, of: []).tags == [])
        #expect(try Self.page(n: "1", last: nil, of: []).link == nil)
    }

    @Test func `whoever follows the links sees each tag once`() throws {
        let tags = (0..<1_000).map { "t\($0)" }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        for size in [1, 7, 333, 999, 1_000, 1_001] {
            var seen: [String] = [], last: String?, requests = 0
            while true {
                let page = try Self.page(n: "\(size)", last: last, of: tags)
                seen += page.tags
                requests += 1
                guard let link = page.link else { break }
                last = String(link.dropLast("\u{3E}; rel=\"next\"".count).split(separator: "last=")[1])
            }
            #expect(seen == tags)
            #expect(requests == (tags.count + size - 1) / size)
        }
    }

    @Test(arguments: ["", "x", "-1", "1.5", "+1", " 1", "1 ", "0x1", "١"]) func `a size that is not a number is refused`(
        n: String
    ) {
        let answer = Self.ask(ContainerRoutes.tags, ["name": "app"], ["n": n], .keys(Self.all))
        #expect(answer.status == 400 && Self.text(answer).contains("PAGINATION_NUMBER_INVALID"))
    }

    @Test func `an image that is not there has no tags`() {
        let answer = Self.ask(ContainerRoutes.tags, ["name": "app"], .keys(nil))
        #expect(answer.status == 404 && Self.text(answer).contains("NAME_UNKNOWN"))
        let other = Self.ask(ContainerRoutes.tags, ["name": "App"], .keys(nil))
        #expect(other.status == 404 && Self.text(other).contains("NAME_INVALID"))
    }

    private static func ask(_ pattern: PathPattern, _ captures: [String: String], _ knowledge: Knowledge) -> UploadAnswer {
        ask(pattern, captures, [:], knowledge)
    }

    @Test func `all images come in pages, too`() {
        let names = ["acme/a", "acme/team/app", "other/b"]
        func ask(_ parameters: [String: String]) -> UploadAnswer {
            Self.ask(ContainerRoutes.catalog, [:], parameters, .names(names))
        }
        #expect(Self.text(ask([:])) == #"{"repositories":["acme/a","acme/team/app","other/b"]}"#)
        let page = ask(["n": "2"])
        #expect(Self.text(page) == #"{"repositories":["acme/a","acme/team/app"]}"#)
        #expect(page.headers["Link"] == #"</v2/_catalog?n=2&last=acme%2Fteam%2Fapp>; rel="next""#)
        #expect(Self.text(ask(["n": "2", "last": "acme/team/app"])) == #"{"repositories":["other/b"]}"#)
        #expect(Self.text(ask(["n": "0"])) == #"{"repositories":[]}"# && ask(["n": "0"]).headers == [:])
    }

    // MARK: Referrers

    @Test func `referrers are filtered by their type, and that is said`() throws {
        func descriptor(_ type: String?) throws -> [UInt8] {
            var builder = ContainerBuilder(.index).with("subject", ContainerBuilder.descriptor("a/b", "subject"))
            if let type { builder.set("artifactType", "\"\(type)\"") }
            let manifest = try ContainerManifest(builder.bytes)
            return ContainerDocuments.referrer(manifest, ContainerDigest.of(builder.bytes), size: builder.bytes.count).bytes
        }
        let sbom = try descriptor("application/spdx+json"), signature = try descriptor("application/vnd.example.signature"),
            bare = try descriptor(nil)
        let digest = ContainerBuilder.digest("subject")
        func ask(_ type: String?, _ filename: String = digest, _ entries: [[UInt8]] = [sbom, signature, bare]) -> UploadAnswer {
            Self.ask(
                ContainerRoutes.referrers, ["name": "app", "filename": filename], type.map { ["artifactType": $0] } ?? [:],
                .entries(entries))
        }
        func digests(_ answer: UploadAnswer) throws -> [String] {
            #expect(answer.status == 200 && answer.contentType == "application/vnd.oci.image.index.v1+json")
            return try ContainerManifest(answer.body).manifests.map(\.digest.text)
        }
        #expect(try digests(ask(nil)).count == 3 && ask(nil).headers == [:])
        #expect(try digests(ask("")).count == 3 && ask("").headers == [:])
        let chosen = ask("application/spdx+json")
        #expect(chosen.headers == ["OCI-Filters-Applied": "artifactType"])
        #expect(String(decoding: chosen.body, as: UTF8.self).contains(String(decoding: sbom, as: UTF8.self)))
        #expect(try digests(chosen).count == 1)
        for type in ["application/spdx", "APPLICATION/SPDX+JSON", "x", "\""] {
            #expect(try digests(ask(type)) == [] && ask(type).headers == ["OCI-Filters-Applied": "artifactType"], "\(type)")
        }
        // Of what nobody refers to, or nobody has, the list is empty; a file has the same bytes.
        let empty = ask(nil, digest, [])
        #expect(try digests(empty) == [])
        #expect(
            Self.text(empty) == #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#
                + "\n")
        #expect(try digests(ask(nil, ContainerBuilder.digest("x", by: .sha512), [])) == [])
        for filename in ["latest", "sha256:00", "md5:00", ""] {
            let answer = ask(nil, filename, [])
            #expect(answer.status == 400 && Self.text(answer).contains("DIGEST_INVALID"), "\(filename)")
        }
    }

    // MARK: Files

    @Test func `a file that is not public yet has the headers that it will have`() {
        let digest = ContainerBuilder.digest("x")
        func ask(_ pattern: PathPattern, _ path: String?) -> UploadAnswer {
            let file = path.map { StoredFile(path: $0, version: "v", size: 3) }
            return Self.ask(pattern, ["name": "team/app", "filename": "1.0"], .file(file))
        }
        for kind in ContainerKind.allCases {
            let answer = ask(ContainerRoutes.manifest, "team/app/manifests/\(kind.rawValue)/\(digest)")
            #expect(
                answer.status == 200 && answer.contentType == kind.mediaType
                    && answer.headers == ["Docker-Content-Digest": digest])
        }
        let blob = ask(ContainerRoutes.blob, "team/app/blobs/\(digest)")
        #expect(
            blob.status == 200 && blob.contentType == "application/octet-stream"
                && blob.headers == ["Docker-Content-Digest": digest])
        for path in [nil, "team/app/blobs/\(digest)"] {
            let answer = ask(ContainerRoutes.manifest, path)
            #expect(answer.status == 404 && Self.text(answer).contains("MANIFEST_UNKNOWN"), "a blob is not a manifest")
        }
        for path in [nil, "team/app/manifests/index/\(digest)"] {
            let answer = ask(ContainerRoutes.blob, path)
            #expect(answer.status == 404 && Self.text(answer).contains("BLOB_UNKNOWN"))
        }
    }

    @Test func `whoever comes in is greeted, and gets credentials where both of Docker's names are`() throws {
        let entrance = Self.ask(ContainerRoutes.entrance, [:], .nothing)
        #expect(entrance.status == 200 && Self.text(entrance) == "{}" && entrance.contentType == "application/json")
        #expect(entrance.headers == ["Docker-Distribution-Api-Version": "registry/2.0"])
        let ticket = Self.ask(
            ContainerRoutes.ticket, [:], .ticket("t0ken", seconds: 300, from: Timestamp(seconds: 1_795_223_702)))
        #expect(
            Self.text(ticket)
                == #"{"token":"t0ken","access_token":"t0ken","expires_in":300,"issued_at":"2026-11-21T01:15:02Z"}"#)
        let nothing = Self.ask("x", [:], .nothing)
        #expect(nothing.status == 404 && Self.text(nothing).contains("errors"))
    }

    // MARK: Pieces

    @Test func `each step of an upload says how far it is`() {
        let question = Question(
            owner: "acme", route: ContainerRoutes.upload.text, method: .patch, captures: ["image": "team/app", "session": "s1"])
        func words(_ report: SessionReport) -> UploadAnswer { ContainerPieces().words(for: report, at: question) }
        let place = ["Location": "/v2/acme/team/app/blobs/uploads/s1", "Docker-Upload-UUID": "s1"]
        func with(_ range: String) -> [String: String] { place.merging(["Range": range]) { $1 } }
        let cases: [(SessionReport, Int, [String: String])] = [
            (.going(session: "s1", received: 0), 202, with("0-0")), (.going(session: "s1", received: 1), 202, with("0-0")),
            (.going(session: "s1", received: 2), 202, with("0-1")),
            (.going(session: "s1", received: 5_000_000_000), 202, with("0-4999999999")),
            (.status(session: "s1", received: 0), 204, with("0-0")), (.status(session: "s1", received: 1), 204, with("0-0")),
            (.status(session: "s1", received: 10), 204, with("0-9")), (.cancelled, 204, [:]), (.unknown, 404, [:]),
            (.outOfPlace(session: "s1", received: 10), 416, with("0-9")),
            (.outOfPlace(session: "s1", received: 0), 416, with("0-0")),
        ]
        for (report, status, headers) in cases {
            let answer = words(report)
            #expect(answer.status == status && answer.headers == headers, "\(report)")
            #expect(answer.body.isEmpty == (status < 400), "\(report)")
        }
        #expect(Self.text(words(.unknown)).contains(#""code":"BLOB_UPLOAD_UNKNOWN""#))
        #expect(Self.text(words(.outOfPlace(session: "s1", received: 10))).contains(#""code":"BLOB_UPLOAD_INVALID""#))
    }

    @Test func `what a mount is from is an image of this registry, or none`() throws {
        func source(_ text: String) -> String? { ContainerPieces().source(text).map { "\($0.owner) \($0.package)" } }
        #expect(source("acme/app") == "acme app" && source("acme/team/app") == "acme team/app")
        for text in [
            "", "app", "/", "/app", "acme/", "acme/App", "acme//app", "acme/../app", "acme/blobs", "acme/a b", "acme/a\0",
        ] {
            #expect(source(text) == nil, "\(text)")
        }
        let digest = try ContainerPieces().digest(ContainerBuilder.digest("x"))
        #expect(try ContainerPieces().path(of: digest, in: "team/app").text == "team/app/blobs/\(digest.text)")
        #expect(throws: Refusal.self) { _ = try ContainerPieces().digest("latest") }
        #expect(throws: Refusal.self) { _ = try ContainerPieces().path(of: digest, in: "../x") }
    }

    @Test func `each route is taken by the address of the specification`() throws {
        func route(_ method: Route.Method, _ path: String) -> (String, [String: String])? {
            for route in Container().profile.routes where route.methods.contains(method) {
                if let captures = route.path.match(path.split(separator: "/").map(String.init)) {
                    return (route.path.text, captures)
                }
            }
            return nil
        }
        let digest = ContainerBuilder.digest("x")
        let cases: [(Route.Method, String, PathPattern, [String: String])] = [
            (.post, "a/b/blobs/uploads/", ContainerRoutes.uploads, ["image": "a/b"]),
            (.patch, "a/blobs/uploads/s", ContainerRoutes.upload, ["image": "a", "session": "s"]),
            (.put, "a/blobs/uploads/s", ContainerRoutes.upload, ["image": "a", "session": "s"]),
            (.get, "a/blobs/uploads/s", ContainerRoutes.upload, ["image": "a", "session": "s"]),
            (.delete, "a/blobs/uploads/s", ContainerRoutes.upload, ["image": "a", "session": "s"]),
            (.put, "a/b/c/manifests/1.0", ContainerRoutes.publication, ["image": "a/b/c", "tag": "1.0"]),
            (.put, "a/manifests/\(digest)", ContainerRoutes.publication, ["image": "a", "tag": digest]),
            (.delete, "a/manifests/\(digest)", ContainerRoutes.removal, ["name": "a", "version": digest]),
            (.delete, "a/manifests/1.0", ContainerRoutes.untagging, ["name": "a", "key": "1.0"]),
            (.delete, "a/blobs/\(digest)", ContainerRoutes.blob, ["name": "a", "filename": digest]),
            (.get, "a/b/manifests/1.0", ContainerRoutes.manifest, ["name": "a/b", "filename": "1.0"]),
            (.get, "a/b/blobs/\(digest)", ContainerRoutes.blob, ["name": "a/b", "filename": digest]),
            (.get, "a/b/tags/list", ContainerRoutes.tags, ["name": "a/b"]),
            (.get, "a/referrers/\(digest)", ContainerRoutes.referrers, ["name": "a", "filename": digest]),
        ]
        for (method, path, pattern, captures) in cases {
            let found = try #require(route(method, path), "\(method) \(path)")
            #expect(found.0 == pattern.text && found.1 == captures, "\(method) \(path)")
        }
        for (method, path) in [
            (Route.Method.get, "a"), (.get, "tags/list"), (.put, "manifests/1.0"), (.post, "a/manifests/1.0"), (.get, "a/b/c"),
        ] {
            #expect(route(method, path) == nil, "\(method) \(path)")
        }
        #expect(Container().profile.siteBase == "v2")
        #expect(Container().profile.siteRoutes.map(\.path.text) == ["", "token", "_catalog"])
    }
}
