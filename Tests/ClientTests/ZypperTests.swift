import Foundation
import Testing

/// zypper with a root of its own, set up from the site's own `.repo` file.
struct Zypper {
    let sandbox: Sandbox

    init() throws {
        sandbox = try Sandbox("zypper")
        for folder in ["root/var/lib/rpm", "root/etc/zypp/repos.d", "root/var/cache/zypp"] { try sandbox.folder(folder) }
        // No settings: what zypper checks is what it checks by itself.
        try sandbox.write("zypp.conf", "[main]\n")
    }

    func run(_ arguments: String...) throws -> Outcome {
        try Tool.run(
            ["zypper", "--root", "\(sandbox.path)/root", "--non-interactive", "--gpg-auto-import-keys"] + arguments,
            environment: ["HOME": sandbox.path, "ZYPP_LOCKFILE_ROOT": sandbox.path, "ZYPP_CONF": sandbox.path + "/zypp.conf"])
    }
}

extension Clients {
    @Suite(.needs("zypper")) struct ZypperTests {
        let site: Site

        init() throws { site = try .current }

        @Test func `zypper imports the key, checks the signature, installs and upgrades`() throws {
            try site.add(Checkout.samples("rpm", "1.0", "el9"), owner: "zypper", "--group", "el9")
            let zypper = try Zypper()
            let added = try zypper.run("addrepo", "\(site.url)/zypper/rpm/el9.repo")
            #expect(added.succeeded, "\(added)")
            let refreshed = try zypper.run("refresh")
            #expect(refreshed.succeeded && refreshed.says("Automatically importing the following key"), "\(refreshed)")
            let search = try zypper.run("search", "--details", "indexgen")
            #expect(search.says("indexgen-hello-data") && search.says("1.0-1.el9"), "\(search)")
            let install = try zypper.run("install", "indexgen-hello")
            #expect(install.succeeded, "\(install)")
            #expect(try zypper.sandbox.text("root/usr/share/indexgen-hello/greeting") == "Hello from 1.0\n")
            nextSecond()
            try site.add(Checkout.samples("rpm", "1.1", "el9"), owner: "zypper", "--group", "el9")
            #expect(try zypper.run("refresh", "--force").succeeded)
            let update = try zypper.run("update", "--allow-vendor-change")
            #expect(update.succeeded, "\(update)")
            #expect(try zypper.sandbox.text("root/usr/share/indexgen-hello/greeting") == "Hello from 1.1\n")
        }

        @Test func `a tampered repomd is refused`() throws {
            try site.add(Checkout.samples("rpm", "1.0", "el9"), owner: "zypper-repomd", "--group", "el9")
            try site.replace("zypper-repomd/rpm/el9/repodata/repomd.xml") { $0.append(contentsOf: "<!-- -->\n".utf8) }
            let zypper = try Zypper()
            #expect(try zypper.run("addrepo", "\(site.url)/zypper-repomd/rpm/el9.repo").succeeded)
            let refreshed = try zypper.run("refresh")
            #expect(!refreshed.succeeded && refreshed.says("Signature verification failed"), "\(refreshed)")
        }

        @Test func `a tampered primary is refused`() throws {
            try site.add(Checkout.samples("rpm", "1.0", "el9"), owner: "zypper-primary", "--group", "el9")
            for file in try site.files(below: "zypper-primary/rpm/el9/repodata") where file.contains("-primary.") {
                try site.replace(file, flipMiddle)
            }
            let zypper = try Zypper()
            #expect(try zypper.run("addrepo", "\(site.url)/zypper-primary/rpm/el9.repo").succeeded)
            let refreshed = try zypper.run("refresh")
            #expect(!refreshed.succeeded && refreshed.says("digest"), "\(refreshed)")
        }
    }
}
