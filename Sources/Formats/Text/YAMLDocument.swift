/// A YAML value, its scalars resolved as Go's YAML library (v2, the one below helm) resolves them: YAML 1.1 words, Go numbers.
indirect enum YAMLNode: Equatable, Sendable {
    case null
    case bool(Bool)
    /// In decimal. Between -2^63 and 2^64 - 1.
    case integer(String)
    case real(Double)
    case text(String)
    case sequence([YAMLNode])
    /// Keys are unique by their bytes; order of first appearance.
    case mapping([YAMLMember])
}

/// One key and value of a mapping. Keys that are not strings appear as Go prints them (`y:` becomes `true`).
struct YAMLMember: Equatable, Sendable {
    var key: String
    var value: YAMLNode

    init(_ key: String, _ value: YAMLNode) {
        self.key = key
        self.value = value
    }
}

/// Reads the first document of a YAML stream. libyaml scans it; the tree is composed here, without recursion.
///
/// Of equal keys in one mapping the last wins, as in helm; a merge key (`<<`) sets its keys where it stands. Bounded: nesting by
/// `budget.depth`, also through aliases; nodes by `nodeLimit`, each alias counting as much as what it stands for. Refused besides
/// YAML errors: keys that are null, sequences or mappings, an alias inside its own anchor, `!!binary`.
struct YAMLDocument {
    /// Nodes of one document, aliases expanded; 64 bytes of text count as one more.
    static let nodeLimit = 250_000

    /// The first document's value; null for an empty stream. `subject` names the text in refusals.
    static func read(_ bytes: [UInt8], subject: String, within budget: Budget) throws(Refusal) -> YAMLNode {
        // Before anything is allocated for it.
        guard !bytes.isEmpty else { return .null }
        var composer = YAMLDocument(subject: subject, budget: budget)
        return try composer.compose(bytes)
    }

    /// A finished node and what an alias to it costs.
    private struct Composed {
        var node: YAMLNode
        /// 0 for a scalar.
        var height = 0
        var weight = 1
        /// A plain `<<`, which is a merge key where a key stands.
        var isMerge = false
    }

    /// A sequence or mapping that is still open.
    private struct Frame {
        var isMapping: Bool
        var anchor: [UInt8]?
        var line: Int
        var items: [YAMLNode] = []
        var members: [YAMLMember] = []
        var positions: [[UInt8]: Int] = [:]
        var key: Composed?
        var height = 0
        /// What was spent before it was opened.
        var spentBefore: Int

        mutating func set(_ key: String, _ value: YAMLNode) {
            let bytes = Array(key.utf8)
            if let position = positions[bytes] {
                members[position].value = value
            } else {
                positions[bytes] = members.count
                members.append(YAMLMember(key, value))
            }
        }
    }

    private let subject: String
    private let depth: Int
    private let deadline: Deadline
    /// Events that were read.
    private var count = 0
    private var frames: [Frame] = []
    private var anchors: [[UInt8]: Composed] = [:]
    private var spent = 0
    private var line = 0
    private var root: YAMLNode?

    private init(subject: String, budget: Budget) {
        self.subject = subject
        depth = budget.depth
        deadline = budget.deadline
    }

    private mutating func compose(_ bytes: [UInt8]) throws(Refusal) -> YAMLNode {
        var events: YAMLEvents
        do {
            events = try YAMLEvents(bytes, isUTF8: false)
        } catch {
            throw Refusal(.limit, "no memory is left to read \(subject)", remedy: "try again")
        }
        while true {
            let event: YAMLEvent
            do {
                event = try events.next()
            } catch {
                line = error.line
                if error.cause == .depth { throw tooDeep() }
                throw refusal(error.cause == .memory ? .limit : .malformed, "is not valid YAML: \(error.problem)")
            }
            line = event.line
            count += 1
            try deadline.check(subject, turn: count, at: "line \(line + 1)")
            switch event.kind {
            case .scalar: try scalar(event)
            case .sequence, .mapping: try open(event)
            case .close: try close()
            case .alias:
                guard let target = anchors[event.anchor ?? []] else {
                    throw refusal(.malformed, "has an alias without an anchor before it")
                }
                try spend(target.weight)
                try add(target)
            // Go reads the first document of a stream and no further.
            case .documentEnd, .end: return root ?? .null
            case .document, .other: break
            }
        }
    }

