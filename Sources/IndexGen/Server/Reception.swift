#if Serve
internal import Formats
internal import HTTPTypes
internal import HummingbirdCore
internal import Logging
internal import NIOCore

/// Takes requests: who may, what comes in, into the catalog, what is said of it. One upload's way from top to bottom.
struct Reception: Sendable {
    let site: Site
    let catalog: Catalog
    let workers: Workers
    let authorizer: Authorizer
    let queue: CommitQueue
    let publication: PublicationWatch
    let refusals: RefusalLog
    let metrics: Metrics
    let logger: Logger
    let gate: Gate
    let readiness: Readiness
    let peers: PeerReader
    let places: KnownPlaces
    let pieces: PieceStore
    /// What the text of open forms may hold together.
    let formMemory = FormMemory()

    func respond(_ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel) async throws {
        metrics.began()
        defer { metrics.ended() }
        let sender = Sender(
            request.headers, from: await peers.peer(of: channel), proxies: site.settings.server.trustedProxies)
        let connection = gate.connection(of: channel) ?? Connection(channel, patience: gate.limits.patience)
        connection.isFor(NetworkAddress(sender.address))
        gate.began(connection)
        var visit = Visit(request: request, sender: sender, connection: connection)
        var answer: Answer
        do {
            answer = try await self.answer(&visit, writer)
        } catch {
            answer = Answer(failure: error, request: sender.request, hasRoom: await readiness.hasRoom)
        }
        if answer.status.code >= 400 {
            let ecosystem = Errand.ecosystem(at: visit.path, site.ecosystems, below: site.settings.basePath)
            answer = answer.worded(for: visit.ecosystem ?? ecosystem, at: visit.asked, of: site.settings.baseURL)
        }
        // Whatever is still coming must not be taken for the next request.
        let mustClose = !visit.body.isAtEnd
        await note(visit, answer)
        let head = head(of: answer, to: visit, closing: mustClose)
        try await writer.write(response: head, body: request.method == .head ? ResponseBody() : body(of: answer))
        if mustClose {
            if !gate.isEnding { await visit.body.drain() }
            throw ConnectionEnds()
        }
    }

    /// One request, and what became known of it.
    struct Visit {
        let request: Request
        let sender: Sender
        let connection: Connection
        let begun = ContinuousClock.now
        var body: BodyReader
        /// For the record of refused changes.
        var author: Author?
        var owner = "", type = ""
        var sha256: [UInt8]?
        /// Owners, groups and distributions that were made for it.
        var newPlaces: [String] = []
        /// Whose address it is, and which of its routes.
        var ecosystem: (any Ecosystem)?
        var asked: Formats.Question?
        /// Whether its content type says what its body is.
        var isTyped = true

        init(request: Request, sender: Sender, connection: Connection) {
            self.request = request
            self.sender = sender
            self.connection = connection
            body = BodyReader(request, on: connection)
        }

        var path: String { request.uri.path }

        var credentials: Credentials { Credentials(headers: request.headers.map { ($0.name.rawName, $0.value) }) }

        /// A short body, whole.
        ///
        /// - Throws: 413 for one that has more than `limit` bytes.
        mutating func text(limit: Int) async throws -> [UInt8] {
            try body.bound(to: limit)
            var text: [UInt8] = []
            while let bytes = try await body.next() { text += bytes }
            return text
        }

        /// `?wait=1`: the answer comes when the change is public.
        var waits: Bool { request.uri.queryParameters["wait"] == "1" }
    }

    /// Ends a connection whose request was answered before it was read.
    struct ConnectionEnds: Error {}

    // MARK: Errands

    private func answer(_ visit: inout Visit, _ writer: borrowing ResponseWriter) async throws -> Answer {
        if let fault = visit.request.headers[.requestFault].flatMap(RequestFault.init(rawValue:)) { throw fault.answer }
        try Errand.checkQuery(visit.request.uri.queryParameters["sign"].map(String.init))
        let parameters = visit.request.uri.queryParameters
        let understood = try Errand.understood(
            visit.request.method, visit.path, { parameters[Substring($0)].map(String.init) }, site.ecosystems,
            below: site.settings.basePath)
        visit.asked = understood.asked
        switch understood.errand {
        case .health: return .json(.ok) { $0.member("healthy", true) }
        case .ready: return await ready()
        default: return try await workers.host { try await carryOut(understood.errand, &visit, writer) }
        }
    }

