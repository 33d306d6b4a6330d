/// A file as it arrived: what is known of it without opening it.
public struct Upload: Sendable {
    /// The last path component that the sender gave it. Hostile: never part of a path before an ecosystem has vetted it.
    public var filename: String
    /// Bytes.
    public var size: Int
    public var digests: Digests
    /// The file's own modification time (its arrival time when it came over HTTP).
    public var modified: Timestamp
    /// When the catalog first saw this file: fixed for ever, also over removal and return.
    public var received: Timestamp
    public var coordinates: Coordinates

    public init(
        filename: String, size: Int, digests: Digests, modified: Timestamp, received: Timestamp, coordinates: Coordinates
    ) {
        self.filename = filename
        self.size = size
        self.digests = digests
        self.modified = modified
        self.received = received
        self.coordinates = coordinates
    }
}

/// Where its owner wants a package: RPM's `group`, Debian's `distribution` and `component`, by name.
public struct Coordinates: Equatable, Sendable {
    private var values: [String: String]

    public init(_ values: [String: String] = [:]) { self.values = values }

    /// The value given for a coordinate, if any.
    public subscript(name: String) -> String? {
        get { values[name] }
        set { values[name] = newValue }
    }

    /// The names of the coordinates that were given.
    public var names: Dictionary<String, String>.Keys { values.keys }
}
