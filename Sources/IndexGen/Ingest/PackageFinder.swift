internal import Formats

/// Turns the arguments of `add` into files: a folder stands for all files below it, unless it is a bundle of files itself.
struct PackageFinder {
    struct Found: Equatable {
        var path: String
        /// The folder of the command line below which it was found; nil when it was named itself (then it must be a package).
        var folder: String?
        var named: Bool { folder == nil }
    }

    /// In the order of the arguments, and in byte order below each folder.
    private(set) var files: [Found] = []
    /// What lies inside the site: its blobs and public files are packages already.
    private(set) var own: [Found] = []
    /// The folders among the arguments.
    private(set) var folders: [String] = []

    /// - Parameters:
    ///   - site: whose state and public tree are never searched; nil: none.
    ///   - markers: names of files by which folders are known that are bundles.
    init(in arguments: [String], besides site: Site? = nil, markers: Set<String> = []) throws {
        let parts = [site?.state, site?.publicRoot].compactMap { $0.flatMap(Files.real) }
        func isOwn(_ real: String?) -> Bool {
            guard let real else { return false }
            return parts.contains { real == $0 || real.hasPrefix($0 + "/") }
        }
        for argument in arguments {
            let real = Files.real(argument)
            if isOwn(real) {
                own.append(Found(path: argument))
                continue
            }
            guard try FileStatus.followed(argument)?.kind == .folder else {
                files.append(Found(path: argument))
                continue
            }
            if try markers.contains(where: { try FileStatus.followed(Files.join(argument, $0))?.kind == .file }) {
                files.append(Found(path: argument))
                continue
            }
            folders.append(argument)
            var skipped: [Found] = []
            var bundles: Set<String> = []
            func skips(_ relative: String) -> Bool {
                guard let real, isOwn(Files.join(real, relative)) else { return false }
                skipped.append(Found(path: Files.join(argument, relative), folder: argument))
                return true
            }
            try Files.walk(argument, skipping: skips) { relative, kind in
                let name = Files.name(of: relative)
                if name.hasPrefix(".") { return }
                if markers.contains(name) { bundles.insert(Files.join(argument, Files.folder(of: relative))) }
                // A link is followed when it leads to a file: package pools are often made of links.
                let path = Files.join(argument, relative)
                guard try kind == .file || (kind == .link && FileStatus.followed(path)?.kind == .file) else { return }
                let found = Found(path: path, folder: argument)
                if kind == .link, isOwn(Files.real(path)) { skipped.append(found) } else { files.append(found) }
            }
            own += skipped
            if !bundles.isEmpty { gather(bundles, below: argument) }
        }
    }

    /// Leaves out what was found, and not named, beside the file that it goes along with.
    ///
    /// - Parameter suffix: behind that file's name.
    mutating func leaveOut(_ suffix: String) {
        let paths = Set(files.map(\.path))
        files.removeAll { file in
            !file.named && file.path.hasSuffix(suffix) && paths.contains(String(file.path.dropLast(suffix.count)))
        }
    }

    /// Puts folders that are bundles in the place of the files in them, where the first of these was.
    private mutating func gather(_ bundles: Set<String>, below argument: String) {
        var seen: Set<String> = []
        files = files.compactMap { file in
            guard file.folder == argument else { return file }
            var folder = file.path
            while folder.utf8.count > argument.utf8.count {
                folder = Files.folder(of: folder)
                guard bundles.contains(folder) else { continue }
                return seen.insert(folder).inserted ? Found(path: folder, folder: argument) : nil
            }
            return file
        }
    }

    /// Refuses options that none of the files can be placed by: they were meant for other files.
    ///
    /// Names tell mostly; where they do not, contents are looked at. Files that are not packages say nothing.
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

    private static func unfit(_ coordinate: String, _ ecosystems: [any Ecosystem]) -> Refusal {
        var said: Set<String> = []
        let profiles = ecosystems.map(\.profile).filter { said.insert($0.id).inserted }
        let titles = profiles.map(\.title).joined(separator: " and ")
        let known = profiles.flatMap(\.coordinates).map { "--\($0.name)" }
        // The files are refused, and not the command: a script that takes one file after the other goes on.
        return Refusal(
            .placement, "--\(coordinate) fits none of these files: \(titles) has no \(coordinate)",
            remedy: known.isEmpty ? "leave it out" : "leave it out, or use \(known.joined(separator: " and "))")
    }
}
