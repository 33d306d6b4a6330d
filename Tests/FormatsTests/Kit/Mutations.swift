extension SeededNumbers {
    /// Some of these bytes changed, left out, doubled or cut off, or such words put in.
    mutating func mutated(_ bytes: [UInt8], with words: [String]) -> [UInt8] {
        var bytes = bytes
        for _ in 0...Int.random(in: 0..<3, using: &self) where !bytes.isEmpty {
            let start = Int.random(in: bytes.indices, using: &self)
            let end = min(bytes.count, start + Int.random(in: 1...12, using: &self))
            switch Int.random(in: 0..<8, using: &self) {
            case 0: bytes[start] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            case 1: bytes[start] = UInt8.random(in: .min ... .max, using: &self)
            case 2: bytes.removeSubrange(start..<end)
            case 3: bytes.insert(contentsOf: bytes[start..<end], at: start)
            case 4: bytes.removeSubrange(start...)
            default:
                bytes.replaceSubrange(
                    start..<(Bool.random(using: &self) ? start : end), with: (words.randomElement(using: &self) ?? "").utf8)
            }
        }
        return bytes
    }
}
