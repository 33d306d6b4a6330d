internal import Foundation
internal import GRDB

extension [UInt8] {
    /// The bytes as a statement's argument.
    var blob: Data { Data(self) }
}

extension Row {
    /// A copy of a blob column; empty for NULL.
    func bytes(_ index: Int) -> [UInt8] {
        (self[index] as Data?).map { [UInt8]($0) } ?? []
    }

    /// The bytes of a blob column, borrowed for the length of the call.
    func withBytes(_ index: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        try withUnsafeData(atIndex: index) { data in
            try (data ?? Data()).withUnsafeBytes { try body($0) }
        }
    }
}
