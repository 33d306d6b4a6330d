internal import Glibc

/// A maker of packages to measure and to test with. Pure: the same values give the same bytes, and package number `i` depends on the
/// seed and on `i` alone.
package protocol Corpus: Sendable {
    func file(_ index: Int) -> CorpusFile
}

/// One package file, and its line for programs that take a list instead of files.
package struct CorpusFile: Sendable {
    package var name: String
    package var bytes: [UInt8]
    package var listing: [UInt8] = []
    /// Modification time, Unix seconds.
    package var modified: Int

    /// Writes the file under its name.
    ///
    /// - Returns: its path.
    @discardableResult
    package func write(into folder: String) throws -> String {
        let path = "\(folder)/\(name)"
        try Self.write(bytes, to: path, modified: modified)
        return path
    }

    package static func write(_ bytes: [UInt8], to path: String, modified: Int) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw CorpusFault.system(path) }
        defer { close(file) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            guard count > 0 else { throw CorpusFault.system(path) }
            rest = rest.dropFirst(count)
        }
        let time = timespec(tv_sec: modified, tv_nsec: 0)
        guard futimens(file, [time, time]) == 0 else { throw CorpusFault.system(path) }
    }
}

/// What went wrong, for people.
package struct CorpusFault: Error, CustomStringConvertible {
    package var description: String

    package init(description: String) { self.description = description }

    /// A failed system call on a path.
    package static func system(_ path: String) -> CorpusFault {
        CorpusFault(description: "\(path): \(String(cString: strerror(errno)))")
    }
}
