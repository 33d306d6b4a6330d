internal import ArgumentParser

#if Serve
internal import Dispatch
internal import Formats
internal import Synchronization

struct ServeCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Take uploads over HTTP, as clients' own publish commands send them; publish what they change.",
        discussion: """
            indexgen serve --listen 127.0.0.1:8081

            Downloads never pass through it: nginx serves the public tree, and sends writes here (see: indexgen nginx).
            Tokens say who may upload: indexgen token create.
            """)

    @ParentCommand var root: Indexgen
    @OptionGroup var here: CommonOptions

    @Option(
        help: ArgumentHelp(
            "HOST:PORT, or unix:PATH for a socket in the file system (default: server.listen).", valueName: "address"))
    var listen: String?

    @Flag(help: "Leave publishing to another process (indexgen generate, by a timer say).")
    var noGenerate = false

    func run() throws {
        Allocator.bound()
        let site = try openSite()
        var address = site.settings.server.listen
        if let listen {
            guard let given = ListenAddress(listen) else { throw UsageError(description: ListenAddress.fault(listen)) }
            address = given
        }
        let server = IngestServer(site: site, address: address, generates: !noGenerate)
        // The main thread is none of the cooperative pool's; it waits here.
        let ended = DispatchSemaphore(value: 0)
        let failure = Mutex<(any Error)?>(nil)
        Task {
            do {
                try await server.run()
            } catch {
                failure.withLock { $0 = error }
            }
            ended.signal()
        }
        ended.wait()
        if let error = failure.withLock({ $0 }) { throw error }
    }
}
#else
/// In a program that was built without the trait `Serve`.
struct ServeCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Not in this program: take uploads over HTTP.",
        discussion: "It was built without it, as make demo does. The program that make install builds has it.")

    @ParentCommand var root: Indexgen
    @OptionGroup var here: CommonOptions

    /// Whatever the real one takes.
    @Argument(parsing: .allUnrecognized, help: .hidden)
    var rest: [String] = []

    func run() throws {
        throw UsageError(
            description: "this program was built without 'serve'; make install builds one that has it, and so does swift build")
    }
}
#endif
