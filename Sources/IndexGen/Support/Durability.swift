/// Makes files and the folders that name them durable: one by one while they are few, else the whole file system at once.
enum Durability {
    /// Above this many, one `syncfs` costs less than an `fsync` each.
    private static let few = 32

    static func secure(files: [String], folders: Set<String>, root: String) throws {
        if files.isEmpty && folders.isEmpty { return }
        guard files.count + folders.count <= few else { return try Files.syncFileSystem(of: root) }
        for file in files { try OpenFile(reading: file).sync() }
        for folder in folders.sorted() { try Files.syncFolder(folder) }
    }
}
