internal import Formats

/// A document that has been rendered, its files staged, not yet public.
struct RenderedDocument: Sendable {
    var row: DocumentRow
    /// Staged bytes of variants and companions, by public path.
    var staged: [String: StagedFile]
    /// Whether its signature fits the version that is public, too, and is put in place first.
    var isSignatureFirst = false
}

/// Where a run's entries come from: the catalog.
protocol EntrySource {
    /// Hands out the entries of a run in the order of the index, from the first with this sort key or a later one on, until `body`
    /// returns false: sort key, fragment and, where neighbours are compared (`Run.compared`), the fragment of that slot. The buffers are valid during the call only.
    func forEachEntry(
        of run: Run, from start: [UInt8]?,
        _ body: (_ key: UnsafeRawBufferPointer, _ fragment: UnsafeRawBufferPointer, _ heading: UnsafeRawBufferPointer?) throws ->
            Bool
    ) throws

    /// The last entry whose sort key is before this one.
    func lastEntry(of run: Run, before key: [UInt8]) throws -> (fragment: [UInt8], heading: [UInt8]?)?
}

/// What is public of a document.
struct PublishedState {
    /// Its compressed segments, by position in the plan's encodings.
    var segments: [Int: PublishedSegments] = [:]
    /// What may be kept of it without a look at its entries.
    var predecessor: Predecessor?
    /// SHA-256 of the open document if all of its files are as they should be, as long as that is what it comes to.
    var intact: [UInt8]?
}

/// Turns a plan into files: pieces in, every encoding out, each digested on the way.
///
/// A document is cut into segments at entries chosen by their sort keys; each is compressed on its own. Segments in which nothing
/// changed are taken over from the published version; of the others, those whose bytes turn out the same are taken over compressed.
/// The file is a function of the document's content alone, whatever was taken over.
struct DocumentWriter {
    let staging: StagingFolder
    /// What public paths start with: `OWNER/TYPE/`, or nothing for the site's own pages.
    let prefix: String
    /// About how many open bytes a segment has; nil: what suits the encodings.
    var segmentBytes: Int?

    /// - Returns: nil when the document is public already, to the last byte (`PublishedState.intact`).
    func render(
        _ plan: DocumentPlan, fingerprint: [UInt8], shape: [UInt8], published: PublishedState = PublishedState(),
        entries: some EntrySource
    ) throws -> (document: RenderedDocument, work: SegmentWork)? {
        do {
            return try write(plan, fingerprint, shape, published, entries)
        } catch is Predecessor.Damaged {
            return try write(
                plan, fingerprint, shape, PublishedState(segments: published.segments, intact: published.intact), entries)
        }
    }

    /// A document whose body and encodings are those of another one: its bytes under other names.
    ///
    /// - Returns: nil on a file system without links.
    func twin(of first: RenderedDocument, for plan: DocumentPlan, fingerprint: [UInt8]) throws -> RenderedDocument? {
        var row = DocumentRow(
            path: plan.path, fingerprint: fingerprint, open: first.row.open, cuts: first.row.cuts, artifacts: [])
        var staged: [String: StagedFile] = [:]
        for artifact in first.row.artifacts where artifact.role == .variant {
            let content = staging.next()
            guard try first.staged[artifact.path]?.link(to: content) == true else { return nil }
            add(
                content, of: .init(sha256: artifact.sha256, size: artifact.size), artifact.segments, artifact.position, of: plan,
                to: &row, &staged)
        }
        return RenderedDocument(row: row, staged: staged)
    }

    private func write(
        _ plan: DocumentPlan, _ fingerprint: [UInt8], _ shape: [UInt8], _ published: PublishedState, _ entries: some EntrySource
    ) throws -> (document: RenderedDocument, work: SegmentWork)? {
        let output = try SegmentedOutput(
            encodings: plan.encodings, target: segmentBytes ?? Self.segmentBytes(for: plan.encodings),
            cuts: DocumentCuts(of: plan, shape: shape), published: published.segments, predecessor: published.predecessor,
            staging: staging)
        let writer = BodyWriter(plan: plan, entries: entries, output: output, predecessor: published.predecessor)
        try Meter.measure(.render) { try writer.write() }
        guard let result = try output.finish(unless: published.intact) else { return nil }
        var row = DocumentRow(
            path: plan.path, fingerprint: fingerprint, open: result.open, cuts: result.cuts,
            artifacts: [])
        var staged: [String: StagedFile] = [:]
        for (position, file) in result.files.enumerated() {
            add(file.content, of: file.measure, file.segments, position, of: plan, to: &row, &staged)
        }
        return (RenderedDocument(row: row, staged: staged), output.work)
    }

    /// One form of a document under its names.
    private func add(
        _ content: StagedFile, of measure: PublishedDocument.Measure, _ segments: [UInt8], _ position: Int, of plan: DocumentPlan,
        to row: inout DocumentRow, _ staged: inout [String: StagedFile]
    ) {
        let path = prefix + Self.path(of: plan, encoding: plan.encodings[position], sha256: measure.sha256)
        row.artifacts.append(
            Artifact(
                path: path, role: .variant, position: position, sha256: measure.sha256, size: measure.size, segments: segments))
        staged[path] = content
        if plan.naming == .plainAndByHash {
            row.artifacts.append(
                Artifact(
                    path: Self.byHashPath(of: path, sha256: measure.sha256), role: .byHash, position: position,
                    sha256: measure.sha256, size: measure.size))
        }
    }

    /// What a change compresses anew, against what cuts lose. Xz takes six times as long as the others for a byte: a change of 20,000
    /// Debian packages' index costs 40 ms of it at 256 KiB and 160 ms at 1 MiB; the file is 8 % larger, and 26 % larger than in one
    /// piece. Zstd in pieces of 512 KiB is 6 % larger than in one. Where nothing is compressed, cuts cost nothing but a hundred bytes
    /// each in the catalog, and pieces that stay in the processor's cache while they are read, digested and written are the fastest.
    static func segmentBytes(for encodings: [Encoding]) -> Int {
        if encodings.allSatisfy({ $0 == .plain }) { return 64 << 10 }
        return encodings.contains { if case .xz = $0 { true } else { false } } ? 256 << 10 : 512 << 10
    }

    /// Where a variant is served, below the repository.
    private static func path(of plan: DocumentPlan, encoding: Encoding, sha256: [UInt8]) -> String {
        switch plan.naming {
        case .plain, .plainAndByHash, .bare: plan.served(encoding)
        case .digestPrefixed:
            Files.join(Files.folder(of: plan.path), "\(Hex.string(sha256))-\(Files.name(of: plan.path))\(encoding.suffix)")
        }
    }

    private static func byHashPath(of path: String, sha256: [UInt8]) -> String {
        Files.join(Files.folder(of: path), "by-hash/SHA256/\(Hex.string(sha256))")
    }
}

extension DocumentPlan {
    /// Where a form is served below the repository, unless that depends on its bytes.
    func served(_ encoding: Encoding) -> String { naming == .bare ? path : path + encoding.suffix }

    var hasEntries: Bool { body.contains { if case .run = $0 { true } else { false } } }
}
