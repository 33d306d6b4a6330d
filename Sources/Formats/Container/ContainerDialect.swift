/// What the clients of registries say and are told (OCI Distribution Specification 1.1; Docker Registry HTTP API V2 for what that
/// leaves out).
struct ContainerDialect: Dialect {
    static let digestHeader = "Docker-Content-Digest"
    /// What clients ask tokens for.
    static let service = "container_registry"

    /// A removal (OCI Distribution Specification 1.1, "Content Management").
    static let accepted = empty(202)

    static func empty(_ status: Int, _ headers: [String: String] = [:]) -> UploadAnswer {
        UploadAnswer(status: status, contentType: "text/plain; charset=utf-8", headers: headers)
    }

    /// Where something of an image is for clients.
    ///
    /// - Parameter path: below the image.
    static func address(_ path: String, of question: Question) -> String {
        let image = PercentEncoding.path(ContainerFault.image(of: question) ?? "")
        return "/\(ContainerRoutes.base)/\(PercentEncoding.component(question.owner))/\(image)/\(path)"
    }

    // MARK: - Ends

    func words(for end: End) -> UploadAnswer? { words(for: end, at: nil) }

    func words(for end: End, at question: Question?) -> UploadAnswer? {
        switch end {
        case .upload(.created), .upload(.unchanged): return Self.empty(201)
        case .upload(.refused(let refusal)):
            let (status, code) = ContainerFault.end(of: refusal, at: question)
            return ContainerFault(code, "\(refusal)", detail: Self.detail(of: refusal)).answer(status)
        case .fault(let status, let detail):
            return ContainerFault(ContainerFault.code(ofStatus: status, at: question), detail).answer(status)
        }
    }

    private static func detail(of refusal: Refusal) -> [(name: String, text: String)] {
        var detail: [(name: String, text: String)] = []
        if !refusal.place.isEmpty { detail.append(("place", ASCII.line(refusal.place))) }
        // What is missing, as Docker's registry says it.
        if refusal.cause == .missing, let digest = ContainerPath.digest(in: refusal.place) {
            detail.append(("digest", digest.text))
        }
        detail.append(("remedy", ASCII.line(refusal.remedy)))
        return detail
    }

    func receipt(for record: PackageRecord, at path: String, to question: Question) -> UploadAnswer? {
        guard let facts = try? ContainerFacts(record.facts) else { return nil }
        let digest = facts.digest.text
        var headers = [Self.digestHeader: digest]
        switch facts {
        case .blob: headers["Location"] = Self.address("\(ContainerPath.blobs)/\(digest)", of: question)
        case .manifest(let manifest):
            headers["Location"] = Self.address("\(ContainerPath.manifests)/\(digest)", of: question)
            // So a client knows that it need not keep a list of referrers itself.
            if let subject = manifest.subject { headers["OCI-Subject"] = subject.text }
        }
        return Self.empty(201, headers)
    }

    /// A manifest is served with the type that it was sent with (OCI Distribution Specification 1.1, "Pushing Manifests"), so it
    /// must be its own. Who says none means the manifest's.
    func objection(toContentType type: String, of record: PackageRecord) -> Refusal? {
        guard case .manifest(let facts)? = try? ContainerFacts(record.facts) else { return nil }
        let given = ContainerKind.essence(of: type)
        if given.isEmpty || given == facts.kind.mediaType { return nil }
        return Refusal(
            .ambiguous, "the manifest was sent as \(ASCII.line(String(given.prefix(100)))), and is \(facts.kind.mediaType)",
            at: "Content-Type", remedy: "send it with its own type")
    }

    /// Tokens alone, as Gitea has it: oras-py 0.2.43 reads two challenges as one, with the realm of the last. Who sends a password all the
    /// same is let in. Skopeo and podman send nothing before they are asked.
    func challenges(at question: Question?, base: String) -> [String]? {
        var bearer = "Bearer realm=\"\(base)/\(ContainerRoutes.base)/\(ContainerRoutes.ticket.text)\",service=\"\(Self.service)\""
        if let question, let image = ContainerFault.image(of: question),
            ContainerName.fault(in: image, of: question.owner) == nil,
            question.owner.utf8.allSatisfy({ ASCII.isAlphanumeric($0) || "-._".utf8.contains($0) })
        {
            bearer += ",scope=\"repository:\(question.owner)/\(image):pull,push\""
        }
        return [bearer]
    }

    // MARK: - Answers

    func reply(to question: Question, knowing knowledge: Knowledge) -> UploadAnswer {
        switch (question.route, knowledge) {
        case (_, .file(let file)): ContainerReplies.file(file, to: question)
        case (_, .keys(let tags)): ContainerReplies.tags(tags, to: question)
        case (_, .entries(let descriptors)): ContainerReplies.referrers(descriptors, to: question)
        case (_, .names(let names)): ContainerReplies.images(names, to: question)
        case (_, .ticket(let token, let seconds, let time)): ContainerReplies.ticket(token, seconds: seconds, from: time)
        case (ContainerRoutes.entrance.text, _): ContainerReplies.entrance
        default:
            ContainerFault(ContainerFault.code(ofStatus: 404, at: question), "there is nothing at this address").answer(404)
        }
    }
}
