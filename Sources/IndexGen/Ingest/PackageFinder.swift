internal import Formats

/// Turns the arguments of `add` into files: a folder stands for all files below it.
enum PackageFinder {
    /// - Returns: paths in byte order, each with whether it was named itself (then it must be a package) or only found.
    static func files(in arguments: [String]) throws -> [(path: String, named: Bool)] {
        var files: [(String, Bool)] = []
        for argument in arguments {
            guard try FileStatus.followed(argument)?.kind == .folder else {
                files.append((argument, true))
                continue
            }
            var found: [String] = []
            try Files.walk(argument) { relative, kind in
                if Files.name(of: relative).hasPrefix(".") { return }
                // A link is followed when it leads to a file: package pools are often made of links.
                let path = Files.join(argument, relative)
                if try kind == .file || (kind == .link && FileStatus.followed(path)?.kind == .file) {
                    found.append(path)
                }
            }
            files += found.map { ($0, false) }
        }
        return files
    }
}
