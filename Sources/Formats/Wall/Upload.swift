/// A file as it arrived: what is known of it without opening it.
package struct Upload: Sendable {
    /// The last path component that the sender gave it. Hostile: never part of a path before an ecosystem has vetted it.
    package var filename: String
    /// Bytes.
    package var size: Int
    package var digests: Digests
    /// The file's own modification time (its arrival time when it came over HTTP).
    package var modified: Timestamp
    /// When the catalog first saw this file: fixed for ever, also over removal and return.
    package var received: Timestamp
    package var coordinates: Coordinates
    /// The folder of its own that a file gets when the path it would have belongs to other bytes for ever: caches may hold those. Nil
    /// where the path is free. A safe path component.
    package var generation: String?

    package init(
        filename: String, size: Int, digests: Digests, modified: Timestamp, received: Timestamp, coordinates: Coordinates,
        generation: String? = nil
    ) {
        self.filename = filename
        self.size = size
        self.digests = digests
        self.modified = modified
        self.received = received
        self.coordinates = coordinates
        self.generation = generation
    }

    /// The generation of a file with this digest (32 bytes): 16 hexadecimal digits.
    package static func generation(of sha256: [UInt8]) -> String { Hex.string(Array(sha256.prefix(8))) }

    /// Where a file is placed that would be at `path`: there, or in the folder of its generation beside it, under the same name.
    package func placed(_ path: String) -> String {
        guard let generation else { return path }
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "\(generation)/\(path)" }
        return "\(path[..<slash])/\(generation)\(path[slash...])"
    }
}

/// Where its owner wants a package: RPM's `group`, Debian's `distribution` and `component`, by name.
package struct Coordinates: Equatable, Sendable {
    private var values: [String: String]

    package init(_ values: [String: String] = [:]) { self.values = values }

    /// The value given for a coordinate, if any.
    package subscript(name: String) -> String? {
        get { values[name] }
        set { values[name] = newValue }
    }

    /// The names of the coordinates that were given.
    package var names: Dictionary<String, String>.Keys { values.keys }
}
