import Formats
import Foundation
import Testing

/// Readers that are not ours look at what was published: Python's XML, JSON, HTML and deb822 grammars, each made as strict as it goes.
enum StrictReaders {
    static func check(_ sandbox: Sandbox, _ type: String, count: Int) throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/strict.py"
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", script, type, "\(sandbox.site)/public/packages/\(Ecosystems.standard[type]?.profile.segment ?? type)",
            "\(count)",
        ]
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        if process.terminationStatus == 127 { return }
        #expect(process.terminationStatus == 0, "\(type): \(said)")
    }
}
