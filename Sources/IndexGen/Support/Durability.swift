/// Makes files and the folders that name them durable: one by one while they are few, else the whole file system at once.
enum Durability {
    /// Above this many, one `syncfs` costs less than an `fsync` each.
    private static let few = 32

    /// - Parameter place: a folder of their file system that was opened before they were written: the kernel tells whoever has it
    ///   open of every error since then.
    static func secure(files: [String], folders: Set<String>, on place: Folder) throws {
        if files.isEmpty && folders.isEmpty { return }
        guard files.count + folders.count <= few else { return try place.syncFileSystem() }
        for file in files { try OpenFile(reading: file).sync() }
        for folder in folders.sorted() { try Files.syncFolder(folder) }
    }
}
