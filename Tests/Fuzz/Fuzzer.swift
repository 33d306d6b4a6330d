import CFuzzer
import Glibc

/// `INDEXGEN_FUZZ_TARGET=NAME Fuzz [libFuzzer's arguments]`: feeds one target until something breaks or time is up; without a
/// name, lists them. (By the environment, since libFuzzer starts its program anew to merge and to minimise, with other arguments.)
@main struct Fuzzer {
    private static let chosen = getenv("INDEXGEN_FUZZ_TARGET").flatMap { name in
        FuzzTarget.all.first { $0.name == String(cString: name) }
    }

    static func main() {
        guard chosen != nil else {
            for target in FuzzTarget.all { print(target.name) }
            return
        }
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        _ = LLVMFuzzerRunDriver(&count, &arguments) { data, size in
            do {
                _ = try Fuzzer.chosen?.run(Array(UnsafeBufferPointer(start: data, count: size)))
            } catch {
                fatalError("\(error)")
            }
            return 0
        }
    }
}
