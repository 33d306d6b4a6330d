internal import Formats

/// Turns the arguments of `add` into files: a folder stands for all files below it.
enum PackageFinder {
    struct Found: Equatable {
        var path: String
        /// The folder of the command line below which it was found; nil when it was named itself (then it must be a package).
        var folder: String?
    }

    /// - Returns: in the order of the arguments, and in byte order below each folder.
    static func files(in arguments: [String]) throws -> [Found] {
        var files: [Found] = []
        for argument in arguments {
            guard try isFolder(argument) else {
                files.append(Found(path: argument))
                continue
            }
            try Files.walk(argument) { relative, kind in
                if Files.name(of: relative).hasPrefix(".") { return }
                // A link is followed when it leads to a file: package pools are often made of links.
                let path = Files.join(argument, relative)
                if try kind == .file || (kind == .link && FileStatus.followed(path)?.kind == .file) {
                    files.append(Found(path: path, folder: argument))
                }
            }
        }
        return files
    }

    static func isFolder(_ argument: String) throws -> Bool { try FileStatus.followed(argument)?.kind == .folder }

    /// Refuses options that none of the files can be placed by: they were meant for other files.
    ///
    /// Names tell mostly; where they do not, contents are looked at. Files that are no packages say nothing.
    ///
    /// - Parameters:
    ///   - coordinates: the options that were given.
    ///   - type: of all files, where it was given.
    /// - Throws: `UsageError`.
    static func check(_ coordinates: [String], fit files: [Found], as type: String?, of intake: Intake) throws {
        let ecosystems = intake.site.ecosystems
        for coordinate in coordinates {
            func fits(_ ecosystem: any Ecosystem) -> Bool {
                ecosystem.profile.coordinates.contains { $0.name == coordinate }
            }
            if let type, let ecosystem = ecosystems[type] {
                if !fits(ecosystem) { throw unfit(coordinate, [ecosystem]) }
                continue
            }
            if files.contains(where: { ecosystems.named(like: Files.name(of: $0.path)).map(fits) ?? false }) { continue }
            var seen: [any Ecosystem] = []
            for file in files {
                guard let ecosystem = try? intake.recognise(file.path) else { continue }
                seen.append(ecosystem)
                if fits(ecosystem) { break }
            }
            if let last = seen.last, !fits(last) { throw unfit(coordinate, seen) }
        }
    }

    private static func unfit(_ coordinate: String, _ ecosystems: [any Ecosystem]) -> UsageError {
        var said: Set<String> = []
        let profiles = ecosystems.map(\.profile).filter { said.insert($0.id).inserted }
        let titles = profiles.map(\.title).joined(separator: " and ")
        let known = profiles.flatMap(\.coordinates).map { "--\($0.name)" }
        let remedy = known.isEmpty ? "leave it out" : "leave it out, or use \(known.joined(separator: " and "))"
        return UsageError(description: "--\(coordinate) fits none of these files: \(titles) has no \(coordinate); \(remedy)")
    }
}
