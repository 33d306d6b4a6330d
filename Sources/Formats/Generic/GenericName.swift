/// The three parts of a generic file's path, vetted: what nobody checks but the registry, since such a file says nothing of
/// itself.
///
/// Characters: Gitea's for names and versions (letters, digits and `.`, `_`, `+`, `-`), and `~` besides for versions and files.
struct GenericName: Equatable {
    var package: String
    var version: String
    var filename: String

    /// Bytes of a package's name.
    static let longestPackage = 128
    /// Bytes of a version, and of a file's name: what a folder's entry may have.
    static let longestEntry = 255

    /// - Throws: a `.placement` refusal that says which part cannot be one of a path, and why.
    init(_ upload: Upload) throws(Refusal) {
        package = try Self.coordinate(.package, upload.coordinates["package"])
        version = try Self.coordinate(.version, upload.coordinates["version"])
        filename = try Self.vetted(.file, upload.filename)
    }

    /// `NAME/VERSION/FILE`, without a folder of its own for a file that took another's place.
    var path: String { "\(package)/\(version)/\(filename)" }

    /// Two spellings that a file system without case could not tell apart are one.
    var identity: String { ASCII.lowered(path) }

    private enum Part: String {
        case package, version
        case file = "file name"

        var characters: String { self == .package ? "._+-" : "._+~-" }
        var longest: Int { self == .package ? longestPackage : longestEntry }
        /// What is not to be published under, in small letters: documents of this program lie there.
        var taken: Set<String> {
            switch self {
            case .package: ["index.html", "index.json", "repository.key"]
            case .version: ["index.html", "index.json", "latest"]
            case .file: ["index.html", "index.json", "sha256sums", "sha256sums.asc", "sha256sums.gpg"]
            }
        }
    }

    private static func coordinate(_ part: Part, _ text: String?) throws(Refusal) -> String {
        guard let text, !text.isEmpty else {
            throw Refusal(
                .placement, "a generic file does not say what it belongs to, and no \(part.rawValue) was given",
                at: part.rawValue,
                remedy: "say --package NAME --version VERSION, or send it to NAME/VERSION/FILE")
        }
        return try vetted(part, text)
    }

    private static func vetted(_ part: Part, _ text: String) throws(Refusal) -> String {
        func refusal(_ what: String, _ remedy: String) -> Refusal {
            Refusal(.placement, "the \(part.rawValue) \(what)", at: part.rawValue, remedy: remedy)
        }
        let bytes = Array(text.utf8)
        let characters = part.characters
        let remedy = "use letters, digits and \(characters.map(String.init).joined(separator: " "))"
        if bytes.isEmpty { throw refusal("is empty", "send the file under a name of its own") }
        guard bytes.count <= part.longest else {
            throw refusal("has \(bytes.count) bytes, more than \(part.longest)", "shorten it")
        }
        if text == "." || text == ".." {
            throw refusal("'\(text)' means a folder of the path and is not a name", remedy)
        }
        for byte in bytes where !ASCII.isAlphanumeric(byte) && !characters.utf8.contains(byte) {
            throw refusal(fault(of: byte, in: text), remedy)
        }
        if bytes[0] == UInt8(ascii: ".") {
            throw refusal("'\(text)' begins with a dot, and web servers keep such files to themselves", "leave out the dot")
        }
        if bytes[0] == UInt8(ascii: "-") {
            throw refusal("'\(text)' begins with a dash, and commands take that for an option", "leave out the dash")
        }
        if part.taken.contains(ASCII.lowered(text)) {
            let use =
                part == .version && ASCII.lowered(text) == "latest"
                ? "which leads to the newest version" : "which is one of the repository's own documents"
            throw refusal("'\(text)' has a name that is taken, \(use)", "choose another name")
        }
        if part == .file, bytes.count == 16, Hex.bytes(bytes[...]) != nil {
            // `Upload.generation`: the folder of a file that took another's place.
            throw refusal(
                "'\(text)' is 16 hexadecimal digits, as the folders of replaced files are named", "put an ending behind it")
        }
        return text
    }

    private static func fault(of byte: UInt8, in text: String) -> String {
        switch byte {
        case UInt8(ascii: "/"): return "'\(text)' has a slash, which would be one more folder"
        case UInt8(ascii: "\\"): return "'\(text)' has a backslash, which is a separator elsewhere"
        case UInt8(ascii: "%"): return "'\(text)' has a percent sign, which addresses cannot tell from an escape"
        case 32: return "'\(text)' has a blank"
        case 0..<32, 127: return "'\(text)' has a control character (byte \(byte))"
        case 128...: return "'\(text)' has a character that is not ASCII, which systems spell in several ways"
        default: return "'\(text)' has the character '\(String(UnicodeScalar(byte)))', which cannot be used"
        }
    }
}
