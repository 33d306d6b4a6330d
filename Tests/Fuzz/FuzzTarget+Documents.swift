@testable import Formats

/// Documents that carry data.
extension FuzzTarget {
    static let documents = [
        FuzzTarget("json") { (bytes) throws(BrokenPromise) in
            let value = try read { (budget) throws(Refusal) in try JSONReader.read(bytes.span, of: "it", within: budget) }
            guard let value else { return false }
            try checkNames(value)
            var writer = JSONWriter()
            try write(value, to: &writer)
            let again = Result { () throws(Refusal) in try JSONReader.read(writer.bytes.span, of: "it", within: Budget()) }
            try promise((try? again.get()) == value, "a value is read otherwise than it was written: \(again)")
            return true
        },
        FuzzTarget("toml") { (bytes) throws(BrokenPromise) in
            let value = try read { (budget) throws(Refusal) in try TOMLReader.read(bytes.span, of: "it", within: budget) }
            guard let value else { return false }
            try promise(value.object != nil, "a document that is not a table")
            try checkNames(value)
            return true
        },
    ]

    /// Each name of an object leads to its own value.
    private static func checkNames(_ value: DataValue) throws(BrokenPromise) {
        for member in value.object ?? [] {
            let found = value.object?.count { Array($0.name.utf8) == Array(member.name.utf8) }
            try promise(found == 1, "a name twice: \(member.name.debugDescription)")
            try checkNames(member.value)
        }
        for element in value.array ?? [] { try checkNames(element) }
    }

    private static func write(_ value: DataValue, to writer: inout JSONWriter) throws(BrokenPromise) {
        switch value {
        case .null: writer.null()
        case .bool(let flag): writer.value(flag)
        case .number(let text): writer.raw([UInt8](text))
        case .string(let text): writer.value(text)
        case .date: throw BrokenPromise("a date in JSON")
        case .array(let elements):
            writer.beginArray()
            for element in elements { try write(element, to: &writer) }
            writer.endArray()
        case .object(let members):
            writer.beginObject()
            for member in members {
                writer.key(member.name)
                try write(member.value, to: &writer)
            }
            writer.endObject()
        }
    }
}
