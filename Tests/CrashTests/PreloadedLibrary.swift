import Foundation
import Glibc

/// A library of `Faults/`, in C, that is loaded before libc and sees the calls of a program.
struct PreloadedLibrary: Sendable {
    struct NoCompiler: Error, CustomStringConvertible {
        var description: String
    }

    let path: String

    /// Compiles it; Swift cannot be installed without a C compiler.
    init(_ name: String) throws {
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Faults/\(name).c"
        let folder = try Victim(emptyIn: FileManager.default.temporaryDirectory.path)
        // Beside the tests' products: it outlives this run, and its folder is swept with them.
        let library = "\(Victim.programs)/\(name)-\(getpid()).so"
        var said: [String] = []
        for compiler in ["cc", "clang", "gcc"] {
            guard let program = Victim.find(compiler) else { continue }
            let run = try folder.run(program: program, ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"])
            if run.status == 0 {
                path = library
                return
            }
            said.append("\(compiler): \(run.diagnostics)")
        }
        throw NoCompiler(description: "no C compiler for \(name).c; \(said.joined(separator: " "))")
    }
}
