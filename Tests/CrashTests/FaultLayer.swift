import Foundation
import Glibc

/// The library that makes calls fail (`Faults/faults.c`), and what it wrote down about a run.
struct FaultLayer: Sendable {
    /// When a call fails, and which others with it.
    enum Mode: String, Sendable, CaseIterable {
        case once
        /// All that follow fail, too: a disk that is full stays full.
        case sticky
        /// From then on, a write takes half of what it is given.
        case short
    }

    struct Call: Sendable, CustomStringConvertible {
        var number: Int
        var isFailed: Bool
        var name: String
        var path: String

        var description: String { "\(number) \(name) \(path)" }
    }

    let library: String

    static let built: Result<FaultLayer, any Error> = Result {
        let library = try PreloadedLibrary("faults").path
        atexit { unlink("\(Victim.programs)/faults-\(getpid()).so") }
        return FaultLayer(library: library)
    }

    static let canBeBuilt: Bool = {
        if case .failure(let error) = built { print("fault tests are skipped: \(error)") }
        return (try? built.get()) != nil
    }()

    /// What tells the library about one run of `program`. Call 0: only count.
    func environment(
        in victim: Victim, failing call: Int, _ code: Int32 = 0, _ mode: Mode = .once, of program: String = "indexgen"
    ) -> [String] {
        unlink(log(victim))
        return [
            "LD_PRELOAD=\(library)", "FAULT_PROGRAM=\(program)", "FAULT_ROOT=\(victim.site)", "FAULT_LOG=\(log(victim))",
            "FAULT_AT=\(call)", "FAULT_ERRNO=\(code)", "FAULT_MODE=\(mode)",
        ]
    }

    private func log(_ victim: Victim) -> String { victim.folder + "/calls" }

    /// The calls of the last run, in their order.
    func calls(in victim: Victim) -> [Call] {
        guard let text = try? String(contentsOfFile: log(victim), encoding: .utf8) else { return [] }
        return text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ", maxSplits: 3).map(String.init)
            guard words.count == 4, let number = Int(words[0]) else { return nil }
            return Call(number: number, isFailed: words[1] == "!", name: words[2], path: words[3])
        }
    }
}
