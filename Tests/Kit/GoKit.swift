/// Module zips as tests want them.
enum GoKit {
    static let path = "example.com/demo/lib"

    /// `go.mod` and a file, and whatever else.
    static func zip(
        _ path: String = GoKit.path, _ version: String = "v1.0.0", mod: String? = nil, files: [(String, String)] = []
    ) -> ZipBuilder {
        var zip = bare(path, version, "go.mod", mod ?? "module \(path)\n\ngo 1.19\n").file(
            "\(path)@\(version)/lib.go", "package lib\n")
        for (name, content) in files { zip = zip.file("\(path)@\(version)/\(name)", content) }
        return zip
    }

    /// One file and nothing else.
    static func bare(_ path: String, _ version: String, _ name: String, _ content: String) -> ZipBuilder {
        ZipBuilder().file("\(path)@\(version)/\(name)", content)
    }

    static func bare(_ name: String, _ content: String) -> ZipBuilder { bare(path, "v1.0.0", name, content) }

    /// Changes the central directory's entry of a file of this name: `change` gets its offset.
    static func patched(_ zip: ZipBuilder, _ name: String, _ change: (inout [UInt8], Int) -> Void) -> [UInt8] {
        var bytes = zip.bytes
        let ending = Array(name.utf8)
        for start in 0..<(bytes.count - 46) where bytes[start..<(start + 4)].elementsEqual([0x50, 0x4b, 1, 2]) {
            let length = Int(bytes[start + 28]) | Int(bytes[start + 29]) << 8
            guard start + 46 + length <= bytes.count,
                bytes[(start + 46)..<(start + 46 + length)].suffix(ending.count) == ending[...]
            else { continue }
            change(&bytes, start)
        }
        return bytes
    }

    /// The file's mode as Unix has it, with the kind of the file in it.
    static func mode(_ mode: UInt32, of name: String, in zip: ZipBuilder, maker: UInt8 = 3) -> [UInt8] {
        patched(zip, name) { bytes, start in
            bytes[start + 5] = maker
            set(maker == 3 || maker == 19 ? mode << 16 : mode, 4, at: start + 38, in: &bytes)
        }
    }

    /// A date and a clock of MS-DOS.
    static func dated(_ zip: ZipBuilder, _ name: String, date: UInt32, clock: UInt32) -> [UInt8] {
        patched(zip, name) { bytes, start in
            set(clock, 2, at: start + 12, in: &bytes)
            set(date, 2, at: start + 14, in: &bytes)
        }
    }

    private static func set(_ number: UInt32, _ count: Int, at offset: Int, in bytes: inout [UInt8]) {
        for place in 0..<count { bytes[offset + place] = UInt8(truncatingIfNeeded: number >> UInt32(8 * place)) }
    }
}
