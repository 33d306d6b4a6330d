@testable import Formats

/// One reader of hostile bytes, and what must hold of it whatever the bytes are.
///
/// The same values run under libFuzzer (`make fuzz`), and in `make test` over every regression and over mutated seeds.
struct FuzzTarget: Sendable {
    /// Also the name of its folders of seeds and regressions, and of its dictionary where it has one.
    var name: String
    /// Reads the bytes; true when they were accepted, false when they were refused as they should be. A trap is a finding, too.
    var run: @Sendable ([UInt8]) throws(BrokenPromise) -> Bool

    init(_ name: String, _ run: @escaping @Sendable ([UInt8]) throws(BrokenPromise) -> Bool) {
        self.name = name
        self.run = run
    }

    static let all: [FuzzTarget] = archives + decoders + packages + texts + documents + uploads
}

/// Something that a reader must never do.
struct BrokenPromise: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}

/// Throws when what was promised does not hold.
func promise(_ holds: Bool, _ what: @autoclosure () -> String) throws(BrokenPromise) {
    guard holds else { throw BrokenPromise(what()) }
}

extension FuzzTarget {
    /// Limits that small inputs reach, too.
    static let tight: Budget = {
        var budget = Budget()
        budget.expandedBytes = 64 << 10
        budget.entries = 16
        budget.memberBytes = 4 << 10
        budget.pathBytes = 64
        budget.headerBytes = 8 << 10
        budget.depth = 8
        return budget
    }()

    /// Reads under the standard budget and under the tight one: what both accept must be the same, and the tight one refuses
    /// nothing more unless by a limit. Nil when the bytes were refused.
    static func read<Value: Equatable>(_ body: (Budget) throws(Refusal) -> Value) throws(BrokenPromise) -> Value? {
        let roomy = Result { () throws(Refusal) in try body(Budget()) }
        let strict = Result { () throws(Refusal) in try body(tight) }
        for case .failure(let refusal) in [roomy, strict] { try check(refusal) }
        switch (roomy, strict) {
        case (.success(let one), .success(let other)):
            try promise(one == other, "reading twice gives two values")
        case (.success(let one), .failure(let refusal)):
            try promise(refusal.cause == .limit, "a smaller budget refuses otherwise: \(refusal)")
            let again = Result { () throws(Refusal) in try body(Budget()) }
            try promise((try? again.get()) == one, "reading twice gives two values")
        case (.failure(let refusal), .success):
            throw BrokenPromise("a smaller budget accepts what a larger one refuses: \(refusal)")
        case (.failure, .failure): break
        }
        return try? roomy.get()
    }

    /// Every refusal says what is wrong and what helps, in words fit for a terminal.
    static func check(_ refusal: Refusal) throws(BrokenPromise) {
        try promise(!refusal.what.isEmpty && !refusal.remedy.isEmpty, "a refusal without words: \(refusal)")
        try check(line: refusal.description, "a refusal")
    }

    /// A line that a terminal, a page and an index can show.
    static func check(line: String, _ what: String) throws(BrokenPromise) {
        let isClean = line.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F ~= $0.value) }
        try promise(isClean, "a control character in \(what): \(line.debugDescription)")
    }

    /// A path that stays below its folder and that every file system takes.
    static func check(path: String) throws(BrokenPromise) {
        try check(line: path, "a path")
        for part in path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            try promise(!part.isEmpty && part.count <= 255, "a component of impossible length in the path \(path)")
            try promise(!part.elementsEqual(".".utf8) && !part.elementsEqual("..".utf8), "dots in the path \(path)")
            try promise(!part.contains(UInt8(ascii: "\\")), "a backslash in the path \(path)")
        }
    }

    /// Text that can stand in an index.
    static func text(_ bytes: [UInt8], _ what: String) throws(BrokenPromise) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw BrokenPromise("\(what) is not UTF-8") }
        return text
    }
}
