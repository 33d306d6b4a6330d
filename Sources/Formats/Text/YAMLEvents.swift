internal import CYaml

/// What libyaml finds in a text, piece by piece. Every call into libyaml is here.
package struct YAMLEvents: ~Copyable {
    /// libyaml keeps a pointer to its parser, so the parser needs a fixed address; and one to the text.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let text: UnsafeMutableBufferPointer<UInt8>

    /// - Parameter isUTF8: the text is UTF-8. Otherwise a byte order mark may say that it is UTF-16.
    /// - Throws: a `YAMLFault` when no memory is left.
    package init(_ bytes: [UInt8], isUTF8: Bool) throws(YAMLFault) {
        parser = .allocate(capacity: 1)
        // libyaml asserts that the text has an address; an empty one may have none.
        text = .allocate(capacity: max(bytes.count, 1))
        _ = text.initialize(from: bytes)
        guard yaml_parser_initialize(parser) == 1 else {
            text.deallocate()
            parser.deallocate()
            throw YAMLFault(cause: .memory, problem: "no memory is left", line: 0, column: 0)
        }
        if isUTF8 { yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING) }
        yaml_parser_set_input_string(parser, text.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        text.deallocate()
        parser.deallocate()
    }

    /// The next piece; `.end` for ever once the stream has ended.
    package mutating func next() throws(YAMLFault) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw fault() }
        defer { yaml_event_delete(&event) }
        var found = YAMLEvent(
            kind: .other, line: Int(clamping: event.start_mark.line), column: Int(clamping: event.start_mark.column))
        switch event.type {
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            found.kind = .scalar
            found.anchor = Self.bytes(scalar.anchor)
            found.bytes = Array(UnsafeBufferPointer(start: scalar.value, count: scalar.length))
            found.tag = Self.bytes(scalar.tag).map { String(decoding: $0, as: UTF8.self) }
            found.isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
        case YAML_SEQUENCE_START_EVENT:
            found.kind = .sequence
            found.anchor = Self.bytes(event.data.sequence_start.anchor)
        case YAML_MAPPING_START_EVENT:
            found.kind = .mapping
            found.anchor = Self.bytes(event.data.mapping_start.anchor)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: found.kind = .close
        case YAML_ALIAS_EVENT:
            found.kind = .alias
            found.anchor = Self.bytes(event.data.alias.anchor)
        case YAML_DOCUMENT_START_EVENT: found.kind = .document
        case YAML_DOCUMENT_END_EVENT: found.kind = .documentEnd
        case YAML_STREAM_END_EVENT, YAML_NO_EVENT: found.kind = .end
        default: break
        }
        return found
    }

    private func fault() -> YAMLFault {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "it cannot be read"
        let cause: YAMLFault.Cause =
            switch parser.pointee.error {
            case YAML_MEMORY_ERROR: .memory
            case YAML_READER_ERROR: .character(Unicode.Scalar(UInt32(truncatingIfNeeded: parser.pointee.problem_value)))
            // libyaml 0.2.5 has a bound of its own, and no number for that fault.
            default: problem.hasPrefix("Maximum nesting level") ? .depth : .grammar
            }
        let mark = parser.pointee.problem_mark
        return YAMLFault(cause: cause, problem: problem, line: Int(clamping: mark.line), column: Int(clamping: mark.column))
    }

    private static func bytes(_ start: UnsafeMutablePointer<UInt8>?) -> [UInt8]? {
        guard let start else { return nil }
        var length = 0
        while start[length] != 0 { length += 1 }
        return Array(UnsafeBufferPointer(start: start, count: length))
    }
}

/// One piece of a YAML stream.
package struct YAMLEvent: Sendable {
    package enum Kind: Sendable {
        case scalar, alias
        /// What is in it follows, up to its `close`.
        case sequence, mapping
        case close
        case document, documentEnd
        /// Of the stream.
        case end
        case other
    }

    package var kind: Kind
    /// Where it begins, both from 0; columns count characters (Unicode scalars).
    package var line: Int
    package var column: Int
    /// The anchor it sets, or the one that an alias names.
    package var anchor: [UInt8]?
    /// The tag of a scalar that has one, written out: `tag:yaml.org,2002:str`.
    package var tag: String?
    /// The text of a scalar: UTF-8.
    package var bytes: [UInt8] = []
    /// A scalar without quotes, in the line.
    package var isPlain = false

    init(kind: Kind, line: Int, column: Int) {
        self.kind = kind
        self.line = line
        self.column = column
    }
}

/// Why a text is not YAML.
package struct YAMLFault: Error {
    package enum Cause: Equatable, Sendable {
        case memory
        /// A character that no YAML text has; the place is not known then. Nil for bytes that are not a character.
        case character(Unicode.Scalar?)
        case depth
        case grammar
    }

    package var cause: Cause
    /// In libyaml's words.
    package var problem: String
    /// Both from 0; columns count characters.
    package var line: Int
    package var column: Int
}
