import Foundation

@testable import IndexGen

/// The sample packages of `examples/`.
enum SampleFiles {
    static func path(_ relative: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
            + "/examples/packages/dist/\(relative)"
    }
}

extension Catalog {
    /// Takes packages in that belong together: all of them, or none.
    func takeTogether(_ admissions: [Admission], blobs: BlobStore) throws -> GroupOutcome {
        let outcomes = try take(groups: [admissions], blobs: blobs)
        return outcomes[0]
    }
}
