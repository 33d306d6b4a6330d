/// Makes files and the folders that name them durable: one by one while they are few, else the whole file system at once.
///
/// One `syncfs` commits the file system's journal once, however much there is to write; an `fsync` of each file and folder commits it
/// nearly as often as it is called. Measured on ext4 with four other processes at work (files of 20 kB in folders of their own, then
/// the log of the catalog; files a second): one by one 160 for one file, 280 for four, 140 to 480 for eight, 170 for 64; in parallel
/// threads 480, 770 and 840; with `syncfs` 660 for four, 1,090 for eight and 2,400 for 64. `syncfs` also writes what others have left in
/// memory, so a single package does not use it.
enum Durability {
    /// Above this many, one `syncfs` costs less than an `fsync` each. A package, its sidecar, their folders, and the folder above.
    private static let few = 5

    /// - Parameter place: a folder of their file system that was opened before they were written: the kernel tells whoever has it
    ///   open of every error since then.
    static func secure(files: [String], folders: Set<String>, on place: Folder) throws {
        if files.isEmpty && folders.isEmpty { return }
        guard files.count + folders.count <= few else { return try place.syncFileSystem() }
        for file in files { try OpenFile(reading: file).sync() }
        for folder in folders.sorted() { try Files.syncFolder(folder) }
    }
}
