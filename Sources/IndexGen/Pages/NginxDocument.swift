internal import Formats

/// nginx's part of one `DocumentChoice`: an address that is a folder, too, is answered with one of the files in it.
struct NginxDocument {
    let choice: DocumentChoice
    /// The path segment of its type.
    let type: String
    /// What the site's variables begin with.
    let site: String
    /// The variable that holds the name of the file for a request.
    let variable: String

    private var repository: String { "^/_indexgen/public/[^/]+/\(type)" }

    private static func escaped(_ text: String) -> String { text.replacing(".", with: "\\.") }

    private var isOneForAll: Bool { choice.variants.count == 1 }

    /// Which file an `Accept` chooses; nil where there is one for everybody.
    var accept: String? {
        if isOneForAll { return nil }
        let asked = choice.variants.compactMap { variant in
            variant.mediaRange.map { "    \"~*\($0)\" \(variant.file);\n" }
        }
        return """
            map $http_accept \(variable) {
                default \(choice.variants[choice.variants.count - 1].file);
            \(asked.joined())}
            """
    }

    /// What caches must know that an answer depends on; a line of a map. Nil where that is nothing.
    var vary: String? {
        if isOneForAll { return nil }
        let files = choice.variants.map { Self.escaped($0.file) }.joined(separator: "|")
        return "    \"~\(repository)/.+/(?:\(files))$\" \"Accept, Accept-Encoding\";"
    }

    /// Inside the location of the public folder.
    var locations: String {
        var lines = ["# \(choice.remark)"]
        for variant in choice.variants {
            lines.append(
                "location ~ \"\(repository)/.+/\(Self.escaped(variant.file))$\" "
                    + "{ types { } default_type \(variant.type); gzip_static on; }")
        }
        lines += [
            "location ~ \"\(repository)/(?:\(choice.paths))/?$\" {",
            // Named: what chooses the file is an expression with captures of its own.
            "    rewrite \"^(?<\(site.dropFirst())_folder>.*[^/])/?$\" "
                + "\(site)_folder/\(isOneForAll ? choice.variants[0].file : variable) last;",
            "}",
        ]
        return lines.map { "        \($0)" }.joined(separator: "\n")
    }
}
