internal import Formats

/// Takes a `multipart/form-data` body as it arrives: fields are kept, the files that are asked for go through receivers of their own, all
/// other files are skipped. Thrown away unfinished, it leaves nothing.
///
/// For one thread at a time.
final class FormReceiver {
    private var reader: MultipartReader
    private let wanted: Set<String>
    private let staging: StagingFolder
    private let limit: Int
    private let withBLAKE2: Bool
    private var form = Form()
    private var arrived: [String: (filename: String, receiver: ContentReceiver)] = [:]
    private var sink = Sink.nothing
    /// The text of the field at hand.
    private var text: [UInt8] = []
    private var skippedBytes = 0

    /// Where the content of the part at hand goes.
    private enum Sink {
        case nothing
        case field(String)
        case file(ContentReceiver)
    }

    /// - Parameters:
    ///   - contentType: the request's header field.
    ///   - files: the fields that hold files to be kept, each at most once: `content` for PyPI, `chart` and `prov` for Helm.
    ///   - limit: bytes that each file may have; files that are skipped may have that many together.
    ///   - withBLAKE2: for PyPI. Its form may name this digest before or after the file, so it is computed for every one.
    init(contentType: String, files: Set<String>, staging: StagingFolder, limit: Int, withBLAKE2: Bool = false) throws(Refusal) {
        reader = try MultipartReader(contentType: contentType)
        wanted = files
        self.staging = staging
        self.limit = limit
        self.withBLAKE2 = withBLAKE2
    }

    /// Takes the next bytes of the body.
    func append(_ bytes: UnsafeRawBufferPointer) throws {
        let chunk = bytes.bindMemory(to: UInt8.self)
        for event in try reader.read(chunk.span) {
            switch event {
            case .begins(let part): sink = try open(part)
            case .content(let range): try pass(UnsafeRawBufferPointer(rebasing: bytes[range]))
            case .held(let bytes): try bytes.withUnsafeBytes { try pass($0) }
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
            files: try arrived.mapValues { file in
                ReceivedForm.File(filename: file.filename, content: try file.receiver.finish(modified: modified))
            })
    }

    private func open(_ part: MultipartPart) throws -> Sink {
        text = []
        guard let filename = part.filename else { return .field(part.name) }
        guard wanted.contains(part.name) else { return .nothing }
        let receiver = ContentReceiver(staging: staging, limit: limit, withBLAKE2: withBLAKE2)
        guard arrived.updateValue((filename, receiver), forKey: part.name) == nil else {
            throw Refusal(
                .ambiguous, "the form has two files in the field \(part.name)", remedy: "send one file in a form")
        }
        return .file(receiver)
    }

    private func pass(_ bytes: UnsafeRawBufferPointer) throws {
        switch sink {
        case .nothing:
            skippedBytes += bytes.count
            guard skippedBytes <= limit else {
                throw Refusal(
                    .limit, "the form has large files in fields that nobody reads",
                    remedy: "send the package in the field \(wanted.sorted().joined(separator: " or "))")
            }
        case .field: text.append(contentsOf: bytes)
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

/// A form that has arrived whole.
struct ReceivedForm: Sendable {
    /// The fields that are no files, in their order.
    var fields: Form
    /// By field.
    var files: [String: File]

    struct File: Sendable {
        /// As the sender calls it. Hostile.
        var filename: String
        var content: PackageContent
    }

    /// The file of a field that must have one.
    func file(_ field: String) throws(Refusal) -> File {
        if let file = files[field] { return file }
        let isText = fields.fields.contains { $0.name == field }
        throw Refusal(
            .malformed, isText ? "the form's field \(field) has no file name" : "the form has no file in the field \(field)",
            remedy: "send it as curl -F '\(field)=@FILE' does")
    }
}
