/// Reads a `multipart/form-data` body (RFC 7578; RFC 2046, section 5.1) as it arrives, in chunks of any size and in constant memory.
///
/// `read` is called with each chunk and tells what is in it; `finish` at the body's end. Stricter than the RFC where two readers could see
/// different forms: lines end in CRLF, header lines are not folded, a delimiter line holds nothing but the delimiter, and nothing
/// that looks like a delimiter follows the closing one.
package struct MultipartReader: EnvelopeReader {
    /// How much of everything a body may hold. The content of files is not limited here: it is not kept here.
    package struct Limits: Sendable {
        package var parts = 4_096
        /// Of one part, in bytes.
        package var header = 16 << 10
        /// Contents of all parts without a file name together, in bytes.
        package var text = 16 << 20
        /// What may stand before the first delimiter and after the last one, in bytes; it is ignored.
        package var surroundings = 16 << 10

        package init() {}
    }

    private enum State { case preamble, delimiter, header, content, epilogue }
    /// Where in the line that a delimiter begins.
    private enum Tail { case start, dash, padding, carriageReturn }

    private let limits: Limits
    private let search: DelimiterSearch
    private var state = State.preamble
    private var tail = Tail.start
    private var isClosed = false
    /// How much of the delimiter the last chunk ended with. The body begins as if a line had ended before it.
    private var matched = 2
    /// How many of these bytes were no content: the end of the line before.
    private var borrowed = 2
    private var header: [UInt8] = []
    private var isFile = false
    private var parts = 0
    private var textBytes = 0
    private var surroundingBytes = 0
    /// Bytes of the chunks before.
    private var consumed = 0

    /// - Parameter contentType: the request's header field, which names the boundary.
    package init(contentType: String, limits: Limits = Limits()) throws(Refusal) {
        self.limits = limits
        search = DelimiterSearch(Array("\r\n--".utf8) + (try MultipartHeader.boundary(contentType)))
    }

    package mutating func read(_ chunk: Span<UInt8>) throws(Refusal) -> [EnvelopeEvent] {
        var events: [EnvelopeEvent] = []
        var position = 0
        while position < chunk.count {
            switch state {
            case .preamble, .content, .epilogue: position = try scan(chunk, from: position, &events)
            case .delimiter:
                try readDelimiter(chunk[position], at: position, &events)
                position += 1
            case .header:
                try readHeader(chunk[position], at: position, &events)
                position += 1
            }
        }
        consumed += chunk.count
        return events
    }

    package func finish() throws(Refusal) {
        if isClosed { return }
        guard parts > 0 || state != .preamble else {
            throw Refusal(
                .malformed, "the body has no line with the boundary that its Content-Type names", at: "byte \(consumed)",
                remedy: Self.remedy)
        }
        throw fault(.truncated, "the form ends before its closing boundary", at: 0, remedy: "send it again")
    }

    // MARK: Content, and what surrounds the form

    /// - Returns: where to go on.
    private mutating func scan(_ chunk: Span<UInt8>, from start: Int, _ events: inout [EnvelopeEvent]) throws(Refusal) -> Int {
        if matched > 0 {
            let length = search.matchingPrefix(of: chunk, from: start, after: matched)
            if matched + length == search.delimiter.count {
                try meetDelimiter(at: start, &events)
                return start + length
            }
            if start + length == chunk.count {
                matched += length
                return chunk.count
            }
            // It could have been the begin of a delimiter, and is none. No other one begins in it: only the first byte of a delimiter is a
            // carriage return.
            if matched > borrowed {
                let held = Array(search.delimiter[borrowed..<matched])
                if try isContent(held.count, at: start) { events.append(.bytes(held)) }
            }
            (matched, borrowed) = (0, 0)
        }
        let end = search.next(in: chunk, from: start)
        if end > start, try isContent(end - start, at: start) { events.append(.content(start..<end)) }
        guard end + search.delimiter.count <= chunk.count else {
            matched = chunk.count - end
            return chunk.count
        }
        try meetDelimiter(at: end, &events)
        return end + search.delimiter.count
    }

    /// Whether bytes belong to a part; counts them where there is a limit.
    private mutating func isContent(_ count: Int, at position: Int) throws(Refusal) -> Bool {
        guard state == .content else {
            surroundingBytes += count
            guard surroundingBytes <= limits.surroundings else {
                throw fault(.limit, "more than \(limits.surroundings) bytes outside of the form's parts", at: position)
            }
            return false
        }
        if isFile { return true }
        textBytes += count
        guard textBytes <= limits.text else {
            throw fault(
                .limit, "the form's fields hold more than \(limits.text) bytes", at: position,
                remedy: "send files with a file name, as curl -F 'field=@file' does")
        }
        return true
    }

    private mutating func meetDelimiter(at position: Int, _ events: inout [EnvelopeEvent]) throws(Refusal) {
        guard state != .epilogue else { throw fault(.ambiguous, "a boundary after the closing boundary", at: position) }
        if state == .content { events.append(.ends) }
        (matched, borrowed) = (0, 0)
        state = .delimiter
        tail = .start
    }

    // MARK: The rest of a delimiter's line

    private mutating func readDelimiter(_ byte: UInt8, at position: Int, _ events: inout [EnvelopeEvent]) throws(Refusal) {
        switch (tail, byte) {
        case (.start, UInt8(ascii: "-")): tail = .dash
        case (.dash, UInt8(ascii: "-")):
            tail = .padding
            isClosed = true
            events.append(.finished)
        case (.start, 32), (.start, 9), (.padding, 32), (.padding, 9):
            tail = .padding
            _ = try isContent(1, at: position)
        case (.start, 13), (.padding, 13): tail = .carriageReturn
        case (.carriageReturn, 10):
            if isClosed { beginScan(.epilogue) } else { try beginPart(at: position) }
        default:
            throw fault(.ambiguous, "something else than the boundary in the line of a boundary", at: position)
        }
    }

    private mutating func beginPart(at position: Int) throws(Refusal) {
        parts += 1
        guard parts <= limits.parts else { throw fault(.limit, "more than \(limits.parts) parts", at: position) }
        state = .header
        header.removeAll(keepingCapacity: true)
    }

    /// The line that has just ended counts as the begin of a delimiter: a part may be empty.
    private mutating func beginScan(_ state: State) {
        self.state = state
        (matched, borrowed) = (2, 2)
    }

    // MARK: Headers

    private mutating func readHeader(_ byte: UInt8, at position: Int, _ events: inout [EnvelopeEvent]) throws(Refusal) {
        header.append(byte)
        guard header.count <= limits.header else {
            throw fault(.limit, "the header of a part is longer than \(limits.header) bytes", at: position)
        }
        guard byte == 10, header.count == 2 ? header[0] == 13 : header.suffix(4).elementsEqual([13, 10, 13, 10]) else { return }
        let part: EnvelopePart
        do {
            part = try MultipartHeader.part(header)
        } catch {
            throw error.inside(place(position))
        }
        isFile = part.filename != nil
        events.append(.begins(part))
        beginScan(.content)
    }

    // MARK: Faults

    static let remedy = "send the form with a tool that writes multipart/form-data: curl -F, twine, uv"

    private func place(_ position: Int) -> String { (parts > 0 ? "part \(parts), " : "") + "byte \(consumed + position)" }

    private func fault(_ cause: Refusal.Cause, _ what: String, at position: Int, remedy: String = remedy) -> Refusal {
        Refusal(cause, what, at: place(position), remedy: remedy)
    }
}
