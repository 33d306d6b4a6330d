/// A value of a document that carries data: what JSON and TOML have in common.
package enum DataValue: Equatable, Sendable {
    /// Only in JSON.
    case null
    case bool(Bool)
    /// JSON: as it is written. TOML: integers in decimal, between -2^63 and 2^63 - 1; floats without underscores and plus sign; `inf`, `-inf`, `nan`.
    case number(String)
    case string(String)
    /// A date, a time or both, as it is written. Only in TOML.
    case date(String)
    case array([DataValue])
    /// An object of JSON, a table of TOML: its members in the order in which their names come first, each name once.
    case object([DataMember])
}

/// A name and its value.
package struct DataMember: Equatable, Sendable {
    package var name: String
    package var value: DataValue

    package init(_ name: String, _ value: DataValue) {
        self.name = name
        self.value = value
    }
}

/// What a value is when it is of the type that is asked for; nil when it is of another one.
extension DataValue {
    package var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }

    /// A number without fraction and exponent that fits 64 bits.
    package var integer: Int? { if case .number(let text) = self { Int(text) } else { nil } }

    /// A number as its text.
    package var number: String? { if case .number(let text) = self { text } else { nil } }

    package var string: String? { if case .string(let text) = self { text } else { nil } }

    package var array: [DataValue]? { if case .array(let elements) = self { elements } else { nil } }

    package var object: [DataMember]? { if case .object(let members) = self { members } else { nil } }

    package var isNull: Bool { self == .null }

    /// The value of an object's member, found by the bytes of its name in as many steps as there are members.
    package subscript(name: String) -> DataValue? {
        object?.first { NameIndex.areEqual($0.name, name) }?.value
    }
}
