internal import Formats

/// Digests of a stream, in one pass over it: those that are asked for.
struct Digester {
    private var sha256: SHA256?
    private var sha1: SHA1?
    private var md5: MD5?
    private var sha512: SHA512?

    /// - Parameter algorithms: all when left out.
    init(_ algorithms: Set<Digests.Algorithm> = Set(Digests.Algorithm.allCases)) {
        sha256 = algorithms.contains(.sha256) ? SHA256() : nil
        sha1 = algorithms.contains(.sha1) ? SHA1() : nil
        md5 = algorithms.contains(.md5) ? MD5() : nil
        sha512 = algorithms.contains(.sha512) ? SHA512() : nil
    }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        // Slices that stay in the first-level caches while several digests go over them.
        var rest = bytes[...]
        while !rest.isEmpty {
            let slice = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 15))
            sha256?.update(slice)
            sha1?.update(slice)
            md5?.update(slice)
            sha512?.update(slice)
            rest = rest.dropFirst(slice.count)
        }
    }

    func finish() -> Digests {
        Digests(
            sha256: sha256?.finish() ?? [], sha1: sha1?.finish() ?? [], md5: md5?.finish() ?? [], sha512: sha512?.finish() ?? [])
    }

    static func digests(
        of bytes: [UInt8], _ algorithms: Set<Digests.Algorithm> = Set(Digests.Algorithm.allCases)
    ) -> Digests {
        Meter.measure(.digest) {
            var digester = Digester(algorithms)
            bytes.withUnsafeBytes { digester.update($0) }
            return digester.finish()
        }
    }

    /// Of a file's content.
    static func digests(of file: borrowing OpenFile, _ algorithms: Set<Digests.Algorithm>) throws -> Digests {
        try Meter.measure(.digest) {
            var digester = Digester(algorithms)
            try withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 16) { buffer in
                while case let count = try file.read(into: buffer), count > 0 {
                    digester.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                }
            }
            return digester.finish()
        }
    }
}

/// SHA-256 alone, for documents and for proofs.
enum SHA256Digest {
    static func of(_ bytes: [UInt8]) -> [UInt8] {
        Meter.measure(.digest) { SHA256.of(bytes) }
    }

    /// What the catalog knows a symbolic link by; no file has this digest by having the target's text for its content.
    static func of(linkTo target: [UInt8]) -> [UInt8] { of([UInt8]("a symbolic link to\0") + target) }

    /// Digest and size of a file's content.
    static func of(file path: String) throws -> (digest: [UInt8], size: Int) { try of(OpenFile(reading: path)) }

    static func of(_ file: borrowing OpenFile) throws -> (digest: [UInt8], size: Int) {
        var hash = SHA256()
        var size = 0
        try withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 16) { buffer in
            while case let count = try file.read(into: buffer), count > 0 {
                hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                size += count
            }
        }
        return (hash.finish(), size)
    }
}
