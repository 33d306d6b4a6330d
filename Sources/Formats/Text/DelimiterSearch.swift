/// Finds a multipart delimiter (CRLF, two hyphens, the boundary) in large content: Horspool's search, which looks at about one byte in
/// as many as the delimiter has.
///
/// Only a delimiter's first byte is a carriage return, so that two occurrences of its beginning do not overlap: no content can make
/// the search take more than two steps for each byte.
struct DelimiterSearch: Sendable {
    let delimiter: [UInt8]
    /// By a window's last byte, how far the next window may be.
    private let shifts: [UInt8]

    init(_ delimiter: [UInt8]) {
        precondition((4..<256).contains(delimiter.count) && delimiter[0] == 13 && !delimiter.dropFirst().contains(13))
        self.delimiter = delimiter
        var shifts = [UInt8](repeating: UInt8(delimiter.count), count: 256)
        for (index, byte) in delimiter.dropLast().enumerated() { shifts[Int(byte)] = UInt8(delimiter.count - 1 - index) }
        self.shifts = shifts
    }

    /// Where the next delimiter begins. Where there is none, where the last bytes of the chunk begin one that is cut off; the chunk's end
    /// where they do not.
    func next(in chunk: Span<UInt8>, from start: Int) -> Int {
        let length = delimiter.count
        let found = chunk.withUnsafeBufferPointer { chunk in
            delimiter.withUnsafeBufferPointer { delimiter in
                shifts.withUnsafeBufferPointer { shifts in
                    let last = delimiter[length - 1]
                    var window = start
                    while window <= chunk.count - length {
                        let byte = chunk[window + length - 1]
                        if byte == last, Self.matches(chunk, window, delimiter) { return window }
                        window += Int(shifts[Int(byte)])
                    }
                    return -1
                }
            }
        }
        if found >= 0 { return found }
        var position = max(start, chunk.count - length + 1)
        while position < chunk.count {
            if chunk[position] == 13, matchingPrefix(of: chunk, from: position, after: 0) == chunk.count - position {
                return position
            }
            position += 1
        }
        return chunk.count
    }

    /// How many bytes from `start` on continue a delimiter of which `matched` bytes went before.
    func matchingPrefix(of chunk: Span<UInt8>, from start: Int, after matched: Int) -> Int {
        var length = 0
        while matched + length < delimiter.count, start + length < chunk.count,
            chunk[start + length] == delimiter[matched + length]
        { length += 1 }
        return length
    }

    private static func matches(_ chunk: UnsafeBufferPointer<UInt8>, _ start: Int, _ delimiter: UnsafeBufferPointer<UInt8>)
        -> Bool
    {
        for index in delimiter.indices where chunk[start + index] != delimiter[index] { return false }
        return true
    }
}
