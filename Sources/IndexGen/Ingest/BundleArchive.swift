internal import CLinux
internal import Formats
internal import Glibc

/// A file that holds others, open to take them out. It is not read as a whole, nor copied.
final class BundleArchive: Sendable {
    let size: Int
    let modified: Timestamp
    private let file: OpenFile
    /// What `file` is, where that is a copy of the site's own.
    private let staged: StagedFile?

    private static let pieceBytes = 1 << 20
    /// A tar's first header, by which it is known.
    private static let headBytes = 512

    /// Nil: it cannot be opened, or its first bytes are neither a tar's nor compressed.
    ///
    /// What is opened is shared with the site where the file system can (a reflink), so that nobody changes it meanwhile. Elsewhere the program
    /// ends at once, with nothing of it in, where somebody cuts it short while its headers are read.
    static func open(_ path: String, staging: StagingFolder) throws -> BundleArchive? {
        guard let source = try? Privileges.asCaller({ try OpenFile(reading: path) }) else { return nil }
        let status = try source.status
        guard status.kind == .file else { return nil }
        let head = try source.read(at: 0, count: headBytes)
        guard Glimpse(head.span, filename: "").container == .tar else { return nil }
        let copy = staging.next()
        let isShared = try clone(source, to: copy)
        return try isShared
            ? BundleArchive(copy, size: status.size, modified: status.modified)
            : BundleArchive(reading: path, size: status.size, modified: status.modified)
    }

    private init(reading path: String, size: Int, modified: Timestamp) throws {
        staged = nil
        self.size = size
        self.modified = modified
        file = try Privileges.asCaller { try OpenFile(reading: path) }
    }

    private init(_ staged: StagedFile, size: Int, modified: Timestamp) throws {
        self.staged = staged
        self.size = size
        self.modified = modified
        file = try staged.open()
    }

    private static func clone(_ source: borrowing OpenFile, to copy: StagedFile) throws -> Bool {
        let output = try copy.create()
        return ioctl(output.descriptor, Files.ficlone, source.descriptor) == 0
    }

    /// Lets `body` look at all bytes, without a copy.
    func withBytes<Result>(_ body: (Span<UInt8>) throws -> Result) throws -> Result {
        guard size > 0 else { return try body([UInt8]().span) }
        guard let map = mmap(nil, size, PROT_READ, MAP_PRIVATE, file.descriptor, 0), map != MAP_FAILED else {
            throw SystemError("map", file.path)
        }
        defer { munmap(map, size) }
        return try body(UnsafeBufferPointer(start: map.assumingMemoryBound(to: UInt8.self), count: size).span)
    }

    /// What is packed in it, in a file of the staging folder.
    func expanded(by codec: Codec, in staging: StagingFolder, within budget: Budget) throws -> BundleArchive {
        let copy = staging.next()
        let output = try copy.create()
        var size = 0
        let expansion = Expansion(codec, subject: "the archive", within: budget)
        try withBytes { bytes in
            while case let piece = try expansion.next(Self.pieceBytes, of: bytes), !piece.isEmpty {
                try Interruption.check()
                try Meter.measure(.write) { try output.write(piece) }
                size += piece.count
            }
        }
        return try BundleArchive(copy, size: size, modified: modified)
    }

    /// Takes a range out, which is read once: digested, and written to the staging folder unless it is small.
    func content(
        of range: Range<Int>, staging: StagingFolder, digests: Set<Digests.Algorithm>, limit: Int
    ) throws -> PackageContent {
        let receiver = ContentReceiver(staging: staging, limit: limit, digests: digests)
        var offset = range.lowerBound
        while offset < range.upperBound {
            try Interruption.check()
            let piece = try Meter.measure(.read) {
                try file.read(at: offset, count: min(Self.pieceBytes, range.upperBound - offset))
            }
            guard !piece.isEmpty else {
                throw Refusal(
                    .truncated, "the archive was cut short while it was read", at: "byte \(offset)", remedy: "add it again")
            }
            try receiver.append(piece)
            offset += piece.count
        }
        return try receiver.finish(modified: modified)
    }
}

/// A folder that holds the files of a bundle. Its links are followed: sources are the user's own.
struct SourceFolder: BundleFolder {
    let path: String

    func size(of path: String) throws -> Int? {
        let status = try Privileges.asCaller { try FileStatus.followed(Files.join(self.path, path)) }
        return status.flatMap { $0.kind == .file ? $0.size : nil }
    }

    func content(of path: String, limit: Int) throws -> [UInt8] {
        guard let size = try size(of: path) else {
            throw Refusal(.missing, "a file is named that is not there", at: path, remedy: "copy the folder again, whole")
        }
        guard size <= limit else {
            throw Refusal(.limit, "it has \(size) bytes, more than \(limit)", at: path, remedy: "make it smaller")
        }
        let file = try Privileges.asCaller { try OpenFile(reading: Files.join(self.path, path)) }
        return try Meter.measure(.read) { try file.readAll(sizeHint: size, isRegular: true) }
    }
}
