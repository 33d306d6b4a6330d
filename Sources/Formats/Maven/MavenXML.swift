/// The texts of an XML document of Maven's, by the elements that they stand in.
///
/// Elements count by their local names, if they are in the namespace of the root (POMs are in one, metadata and plugin descriptors hardly
/// ever). What stands in other namespaces is their authors' affair.
struct MavenXML {
    /// In document order: `project/parent/version` and its text without blanks around it.
    private var texts: [(path: String, text: String)] = []
    private let subject: String
    let namespace: String

    /// - Parameters:
    ///   - root: the root element's name.
    ///   - longest: bytes of a document.
    ///   - wanted: whether the text of an element counts, by its path. An element whose text counts has no others in it.
    ///   - noted: the same for what is nobody's fault: one with others in it counts as empty, where the first of them begins.
    init(
        _ bytes: Span<UInt8>, of subject: String, root: String, longest: Int, within budget: Budget,
        wanted: (String) -> Bool, noted: (String) -> Bool = { _ in false }
    ) throws(Refusal) {
        self.subject = subject
        guard bytes.count <= longest else {
            throw Refusal(
                .limit, "\(subject) has more than \(longest >> 20) MiB", at: "byte \(longest)", remedy: "make it smaller")
        }
        var namespace: String?
        var path: [String] = []
        var depth = 0
        var text: [UInt8]?
        var isNoted = false
        var texts: [(path: String, text: String)] = []
        try XMLReader.read(bytes, of: subject, within: budget) { event throws(Refusal) in
            switch event {
            case .start(let name, _):
                depth += 1
                if namespace == nil {
                    guard name.local == root else {
                        throw Refusal(
                            .malformed, "\(subject) begins with the element '\(name.local)' and not with '\(root)'",
                            remedy: "send what Maven writes")
                    }
                    namespace = name.namespace
                }
                if text != nil, isNoted {
                    texts.append((path.joined(separator: "/"), ""))
                    text = nil
                }
                if text != nil {
                    throw Refusal(
                        .malformed, "\(subject) has the element '\(name.local)' where there is a text only",
                        at: path.joined(separator: "/"), remedy: "correct it")
                }
                // Below an element of another namespace nothing counts.
                guard path.count == depth - 1, name.namespace == namespace else { return }
                path.append(name.local)
                let place = path.joined(separator: "/")
                let isWanted = wanted(place)
                isNoted = !isWanted && noted(place)
                if isWanted || isNoted { text = [] }
            case .text(let bytes): if path.count == depth, text != nil { text?.append(contentsOf: bytes) }
            case .end:
                if path.count == depth {
                    if let whole = text {
                        texts.append((path.joined(separator: "/"), Self.trimmed(whole)))
                        text = nil
                    }
                    path.removeLast()
                }
                depth -= 1
            }
        }
        self.namespace = namespace ?? ""
        self.texts = texts
    }

    private static func trimmed(_ bytes: [UInt8]) -> String {
        let isBlank: (UInt8) -> Bool = { $0 <= 32 }
        var bytes = bytes.drop(while: isBlank)
        while bytes.last.map(isBlank) == true { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The text of an element that may be there once; nil where it is missing or empty.
    ///
    /// - Throws: `.ambiguous` for one that is there twice: readers take the first, the last or none.
    func text(_ path: String) throws(Refusal) -> String? {
        var found: String?
        for (place, text) in texts where place == path {
            guard found == nil else {
                throw Refusal(.ambiguous, "\(subject) has the element '\(path)' twice", at: path, remedy: "write it once")
            }
            found = text
        }
        return found?.isEmpty == true ? nil : found
    }

    /// The texts of an element that may be there any number of times.
    func all(_ path: String) -> [String] { texts.filter { $0.path == path && !$0.text.isEmpty }.map(\.text) }

    /// Paths and texts of all that is below one of these elements, in document order.
    func entries(below paths: [String]) -> [(path: String, text: String)] {
        texts.filter { entry in paths.contains { entry.path.utf8.starts(with: $0.utf8) } }
    }

    /// Names and texts of the elements directly in another one; of those of one name the last.
    func members(of path: String) -> [String: String] {
        var members: [String: String] = [:]
        for (place, text) in texts where place.hasPrefix("\(path)/") { members[String(place.dropFirst(path.count + 1))] = text }
        return members
    }
}
