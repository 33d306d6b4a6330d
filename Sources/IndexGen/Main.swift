internal import Glibc

@main
struct Main {
    static func main() {
        // A closed pipe (`indexgen list | head`) ends the program quietly, as it does any other tool.
        signal(SIGPIPE, SIG_DFL)
        // A web server reads what is public and nobody else what is not, whatever mask the program was started with.
        umask(0o022)
        let code = ExitCodes.run(Array(CommandLine.arguments.dropFirst()))
        Console.flush()
        if let report = Meter.report() { Console.diagnose(report) }
        exit(code)
    }
}
