import Foundation

/// The sample packages of `examples/`.
enum SampleFiles {
    static func path(_ relative: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
            + "/examples/packages/dist/\(relative)"
    }
}
