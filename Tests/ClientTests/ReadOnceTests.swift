import Foundation
import Testing

/// Which files the program opens, by strace: each package once, when it comes in; nothing when nothing changed.
extension Clients {
    @Suite(.needs("strace")) struct ReadOnceTests {
        @Test func `adding one package opens no other, and a second generate writes nothing`() throws {
            let sandbox = try Sandbox("strace")
            defer { sandbox.hold() }
            let folder = sandbox.path + "/site"
            try Tool.succeed([Tool.indexgen, "init", folder])
            try Tool.succeed([Tool.indexgen, "--site", folder, "add", Checkout.samples + "/rpm", Checkout.samples + "/debian"])
            try Tool.succeed([Tool.indexgen, "--site", folder, "add", Checkout.samples + "/helm"])

            let new = try #require(Checkout.samples("pypi", ".whl").first)
            let added = try opened([Tool.indexgen, "--site", folder, "add", new], in: sandbox)
            let packages = added.filter {
                $0.path.hasPrefix(Checkout.samples) || $0.path.contains("/state/blobs/") || isPackage($0.path)
            }
            // The source, and its blob and sidecar once more by name, to make them durable.
            #expect(Set(packages.map(\.path).filter { $0.hasPrefix(Checkout.samples) }) == [new])
            let wheel = Site.sha256(try Data(contentsOf: URL(fileURLWithPath: new)))
            let blobs = packages.map(\.path).filter { $0.contains("/state/blobs/") && $0.count > folder.count + 60 }
            #expect(blobs.contains { $0.hasSuffix(wheel.dropFirst(2)) })
            #expect(Set(blobs).count == 2, "\(blobs)")
            #expect(!packages.contains { isPackage($0.path) && $0.path.contains("/public/") })

            let again = try opened([Tool.indexgen, "--site", folder, "generate"], in: sandbox)
            #expect(again.allSatisfy { !$0.path.contains("/public/") && !$0.path.contains("/state/blobs/") })
            let written = again.filter { $0.isWriting && $0.path.hasPrefix(folder) }.map { $0.path.dropFirst(folder.count) }
            #expect(written.allSatisfy { $0.hasPrefix("/state/catalog.") }, "\(written)")
        }

        private func isPackage(_ path: String) -> Bool {
            [".rpm", ".deb", ".whl", ".tgz", ".tar.gz"].contains { path.hasSuffix($0) }
        }

        /// The files that a program and its children opened, and whether for writing.
        private func opened(_ command: [String], in sandbox: Sandbox) throws -> [(path: String, isWriting: Bool)] {
            let log = sandbox.path + "/trace"
            try Tool.succeed(["strace", "-f", "-qq", "-e", "trace=open,openat,creat", "-o", log] + command)
            return try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").compactMap { line in
                let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
                guard parts.count >= 3, !line.contains(" = -1 ") else { return nil }
                return (String(parts[1]), line.contains("O_WRONLY") || line.contains("O_RDWR") || line.contains("O_CREAT"))
            }
        }
    }
}
