internal import Crypto
internal import Formats

/// A document that has been rendered, its files staged, not yet public.
struct RenderedDocument: Sendable {
    var row: DocumentRow
    /// Staged bytes of variants and companions, by public path.
    var staged: [String: StagedFile]
}

/// Turns a plan into files: pieces in, every encoding out, each digested on the way. Memory stays at a buffer per encoding.
struct DocumentWriter {
    let staging: StagingFolder
    /// What public paths start with: `OWNER/TYPE/`, or nothing for the site's own pages.
    let prefix: String

    /// - Parameter entries: hands out the fragments of a run.
    func render(
        _ plan: DocumentPlan, fingerprint: [UInt8],
        entries: (Run, (UnsafeRawBufferPointer, UnsafeRawBufferPointer?) throws -> Void) throws -> Void
    ) throws -> RenderedDocument {
        var output = try Output(encodings: plan.encodings, staging: staging)
        for piece in plan.body {
            switch piece {
            case .literal(let bytes): try bytes.withUnsafeBytes { try output.write($0) }
            case .run(let run): try write(run, to: &output, entries: entries)
            }
        }
        let (open, files) = try output.finish()
        var row = DocumentRow(path: plan.path, fingerprint: fingerprint, open: open, artifacts: [])
        var staged: [String: StagedFile] = [:]
        for (position, file) in files.enumerated() {
            let path = prefix + Self.path(of: plan, encoding: plan.encodings[position], sha256: file.measure.sha256)
            row.artifacts.append(
                Artifact(path: path, role: .variant, position: position, sha256: file.measure.sha256, size: file.measure.size))
            staged[path] = file.content
            if plan.naming == .plainAndByHash {
                row.artifacts.append(
                    Artifact(
                        path: Self.byHashPath(of: path, sha256: file.measure.sha256), role: .byHash, position: position,
                        sha256: file.measure.sha256, size: file.measure.size))
            }
        }
        return RenderedDocument(row: row, staged: staged)
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

    private func write(
        _ run: Run, to output: inout Output,
        entries: (Run, (UnsafeRawBufferPointer, UnsafeRawBufferPointer?) throws -> Void) throws -> Void
    ) throws {
        var isFirst = true
        var previous: [UInt8] = []
        var heading: [UInt8]?
        try entries(run) { fragment, group in
            if run.distinct {
                if !isFirst, fragment.elementsEqual(previous) { return }
                previous = Array(fragment)
            }
            if let grouping = run.grouping, let group {
                if let current = heading, group.elementsEqual(current) {
                    try output.write(run.separator)
                } else {
                    if heading != nil {
                        try output.write(grouping.closing)
                        try output.write(grouping.separator)
                    }
                    try output.write(group)
                    heading = Array(group)
                }
            } else if !isFirst {
                try output.write(run.separator)
            }
            try output.write(fragment)
            isFirst = false
        }
        if heading != nil, let grouping = run.grouping { try output.write(grouping.closing) }
    }

    /// The open bytes on their way into every encoding.
    private struct Output {
        struct File {
            var content: StagedFile
            var measure: PublishedDocument.Measure
        }

        private static let bufferSize = 1 << 18
        private var buffer: [UInt8] = []
        private var hash = SHA256()
        private var size = 0
        private var sinks: [Sink]

        init(encodings: [Encoding], staging: StagingFolder) throws {
            buffer.reserveCapacity(Self.bufferSize + (1 << 14))
            sinks = try encodings.map { try Sink(encoder: $0.makeEncoder(), content: staging.next()) }
        }

        mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
            buffer.append(contentsOf: bytes)
            if buffer.count >= Self.bufferSize { try flush() }
        }

        mutating func write(_ bytes: [UInt8]) throws {
            if !bytes.isEmpty { try bytes.withUnsafeBytes { try write($0) } }
        }

        private mutating func flush() throws {
            hash.update(data: buffer)
            size += buffer.count
            for sink in sinks { try sink.write(buffer) }
            buffer.removeAll(keepingCapacity: true)
        }

        mutating func finish() throws -> (PublishedDocument.Measure, [File]) {
            try flush()
            let open = PublishedDocument.Measure(sha256: Array(hash.finalize()), size: size)
            return (open, try sinks.map { File(content: $0.content, measure: try $0.finish(open: open)) })
        }
    }

    /// One encoding of a document, being written.
    private final class Sink {
        let content: StagedFile
        private let encoder: (any StreamEncoder)?
        private let file: FileSink
        private var hash = SHA256()
        private var size = 0

        init(encoder: (any StreamEncoder)?, content: StagedFile) throws {
            self.encoder = encoder
            self.content = content
            file = try FileSink(content.path)
        }

        func write(_ bytes: [UInt8]) throws {
            guard let encoder else { return try file.write(bytes) }
            var encoded: [UInt8] = []
            encoder.write(bytes.span, into: &encoded)
            try put(encoded)
        }

        func finish(open: PublishedDocument.Measure) throws -> PublishedDocument.Measure {
            guard let encoder else { return open }
            var encoded: [UInt8] = []
            encoder.finish(into: &encoded)
            try put(encoded)
            return PublishedDocument.Measure(sha256: Array(hash.finalize()), size: size)
        }

        private func put(_ encoded: [UInt8]) throws {
            if encoded.isEmpty { return }
            hash.update(data: encoded)
            size += encoded.count
            try file.write(encoded)
        }
    }

    /// A class around the descriptor, so that an array can hold it.
    private final class FileSink {
        private let file: OpenFile
        init(_ path: String) throws { file = try OpenFile(creating: path) }
        func write(_ bytes: [UInt8]) throws { try file.write(bytes) }
    }
}
