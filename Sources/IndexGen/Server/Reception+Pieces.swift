#if Serve
internal import Formats
internal import HTTPTypes
internal import HummingbirdCore

extension Reception {
    /// A step of an upload in pieces. What is whole comes in as any other upload does.
    func take(_ piece: Errand.Piece, _ visit: inout Visit, _ writer: borrowing ResponseWriter) async throws -> Answer {
        let (target, author) = try await begin(piece.owner, piece.ecosystem.profile, at: piece.coordinates, &visit)
        var piece = piece
        piece.owner = target.owner
        piece.asked.owner = target.owner
        let work = PieceWork(piece: piece, target: target, author: author)
        do {
            switch piece.step {
            case .open: return try await open(work, &visit, writer)
            case .append: return try await append(work, &visit, writer)
            case .finish: return try await finish(work, &visit, writer)
            case .status:
                guard let bytes = try await self.writer(of: work) else { return unknown(work) }
                return words(.status(session: bytes.session, received: bytes.size), work, &visit)
            case .cancel:
                guard let bytes = try await self.writer(of: work) else { return unknown(work) }
                try await workers.run { [pieces] in try pieces.end(bytes) }
                return words(.cancelled, work, &visit)
            }
        } catch let refusal as Refusal where refusal.cause == .quota {
            return .beyondQuota(refusal)
        } catch let refusal as Refusal {
            if refusal.cause == .limit, visit.body.size > site.settings.fileBytes {
                return .tooLarge(limit: site.settings.fileBytes)
            }
            return .of(.refused(refusal), for: piece.ecosystem, at: piece.asked)
        }
    }

    /// What is known of a step before anything is done.
    private struct PieceWork: Sendable {
        var piece: Errand.Piece
        var target: Target
        var author: Author

        /// The name of the package.
        var package: String { target.scope }

        var whose: PieceStore.Whose {
            PieceStore.Whose(
                owner: piece.owner, type: piece.ecosystem.profile.id, package: package,
                sender: author.token ?? "\(author.name) from \(author.origin)")
        }

        /// An upload of the file that has this digest.
        func upload(_ digest: PieceDigest) -> Errand.Upload {
            Errand.Upload(
                owner: piece.owner, ecosystem: piece.ecosystem, body: .file, fields: [], withBLAKE2: false, waits: false,
                coordinates: piece.coordinates, filename: digest.text, name: nil, folder: "", asked: piece.asked)
        }
    }

    /// A step by which nothing came in is not worth a line in the log.
    private func words(_ report: SessionReport, _ work: PieceWork, _ visit: inout Visit) -> Answer {
        visit.author = nil
        return words(report, work)
    }

    private func words(_ report: SessionReport, _ work: PieceWork) -> Answer {
        Answer(work.piece.pieces.words(for: report, at: work.piece.asked))
    }

    private func unknown(_ work: PieceWork) -> Answer {
        var answer = words(.unknown, work)
        answer.cause = "session"
        answer.detail = "there is no such upload of this sender's"
        return answer
    }

    private func writer(of work: PieceWork) async throws -> PieceWriter? {
        let session = work.piece.asked.captures["session"] ?? ""
        return try await workers.run { [pieces] in try pieces.writer(of: session, work.whose) }
    }

    // MARK: Steps

    private func open(_ work: PieceWork, _ visit: inout Visit, _ writer: borrowing ResponseWriter) async throws -> Answer {
        let parameters = work.piece.asked.parameters
        if let text = parameters["mount"] {
            let digest = try work.piece.pieces.digest(text)
            if let answer = try await mount(digest, from: parameters["from"], work, &visit) { return answer }
        } else if let text = parameters["digest"] {
            let digest = try work.piece.pieces.digest(text)
            return try await receiveWhole(digest, work, &visit, writer)
        }
        let session = try await workers.run { [pieces] in try pieces.begin(work.whose) }
        return words(.going(session: session, received: 0), work, &visit)
    }

    private func append(_ work: PieceWork, _ visit: inout Visit, _ writer: borrowing ResponseWriter) async throws -> Answer {
        guard let bytes = try await self.writer(of: work) else { return unknown(work) }
        guard try await receive(into: bytes, &visit, writer) else {
            return words(.outOfPlace(session: bytes.session, received: bytes.size), work)
        }
        return words(.going(session: bytes.session, received: bytes.size), work, &visit)
    }

    private func finish(_ work: PieceWork, _ visit: inout Visit, _ writer: borrowing ResponseWriter) async throws -> Answer {
        guard let text = work.piece.asked.parameters["digest"] else {
            throw Refusal(.malformed, "the address does not say the digest of what was sent", remedy: "send it as ?digest=")
        }
        let digest = try work.piece.pieces.digest(text)
        guard let bytes = try await self.writer(of: work) else { return unknown(work) }
        // What comes with this request alone need not be written twice.
        if bytes.size == 0, visit.request.headers[.contentRange] == nil {
            let answer = try await receiveWhole(digest, work, &visit, writer)
            if answer.status.code < 400 { try await workers.run { [pieces] in try pieces.end(bytes) } }
            return answer
        }
        guard try await receive(into: bytes, &visit, writer) else {
            return words(.outOfPlace(session: bytes.session, received: bytes.size), work)
        }
        let content = try await workers.run { [now = catalog.clock.now()] in try bytes.content(modified: now) }
        let answer: Answer
        do {
            answer = try await take(content, digest, work, &visit)
        } catch let refusal as Refusal where refusal.cause != .quota {
            // Other bytes than were meant are of no use to anybody.
            try await workers.run { [pieces] in try pieces.end(bytes) }
            throw refusal
        }
        try await workers.run { [pieces] in try pieces.end(bytes) }
        return answer
    }

