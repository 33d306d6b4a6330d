/// Where a text stops being UTF-8.
enum UTF8Fault {
    /// The first byte that no reader of UTF-8 takes, and its line counted from 1; nil when all of them are fine.
    static func first(in bytes: Span<UInt8>) -> (offset: Int, line: Int)? {
        do {
            _ = try UTF8Span(validating: bytes)
            return nil
        } catch {
            let offset = error.byteOffsets.lowerBound
            var line = 1
            for i in 0..<offset where bytes[i] == 10 { line += 1 }
            return (offset, line)
        }
    }
}
