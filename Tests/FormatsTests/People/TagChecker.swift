/// Whether HTML of ours is what it should be: known elements only, closed in order, attributes as we write them, and nothing else that a
/// browser could take for markup.
enum TagChecker {
    static let readme: Set<String> = [
        "h3", "h4", "h5", "p", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "code", "em", "strong", "del", "table",
        "thead",
        "tbody", "tr", "th", "td", "hr", "br", "a", "span",
    ]
    private static let lone: Set<String> = ["hr", "br", "line", "rect", "path"]
    private static let references = ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"]

    /// What is wrong first; nil if nothing is.
    static func fault(in html: [UInt8], elements: Set<String> = readme) -> String? {
        guard String(validating: html, as: UTF8.self) != nil else { return "is not UTF-8" }
        var open: [String] = []
        var i = 0
        while i < html.count {
            switch html[i] {
            case UInt8(ascii: "<"):
                guard let end = html[i...].firstIndex(of: UInt8(ascii: ">")) else { return "a tag has no end" }
                let tag = String(decoding: html[(i + 1)..<end], as: UTF8.self)
                if let fault = look(at: tag, &open, elements) { return "<\(tag)>: \(fault)" }
                i = end
            case UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"): return "a sign is not escaped at \(i)"
            case UInt8(ascii: "&"):
                guard references.contains(where: { html[i...].starts(with: $0.utf8) }) else {
                    return "a reference is not ours at \(i)"
                }
            case 0..<9, 11..<32, 127: return "a control character at \(i)"
            default: break
            }
            i += 1
        }
        return open.isEmpty ? nil : "\(open) are not closed"
    }

    private static func look(at tag: String, _ open: inout [String], _ elements: Set<String>) -> String? {
        if tag.hasPrefix("/") {
            return open.popLast() == String(tag.dropFirst()) ? nil : "closes another element"
        }
        let isEmpty = tag.hasSuffix("/")
        let name = String(tag.prefix { $0 != " " && $0 != "/" })
        guard elements.contains(name) else { return "is not an element of ours" }
        let attributes = (isEmpty ? tag.dropLast() : tag[...]).dropFirst(name.count)
        if name == "a" {
            let address = attributes.dropFirst(" href=\"".count).prefix { $0 != "\"" }
            guard attributes == " href=\"\(address)\" rel=\"nofollow noopener ugc\"",
                ["https://", "http://", "mailto:"].contains(where: { address.lowercased().hasPrefix($0) })
            else { return "is not a link of ours" }
        } else if elements == readme {
            let known = [
                "", " scope=\"col\"", " scope=\"col\" class=\"num\"", " class=\"num\"", " class=\"odd\"", " class=\"note\"",
            ]
            let isStart = attributes.hasPrefix(" start=\"") && attributes.dropFirst(8).dropLast().allSatisfy(\.isNumber)
            guard known.contains(String(attributes)) || isStart else { return "has other attributes" }
        }
        if !isEmpty, !lone.contains(name) { open.append(name) }
        return nil
    }
}

/// Numbers that look random and are the same in each run (SplitMix64).
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
