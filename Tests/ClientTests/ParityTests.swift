import Foundation
import Testing

/// Our indexes against those of the tools that everybody uses, for the same packages.
extension Clients {
    @Suite(.needs("python3")) struct ParityTests {
        let site: Site

        init() throws { site = try .current }

        static let createrepo =
            ([ProcessInfo.processInfo.environment["INDEXGEN_CREATEREPO_C"]].compactMap { $0 }
            + ["/usr/bin/createrepo_c", "/usr/local/bin/createrepo_c"]).first { FileManager.default.isExecutableFile(atPath: $0) }
        static let hasDebianScript = FileManager.default.fileExists(atPath: Checkout.root + "/Tests/Parity/debian_parity.py")

        @Test(.enabled(if: createrepo != nil, "createrepo_c is not installed"), arguments: ["el9", "gz9"])
        func `sample RPM packages are listed as createrepo_c lists them`(group: String) throws {
            let folder = try copies(of: Checkout.samples("rpm"))
            try site.add([folder.path], owner: "parity-samples", "--group", group)
            try compareRPM("parity-samples/rpm/\(group)", folder)
        }

        @Test(.needsShared, .enabled(if: createrepo != nil, "createrepo_c is not installed"))
        func `RPM packages from many hands are listed as createrepo_c lists them`() throws {
            let root = try #require(Shared.folder) + "/fixtures/rpm"
            let files = try FileManager.default.subpathsOfDirectory(atPath: root).sorted().map { "\(root)/\($0)" }.filter {
                path in
                (try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped))?.starts(with: [
                    0xED, 0xAB, 0xEE, 0xDB,
                ]) == true
            }
            // Two files that claim to be the same package cannot both be listed: what was refused is left out of both sides.
            let taken = try Tool.run(
                [Tool.indexgen, "--site", site.folder, "--json", "add", "--owner", "parity-many", "--group", "all"] + files)
            var accepted: [String] = []
            for line in taken.lines(startingWith: "{") {
                let object = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                if object["outcome"] as? String == "added", let source = object["source"] as? String { accepted.append(source) }
            }
            #expect(accepted.count > 40, "\(taken)")
            try compareRPM("parity-many/rpm/all", copies(of: accepted))
        }

        @Test(.needs("apt-ftparchive"), .enabled(if: hasDebianScript, "there is no script for Debian"))
        func `sample Debian packages are listed as apt-ftparchive lists them`() throws {
            try site.add(Checkout.samples("debian"), owner: "parity-debian")
            let outcome = try Tool.run([
                "python3", "\(Checkout.root)/Tests/Parity/debian_parity.py",
                site.file("parity-debian/debian/dists/stable/main/binary-amd64/Packages"),
                Checkout.samples + "/debian",
            ])
            #expect(outcome.succeeded, "\(outcome)")
        }

        private func compareRPM(_ group: String, _ packages: Sandbox) throws {
            defer { packages.hold() }
            let outcome = try Tool.run([
                "python3", "\(Checkout.root)/Tests/Parity/rpm_parity.py", site.file(group), packages.path,
                try #require(Self.createrepo),
            ])
            #expect(outcome.succeeded, "\(outcome)")
        }

        /// createrepo_c goes by names that end in `.rpm`.
        private func copies(of files: [String]) throws -> Sandbox {
            let sandbox = try Sandbox("parity")
            for (index, file) in files.enumerated() {
                try FileManager.default.copyItem(atPath: file, toPath: "\(sandbox.path)/\(1_000 + index).rpm")
            }
            return sandbox
        }
    }
}
