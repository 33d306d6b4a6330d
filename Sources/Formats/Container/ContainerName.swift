/// Names of images, and tags (OCI Distribution Specification 1.1, "Pulling manifests").
enum ContainerName {
    /// Bytes of `OWNER/IMAGE`. Clients have room for 255 with the host in front; the specification knows of that, and files have
    /// no more.
    static let limit = 255
    /// Characters of a tag.
    static let tagLimit = 128
    /// What stands behind a name in addresses, and so cannot be in one.
    static let taken: Set<String> = ["blobs", "manifests", "tags", "uploads", "referrers", "_catalog"]

    /// Where faults of names and of tags are, in refusals: `ContainerDialect` has a code for each.
    static let place = "the image's name"
    static let tagPlace = "the tag"

    /// What is wrong with an image's name, as a clause; nil: nothing. `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`, several of these with
    /// `/` between them.
    static func fault(in name: String, of owner: String) -> String? {
        if name.isEmpty { return "is missing" }
        if owner.utf8.count + 1 + name.utf8.count > limit { return "has, with its owner's, more than \(limit) characters" }
        for component in name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            let text = String(decoding: component, as: UTF8.self)
            if taken.contains(text) { return "has the part '\(text)', which stands behind names in addresses" }
            if !isComponent(component) {
                return "has a part that is not small letters and digits, with one '.', one or two '_', or dashes between them"
            }
        }
        // The page for people has this address.
        if name == "index.html" || name.hasPrefix("index.html/") {
            return "begins with index.html, the name of the repository's page"
        }
        return nil
    }

    /// - Throws: `.placement`, at `place`.
    static func check(_ name: String, of owner: String) throws(Refusal) {
        guard let fault = fault(in: name, of: owner) else { return }
        let shown = name.isEmpty ? "" : " '\(ASCII.line(String(name.prefix(100))))'"
        throw Refusal(
            .placement, "the image's name\(shown) \(fault)", at: place,
            remedy: name.isEmpty ? "say --image NAME, such as app or team/app" : "choose another, such as app or team/app")
    }

    private static func isComponent(_ bytes: Substring.UTF8View.SubSequence) -> Bool { matches(Array(bytes)) }

    /// Whether a part of a name is one: also whether docker can name an owner.
    static func matches(_ component: [UInt8]) -> Bool {
        func isWord(_ byte: UInt8) -> Bool { ASCII.isLower(byte) || ASCII.isDigit(byte) }
        guard let first = component.first, let last = component.last, isWord(first), isWord(last) else { return false }
        var index = 0
        while index < component.count {
            if isWord(component[index]) {
                index += 1
                continue
            }
            let separator = component[index]
            let start = index
            while index < component.count, component[index] == separator { index += 1 }
            switch separator {
            case UInt8(ascii: "-"): break
            case UInt8(ascii: "."): guard index - start == 1 else { return false }
            case UInt8(ascii: "_"): guard index - start <= 2 else { return false }
            default: return false
            }
            // Another separator is not a word.
            guard index < component.count, isWord(component[index]) else { return false }
        }
        return true
    }

    /// `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`. So no tag can be taken for a digest, which has a colon.
    static func isTag(_ text: String) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, bytes.count <= tagLimit, ASCII.isAlphanumeric(first) || first == UInt8(ascii: "_") else {
            return false
        }
        return bytes.allSatisfy {
            ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
        }
    }

    /// What is wrong with a mark that is a tag, as a sentence; nil: nothing.
    static func fault(inTag tag: String, value: String) -> String? {
        if !isTag(tag) { return "'\(ASCII.line(String(tag.prefix(100))))' is not a tag: \(rule)" }
        if !value.isEmpty, ContainerDigest.parse(value) == nil {
            return "a tag stands for the digest of a manifest, such as sha256: and 64 hexadecimal digits"
        }
        return nil
    }

    static let rule = "letters, digits, '_', '.' and '-', up to \(tagLimit), and neither '.' nor '-' at the front"
}
