/// Where a file is public below `OWNER/TYPE/`: names with `/` between them, vetted when it is made.
///
/// Ecosystems have rules of their own for names and versions, in words that their users know. The rules here come last, and hold for every
/// type: whatever a package says of itself, its path stays in its repository, is read in one way only, and can be a file's.
package struct PublicPath: Hashable, Sendable {
    package let text: String

    /// Bytes of a name, as common file systems have it.
    package static let nameLimit = 255
    /// Bytes of the path. `PATH_MAX` is 4,096, and stands for the whole of it.
    package static let lengthLimit = 2_048

    /// - Throws: `.placement`.
    package init(_ text: String) throws(Refusal) {
        if let fault = Self.fault(in: text) {
            throw Refusal(
                .placement, "the path that it would be published at \(fault)", at: ASCII.line(String(text.prefix(200))),
                remedy: "publish it under another name or version")
        }
        self.text = text
    }

    /// What is wrong with a path, as a clause; nil: nothing.
    package static func fault(in text: String) -> String? {
        if text.utf8.count > lengthLimit { return "has more than \(lengthLimit) bytes" }
        var text = text
        if let fault = text.withUTF8(fault) { return fault }
        // The page for people.
        if text == "index.html" || text.hasPrefix("index.html/") { return "is the repository's page" }
        return nil
    }

    private static func fault(in bytes: UnsafeBufferPointer<UInt8>) -> String? {
        if bytes.contains(where: ASCII.isControl) { return "holds a control character" }
        let dot = UInt8(ascii: "."), slash = UInt8(ascii: "/")
        var start = 0
        for end in 0...bytes.count where end == bytes.count || bytes[end] == slash {
            switch end - start {
            case 0: return "has a name without a character"
            case 1 where bytes[start] == dot: return "leads to another folder"
            case 2 where bytes[start] == dot && bytes[start + 1] == dot: return "leads to another folder"
            case let count where count > nameLimit: return "has a name of more than \(nameLimit) bytes"
            default: start = end + 1
            }
        }
        return nil
    }
}
