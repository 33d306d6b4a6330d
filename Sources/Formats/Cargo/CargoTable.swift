/// A table of Cargo.toml, read member by member as cargo reads it.
struct CargoTable {
    let members: [DataMember]
    /// Where it is, for messages: `package`, `dependencies.serde`.
    let place: String

    static let remedy = "correct it and package the crate again with cargo package"

    init(_ members: [DataMember], at place: String) {
        self.members = members
        self.place = place
    }

    /// - Throws: where the value is not a table.
    init(_ value: DataValue, at place: String) throws(Refusal) {
        guard let members = value.object else { throw Self.refusal(.malformed, "a table is expected", at: place) }
        self.init(members, at: place)
    }

    static func refusal(_ cause: Refusal.Cause, _ what: String, at place: String, remedy: String = remedy) -> Refusal {
        Refusal(cause, what, at: "Cargo.toml, \(place)", remedy: remedy)
    }

    func refusal(_ cause: Refusal.Cause, _ what: String, _ key: String = "", remedy: String = remedy) -> Refusal {
        Self.refusal(cause, what, at: place(of: key), remedy: remedy)
    }

    func place(of key: String) -> String { key.isEmpty ? place : place.isEmpty ? key : "\(place).\(key)" }

    /// The value of a key, which may be written with `_` for `-`, but not both ways at once.
    func value(_ key: String) throws(Refusal) -> DataValue? {
        guard key.utf8.contains(UInt8(ascii: "-")) else { return plain(key) }
        let former = String(decoding: key.utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
        guard let value = plain(key) else { return plain(former) }
        guard plain(former) == nil else {
            throw refusal(.ambiguous, "both '\(key)' and '\(former)' are there, and cargo reads one of them", key)
        }
        return value
    }

    func text(_ key: String) throws(Refusal) -> String? {
        guard let value = try value(key) else { return nil }
        guard let text = value.string else {
            guard value["workspace"] == nil else { throw inherited(key) }
            throw refusal(.malformed, "a text is expected", key)
        }
        return text
    }

    func flag(_ key: String) throws(Refusal) -> Bool? {
        guard let value = try value(key) else { return nil }
        guard let flag = value.bool else { throw refusal(.malformed, "true or false is expected", key) }
        return flag
    }

    func texts(_ key: String) throws(Refusal) -> [String]? {
        guard let value = try value(key) else { return nil }
        guard value["workspace"] == nil else { throw inherited(key) }
        return try Self.texts(value, at: place(of: key))
    }

    static func texts(_ value: DataValue, at place: String) throws(Refusal) -> [String] {
        guard let elements = value.array else { throw refusal(.malformed, "a list of texts is expected", at: place) }
        var texts: [String] = []
        for element in elements {
            guard let text = element.string else { throw refusal(.malformed, "a list of texts is expected", at: place) }
            texts.append(text)
        }
        return texts
    }

    func table(_ key: String) throws(Refusal) -> CargoTable? {
        guard let value = try value(key) else { return nil }
        return try CargoTable(value, at: place(of: key))
    }

    func inherited(_ key: String = "") -> Refusal {
        refusal(
            .unsupported, "the value is inherited from a workspace that is not in the crate", key,
            remedy: "package the crate with cargo package, which writes such values out")
    }

    private func plain(_ key: String) -> DataValue? { members.first { NameIndex.areEqual($0.name, key) }?.value }
}
