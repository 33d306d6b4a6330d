import Foundation
import Testing

/// The examples are run, so that they stay true; the samples are what their sources say.
extension Clients {
    @Suite struct ExampleTests {
        @Test(arguments: ["quickstart", "grouped-rpm"])
        func `an example runs to its end`(name: String) throws {
            let sandbox = try Sandbox("example")
            defer { sandbox.hold() }
            let outcome = try Tool.run(
                ["sh", "\(Checkout.root)/examples/\(name)/run.sh", sandbox.path + "/scratch"],
                environment: ["INDEXGEN": Tool.indexgen])
            #expect(outcome.succeeded, "\(outcome)")
        }

        @Test(arguments: ["quickstart", "grouped-rpm"])
        func `an example that cannot do its work says so`(name: String) throws {
            let sandbox = try Sandbox("example")
            defer { sandbox.hold() }
            let outcome = try Tool.run(
                ["sh", "\(Checkout.root)/examples/\(name)/run.sh", sandbox.path + "/scratch"],
                environment: ["INDEXGEN": "/bin/false"])
            #expect(!outcome.succeeded, "\(outcome)")
        }

        @Test(.needs("rpmbuild", "dpkg-deb", "python3"))
        func `the sample packages can be built again`() throws {
            let sandbox = try Sandbox("samples")
            defer { sandbox.hold() }
            let outcome = try Tool.run(["sh", "\(Checkout.root)/examples/packages/build.sh", sandbox.path])
            #expect(outcome.succeeded, "\(outcome)")
            let built = try FileManager.default.subpathsOfDirectory(atPath: sandbox.path).sorted()
            #expect(built == (try FileManager.default.subpathsOfDirectory(atPath: Checkout.samples).sorted()))
            for file in built {
                let size = try FileManager.default.attributesOfItem(atPath: "\(Checkout.samples)/\(file)")[.size] as? Int ?? .max
                #expect(size < 20_000, "\(file)")
            }
        }
    }
}
