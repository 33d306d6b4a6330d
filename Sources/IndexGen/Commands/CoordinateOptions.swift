internal import ArgumentParser
internal import Formats

/// Options that say where packages go or are: one for each coordinate that an ecosystem has, by its name (`--group el9`).
///
/// The argument parser wants options declared, and ecosystems say what these are called. So they are one option of many names here, and
/// `marked` puts the name that was used before each value (`--group group=el9`), ahead of the parser.
struct CoordinateOptions: ParsableArguments {
    @Option(
        name: NameSpecification(Self.names.map { .customLong($0) }), parsing: .singleValue,
        help: ArgumentHelp(Self.help, valueName: "value"))
    var values: [String] = []

    /// What was given, each name once.
    ///
    /// - Throws: `UsageError` for a name that was given two values.
    func given() throws -> [(name: String, value: String)] {
        var given: [(name: String, value: String)] = []
        for marked in values {
            let parts = marked.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 else { preconditionFailure("every value is marked") }
            if let other = given.first(where: { $0.name == parts[0] }) {
                guard other.value == parts[1] else {
                    throw UsageError(description: "--\(parts[0]) is given as '\(other.value)' and as '\(parts[1])'; give it once")
                }
                continue
            }
            given.append((parts[0], parts[1]))
        }
        return given
    }

    func coordinates() throws -> Coordinates {
        Coordinates(Dictionary(uniqueKeysWithValues: try given().map { ($0.name, $0.value) }))
    }

    // MARK: Names

    private static let all: [(title: String, coordinate: EcosystemProfile.Coordinate)] = Ecosystems.standard.all.flatMap {
        ecosystem in
        ecosystem.profile.coordinates.map { (ecosystem.profile.title, $0) }
    }

    /// Without repetition, in the order of the ecosystems.
    static let names = all.map(\.coordinate.name).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }

    private static let help =
        all.map { "\($0.title): the \($0.coordinate.name), \($0.coordinate.help)" }.joined(separator: "; ") + "."

    /// The verbs that have these options.
    private static let verbs = [AddCommand.self, RemoveCommand.self, CopyCommand.self, RecoverCommand.self].flatMap {
        (verb: any Verb.Type) in [verb._commandName] + verb.configuration.aliases
    }

    /// A command line whose values of these options have their names before them.
    static func marked(_ arguments: [String]) -> [String] {
        guard
            let verb = arguments.indices.first(where: { index in
                !arguments[index].hasPrefix("-") && (index == 0 || arguments[index - 1] != "--site")
            }), verbs.contains(arguments[verb])
        else { return arguments }
        var marked = Array(arguments[...verb])
        var rest = arguments[(verb + 1)...]
        while let argument = rest.popFirst() {
            marked.append(argument)
            if argument == "--" { break }
            guard argument.hasPrefix("--") else { continue }
            let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first.map(String.init), names.contains(name) else { continue }
            if parts.count == 2 {
                marked[marked.count - 1] = "--\(name)=\(name)=\(parts[1])"
            } else if let value = rest.first, !value.hasPrefix("--") {
                marked.append("\(name)=\(value)")
                rest.removeFirst()
            }
        }
        return marked + rest
    }
}
