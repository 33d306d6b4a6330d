internal import Formats

/// Makes nodes of what libyaml finds in `indexgen.yaml`. The file has one document; merge keys and the tags of types mean nothing.
struct SettingsNodeReader: ~Copyable {
    /// Lists and mappings within one another.
    static let deepest = 64
    /// Values and keys, each alias counting as much as what it stands for.
    static let most = 250_000

    private let file: String
    private let text: [UInt8]
    private var events: YAMLEvents
    private var anchors: [[UInt8]: (node: SettingsNode, weight: Int, height: Int)] = [:]
    private var count = 0
    /// Lists and mappings within one another in the last node.
    private var height = 0

    /// The root of the document, or nil in a file without one.
    ///
    /// - Throws: a `SettingsError`, also for a key that is set twice in one mapping.
    static func root(of text: [UInt8], named file: String) throws(SettingsError) -> SettingsNode? {
        do {
            var reader = SettingsNodeReader(file: file, text: text, events: try YAMLEvents(text, isUTF8: true))
            return try reader.root()
        } catch let fault as SettingsError {
            throw fault
        } catch {
            throw SettingsError(file: file, line: 1, column: 1, message: "\(error)")
        }
    }

    private mutating func root() throws(SettingsError) -> SettingsNode? {
        var root: SettingsNode?
        while true {
            let event = try next()
            switch event.kind {
            case .document where root != nil: throw error(event, "but found another document")
            case .document: root = try node(next(), depth: 0)
            case .end: return root
            default: break
            }
        }
    }

    private mutating func node(_ event: YAMLEvent, depth: Int) throws(SettingsError) -> SettingsNode {
        let before = count
        count += 1
        var node = SettingsNode(content: .sequence([]), line: event.line + 1, column: event.column + 1)
        var tallest = 0
        switch event.kind {
        case .alias:
            guard let anchor = event.anchor, let known = anchors[anchor] else { throw error(event, "found undefined alias") }
            count = before + known.weight
            height = known.height
            try check(event, depth)
            return known.node
        case .sequence:
            try check(event, depth + 1)
            var items: [SettingsNode] = []
            var event = try next()
            while event.kind != .close {
                items.append(try self.node(event, depth: depth + 1))
                tallest = max(tallest, height)
                event = try next()
            }
            node.content = .sequence(items)
        case .mapping:
            try check(event, depth + 1)
            var members: [(key: SettingsNode, value: SettingsNode)] = []
            var event = try next()
            while event.kind != .close {
                let key = try self.node(event, depth: depth + 1)
                tallest = max(tallest, height)
                members.append((key, try self.node(next(), depth: depth + 1)))
                tallest = max(tallest, height)
                event = try next()
            }
            try checkUnique(members)
            node.content = .mapping(members)
        default:
            height = 0
            try check(event, depth)
            node.content = .scalar(String(decoding: event.bytes, as: UTF8.self), isPlain: event.isPlain)
            if let anchor = event.anchor { anchors[anchor] = (node, 1, 0) }
            return node
        }
        height = tallest + 1
        if let anchor = event.anchor { anchors[anchor] = (node, count - before, height) }
        return node
    }

    private func check(_ event: YAMLEvent, _ depth: Int) throws(SettingsError) {
        guard count <= Self.most else {
            throw error(event, "there are more than \(Self.most) values, what aliases stand for among them; write fewer")
        }
        guard depth + (event.kind == .alias ? height : 0) <= Self.deepest else {
            throw error(event, "lists and mappings are nested more than \(Self.deepest) deep; nest fewer")
        }
    }

    /// Names the first in the order of names, where it is set first.
    private func checkUnique(_ members: [(key: SettingsNode, value: SettingsNode)]) throws(SettingsError) {
        var places: [String: SettingsNode] = [:]
        var twice: (name: String, node: SettingsNode)?
        for (key, _) in members {
            guard let name = key.scalar?.string else { continue }
            if let first = places[name] {
                if twice.map({ name < $0.name }) ?? true { twice = (name, first) }
            } else {
                places[name] = key
            }
        }
        guard let twice else { return }
        throw SettingsError(
            file: file, line: twice.node.line, column: twice.node.column,
            message: "the key '\(twice.name)' is set twice; keep one")
    }

    private mutating func next() throws(SettingsError) -> YAMLEvent {
        do {
            return try events.next()
        } catch {
            switch error.cause {
            case .character(let character): throw unreadable(error.problem, character)
            case .memory: throw SettingsError(file: file, line: 1, column: 1, message: "no memory is left to read it; try again")
            case .depth, .grammar:
                throw SettingsError(file: file, line: error.line + 1, column: error.column + 1, message: error.problem)
            }
        }
    }

    private func error(_ event: YAMLEvent, _ message: String) -> SettingsError {
        SettingsError(file: file, line: event.line + 1, column: event.column + 1, message: message)
    }

    /// libyaml says no line; but it is about the first character of its kind.
    private func unreadable(_ problem: String, _ character: Unicode.Scalar?) -> SettingsError {
        let before = String(decoding: text, as: UTF8.self).unicodeScalars.prefix { $0 != character }
        let lines = before.split(separator: "\n", omittingEmptySubsequences: false)
        let code = character.map { "U+" + String($0.value, radix: 16, uppercase: true) } ?? "a character"
        return SettingsError(
            file: file, line: lines.count, column: (lines.last?.count ?? 0) + 1, message: "\(code): \(problem)")
    }
}
