internal import Formats
internal import Synchronization

/// Takes a body of several parts as it arrives, a form's or one of frames: the fields that somebody reads are kept, the files that are asked for go through
/// receivers of their own, all else is skipped. Thrown away unfinished, it leaves nothing.
///
/// For one thread at a time.
final class FormReceiver {
    private var reader: any EnvelopeReader
    private let wanted: Set<String>
    private let kept: Set<String>?
    private let memory: FormMemory
    /// Bytes of kept fields.
    private var textBytes = 0
    /// Bytes that the reader keeps.
    private var heldBytes = 0
    private let staging: StagingFolder
    private let limit: Int
    private let digests: Set<Digests.Algorithm>
    private let withBLAKE2: Bool
    private var form = Form()
    private let mostText: Int
    private let hasSeveralFiles: Bool
    private var arrived: [(field: String, filename: String, receiver: ContentReceiver)] = []
    private var sink = Sink.nothing
    /// The text of the field at hand.
    private var text: [UInt8] = []
    private var skippedBytes = 0

    /// How large a form may be besides its files.
    static let otherBytes = 20 << 20

    /// Where the content of the part at hand goes.
    private enum Sink {
        case nothing
        case field(String)
        case file(ContentReceiver)
    }

    /// - Parameters:
    ///   - reader: takes the body apart.
    ///   - files: the fields that hold files to be kept, each at most once: `content` for PyPI, `chart` and `prov` for Helm.
    ///   - fields: those besides files that are kept; nil: all.
    ///   - limit: bytes that each file may have; what is skipped may have that many together.
    ///   - memory: what the fields of all forms that are coming in may hold together.
    ///   - mostText: bytes that its fields may hold together.
    ///   - hasSeveralFiles: whether a field may hold several files, told apart by their names.
    ///   - digests: those of files that are wanted, SHA-256 among them; all when left out.
    ///   - withBLAKE2: for PyPI. Its form may name this digest before or after the file, so it is computed for every one.
    init(
        _ reader: any EnvelopeReader, files: Set<String>, fields: Set<String>? = nil, staging: StagingFolder, limit: Int,
        memory: FormMemory = FormMemory(), mostText: Int = 1 << 20, hasSeveralFiles: Bool = false,
        digests: Set<Digests.Algorithm> = Set(Digests.Algorithm.allCases), withBLAKE2: Bool = false
    ) {
        self.digests = digests
        self.mostText = mostText
        self.hasSeveralFiles = hasSeveralFiles
        self.reader = reader
        wanted = files
        kept = fields
        self.memory = memory
        self.staging = staging
        self.limit = limit
        self.withBLAKE2 = withBLAKE2
    }

    deinit { memory.release(textBytes + heldBytes) }

    /// Takes the next bytes of the body.
    ///
    /// - Throws: a `Refusal`; `FormMemory.Full` when other forms hold all that there is.
    func append(_ bytes: UnsafeRawBufferPointer) throws {
        let chunk = bytes.bindMemory(to: UInt8.self)
        let events = try reader.read(chunk.span)
        // What the reader keeps counts as much as what is kept here.
        let more = reader.heldBytes - heldBytes
        if more > 0 { try memory.take(more) } else { memory.release(-more) }
        heldBytes += more
        for event in events {
            switch event {
            case .begins(let part): sink = try open(part)
            case .content(let range): try pass(UnsafeRawBufferPointer(rebasing: bytes[range]))
            case .bytes(let bytes): try bytes.withUnsafeBytes { try pass($0) }
            case .ends: try close()
            case .finished: break
            }
        }
    }

    func append(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try append($0) } }

    /// The form, once its last byte is here. To be called once.
    ///
    /// - Parameter modified: when it arrived.
    func finish(modified: Timestamp) throws -> ReceivedForm {
        try reader.finish()
        return ReceivedForm(
            fields: form,
            files: try arrived.map { file in
                ReceivedForm.File(
                    field: file.field, filename: file.filename, content: try file.receiver.finish(modified: modified))
            })
    }

    private func open(_ part: EnvelopePart) throws -> Sink {
        text = []
        guard let filename = part.filename else {
            // A file that came without its name is missed later, and named then.
            return kept?.contains(part.name) ?? true || wanted.contains(part.name) ? .field(part.name) : .nothing
        }
        guard wanted.contains(part.name) else { return .nothing }
        let receiver = ContentReceiver(staging: staging, limit: limit, digests: digests, withBLAKE2: withBLAKE2)
        guard !arrived.contains(where: { $0.field == part.name && (!hasSeveralFiles || $0.filename == filename) }) else {
            throw Refusal(
                .ambiguous, "the form has two files in the field \(part.name)", remedy: "send one file in a form")
        }
        arrived.append((part.name, filename, receiver))
        return .file(receiver)
    }

    private func pass(_ bytes: UnsafeRawBufferPointer) throws {
        switch sink {
        case .nothing:
            skippedBytes += bytes.count
            guard skippedBytes <= limit else {
                throw Refusal(
                    .limit, "the form has more in fields that nobody reads than a file may have",
                    remedy: "send the package in the field \(wanted.sorted().joined(separator: " or "))")
            }
        case .field:
            guard textBytes + bytes.count <= mostText else {
                throw Refusal(
                    .limit, "the form's fields hold more than \(mostText) bytes",
                    remedy: "send files with a file name, as curl -F 'field=@file' does")
            }
            try memory.take(bytes.count)
            textBytes += bytes.count
            text.append(contentsOf: bytes)
        case .file(let receiver): try receiver.append(bytes)
        }
    }

    private func close() throws {
        if case .field(let name) = sink {
            guard let text = String(validating: text, as: UTF8.self) else {
                throw Refusal(
                    .malformed, "the form's field \(name) is not UTF-8", remedy: "send its text in UTF-8")
            }
            form.fields.append(Form.Field(name, text))
        }
        sink = .nothing
    }
}

/// What the text of all forms that are coming in may hold together, so that many unfinished ones do not eat the machine. Thread-safe.
final class FormMemory: Sendable {
    struct Full: Error {}

    private let most: Int
    private let held = Mutex(0)

    init(most: Int = 64 << 20) { self.most = most }

    var bytes: Int { held.withLock { $0 } }

    func take(_ count: Int) throws(Full) {
        let fits = held.withLock { held in
            guard held + count <= most else { return false }
            held += count
            return true
        }
        if !fits { throw Full() }
    }

    func release(_ count: Int) { held.withLock { $0 -= count } }
}

/// A form that has arrived whole.
struct ReceivedForm: Sendable {
    /// The fields that are not files, in their order.
    var fields: Form
    /// In their order.
    var files: [File]

    struct File: Sendable {
        var field: String
        /// As the sender calls it. Hostile.
        var filename: String
        var content: PackageContent
    }

    /// The file of a field that must have one.
    func file(_ field: String) throws(Refusal) -> File {
        if let file = files.first(where: { $0.field == field }) { return file }
        let isText = fields.fields.contains { $0.name == field }
        throw Refusal(
            .malformed, isText ? "the form's field \(field) has no file name" : "the form has no file in the field \(field)",
            remedy: "send it as curl -F '\(field)=@FILE' does")
    }
}
