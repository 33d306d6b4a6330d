/// How much a package may cost to read. Every reader counts against one; what exceeds it is refused, never truncated.
public struct Budget: Equatable, Sendable {
    /// Bytes that decompression of one file may yield in all.
    public var expandedBytes = 4 << 30
    /// Expanded ÷ compressed, once more than 64 MiB came out.
    public var ratio = 200
    /// Members of one archive.
    public var entries = 1_000_000
    /// Bytes of one member that is read into memory (a control file, a METADATA).
    public var memberBytes = 16 << 20
    /// Bytes of a name inside an archive.
    public var pathBytes = 4_096
    /// Bytes of an RPM header's store (rpm's own bound).
    public var headerBytes = 256 << 20
    /// Nesting of YAML and JSON documents.
    public var depth = 64

    public init() {}
}
