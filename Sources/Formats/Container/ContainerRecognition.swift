/// Manifests tell themselves: JSON of schema version 2 that names its media type, or what only a manifest has. Blobs tell
/// nothing.
enum ContainerRecognition {
    /// Bytes in which a manifest has said `schemaVersion`; Go's encoder writes it first.
    private static let head = 4 << 10

    static func recognise(_ bytes: Span<UInt8>) -> Recognition {
        guard bytes.count <= ContainerManifest.sizeLimit, isObject(bytes), hasVersion(bytes),
            let value = try? JSONReader.read(bytes, of: "the manifest", within: Budget()), value["schemaVersion"]?.integer == 2
        else { return .no }
        if let type = value["mediaType"]?.string { return ContainerKind(mediaType: type) == nil ? .no : .surely }
        let named = value["manifests"]?.array ?? value["layers"]?.array.map { $0 + (value["config"].map { [$0] } ?? []) } ?? []
        guard !named.isEmpty else { return .no }
        return named.allSatisfy { $0["mediaType"]?.string != nil && $0["digest"]?.string != nil } ? .perhaps : .no
    }

    private static func isObject(_ bytes: Span<UInt8>) -> Bool {
        for index in bytes.indices {
            switch bytes[index] {
            case 32, 9, 10, 13: continue
            case UInt8(ascii: "{"): return true
            default: return false
            }
        }
        return false
    }

    private static func hasVersion(_ bytes: Span<UInt8>) -> Bool {
        let end = min(bytes.count, head), tail = max(end, bytes.count - head)
        for range in [0..<end, tail..<bytes.count] {
            for index in range where bytes[index] == UInt8(ascii: "s") && bytes.has("schemaVersion", at: index) { return true }
        }
        return false
    }
}
