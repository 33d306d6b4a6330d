/// The names that an archive has used so far. Of each as much of a digest as tells a million of them apart: names may be long.
struct ArchivePathsTaken {
    private struct Mark: Hashable {
        var high: UInt64
        var low: UInt64
    }

    private var isFolder: [Mark: Bool] = [:]

    /// Whether it is new, or a folder once more.
    ///
    /// - Parameter path: in the letters in which two names are the same: in small ones where case does not tell them apart.
    mutating func insert(_ path: [UInt8], isFolder: Bool) -> Bool {
        let digest = SHA256.of(path)
        func number(_ range: Range<Int>) -> UInt64 { digest[range].reduce(0) { $0 << 8 | UInt64($1) } }
        let before = self.isFolder.updateValue(isFolder, forKey: Mark(high: number(0..<8), low: number(8..<16)))
        return before == nil || (before == true && isFolder)
    }
}
