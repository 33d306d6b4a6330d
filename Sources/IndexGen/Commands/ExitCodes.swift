internal import ArgumentParser
internal import Formats
internal import GRDB
internal import Glibc

/// The one place where errors become exit codes and lines on standard error.
enum ExitCodes {
    static let done: Int32 = 0
    /// Some inputs refused or faults found; all others were done.
    static let refused: Int32 = 1
    /// Wrong usage or settings.
    static let usage: Int32 = 2
    /// The site cannot be used.
    static let unusable: Int32 = 3

    /// Thrown by a command that has said everything already.
    struct Ended: Error {
        var code: Int32
    }

    /// Parses and runs; returns the exit code.
    static func run(_ arguments: [String]) -> Int32 {
        do {
            var command = try Indexgen.parseAsRoot(arguments)
            do {
                try command.run()
            } catch let error as DatabaseError {
                return report(CatalogError(error, of: (command as? any Verb)?.siteFolder ?? "."))
            }
            return done
        } catch let ended as Ended {
            return ended.code
        } catch {
            return report(error)
        }
    }

    private static func report(_ error: any Error) -> Int32 {
        switch error {
        case is SettingsError, is OwnerName.Invalid, is UnknownType, is UsageError:
            Console.diagnose("indexgen: \(error)")
            return usage
        case is SystemError, is Folder.InTheWay:
            // These can carry a name which a stranger chose.
            Console.diagnose("indexgen: \(PrintableText.of("\(error)"))")
            return unusable
        case is Site.NotASite, is Site.NoCatalog, is CatalogError, is Catalog.NewerCatalog, is Keyring.Failure,
            is PublishingError, is Program.Failure, is Privileges.Failure:
            Console.diagnose("indexgen: \(error)")
            return unusable
        case is Refusal:
            Console.diagnose("indexgen: \(error)")
            return refused
        default:
            let message = Indexgen.fullMessage(for: error)
            // Help and version are results, everything else the parser says is a diagnosis.
            if Indexgen.exitCode(for: error) == .success {
                if !message.isEmpty { print(message) }
                return done
            }
            Console.diagnose(message)
            return usage
        }
    }
}

/// Arguments that parse and yet cannot be meant.
struct UsageError: Error, CustomStringConvertible {
    var description: String
}
