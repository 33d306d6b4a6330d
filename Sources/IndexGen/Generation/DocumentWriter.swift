internal import Crypto
internal import Formats

/// A document that has been rendered, its files staged, not yet public.
struct RenderedDocument: Sendable {
    var row: DocumentRow
    /// Staged bytes of variants and companions, by public path.
    var staged: [String: StagedFile]
}

/// Hands out the entries of a run in the order of the index: sort key, fragment and, for a grouped run, heading. The buffers are
/// valid during the call only.
typealias Entries = (
    Run,
    (_ sortKey: UnsafeRawBufferPointer, _ fragment: UnsafeRawBufferPointer, _ heading: UnsafeRawBufferPointer?) throws -> Void
) throws -> Void

/// Turns a plan into files: pieces in, every encoding out, each digested on the way.
///
/// A document is cut into segments at entries chosen by their sort keys; each is compressed on its own, and those that the published
/// version has already are taken from there. The file is a function of the document's content alone, whatever was taken over.
struct DocumentWriter {
    let staging: StagingFolder
    /// What public paths start with: `OWNER/TYPE/`, or nothing for the site's own pages.
    let prefix: String

    /// - Parameter published: what is public of this document, by position in the plan's encodings.
    func render(
        _ plan: DocumentPlan, fingerprint: [UInt8], published: [Int: PublishedSegments] = [:], entries: Entries
    ) throws -> (document: RenderedDocument, work: SegmentWork) {
        let output = try SegmentedOutput(encodings: plan.encodings, published: published, staging: staging)
        for (position, piece) in plan.body.enumerated() {
            switch piece {
            case .literal(let bytes): try output.write(literal: bytes, isHead: position == 0)
            case .run(let run): try write(run, to: output, entries: entries)
            }
        }
        let (open, files) = try output.finish()
        var row = DocumentRow(path: plan.path, fingerprint: fingerprint, open: open, artifacts: [])
        var staged: [String: StagedFile] = [:]
        for (position, file) in files.enumerated() {
            let path = prefix + Self.path(of: plan, encoding: plan.encodings[position], sha256: file.measure.sha256)
            row.artifacts.append(
                Artifact(
                    path: path, role: .variant, position: position, sha256: file.measure.sha256, size: file.measure.size,
                    segments: file.segments))
            staged[path] = file.content
            if plan.naming == .plainAndByHash {
                row.artifacts.append(
                    Artifact(
                        path: Self.byHashPath(of: path, sha256: file.measure.sha256), role: .byHash, position: position,
                        sha256: file.measure.sha256, size: file.measure.size))
            }
        }
        return (RenderedDocument(row: row, staged: staged), output.work)
    }

    /// Where a variant is served, below the repository.
    private static func path(of plan: DocumentPlan, encoding: Encoding, sha256: [UInt8]) -> String {
        switch plan.naming {
        case .plain, .plainAndByHash: plan.path + encoding.suffix
        case .digestPrefixed:
            Files.join(Files.folder(of: plan.path), "\(Hex.string(sha256))-\(Files.name(of: plan.path))\(encoding.suffix)")
        }
    }

    private static func byHashPath(of path: String, sha256: [UInt8]) -> String {
        Files.join(Files.folder(of: path), "by-hash/SHA256/\(Hex.string(sha256))")
    }

    /// Writes the entries with what stands between them. What is written before an entry belongs to its segment.
    private func write(_ run: Run, to output: SegmentedOutput, entries: Entries) throws {
        var isFirst = true
        var previous: [UInt8] = []
        var heading: [UInt8]?
        var lead: [UInt8] = []
        try entries(run) { sortKey, fragment, group in
            if run.distinct {
                if !isFirst, fragment.elementsEqual(previous) { return }
                previous = Array(fragment)
            }
            lead.removeAll(keepingCapacity: true)
            if let grouping = run.grouping, let group {
                if let current = heading, group.elementsEqual(current) {
                    lead += run.separator
                } else {
                    if heading != nil {
                        lead += grouping.closing
                        lead += grouping.separator
                    }
                    lead += group
                    heading = Array(group)
                }
            } else if !isFirst {
                lead += run.separator
            }
            try output.write(entry: fragment, after: lead, key: sortKey)
            isFirst = false
        }
        if heading != nil, let grouping = run.grouping { try output.write(literal: grouping.closing, isHead: false) }
    }
}
