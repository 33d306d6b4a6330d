import Foundation
import Testing

@testable import Kit

extension Clients {
    /// What comes in is what dpkg installs, and what apt then finds.
    @Suite(.needs("apt-get", "dpkg")) struct DpkgTests {
        let site: Site

        init() throws { site = try .current }

        private func file(_ sandbox: Sandbox, _ package: DebianFixture) throws -> String {
            let path = "\(sandbox.path)/package.deb"
            try Data(package.bytes).write(to: URL(fileURLWithPath: path))
            return path
        }

        /// The table that the program is held against in the unit tests, held against dpkg.
        @Test func `dpkg judges relations as the program does`() throws {
            let sandbox = try Sandbox("dpkg")
            for part in ["root/var/lib/dpkg/info", "root/var/lib/dpkg/updates"] { try sandbox.folder(part) }
            try sandbox.write("root/var/lib/dpkg/status", "")
            #expect(RelationText.all.count >= 60)
            for text in RelationText.all {
                let package = DebianFixture(
                    """
                    Package: probe
                    Version: 1.0
                    Architecture: all
                    Maintainer: A. Person <person@example.org>
                    \(text.line)
                    Description: a probe

                    """)
                let run = try Tool.run([
                    "dpkg", "--root=\(sandbox.path)/root", "--force-all", "--no-act", "--unpack", file(sandbox, package),
                ])
                let verdict: RelationText.Verdict =
                    !run.succeeded && run.says("parsing file") ? .refused : run.says("warning: parsing file") ? .warned : .fine
                // Old names of fields are warned of as well.
                #expect(verdict == text.verdict, "\(text): \(run)")
            }
            sandbox.hold()
        }

        @Test(arguments: ["amd64", "arm64", "i386", "riscv64"])
        func `every machine installs from a distribution of nothing but all`(machine: String) throws {
            let sandbox = try Sandbox("all"), owner = "apt-all-\(machine)"
            let package = DebianFixture(
                "Package: everywhere\nVersion: 1.0\nArchitecture: all\nMaintainer: a <a@example.org>\nDescription: x\n")
            try site.add([file(sandbox, package)], owner: owner)
            let apt = try Apt(site, owner: owner)
            let sources = try apt.sandbox.text("etc/sources.list")
            try apt.sandbox.write("etc/sources.list", sources.replacingOccurrences(of: "arch=amd64 ", with: ""))
            let settings = try apt.sandbox.text("apt.conf")
            try apt.sandbox.write("apt.conf", settings.replacingOccurrences(of: "amd64", with: machine))
            let update = try apt.update()
            #expect(update.succeeded && update.complaints.isEmpty, "\(update)")
            #expect(try apt.candidate("everywhere") == "1.0")
            sandbox.hold()
        }

        @Test func `a distribution with a slash and one of debug symbols are read without a complaint`() throws {
            let sandbox = try Sandbox("slash")
            let control =
                "Version: 1.0-2\nArchitecture: amd64\nMaintainer: a <a@example.org>\nPackage-Type: ddeb\nDescription: x\n"
            let path = "\(sandbox.path)/hello-dbgsym_1.0-2_amd64.ddeb"
            try Data(DebianFixture("Package: hello-dbgsym\n" + control).bytes).write(to: URL(fileURLWithPath: path))
            try site.add([path], owner: "apt-slash", "--distribution", "bookworm/updates")
            let apt = try Apt(site, owner: "apt-slash", distribution: "bookworm/updates")
            let update = try apt.update()
            #expect(update.succeeded && update.complaints.isEmpty, "\(update)")
            #expect(try apt.candidate("hello-dbgsym") == "1.0-2")
            let install = try apt.run("apt-get", "install", "--download-only", "hello-dbgsym")
            #expect(install.succeeded, "\(install)")
            sandbox.hold()
        }
    }
}
