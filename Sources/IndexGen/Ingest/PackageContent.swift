internal import Formats
internal import Glibc

/// A package's content: digested, in memory while it is small, and staged on disk before anybody decides about it when it is large.
struct PackageContent {
    let digests: Digests
    let size: Int
    private let memory: [UInt8]?
    private let staged: StagedFile?

    /// Below this many bytes a file is read once into memory and written only when it is accepted.
    private static let smallBytes = 16 << 20

    /// Reads a file once: digests and, for a large one, the copy are taken in the same pass.
    init(reading path: String, staging: StagingFolder, link: Bool) throws {
        let source = try OpenFile(reading: path)
        let hint = try source.status.size
        if hint <= Self.smallBytes, !link {
            let bytes = try source.readAll(sizeHint: hint)
            digests = Digester.digests(of: bytes)
            size = bytes.count
            memory = bytes
            staged = nil
            return
        }
        let copy = staging.next()
        if link, Glibc.link(path, copy.path) == 0 {
            (digests, size) = try Self.digest(copy.path)
        } else {
            (digests, size) = try Self.copy(source, to: copy.path)
        }
        memory = nil
        staged = copy
    }

    /// Lets `body` look at all bytes, without a copy.
    func withBytes<Result>(_ body: (Span<UInt8>) throws -> Result) throws -> Result {
        if let memory { return try body(memory.span) }
        guard let staged else { preconditionFailure("content is in memory or staged") }
        let file = try OpenFile(reading: staged.path)
        guard size > 0 else { return try body([UInt8]().span) }
        // Nobody else writes to a staged file, so the mapping cannot shrink under the reader.
        guard let map = mmap(nil, size, PROT_READ, MAP_PRIVATE, file.descriptor, 0), map != MAP_FAILED else {
            throw SystemError("map", staged.path)
        }
        defer { munmap(map, size) }
        return try body(UnsafeBufferPointer(start: map.assumingMemoryBound(to: UInt8.self), count: size).span)
    }

    /// The content as a staged file, written now if it was in memory so far.
    func stage(in staging: StagingFolder) throws -> StagedFile {
        if let staged { return staged }
        guard let memory else { preconditionFailure("content is in memory or staged") }
        return try staging.stage(memory)
    }

    private static func digest(_ path: String) throws -> (Digests, Int) {
        let file = try OpenFile(reading: path)
        var digester = Digester()
        var size = 0
        try withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 16) { buffer in
            while case let count = try file.read(into: buffer), count > 0 {
                digester.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                size += count
            }
        }
        return (digester.finish(), size)
    }

    private static func copy(_ source: borrowing OpenFile, to path: String) throws -> (Digests, Int) {
        let output = try OpenFile(creating: path)
        if ioctl(output.descriptor, Files.ficlone, source.descriptor) == 0 { return try digest(path) }
        var digester = Digester()
        var size = 0
        try withUnsafeTemporaryAllocation(byteCount: 1 << 20, alignment: 16) { buffer in
            while case let count = try source.read(into: buffer), count > 0 {
                let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                digester.update(piece)
                try output.write(piece)
                size += count
            }
        }
        return (digester.finish(), size)
    }
}
