import Foundation
import Testing

extension Clients {
    /// Distributions under two names.
    @Suite(.needs("apt-get", "dpkg")) struct AptNamesTests {
        @Test func `apt installs and upgrades from a distribution's second name, also when that moves on`() throws {
            let site = try Site(settings: "debian: {distributions: {bookworm: {aliases: [steady]}}}")
            try site.add(Checkout.samples("debian", "1.0"), owner: "acme", "--distribution", "bookworm")
            for name in ["bookworm", "steady"] {
                let apt = try Apt(site, owner: "acme", distribution: name)
                let update = try apt.update()
                #expect(update.succeeded && update.complaints.isEmpty, "\(update)")
                let install = try apt.run("apt-get", "install", "indexgen-hello")
                #expect(install.succeeded, "\(install)")
                let release = try apt.run("apt-cache", "policy")
                #expect(release.says("a=\(name),n=bookworm"), "\(release)")
            }
            #expect(try site.indexgen("verify").contains("all good"))

            let apt = try Apt(site, owner: "acme", distribution: "steady")
            #expect(try apt.update().succeeded)
            nextSecond()
            try site.add(Checkout.samples("debian", "1.1"), owner: "acme", "--new", "--distribution", "trixie")
            let path = site.folder + "/indexgen.yaml"
            let settings = try String(contentsOfFile: path, encoding: .utf8).replacingOccurrences(
                of: "{bookworm:", with: "{trixie:")
            try Data(settings.utf8).write(to: URL(fileURLWithPath: path))
            try site.indexgen("generate")
            #expect(try site.indexgen("verify").contains("all good"))
            // As with Debian's own stable on the day of a release.
            let update = try apt.run("apt-get", "update", "--allow-releaseinfo-change")
            #expect(update.succeeded && update.complaints.isEmpty, "\(update)")
            #expect(try apt.candidate("indexgen-hello") == "1.1-1")
            let refused = try Tool.run(
                [
                    Tool.indexgen, "--site", site.folder, "add", "--owner", "acme", "--distribution", "steady",
                ] + Checkout.samples("debian", "1.0"))
            #expect(refused.status == 1 && refused.says("a second name of the distribution 'trixie'"), "\(refused)")
        }
    }
}
