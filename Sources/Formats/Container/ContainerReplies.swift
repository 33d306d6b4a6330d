/// What a registry answers to whoever asks what no file can say, or what is not a file yet.
enum ContainerReplies {
    /// Whoever gets this far may come in (Docker Registry HTTP API V2, "API Version Check").
    static let entrance = UploadAnswer(
        status: 200, contentType: "application/json", body: [UInt8]("{}"),
        headers: ["Docker-Distribution-Api-Version": "registry/2.0"])

    /// Docker reads `token`, OAuth2's clients `access_token` (Docker's token authentication specification).
    static func ticket(_ token: String, seconds: Int, from time: Timestamp) -> UploadAnswer {
        .json(200) { json in
            json.member("token", token)
            json.member("access_token", token)
            json.member("expires_in", seconds)
            json.member("issued_at", time.rfc3339)
        }
    }

    /// The headers of a file that came in and is not public yet; its content is the program's.
    static func file(_ file: StoredFile?, to question: Question) -> UploadAnswer {
        let isManifest = question.route == ContainerRoutes.manifest.text
        guard let file, let digest = ContainerPath.digest(in: file.path), (ContainerPath.kind(of: file.path) != nil) == isManifest
        else {
            return isManifest
                ? ContainerFault(.manifestUnknown, "this manifest is not known here").answer(404)
                : ContainerFault(.blobUnknown, "this blob is not known here").answer(404)
        }
        return UploadAnswer(
            status: 200, contentType: ContainerPath.kind(of: file.path)?.mediaType ?? ContainerMediaType.octets,
            headers: [ContainerDialect.digestHeader: digest.text])
    }

    /// - Parameter descriptors: as `ContainerDocuments.referrer` writes them.
    static func referrers(_ descriptors: [[UInt8]], to question: Question) -> UploadAnswer {
        guard ContainerDigest.parse(question.captures["filename"] ?? "") != nil else {
            return ContainerFault(.digestInvalid, "the address does not end in a digest").answer(400)
        }
        var headers: [String: String] = [:]
        var chosen = descriptors
        if let type = question.parameters[ContainerRoutes.artifactType], !type.isEmpty {
            headers["OCI-Filters-Applied"] = ContainerRoutes.artifactType
            chosen = descriptors.filter { descriptor in
                let value = try? JSONReader.read(descriptor.span, of: "a descriptor", within: Budget())
                return value?["artifactType"]?.string.map { NameIndex.areEqual($0, type) } ?? false
            }
        }
        return UploadAnswer(
            status: 200, contentType: ContainerDocuments.indexType, body: ContainerDocuments.referrers(chosen), headers: headers)
    }

    // MARK: Pages

    /// - Parameter tags: in byte order; nil where there is no such image.
    static func tags(_ tags: [String]?, to question: Question) -> UploadAnswer {
        guard let tags else {
            let code = ContainerFault.code(ofStatus: 404, at: question)
            return ContainerFault(code, "this image is not known here").answer(404)
        }
        let name = "\(question.owner)/\(ContainerFault.image(of: question) ?? "")"
        return page(of: tags, as: "tags", at: ContainerDialect.address("tags/list", of: question), question) {
            $0.member("name", name)
        }
    }

    /// - Parameter names: `OWNER/IMAGE`, in byte order.
    static func images(_ names: [String], to question: Question) -> UploadAnswer {
        page(of: names, as: "repositories", at: "/\(ContainerRoutes.base)/\(ContainerRoutes.catalog.text)", question) { _ in }
    }

    /// At most `n` of the texts that stand behind `last`, and a Link to the next page where more follow (OCI Distribution
    /// Specification 1.1, "Content Discovery"). Who asks for none gets none, and no way to go on.
    private static func page(
        of texts: [String], as key: String, at address: String, _ question: Question, _ write: (inout JSONWriter) -> Void
    ) -> UploadAnswer {
        var page = texts[...]
        if let last = question.parameters[ContainerRoutes.pageStart] {
            // Binary search, since lists may be long.
            var low = page.startIndex, high = page.endIndex
            while low < high {
                let middle = low + (high - low) / 2
                if last.utf8.lexicographicallyPrecedes(texts[middle].utf8) { high = middle } else { low = middle + 1 }
            }
            page = page[low...]
        }
        var headers: [String: String] = [:]
        if let text = question.parameters[ContainerRoutes.pageSize] {
            guard !text.isEmpty, text.utf8.allSatisfy(ASCII.isDigit) else {
                return ContainerFault(.pageInvalid, "n is not a number").answer(400)
            }
            // More than fit a number are all.
            let size = Int(text) ?? .max
            if size < page.count {
                page = page.prefix(size)
                if let last = page.last {
                    let start = PercentEncoding.component(last)
                    headers["Link"] =
                        "<\(address)?\(ContainerRoutes.pageSize)=\(size)&\(ContainerRoutes.pageStart)=\(start)>; rel=\"next\""
                }
            }
        }
        var answer = UploadAnswer.json(200) { json in
            write(&json)
            json.key(key)
            json.beginArray()
            for text in page { json.value(text) }
            json.endArray()
        }
        answer.headers = headers
        return answer
    }
}
