internal import Glibc

/// Makes a system call that answers a negative number for an error, again for as long as a signal interrupts it: an interrupted call is
/// not a failed one. `errno` is that of the last attempt.
func uninterrupted<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
        let result = call()
        if result >= 0 || errno != EINTR { return result }
    }
}
