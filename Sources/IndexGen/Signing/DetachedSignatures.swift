internal import Formats

/// Armored detached signatures, one after the other, as a `.asc` file holds them: that of the present version first.
struct DetachedSignatures {
    private(set) var bytes: [UInt8]

    private static let end = Array("-----END PGP SIGNATURE-----\n".utf8)

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Each with its armor.
    var all: [ArraySlice<UInt8>] {
        var found: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while let end = rest.firstRange(of: Self.end) {
            found.append(rest[..<end.upperBound])
            rest = rest[end.upperBound...]
        }
        return found
    }

    mutating func append(_ signatures: ArraySlice<ArraySlice<UInt8>>, atMost count: Int) {
        for signature in signatures.prefix(count) { bytes += signature }
    }
}
