internal import Glibc

/// A system call that failed: which, on what, why, and what to do about it.
struct SystemError: Error, CustomStringConvertible {
    var operation: String
    var path: String
    var code: Int32

    init(_ operation: String, _ path: String, code: Int32 = errno) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    var description: String {
        let what = "cannot \(operation) \(path): \(String(cString: strerror(code)))"
        return Self.remedy(for: code).map { "\(what); \($0)" } ?? what
    }

    /// Nil where the words of the system say it all.
    static func remedy(for code: Int32) -> String? {
        switch code {
        case ENOSPC, EDQUOT: "make room there and run this again: nothing is lost"
        case EIO: "check the disk (dmesg), then run this again and: indexgen verify"
        case EROFS: "make the file system writable (after errors the system itself takes that away: dmesg) and run this again"
        case EACCES, EPERM: "give the user who runs indexgen the right to do that"
        case EMFILE, ENFILE: "raise the limit of open files (ulimit -n)"
        case ENOTDIR, EISDIR, ELOOP: "something else stands where that should be (symbolic links are not followed): remove it"
        default: nil
        }
    }
}
