/// What a sender said in the fields of a form, beside the file: names and values in the order in which they came. Names may repeat,
/// and the fields may come before or after the file.
package struct Form: Equatable, Sendable {
    package struct Field: Equatable, Sendable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package var fields: [Field]

    package init(_ fields: [Field] = []) { self.fields = fields }

    /// The value of a field that may be there once; nil when it is missing.
    ///
    /// - Throws: `.ambiguous` when it is there twice with different values: two readers could take either.
    package func value(_ name: String) throws(Refusal) -> String? {
        var value: String?
        for field in fields where field.name == name {
            guard value == nil || value == field.value else {
                throw Refusal(.ambiguous, "the form has the field \(name) twice", remedy: "send it once")
            }
            value = field.value
        }
        return value
    }
}