    // MARK: Bytes

    /// Takes the body of a request behind what is there already.
    ///
    /// - Returns: false where it says that it belongs elsewhere.
    private func receive(
        into bytes: PieceWriter, _ visit: inout Visit, _ writer: borrowing ResponseWriter
    ) async throws -> Bool {
        if let text = visit.request.headers[.contentRange] {
            guard let range = Self.range(text), range.lowerBound == bytes.size,
                visit.body.declared.map({ $0 == range.count }) ?? true
            else { return false }
        }
        try await checkRoom(for: visit.body.declared, of: Target(owner: visit.owner, type: visit.type, scope: ""))
        try visit.body.bound(to: max(0, site.settings.fileBytes - bytes.size))
        try await take(&visit, writer) { try bytes.append($0) }
        return true
    }

    /// `0-99`, or `bytes 0-99/*`.
    private static func range(_ text: String) -> Range<Int>? {
        let words = text.split(separator: " ")
        guard let range = words.last?.split(separator: "/").first else { return nil }
        let ends = range.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Int(ends[0]), let last = Int(ends[1]), first >= 0, last >= first, last < Int.max else {
            return nil
        }
        return first..<last + 1
    }

    /// A body that is the whole file.
    private func receiveWhole(
        _ digest: PieceDigest, _ work: PieceWork, _ visit: inout Visit, _ writer: borrowing ResponseWriter
    ) async throws -> Answer {
        try await checkRoom(for: visit.body.declared, of: work.target)
        let received = try await receive(work.upload(digest), &visit, writer)
        return try await take(received.files[0].content, digest, work, &visit)
    }

    private func take(
        _ content: PackageContent, _ digest: PieceDigest, _ work: PieceWork, _ visit: inout Visit
    ) async throws -> Answer {
        let content = try await workers.run { try content.completed(with: [digest.algorithm]) }
        guard content.digests[digest.algorithm] == digest.bytes else {
            throw Refusal(
                .malformed,
                "what was sent has the digest \(digest.algorithm.rawValue):\(Hex.string(content.digests[digest.algorithm]))",
                at: digest.text, remedy: "send it again")
        }
        visit.sha256 = content.digests.sha256
        let upload = work.upload(digest)
        let intake = Intake(
            site: site, catalog: catalog, owner: work.piece.owner, type: work.piece.ecosystem.profile.id,
            coordinates: work.piece.coordinates, author: work.author)
        // Of what type it was sent says nothing of the file.
        visit.isTyped = false
        let taking = try await takeFiles(
            Received(files: [.init(filename: digest.text, content: content)], form: nil), of: upload, for: work.target,
            by: intake,
            &visit)
        return try await acknowledge(taking, upload, &visit)
    }

    // MARK: Mounts

    /// Brings in what is in the registry already, without a byte sent: from the package that is named, or from any of the owner's. Nil
    /// where there is nothing that the sender may read: then it sends the bytes.
    private func mount(
        _ digest: PieceDigest, from source: String?, _ work: PieceWork, _ visit: inout Visit
    ) async throws -> Answer? {
        let profile = work.piece.ecosystem.profile, pieces = work.piece.pieces
        var owner = work.piece.owner
        var path: PublicPath?
        if let source {
            guard let named = pieces.source(source), let there = try? pieces.path(of: digest, in: named.package) else {
                return nil
            }
            owner = try await spelling(of: named.owner).of(profile.id)
            path = there
            guard try await mayRead(Target(owner: owner, type: profile.id, scope: named.package), &visit) else { return nil }
        } else {
            guard digest.algorithm == .sha256 else { return nil }
            guard try await mayRead(Target(owner: owner, type: profile.id, scope: ""), &visit) else { return nil }
        }
        let (catalog, site, wanted, there) = (catalog, site, path, owner)
        let content = try await workers.run { () throws -> PackageContent? in
            guard let row = try catalog.repositories(owner: there, type: profile.id).first else { return nil }
            let found = try catalog.snapshot { snapshot in
                try wanted.map { try snapshot.stored(at: $0.text, in: row)?.file }
                    ?? snapshot.stored(sha256: digest.bytes, in: row)
            }
            guard let found, let digests = try catalog.digests(at: found.path, owner: there, type: profile.id) else { return nil }
            // What is lost here is sent again.
            return try? PackageContent(blob: digests, size: found.size, modified: catalog.clock.now(), in: site)
        }
        guard let content else { return nil }
        return try await take(content, digest, work, &visit)
    }

    /// Whether whoever sends may read there.
    private func mayRead(_ target: Target, _ visit: inout Visit) async throws -> Bool {
        // Without a package any of the owner's may be meant.
        let isAnyPrivate = site.settings.privatePatterns.contains { $0.split(separator: "/").count > 2 }
        guard
            site.settings.isPrivate(target.owner, type: target.type, path: target.scope) || (target.scope.isEmpty && isAnyPrivate)
        else { return true }
        let (authorizer, address, credentials) = (authorizer, visit.sender.address, visit.credentials)
        let decision = try await workers.run { try authorizer.decide(credentials, from: address, to: .read, target) }
        if case .allowed = decision { return true }
        return false
    }
}
#endif
