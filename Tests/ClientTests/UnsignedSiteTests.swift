import Foundation
import Testing

/// A site without a key, below a path of its server. Clients must be told to trust it, and then they do.
extension Clients {
    @Suite(.withSite(signed: false, prefix: "/mirror")) struct UnsignedSiteTests {
        let site: Site

        init() throws { site = try .current }

        @Test(.needs("apt-get")) func `apt takes it when told to trust it, and only then`() throws {
            try site.add(Checkout.samples("debian", "1.0"), owner: "plain")
            let trusting = try Apt(site, owner: "plain")
            let update = try trusting.update()
            #expect(update.succeeded, "\(update)")
            #expect(try trusting.candidate("indexgen-hello") == "1.0-1")
            #expect(try trusting.run("apt-get", "install", "indexgen-hello").succeeded)
            let wary = try Apt(site, owner: "plain", trusting: false)
            let refused = try wary.update()
            #expect(!refused.succeeded && refused.says("not signed"), "\(refused)")
        }

        @Test(.needs("dnf")) func `dnf takes it with the repo file as it is`() throws {
            try site.add(Checkout.samples("rpm", "1.0", "el9"), owner: "plain", "--group", "el9")
            let dnf = try Dnf(site, owner: "plain", groups: ["el9"])
            let repo = try dnf.sandbox.text("repos/plain-el9.repo")
            #expect(
                repo.contains("repo_gpgcheck=0") && !repo.contains("gpgkey") && repo.contains("\(site.url)/plain/rpm/el9"),
                "\(repo)")
            let install = try dnf.run("install", "indexgen-hello")
            #expect(install.succeeded && dnf.sandbox.has("root/usr/share/indexgen-hello/greeting"), "\(install)")
        }

        @Test(.needsPython, arguments: [false, true]) func `pip finds its way below the path`(htmlOnly: Bool) throws {
            try site.add(Checkout.samples("pypi"), owner: "plain")
            let python = try Python(site, owner: "plain", htmlOnly: htmlOnly)
            let install = try python.install("indexgen-hello")
            #expect(install.succeeded && python.installed == "1.1", "\(install)")
        }

        @Test func `an address without its last slash leads to the page below the path`() throws {
            try site.add(Checkout.samples("pypi"), owner: "plain")
            let answer = try site.get("/plain/pypi/simple/indexgen-hello")
            #expect(answer.status == 301 && answer["location"] == site.prefix + "/plain/pypi/simple/indexgen-hello/", "\(answer)")
        }
    }
}
