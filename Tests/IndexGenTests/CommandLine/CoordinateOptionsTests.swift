import Formats
import Testing

@testable import IndexGen

/// The options that ecosystems name.
@Suite struct CoordinateOptionsTests {
    @Test(arguments: [
        ("add --group el9 a.rpm", "add --group group=el9 a.rpm"), ("add --group=el9 a", "add --group=group=el9 a"),
        ("add --group= a", "add --group=group= a"), ("add --group a=b -x", "add --group group=a=b -x"),
        ("add --group a --component c", "add --group group=a --component component=c"),
        ("--site s --json rm x y --distribution d", "--site s --json rm x y --distribution distribution=d"),
        ("--site add list --group g", "--site add list --group g"), ("add -- --group g", "add -- --group g"),
        ("add a --group", "add a --group"), ("add --group --new a", "add --group --new a"),
        ("add --group -x a", "add --group group=-x a"), ("token create --group el9", "token create --group el9"),
        ("recover --group el9 ab", "recover --group group=el9 ab"), ("add --owner group", "add --owner group"),
        ("copy --from group=a --group b", "copy --from group=a --group group=b"),
        ("promote x --group b", "promote x --group group=b"),
        ("add --groups g", "add --groups g"), ("", ""), ("--help", "--help"),
    ])
    func `values get their names before the parser sees them`(line: String, expected: String) {
        func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }
        #expect(CoordinateOptions.marked(words(line)) == words(expected))
    }

    @Test func `what was given is found under its name, and two values for one name are refused`() throws {
        var options = CoordinateOptions()
        options.values = ["group=a=b", "component=", "group=a=b"]
        #expect(try options.coordinates() == Coordinates(["group": "a=b", "component": ""]))
        options.values.append("component=c")
        let error = #expect(throws: UsageError.self) { try options.given() }
        #expect(error?.description == "--component is given as '' and as 'c'; give it once")
    }

    @Test func `every coordinate of every type has its option, and help that says what to write`() throws {
        for coordinate in Ecosystems.standard.all.flatMap(\.profile.coordinates) {
            #expect(CoordinateOptions.names.contains(coordinate.name) && !coordinate.help.isEmpty)
        }
        let program = try RunProgram()
        let help = try program.run("add", "--help")
        #expect(help.status == 0)
        for name in CoordinateOptions.names { #expect(help.output.contains("--\(name)"), "\(help.output)") }
        #expect(try program.run("remove", "a/rpm", "b", "--group", "x", "--group", "y").status == 2)
    }
}