    /// On a worker's thread.
    private func carryOut(_ errand: Errand, _ visit: inout Visit, _ writer: borrowing ResponseWriter) async throws -> Answer {
        switch errand {
        case .health, .ready: preconditionFailure("they are answered at once")
        case .metrics:
            let (site, catalog) = (site, catalog)
            let keys = try? await workers.run { try site.openVerifyingKeyring(catalog)?.keys }
            var answer = Answer.text(.ok, metrics.text(queue: await queue.depth, keys: (keys ?? nil) ?? []))
            answer.contentType = "text/plain; version=0.0.4; charset=utf-8"
            return answer
        case .upload(let upload):
            visit.owner = upload.owner
            visit.type = upload.ecosystem.profile.id
            return try await take(upload, &visit, writer)
        case .removal(let removal):
            visit.owner = removal.owner
            visit.type = removal.ecosystem.profile.id
            return try await remove(removal, &visit)
        case .marking(let marking):
            visit.owner = marking.owner
            visit.type = marking.ecosystem.profile.id
            return try await mark(marking, &visit)
        case .question(let question):
            visit.owner = question.asked.owner
            visit.type = question.ecosystem.profile.id
            return try await reply(to: question, &visit)
        case .reading(let reading): return try await admit(reading, &visit)
        case .piece(let piece):
            visit.owner = piece.owner
            visit.type = piece.ecosystem.profile.id
            return try await take(piece, &visit, writer)
        case .common(let common):
            visit.owner = common.owner
            visit.type = common.ecosystem.profile.id
            return try await answer(common)
        }
    }

    /// Whether somebody may fetch a file: nothing is said but that.
    private func admit(_ reading: Errand.Reading, _ visit: inout Visit) async throws -> Answer {
        if let ecosystem = reading.type.flatMap({ site.ecosystems[$0] }) {
            visit.ecosystem = ecosystem
            visit.asked = Errand.question(reading: reading.path, of: reading.owner, ecosystem)
        }
        guard site.settings.isPrivate(reading.owner, type: reading.type, path: reading.path.joined(separator: "/")) else {
            return .nothing
        }
        let target = Target(
            owner: reading.owner, type: reading.type ?? "",
            scope: visit.asked.flatMap { visit.ecosystem?.profile.scope(naming: $0.captures) } ?? "")
        do {
            _ = try await authorize(.read, target, &visit)
        } catch let answer as Answer where answer.status == .tooManyRequests {
            // nginx's auth_request knows 401 and 403, and makes a 500 of all else.
            throw Answer.problem(.forbidden, cause: answer.cause, answer.detail)
        }
        // nginx's log says who fetched what.
        visit.author = nil
        return .nothing
    }

    /// Whether an upload would be taken and published; `warnings` say what will stand in the way some day.
    private func ready() async -> Answer {
        let outlook = await readiness.outlook
        guard let fault = outlook.fault else {
            return .json(.ok) { json in
                json.member("ready", true)
                guard !outlook.warnings.isEmpty else { return }
                json.key("warnings")
                json.beginArray()
                for warning in outlook.warnings { json.value(warning) }
                json.endArray()
            }
        }
        logger.error("not ready", metadata: ["reason": "\(fault.reason)", "error": "\(fault.detail)"])
        return .problem(.serviceUnavailable, cause: "failure", fault.reason)
    }

    private func take(_ upload: Errand.Upload, _ visit: inout Visit, _ writer: borrowing ResponseWriter) async throws -> Answer {
        let profile = upload.ecosystem.profile
        let (target, author) = try await begin(upload.owner, profile, at: upload.coordinates, &visit)
        var upload = upload
        upload.owner = target.owner
        try await checkRoom(for: visit.body.declared, of: target)
        do {
            let received = try await receive(upload, &visit, writer)
            visit.sha256 = received.files.first?.content.digests.sha256
            let intake = Intake(
                site: site, catalog: catalog, owner: upload.owner, type: profile.id, coordinates: upload.coordinates,
                author: author
            )
            if received.files.isEmpty { return try await state(received, of: upload, by: intake, &visit) }
            let taking =
                upload.body == .part
                ? try await takePart(received, of: upload, for: target, by: intake, &visit)
                : try await takeFiles(received, of: upload, for: target, by: intake, &visit)
            return try await acknowledge(taking, upload, &visit)
        } catch let refusal as Refusal where refusal.cause == .quota {
            return .beyondQuota(refusal)
        } catch let refusal as Refusal {
            // The file of a form: how large it is shows only while it comes.
            if refusal.cause == .limit, visit.body.size > site.settings.fileBytes {
                return .tooLarge(limit: site.settings.fileBytes)
            }
            return .of(.refused(refusal), for: upload.ecosystem, at: upload.asked)
        }
    }