    private mutating func scalar(_ event: YAMLEvent) throws(Refusal) {
        let bytes = event.bytes
        let weight = 1 + bytes.count / 64
        try spend(weight)
        var composed = Composed(node: .text(String(decoding: bytes, as: UTF8.self)), weight: weight)
        let core = "tag:yaml.org,2002:"
        switch event.tag {
        case nil where event.isPlain:
            if bytes == Array("<<".utf8) { composed.isMerge = true } else { composed.node = YAMLResolution.resolve(bytes) }
        case nil, "!", core + "str": break
        case core + "merge": composed.isMerge = true
        case core + "binary": throw refusal(.unsupported, "holds binary data")
        case core + "null", core + "bool", core + "int", core + "float":
            composed.node = try tagged(event.tag ?? "", YAMLResolution.resolve(bytes))
        // Other tags, dates among them, leave the text alone.
        default: break
        }
        try add(composed, anchor: event.anchor)
    }

    /// A value whose type was written out must be of that type; only an integer is also a number with a fraction.
    private func tagged(_ tag: String, _ node: YAMLNode) throws(Refusal) -> YAMLNode {
        switch (tag.utf8.last, node) {
        case (UInt8(ascii: "l"), .null), (UInt8(ascii: "l"), .bool), (UInt8(ascii: "t"), .real): break
        case (UInt8(ascii: "t"), .integer(let digits)):
            if tag.hasSuffix("float"), let number = Double(digits) { return .real(number) }
        default: throw refusal(.malformed, "has a value that does not fit its tag \(tag)")
        }
        return node
    }

    private mutating func open(_ event: YAMLEvent) throws(Refusal) {
        guard frames.count < depth else { throw tooDeep() }
        frames.append(Frame(isMapping: event.kind == .mapping, anchor: event.anchor, line: line, spentBefore: spent))
        if let anchor = event.anchor { anchors[anchor] = nil }
        try spend(1)
    }

    private mutating func close() throws(Refusal) {
        guard let frame = frames.popLast() else { return }
        let composed = Composed(
            node: frame.isMapping ? .mapping(frame.members) : .sequence(frame.items), height: frame.height + 1,
            weight: spent - frame.spentBefore)
        if let anchor = frame.anchor { anchors[anchor] = composed }
        try add(composed)
    }

    private mutating func add(_ composed: Composed, anchor: [UInt8]? = nil) throws(Refusal) {
        if let anchor { anchors[anchor] = composed }
        guard frames.count + composed.height <= depth else { throw tooDeep() }
        guard var frame = frames.popLast() else {
            root = composed.isMerge ? .text("<<") : composed.node
            return
        }
        frame.height = max(frame.height, composed.height)
        if !frame.isMapping {
            frame.items.append(composed.node)
        } else if let key = frame.key {
            frame.key = nil
            if key.isMerge {
                try merge(composed.node, into: &frame)
            } else {
                frame.set(try self.key(key.node), composed.node)
            }
        } else {
            frame.key = composed
        }
        frames.append(frame)
    }

    /// A merge sets its keys at once: it overrides what stands before it and is overridden by what follows. Of several sources the
    /// first has precedence.
    private func merge(_ source: YAMLNode, into frame: inout Frame) throws(Refusal) {
        switch source {
        case .mapping(let members):
            for member in members { frame.set(member.key, member.value) }
        case .sequence(let sources):
            for source in sources.reversed() {
                guard case .mapping(let members) = source else { throw refusal(.malformed, "merges what is not a mapping") }
                for member in members { frame.set(member.key, member.value) }
            }
        default: throw refusal(.malformed, "merges what is not a mapping")
        }
    }

    private func key(_ node: YAMLNode) throws(Refusal) -> String {
        switch node {
        case .text(let text): return text
        case .integer(let digits): return digits
        case .bool(let flag): return flag ? "true" : "false"
        case .real(let number) where number.isFinite: return YAMLResolution.goText(number)
        case .null, .real, .sequence, .mapping: throw refusal(.malformed, "has a key that is not a text")
        }
    }

    private mutating func spend(_ weight: Int) throws(Refusal) {
        spent += weight
        guard spent <= Self.nodeLimit else {
            throw refusal(.limit, "has more than \(Self.nodeLimit) nodes, its aliases expanded")
        }
    }

    private func tooDeep() -> Refusal { refusal(.limit, "is nested deeper than \(depth) levels") }

    private func refusal(_ cause: Refusal.Cause, _ clause: String) -> Refusal {
        Refusal(cause, "\(subject) \(clause)", at: "line \(line + 1)", remedy: "correct the file and package it again")
    }
}
