internal import Formats
internal import Glibc

/// A package's content: digested, in memory while it is small, and staged on disk before anybody decides about it when it is large.
struct PackageContent {
    private(set) var digests: Digests
    let size: Int
    /// The source's own time.
    let modified: Timestamp
    private let memory: [UInt8]?
    private let staged: StagedFile?

    /// Below this many bytes a file is read once into memory and written only when it is accepted.
    private static let smallBytes = 16 << 20

    /// Reads a file once: digests and, for a large one, the copy are taken in the same pass.
    ///
    /// - Parameters:
    ///   - digests: those that are wanted, SHA-256 among them, as far as that is known.
    ///   - limit: bytes that a file may have.
    init(
        reading path: String, staging: StagingFolder, link: Bool, digests algorithms: Set<Digests.Algorithm>, limit: Int
    ) throws {
        let source = try Self.open(path)
        let status = try source.status
        modified = status.modified
        guard status.kind == .file else {
            throw Refusal(
                .unsupported, "it is not a regular file", at: "its name", remedy: "name a package file or a folder of them")
        }
        guard status.size <= limit else {
            throw Refusal(
                .limit, "it has \(status.size) bytes, more than limits.file_bytes (\(limit))", at: "byte \(limit)",
                remedy: "raise the limit in indexgen.yaml, or publish it elsewhere")
        }
        let linked = link ? try Self.link(path, status, in: staging) : nil
        if status.size <= Self.smallBytes {
            let bytes = try Meter.measure(.read) { try source.readAll(sizeHint: status.size, isRegular: true) }
            digests = Digester.digests(of: bytes, algorithms)
            size = bytes.count
            memory = bytes
            staged = linked
        } else if let linked {
            (digests, size) = try Meter.measure(.digest) { try Self.digest(linked, algorithms) }
            memory = nil
            staged = linked
        } else {
            let copy = staging.next()
            (digests, size) = try Meter.measure(.digest) { try Self.copy(source, to: copy, algorithms) }
            memory = nil
            staged = copy
        }
    }

    /// What a receiver took in: in memory, or else in a staged file.
    init(received memory: [UInt8]?, _ staged: StagedFile?, digests: Digests, size: Int, modified: Timestamp) {
        precondition(memory != nil || staged != nil, "content is in memory or staged")
        self.memory = memory
        self.staged = staged
        self.digests = digests
        self.size = size
        self.modified = modified
    }

    private static func open(_ path: String) throws -> OpenFile {
        do {
            return try Privileges.asCaller { try OpenFile(reading: path) }
        } catch let error as SystemError where error.code == ENOENT && path.unicodeScalars.contains("\u{FFFD}") {
            // Paths are texts here, and bytes that are none were replaced.
            throw Refusal(.unsupported, "it is not found: its name is probably not UTF-8", at: "its name", remedy: "rename it")
        } catch let error as SystemError where [ENAMETOOLONG, EACCES, ELOOP].contains(error.code) {
            throw Refusal(.unsupported, "\(error)", at: "its name", remedy: "make it readable by this user, under a shorter name")
        }
    }

    /// A second name for the file that was opened; nil where the file system has none to give, or the name means another file by now.
    private static func link(_ path: String, _ status: FileStatus, in staging: StagingFolder) throws -> StagedFile? {
        // A web server must be able to read it under its public name; its mode is its owner's affair.
        guard status.isReadableByAll else { return nil }
        let second = staging.next()
        guard second.link(path, in: AT_FDCWD, flags: AT_SYMLINK_FOLLOW) == 0 else { return nil }
        guard let there = try second.status(), there.isSameFile(as: status) else { return nil }
        return second
    }

    /// The same with these digests as well. Nothing is read where they are there.
    func completed(with algorithms: Set<Digests.Algorithm>) throws -> PackageContent {
        let missing = algorithms.filter { digests[$0].isEmpty }
        if missing.isEmpty { return self }
        let more = try withBytes { bytes in
            bytes.withUnsafeBytes { bytes in
                Meter.measure(.digest) {
                    var digester = Digester(missing)
                    digester.update(bytes)
                    return digester.finish()
                }
            }
        }
        var content = self
        for algorithm in missing { content.digests[algorithm] = more[algorithm] }
        return content
    }