    /// Where a file goes that somebody sends, as far as its address says it, and who sends it: they may, and have a connection for it.
    func begin(
        _ owner: String, _ profile: EcosystemProfile, at given: Coordinates, _ visit: inout Visit
    ) async throws -> (Target, Author) {
        do {
            try site.settings.checkOwner(owner)
        } catch {
            throw Answer.problem(.badRequest, cause: "owner", "\(error)")
        }
        // An owner has one spelling, whatever the address says.
        let spelling = try await spelling(of: owner)
        let target = Target(
            owner: spelling.of(profile.id), profile: profile, coordinates: site.settings.coordinates(for: profile, given: given),
            isNewOwner: spelling.isNew)
        let author = try await authorize(.upload, target, &visit)
        try gate.share(visit.connection)
        return (target, author)
    }

    func spelling(of owner: String) async throws -> OwnerSpelling {
        let standard = site.settings.owner
        return try await workers.run { [places] in try places.spelling(of: owner, standard: standard) }
    }

    func authorize(_ right: Right, _ target: Target, _ visit: inout Visit) async throws -> Author {
        let (authorizer, address, credentials) = (authorizer, visit.sender.address, visit.credentials)
        return try admit(
            await workers.run { try authorizer.decide(credentials, from: address, to: right, target) }, &visit)
    }

    /// Whoever these credentials are of, whatever they are good for.
    func holder(_ credentials: Credentials, _ visit: inout Visit) async throws -> Author {
        let (authorizer, address) = (authorizer, visit.sender.address)
        return try admit(await workers.run { try authorizer.holder(credentials, from: address) }, &visit)
    }

    func admit(_ decision: Authorizer.Decision, _ visit: inout Visit) throws -> Author {
        switch decision {
        case .allowed(let author):
            visit.author = author
            if let token = author.token { visit.connection.holds(token) }
            return author
        case .ended(let reason, let author):
            visit.author = author
            throw Answer.unauthorized(reason)
        case .unknown(let reason): throw Answer.unauthorized(reason)
        case .forbidden(let reason, let author):
            visit.author = author
            throw Answer.problem(.forbidden, cause: "rights", reason)
        case .tooMany(let seconds):
            var answer = Answer.problem(
                .tooManyRequests, cause: "guessing",
                "too many requests with a wrong token, or without one, came from your address; wait \(seconds) seconds")
            answer.headers[.retryAfter] = "\(seconds)"
            throw answer
        }
    }

    /// Refuses a large body that is to come when it is known that there is no room for it, on the disk or in its owner's quota. Decided
    /// again when it is here; a small one is received in any case, since it may be there already.
    func checkRoom(for size: Int?, of target: Target) async throws {
        guard let size, size > 1 << 20 else { return }
        guard size <= site.settings.fileBytes + FormReceiver.otherBytes else {
            throw Answer.tooLarge(limit: site.settings.fileBytes)
        }
        if await !readiness.hasRoom(for: size) { throw Answer.noRoom }
        let quotas = site.settings.quotas(owner: target.owner, type: target.type)
        if quotas.isEmpty { return }
        try await workers.run { [catalog] in
            for quota in quotas {
                let usage = try catalog.usage(owner: target.owner, type: quota.isOfRepository ? target.type : nil)
                // A file of one byte at least; how much of a form is its file is not known yet.
                if let refusal = quota.refusal(of: [1], beside: usage, owner: target.owner, type: target.type) {
                    throw Answer.beyondQuota(refusal)
                }
            }
        }
    }

    /// The body, digested on its way to the staging folder.
    func receive(_ upload: Errand.Upload, _ visit: inout Visit, _ writer: borrowing ResponseWriter) async throws
        -> Received
    {
        let limit = site.settings.fileBytes
        let contentType = visit.request.headers[.contentType] ?? ""
        let isForm = ASCII.lowered(contentType).hasPrefix("multipart/form-data")
        let largest =
            switch upload.body {
            case .frames: limit + FormReceiver.otherBytes
            // Base64 has four bytes for three.
            case .document: limit / 3 * 4 + FormReceiver.otherBytes
            case .file, .form, .fileOrForm, .part: limit + (isForm ? FormReceiver.otherBytes : 0)
            }
        // A part waits for others, which may say any digest of it.
        let digests = upload.body == .part ? Set(Digests.Algorithm.allCases) : upload.ecosystem.profile.digests
        let receipt: Receipt
        func form(_ reader: any EnvelopeReader, files: [String], fields: Set<String>) -> Receipt {
            Receipt(
                reader, files: files, fields: fields, digests: digests, withBLAKE2: upload.withBLAKE2, staging: site.staging,
                limit: limit, memory: formMemory)
        }
        switch upload.body {
        case .form(let files):
            receipt = form(try MultipartReader(contentType: contentType), files: files, fields: upload.fields)
        case .fileOrForm(let files) where isForm:
            receipt = form(try MultipartReader(contentType: contentType), files: files, fields: upload.fields)
        case .frames(let frames):
            receipt = form(
                FramesReader(frames), files: frames.filter(\.isFile).map(\.name),
                fields: Set(frames.filter { !$0.isFile }.map(\.name)))
        case .document(let attachments, let texts):
            receipt = Receipt(
                documentWith: attachments, texts: texts, digests: digests, staging: site.staging, limit: limit, memory: formMemory
            )
        case .file, .fileOrForm, .part:
            receipt = Receipt(file: upload.filename, digests: digests, staging: site.staging, limit: limit)
        }
        try visit.body.bound(to: largest)
        try await take(&visit, writer) { try receipt.append($0) }
        return try await workers.run { [now = catalog.clock.now()] in try receipt.finish(at: now) }
    }

