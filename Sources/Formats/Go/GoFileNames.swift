/// The files of a module and the folders that they lie in, as file systems without case see them.
struct GoFileNames {
    private var taken: [[UInt8]: (path: [UInt8], isFolder: Bool)] = [:]
    /// Files, without folders.
    private(set) var count = 0
    /// The first file below a folder that version control systems keep for themselves.
    private(set) var versionControl: String?

    private static let versionControlFolders: [[UInt8]] = [".git", ".hg", ".svn", ".bzr"].map { [UInt8]($0) }

    /// - Returns: what keeps this path from being one more, as a clause; nil: nothing.
    mutating func add(_ path: [UInt8], isFolder: Bool) -> String? {
        if !isFolder {
            count += 1
            let folders = path.split(separator: UInt8(ascii: "/")).dropLast()
            if versionControl == nil, folders.contains(where: { Self.versionControlFolders.contains(Array($0)) }) {
                versionControl = String(decoding: path, as: UTF8.self)
            }
        }
        var path = path, isFolder = isFolder
        while true {
            let key = GoPath.folded(path)
            if let other = taken[key] {
                let name = String(decoding: other.path, as: UTF8.self)
                guard other.path == path else { return "it and \(name) would be one path where names have no case" }
                guard other.isFolder == isFolder else { return "it, or a folder that it lies in, is a file and a folder at once" }
                // The folders above were seen with it. The zip reader refuses a file that is there twice.
                return isFolder ? nil : "the file is there twice"
            }
            taken[key] = (path, isFolder)
            guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { return nil }
            path = Array(path[..<slash])
            isFolder = true
        }
    }
}
