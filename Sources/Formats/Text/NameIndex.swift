/// The names of one object or table, each once.
///
/// Names are compared by their bytes: to Swift, texts are equal that are written with other code points ("é" as one and as two), to
/// JSON and TOML they are not.
struct NameIndex: Sendable {
    private struct Key: Hashable {
        var name: String

        static func == (a: Key, b: Key) -> Bool { NameIndex.areEqual(a.name, b.name) }

        func hash(into hasher: inout Hasher) {
            var name = name
            name.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        }
    }

    private(set) var names: [String] = []
    /// Only when there are more names than are quickly looked through.
    private var positions: [Key: Int] = [:]

    private static let few = 16

    /// Where in `names` it is.
    func position(of name: String) -> Int? {
        if positions.isEmpty { return names.firstIndex { Self.areEqual($0, name) } }
        return positions[Key(name: name)]
    }

    /// Whether the name is new; it is the last one then.
    mutating func insert(_ name: String) -> Bool {
        guard position(of: name) == nil else { return false }
        names.append(name)
        if !positions.isEmpty {
            positions[Key(name: name)] = names.count - 1
        } else if names.count > Self.few {
            for (position, name) in names.enumerated() { positions[Key(name: name)] = position }
        }
        return true
    }

    static func areEqual(_ a: String, _ b: String) -> Bool { a.utf8.count == b.utf8.count && a.utf8.elementsEqual(b.utf8) }
}
