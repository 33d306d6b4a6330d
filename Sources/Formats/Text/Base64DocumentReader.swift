/// Reads a JSON document that carries files as base64 texts, as it arrives: each file becomes a part whose content is decoded, and all that
/// is left of the document becomes the last part, a text.
///
/// It is the body of npm's `PUT NAME` (npm 10.8; libnpmpublish): `{…, "_attachments": {"NAME-1.0.0.tgz": {"content_type": …, "data": "…",
/// "length": …}}}`. What is left has `"data": ""` there and is else the same, byte for byte, `length` included; that it is JSON in every
/// detail is for `JSONReader` to tell. Some attachments are texts in JSON and not in base64 (npm's `NAME-1.0.0.sigstore`, libnpmpublish 9): their
/// names' endings tell. Refused here is what could make two readers see different files: a second `_attachments`, a second
/// attachment of one name, a second `data` in one attachment, base64 that is spelled in more than one way (`Base64Decoder`). Names are
/// compared with their escapes resolved.
package struct Base64DocumentReader: EnvelopeReader {
    /// How much a document may hold besides the content of files.
    package struct Limits: Sendable {
        /// What is left of the document, in bytes; it is kept until its end.
        package var document = 16 << 20
        package var depth = Budget().depth
        package var attachments = 16
        /// Bytes of an attachment that is a text, as it is spelled.
        package var text = 8 << 20

        package init() {}
    }

    private enum State {
        /// A value must follow; or the end of an array that has no element yet.
        case value, firstElement
        /// A name must follow; or the end of an object that has no member yet.
        case name, firstName
        case colon, comma
        case inName, inString, inScalar, inData, inText
        case finished
    }

    /// What an object is for the files.
    private enum Role { case document, attachments, attachment, other }

    private struct Container {
        var isObject: Bool
        var role: Role
    }

    private let attachmentsName: String
    private let documentName: String
    private let texts: [String]
    private let limits: Limits
    private var state = State.value
    private var open: [Container] = []
    /// Of the member at hand, as it stands there; only where roles depend on it.
    private var name: [UInt8] = []
    /// Whether a backslash was the last byte of a name or string.
    private var isEscaped = false
    private var hasAttachments = false
    private var hasData = false
    private var filenames: [[UInt8]] = []
    private var data = Base64Text()
    /// Of an attachment that is a text, as it is spelled.
    private var attachedText: [UInt8] = []
    /// What is left of the document.
    private var document: [UInt8] = []
    /// Where in the chunk the bytes begin that are still to be put there.
    private var copied = 0
    /// Bytes of the chunks before.
    private var consumed = 0

    /// - Parameters:
    ///   - attachments: the member of the document that has the files, and the name of their parts: `_attachments`.
    ///   - document: the name of the part for what is left.
    ///   - texts: endings of the names of those attachments whose data is the file's text itself.
    package init(attachments: String, document: String, texts: [String] = [], limits: Limits = Limits()) {
        self.texts = texts
        attachmentsName = attachments
        documentName = document
        self.limits = limits
    }

    package var heldBytes: Int { document.count }

    package mutating func read(_ chunk: Span<UInt8>) throws(Refusal) -> [EnvelopeEvent] {
        var events: [EnvelopeEvent] = []
        var position = 0
        copied = 0
        while position < chunk.count {
            switch state {
            case .inData: position = try readData(chunk, from: position, &events)
            case .inText: position = try readText(chunk, from: position, &events)
            case .inString, .inName: position = try readString(chunk, from: position)
            case .inScalar where Self.isScalar(chunk[position]): position += 1
            case .inScalar: state = .comma
            default:
                if !Self.isBlank(chunk[position]) { try meet(chunk[position], at: position, chunk, &events) }
                position += 1
            }
            try needRoom(to: position)
        }
        copy(chunk, to: position)
        consumed += chunk.count
        return events
    }

    package func finish() throws(Refusal) {
        guard state != .finished else { return }
        throw fault(.truncated, "the document ends before its last brace", at: 0)
    }

    // MARK: Structure

    /// A byte between names, strings and scalars.
    private mutating func meet(_ byte: UInt8, at position: Int, _ chunk: Span<UInt8>, _ events: inout [EnvelopeEvent])
        throws(Refusal)
    {
        switch (state, byte) {
        case (.value, _) where open.isEmpty && byte != UInt8(ascii: "{"):
            throw fault(.malformed, "the body is not a JSON object", at: position)
        case (.value, UInt8(ascii: "\"")), (.firstElement, UInt8(ascii: "\"")): try beginString(at: position, chunk, &events)
        case (.value, UInt8(ascii: "{")), (.firstElement, UInt8(ascii: "{")): try push(isObject: true, at: position)
        case (.value, UInt8(ascii: "[")), (.firstElement, UInt8(ascii: "[")): try push(isObject: false, at: position)
        case (.value, _) where Self.isScalar(byte), (.firstElement, _) where Self.isScalar(byte):
            try needNoData(at: position)
            state = .inScalar
        case (.name, UInt8(ascii: "\"")), (.firstName, UInt8(ascii: "\"")):
            name.removeAll(keepingCapacity: true)
            state = .inName
        case (.colon, UInt8(ascii: ":")): state = .value
        case (.comma, UInt8(ascii: ",")): state = open.last?.isObject == true ? .name : .value
        case (.firstElement, UInt8(ascii: "]")), (.firstName, UInt8(ascii: "}")): try pop(at: position, chunk, &events)
        case (.comma, UInt8(ascii: "}")) where open.last?.isObject == true: try pop(at: position, chunk, &events)
        case (.comma, UInt8(ascii: "]")) where open.last?.isObject == false: try pop(at: position, chunk, &events)
        case (.finished, _): throw fault(.malformed, "bytes behind the document's last brace", at: position)
        default: throw fault(.malformed, "the document is not JSON", at: position)
        }
    }

    private mutating func push(isObject: Bool, at position: Int) throws(Refusal) {
        guard open.count < limits.depth else {
            throw fault(.limit, "the document is nested deeper than \(limits.depth) levels", at: position)
        }
        try needNoData(at: position)
        var role = Role.other
        if isObject {
            switch open.last?.role {
            case nil: role = .document
            case .document where name.elementsEqual(attachmentsName.utf8): role = .attachments
            case .attachments:
                role = .attachment
                hasData = false
            default: break
            }
        }
        open.append(Container(isObject: isObject, role: role))
        state = isObject ? .firstName : .firstElement
    }

    private mutating func pop(at position: Int, _ chunk: Span<UInt8>, _ events: inout [EnvelopeEvent]) throws(Refusal) {
        open.removeLast()
        state = .comma
        guard open.isEmpty else { return }
        try needRoom(to: position + 1)
        copy(chunk, to: position + 1)
        events += [.begins(EnvelopePart(name: documentName)), .bytes(document), .ends, .finished]
        document = []
        state = .finished
    }

    /// The value of an attachment's `data` can only be a text.
    private func needNoData(at position: Int) throws(Refusal) {
        guard isData else { return }
        throw fault(.malformed, "the data of an attachment is not a text", at: position)
    }

    private var isData: Bool { open.last?.role == .attachment && name.elementsEqual("data".utf8) }

    // MARK: Names and strings

    private mutating func beginString(at position: Int, _ chunk: Span<UInt8>, _ events: inout [EnvelopeEvent]) throws(Refusal) {
        state = .inString
        guard isData else { return }
        try needRoom(to: position + 1)
        copy(chunk, to: position + 1)
        let filename = String(decoding: filenames.last ?? [], as: UTF8.self)
        state = texts.contains { filename.hasSuffix($0) } ? .inText : .inData
        data = Base64Text()
        attachedText = []
        events.append(.begins(EnvelopePart(name: attachmentsName, filename: filename)))
    }

    /// - Returns: where to go on: behind the string, or at the chunk's end.
    private mutating func readString(_ chunk: Span<UInt8>, from start: Int) throws(Refusal) -> Int {
        var end = start
        while end < chunk.count, isEscaped || chunk[end] != UInt8(ascii: "\"") {
            isEscaped = !isEscaped && chunk[end] == UInt8(ascii: "\\")
            end += 1
        }
        try needRoom(to: end)
        if state == .inName, open.last?.role != .other {
            name.append(chunk.extracting(start..<end))
            guard name.count <= Self.longestName else {
                throw fault(.limit, "a member's name has more than \(Self.longestName) bytes", at: start)
            }
        }
        guard end < chunk.count else { return end }
        if state == .inName {
            try endName(at: end)
            state = .colon
        } else {
            state = .comma
        }
        return end + 1
    }

    /// As it is spelled: each byte of a file name can be an escape of six.
    private static let longestName = 6 * MultipartHeader.longestName

    private mutating func endName(at position: Int) throws(Refusal) {
        guard let role = open.last?.role, role != .other else { return }
        do {
            name = try JSONString.resolved(name.span)
        } catch {
            throw fault(.malformed, "a member's name \(error.what)", at: position)
        }
        switch role {
        case .document where name.elementsEqual(attachmentsName.utf8):
            guard !hasAttachments else { throw fault(.ambiguous, "a second \(attachmentsName)", at: position) }
            hasAttachments = true
        case .attachments: try addFilename(at: position)
        case .attachment where name.elementsEqual("data".utf8):
            guard !hasData else { throw fault(.ambiguous, "a second data of one attachment", at: position) }
            hasData = true
        default: break
        }
    }

    private mutating func addFilename(at position: Int) throws(Refusal) {
        guard !filenames.contains(name) else { throw fault(.ambiguous, "two attachments of one name", at: position) }
        guard filenames.count < limits.attachments else {
            throw fault(.limit, "more than \(limits.attachments) attachments", at: position)
        }
        guard name.count <= MultipartHeader.longestName else {
            throw fault(.limit, "an attachment's name has more than \(MultipartHeader.longestName) bytes", at: position)
        }
        guard let text = String(validating: name, as: UTF8.self), ASCII.line(text) == text else {
            throw fault(.malformed, "an attachment's name is not UTF-8 or has a control character", at: position)
        }
        filenames.append(name)
    }

    // MARK: Data, and what is left

    private mutating func readData(_ chunk: Span<UInt8>, from start: Int, _ events: inout [EnvelopeEvent]) throws(Refusal) -> Int
    {
        var content: [UInt8] = []
        let end: Int
        do {
            end = try data.decode(chunk, from: start, into: &content)
        } catch {
            throw fault(.malformed, "the data of an attachment \(error.what)", at: error.offset)
        }
        if !content.isEmpty { events.append(.bytes(content)) }
        guard end < chunk.count else {
            copied = end
            return end
        }
        events.append(.ends)
        copied = end
        state = .comma
        return end + 1
    }

    /// Keeps the text until its end: an escape is not taken apart before it is whole.
    private mutating func readText(_ chunk: Span<UInt8>, from start: Int, _ events: inout [EnvelopeEvent]) throws(Refusal) -> Int
    {
        var end = start
        while end < chunk.count, isEscaped || chunk[end] != UInt8(ascii: "\"") {
            isEscaped = !isEscaped && chunk[end] == UInt8(ascii: "\\")
            end += 1
        }
        let room = limits.text - attachedText.count
        guard end - start <= room else {
            throw fault(.limit, "the data of an attachment has more than \(limits.text) bytes", at: start + room)
        }
        attachedText.append(chunk.extracting(start..<end))
        copied = end
        guard end < chunk.count else { return end }
        do {
            let text = try JSONString.resolved(attachedText.span)
            if !text.isEmpty { events.append(.bytes(text)) }
        } catch {
            throw fault(.malformed, "the data of an attachment \(error.what)", at: end - attachedText.count + error.offset)
        }
        attachedText = []
        events.append(.ends)
        state = .comma
        return end + 1
    }

    /// Keeps the chunk's bytes up to this one.
    private mutating func copy(_ chunk: Span<UInt8>, to end: Int) {
        if state != .finished { document.append(chunk.extracting(copied..<end)) }
        copied = end
    }

    /// Asked before anything behind these bytes can be a fault, so that it does not depend on the chunks which fault is told.
    private func needRoom(to end: Int) throws(Refusal) {
        guard state != .finished, document.count + end - copied > limits.document else { return }
        throw fault(
            .limit, "the document has more than \(limits.document) bytes besides its attachments",
            at: copied + limits.document - document.count)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 10 || byte == 13 }

    /// The bytes of numbers, `true`, `false` and `null`.
    private static func isScalar(_ byte: UInt8) -> Bool { ASCII.isAlphanumeric(byte) || "+-.".utf8.contains(byte) }

    private func fault(_ cause: Refusal.Cause, _ what: String, at position: Int) -> Refusal {
        let remedy =
            switch cause {
            case .truncated: "send it again"
            case .limit: "make it smaller"
            default: "publish with npm, pnpm or yarn"
            }
        let attachment = open.count >= 3 && open[1].role == .attachments ? filenames.last : nil
        let place = attachment.map { "attachment \(String(decoding: $0, as: UTF8.self)), " } ?? ""
        return Refusal(cause, what, at: place + "byte \(consumed + position)", remedy: remedy)
    }
}
