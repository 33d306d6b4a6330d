internal import Formats

/// Turns the arguments of `add` into files: a folder stands for all files below it.
struct PackageFinder {
    /// Paths in byte order, each with whether it was named itself (then it must be a package) or only found.
    private(set) var files: [(path: String, named: Bool)] = []
    /// What lies inside the site: its blobs and public files are packages already.
    private(set) var own: [(path: String, named: Bool)] = []

    /// - Parameter site: whose state and public tree are never searched; nil: none.
    init(in arguments: [String], besides site: Site? = nil) throws {
        let folders = [site?.state, site?.publicRoot].compactMap { $0.flatMap(Files.real) }
        func isOwn(_ real: String?) -> Bool {
            guard let real else { return false }
            return folders.contains { real == $0 || real.hasPrefix($0 + "/") }
        }
        for argument in arguments {
            let real = Files.real(argument)
            if isOwn(real) {
                own.append((argument, true))
                continue
            }
            guard try FileStatus.followed(argument)?.kind == .folder else {
                files.append((argument, true))
                continue
            }
            var found: [String] = []
            var skipped: [String] = []
            func skips(_ relative: String) -> Bool {
                guard let real, isOwn(Files.join(real, relative)) else { return false }
                skipped.append(Files.join(argument, relative))
                return true
            }
            try Files.walk(argument, skipping: skips) { relative, kind in
                if Files.name(of: relative).hasPrefix(".") { return }
                // A link is followed when it leads to a file: package pools are often made of links.
                let path = Files.join(argument, relative)
                guard try kind == .file || (kind == .link && FileStatus.followed(path)?.kind == .file) else { return }
                if kind == .link, isOwn(Files.real(path)) { skipped.append(path) } else { found.append(path) }
            }
            files += found.map { ($0, false) }
            own += skipped.map { ($0, false) }
        }
    }

    static func files(in arguments: [String]) throws -> [(path: String, named: Bool)] { try PackageFinder(in: arguments).files }
}
