internal import ArgumentParser
internal import Formats
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
        // Where the command line cannot be read, its options cannot either.
        let isJSON = arguments.prefix { $0 != "--" }.contains("--json")
        do {
            try VerbNames.check(arguments)
            var command = try Indexgen.parseAsRoot(CoordinateOptions.marked(arguments))
            do {
                try command.run()
            } catch let error as DatabaseError {
                return report(CatalogError(error, of: (command as? any Verb)?.siteFolder ?? "."), asJSON: isJSON)
            }
            return done
        } catch let ended as Ended {
            return ended.code
        } catch {
            return report(error, asJSON: isJSON)
        }
    }

    /// Says what ended the program, on standard error; with `--json` as an object on standard output, too: who reads that alone must
    /// not take a fault for an empty result.
    private static func report(_ error: any Error, asJSON isJSON: Bool) -> Int32 {
        let (message, code) = explained(error)
        // Help and version are results, everything else is a diagnosis.
        if code == done {
            if !message.isEmpty { print(message) }
            return done
        }
        Console.diagnose(message)
        Console(level: .normal, json: isJSON).result { json in
            json.member("error", message)
            json.member("exit", code)
        }
        return code
    }

    private static func explained(_ error: any Error) -> (message: String, code: Int32) {
        switch error {
        case is SettingsError, is OwnerName.Invalid, is UnknownType, is UsageError:
            return ("indexgen: \(error)", usage)
        case is SystemError, is Folder.InTheWay, is ListenAddress.Failure, is PublicationFailures:
            // These can carry a name which a stranger chose.
            return ("indexgen: \(PrintableText.of("\(error)"))", unusable)
        case is Site.NotASite, is Site.NoCatalog, is CatalogError, is Catalog.NewerCatalog, is Keyring.Failure,
            is PublishingError, is Program.Failure, is Privileges.Failure:
            return ("indexgen: \(error)", unusable)
        case is Refusal:
            return ("indexgen: \(error)", refused)
        default:
            return (Indexgen.fullMessage(for: error), Indexgen.exitCode(for: error) == .success ? done : usage)
        }
    }
}

/// Arguments that parse and yet cannot be meant.
struct UsageError: Error, CustomStringConvertible {
    var description: String
}
