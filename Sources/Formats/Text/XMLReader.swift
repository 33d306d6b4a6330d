internal import CLibXML2

/// Reads XML documents that strangers send (a POM, a nuspec, comps): libxml2 parses, and nothing of it that reaches out of the document
/// is ever on.
///
/// A document type declaration is refused, and with it entities, external subsets and default attributes; of entities only the
/// five that XML predefines (and numeric references) are read. There is no network, no XInclude, no validation, no recovery. What libxml2
/// would pay dearly for (very many attributes or namespaces) is refused before or while it reads. Encodings: `XMLEncoding`.
/// Keeps no state between documents; may be called from any thread.
package enum XMLReader {
    /// Bounds that the budget does not have, far above what known documents need.
    enum Limits {
        /// Attributes of one element. libxml2 2.9 compares each with each.
        static let attributes = 256
        /// Bytes of one tag, from `<` to `>`.
        static let tagBytes = 1 << 20
        /// Namespaces declared by an element and those around it.
        static let namespaces = 64
    }

    /// - Parameters:
    ///   - bytes: one whole document; `budget.memberBytes` at most.
    ///   - subject: what messages call it: `hello.nuspec`.
    ///   - budget: bounds the bytes and the depth of elements, and says when time is up.
    ///   - handle: is given the events in order. What it throws ends the reading.
    /// - Throws: a `Refusal` with line and column, also for a fault far behind: events that were given by then belong to no document.
    package static func read(
        _ bytes: Span<UInt8>, of subject: String, within budget: Budget, _ handle: (XMLEvent) throws(Refusal) -> Void
    ) throws(Refusal) {
        guard bytes.count <= min(budget.memberBytes, Int(Int32.max)) else {
            throw Refusal(
                .limit, "\(subject) has \(bytes.count) bytes, more than limits.member_bytes (\(budget.memberBytes))",
                remedy: "make it smaller, or raise the limit in indexgen.yaml")
        }
        let text = try XMLEncoding.utf8(bytes, of: subject)
        try XMLMarkup(text, of: subject).check()
        let refusal = withoutActuallyEscaping(handle) { handle in
            let parse = XMLParse(subject: subject, budget: budget, handle: handle)
            return parse.run(text)
        }
        if let refusal { throw refusal }
    }

    /// libxml2's tables are made once, before any thread needs them.
    fileprivate static let isReady: Bool = {
        xmlInitParser()
        return true
    }()
}

/// One run of libxml2's parser, and what its callbacks keep.
private final class XMLParse {
    private let subject: String
    private let budget: Budget
    private let handle: (XMLEvent) throws(Refusal) -> Void
    private var context: xmlParserCtxtPtr?
    private var refusal: Refusal?
    private var text: [UInt8] = []
    /// How many namespaces each open element declares.
    private var open: [Int] = []
    private var namespaces = 0
    private var turn = 0

    init(subject: String, budget: Budget, handle: @escaping (XMLEvent) throws(Refusal) -> Void) {
        self.subject = subject
        self.budget = budget
        self.handle = handle
    }

    /// Why the document is not taken; nil when it was read to its end.
    func run(_ bytes: [UInt8]) -> Refusal? {
        guard XMLReader.isReady,
            let context = bytes.withUnsafeBytes({ buffer in
                xmlCreateMemoryParserCtxt(buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(buffer.count))
            })
        else { return fault(.truncated, "is empty", line: 1, column: 1) }
        defer { xmlFreeParserCtxt(context) }
        self.context = context
        // The bytes are UTF-8 by now, whatever the declaration says.
        _ = xmlCtxtUseOptions(context, Int32(XML_PARSE_NONET.rawValue | XML_PARSE_IGNORE_ENC.rawValue))
        context.pointee.sax.pointee = Self.callbacks()
        context.pointee.userData = Unmanaged.passUnretained(self).toOpaque()
        let status = xmlParseDocument(context)
        defer { context.pointee.userData = nil }
        if let refusal { return refusal }
        guard status != 0 || context.pointee.wellFormed == 0 || context.pointee.nsWellFormed == 0 else { return nil }
        return explained(context)
    }

    private func explained(_ context: xmlParserCtxtPtr) -> Refusal {
        guard let error = xmlCtxtGetLastError(context) else {
            return fault(.malformed, "is not well-formed", line: 1, column: 1)
        }
        let code = xmlParserErrors(rawValue: UInt32(clamping: error.pointee.code))
        let isCut = [
            XML_ERR_DOCUMENT_EMPTY, XML_ERR_DOCUMENT_END, XML_ERR_TAG_NOT_FINISHED, XML_ERR_GT_REQUIRED,
            XML_ERR_COMMENT_NOT_FINISHED,
            XML_ERR_CDATA_NOT_FINISHED, XML_ERR_PI_NOT_FINISHED, XML_ERR_ATTRIBUTE_NOT_FINISHED,
        ].contains(code)
        // Its words quote the document.
        let words = error.pointee.message.map { String(cString: $0) } ?? "not well-formed"
        let line = String(ASCII.line(words).prefix(200)).trimmingBlanks
        return fault(
            isCut ? .truncated : .malformed, "cannot be read as XML: \(line)", line: error.pointee.line,
            column: error.pointee.int2)
    }