    /// Lets `body` look at all bytes, without a copy.
    func withBytes<Result>(_ body: (Span<UInt8>) throws -> Result) throws -> Result {
        if let memory { return try body(memory.span) }
        guard let staged else { preconditionFailure("content is in memory or staged") }
        let file = try staged.open()
        guard size > 0 else { return try body([UInt8]().span) }
        // Nobody else writes to a staged copy, and who asked for a link has promised not to: the mapping does not shrink under
        // the reader.
        guard let map = mmap(nil, size, PROT_READ, MAP_PRIVATE, file.descriptor, 0), map != MAP_FAILED else {
            throw SystemError("map", file.path)
        }
        defer { munmap(map, size) }
        return try body(UnsafeBufferPointer(start: map.assumingMemoryBound(to: UInt8.self), count: size).span)
    }

    /// Up to this many bytes a file stays in memory until it is accepted, and is written once, in its place.
    static let heldBytes = 256 << 10

    /// The content as a staged file, written now if it was in memory so far and is not small.
    func stage(in staging: StagingFolder) throws -> StagedFile {
        if let staged { return staged }
        guard let memory else { preconditionFailure("content is in memory or staged") }
        guard memory.count <= Self.heldBytes else { return try staging.stage(memory) }
        let staged = staging.next()
        staged.hold(memory)
        return staged
    }

    private static func digest(_ staged: StagedFile, _ algorithms: Set<Digests.Algorithm>) throws -> (Digests, Int) {
        let file = try staged.open()
        var digester = Digester(algorithms)
        var size = 0
        try withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 16) { buffer in
            while case let count = try file.read(into: buffer), count > 0 {
                try Interruption.check()
                digester.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                size += count
            }
        }
        return (digester.finish(), size)
    }

    private static func copy(
        _ source: borrowing OpenFile, to staged: StagedFile, _ algorithms: Set<Digests.Algorithm>
    ) throws -> (Digests, Int) {
        let output = try staged.create()
        if ioctl(output.descriptor, Files.ficlone, source.descriptor) == 0 { return try digest(staged, algorithms) }
        var digester = Digester(algorithms)
        var size = 0
        try withUnsafeTemporaryAllocation(byteCount: 1 << 20, alignment: 16) { buffer in
            while case let count = try source.read(into: buffer), count > 0 {
                try Interruption.check()
                let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                digester.update(piece)
                try output.write(piece)
                size += count
            }
        }
        return (digester.finish(), size)
    }
}

extension PackageContent {
    /// A blob of the site under a second name: nothing of it is read, and nothing written where the file system has links.
    ///
    /// - Parameters:
    ///   - digests: those that are known of it, SHA-256 among them.
    ///   - size: bytes.
    /// - Throws: a `Refusal` where the blob is lost.
    init(blob digests: Digests, size: Int, modified: Timestamp, in site: Site) throws {
        let staged = site.staging.next()
        let fault = try site.blobs.link(digests.sha256, to: staged)
        if fault != 0 {
            guard Files.isWithoutLink(fault) else {
                throw Refusal(
                    .truncated, "its bytes are lost (SHA-256 \(Hex.string(digests.sha256)))",
                    at: site.blobs.path(of: digests.sha256),
                    remedy: "see what is damaged: indexgen verify; and add the package again")
            }
            try Files.copy(site.blobs.open(digests.sha256), to: staged.create())
        }
        self.init(received: nil, staged, digests: digests, size: size, modified: modified)
    }

    /// The same for what a file was when it came in.
    init(blobOf upload: Upload, in site: Site) throws {
        try self.init(blob: upload.digests, size: upload.size, modified: upload.modified, in: site)
    }
}
