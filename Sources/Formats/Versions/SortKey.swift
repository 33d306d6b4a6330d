/// Writes the key by which a partition's entries are sorted: bytes in memcmp order.
///
/// Parts are written one behind the other, the most important first. A key must not be the beginning of another one: then keys can be
/// put one behind the other, and `descending` is exactly the opposite order. Words and numbers keep to that by themselves; what else may
/// stand in the place of a part needs ranks that tell it apart.
///
/// Keys are kept in catalogs. What an order has once written it writes for ever.
struct SortKey {
    private(set) var bytes: [UInt8] = []

    /// How a number is written: how many digits it has, and these.
    enum NumberForm {
        /// As many times 255 as the length holds, then what is left of it. Numbers of any length; the form for new orders.
        case steps
        /// The same with 240, as Debian's versions have been kept from the beginning.
        case stepsOf240
        /// One byte of length below 255, or 255 and eight bytes of length: rpm's versions.
        case byteOrEight
        /// One byte of length: for orders whose versions are shorter than 256 bytes (Python's and Go's).
        case byte
    }

    init() {}

    /// What `write` writes.
    static func of(_ write: (inout SortKey) -> Void) -> [UInt8] {
        var key = SortKey()
        write(&key)
        return key.bytes
    }

    /// The key for the opposite order.
    static func descending(_ key: [UInt8]) -> [UInt8] { key.map { ~$0 } }

    /// A byte that says what follows, or that stands for itself.
    mutating func rank(_ rank: UInt8) { bytes.append(rank) }

    mutating func rank(_ rank: some RawRepresentable<UInt8>) { bytes.append(rank.rawValue) }

    /// A number of any length.
    ///
    /// - Parameter digits: decimal, without zeros in front. Whether zero has one digit or none is the order's own affair.
    mutating func number(_ digits: some Collection<UInt8>, as form: NumberForm = .steps) {
        let count = digits.count
        switch form {
        case .steps: steps(of: 255, count)
        case .stepsOf240: steps(of: 240, count)
        case .byteOrEight where count >= 255:
            bytes.append(255)
            number(UInt64(count))
        case .byte, .byteOrEight: bytes.append(UInt8(truncatingIfNeeded: count))
        }
        bytes.append(contentsOf: digits)
    }

    private mutating func steps(of step: Int, _ count: Int) {
        bytes.append(contentsOf: repeatElement(UInt8(step), count: count / step))
        bytes.append(UInt8(count % step))
    }

    /// A number of this many bits, in as many bytes.
    mutating func number<Number: FixedWidthInteger & UnsignedInteger>(_ number: Number) {
        for shift in stride(from: Number.bitWidth - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> Number(shift)))
        }
    }

    /// A text that holds no NUL; one ends it. A word comes before longer ones that begin with it.
    mutating func word(_ text: some Collection<UInt8>) {
        bytes.append(contentsOf: text)
        bytes.append(0)
    }

    mutating func word(_ text: some StringProtocol) { word(text.utf8) }

    /// Another key, or the last of the texts, that needs no end.
    mutating func append(_ key: some Collection<UInt8>) { bytes.append(contentsOf: key) }
}
