/// A piece of an XML document, in document order. Comments and processing instructions are left out.
package enum XMLEvent: Equatable, Sendable {
    /// An element begins. Its attributes stand in document order; declarations of namespaces are not among them.
    case start(XMLName, [XMLAttribute])
    /// All text between two tags, CDATA sections with it and references resolved; UTF-8, never empty, white space kept.
    case text([UInt8])
    case end(XMLName)
}

/// A name with its namespace resolved: prefixes are their author's affair.
package struct XMLName: Hashable, Sendable {
    /// A URI; empty where there is none.
    package var namespace: String
    package var local: String

    package init(_ local: String, in namespace: String = "") {
        self.local = local
        self.namespace = namespace
    }
}

package struct XMLAttribute: Equatable, Sendable {
    package var name: XMLName
    package var value: String

    package init(_ name: XMLName, _ value: String) {
        self.name = name
        self.value = value
    }
}
