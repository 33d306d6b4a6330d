/// Compiles one template. Every byte is looked at a fixed number of times, except that a block looks ahead for its first line with text.
struct TemplateParser {
    let text: [UInt8]
    var position: Int
    /// What begins and ends a tag.
    var delimiters = (open: Array("{{".utf8), close: Array("}}".utf8))
    private var steps: [Template.Step] = []
    private var enclosing: [Enclosing] = []

    /// Nothing that is rendered has been found on the line: only blanks, and tags that leave no trace.
    private var isFresh = true
    /// The blanks that a fresh line begins with, without what is taken from the lines of a block.
    private var blanks = 0..<0
    /// All of them, counted.
    private var indentation = 0
    /// How many blanks are taken from each line: a block is indented as the place is where it goes.
    private var taken = 0

    /// What has begun and not ended.
    private struct Enclosing {
        var tag: TemplateTag
        var step: Int
        var isStandalone: Bool
        /// What was `taken` before it.
        var taken: Int
    }

    init(_ text: [UInt8]) {
        self.text = text
        position = text.starts(with: "\u{FEFF}".utf8) ? 3 : 0
        readBlanks()
    }

    mutating func parsed() throws(TemplateFault) -> [Template.Step] {
        while position < text.count {
            let start = position
            while position < text.count, text[position] != UInt8(ascii: "\n"), !has(delimiters.open, at: position) {
                position += 1
            }
            show(start..<position)
            guard position < text.count else { break }
            if text[position] == UInt8(ascii: "\n") {
                begin()
                show(position..<position + 1)
                position += 1
                readBlanks()
            } else {
                try compile(try tag())
            }
        }
        if let last = enclosing.last {
            throw fault(
                "\(shown(last.tag)) has no end", at: last.tag.offset, remedy: "write \(ending(last.tag.name)) where it ends")
        }
        if !blanks.isEmpty { begin() }
        return steps
    }

    private mutating func compile(_ tag: TemplateTag) throws(TemplateFault) {
        if let parent = enclosing.last, parent.tag.kind == .parent, !Self.isAllowedInParents(tag.kind) {
            throw fault(
                "\(shown(tag)) stands in \(shown(parent.tag)) outside of any block", at: tag.offset,
                remedy: "put it into a block: {{$name}}…{{/name}}")
        }
        let isStandalone = isFresh && tag.kind.mayStandAlone && isLineBlank(from: position)
        switch tag.kind {
        case .value, .raw:
            begin()
            steps.append(.value(try path(tag), isEscaped: tag.kind == .value))
        case .comment, .delimiters:
            if !isStandalone { begin() }
        case .section, .inverted:
            if !isStandalone { begin() }
            try open(tag, isStandalone)
            let path = try path(tag)
            steps.append(tag.kind == .section ? .section(path, end: 0) : .inverted(path, end: 0))
        case .partial:
            if !isStandalone { begin() }
            steps.append(.partial(tag.name, indentation: isStandalone ? blanks : nil))
        case .parent:
            // Its own lines are what comes next.
            try open(tag, isStandalone)
            steps.append(.parent(tag.name, indentation: isFresh ? blanks : nil, end: 0))
            blanks = position..<position
        case .block:
            try block(tag, isStandalone)
        case .end:
            try close(tag, isStandalone)
        }
        if isStandalone { endLine() }
    }

    private mutating func block(_ tag: TemplateTag, _ isStandalone: Bool) throws(TemplateFault) {
        let isDefinition = enclosing.last?.tag.kind == .parent
        var around = position..<position
        var leading = taken
        if isStandalone {
            // As deep as its first line.
            let first = firstLine(from: position)
            leading = first.count
            around = min(first.lowerBound + taken, first.upperBound)..<first.upperBound
        } else if isFresh {
            leading = indentation
            around = blanks
            if !isDefinition { begin() }
        }
        if isDefinition { blanks = position..<position }
        try open(tag, isStandalone)
        taken = leading
        steps.append(.block(tag.name, indentation: around, end: 0))
    }

    private mutating func open(_ tag: TemplateTag, _ isStandalone: Bool) throws(TemplateFault) {
        guard enclosing.count < Template.deepest else {
            throw fault(
                "\(shown(tag)) is nested more than \(Template.deepest) deep", at: tag.offset,
                remedy: "move a part of it into a partial")
        }
        enclosing.append(Enclosing(tag: tag, step: steps.count, isStandalone: isStandalone, taken: taken))
    }

    private mutating func close(_ tag: TemplateTag, _ isStandalone: Bool) throws(TemplateFault) {
        guard let last = enclosing.popLast() else {
            throw fault("\(shown(tag)) ends nothing", at: tag.offset, remedy: "remove it, or begin what it ends")
        }
        guard last.tag.name == tag.name else {
            throw fault(
                "\(shown(tag)) stands where \(shown(last.tag)) must end first", at: tag.offset,
                remedy: "write \(ending(last.tag.name)) before it")
        }
        if !isStandalone {
            if last.tag.kind == .parent {
                isFresh = false
            } else if isFresh, last.tag.kind == .block, last.isStandalone {
                // Nothing of this line is a line of the block.
                blanks = position..<position
            } else {
                begin()
            }
        }
        let end = steps.count
        switch steps[last.step] {
        case .section(let path, _): steps[last.step] = .section(path, end: end)
        case .inverted(let path, _): steps[last.step] = .inverted(path, end: end)
        case .parent(let name, let indentation, _): steps[last.step] = .parent(name, indentation: indentation, end: end)
        case .block(let name, let indentation, _): steps[last.step] = .block(name, indentation: indentation, end: end)
        default: break
        }
        taken = last.taken
    }

    /// Text directly within a parent is never shown.
    private var isShown: Bool { enclosing.last?.tag.kind != .parent }

    /// From here on something of the line is rendered.
    private mutating func begin() {
        guard isFresh else { return }
        isFresh = false
        guard isShown else { return }
        steps.append(.line)
        show(blanks)
    }

    private mutating func show(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        begin()
        guard isShown else { return }
        if case .text(let before) = steps.last, before.upperBound == range.lowerBound {
            steps[steps.count - 1] = .text(before.lowerBound..<range.upperBound)
        } else {
            steps.append(.text(range))
        }
    }

    private mutating func readBlanks() {
        let start = position
        while position < text.count, Self.isBlank(text[position]) { position += 1 }
        indentation = position - start
        blanks = start + min(taken, indentation)..<position
        isFresh = true
    }

    /// Nothing but blanks is left of the line.
    private func isLineBlank(from start: Int) -> Bool {
        var end = start
        while end < text.count, Self.isBlank(text[end]) { end += 1 }
        return end == text.count || text[end] == UInt8(ascii: "\n") || has([13, 10], at: end)
    }

    /// Leaves the rest of the line out, which is blank.
    private mutating func endLine() {
        while position < text.count, text[position] != UInt8(ascii: "\n") { position += 1 }
        position = min(position + 1, text.count)
        readBlanks()
    }

    /// The blanks of the next line that has more than blanks.
    private func firstLine(from start: Int) -> Range<Int> {
        var next = start
        while let end = text[next...].firstIndex(of: UInt8(ascii: "\n")) {
            next = end + 1
            if isLineBlank(from: next) { continue }
            return next..<(text[next...].firstIndex { !Self.isBlank($0) } ?? text.count)
        }
        return text.count..<text.count
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private static func isAllowedInParents(_ kind: TemplateTag.Kind) -> Bool {
        switch kind {
        case .block, .comment, .delimiters, .end: true
        default: false
        }
    }
}