    /// Hands on a body as it comes.
    func take(
        _ visit: inout Visit, _ writer: borrowing ResponseWriter, _ append: @escaping @Sendable ([UInt8]) throws -> Void
    ) async throws {
        if visit.request.headers[.expect].map(ASCII.lowered) == "100-continue" {
            try await writer.writeInformationalHead(HTTPResponse(status: .continue))
        }
        while let bytes = try await visit.body.next() {
            metrics.received(bytes.count)
            // Small bodies are not worth a change of threads.
            if visit.body.isAtEnd, visit.body.size == bytes.count {
                try append(bytes)
            } else {
                try await workers.run { try append(bytes) }
            }
        }
    }

    func takeFiles(
        _ received: Received, of upload: Errand.Upload, for target: Target, by intake: Intake, _ visit: inout Visit
    ) async throws -> Taking {
        let standard = "upload" + (upload.ecosystem.profile.suffixes.first ?? "")
        let group = try await workers.run {
            try received.files.enumerated().map { index, file in
                try intake.admit(
                    file.content, filename: file.filename ?? standard,
                    form: index == 0 ? received.form : nil)
            }
        }
        if let name = upload.name,
            let stranger = group.first(where: { $0.record.nameIdentity != ASCII.lowered(name) && $0.record.name != name })
        {
            throw Refusal(
                .ambiguous, "the address is that of \(name), and the file is \(stranger.record.name)",
                remedy: "send it to the address of its own name")
        }
        if visit.isTyped, let type = visit.request.headers[.contentType], upload.body == .file,
            let objection = group.lazy.compactMap({ upload.ecosystem.dialect.objection(toContentType: type, of: $0.record) })
                .first
        {
            throw objection
        }
        // A scope that only the package tells (RPM's group `auto`) is known by now.
        if !upload.ecosystem.profile.coordinates.isEmpty, upload.ecosystem.profile.scopeCoordinates > 0 {
            let scopes = Set(
                group.flatMap { $0.placement.listings.filter { !$0.shared } }
                    .map { upload.ecosystem.profile.scope(of: upload.ecosystem.coordinates(of: $0.partition)) })
            for scope in scopes.subtracting([target.scope]).sorted() {
                var target = target
                target.scope = scope
                _ = try await authorize(.upload, target, &visit)
            }
        }
        return .taken(try await commit(group))
    }

    func commit(_ group: [Admission]) async throws -> Taken {
        let missing = try await workers.run { [places] in try places.missing(for: group) }
        switch try await queue.commit(group) {
        case .taken(let outcomes): return Taken(outcomes: outcomes, files: group, newPlaces: missing.map(\.shown))
        case .lost(let lost): throw lost
        case .refused(let refusals):
            let (admission, refusal) = refusals[0]
            throw group.count > 1 ? refusal.inside(admission.source) : refusal
        }
    }

    func acknowledge(_ taking: Taking, _ upload: Errand.Upload, _ visit: inout Visit) async throws -> Answer {
        guard case .taken(let taken) = taking else { return .waiting(taking) }
        visit.newPlaces = taken.newPlaces
        let isChange = taken.outcomes.contains { if case .unchanged = $0 { false } else { true } }
        if isChange { metrics.uploaded(upload.ecosystem.profile.id, in: ContinuousClock.now - visit.begun) }
        // Its bytes may be known already, and its marks be new.
        let saysMore = taken.files.contains { !$0.statements.isEmpty }
        try await publication.follow(
            RepositoryRow.path(owner: upload.owner, segment: upload.ecosystem.profile.segment), isChange: isChange || saysMore,
            waiting: visit.waits || upload.waits,
            until: gate)
        if let file = taken.files.first, taken.files.count == 1,
            let receipt = upload.ecosystem.dialect.receipt(for: file.record, at: file.path, to: upload.asked)
        {
            return Answer(receipt)
        }
        let location = taken.files.first.map { PercentEncoding.path("/\($0.owner)/\($0.segment)/\($0.path)") }
        return .of(isChange ? .created : .unchanged, for: upload.ecosystem, location: location, taken: taken)
    }
}
#endif
