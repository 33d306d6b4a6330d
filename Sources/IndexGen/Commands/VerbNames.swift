internal import ArgumentParser
internal import Formats

/// The first word of a command line that is not a verb: what was probably meant. The parser by itself would blame the options behind it.
enum VerbNames {
    /// Every verb as it is typed: `add`, `token create`.
    static var all: [String] {
        Indexgen.configuration.subcommands.flatMap { verb -> [String] in
            let name = verb.configuration.commandName ?? ""
            let inner = verb.configuration.subcommands.compactMap { $0.configuration.commandName }
            return inner.isEmpty ? [name] : inner.map { "\(name) \($0)" }
        }
    }

    /// Throws a `UsageError` for a verb that does not exist.
    static func check(_ arguments: [String]) throws {
        try check(arguments[...], in: Indexgen.self, path: "indexgen")
    }

    private static func check(_ arguments: ArraySlice<String>, in command: any ParsableCommand.Type, path: String) throws {
        let verbs = command.configuration.subcommands
        guard !verbs.isEmpty, let (word, rest) = firstWord(of: arguments), word != "help" else { return }
        if let verb = verbs.first(where: { names(of: $0).contains(word) }) {
            return try check(rest, in: verb, path: "\(path) \(word)")
        }
        let shown = PrintableText.of(word)
        let known = verbs.compactMap { $0.configuration.commandName }
        let remedy =
            if command == Indexgen.self, let meant = meanings[ASCII.lowered(word)] {
                meant
            } else if let near = Words.nearest(to: ASCII.lowered(word), among: verbs.flatMap(names)) {
                "did you mean '\(path) \(near)'?"
            } else {
                "there is: \(known.joined(separator: ", "))"
            }
        throw UsageError(description: "'\(shown)' is not a verb of '\(path)'; \(remedy)")
    }

    private static func names(of command: any ParsableCommand.Type) -> [String] {
        [command.configuration.commandName].compactMap(\.self) + command.configuration.aliases
    }

    /// The first argument that is neither one of the options around the verb nor such an option's value, and what follows it.
    private static func firstWord(of arguments: ArraySlice<String>) -> (String, ArraySlice<String>)? {
        var rest = arguments
        while let argument = rest.popFirst() {
            switch argument {
            case "--site": _ = rest.popFirst()
            case "--json", "--quiet", "--verbose": continue
            case _ where argument.hasPrefix("--site="): continue
            // Help, the version, completions, and whatever else the parser knows.
            case _ where argument.hasPrefix("-"): return nil
            default: return (argument, rest)
            }
        }
        return nil
    }

    /// What people type who know other tools.
    private static let meanings = [
        "publish":
            "packages come in, and are published, by 'indexgen add'; what waits is published by 'indexgen generate'",
        "upload": "on this machine it is 'indexgen add'; over the network see 'indexgen serve' and 'indexgen token'",
        "push": "on this machine it is 'indexgen add'; over the network see 'indexgen serve' and 'indexgen token'",
        "deploy": "packages come in, and are published, by 'indexgen add'",
        "import": "a folder of packages comes in by 'indexgen add DIR'",
        "search": "list what there is and choose from it: indexgen list | grep WORD",
        "find": "list what there is and choose from it: indexgen list | grep WORD",
        "info": "a package's files are shown by 'indexgen show OWNER/TYPE NAME', the site's state by 'indexgen verify'",
        "status": "'indexgen verify' says what is out of date or damaged, 'indexgen list' what there is",
        "check": "it is 'indexgen verify'",
        "doctor": "it is 'indexgen verify'",
        "log": "it is 'indexgen history'",
        "undo": "a package added by mistake goes with 'indexgen remove'; 'indexgen yank --undo' takes a yank back",
        "rebuild": "it is 'indexgen generate --all'",
        "update": "what is out of date is published by 'indexgen generate'",
        "publish-all": "it is 'indexgen generate --all'",
        "clean": "what nothing needs any more is deleted by 'indexgen prune'",
        "gc": "what nothing needs any more is deleted by 'indexgen prune'",
        "new": "a site is made by 'indexgen init'",
        "create": "a site is made by 'indexgen init', a token by 'indexgen token create'",
        "config": "settings are in indexgen.yaml in the site's folder; every verb checks them",
        "key": "signing keys are in state/keyring in the site's folder: gpg --homedir",
        "cp": "it is 'indexgen copy'",
        "tag": "what stands for a version is set by 'indexgen mark': indexgen mark --help",
    ]
}
