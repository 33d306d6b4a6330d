extension [UInt8] {
    /// Appends a number so that memcmp orders numbers by their values: how many digits it has, in as many full bytes as there are and one
    /// that is not full, then the digits. Whatever follows, no such number begins another.
    ///
    /// - Parameter digits: decimal, without leading zeros; none for zero.
    mutating func append(sortable digits: some Collection<UInt8>) {
        append(contentsOf: repeatElement(255, count: digits.count / 255))
        append(UInt8(digits.count % 255))
        append(contentsOf: digits)
    }
}