    private func fault(_ cause: Refusal.Cause, _ what: String, line: Int32, column: Int32) -> Refusal {
        Refusal(
            cause, "\(subject) \(what)", at: "line \(max(line, 1)), column \(max(column, 1))",
            remedy: cause == .truncated ? "send it whole" : "correct it and build the package again")
    }

    // MARK: Callbacks

    private static func callbacks() -> xmlSAXHandler {
        var handler = xmlSAXHandler()
        handler.initialized = UInt32(XML_SAX2_MAGIC)
        handler.startElementNs = { state, name, _, uri, declared, _, count, _, attributes in
            XMLParse.of(state)?.start(name, uri, Int(declared), attributes, count: Int(count))
        }
        handler.endElementNs = { state, name, _, uri in XMLParse.of(state)?.end(name, uri) }
        handler.characters = { state, bytes, count in XMLParse.of(state)?.characters(bytes, Int(count)) }
        handler.cdataBlock = { state, bytes, count in XMLParse.of(state)?.characters(bytes, Int(count)) }
        // `XMLMarkup` refuses these before; should it ever miss one, nothing of it is read.
        handler.internalSubset = { state, _, _, _ in XMLParse.of(state)?.refuseType() }
        handler.externalSubset = { state, _, _, _ in XMLParse.of(state)?.refuseType() }
        return handler
    }

    private static func of(_ state: UnsafeMutableRawPointer?) -> XMLParse? {
        state.map { Unmanaged<XMLParse>.fromOpaque($0).takeUnretainedValue() }
    }

    private func start(
        _ name: UnsafePointer<UInt8>?, _ uri: UnsafePointer<UInt8>?, _ declared: Int,
        _ attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, count: Int
    ) {
        guard refusal == nil else { return }
        open.append(declared)
        namespaces += declared
        guard open.count <= budget.depth else {
            return stop(.limit, "nests its elements deeper than limits.depth (\(budget.depth))")
        }
        guard namespaces <= XMLReader.Limits.namespaces else {
            return stop(.limit, "declares more than \(XMLReader.Limits.namespaces) namespaces around one element")
        }
        var list: [XMLAttribute] = []
        list.reserveCapacity(count)
        for index in 0..<count {
            // Local name, prefix, URI, and where the value begins and ends.
            guard let attributes, let local = attributes[index * 5], let begin = attributes[index * 5 + 3],
                let end = attributes[index * 5 + 4]
            else { continue }
            let value = Self.value(UnsafeBufferPointer(start: begin, count: end - begin))
            list.append(XMLAttribute(Self.name(local, attributes[index * 5 + 2]), value))
        }
        give(.start(Self.name(name, uri), list))
    }

    /// libxml2 leaves each ampersand of an attribute as `&#38;` while it is not told to replace entities, which it never is here.
    private static func value(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        guard bytes.contains(UInt8(ascii: "&")) else { return String(decoding: bytes, as: UTF8.self) }
        var value: [UInt8] = []
        value.reserveCapacity(bytes.count)
        var at = 0
        while at < bytes.count {
            value.append(bytes[at])
            let isReference = bytes[at] == UInt8(ascii: "&") && bytes[(at + 1)...].starts(with: "#38;".utf8)
            at += isReference ? 5 : 1
        }
        return String(decoding: value, as: UTF8.self)
    }

    private func end(_ name: UnsafePointer<UInt8>?, _ uri: UnsafePointer<UInt8>?) {
        guard refusal == nil else { return }
        namespaces -= open.popLast() ?? 0
        give(.end(Self.name(name, uri)))
    }

    private func characters(_ bytes: UnsafePointer<UInt8>?, _ count: Int) {
        guard refusal == nil, let bytes else { return }
        text.append(contentsOf: UnsafeBufferPointer(start: bytes, count: count))
    }

    private func refuseType() { stop(.unsupported, XMLMarkup.typeDeclaration) }

    private static func name(_ local: UnsafePointer<UInt8>?, _ uri: UnsafePointer<UInt8>?) -> XMLName {
        XMLName(local.map { String(cString: $0) } ?? "", in: uri.map { String(cString: $0) } ?? "")
    }

    private func give(_ event: XMLEvent) {
        do throws(Refusal) {
            turn += 1
            try budget.deadline.check(subject, turn: turn, at: "line \(line)")
            if !text.isEmpty {
                let whole = text
                text = []
                try handle(.text(whole))
            }
            try handle(event)
        } catch {
            refusal = error
            xmlStopParser(context)
        }
    }

    private func stop(_ cause: Refusal.Cause, _ what: String) {
        refusal = fault(cause, what, line: Int32(clamping: line), column: Int32(clamping: xmlSAX2GetColumnNumber(context)))
        xmlStopParser(context)
    }

    private var line: Int { Int(xmlSAX2GetLineNumber(context)) }
}

extension String {
    /// Without blanks at its end.
    fileprivate var trimmingBlanks: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
