internal import Formats
internal import Glibc

/// Repositories that could not be published; all others were.
struct PublicationFailures: Error, CustomStringConvertible {
    struct Failure {
        /// `OWNER/TYPE`.
        var repository: String
        var error: any Error
    }

    /// At least one.
    let failures: [Failure]

    init(_ failures: [Failure]) { self.failures = failures }

    /// Why one repository could not be published; nil if it was.
    func error(of repository: String) -> (any Error)? { failures.first { $0.repository == repository }?.error }

    /// A line for each.
    var description: String {
        failures.map { PrintableText.of("\($0.repository): \($0.error)") }.joined(separator: "\n")
    }

    /// Whether an error has its reason in the one repository that was being published, so that the others can go on. A full or broken
    /// disk, keys and the catalog are everybody's.
    static func isOfOneRepository(_ error: any Error, of site: Site) -> Bool {
        switch error {
        case is PublishingError: true
        case let error as Folder.InTheWay: error.path.hasPrefix(site.publicRoot + "/")
        case let error as SystemError:
            [EACCES, EPERM, ENOTDIR, EISDIR, ENAMETOOLONG, ELOOP].contains(error.code)
                && error.path.hasPrefix(site.publicRoot + "/")
        default: false
        }
    }
}
