/// Bytes that nobody can guess.
enum RandomBytes {
    /// - Parameter count: a multiple of 8. The system is asked once for each 8 bytes, and not for each of them.
    static func make(_ count: Int) -> [UInt8] {
        precondition(count % 8 == 0, "random bytes come eight at a time")
        return (0..<count / 8).flatMap { _ in withUnsafeBytes(of: UInt64.random(in: .min ... .max)) { Array($0) } }
    }
}
