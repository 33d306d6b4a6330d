/// The names that a tarball has used so far below its folder. Of each as much of a digest as tells a million of them apart: names may be long.
struct NPMPathsTaken {
    private struct Mark: Hashable {
        var high: UInt64
        var low: UInt64
    }

    private var isFolder: [Mark: Bool] = [:]
    private var hasManifest = false

    /// Whether it is new, or a folder once more.
    mutating func insert(_ path: ArraySlice<UInt8>, isFolder: Bool) -> Bool {
        let digest = SHA256.of(Array(path))
        func number(_ range: Range<Int>) -> UInt64 { digest[range].reduce(0) { $0 << 8 | UInt64($1) } }
        let before = self.isFolder.updateValue(isFolder, forKey: Mark(high: number(0..<8), low: number(8..<16)))
        return before == nil || (before == true && isFolder)
    }

    /// Whether this is the first package.json in any letters.
    mutating func insertManifest() -> Bool {
        defer { hasManifest = true }
        return !hasManifest
    }
}
