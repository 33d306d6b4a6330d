import Foundation
import Glibc

/// One call that changed a file system, or made it durable, or said something on which somebody relies (`Faults/record.c`).
struct DiskOperation: Sendable {
    enum Kind: UInt64, Sendable {
        /// The folder that is recorded: `a`.
        case root
        /// A file in folder `a` under `name`: inode `b`, mode `c`.
        case create
        /// A folder, likewise.
        case folder
        /// A second name for inode `b`.
        case link
        /// `name` goes from folder `a`.
        case unlink
        /// `name` in folder `a` becomes `other` in folder `b`.
        case rename
        /// `bytes` into inode `a`, from offset `b` on.
        case write
        /// Inode `a` has `b` bytes.
        case truncate
        /// What inode `a` holds is durable.
        case sync
        /// Everything is durable.
        case syncAll
        /// `bytes` went to standard output or into an answer.
        case said
        /// Inode `a` has mode `b`.
        case mode
        /// Two names change places.
        case exchange
    }

    var kind: Kind
    var a, b, c: UInt64
    var name, other: String
    /// In the recording.
    var bytes: Range<Int>
}

/// What the library wrote down.
final class DiskRecording: Sendable {
    let bytes: [UInt8]
    let operations: [DiskOperation]

    init(_ bytes: [UInt8], _ operations: [DiskOperation]) {
        self.bytes = bytes
        self.operations = operations
    }

    init(_ bytes: [UInt8]) throws {
        self.bytes = bytes
        var operations: [DiskOperation] = []
        var position = 0
        try bytes.withUnsafeBytes { buffer in
            func text(_ count: Int) -> String {
                defer { position += count }
                return String(decoding: buffer[position..<(position + count)], as: UTF8.self)
            }
            while position < buffer.count {
                let head = (0..<8).map { buffer.loadUnaligned(fromByteOffset: position + 8 * $0, as: UInt64.self) }
                guard let kind = DiskOperation.Kind(rawValue: head[0]) else {
                    throw Victim.Failure(description: "byte \(position) of the record begins no operation")
                }
                position += 64
                let name = text(Int(head[4])), other = text(Int(head[5]))
                let end = position + Int(head[6])
                operations.append(
                    DiskOperation(
                        kind: kind, a: head[1], b: head[2], c: head[3], name: name, other: other, bytes: position..<end))
                position = end
            }
        }
        self.operations = operations
    }

    func text(of operation: DiskOperation) -> String { String(decoding: bytes[operation.bytes], as: UTF8.self) }
}

/// The library that records (`Faults/record.c`).
struct DiskRecorder: Sendable {
    let library: String

    static let built: Result<DiskRecorder, any Error> = Result {
        let library = try PreloadedLibrary("record").path
        atexit { unlink("\(Victim.programs)/record-\(getpid()).so") }
        return DiskRecorder(library: library)
    }

    static let canBeBuilt: Bool = {
        if case .failure(let error) = built { print("tests of power cuts are skipped: \(error)") }
        return (try? built.get()) != nil
    }()

    /// What tells the library about one run; runs of one site add to one record.
    func environment(in victim: Victim) -> [String] {
        ["LD_PRELOAD=\(library)", "RECORD_ROOT=\(victim.site)", "RECORD_LOG=\(log(victim))"]
    }

    func log(_ victim: Victim) -> String { victim.folder + "/record" }

    /// How long the record is now.
    func size(in victim: Victim) -> Int {
        var there = stat()
        return stat(log(victim), &there) == 0 ? Int(there.st_size) : 0
    }

    func recording(of victim: Victim) throws -> DiskRecording {
        try DiskRecording([UInt8](Data(contentsOf: URL(fileURLWithPath: log(victim)))))
    }
}
