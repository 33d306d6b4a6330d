internal import Formats

/// nginx's part of one `FolderChoice`: one URL, several files. An address is answered from `/_indexgen/VARIANT/…`, which nobody can ask
/// for from outside.
struct NginxChoice {
    let choice: FolderChoice
    /// The path segment of its type.
    let type: String
    /// What the site's variables begin with.
    let site: String
    /// The variable that holds the variant of a request.
    let variable: String
    /// Below `/_indexgen/`: where names are mended.
    let workshop: String

    private var variants: [FolderChoice.Variant] { choice.variants }
    private var pages: String { "^/_indexgen/public/[0-9A-Za-z._-]+/\(type)/\(choice.folder)" }

    private static func escaped(_ text: String) -> String { text.replacing(".", with: "\\.") }

    // MARK: Maps

    /// Which variant an `Accept` chooses.
    var accept: String {
        let asked = variants.compactMap { variant in variant.mediaRange.map { (variant, $0) } }
        let refusals = asked.filter(\.0.canBeRefused).map { _, range in
            "    \"~*\(range)\\s*;\\s*q=0(?:\\.0*)?\\s*(?:,|$)\" \(choice.standard.name);\n"
        }
        let choices = asked.map { variant, range in "    \"~*\(range)\" \(variant.name);\n" }
        return """
            # \(choice.rule)
            map $http_accept \(variable) {
                default \(choice.standard.name);
            \((refusals + choices).joined())}
            """
    }

    /// What caches must know that an answer depends on; lines of a map.
    var vary: String {
        let names = variants.reversed().map(\.name).joined(separator: "|")
        let typed = variants.filter(\.keepsType).map { variant in
            "\n    \"~^/_indexgen/public/[^/]+/\(type)/\(choice.folder)/(?:[^/]+/)?index\\.\(variant.ending)$\" Accept-Encoding;"
        }
        return "    \"~^/_indexgen/(?:\(names))/\" \"Accept, Accept-Encoding\";" + typed.joined()
    }

    // MARK: Locations

    /// Inside the location of the public folder.
    ///
    /// A redirect consists of what names are made of, and nothing else: `$uri` is decoded, and a line end in it would become a header.
    var locations: String {
        let typed = variants.filter(\.keepsType)
        let endings = Set(variants.flatMap { [$0.ending, $0.ending + ".gz"] }).subtracting(typed.map(\.ending)).sorted()
        let files = endings.map(Self.escaped).joined(separator: "|")
        var lines = ["# \(choice.remark)"]
        for variant in typed {
            lines += [
                "location ~ \"\(pages)/(?:[^/]+/)?index\\.\(variant.ending)$\" {",
                "    types { }",
                "    default_type \(variant.type);",
                "    gzip_static on;",
                "}",
            ]
        }
        lines.append("location ~ \"\(pages)/(?:[^/]+/)?index\\.(?:\(files))$\" { }")
        if let spelling = choice.spelling {
            lines += [
                "# \(spelling.remark)",
                "location ~ \"\(pages)/\(spelling.mendable)/?$\" {",
                "    rewrite \"^/_indexgen/public(/.*[^/])/?$\" /_indexgen/\(workshop)$1 last;",
                "}",
            ]
        }
        lines += [
            "location ~ \"\(pages)(?:/[\(choice.names)]+)?$\" { return 301 \(site)_base\(site)_path/; }",
            "location ~ \"\(pages)/(?:[^/]+/)?$\" { rewrite ^ /_indexgen/\(variable)\(site)_path last; }",
        ]
        return lines.map { "        \($0)" }.joined(separator: "\n")
    }

    /// Beside the location of the public folder.
    ///
    /// - Parameters:
    ///   - root: the public folder, for the inside of quotes.
    ///   - passwords: lines that have readers of private owners asked for theirs.
    func variantLocations(root: String, passwords: String) -> String {
        variants.map { variant in
            """
                location ^~ /_indexgen/\(variant.name)/ {
                    internal;
                    alias "\(root)/";
                    index index.\(variant.ending);
                    types { }
                    default_type \(variant.type);
                    gzip_static on;\(passwords)
                }
            """
        }.joined(separator: "\n")
    }

    /// Redirects to the one spelling of a name; nil where there is only one. nginx has no function for small letters: each line changes
    /// one letter, and the location is entered again until there are none.
    var mending: String? {
        guard let spelling = choice.spelling else { return nil }
        let letters = (UInt8(ascii: "A")...UInt8(ascii: "Z")).map { letter in
            let capital = String(decoding: [letter], as: UTF8.self)
            return "        rewrite \"^(.*/[^/]*)\(capital)([^/]*)$\" $1\(ASCII.lowered(capital))$2;\n"
        }
        let dashes = String(
            repeating: "        rewrite \"^(.*/[^/]*?)(?:[_.][-_.]*|-[-_.]+)([^/]*)$\" $1-$2;\n", count: spelling.runs)
        let folder = "\(type)/\(choice.folder)"
        return """
                # \(folder)/\(spelling.example.spelling) is \(folder)/\(spelling.example.name)/.
                location ^~ /_indexgen/\(workshop)/ {
                    internal;
            \(letters.joined())\(dashes)        if ($uri ~ "^/_indexgen/\(workshop)/[0-9A-Za-z._-]+/\(folder)/[\(choice.names)]+$") { return 301 \(site)_base\(site)_path/; }
                }
            """
    }
}
