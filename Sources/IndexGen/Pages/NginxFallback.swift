internal import Formats

/// nginx's part of one `Serving.fallback`: files that are looked for at a second address.
struct NginxFallback {
    /// Of the location that the second address is made in.
    private let name: String
    private let paths: String
    private let from: String
    private let to: String

    /// - Parameters:
    ///   - type: the path segment of its type.
    ///   - name: unique in a configuration.
    init(paths: String, from: String, to: String, type: String, name: String) {
        let repository = "^/_indexgen/public/[^/]+/\(type)"
        self.name = "@\(name)"
        self.paths = "\(repository)/(?:\(paths))$"
        self.from = "^(/_indexgen/public/[^/]+/\(type))/\(from)$"
        // The repository is one capture more.
        let target = stride(from: 7, through: 1, by: -1).reduce(to) { text, number in
            text.replacing("$\(number)", with: "$\(number + 1)")
        }
        self.to = "$1/\(target)"
    }

    /// Inside the location of the public folder.
    var location: String { "        location ~ \"\(paths)\" { types { } if_modified_since before; try_files $uri \(name); }" }

    /// Beside it.
    var detour: String { "    location \(name) { rewrite \"\(from)\" \(to) last; }\n" }
}
