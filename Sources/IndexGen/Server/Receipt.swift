#if Serve
internal import Formats
internal import Synchronization

/// What came in with a request, complete: files in the order in which they are to be taken, and what a form says beside.
struct Received: Sendable {
    struct File: Sendable {
        /// As its sender calls it; hostile. Nil where nobody says.
        var filename: String?
        var content: PackageContent
    }

    var files: [File]
    /// Nil for a body that is the file.
    var form: Form?
}

/// A request's body on its way in: one file, or a form with files among its fields. Memory does not grow with the files.
///
/// The body arrives in order, piece by piece; the lock hands the receiver from thread to thread.
final class Receipt: Sendable {
    private enum Receiver {
        case file(ContentReceiver)
        case form(FormReceiver)
    }

    private let receiver: Mutex<Receiver>
    private let filename: String?
    private let fields: [String]
    /// Whether a form may be all that there is.
    private let mayLackFiles: Bool

    /// - Parameters:
    ///   - filename: of a body that is the file, where the address says it.
    ///   - digests: those that are wanted, SHA-256 among them.
    ///   - limit: bytes that a file may have.
    init(file filename: String?, digests: Set<Digests.Algorithm>, staging: StagingFolder, limit: Int) {
        self.filename = filename
        fields = []
        mayLackFiles = false
        receiver = Mutex(.file(ContentReceiver(staging: staging, limit: limit, digests: digests)))
    }

    /// A JSON document with files in it, which may also be there without any.
    ///
    /// - Parameters:
    ///   - attachments: its member that holds them.
    ///   - texts: endings of the names of those that are not in base64.
    ///   - digests: those of files that are wanted, SHA-256 among them.
    init(
        documentWith attachments: String, texts: [String], digests: Set<Digests.Algorithm>, staging: StagingFolder, limit: Int,
        memory: FormMemory
    ) {
        filename = nil
        fields = [attachments]
        mayLackFiles = true
        receiver = Mutex(
            .form(
                FormReceiver(
                    Base64DocumentReader(attachments: attachments, document: Route.Body.document, texts: texts),
                    files: [attachments], fields: [Route.Body.document], staging: staging, limit: limit, memory: memory,
                    mostText: Base64DocumentReader.Limits().document, hasSeveralFiles: true, digests: digests)))
    }

    /// - Parameters:
    ///   - reader: takes the body apart.
    ///   - files: the parts that hold files, in the order in which they are taken; one of them must be there.
    ///   - fields: the others that are read.
    ///   - digests: those of files that are wanted, SHA-256 among them.
    ///   - withBLAKE2: whether one of them may name that digest; known when the file's bytes are gone.
    init(
        _ reader: any EnvelopeReader, files: [String], fields: Set<String>, digests: Set<Digests.Algorithm>, withBLAKE2: Bool,
        staging: StagingFolder, limit: Int, memory: FormMemory
    ) {
        filename = nil
        self.fields = files
        mayLackFiles = false
        receiver = Mutex(
            .form(
                FormReceiver(
                    reader, files: Set(files), fields: fields, staging: staging, limit: limit, memory: memory,
                    digests: digests, withBLAKE2: withBLAKE2)))
    }

    func append(_ bytes: [UInt8]) throws {
        try receiver.withLock { receiver in
            switch receiver {
            case .file(let file): try file.append(bytes)
            case .form(let form): try form.append(bytes)
            }
        }
    }

    /// To be called once, at the body's end.
    ///
    /// - Parameter now: the time of the files.
    func finish(at now: Timestamp) throws -> Received {
        try receiver.withLock { receiver in
            switch receiver {
            case .file(let file):
                return Received(files: [.init(filename: filename, content: try file.finish(modified: now))])
            case .form(let form):
                let form = try form.finish(modified: now)
                let files = fields.flatMap { field in form.files.filter { $0.field == field } }
                if files.isEmpty, !mayLackFiles { _ = try form.file(fields[0]) }
                return Received(files: files.map { .init(filename: $0.filename, content: $0.content) }, form: form.fields)
            }
        }
    }
}
#endif
