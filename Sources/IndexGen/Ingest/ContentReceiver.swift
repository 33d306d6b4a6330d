internal import Formats

/// Takes a file's content as it arrives, in pieces of any size: the digests are computed and the limit is kept while it comes in, and
/// nothing is read a second time. Memory does not grow with the file: its first 256 KiB wait in memory, what is larger goes to the
/// staging folder. Thrown away unfinished, it leaves nothing.
///
/// For one thread at a time.
final class ContentReceiver {
    /// Bytes so far.
    private(set) var size = 0

    private let staging: StagingFolder
    private let limit: Int
    private var digester: Digester
    private var blake2: BLAKE2b?
    /// What was not written yet; with an output never more than `PackageContent.heldBytes`.
    private var waiting: [UInt8] = []
    private var staged: StagedFile?
    private var output: OpenFile?

    /// Above this many bytes a file is made durable before it is handed on: a transaction that takes it holds the catalog's lock while
    /// it waits for the disk.
    static let heavyBytes = 16 << 20

    /// - Parameters:
    ///   - limit: bytes that the file may have.
    ///   - digests: those that are wanted, SHA-256 among them; all when left out.
    ///   - withBLAKE2: whether to compute the digest that only PyPI's forms ask for.
    init(
        staging: StagingFolder, limit: Int, digests: Set<Digests.Algorithm> = Set(Digests.Algorithm.allCases),
        withBLAKE2: Bool = false
    ) {
        digester = Digester(digests)
        self.staging = staging
        self.limit = limit
        blake2 = withBLAKE2 ? BLAKE2b(length: 32) : nil
    }

    /// Takes the next bytes.
    ///
    /// - Throws: a `Refusal` (`.limit`) at the first byte too many, before any of this piece is kept.
    func append(_ bytes: UnsafeRawBufferPointer) throws {
        guard bytes.count <= limit - size else { throw Self.tooLarge(limit) }
        size += bytes.count
        Meter.measure(.digest) {
            digester.update(bytes)
            blake2?.update(bytes)
        }
        if waiting.count + bytes.count <= PackageContent.heldBytes { return waiting.append(contentsOf: bytes) }
        try waiting.withUnsafeBytes { try write($0) }
        waiting.removeAll(keepingCapacity: true)
        if bytes.count <= PackageContent.heldBytes { waiting.append(contentsOf: bytes) } else { try write(bytes) }
    }

    func append(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try append($0) } }

    /// The content, once its last byte is here. To be called once.
    ///
    /// - Parameter modified: when it arrived; HTTP says nothing of a file's own time.
    func finish(modified: Timestamp) throws -> PackageContent {
        if output != nil {
            try waiting.withUnsafeBytes { try write($0) }
            waiting = []
            if size > Self.heavyBytes { try Meter.measure(.write) { try output?.sync() } }
            output = nil
        }
        var digests = digester.finish()
        digests.blake2b256 = blake2?.finish()
        return PackageContent(received: staged == nil ? waiting : nil, staged, digests: digests, size: size, modified: modified)
    }

    /// What is said of a file that has more bytes than it may.
    static func tooLarge(_ limit: Int) -> Refusal {
        Refusal(
            .limit, "it has more bytes than limits.file_bytes (\(limit))",
            remedy: "raise the limit in indexgen.yaml, or publish it elsewhere")
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws {
        try Meter.measure(.write) {
            if output == nil {
                let file = staging.next()
                output = try file.create()
                staged = file
            }
            try output?.write(bytes)
        }
    }
}
